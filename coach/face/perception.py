"""From an observed face to features: learn the neutral face, then measure everything relative to it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from coach.face.baseline import Baseline, OwnRange, neutral_baseline
from coach.face.features import Features, extract
from coach.types import FaceObservation

FURTHEST = 1000.0  # distance of a landmark from its picture, in picture sizes


class Perception:
    """One person in front of one landmarker. `own_range`: theirs; `baseline`: None until calibrated."""

    def __init__(self, own_range: OwnRange | None = None) -> None:
        self.own_range = own_range or OwnRange()
        self.baseline: Baseline | None = None
        self._seen: list[FaceObservation] = []

    def look(self, observation: FaceObservation | None) -> FaceObservation | None:
        """Return one frame's face, or None if there is no face that can be measured.

        No landmarker returns a face without extent or far outside its picture, but a damaged trace may
        hold one.
        """
        return observation if observation is not None and _measurable(observation) else None

    def keep(self, face: FaceObservation) -> None:
        """Keep a frame to learn the neutral face from."""
        self._seen.append(face)

    def forget_before(self, t: float) -> None:
        """Drop kept frames older than `t`, seconds."""
        self._seen = [face for face in self._seen if face.t >= t]

    @property
    def kept_s(self) -> float:
        """How many seconds the kept frames cover."""
        return self._seen[-1].t - self._seen[0].t if self._seen else 0.0

    def learn(self, accept: Callable[[Baseline], bool] = lambda _: True) -> Baseline | None:
        """Learn the neutral face from the kept frames if there are enough and `accept` agrees."""
        baseline = neutral_baseline(self._seen)
        if baseline is None or not accept(baseline):
            return None
        self.baseline = baseline
        self._seen = []
        return baseline

    def learn_from(self, baseline: Baseline) -> None:
        """Take a neutral face that was learnt elsewhere."""
        self.baseline = baseline
        self._seen = []

    def features(self, face: FaceObservation | None) -> Features | None:
        """Return the frame's features; None if there is no face or its neutral is not known yet."""
        if face is None or self.baseline is None:
            return None
        return extract(face, self.baseline, self.own_range)


def _measurable(observation: FaceObservation) -> bool:
    left, top, right, bottom = observation.box
    return right > left and bottom > top and bool(np.abs(observation.landmarks).max() <= FURTHEST)
