"""From an observed face to features: neutral face learnt, everything relative to it."""

from __future__ import annotations

from collections.abc import Callable

from coach.baseline import Baseline, OwnRange, Seen, neutral_baseline
from coach.features import Features, extract
from coach.headframe import used_points
from coach.types import FaceObservation, Points


class Perception:
    """One person in front of one landmarker. `best`: the own range; `baseline`: None until calibrated."""

    def __init__(self, best: OwnRange | None = None) -> None:
        self.best = best or OwnRange()
        self.baseline: Baseline | None = None
        self._seen: list[Seen] = []

    def look(self, observation: FaceObservation | None) -> Points | None:
        """Return the `USED` landmarks of one frame's face in pixels, None where there is none.

        A face without extent is none: no landmarker gives such, but a damaged trace can hold it.
        """
        if observation is None or not _has_extent(observation):
            return None
        return used_points(observation)

    def keep(self, observation: FaceObservation, points: Points) -> None:
        """Keep a frame as part of the neutral face to be learnt."""
        self._seen.append((observation, points))

    def forget_before(self, t: float) -> None:
        """Drop kept frames older than `t`, seconds."""
        self._seen = [seen for seen in self._seen if seen[0].t >= t]

    @property
    def kept_s(self) -> float:
        """Seconds that the kept frames cover."""
        return self._seen[-1][0].t - self._seen[0][0].t if self._seen else 0.0

    def learn(self, accept: Callable[[Baseline], bool] = lambda _: True) -> Baseline | None:
        """Learn the neutral face from the kept frames, where there are enough and `accept` agrees."""
        baseline = neutral_baseline(self._seen)
        if baseline is None or not accept(baseline):
            return None
        self.baseline = baseline
        self._seen = []
        return baseline

    def features(self, observation: FaceObservation | None, points: Points | None) -> Features | None:
        """Return the frame's features; None without a face or before the neutral face is known."""
        if observation is None or points is None or self.baseline is None:
            return None
        return extract(observation, points, self.baseline, self.best)


def _has_extent(observation: FaceObservation) -> bool:
    left, top, right, bottom = observation.box
    return right > left and bottom > top
