"""The axes of the charts in the person's language: dates with its months, numbers with its decimal sign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from coach.progress.words import ProgressWords

_WEEK = 7.0  # days that an axis shows at least
_BARS = 6 * _WEEK  # the same of bars of weeks, which are no wider than a sixth of it then
# As Matplotlib writes years, months, days and hours, but the month as {number}, to be named afterwards.
_FORMATS = ["%Y", "{%m}", "%d", "%H:%M", "%H:%M", "%S.%f"]
_FIRSTS = ["", "%Y", "{%m}", "{%m}-%d", "%H:%M", "%H:%M"]  # of the first of a month, a day and so on


class _Dates(mdates.ConciseDateFormatter):
    def __init__(self, locator: mdates.AutoDateLocator, words: ProgressWords) -> None:
        super().__init__(locator, formats=_FORMATS, zero_formats=_FIRSTS, show_offset=False)  # type: ignore[no-untyped-call]
        self._words = words

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        labels = super().format_ticks(values)  # type: ignore[no-untyped-call]
        if labels and all(re.fullmatch(r"\d\d", label) for label in labels):  # days of one month: say which
            labels[0] = mdates.num2date(values[0]).strftime(_FIRSTS[3])  # type: ignore[no-untyped-call]
        return [re.sub(r"\{(\d+)\}(?:-(\d+))?", self._named, label) for label in labels]

    def _named(self, found: re.Match[str]) -> str:
        month = int(found[1])
        return self._words.short_day(int(found[2]), month) if found[2] else self._words.short_month(month)


class _Numbers(ScalarFormatter):
    def __init__(self, words: ProgressWords) -> None:
        super().__init__()
        self._sign = words.say("decimal")

    def __call__(self, x: float, pos: int | None = None) -> str:
        return super().__call__(x, pos).replace(".", self._sign)


def in_words(axes: Axes, words: ProgressWords, most: int) -> None:
    """Label the days along the bottom, `most` of them at most, and the numbers up the side."""
    locator = mdates.AutoDateLocator(minticks=2, maxticks=most)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(_Dates(locator, words))
    axes.yaxis.set_major_formatter(_Numbers(words))


def at_least_a_week(axes: Axes, words: ProgressWords) -> None:
    """Show a week around a history of few days, lest one of a single day be lost among years."""
    first, last = axes.dataLim.intervalx
    if not 0 <= last - first < _WEEK:  # also where nothing is drawn
        return
    middle = (first + last) / 2
    axes.set_xlim(middle - _WEEK / 2, middle + _WEEK / 2)
    if first == last:
        axes.set_xticks([middle], labels=[words.day(np.datetime64(round(middle), "D").item())])


def counts_of_weeks(axes: Axes, mondays: Sequence[date], words: ProgressWords) -> None:
    """Set whole numbers beside bars of weeks; show six weeks at least, a few bars each above its Monday."""
    axes.yaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))
    axes.set_ylim(0, max(axes.get_ylim()[1], 1.0))
    first, last = axes.dataLim.intervalx
    if not 0 <= last - first < _BARS - _WEEK:
        return
    middle = (first + last) / 2
    ends = middle - _BARS / 2, middle + _BARS / 2
    axes.update_datalim([(end, 0.0) for end in ends])
    axes.set_xlim(*ends)
    labels = [words.short_day(day.day, day.month) for day in mondays]
    bars = np.array(mondays, dtype="datetime64[D]")
    axes.set_xticks(mdates.date2num(bars) + _WEEK / 2 - 0.75, labels=labels)  # type: ignore[no-untyped-call]
