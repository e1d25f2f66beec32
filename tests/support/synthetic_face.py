"""A face made of numbers, as the landmarker would report it, whatever way it is turned."""

from __future__ import annotations

import numpy as np

from coach.face.landmarks import CHIN, FOREHEAD, LEFT, LOWER_LIP, RIGHT, UPPER_LIP
from coach.types import FaceObservation, Points

SIZE = (640, 480)
# Left and right of MediaPipe's mesh among the rigid points; the others lie on the middle line.
PAIRS = (
    *((67, 297), (109, 338), (103, 332), (54, 284), (21, 251), (162, 389), (127, 356), (234, 454)),
    *((122, 351), (196, 419), (RIGHT.inner_eye, LEFT.inner_eye), (RIGHT.outer_eye, LEFT.outer_eye)),
    *((RIGHT.mouth_corner, LEFT.mouth_corner), (RIGHT.iris[0], LEFT.iris[1]), (RIGHT.iris[1], LEFT.iris[0])),
    *(
        pair
        for part in ("lower_lid", "upper_lid", "brow", "cheek")
        for pair in zip(getattr(RIGHT, part), getattr(LEFT, part), strict=True)
    ),
)
MIDDLE = (10, 168, 6, 197, 195, 5, 4, 1, CHIN, UPPER_LIP, LOWER_LIP)
# Person's left side: out, down, back from the middle of the eyes; outer eye corners are 2 apart.
LEFT_SIDE = {
    LEFT.outer_eye: (1.0, 0.0, 0.3), LEFT.inner_eye: (0.38, 0.02, 0.15), LEFT.mouth_corner: (0.55, 1.45, 0.1),
    LEFT.iris[0]: (0.82, 0.0, 0.1), LEFT.iris[1]: (0.56, 0.0, 0.1),
    297: (0.4, -1.1, 0.1), 338: (0.2, -1.15, 0.05), 332: (0.7, -1.0, 0.2), 284: (1.0, -0.8, 0.4),
    251: (1.2, -0.5, 0.6), 389: (1.3, -0.2, 0.8), 356: (1.35, 0.1, 1.0), 454: (1.35, 0.35, 1.1),
    351: (0.25, 0.25, -0.1), 419: (0.2, 0.4, -0.2),
}  # fmt: skip
LEFT_SIDE |= {index: (0.6 + 0.1 * n, 0.10, 0.08) for n, index in enumerate(LEFT.lower_lid)}
LEFT_SIDE |= {index: (0.6 + 0.1 * n, -0.12, 0.07) for n, index in enumerate(LEFT.upper_lid)}
LEFT_SIDE |= {index: (0.5 + 0.2 * n, -0.4, 0.05) for n, index in enumerate(LEFT.brow)}
LEFT_SIDE |= {index: (0.5 + 0.1 * n, 0.5 + 0.05 * n, 0.1) for n, index in enumerate(LEFT.cheek)}
DOWN = {
    FOREHEAD: (-1.2, 0.1), 168: (-0.1, -0.1), 6: (0.05, -0.15), 197: (0.2, -0.2), 195: (0.35, -0.3),
    5: (0.5, -0.4), 4: (0.6, -0.45), 1: (0.7, -0.4), CHIN: (2.3, 0.1), UPPER_LIP: (1.40, -0.1),
    LOWER_LIP: (1.42, -0.1),
}  # fmt: skip


def synthetic_face() -> Points:
    """Return a face of 478 points: x right, y down, z away; the person's left is the picture's right."""
    points = np.random.default_rng(3).uniform(-1, 1, (478, 3)) * (1.2, 0.9, 0.2)
    for right, left in PAIRS:
        x, y, z = LEFT_SIDE[left]
        points[left], points[right] = (x, y, z), (-x, y, z)
    for index in MIDDLE:
        points[index] = (0.0, *DOWN[index])
    return points


def turned(yaw: float, pitch: float, roll: float) -> Points:
    """Return a rotation matrix; degrees."""
    a, b, c = np.radians([yaw, pitch, roll])
    y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return z @ y @ x


def observed(
    points: Points, t: float = 0.0, scale: float = 70.0, at=(320.0, 200.0), rotation=None, shapes=None
) -> FaceObservation:
    """Return a synthetic face as the landmarker would report it."""
    pixels = points @ (np.eye(3) if rotation is None else rotation).T * scale + (*at, 0.0)
    blendshapes = np.full(52, 0.1)
    for shape, value in (shapes or {}).items():
        blendshapes[shape] = value
    return FaceObservation(t, pixels / (SIZE[0], SIZE[1], SIZE[0]), blendshapes, SIZE)
