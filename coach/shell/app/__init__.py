"""Everything joined up, one module a command."""
