"""An exercise's TOML file: dose, pace, head and eyes; held exercises add the rules of a repetition."""

from __future__ import annotations

from typing import Annotated, Protocol, runtime_checkable

from pydantic import Field

from coach.exercise.jaw_circles import CircleSpec
from coach.exercise.repetition import RepSpec
from coach.face.features import Features
from coach.settings import Strict


class HeadSpec(Strict):
    """How far the head may turn. Degrees; `turn` from the neutral pose, `yaw` against the camera."""

    max_turn_deg: Annotated[float, Field(gt=0, le=60)]
    max_yaw_deg: Annotated[float, Field(gt=0, le=60)]

    def turned(self, features: Features) -> bool:
        """Whether the head is turned too far to measure the face."""
        return features.turn > self.max_turn_deg or abs(features.yaw) > self.max_yaw_deg


class EyeSpec(Strict):
    """When eyes count as closed.

    `closed`: how far the lid must drop, a share of the aperture. `blink_s`: longest blink, seconds;
    `reopen_s`: how long after it the eyes are still opening.
    """

    closed: Annotated[float, Field(gt=0, lt=1)]
    blink_s: Annotated[float, Field(gt=0, le=2)]
    reopen_s: Annotated[float, Field(ge=0, le=1)]


class Dose(Strict):
    """How many repetitions a full session asks for. `scales`: a plan may change the number."""

    reps: Annotated[int, Field(ge=1, le=100)]
    scales: bool = True


class Pace(Strict):
    """How long it takes. `intro_s`: before the first repetition; `rep_s`: each one, without its hold."""

    intro_s: Annotated[float, Field(ge=0, le=60)]
    rep_s: Annotated[float, Field(ge=0, le=120)]


class ExerciseSpec(Strict):
    """An exercise's TOML file: dose, pace and thresholds; exercises add their own tables."""

    dose: Dose
    pace: Pace
    head: HeadSpec

    def seconds(self, reps: int) -> float:
        """Return how many seconds `reps` repetitions take when performed as asked."""
        return self.pace.intro_s + reps * self.pace.rep_s


class HeldSpec(ExerciseSpec):
    """The TOML file of an exercise that is held and counted."""

    repetition: RepSpec
    eyes: EyeSpec

    def seconds(self, reps: int) -> float:
        """Return how many seconds the intro, the holds and the pauses between them take."""
        return self.pace.intro_s + reps * (self.pace.rep_s + self.repetition.hold_s)


@runtime_checkable
class RepeatedSpec(Protocol):
    """A spec with a `[repetition]` table: a level that starts an attempt, and a hold to reach.

    Example::

        class WhistleSpec(ExerciseSpec):
            repetition: RepSpec
    """

    @property
    def repetition(self) -> RepSpec:
        """The rules of a repetition."""
        ...


@runtime_checkable
class CirclingSpec(Protocol):
    """A spec with a `[circles]` table: the jaw circles, first in one direction, then in the other.

    Example::

        class ChewSpec(ExerciseSpec):
            repetition: RepSpec
            circles: CircleSpec
    """

    @property
    def circles(self) -> CircleSpec:
        """What counts as a circle, and how many are asked for."""
        ...
