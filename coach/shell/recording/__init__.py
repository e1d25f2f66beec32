"""Films and traces of sessions, and their replay."""
