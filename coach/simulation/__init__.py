"""A simulated person: what it hears, means and does."""
