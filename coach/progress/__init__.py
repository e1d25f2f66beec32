"""What was done over weeks, and what changed beyond the person's own noise."""
