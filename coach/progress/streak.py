"""The streak: days in a row that counted, one missed day in seven forgiven."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FORGIVEN_EVERY = 7  # days: one missed day in so many does not end a streak


@dataclass(frozen=True, slots=True)
class Streak:
    """Days that counted in a row, a forgiven one not among them.

    `current` is kept if yesterday counted, or can be forgiven: today is not over yet. `forgiven`: the missed
    days that did not end it.
    """

    current: int
    longest: int
    forgiven: frozenset[date] = frozenset()


def streak(days: Iterable[date], today: date) -> Streak:
    """Return the current and the longest run of days; of days after `today` only the next counts.

    Further east it is tomorrow already; a later day comes from a clock that was wrong.

    One missed day in seven is forgiven, two in a row are not: a day of illness costs nothing.
    """
    run, longest = 0, 0
    now = today.toordinal()
    last: int | None = None
    forgiven: list[int] = []  # days as numbers, of which a long history has thousands
    for day in sorted({day.toordinal() for day in days if day <= today + timedelta(days=1)}):
        missed = None if last is None else day - last - 1
        if missed == 1 and _forgiving(forgiven, day):
            run += 1
            forgiven.append(day - 1)
        elif missed == 0:
            run += 1
        else:
            run, forgiven = 1, []
        longest, last = max(longest, run), day
    if last is None:
        return Streak(0, 0)
    missed = now - last - 1
    if missed == 1 and _forgiving(forgiven, now):
        forgiven.append(now - 1)
    elif missed > 0:
        return Streak(0, longest)
    return Streak(run, longest, frozenset(map(date.fromordinal, forgiven)))


def _forgiving(forgiven: Sequence[int], day: int) -> bool:
    """Whether the day before `day` can be forgiven, after those that were."""
    return not forgiven or day - 1 - forgiven[-1] >= FORGIVEN_EVERY
