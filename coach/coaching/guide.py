"""What a guide is: the one who leads a person through an exercise, from what the exercise recognises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from coach.coaching.cues import Cue
from coach.events import Event
from coach.exercise.view import View


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame as a guide sees it. `quiet`: nothing is being said; `target`: repetitions asked for.

    `names`: what to call each repetition by, e.g. the person's memories; empty where they have none.
    `hurry`: one more repetition would take the plan over its time. `late`: it would do so even if
    nothing came after it.
    """

    t: float
    view: View
    events: tuple[Event, ...]
    quiet: bool
    target: int
    names: tuple[str, ...] = ()
    hurry: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a guide asks for: cues, events of its own, and whether the exercise is done.

    `give`: a memory is cued in this frame. `key`: the phrase that says what to do now. `count`: done
    and asked for, where something else than repetitions is counted. `explains`: the movement has not
    been asked for yet, or not been begun: the moment to show it. `moves`: something is done that is not
    held, so that the ring and the bars have nothing to say about it.
    """

    cues: tuple[Cue, ...] = ()
    events: tuple[Event, ...] = ()
    give: bool = False
    done: bool = False
    key: str = "instruction"
    count: tuple[int, int] | None = None
    explains: bool = False
    moves: bool = False


class Guide(Protocol):
    """Leads through one exercise; the state is the guide's own and never changed in place.

    `watches`: a movement is led while it lasts, so that one which was not seen to its end is asked for anew.
    """

    watches: ClassVar[bool]

    def begin(self, t: float) -> Any:
        """Return the state at the exercise's start."""
        ...

    def again(self, state: Any, t: float) -> Any:
        """Return the state after an interruption: the present step is asked for anew."""
        ...

    def step(self, state: Any, moment: Moment) -> tuple[Any, Guidance]:
        """Take in one frame."""
        ...


@runtime_checkable
class OwnGuide(Protocol):
    """An exercise that brings its own guide, because none of the coach's leads through it well.

    Example::

        class Whistle:  # with everything an `Exercise` has, and
            def guide(self) -> Guide:
                return WhistleGuide(self.name)
    """

    def guide(self) -> Guide:
        """Return the guide that leads through this exercise."""
        ...
