"""Learning the neutral face: at the start, and again when someone else may have sat down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from coach.face.baseline import Baseline
from coach.face.framing import Framing, look_at
from coach.face.identity import TOLERANCE, difference
from coach.face.perception import Perception
from coach.settings import FramingSettings, Strict
from coach.types import FaceObservation

STILL_CORNER, STILL_CHIN = 0.012, 0.02  # robust standard deviations; a face at rest moves less
RETRY_S = 0.25  # each attempt goes through all frames kept: too much work to repeat in every frame
# These spoil the measurement itself; every other framing problem is advice.
BLOCKING: Final[frozenset[Framing]] = frozenset({"no_face", "closer", "turn_to_me"})


class NeutralSpec(Strict):
    """How long learning the neutral face takes. Seconds.

    `lasts_s`: of well-framed frames at rest. `patience_s`: after this long, accept a face that is not quite
    still or not well lit.
    """

    lasts_s: Annotated[float, Field(gt=0, le=60)] = 2.0
    patience_s: Annotated[float, Field(ge=0, le=600)] = 8.0


@dataclass(slots=True)
class NeutralCapture:
    """Collects a neutral face from well-framed frames.

    `since`: when it started, seconds; `tried`: when the kept frames last failed to give a neutral face.
    """

    perception: Perception
    limits: FramingSettings
    spec: NeutralSpec
    since: float
    tried: float = float("-inf")

    def step(self, t: float, face: FaceObservation | None) -> tuple[Framing, Baseline | None]:
        """Take in one frame; return what to change about the framing, and the baseline once it is known."""
        framing = look_at(face, self.limits)
        patient = t - self.since < self.spec.patience_s
        if face is None or framing in BLOCKING or (framing != "good" and patient):
            self.perception.forget_before(float("inf"))
            return framing, None
        self.perception.keep(face)
        self.perception.forget_before(t - self.spec.lasts_s - 0.5)
        if self.perception.kept_s < self.spec.lasts_s or t - self.tried < RETRY_S:
            return framing, None
        self.tried = t
        baseline = self.perception.learn(lambda b: not patient or _still(b))
        return framing, baseline


@dataclass(frozen=True, slots=True, eq=False)
class NeutralFound:
    """A neutral face is known. `baseline`: the new one; None if the face seen before has come back.

    `again`: this was a second look. With a new baseline, it was at another face.
    """

    baseline: Baseline | None
    again: bool


class FaceCheck:
    """Learns the neutral face of the person in front of the camera, and checks whether it is still theirs.

    Parameters
    ----------
    perception
        Keeps the neutral face.
    limits
        When a face is well placed in the picture.
    spec
        How long learning takes.
    """

    def __init__(self, perception: Perception, limits: FramingSettings, spec: NeutralSpec) -> None:
        self.framing: Framing = "no_face"
        self._perception = perception
        self._limits = limits
        self._spec = spec
        self._capture: NeutralCapture | None = None
        self._before: Baseline | None = None  # known before a face came that did not fit it

    def restart(self) -> None:
        """Start collecting again, e.g. after a pause."""
        self._capture = None

    def look_again(self) -> None:
        """Check a face that does not fit the known one: it may be someone else's, or just moving."""
        self._before, self._perception.baseline = self._perception.baseline, None
        self.restart()

    def step(self, t: float, face: FaceObservation | None) -> NeutralFound | None:
        """Take in one frame; return the neutral face as soon as it is known."""
        if self._capture is None:
            self._capture = NeutralCapture(self._perception, self._limits, self._spec, t)
        self.framing, baseline = self._capture.step(t, face)
        if baseline is None:
            return None
        before, self._before = self._before, None
        if before is not None and difference(before.reference, baseline.reference) <= TOLERANCE:
            self._perception.baseline = before
            return NeutralFound(None, again=True)
        return NeutralFound(baseline, again=before is not None)


def _still(baseline: Baseline) -> bool:
    return baseline.noise.corner <= STILL_CORNER and baseline.noise.chin <= STILL_CHIN
