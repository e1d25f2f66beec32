"""How far a replay has come: one line of time over one or two sessions, each exercise begun together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from coach.replay.trace import Answer

BACK_S = 1.0  # "back" goes to the chapter before the present one only this soon after it
BEFORE_S = 0.5  # a jump ends a little before the chapter, so that the movement's beginning is seen


@dataclass(frozen=True, slots=True)
class SessionPart:
    """A stretch of a session: getting ready (`name` empty), or one exercise. Seconds of that session."""

    name: str
    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.start


def parts(answers: Iterable[Answer]) -> list[SessionPart]:
    """Return a session's parts in their order, without a gap; a pause belongs to the part it is in."""
    found: list[SessionPart] = []
    t = 0.0
    for answer in answers:
        t = max(t, answer.entry.t) if found else answer.entry.t
        name = answer.screen.exercise if answer.screen is not None else None
        if not found:
            found.append(SessionPart(name or "", t, t))
        elif name is not None and name != found[-1].name:
            found[-1] = replace(found[-1], end=t)
            found.append(SessionPart(name, t, t))
    if found:
        found[-1] = replace(found[-1], end=t)
    return found


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the common line from `start` on, seconds, with each session's part; None if it waits."""

    start: float
    seconds: float
    lanes: tuple[SessionPart | None, ...]


class Timeline:
    """One line of time for all sessions that are shown: the same exercises side by side.

    Parts of the same name in the same order begin together and take as long as the longer one; the other
    session then waits at its end. What only one session has is shown while the other waits.

    Parameters
    ----------
    sessions
        Each one's parts; one or two sessions.
    """

    def __init__(self, *sessions: Sequence[SessionPart]) -> None:
        rows = [(part,) for part in sessions[0]] if len(sessions) == 1 else _paired(*sessions)
        stretches, at = list[Stretch](), 0.0
        for row in rows:
            seconds = max(part.seconds for part in row if part is not None)
            stretches.append(Stretch(at, seconds, row))
            at += seconds
        self.stretches = tuple(stretches)
        self.seconds = at
        self._lanes = len(sessions)

    def times(self, at: float) -> tuple[float, ...]:
        """Return each session's own time at a place on the line."""
        return tuple(self._time(lane, at) for lane in range(self._lanes))

    def place(self, lane: int, t: float) -> float:
        """Return the place on the line at which a session's time `t` is shown."""
        place = 0.0
        for stretch in self.stretches:
            part = stretch.lanes[lane]
            if part is not None and part.start <= t:
                place = stretch.start + min(t - part.start, part.seconds)
        return place

    def _time(self, lane: int, at: float) -> float:
        t: float | None = None
        for stretch in self.stretches:
            part = stretch.lanes[lane]
            if part is None:
                continue
            if stretch.start <= at or t is None:
                t = min(part.start + max(at - stretch.start, 0.0), part.end)
        return t or 0.0


def _paired(one: Sequence[SessionPart], other: Sequence[SessionPart]) -> list[tuple[SessionPart | None, ...]]:
    names = [part.name for part in one], [part.name for part in other]
    rows: list[tuple[SessionPart | None, ...]] = []
    for what, a, b, c, d in SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        if what == "equal":
            rows += zip(one[a:b], other[c:d], strict=True)
        else:
            rows += [(part, None) for part in one[a:b]] + [(None, part) for part in other[c:d]]
    return rows


@dataclass(frozen=True, slots=True)
class Playhead:
    """`at`: the place on the line, seconds; `playing`: whether it moves."""

    at: float = 0.0
    playing: bool = True

    def moved(self, seconds: float, end: float) -> Playhead:
        """Let time pass; stops at the end."""
        if not self.playing:
            return self
        at = self.at + seconds
        return replace(self, at=at) if at < end else Playhead(end, playing=False)

    def toggled(self, end: float) -> Playhead:
        """Pause or play; at the end, play from the beginning."""
        return Playhead(0.0) if self.at >= end else replace(self, playing=not self.playing)

    def jumped(self, chapters: Sequence[float], by: int, end: float) -> Playhead:
        """Go to the next (+1) or the last (-1) chapter, a little before it; `chapters`: places in order."""
        places = sorted({max(chapter - BEFORE_S, 0.0) for chapter in chapters})
        if by > 0:
            return replace(self, at=next((place for place in places if place > self.at + 1e-6), end))
        before = [place for place in places if place < self.at - (BACK_S if self.playing else 1e-6)]
        return replace(self, at=before[-1] if before else 0.0)
