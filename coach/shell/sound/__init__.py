"""How cues are heard."""
