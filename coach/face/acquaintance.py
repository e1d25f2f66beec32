"""Getting to know the face: its neutral at the beginning, and again where another face may have come."""

from __future__ import annotations

from dataclasses import dataclass

from coach.face.baseline import Baseline
from coach.face.framing import Framing
from coach.face.identity import TOLERANCE, difference
from coach.face.neutral_capture import Readiness
from coach.face.perception import Perception
from coach.settings import FramingSettings
from coach.types import FaceObservation

HINT_AFTER_S = 1.5  # nobody sits right at once
HINT_EVERY_S = 6.0  # twice as long after each time the same is said
HINT_SELDOM_S = 24.0


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """A neutral face is known. `baseline`: a new one, None where the known face is back.

    `again`: this was another look; with a new baseline, at another face.
    """

    baseline: Baseline | None
    again: bool


class Acquaintance:
    """Learns the neutral face of whoever is there.

    Parameters
    ----------
    perception
        Keeps the neutral face.
    limits
        When a face is well in the picture.
    """

    def __init__(self, perception: Perception, limits: FramingSettings) -> None:
        self.framing: Framing = "no_face"
        self._perception = perception
        self._limits = limits
        self._since: float | None = None
        self._readiness: Readiness | None = None
        self._known: Baseline | None = None  # before a face came that did not fit it
        self._hinted_t = float("-inf")
        self._hinted: Framing = "good"
        self._wait_s = HINT_EVERY_S

    def begin_again(self) -> None:
        """Begin collecting anew, e.g. after a pause."""
        self._readiness = self._since = None

    def look_again(self) -> None:
        """Take another look at a face that does not fit the known one: it may be another's, or move."""
        self._known, self._perception.baseline = self._perception.baseline, None
        self.begin_again()

    def step(self, t: float, face: FaceObservation | None) -> Met | None:
        """Take in one frame; return what is known once it is."""
        if self._since is None or self._readiness is None:
            self._since, self._readiness = t, Readiness(self._perception, self._limits, t)
        self.framing, baseline = self._readiness.step(t, face)
        if baseline is None:
            return None
        known, self._known = self._known, None
        if known is not None and difference(known.reference, baseline.reference) <= TOLERANCE:
            self._perception.baseline = known
            return Met(None, again=True)
        return Met(baseline, again=known is not None)

    def hint(self, t: float) -> Framing | None:
        """Return what to say about the framing, now and then; None where there is nothing to say."""
        begun = self._since is not None and t - self._since >= HINT_AFTER_S
        same = self.framing == self._hinted
        wait_s = self._wait_s if same else HINT_EVERY_S
        if self.framing == "good" or not begun or t - self._hinted_t < wait_s:
            return None
        self._wait_s = min(2 * self._wait_s, HINT_SELDOM_S) if same else HINT_EVERY_S
        self._hinted_t, self._hinted = t, self.framing
        return self.framing
