"""The exercises: one module each, found through the entry-point group `coach.exercises`."""
