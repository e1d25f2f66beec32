"""From landmarks to features: place the head, measure the face, and compare it with its own neutral."""
