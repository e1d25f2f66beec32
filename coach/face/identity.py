"""Whether the face in the picture is still the one whose neutral was learnt.

The landmarker follows one face and does not know whose it is. When that face leaves, the landmarker takes
the next one it finds, and someone else's repetitions would be counted against the wrong neutral face.
Nobody is identified: only the proportions of the resting face are compared, within one session.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from coach.face.baseline import Baseline
from coach.face.head_frame import fit, used_points
from coach.types import FaceObservation, Points

# No face moves further than this between two frames. In face sizes: recorded people who leave and enter the
# picture at 15 fps reach 0.35. As a ratio of sizes: they reach 1.05.
JUMP: Final = 0.6
SIZE_JUMP: Final = 1.5
# RMS distance of the resting face's landmarks, in outer-eye-corner distances. The same person later in
# the same recording: at most 0.010 in 40 recordings, some of them dark, mirrored or small.
# Different real people: 0.016 or more in 95 of 100 pairs, median 0.057. Rendered people who share one head
# model: median 0.014, so three out of four can be told apart.
TOLERANCE: Final = 0.0125
COMPARABLE_DEG: Final = 12.0  # from the neutral pose; beyond it, turning alone shifts the landmarks
LEAST_FACES: Final = 5


def jumped(before: FaceObservation, now: FaceObservation) -> bool:
    """Whether the landmarker has switched to another face between two consecutive frames."""
    (x, y, size), (x_now, y_now, size_now) = _place(before), _place(now)
    smaller = min(size, size_now)
    away = math.hypot(x_now - x, y_now - y) > JUMP * smaller
    return away or max(size, size_now) > SIZE_JUMP * smaller


def difference(reference: Points, other: Points) -> float:
    """Return how far two resting faces differ: RMS over the `USED` landmarks, as seen from the front.

    Parameters
    ----------
    reference
        The `USED` landmarks in the head frame, (len(USED), 3).
    other
        The same of the other face, any scale and pose.
    """
    return _rms(fit(other, reference).points - reference)


class Recognition:
    """Compares a returning face with a known neutral face, over a second or two at rest."""

    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline
        self._offsets: list[Points] = []

    def look(self, face: FaceObservation | None) -> None:
        """Take in one frame's face; None if there is none."""
        if face is None:
            return
        fitted = fit(used_points(face), self._baseline.reference)
        pose, neutral = fitted.pose, self._baseline.neutral.pose
        if max(abs(pose.yaw - neutral.yaw), abs(pose.pitch - neutral.pitch)) <= COMPARABLE_DEG:
            self._offsets.append(fitted.points - self._baseline.reference)

    @property
    def fits(self) -> bool:
        """Whether the face seen so far is the known one, at rest. False if too little was seen."""
        if len(self._offsets) < LEAST_FACES:
            return False
        return _rms(np.median(self._offsets, axis=0)) <= TOLERANCE


def _rms(offsets: Points) -> float:
    """Root mean square without the depth, which the landmarker only guesses."""
    return float(np.sqrt(np.mean(np.sum(offsets[:, :2] ** 2, axis=1))))


def _place(observation: FaceObservation) -> tuple[float, float, float]:
    """Return the middle of the face and its size (geometric mean of its sides), as shares of the width.

    Shares, not pixels: a camera may change its picture size mid-stream.
    """
    width, height = observation.size
    tall = height / width
    left, top, right, bottom = observation.box
    size = math.sqrt((right - left) * (bottom - top) * tall)
    return (left + right) / 2, (top + bottom) / 2 * tall, size
