"""The window: drawing its screens, reading its keys and clicks."""
