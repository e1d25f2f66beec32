"""The history and the event log on the disk."""
