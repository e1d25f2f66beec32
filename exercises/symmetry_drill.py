"""Symmetry drill: AU12, zygomaticus major; a natural smile, the weaker side raised to match the other."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from coach.events import Reason
from coach.exercise.held import HeldState
from coach.exercise.held_smile import HeldSmile, SmileSpec
from coach.exercise.smile_symmetry import smile_level
from coach.exercise.spec import ExerciseSpec
from coach.face.features import Features


class SymmetrySpec(SmileSpec):
    """`config/exercises/symmetry_drill.toml`. `max_jaw_down`: a jaw dropped further is no smile."""

    max_jaw_down: Annotated[float, Field(gt=0, lt=1)]


class SymmetryDrill(HeldSmile[SymmetrySpec]):
    """Both mouth corners towards the eyes, evenly."""

    name: ClassVar[str] = "symmetry_drill"
    spec_type: ClassVar[type[ExerciseSpec]] = SymmetrySpec
    masks_blinks: ClassVar[bool] = False  # a blink does not move the mouth

    def level(self, features: Features) -> float:
        """Mean pull of the corners, as a share of the person's best smile."""
        return smile_level(features, self.spec.even)

    def fault(self, state: HeldState, features: Features) -> Reason | None:
        """Return what is wrong: a mouth wide open, or one corner behind the other."""
        return "compensation" if features.jaw_down > self.spec.max_jaw_down else self.uneven(state)

    def mild(self, state: HeldState, features: Features, fault: Reason) -> bool:
        """Whether the sides are so nearly even that one moment does not tell."""
        del features  # the last of the frames
        return fault == "asymmetric" and self.nearly_even(state)
