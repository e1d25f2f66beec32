"""What an exercise is to the session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from coach.events import Event
from coach.exercise.spec import ExerciseSpec
from coach.exercise.view import View
from coach.face.baseline import Noise, OwnRange
from coach.face.features import Features

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Context:
    """What an exercise knows of the person: the own range, and the noise of the neutral face."""

    own_range: OwnRange = field(default_factory=OwnRange)
    noise: Noise = field(default_factory=Noise)


class Exercise(Protocol[S]):
    """One exercise: values in, events out. A third party's needs nothing but this and a TOML file."""

    name: ClassVar[str]
    spec_type: ClassVar[type[ExerciseSpec]]

    @property
    def spec(self) -> ExerciseSpec:
        """The checked contents of the exercise's TOML file."""
        ...

    def begin(self, context: Context) -> S:
        """Return the state at the exercise's start."""
        ...

    def step(self, state: S, t: float, features: Features | None) -> tuple[S, tuple[Event, ...]]:
        """Take in one frame; `features` is None where no face was seen."""
        ...

    def finish(self, state: S, t: float) -> tuple[Event, ...]:
        """Return what is still owed when the exercise or the source ends at `t`."""
        ...

    def view(self, state: S) -> View:
        """Return what the window and the guide show of the state."""
        ...


AnyExercise = Exercise[Any]


@runtime_checkable
class Cued(Protocol):
    """An exercise that answers to cues: the coach says when, the exercise times what follows.

    Example::

        class Whistle:  # with everything an `Exercise` has, and
            def give(self, state: WhistleState, t: float) -> WhistleState:
                return replace(state, cues=(*state.cues, t))
    """

    def give(self, state: Any, t: float) -> Any:
        """Return the state with a cue given at `t` seconds, which may lie ahead."""
        ...
