"""The face in a picture."""
