"""A simulated face as landmarks, as a perfect landmarker would report them: no picture is drawn."""

from __future__ import annotations

from typing import Final

import numpy as np

from coach.face.baseline import OwnRange
from coach.face.features import LID_COUPLING
from coach.face.landmarks import CHIN, FOREHEAD, LEFT, LOWER_LIP, RIGHT, UPPER_LIP, Blendshape, SideIndices
from coach.simulation.face_pose import FacePose
from coach.types import FaceObservation, Points

SIZE: Final = (640, 480)
UNIT: Final = 2.0  # the outer eye corners are this far apart
BEST: Final = OwnRange()
FOLD: Final = 0.3  # how far the nasolabial fold rises with a corner's pull
JAW_SIDE: Final = 0.09  # units, at the jaw's farthest
GAP: Final = 0.8  # between the lips, of the jaw's drop
# Left and right of MediaPipe's mesh among the rigid points; the others lie on the middle line.
PAIRS: Final = (
    *((67, 297), (109, 338), (103, 332), (54, 284), (21, 251), (162, 389), (127, 356), (234, 454)),
    *((122, 351), (196, 419), (RIGHT.inner_eye, LEFT.inner_eye), (RIGHT.outer_eye, LEFT.outer_eye)),
    *((RIGHT.mouth_corner, LEFT.mouth_corner), (RIGHT.iris[0], LEFT.iris[1]), (RIGHT.iris[1], LEFT.iris[0])),
    *(
        pair
        for part in ("lower_lid", "upper_lid", "brow", "cheek")
        for pair in zip(getattr(RIGHT, part), getattr(LEFT, part), strict=True)
    ),
)
MIDDLE: Final = (10, 168, 6, 197, 195, 5, 4, 1, CHIN, UPPER_LIP, LOWER_LIP)
# Person's left side: out, down, back from the middle of the eyes; outer eye corners are 2 apart.
LEFT_SIDE: dict[int, tuple[float, float, float]] = {
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
DOWN: Final = {
    FOREHEAD: (-1.2, 0.1), 168: (-0.1, -0.1), 6: (0.05, -0.15), 197: (0.2, -0.2), 195: (0.35, -0.3),
    5: (0.5, -0.4), 4: (0.6, -0.45), 1: (0.7, -0.4), CHIN: (2.3, 0.1), UPPER_LIP: (1.40, -0.1),
    LOWER_LIP: (1.42, -0.1),
}  # fmt: skip
APERTURE: Final = 0.22  # of this face's lids, on its own scale


def synthetic_face() -> Points:
    """Return a neutral face, (478, 3): x right, y down, z away; the person's left is the picture's right."""
    points = np.random.default_rng(3).uniform(-1, 1, (478, 3)) * (1.2, 0.9, 0.2)
    for right, left in PAIRS:
        x, y, z = LEFT_SIDE[left]
        points[left], points[right] = (x, y, z), (-x, y, z)
    for index in MIDDLE:
        points[index] = (0.0, *DOWN[index])
    return np.asarray(points)


def turned(yaw: float, pitch: float, roll: float) -> Points:
    """Return a rotation matrix (3, 3); degrees."""
    a, b, c = np.radians([yaw, pitch, roll])
    y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(z @ y @ x)


class LandmarkFace:
    """One person's face, from poses to what a landmarker reports.

    Example::

        face = LandmarkFace(seed=1)
        session.process(t, face.observed(t, person.step(t, heard)))

    Parameters
    ----------
    seed
        Of the noise.
    noise
        Standard deviation of each coordinate, units.
    wide
        How wide the face is, 1 = as usual: another person's face.
    """

    def __init__(self, seed: int = 0, *, noise: float = 0.0, wide: float = 1.0) -> None:
        self._neutral = synthetic_face() * (wide, 1.5 - wide / 2, 1.0)
        self._random = np.random.default_rng(seed)
        self._noise = noise * UNIT

    def observed(self, t: float, pose: FacePose) -> FaceObservation | None:
        """Return the face at `t` seconds, None if nobody is in the picture."""
        if not pose.visible:
            return None
        points = self._neutral.copy()
        self._side(points, LEFT, pose.smile.left, pose.cheek.left, pose.lids.left)
        self._side(points, RIGHT, pose.smile.right, pose.cheek.right, pose.lids.right)
        drop, aside = pose.jaw_open * BEST.jaw * UNIT, pose.jaw_side * JAW_SIDE * UNIT
        points[CHIN] += (aside, drop, 0.0)
        points[LOWER_LIP] += (0.0, GAP * drop, 0.0)
        points[[LEFT.mouth_corner, RIGHT.mouth_corner], 0] += aside
        if self._noise:
            points += self._random.normal(0.0, self._noise, points.shape)
        turn = turned(pose.yaw, pose.pitch, pose.roll)
        width, height = SIZE
        place = (width * (0.5 + pose.dx), height * (0.42 + pose.dy), 0.0)
        pixels = points @ turn.T * 60.0 * pose.scale + place
        shapes = np.full(52, 0.1)
        shapes[Blendshape.MOUTH_SMILE_LEFT] = 0.02 + 0.85 * pose.smile.left
        shapes[Blendshape.MOUTH_SMILE_RIGHT] = 0.02 + 0.85 * pose.smile.right
        shapes[Blendshape.EYE_SQUINT_LEFT] = 0.25 + 0.2 * pose.cheek.left
        shapes[Blendshape.EYE_SQUINT_RIGHT] = 0.25 + 0.2 * pose.cheek.right
        return FaceObservation(t, pixels / (width, height, width), shapes, SIZE)

    def _side(self, points: Points, side: SideIndices, smile: float, cheek: float, lids: float) -> None:
        lift, drop = cheek * BEST.cheek * UNIT, lids * APERTURE
        points[list(side.lower_lid), 1] -= lift + LID_COUPLING * drop
        points[list(side.cheek), 1] -= lift
        points[list(side.upper_lid), 1] += drop
        corner, eye = points[side.mouth_corner], self._neutral[side.outer_eye]
        pull = smile * BEST.smile * UNIT
        points[side.mouth_corner] = corner + (eye - corner) / np.linalg.norm(eye - corner) * pull
        points[side.nasolabial, 1] -= FOLD * pull
