"""Combined: AU6 and AU12 together, even corners and raised cheeks in one smile."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from coach.events import Event, Reason
from coach.exercise.held import HeldState, since
from coach.exercise.held_smile import HeldSmile, SmileSpec
from coach.exercise.repetition import Ended
from coach.exercise.smile_symmetry import joining_now, smile_level
from coach.exercise.spec import ExerciseSpec
from coach.face.features import Features


class CombinedSpec(SmileSpec):
    """`config/exercises/combined.toml`.

    `least_eyes`: how far the eyes must join in, a share of the smile. Between `doubtful_eyes` and
    `least_eyes` it is a fault only if it lasts for much of the smile. `least_smile`: smallest smile that
    counts, a share of the person's best.
    """

    least_eyes: Annotated[float, Field(gt=0, lt=1)]
    doubtful_eyes: Annotated[float, Field(gt=0, lt=1)]
    least_smile: Annotated[float, Field(gt=0, lt=1)]


class Combined(HeldSmile[CombinedSpec]):
    """Corners and cheeks up together; whichever moves begins the try, both must stay for the hold."""

    name: ClassVar[str] = "combined"
    spec_type: ClassVar[type[ExerciseSpec]] = CombinedSpec

    def level(self, features: Features) -> float:
        """Size of the smile, or of the cheek raise where there is no smile: a share of the person's best."""
        return max(smile_level(features, self.spec.even), 0.6 * features.cheek_raise.mean)

    def fault(self, state: HeldState, features: Features) -> Reason | None:
        """Return the fault: eyes closed, mouth or eyes not involved, or one corner behind the other."""
        if state.eyes.shut(features.t, self.spec.eyes):
            return "eyes_closed"
        if features.lip_corner_pull.mean < self.spec.least_smile:
            return "mouth_uninvolved"
        window = since(state.frames, features.t - self.spec.even.smooth_s)
        if joining_now(window, state.frames) < self.spec.least_eyes:
            return "eyes_uninvolved"
        return self.uneven(state)

    def mild(self, state: HeldState, features: Features, fault: Reason) -> bool:
        """Whether sides or eyes are so close to right that a single frame cannot tell."""
        window = since(state.frames, features.t - self.spec.even.smooth_s)
        if fault == "eyes_uninvolved":
            return joining_now(window, state.frames) >= self.spec.doubtful_eyes
        return fault == "asymmetric" and self.nearly_even(state)

    def ended(self, state: HeldState, ended: Ended, t: float) -> tuple[Event, ...]:
        """Describe the smile's two sides, where there was one."""
        return () if ended.reason == "mouth_uninvolved" else super().ended(state, ended, t)
