"""The person's files: settings, plans, words, exercises, range, memories."""
