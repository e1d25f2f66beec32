"""A session's trace, its chapters, and the timeline it is watched along."""
