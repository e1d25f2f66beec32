"""What the exercises see of one frame; kept here for exercises of other packages."""

from coach.face.features import Features

__all__ = ["Features"]
