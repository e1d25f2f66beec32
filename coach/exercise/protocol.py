"""The protocols of an exercise: the methods the session calls, and the context it passes on."""

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
    """All an exercise knows of the person: their own range, and the noise of their neutral face.

    `from_start`: a movement that is under way in the first frame is judged, as in a recording that was cut;
    otherwise the face must come to rest first.
    """

    own_range: OwnRange = field(default_factory=OwnRange)
    noise: Noise = field(default_factory=Noise)
    from_start: bool = False


class Exercise(Protocol[S]):
    """One exercise: a state and one frame's features in, the next state and events out.

    An exercise in another package needs only this protocol and a TOML file. `Held` implements it for
    movements that are raised, held and released.

    Example
    -------
    An exercise that counts each long blink::

        @dataclass(frozen=True)
        class BlinkState:
            eyes: Eyes = Eyes()
            count: int = 0

        class LongBlink:
            name = "long_blink"
            spec_type = LongBlinkSpec  # an ExerciseSpec with a table `eyes: EyeSpec`

            def __init__(self, spec):
                self.spec = spec

            def begin(self, context):
                return BlinkState()

            def step(self, state, t, features):
                if features is None:
                    return state, ()
                eyes = state.eyes.step(t, features.closure.maximum, self.spec.eyes)
                if not (state.eyes.shut(t, self.spec.eyes) and eyes.closed_since is None):
                    return replace(state, eyes=eyes), ()
                start, count = state.eyes.closed_since, state.count + 1
                rep = Rep(t=t, exercise=self.name, index=count, start=start, hold_s=t - start)
                return BlinkState(eyes, count), (rep,)

            def finish(self, state, t):
                return ()

            def view(self, state):
                return View(count=state.count)
    """

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
        """Take in one frame; `features` is None if no face was seen."""
        ...

    def finish(self, state: S, t: float) -> tuple[Event, ...]:
        """Return the events that are still due when the exercise or the source ends at `t`."""
        ...

    def view(self, state: S) -> View:
        """Return the state as the window and the guide need it."""
        ...


AnyExercise = Exercise[Any]


@runtime_checkable
class Cued(Protocol):
    """An exercise that responds to cues: the coach says when, the exercise times what follows.

    Example::

        class Whistle:  # with everything an `Exercise` has, and
            def give(self, state: WhistleState, t: float) -> WhistleState:
                return replace(state, cues=(*state.cues, t))
    """

    def give(self, state: Any, t: float) -> Any:
        """Return the state with a cue added at `t` seconds, which may be in the future."""
        ...
