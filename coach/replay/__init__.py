"""A session's trace, its marks, and the line of time it is watched along."""
