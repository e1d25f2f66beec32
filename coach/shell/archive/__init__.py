"""The history handed out, read back, forgotten."""
