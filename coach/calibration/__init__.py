"""The person's own range: how it is measured, and how later sessions widen it."""
