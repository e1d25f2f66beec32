"""A person's history as values: sessions and everything measured in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain, pairwise
from statistics import median
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias, TypeVar, get_args

from coach.events import SideVerdict
from coach.types import Bilateral

Felt: TypeAlias = Literal["easy", "right", "hard", "hurt"]
FELT: Final[tuple[Felt, ...]] = get_args(Felt)
SIMULATED = "demo"  # the source's name of the simulated person


DATE_LINE = timedelta(hours=36)  # from one session to the next, at most, for the day between to be no day


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session. `started_at` carries its offset from UTC; `reason` is None when it broke off.

    `felt`: how it felt, as the person said; None if they did not.
    """

    id: str
    started_at: datetime
    plan: str
    source: str
    version: str
    duration_s: float | None
    reason: str | None
    felt: Felt | None = None

    @property
    def simulated(self) -> bool:
        """Whether the simulated person did it."""
        return self.source == SIMULATED


class ExerciseRecord(Protocol):
    """What every record of an exercise has.

    Such records are tuples: ten years are 50,000 of them, and a dataclass takes twice as long to make.
    """

    @property
    def session(self) -> str:
        """The session's id."""

    @property
    def at(self) -> datetime:
        """When the session began, by the person's own clock."""

    @property
    def exercise(self) -> str:
        """The exercise's name; empty if it is not known."""


class RepRecord(NamedTuple):
    """`whole_hold_s`: until the release; until the release cue where the release was not seen.

    `t_s`: seconds since the session's start.
    """

    session: str
    at: datetime
    exercise: str
    whole_hold_s: float
    t_s: float = 0.0


class AttemptRecord(NamedTuple):
    """An attempt that did not count, with the one reason why. `t_s`: as for a repetition."""

    session: str
    at: datetime
    exercise: str
    reason: str
    t_s: float = 0.0


class SmileRecord(NamedTuple):
    """One smile: `symmetry`, weaker over stronger excursion, 0..1; `lag_s`, seconds between the sides."""

    session: str
    at: datetime
    exercise: str
    weaker_side: SideVerdict
    symmetry: float
    lag_s: float
    excursion_mm: Bilateral


class RecallRecord(NamedTuple):
    """One recall. `memory`: the memory's id, empty if unknown; `latency_s`: None when no smile arose.

    `feeling`: how warm it was, 0..10 as the person said; None if they did not.
    """

    session: str
    at: datetime
    exercise: str
    memory: str
    latency_s: float | None
    in_time: bool
    eye_engaged: bool
    feeling: int | None = None

    @property
    def counted(self) -> bool:
        """Whether it counted as a repetition."""
        return bool(self.in_time and self.eye_engaged)


@dataclass(frozen=True, slots=True)
class Score:
    """One score of one check-in. `sem`: standard error of measurement from repeated takes, if known."""

    at: datetime
    source: str
    name: str
    value: float
    sem: float | None

    @property
    def day(self) -> date:
        """The day by the person's own clock."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class TypeRecord:
    """The type of a check-in's biggest smile, e.g. `eyes_engaged`."""

    at: datetime
    source: str
    kind: str


D = TypeVar("D", bound=ExerciseRecord)


@dataclass(frozen=True)  # without slots: what is looked for in all rows is kept once it has been found
class History:
    """Everything, each kind in order of time."""

    sessions: tuple[SessionRecord, ...] = ()
    repetitions: tuple[RepRecord, ...] = ()
    attempts: tuple[AttemptRecord, ...] = ()
    smiles: tuple[SmileRecord, ...] = ()
    recalls: tuple[RecallRecord, ...] = ()
    scores: tuple[Score, ...] = ()
    types: tuple[TypeRecord, ...] = ()

    @property
    def simulated(self) -> bool:
        """Whether all sessions and check-ins in it were the simulated person's."""
        check_ins = {row.source for row in self.scores} | {row.source for row in self.types}
        return check_ins | {row.source for row in self.sessions} == {SIMULATED}

    def own(self) -> History:
        """Return the person's own history; the simulated person's until there is one."""
        own = self.without_simulated()
        return own if own.sessions or own.scores else self

    def without_simulated(self) -> History:
        """Return the history without the simulated person's sessions and check-ins, even if none is left."""
        own = {session.id for session in self.sessions if not session.simulated}
        return replace(
            self if len(own) == len(self.sessions) else self.only(own),
            scores=tuple(score for score in self.scores if score.source != SIMULATED),
            types=tuple(one for one in self.types if one.source != SIMULATED),
        )

    def only(self, ids: Collection[str]) -> History:
        """Return the history without the sessions of other ids, and all that was done in them."""

        def of(rows: Iterable[D]) -> tuple[D, ...]:
            return tuple(row for row in rows if row.session in ids)

        return replace(
            self,
            sessions=tuple(session for session in self.sessions if session.id in ids),
            repetitions=of(self.repetitions),
            attempts=of(self.attempts),
            smiles=of(self.smiles),
            recalls=of(self.recalls),
        )

    @cached_property
    def exercises(self) -> tuple[str, ...]:
        """The names of the exercises in it, those done most often first."""
        rows: Iterable[ExerciseRecord] = chain(self.repetitions, self.attempts, self.recalls)
        return tuple(name for name, _ in Counter(row.exercise for row in rows).most_common())

    @cached_property
    def active_days(self) -> frozenset[date]:
        """The days that count: with at least one repetition or one memory that brought a smile."""
        recalled = (row for row in self.recalls if row.latency_s is not None)
        done: Iterable[ExerciseRecord] = chain(self.repetitions, recalled)
        began = {row.session: row.at for row in done}
        return frozenset(at.date() for at in began.values())

    def streak_days(self) -> frozenset[date]:
        """Return the active days and those that the calendar alone left out, on a flight over the date line.

        Two sessions a day and a few hours apart, by clocks of different offsets, have missed no day.
        """
        active = self.active_days
        began = sorted(row.started_at for row in self.sessions if row.started_at.date() in active)
        skipped = {
            one.date() + timedelta(days=1)
            for one, next_one in pairwise(began)
            if (next_one.date() - one.date()).days == 2  # noqa: PLR2004 one day lies between
            and one.utcoffset() != next_one.utcoffset()
            and next_one - one <= DATE_LINE
        }
        return active | skipped


@dataclass(frozen=True, slots=True)
class ExerciseSummary:
    """One exercise so far. Holds in seconds; `week_*` over the last seven days, today included."""

    exercise: str
    repetitions: int
    sessions: int
    best_hold_s: float
    median_hold_s: float
    week_repetitions: int
    week_sessions: int


def summarise(history: History, exercise: str, today: date) -> ExerciseSummary | None:
    """Return best, median and this week's work of one exercise; None without a repetition."""
    rows = [row for row in history.repetitions if row.exercise == exercise]
    if not rows:
        return None
    holds = [row.whole_hold_s for row in rows]
    began = {row.session: row.at for row in rows}
    before = today - timedelta(days=7)
    week = {session for session, at in began.items() if before < at.date() <= today}
    return ExerciseSummary(
        exercise=exercise,
        repetitions=len(rows),
        sessions=len(began),
        best_hold_s=max(holds),
        median_hold_s=median(holds),
        week_repetitions=sum(row.session in week for row in rows),
        week_sessions=len(week),
    )


@dataclass(frozen=True, slots=True)
class RecallSummary:
    """One memory over its last recalls.

    `reliability` 0..1 is the share within five seconds, `eyes` the share in which the eyes joined in.
    """

    memory: str
    recalls: int
    reliability: float
    eyes: float
    best_latency_s: float | None
    median_latency_s: float | None


def summarise_recalls(recalls: Iterable[RecallRecord], last: int = 20) -> tuple[RecallSummary, ...]:
    """Return reliability over the `last` recalls, best (of all) and median latency, memory by memory."""
    by_memory: dict[str, list[RecallRecord]] = {}
    for row in recalls:
        by_memory.setdefault(row.memory, []).append(row)
    out = []
    for memory, rows in by_memory.items():
        recent = rows[-last:]
        every = [row.latency_s for row in rows if row.latency_s is not None]
        latencies = [row.latency_s for row in recent if row.latency_s is not None]
        out.append(
            RecallSummary(
                memory=memory,
                recalls=len(rows),
                reliability=sum(row.in_time for row in recent) / len(recent),
                eyes=sum(row.eye_engaged for row in recent) / len(recent),
                best_latency_s=min(every, default=None),
                median_latency_s=median(latencies) if latencies else None,
            )
        )
    return tuple(out)
