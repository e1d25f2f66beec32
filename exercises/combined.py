"""Combined: AU6 and AU12 together, even corners and raised cheeks in one smile."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from coach.events import Event, Reason
from coach.exercise.held import Held, HeldState, since
from coach.exercise.protocol import Context
from coach.exercise.repetition import Ended
from coach.exercise.smile_symmetry import (
    EvenSpec,
    describe_smile,
    is_even,
    is_nearly_even,
    joining_now,
    mean_sides,
)
from coach.exercise.spec import ExerciseSpec, HeldSpec
from coach.face.features import Features
from coach.types import Bilateral


class CombinedSpec(HeldSpec):
    """`config/exercises/combined.toml`.

    `least_eyes`: how far the eyes must join in, a share of the smile. Between `doubtful_eyes` and
    `least_eyes` it is a fault only if it lasts for much of the smile. `least_smile`: smallest smile that
    counts, a share of the own best.
    """

    even: EvenSpec
    least_eyes: Annotated[float, Field(gt=0, lt=1)]
    doubtful_eyes: Annotated[float, Field(gt=0, lt=1)]
    least_smile: Annotated[float, Field(gt=0, lt=1)]


class Combined(Held[CombinedSpec]):
    """Corners and cheeks up together. Either of them starts an attempt; both must stay up for the hold."""

    name: ClassVar[str] = "combined"
    spec_type: ClassVar[type[ExerciseSpec]] = CombinedSpec

    def level(self, features: Features) -> float:
        """Return the size of the smile, or of a cheek raise without one, as a share of the own best."""
        return max(features.lip_corner_pull.mean, 0.6 * features.cheek_raise.mean)

    def sides(self, features: Features) -> Bilateral:
        """Return the pull of each corner."""
        return features.lip_corner_pull

    def noise(self, context: Context) -> float:
        """Return the corners' noise as a share of the own best smile."""
        return context.noise.corner / context.own_range.smile

    def fault(self, state: HeldState, features: Features) -> Reason | None:
        """Return the fault: eyes closed, mouth or eyes not involved, or one corner behind the other."""
        if state.eyes.shut(features.t, self.spec.eyes):
            return "eyes_closed"
        if features.lip_corner_pull.mean < self.spec.least_smile:
            return "mouth_uninvolved"
        window = since(state.frames, features.t - self.spec.even.smooth_s)
        if joining_now(window, state.frames) < self.spec.least_eyes:
            return "eyes_uninvolved"
        lift, excursion_mm = mean_sides(window)
        return None if is_even(lift, excursion_mm, self.spec.even) else "asymmetric"

    def mild(self, state: HeldState, features: Features, fault: Reason) -> bool:
        """Whether sides or eyes are so close to right that a single frame cannot tell."""
        window = since(state.frames, features.t - self.spec.even.smooth_s)
        if fault == "eyes_uninvolved":
            return joining_now(window, state.frames) >= self.spec.doubtful_eyes
        return fault == "asymmetric" and is_nearly_even(mean_sides(window)[0], self.spec.even)

    def ended(self, state: HeldState, ended: Ended, t: float) -> tuple[Event, ...]:
        """Describe the two sides of the smile, if there was one."""
        if ended.reason == "mouth_uninvolved":
            return ()
        return (describe_smile(t, self.name, state.frames, ended, self.spec.even),)
