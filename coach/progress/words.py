"""Progress in the person's language: numbers, counts, names, and a series in a sentence."""

from __future__ import annotations

import re
from datetime import date

from coach.coaching.phrases import PhraseBook, capital
from coach.progress.series import Series
from coach.progress.trends import LEAST, Trend

PROGRESS, PAGE, REPORT, MEASURE, REASON = "progress", "page", "report", "measure", "reason"
MONTH, SHORT, WEEKDAY = "month", "month_short", "weekday"
TYPE = "smile_type"
_BOUND = re.compile(r"(?<=\d) (?=%|s\b|mm\b)| (?=[:;!?])")  # French has room before its colons


class ProgressWords:
    """The words and numbers of the summary, the page and the report.

    Parameters
    ----------
    book
        Has the words. Exercises are called by their titles.
    """

    def __init__(self, book: PhraseBook) -> None:
        self._book = book

    @property
    def language(self) -> str:
        """Two letters, e.g. `de`."""
        return self._book.language

    def say(self, key: str, section: str = PROGRESS, /, **values: str | int) -> str:
        """Return a text with its values filled in."""
        return self._book.text(section, key, **values)

    def count(self, key: str, number: int | str, section: str = PROGRESS, /, **values: str | int) -> str:
        """Return a text with a number in it, `{n}`, in the singular or the plural."""
        return self._book.counted(section, key, number, **values)

    def line(self, label: str, text: str) -> str:
        """Return a name, a colon and the text about it."""
        return self.say("line", label=label, text=text)

    def number(self, value: float, digits: int = 1) -> str:
        """Return a number with the language's decimal sign; a value that rounds to zero has no minus sign."""
        return f"{value:z.{digits}f}".replace(".", self.say("decimal"))

    def seconds(self, value: float, digits: int = 1) -> str:
        """Return a time with its unit."""
        return f"{self.number(value, digits)} s"

    def share(self, value: float) -> str:
        """Return a share, 0..1, in per cent."""
        return self.say("share", n=self.number(100 * value, 0))

    def title(self, exercise: str) -> str:
        """Return an exercise's title."""
        return self._book.text(exercise, "title")

    def reason(self, name: str) -> str:
        """Return in two or three words why an attempt did not count."""
        return self._book.text(REASON, name)

    def smile_type(self, kind: str) -> str:
        """Return a smile's type in two words; empty for one that is not known."""
        return self._book.text(TYPE, kind) if self._book.has(TYPE, kind) else ""

    def memory(self, number: int) -> str:
        """Return the title of a memory without words."""
        return self.say("memory", n=number)

    def day(self, day: date, near: date | None = None) -> str:
        """Return a date as people write it, without its year where that is the year of `near`."""
        text = self._of_month(day.day, self.say(str(day.month), MONTH))
        if near is not None and day.year == near.year:
            return text
        return self.say("of_year", MONTH, month=text, year=day.year)

    def _of_month(self, day: int, month: str) -> str:
        return self.say("of_first" if day == 1 else "of_day", MONTH, day=day, month=month)

    def month(self, day: date) -> str:
        """Return a month with its year, as a heading."""
        return capital(self.say("of_year", MONTH, month=self.say(str(day.month), MONTH), year=day.year))

    def short_month(self, number: int) -> str:
        """Return a month, 1..12, for an axis."""
        return self.say(str(number), SHORT)

    def short_day(self, day: int, month: int) -> str:
        """Return a day of a month, 1..12, for an axis."""
        return self._of_month(day, self.short_month(month))

    def weekday(self, day: date) -> str:
        """Return a day of the week in a letter or two."""
        return self.say(str(day.isoweekday()), WEEKDAY)

    def label(self, series: Series) -> str:
        """Return a series' title; a score without a title gets its own name."""
        if series.exercise:
            return self.say(series.name, MEASURE, exercise=self.title(series.exercise))
        if self._book.has(MEASURE, series.name):
            return self.say(series.name, MEASURE)
        return self.say("score", MEASURE, name=capital(series.name.replace("_", " ")))

    def amount(self, series: Series, value: float) -> str:
        """Return a value with its unit, as precise as the measurement."""
        return self._in_unit(self.number(value, series.digits), series.unit)

    def _in_unit(self, figure: str, unit: str) -> str:
        return self.say("share", n=figure) if unit == "%" else f"{figure} {unit}".rstrip()

    def difference(self, series: Series, value: float) -> str:
        """Return a difference of two values with its unit."""
        if series.unit == "%":
            return self.count("points", self.number(value, series.digits))
        return self.amount(series, value)

    def verdict(self, series: Series) -> str:
        """Return the verdict on the change: a real one, none yet, or too early to say."""
        moved = series.trend
        if moved is None:
            return self.count("early", len(series.values), least=LEAST)
        span = f"{self.amount(series, moved.start)} → {self.amount(series, moved.now)}"
        noise = self.difference(series, moved.noise)
        if not moved.real:
            return self.say("still", span=span, noise=noise)
        change = self._change(series, moved)
        return self.say("up" if moved.change > 0 else "down", change=change, span=span, noise=noise)

    def short_verdict(self, series: Series) -> str:
        """Return the verdict in two or three words, for a table."""
        moved = series.trend
        if moved is None:
            return self.say("early", REPORT, n=len(series.values), least=LEAST)
        key = "still" if not moved.real else "up" if moved.change > 0 else "down"
        return self.say(key, REPORT, change=self._change(series, moved))

    def _change(self, series: Series, moved: Trend) -> str:
        """Return how far the series moved: the difference of the two values as they are shown, if any."""
        shown = round(moved.now, series.digits) - round(moved.start, series.digits)
        return self.difference(series, abs(shown or moved.change))

    def value(self, series: Series) -> str:
        """Return the latest value behind the name of the series, with its standard error if known."""
        return self.line(self.label(series), self.with_error(series, series.values[-1]))

    def with_error(self, series: Series, value: float) -> str:
        """Return a value of the series with its standard error, where that is known, and its unit."""
        margin = "" if series.sem is None else f" ± {self.number(series.sem, series.digits)}"
        return self._in_unit(f"{self.number(value, series.digits)}{margin}", series.unit)

    def sentence(self, series: Series) -> str:
        """Return the verdict behind the name of the series."""
        return self.line(self.label(series), self.verdict(series))


def bound(text: str) -> str:
    """Return a text whose lines do not break between a number and its unit, or before a mark."""
    return _BOUND.sub("\N{NO-BREAK SPACE}", text)
