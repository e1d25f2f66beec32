"""Widening a person's own range in later sessions: gently, only upwards, and only by typical movements."""

from __future__ import annotations

from statistics import median

from coach.calibration.plateau import fault_of, height, plateau
from coach.calibration.spec import RANGE_PARTS, CalibrationSpec, RangePart, noise_of
from coach.exercise.blink import Eyes
from coach.face.baseline import Noise, OwnRange
from coach.face.features import Features


def widened(
    own_range: OwnRange, seen: OwnRange, spec: CalibrationSpec, noise: Noise | None = None
) -> OwnRange:
    """Return the range after a session.

    Parameters
    ----------
    own_range
        The stored range.
    seen
        The session's typical heights, 0 if there were too few.
    spec
        By how much, and from which difference on.
    noise
        The neutral face's; the usual one where None.

    Returns
    -------
    A share of the way up where a height exceeds the stored best by more than noise; never less.
    """
    noise = noise or Noise()
    values = []
    for part in RANGE_PARTS:
        old, new = getattr(own_range, part), getattr(seen, part)
        clearly = new - old > spec.widening.noise_factor * noise_of(part, noise)
        values.append(old + spec.widening.share * (new - old) if clearly else old)
    return OwnRange(*values)


class RangeWatch:
    """Collects the held movements of a session; feed it every frame's features.

    Parameters
    ----------
    own_range
        The stored range.
    spec
        `config/calibration.toml`.
    """

    def __init__(self, own_range: OwnRange, spec: CalibrationSpec) -> None:
        self._own_range = own_range
        self._spec = spec
        self._eyes = Eyes()
        self._traces: dict[RangePart, list[tuple[float, float]]] = {part: [] for part in RANGE_PARTS}
        self._top: dict[RangePart, float] = dict.fromkeys(RANGE_PARTS, 0.0)
        self._heights: dict[RangePart, list[float]] = {part: [] for part in RANGE_PARTS}

    def step(self, features: Features | None) -> None:
        """Take in one frame; None if no face was seen."""
        if features is None:
            return
        self._eyes = self._eyes.step(features.t, features.closure.maximum, self._spec.eyes)
        if self._eyes.blinking(features.t, self._spec.eyes):
            return
        for part in RANGE_PARTS:
            value = height(part, features)
            usable = fault_of(part, features, self._eyes, self._spec) is None
            if usable and value <= getattr(self._spec.most, part):
                self._follow(part, features.t, value)

    def typical(self) -> OwnRange:
        """Return the medians of the movements held so far, 0 if there were too few."""
        heights = {part: [*self._heights[part], *filter(None, [self._top[part]])] for part in RANGE_PARTS}
        fewest = self._spec.widening.movements
        return OwnRange(*(median(heights[p]) if len(heights[p]) >= fewest else 0.0 for p in RANGE_PARTS))

    def own_range(self, noise: Noise | None = None) -> OwnRange:
        """Return the range after this session, see `widened`."""
        return widened(self._own_range, self.typical(), self._spec, noise)

    def _follow(self, part: RangePart, t: float, value: float) -> None:
        """Note the highest plateau of each movement from its rise to its release."""
        spec, trace = self._spec, self._traces[part]
        if value < spec.plateau.rest * max(self._top[part], getattr(self._own_range, part)):
            if self._top[part]:
                self._heights[part].append(self._top[part])
            self._top[part] = 0.0
            trace.clear()
            return
        trace.append((t, value))
        while trace[0][0] < t - spec.timing.hold_s:
            trace.pop(0)
        now = plateau(trace, spec.timing.hold_s, spec.plateau.tolerance, 0.0)
        if now.held >= spec.plateau.held:
            self._top[part] = max(self._top[part], now.height)
