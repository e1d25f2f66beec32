"""A guided session and the plan it follows; counting a recording."""
