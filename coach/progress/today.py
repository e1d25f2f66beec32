"""One session beside the person's usual: three figures, the sides, and the one thing that is true of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Literal, TypeAlias

from coach.coaching.screen import DayMark
from coach.events import SideVerdict
from coach.progress.history import AttemptRecord, History, RepRecord, SessionRecord
from coach.progress.streak import streak
from coach.progress.summary import week_marks
from coach.progress.trends import minimal_detectable_change, sem_of_series

FigureName: TypeAlias = Literal["holds", "evenness", "eyes"]
SideSummary: TypeAlias = Literal["", "left", "right", "even", "mixed", "unclear"]

RECENT = 20  # sessions behind the usual values: long enough to be steady, short enough to follow the person
USUAL_FROM = 3  # sessions before there is a usual
MOST = 0.6  # of the smiles, for one side to be called the one behind
RESOLUTION = {"holds": 1.5, "evenness": 0.05, "eyes": 0.2}  # no smaller difference is spoken of
MEMORY = "memory_anchor"  # its smiles are not held for a time
EYES = "combined"  # the exercise that asks for them
NO_EYES = ("eyes_uninvolved", "lids_only")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a session.

    `value`: a count of holds, or a share, 0..1. `usual`: the median of the sessions before, None if there
    are too few. `beyond`: +1 or -1 where it lies further from that than the person's own variation, 0 where
    it does not, None if nobody knows that yet.
    """

    name: FigureName
    value: float
    usual: float | None = None
    beyond: int | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """The outcome of a session.

    `figures`: those that were measured. `side`: which side was behind; in `behind` of `smiles` smiles.
    `earlier`: sessions before it. `run`: days in a row, 0 if nothing counted. `week`: the last seven
    days, today last. `day`: by the person's own clock. `known`: the history has the session; where the disk
    has not taken it, nothing else here is known.
    """

    day: date
    figures: tuple[Figure, ...] = ()
    side: SideSummary = ""
    behind: int = 0
    smiles: int = 0
    earlier: int = 0
    run: int = 0
    week: tuple[DayMark, ...] = ("missed",) * 7
    known: bool = True

    @property
    def told(self) -> str:
        """The key of the one sentence about it: no praise that its figures do not carry; empty if unknown."""
        if not self.known:
            return ""
        if not self.run:
            return "nothing"
        if not self.earlier:
            return "first"
        if all(figure.beyond is None for figure in self.figures):
            return "early"
        moved = [figure for figure in self.figures if figure.beyond]
        if not moved:
            return "usual"
        best = max(moved, key=lambda figure: figure.beyond or 0)
        return f"{'more' if (best.beyond or 0) > 0 else 'less'}_{best.name}"


def today(history: History, session: str, day: date) -> Today:
    """Return the outcome of a session, beside those before it.

    Parameters
    ----------
    history
        With the session in it. The simulated person's sessions are compared with each other alone.
    session
        Its id.
    day
        By the person's own clock now; the session's own day counts, which may have ended meanwhile.
    """
    this = next((row for row in history.sessions if row.id == session), None)
    if this is None:  # the disk has not taken it
        return Today(day, known=False)
    day = this.started_at.date()
    alike = this.simulated == history.own().simulated
    history = history.own() if alike else history.only({session})
    before = [row for row in history.sessions if row.id != session and row.started_at <= this.started_at]
    sides = Counter(row.weaker_side for row in history.smiles if row.session == session)
    side, behind = _side(sides)
    done = day in history.active_days
    figures = (_figure(name, history, this, before[-RECENT:]) for name in _MEASURES)
    return Today(
        day,
        tuple(figure for figure in figures if figure is not None),
        side,
        behind,
        sides.total(),
        len(before),
        streak(history.streak_days(), day).current if done and _counted(history, session) else 0,
        week_marks(history, day),
    )


def _figure(
    name: FigureName, history: History, this: SessionRecord, before: Sequence[SessionRecord]
) -> Figure | None:
    value = _MEASURES[name](history, this.id)
    if value is None:
        return None
    if name == "holds":  # another plan asks for another number
        before = [row for row in before if row.plan == this.plan and row.reason == "finished"]
    earlier = [found for row in before if (found := _MEASURES[name](history, row.id)) is not None]
    if len(earlier) < USUAL_FROM:
        return Figure(name, value)
    usual = median(earlier)
    sem = sem_of_series(earlier)
    if sem is None:
        return Figure(name, value, usual)
    noise = max(minimal_detectable_change(sem), RESOLUTION[name])
    return Figure(name, value, usual, (value - usual > noise) - (usual - value > noise))


def _holds(history: History, session: str) -> float | None:
    rows: tuple[RepRecord | AttemptRecord, ...] = (*history.repetitions, *history.attempts)
    tries = [row for row in rows if row.session == session and row.exercise != MEMORY]
    return float(sum(isinstance(row, RepRecord) for row in tries)) if tries else None


def _evenness(history: History, session: str) -> float | None:
    smiles = [row.symmetry for row in history.smiles if row.session == session]
    return median(smiles) if smiles else None


def _eyes(history: History, session: str) -> float | None:
    """Return the share of the smiles asked for with the eyes in which they joined in."""
    joined = [
        row.eye_engaged for row in history.recalls if row.session == session and row.latency_s is not None
    ]
    joined += [True for row in history.repetitions if (row.session, row.exercise) == (session, EYES)]
    joined += [
        False
        for row in history.attempts
        if (row.session, row.exercise) == (session, EYES) and row.reason in NO_EYES
    ]
    return sum(joined) / len(joined) if joined else None


_MEASURES: dict[FigureName, Callable[[History, str], float | None]] = {
    "holds": _holds,
    "evenness": _evenness,
    "eyes": _eyes,
}


def _counted(history: History, session: str) -> bool:
    """Whether anything in the session counted."""
    recalled = any(row.session == session and row.latency_s is not None for row in history.recalls)
    return recalled or any(row.session == session for row in history.repetitions)


def _side(sides: Counter[SideVerdict]) -> tuple[SideSummary, int]:
    """Return which side was behind in most smiles that could be compared, and in how many of them."""
    clear = sides["left"] + sides["right"] + sides["even"]
    if not sides:
        return "", 0
    if not clear:
        return "unclear", 0
    if sides["left"] >= MOST * clear:
        return "left", sides["left"]
    if sides["right"] >= MOST * clear:
        return "right", sides["right"]
    return ("even" if sides["even"] >= MOST * clear else "mixed"), sides["even"]
