"""What the window shows and what is pressed in it."""
