"""Learning the neutral face: at the start, and again when someone else may have sat down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from coach.face.baseline import Baseline
from coach.face.framing import Framing, look_at
from coach.face.identity import TOLERANCE, difference
from coach.face.measures import measure_alone
from coach.face.perception import Perception
from coach.face.unrest import Unrest, unrest
from coach.settings import FramingSettings, Strict
from coach.types import FaceObservation

STILL_CORNER, STILL_CHIN = 0.012, 0.02  # robust standard deviations; a face at rest moves less
RETRY_S = 0.25  # each attempt goes through all frames kept: too much work to repeat in every frame
# These spoil the measurement itself; every other framing problem is advice.
BLOCKING: Final[frozenset[Framing]] = frozenset({"no_face", "closer", "turn_to_me"})


class NeutralSpec(Strict):
    """How long learning the neutral face takes. Seconds.

    `lasts_s`: of well-framed frames at rest. `short_s`: the same after it was seen to let go of something.
    `patience_s`: after this long, accept a face that is not quite still or not well lit. `unrest_s`: a face
    that smiles, squints or is open for this long is asked to let go; `react_s`: from then on, one that does
    not change is taken for what it is.
    """

    lasts_s: Annotated[float, Field(gt=0, le=60)] = 2.0
    short_s: Annotated[float, Field(gt=0, le=60)] = 1.0
    patience_s: Annotated[float, Field(ge=0, le=600)] = 8.0
    unrest_s: Annotated[float, Field(ge=0, le=60)] = 0.5
    react_s: Annotated[float, Field(ge=0, le=60)] = 1.0


@dataclass(slots=True)
class NeutralCapture:
    """Collects a neutral face from well-framed frames.

    `since`: when it started, seconds; `tried`: when the kept frames last failed to give a neutral face.
    `unrest`: what keeps the face from rest, since `unrest_since`. `accepts_t`: from when on a face is
    taken as it is, because it has been asked to let go. `let_go`: it has let go of something.
    """

    perception: Perception
    limits: FramingSettings
    spec: NeutralSpec
    since: float
    tried: float = float("-inf")
    unrest: Unrest | None = None
    unrest_since: float = 0.0
    accepts_t: float = float("inf")
    let_go: bool = False

    def step(
        self, t: float, face: FaceObservation | None, *, may_end: bool = True
    ) -> tuple[Framing, Baseline | None]:
        """Take in one frame; return what to change about the framing, and the baseline once it is known.

        `may_end`: the person has been asked to relax, and has heard it.
        """
        framing = look_at(face, self.limits)
        patient = t - self.since < self.spec.patience_s
        if face is None or framing in BLOCKING or (framing != "good" and patient):
            self.perception.forget_before(float("inf"))
            self.unrest = None
            return framing, None
        if self._restless(t, face):
            return framing, None
        self.perception.keep(face)
        self.perception.forget_before(t - self.spec.lasts_s - 0.5)
        wanted_s = self.spec.short_s if self.let_go else self.spec.lasts_s
        if not may_end or self.perception.kept_s < wanted_s or t - self.tried < RETRY_S:
            return framing, None
        self.tried = t
        baseline = self.perception.learn(lambda b: not patient or _still(b))
        return framing, baseline

    def _restless(self, t: float, face: FaceObservation) -> bool:
        """Whether the face is plainly not at rest, and has not been asked about it yet."""
        found = unrest(measure_alone(face))
        if found is None:
            if self.unrest is not None and not self.let_go:
                # What was kept of it, because it had stayed, was no rest after all.
                self.perception.forget_before(float("inf"))
                self.let_go = True
            self.unrest = None
            return False
        if self.unrest is None:
            self.unrest_since = t
            self.perception.forget_before(float("inf"))
        self.unrest = found
        return t < self.accepts_t


@dataclass(frozen=True, slots=True, eq=False)
class NeutralFound:
    """A neutral face is known. `baseline`: the new one; None if the face seen before has come back.

    `again`: this was a second look. With a new baseline, it was at another face. `doubted`: it was asked to
    let go of something and did not; it may be so by nature.
    """

    baseline: Baseline | None
    again: bool
    doubted: bool = False


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
        self._asked = False

    def restart(self) -> None:
        """Start collecting again, e.g. after a pause."""
        self._capture = None
        self._asked = False

    def look_again(self) -> None:
        """Check a face that does not fit the known one: it may be someone else's, or just moving."""
        self._before, self._perception.baseline = self._perception.baseline, None
        self.restart()

    def learn_again(self) -> None:
        """Learn the face as it is now, whatever was known of it."""
        self._before = self._perception.baseline = None
        self.restart()

    def step(self, t: float, face: FaceObservation | None, *, may_end: bool = True) -> NeutralFound | None:
        """Take in one frame; return the neutral face as soon as it is known.

        `may_end`: the person has been asked to relax, and has heard it.
        """
        if self._capture is None:
            self._capture = NeutralCapture(self._perception, self._limits, self._spec, t)
        self.framing, baseline = self._capture.step(t, face, may_end=may_end)
        if baseline is None:
            return None
        before, self._before = self._before, None
        if before is not None and difference(before.reference, baseline.reference) <= TOLERANCE:
            self._perception.baseline = before
            return NeutralFound(None, again=True)
        doubted = self._capture.unrest is not None
        return NeutralFound(baseline, again=before is not None, doubted=doubted)

    def asking(self, t: float, lasts: Callable[[str], float]) -> Unrest | None:
        """Return what to ask the face to let go of now, once; `lasts`: how long that phrase takes, seconds.

        A face that stays as it is all the same is smiling, or uneven, by nature, and is learnt so.
        """
        capture = self._capture
        if capture is None or capture.unrest is None or self._asked:
            return None
        if t - capture.unrest_since < self._spec.unrest_s:
            return None
        self._asked = True
        capture.accepts_t = t + lasts(capture.unrest) + self._spec.react_s
        return capture.unrest


def _still(baseline: Baseline) -> bool:
    return baseline.noise.corner <= STILL_CORNER and baseline.noise.chin <= STILL_CHIN
