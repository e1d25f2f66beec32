"""One frame as the exercises see it; the import path for exercises of other packages."""

from coach.face.features import Features

__all__ = ["Features"]
