"""One quantity over time, a value a session or check-in, and how it moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import fmean, median
from typing import TypeVar

from coach.progress.history import ExerciseRecord, History, RepRecord
from coach.progress.trends import Trend, trend

D = TypeVar("D", bound=ExerciseRecord)
WEEKLY = 12  # weeks with values from which on weeks are compared, not sessions


@dataclass(frozen=True)  # without slots: cached properties are kept beside the values
class Series:
    """One quantity over time, in no language yet.

    `name`: of a score, e.g. `mouth_curve`, or of a measure of the `exercise`, e.g. `hold`.
    `values` in `unit`, as many as `at`; `resolution`: the smallest difference the measurement tells;
    `sem`: standard error of measurement from repeated takes, None if there were none.
    """

    name: str
    unit: str
    at: tuple[datetime, ...]
    values: tuple[float, ...]
    resolution: float = 0.0
    sem: float | None = None
    exercise: str = ""

    @cached_property
    def steady(self) -> Series:
        """Return the values to judge: after twelve weeks each week's median, until then every value.

        The noise is then that of weeks, found from the weeks themselves, so that days which resemble
        each other do not pass for many independent ones.
        """
        weeks: dict[int, list[int]] = {}
        for index, at in enumerate(self.at):
            weeks.setdefault((at.toordinal() - 1) // 7, []).append(index)  # day 1 was a Monday
        if len(weeks) < WEEKLY:
            return self
        return replace(
            self,
            at=tuple(self.at[indices[len(indices) // 2]] for indices in weeks.values()),
            values=tuple(median(self.values[index] for index in indices) for indices in weeks.values()),
        )

    @cached_property
    def trend(self) -> Trend | None:
        """How it moved, None if it is too early to say."""
        return trend(self.steady.values, self.sem, self.resolution)

    @property
    def changed(self) -> bool | None:
        """Whether it moved beyond the usual variation; None if it is too early to say."""
        return None if (moved := self.trend) is None else moved.real

    @property
    def digits(self) -> int:
        """How many decimals the measurement is good for."""
        return 0 if self.unit == "%" else 2 if 0 < self.resolution < 0.1 else 1  # noqa: PLR2004


def monday(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


def per_session(rows: Iterable[D], value: Callable[[list[D]], float | None]) -> list[tuple[datetime, float]]:
    """Return one value for each session that has one, in order of time."""
    return _points(_by_session(rows), value)


def _by_session(rows: Iterable[D]) -> list[list[D]]:
    groups: dict[str, list[D]] = {}
    for row in rows:
        groups.setdefault(row.session, []).append(row)
    return list(groups.values())


def _points(
    sessions: Iterable[list[D]], value: Callable[[list[D]], float | None]
) -> list[tuple[datetime, float]]:
    found = ((rows[0].at, value(rows)) for rows in sessions)
    return [(at, number) for at, number in found if number is not None]


def _series(
    name: str,
    unit: str,
    points: list[tuple[datetime, float]],
    resolution: float = 0.0,
    *,
    sem: float | None = None,
    exercise: str = "",
) -> Series:
    at, values = tuple(at for at, _ in points), tuple(value for _, value in points)
    return Series(name, unit, at, values, resolution, sem, exercise)


def exercise_series(history: History, exercise: str) -> tuple[Series, ...]:
    """Return the series of one exercise: hold, attempts that counted, evenness, lag, latency."""
    reps = _by_session(row for row in history.repetitions if row.exercise == exercise)
    missed: Iterable[ExerciseRecord] = (
        *history.attempts,
        *(row for row in history.recalls if not row.counted),
    )
    attempts = _by_session(row for row in missed if row.exercise == exercise)
    smiles = _by_session(row for row in history.smiles if row.exercise == exercise)
    recalls = _by_session(
        row for row in history.recalls if row.exercise == exercise and row.latency_s is not None
    )
    every = (
        ("hold", "s", _points(reps, lambda rows: median([r.whole_hold_s for r in rows])), 0.1),
        ("counted", "%", _counted(reps, attempts), 1.0),
        ("evenness", "%", _points(smiles, lambda rows: 100 * median([r.symmetry for r in rows])), 2.0),
        ("lag", "s", _points(smiles, lambda rows: median([r.lag_s for r in rows])), 0.05),
        (
            "latency",
            "s",
            _points(recalls, lambda rows: median([r.latency_s for r in rows if r.latency_s is not None])),
            0.1,
        ),
    )
    return tuple(_series(*one, exercise=exercise) for one in every if one[2])


def _counted(
    reps: Iterable[list[RepRecord]], attempts: Iterable[list[ExerciseRecord]]
) -> list[tuple[datetime, float]]:
    """Return the share of each session's attempts that counted, in per cent, in order of time."""
    done = {rows[0].session: len(rows) for rows in reps}
    tried: dict[str, tuple[datetime, int]] = {rows[0].session: (rows[0].at, len(rows)) for rows in reps}
    for rows in attempts:
        session = rows[0].session
        tried[session] = rows[0].at, done.get(session, 0) + len(rows)
    counted = [(at, 100 * done.get(session, 0) / count) for session, (at, count) in tried.items()]
    return sorted(counted, key=lambda point: point[0])


def score_series(history: History) -> tuple[Series, ...]:
    """Return one series for each score of the check-ins, and for each side's excursion in millimetres."""
    out = []
    for name in dict.fromkeys(score.name for score in history.scores):
        scores = [score for score in history.scores if score.name == name]
        squares = [score.sem**2 for score in scores if score.sem is not None]
        sem = fmean(squares) ** 0.5 if squares else None
        points = [(score.at, score.value) for score in scores]
        out.append(_series(name, "mm" if name.endswith("_mm") else "", points, sem=sem))
    return tuple(out)


def side_series(history: History) -> Series:
    """Return the person's left minus right excursion in millimetres, a median a session."""
    points = per_session(
        history.smiles, lambda rows: median([r.excursion_mm.left - r.excursion_mm.right for r in rows])
    )
    return _series("left_minus_right", "mm", points, 0.5)


def all_series(history: History) -> tuple[Series, ...]:
    """Return every series, scores first."""
    exercises = (series for name in history.exercises for series in exercise_series(history, name))
    return (*score_series(history), *exercises)
