"""Symmetry drill: AU12, zygomaticus major; a natural smile, the weaker side raised to match the other."""

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
    mean_sides,
)
from coach.exercise.spec import ExerciseSpec, HeldSpec
from coach.face.features import Features
from coach.types import Bilateral


class SymmetrySpec(HeldSpec):
    """`config/exercises/symmetry_drill.toml`. `max_jaw_down`: more is not a smile, in eye distances."""

    even: EvenSpec
    max_jaw_down: Annotated[float, Field(gt=0, lt=1)]


class SymmetryDrill(Held[SymmetrySpec]):
    """Both mouth corners towards the eyes, evenly."""

    name: ClassVar[str] = "symmetry_drill"
    spec_type: ClassVar[type[ExerciseSpec]] = SymmetrySpec

    def level(self, features: Features) -> float:
        """Return the mean pull of the corners, as a share of the own best smile."""
        return features.lip_corner_pull.mean

    def sides(self, features: Features) -> Bilateral:
        """Return the pull of each corner."""
        return features.lip_corner_pull

    def noise(self, context: Context) -> float:
        """Return the corners' noise as a share of the own best smile."""
        return context.noise.corner / context.own_range.smile

    def fault(self, state: HeldState, features: Features) -> Reason | None:
        """Return the fault: a mouth wide open, or one corner behind the other."""
        if features.jaw_down > self.spec.max_jaw_down:
            return "compensation"
        lift, excursion_mm = mean_sides(since(state.frames, features.t - self.spec.even.smooth_s))
        return None if is_even(lift, excursion_mm, self.spec.even) else "asymmetric"

    def mild(self, state: HeldState, features: Features, fault: Reason) -> bool:
        """Whether the sides are so close to even that a single frame cannot tell."""
        lift, _ = mean_sides(since(state.frames, features.t - self.spec.even.smooth_s))
        return fault == "asymmetric" and is_nearly_even(lift, self.spec.even)

    def ended(self, state: HeldState, ended: Ended, t: float) -> tuple[Event, ...]:
        """Describe the two sides of the smile."""
        return (describe_smile(t, self.name, state.frames, ended, self.spec.even),)
