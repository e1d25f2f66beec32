"""What was done over weeks, and what changed beyond the own noise."""
