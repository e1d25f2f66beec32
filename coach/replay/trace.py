"""A session's trace: its setup and all of its input, enough to run it again exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final, Literal, Protocol, TypeAlias

from pydantic import Field

from coach import __version__
from coach.coaching.flow import Output
from coach.coaching.phrases import PhraseBook
from coach.coaching.screen import Screen
from coach.coaching.spec import STANDARD, CoachingSpec
from coach.events import EndReason, Event, SessionStart
from coach.exercise.protocol import AnyExercise
from coach.face.baseline import OwnRange
from coach.session.occasion import USUAL, Occasion
from coach.session.plan import Plan
from coach.session.session import Session
from coach.settings import Settings
from coach.types import FaceObservation

EntryKind: TypeAlias = Literal["frame", "lost", "idle", "pause", "move", "end"]


@dataclass(frozen=True, slots=True)
class Setup:
    """The setup of a session.

    `specs`: one for each of the plan's steps, all of the exercise's values, so that a later change of its
    file does not change the past. `own_range`: the person's. `memories`: the person's words made unreadable,
    see `veiled`. `flags`: the session's switches, by name. `version`: the program's. `coaching`: how it led;
    `occasion`: the words for that day only. A trace made before these were noted has the usual ones.
    """

    plan: Plan
    specs: tuple[dict[str, Any], ...]
    language: str
    settings: Settings
    source: str
    own_range: Annotated[OwnRange, Field(alias="best")]  # its key in a trace
    memories: tuple[str, ...] = ()
    flags: dict[str, Any] = field(default_factory=dict)
    version: str = __version__
    coaching: CoachingSpec = STANDARD
    occasion: Occasion = USUAL


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One thing that the session was fed, at `t` seconds.

    `frame` has the face, None without one; `move` has `by` (+1 next, -1 back, 0 restart);
    `end` has `reason`. `lost`, `idle` and `pause` have nothing more.
    """

    t: float
    kind: EntryKind
    observation: FaceObservation | None = None
    by: int = 0
    reason: EndReason = "stopped"


class Tape(Protocol):
    """Takes down a session while it runs.

    Example::

        tape.begin(setup)
        tape.take(Entry(t, "frame", observation))
        tape.events(output.events)
    """

    def begin(self, setup: Setup) -> None:
        """Take the session's setup; comes once and first."""
        ...

    def take(self, entry: Entry) -> None:
        """Take an entry that the session is about to be fed."""
        ...

    def events(self, events: tuple[Event, ...]) -> None:
        """Take the session's answer."""
        ...


class TapedSession(Session):
    """A session that tells a tape everything it is fed and everything it answers.

    Parameters
    ----------
    tape
        Takes it down.
    plan, exercises, book, settings, source, own_range, memories, coaching, occasion, flags
        As for `Session`; `flags` are its switches, e.g. `first`.
    """

    def __init__(
        self,
        tape: Tape,
        plan: Plan,
        exercises: Sequence[AnyExercise],
        book: PhraseBook,
        settings: Settings,
        *,
        source: str,
        own_range: OwnRange | None = None,
        memories: tuple[str, ...] = (),
        coaching: CoachingSpec = STANDARD,
        occasion: Occasion = USUAL,
        **flags: Any,
    ) -> None:
        super().__init__(
            plan,
            exercises,
            book,
            settings,
            source=source,
            own_range=own_range,
            memories=memories,
            coaching=coaching,
            occasion=occasion,
            **flags,
        )
        self._tape = tape
        specs = tuple(exercise.spec.model_dump(mode="json") for exercise in exercises)
        words = tuple(veiled(memory) for memory in memories)
        known = self.perception.own_range
        tape.begin(
            Setup(
                plan,
                specs,
                book.language,
                settings,
                source,
                known,
                words,
                flags,
                coaching=coaching,
                occasion=occasion,
            )
        )

    def process(self, t: float, observation: FaceObservation | None) -> Output:
        """Take in one frame's face, see `Session.process`."""
        self._tape.take(Entry(t, "frame", observation))
        return self._told(super().process(t, observation))

    def camera_lost(self, t: float) -> Output:
        """Take in that there are no pictures, see `Session.camera_lost`."""
        self._tape.take(Entry(t, "lost"))
        return self._told(super().camera_lost(t))

    def idle(self, t: float) -> Output:
        """Let time pass, see `Session.idle`."""
        self._tape.take(Entry(t, "idle"))
        return self._told(super().idle(t))

    def toggle_pause(self, t: float) -> None:
        """Pause or resume, see `Session.toggle_pause`."""
        self._tape.take(Entry(t, "pause"))
        super().toggle_pause(t)

    def move(self, t: float, by: int) -> None:
        """Go to another exercise, see `Session.move`."""
        self._tape.take(Entry(t, "move", by=by))
        super().move(t, by)

    def end(self, t: float, reason: EndReason) -> tuple[Event, ...]:
        """Close the session, see `Session.end`."""
        self._tape.take(Entry(t, "end", reason=reason))
        events = super().end(t, reason)
        self._tape.events(events)
        return events

    def _told(self, output: Output) -> Output:
        self._tape.events(output.events)
        return output


DIGITS: Final = "0123456789"  # that an engine speaks as words


def veiled(text: str) -> str:
    """Return a person's words with every letter an `x` and every digit a 0: as long to say, and not theirs.

    How long a text takes to say decides when the next thing happens (`cue_scheduler.estimate_s`), so the
    words' lengths and marks must be kept for an exact replay; the words need not be.
    """
    return "".join("0" if one in DIGITS else "x" if one.isalnum() else one for one in text)


@dataclass(frozen=True, slots=True, eq=False)
class SessionTrace:
    """A whole trace. `problem`: one line on the part that could not be read, or empty."""

    setup: Setup
    entries: tuple[Entry, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A session's answer to one entry. `screen`: shown after it; None before the first frame."""

    entry: Entry
    events: tuple[Event, ...]
    screen: Screen | None


def answers(
    setup: Setup, entries: Iterable[Entry], exercises: Sequence[AnyExercise], book: PhraseBook
) -> Iterator[Answer]:
    """Replay a session, entry by entry.

    Parameters
    ----------
    setup, entries
        Of the trace.
    exercises
        Made from `setup.specs`, in the order of the plan's steps.
    book
        A new one in `setup.language`: a book counts whose turn it is among its variants.
    """
    session = Session(
        setup.plan,
        exercises,
        book,
        setup.settings,
        source=setup.source,
        own_range=setup.own_range,
        memories=setup.memories,
        coaching=setup.coaching,
        occasion=setup.occasion,
        **setup.flags,
    )
    screen: Screen | None = None
    for entry in entries:
        events: tuple[Event, ...] = ()
        if entry.kind == "pause":
            session.toggle_pause(entry.t)
        elif entry.kind == "move":
            session.move(entry.t, entry.by)
        elif entry.kind == "end":
            events = session.end(entry.t, entry.reason)
        else:
            output = _fed(session, entry)
            events, screen = output.events, output.screen
        yield Answer(entry, tuple(_of_its_day(event, setup) for event in events), screen)


def _of_its_day(event: Event, setup: Setup) -> Event:
    """Leave the recorded session's version in its log's first line."""
    return replace(event, version=setup.version) if isinstance(event, SessionStart) else event


def _fed(session: Session, entry: Entry) -> Output:
    if entry.kind == "frame":
        return session.process(entry.t, entry.observation)
    return session.camera_lost(entry.t) if entry.kind == "lost" else session.idle(entry.t)
