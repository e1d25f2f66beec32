"""The protocol of guides: a guide leads a person through one exercise, one frame at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from coach.coaching.cues import Cue
from coach.events import Event
from coach.exercise.view import View


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame as a guide sees it. `quiet`: nothing is being said; `target`: repetitions asked for.

    `names`: the name of each repetition, e.g. the person's memories; empty if they have none. `hurry`: one
    more repetition would take the plan over its time. `late`: it would do so even if nothing came after it.
    `leave`: the exercises after this one need the time that is left.
    `lasts`: how long a cue takes to say, seconds.
    """

    t: float
    view: View
    events: tuple[Event, ...]
    quiet: bool
    target: int
    names: tuple[str, ...] = ()
    hurry: bool = False
    late: bool = False
    leave: bool = False
    lasts: Callable[[Cue], float] = lambda _: 0.0


@dataclass(frozen=True, slots=True)
class Guidance:
    """A guide's answer to one frame: cues, events of its own, and whether the exercise is done.

    `give`: a memory is cued in this frame. `key`: the phrase that says what to do now. `count`: (done,
    asked for), if something other than repetitions is counted. `explains`: the movement has not been asked
    for or begun yet, or not understood, so now is the time to show it. `moves`: the present movement is not
    held, so the ring and the bars do not apply. `asks`: a movement has been asked for; `patient`: more than
    once; `offers`: the person was told that Space looks at the face again. `stale`: phrases that are no
    longer true, should they still be waiting to be said. `dot`: how far round a dot to follow is, in turns
    clockwise from the top as the person sees it; `swell`: how far breathed in, 0..1; `left_s`: seconds left
    of the breath.
    """

    cues: tuple[Cue, ...] = ()
    events: tuple[Event, ...] = ()
    give: bool = False
    done: bool = False
    key: str = "instruction"
    count: tuple[int, int] | None = None
    explains: bool = False
    moves: bool = False
    asks: bool = False
    patient: bool = False
    offers: bool = False
    stale: frozenset[str] = frozenset()
    dot: float | None = None
    swell: float | None = None
    left_s: float = 0.0


class Guide(Protocol):
    """Leads through one exercise. The state is the guide's own and is never changed in place.

    `watches`: the guide leads each movement while it lasts, so one that was not seen to its end is asked
    for again.

    Example::

        class WhistleGuide:
            watches = True

            def begin(self, t: float) -> bool:
                return False  # not asked for yet

            def again(self, state: bool, t: float) -> bool:
                return False

            def step(self, state: bool, moment: Moment) -> tuple[bool, Guidance]:
                done = moment.view.count >= moment.target
                if state or not moment.quiet:
                    return state, Guidance(done=done)
                go = Cue(moment.t, CueKind.INSTRUCTION, "go", "whistle")
                return True, Guidance(cues=(go,), done=done)
    """

    watches: ClassVar[bool]

    def begin(self, t: float) -> Any:
        """Return the state at the exercise's start."""
        ...

    def again(self, state: Any, t: float) -> Any:
        """Return the state after an interruption: the present step is asked for again."""
        ...

    def step(self, state: Any, moment: Moment) -> tuple[Any, Guidance]:
        """Take in one frame."""
        ...


@runtime_checkable
class OwnGuide(Protocol):
    """An exercise that brings its own guide because none of the built-in ones fits.

    Example::

        class Whistle:  # with everything an `Exercise` has, and
            def guide(self) -> Guide:
                return WhistleGuide(self.name)
    """

    def guide(self) -> Guide:
        """Return the guide that leads through this exercise."""
        ...
