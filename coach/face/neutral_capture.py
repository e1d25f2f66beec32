"""Getting ready: the face well in the picture, at rest, and its neutral learnt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from coach.face.baseline import Baseline
from coach.face.framing import Framing, assess
from coach.face.head_frame import facing, used_points
from coach.face.perception import Perception
from coach.settings import FramingSettings
from coach.types import FaceObservation

NEUTRAL_S = 2.0
STILL_CORNER, STILL_CHIN = 0.012, 0.02  # robust standard deviations above it are no face at rest
RETRY_S = 0.25  # learning goes through all the frames kept: too much to be done again in each
PATIENCE_S = 8.0  # after this long a face that is not quite still, or not well lit, must do
# What spoils the measurement itself; the rest is advice.
BLOCKING: Final[frozenset[Framing]] = frozenset({"no_face", "closer", "turn_to_me"})


@dataclass(slots=True)
class Readiness:
    """Collects a neutral face from frames that are well framed.

    `since`: when it began, seconds; `tried`: when the kept frames were last found to be no neutral face.
    """

    perception: Perception
    limits: FramingSettings
    since: float
    tried: float = float("-inf")

    def step(self, t: float, face: FaceObservation | None) -> tuple[Framing, Baseline | None]:
        """Take in one frame; return what to change about the framing, and the baseline once it is known."""
        framing = look_at(face, self.limits)
        patient = t - self.since < PATIENCE_S
        if face is None or framing in BLOCKING or (framing != "good" and patient):
            self.perception.forget_before(float("inf"))
            return framing, None
        self.perception.keep(face)
        self.perception.forget_before(t - NEUTRAL_S - 0.5)
        if self.perception.kept_s < NEUTRAL_S or t - self.tried < RETRY_S:
            return framing, None
        self.tried = t
        baseline = self.perception.learn(lambda b: not patient or _still(b))
        return framing, baseline


def _still(baseline: Baseline) -> bool:
    return baseline.noise.corner <= STILL_CORNER and baseline.noise.chin <= STILL_CHIN


def look_at(face: FaceObservation | None, limits: FramingSettings) -> Framing:
    """Return what to change about a face's place, pose and light."""
    if face is None:
        return "no_face"
    pose, unit_px = facing(used_points(face))
    return assess(face.box, unit_px / face.size[1], pose, face.light, limits)
