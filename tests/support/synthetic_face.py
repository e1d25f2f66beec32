"""A face made of numbers, as the landmarker would report it, whatever way it is turned."""

from __future__ import annotations

import numpy as np

from coach.simulation.landmark_face import PAIRS, SIZE, synthetic_face, turned
from coach.types import FaceObservation, Points

__all__ = ["PAIRS", "SIZE", "observed", "synthetic_face", "turned"]


def observed(
    points: Points, t: float = 0.0, scale: float = 70.0, at=(320.0, 200.0), rotation=None, shapes=None
) -> FaceObservation:
    """Return a synthetic face as the landmarker would report it."""
    pixels = points @ (np.eye(3) if rotation is None else rotation).T * scale + (*at, 0.0)
    blendshapes = np.full(52, 0.1)
    for shape, value in (shapes or {}).items():
        blendshapes[shape] = value
    return FaceObservation(t, pixels / (SIZE[0], SIZE[1], SIZE[0]), blendshapes, SIZE)
