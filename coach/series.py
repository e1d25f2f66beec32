"""One quantity over time: what the history holds of it, and what may be said about how it moved."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import fmean, median
from typing import TypeVar

from coach.history import Done, History
from coach.trends import LEAST, Trend, trend

D = TypeVar("D", bound=Done)
WEEKLY = 12  # weeks with values from which on weeks are compared, not sessions


@dataclass(frozen=True, slots=True)
class Series:
    """One quantity over time, a value a session or check-in.

    `values` in `unit`, as many as `at`; `resolution`: the smallest difference the measurement tells;
    `sem`: standard error of measurement from repeated takes, None where there were none.
    """

    label: str
    unit: str
    at: tuple[datetime, ...]
    values: tuple[float, ...]
    resolution: float = 0.0
    sem: float | None = None

    def steady(self) -> Series:
        """Return what is judged: after twelve weeks each week's median, until then every value.

        The noise is then that of weeks, found from the weeks themselves, so that days which resemble
        each other do not pass for many independent ones.
        """
        weeks: dict[date, list[int]] = {}
        for index, at in enumerate(self.at):
            weeks.setdefault(monday(at.date()), []).append(index)
        if len(weeks) < WEEKLY:
            return self
        return replace(
            self,
            at=tuple(self.at[indices[len(indices) // 2]] for indices in weeks.values()),
            values=tuple(median(self.values[index] for index in indices) for indices in weeks.values()),
        )

    @property
    def trend(self) -> Trend | None:
        """How it moved, None where it is too early to say."""
        return trend(self.steady().values, self.sem, self.resolution)

    def amount(self, value: float) -> str:
        """Return a value with its unit, as precise as the measurement."""
        digits = 0 if self.unit == "%" else 2 if 0 < self.resolution < 0.1 else 1  # noqa: PLR2004
        return f"{value:.{digits}f} {self.unit}".rstrip()

    def difference(self, value: float) -> str:
        """Return a difference of two values with its unit."""
        words = self.amount(value).replace("%", "points")
        return "1 point" if words == "1 points" else words

    def sentence(self) -> str:
        """Return what may be said about the change: a real one, none yet, or too early to say."""
        moved = self.trend
        if moved is None:
            return f"{self.label}: too early to say ({len(self.values)} of {LEAST} measurements)"
        span = f"{self.amount(moved.start)} → {self.amount(moved.now)}"
        noise = self.difference(moved.noise)
        if not moved.real:
            return f"{self.label}: no real change yet ({span}; your own noise is {noise})"
        way = "up" if moved.change > 0 else "down"
        change = self.difference(abs(moved.change))
        return f"{self.label}: {way} {change} ({span}), beyond your own noise of {noise}"


def monday(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


def title(name: str) -> str:
    """Return an exercise's or a score's name as a person reads it."""
    return name.replace("_", " ").capitalize()


def per_session(rows: Iterable[D], value: Callable[[list[D]], float | None]) -> list[tuple[datetime, float]]:
    """Return one value for each session that has one, in order of time."""
    groups: dict[str, list[D]] = {}
    for row in rows:
        groups.setdefault(row.session, []).append(row)
    found = ((group[0].at, value(group)) for group in groups.values())
    return [(at, number) for at, number in found if number is not None]


def _series(
    label: str,
    unit: str,
    points: list[tuple[datetime, float]],
    resolution: float = 0.0,
    sem: float | None = None,
) -> Series:
    at, values = tuple(at for at, _ in points), tuple(value for _, value in points)
    return Series(label, unit, at, values, resolution, sem)


def exercise_series(history: History, exercise: str) -> tuple[Series, ...]:
    """Return the series of one exercise: hold, tries that counted, evenness, lag, latency."""
    name = title(exercise)
    reps = [row for row in history.repetitions if row.exercise == exercise]
    counted: list[Done] = [*reps, *(row for row in history.tries if row.exercise == exercise)]
    counted.sort(key=lambda row: row.at)
    done = Counter(row.session for row in reps)
    smiles = [row for row in history.smiles if row.exercise == exercise]
    recalls = [row for row in history.recalls if row.exercise == exercise and row.latency_s is not None]
    every = (
        _series(f"{name}, hold", "s", per_session(reps, lambda rows: median(r.hold_s for r in rows)), 0.1),
        _series(
            f"{name}, tries that counted",
            "%",
            per_session(counted, lambda rows: 100 * done[rows[0].session] / len(rows)),
            1.0,
        ),
        _series(
            f"{name}, evenness",
            "%",
            per_session(smiles, lambda rows: 100 * median(r.symmetry for r in rows)),
            2.0,
        ),
        _series(
            f"{name}, lag between the sides",
            "s",
            per_session(smiles, lambda rows: median(r.lag_s for r in rows)),
            0.05,
        ),
        _series(
            f"{name}, time to a smile",
            "s",
            per_session(recalls, lambda rows: median(r.latency_s for r in rows if r.latency_s is not None)),
            0.1,
        ),
    )
    return tuple(series for series in every if series.values)


def score_series(history: History) -> tuple[Series, ...]:
    """Return one series for each score of the check-ins, and for each side's excursion in millimetres."""
    out = []
    for name in dict.fromkeys(score.name for score in history.scores):
        scores = [score for score in history.scores if score.name == name]
        squares = [score.sem**2 for score in scores if score.sem is not None]
        sem = fmean(squares) ** 0.5 if squares else None
        points = [(score.at, score.value) for score in scores]
        side = re.fullmatch(r"excursion_(left|right)_mm", name)
        label, unit = (f"Corner travel, {side[1]}", "mm") if side else (f"{title(name)} score", "")
        out.append(_series(label, unit, points, sem=sem))
    return tuple(out)


def side_series(history: History) -> Series:
    """Return the person's left minus right corner travel in millimetres, a median a session."""
    points = per_session(
        history.smiles, lambda rows: median(r.excursion_mm.left - r.excursion_mm.right for r in rows)
    )
    return _series("Left minus right corner travel", "mm", points, 0.5)


def all_series(history: History) -> tuple[Series, ...]:
    """Return every series, scores first."""
    exercises = (series for name in history.exercises() for series in exercise_series(history, name))
    return (*score_series(history), *exercises)
