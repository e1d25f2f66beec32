"""The event log of a flow while it is written, from `session_start` to `session_end`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from coach import __version__
from coach.coaching.cues import Cue, impersonal
from coach.events import Attempt, CueGiven, EndReason, Event, Rep, SessionEnd, SessionStart


class SessionLog:
    """Takes in events as they happen and lets them out once a frame.

    Parameters
    ----------
    plan, source
        Names for the first line.

    Attributes
    ----------
    exercise
        The one that is running: whatever happens meanwhile is stamped with its name.
    """

    def __init__(self, plan: str, source: str) -> None:
        self.exercise: str | None = None
        self._plan = plan
        self._source = source
        self._start: float | None = None
        self._new: list[Event] = []
        self._reps: Counter[str] = Counter()
        self._attempts: Counter[str] = Counter()

    @property
    def begun(self) -> bool:
        """Whether the first line is written."""
        return self._start is not None

    def begin(self, t: float) -> None:
        """Write the first line."""
        self._start = t
        self.add(SessionStart(t=t, plan=self._plan, source=self._source, version=__version__))

    def lasted_s(self, t: float) -> float:
        """Return the seconds from the first line to `t`."""
        return t - (self._start or 0.0)

    def add(self, *events: Event) -> None:
        """Take in what happened."""
        if self.exercise is not None:
            events = tuple(e if e.exercise else replace(e, exercise=self.exercise) for e in events)
        self._new += events
        self._reps.update(event.exercise or "" for event in events if isinstance(event, Rep))
        self._attempts.update(event.exercise or "" for event in events if isinstance(event, Attempt))

    def said(self, t: float, cue: Cue) -> None:
        """Take in what begins to be said, without the person's own words."""
        self.add(CueGiven(t=t, exercise=cue.exercise, text=impersonal(cue), kind=cue.kind.name.lower()))

    def end(self, t: float, names: Sequence[str], frames: int, reason: EndReason) -> None:
        """Write the last line, with the counts of the exercises `names`."""
        self.exercise = None
        duration_s = self.lasted_s(t)
        self.add(
            SessionEnd(
                t=t,
                reps={name: self._reps[name] for name in names},
                attempts={name: self._attempts[name] for name in names},
                duration_s=duration_s,
                frames=frames,
                fps=frames / duration_s if duration_s > 0 else 0.0,
                reason=reason,
            )
        )

    def taken(self) -> tuple[Event, ...]:
        """Return what happened since this was last asked."""
        taken, self._new = tuple(self._new), []
        return taken
