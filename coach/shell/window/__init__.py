"""The window: drawing what it shows, reading its keys and clicks."""
