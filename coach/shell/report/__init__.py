"""Pages and figures to read."""
