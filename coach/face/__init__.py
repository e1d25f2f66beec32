"""From landmarks to features: where the face is, how it is measured, and what is neutral on it."""
