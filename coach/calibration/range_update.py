"""The own range as later sessions widen it: gently, upwards, and only for what is typical of them."""

from __future__ import annotations

from statistics import median

from coach.calibration.plateau import fault_of, height, plateau
from coach.calibration.spec import PARTS, CalibrationSpec, Part, noise_of
from coach.exercise.blink import Eyes
from coach.face.baseline import Noise, OwnRange
from coach.face.features import Features


def widened(best: OwnRange, seen: OwnRange, spec: CalibrationSpec, noise: Noise | None = None) -> OwnRange:
    """Return the range after a session.

    Parameters
    ----------
    best
        The stored range.
    seen
        The session's typical heights, 0 where there were too few.
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
    for part in PARTS:
        old, new = getattr(best, part), getattr(seen, part)
        clearly = new - old > spec.widening.noise_factor * noise_of(part, noise)
        values.append(old + spec.widening.share * (new - old) if clearly else old)
    return OwnRange(*values)


class RangeWatch:
    """Collects the held movements of a session; feed it every frame's features.

    Parameters
    ----------
    best
        The stored range.
    spec
        `config/calibration.toml`.
    """

    def __init__(self, best: OwnRange, spec: CalibrationSpec) -> None:
        self._best = best
        self._spec = spec
        self._eyes = Eyes()
        self._traces: dict[Part, list[tuple[float, float]]] = {part: [] for part in PARTS}
        self._top: dict[Part, float] = dict.fromkeys(PARTS, 0.0)
        self._heights: dict[Part, list[float]] = {part: [] for part in PARTS}

    def step(self, features: Features | None) -> None:
        """Take in one frame; None where no face was seen."""
        if features is None:
            return
        self._eyes = self._eyes.step(features.t, features.closure.maximum, self._spec.eyes)
        if self._eyes.blinking(features.t, self._spec.eyes):
            return
        for part in PARTS:
            value = height(part, features)
            usable = fault_of(part, features, self._eyes, self._spec) is None
            if usable and value <= getattr(self._spec.most, part):
                self._follow(part, features.t, value)

    def typical(self) -> OwnRange:
        """Return the medians of the movements held so far, 0 where there were too few."""
        heights = {part: [*self._heights[part], *filter(None, [self._top[part]])] for part in PARTS}
        fewest = self._spec.widening.movements
        return OwnRange(*(median(heights[p]) if len(heights[p]) >= fewest else 0.0 for p in PARTS))

    def best(self, noise: Noise | None = None) -> OwnRange:
        """Return the range after this session, see `widened`."""
        return widened(self._best, self.typical(), self._spec, noise)

    def _follow(self, part: Part, t: float, value: float) -> None:
        """Note the highest plateau of each movement from its rise to its release."""
        spec, trace = self._spec, self._traces[part]
        if value < spec.plateau.rest * max(self._top[part], getattr(self._best, part)):
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
