"""The clinician's page as a PDF: A4, vector text, drawn by Matplotlib."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from coach.coaching.phrases import SCREEN
from coach.progress.clinical_report import CHANGE_HEAD, EXERCISE_HEAD, NOTES, ClinicalReport, ReportRow
from coach.progress.words import REPORT, ProgressWords, bound
from coach.shell.report.figure_style import own_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

A4 = (8.27, 11.69)  # inches
LEFT, RIGHT, TOP, BOTTOM = 0.75, 7.52, 11.1, 0.55  # inches from the lower left corner
LINE = 1.45  # a line's height, in sizes of its text
TEXT, SMALL, LEAST = 8.5, 7.0, 5.0  # points
CHART_H = 1.45  # inches
POINT = 1 / 72  # inches
INK, QUIET, RULE, ACCENT, WARM = "#1c2a30", "#55636a", "#c9d0d0", "#0b6e8a", "#b3541e"
ASCENT = 0.76  # from a letter's top to its foot, in sizes; accents are above it
BETWEEN = 0.12  # inches between columns, at least


def pdf(report: ClinicalReport, words: ProgressWords) -> bytes:
    """Return the report as a PDF of one page; the same report gives the same bytes."""
    import matplotlib as mpl

    own_style()
    out = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}):  # text that can be searched and copied
        metadata = {"Title": words.say("title", REPORT), "CreationDate": None}
        _page(report, words).savefig(out, format="pdf", metadata=metadata)
    return out.getvalue()


def _page(report: ClinicalReport, words: ProgressWords) -> Figure:
    """Lay the page out from top to bottom; many rows are set in smaller text until they fit."""
    size = TEXT
    while True:
        figure, left_over = _laid_out(report, words, size)
        if left_over >= BOTTOM or size <= LEAST:
            return figure
        size -= 0.5


def _laid_out(report: ClinicalReport, words: ProgressWords, size: float) -> tuple[Figure, float]:
    """Return the page with its tables in text of `size` points, and where its last line is, inches."""
    from matplotlib.figure import Figure

    def say(key: str) -> str:
        return words.say(key, REPORT)

    sheet = _Sheet(Figure(figsize=A4), TOP)
    sheet.write(say("title"), 16, weight="bold")
    sheet.write(report.period, 10, colour=QUIET)
    sheet.gap(6)
    sheet.write(f"{words.line(say('name'), 30 * '_')}     {words.line(say('born'), 16 * '_')}", 9)
    sheet.gap(4)
    if report.overview:
        sheet.paragraph(report.overview, 9)
    if report.exercises:
        sheet.heading(say("done"))
        sheet.table(tuple(map(say, EXERCISE_HEAD)), report.exercises, size)
    _charts(sheet, report, words)
    if report.changes:
        sheet.heading(say("measured"))
        sheet.table(tuple(map(say, CHANGE_HEAD)), report.changes, size)
    if report.sentences:
        sheet.gap(4)
        for sentence in report.sentences:
            sheet.paragraph(f"{sentence}.", size)
    sheet.heading(say("how_to_read"))
    for note in NOTES:
        sheet.paragraph(say(note), SMALL, colour=QUIET)
    sheet.paragraph(report.made, SMALL, colour=QUIET)
    return sheet.figure, sheet.y


class _Sheet:
    """A page that is written on from top to bottom. `y`: where the next line begins, inches from below."""

    def __init__(self, figure: Figure, y: float) -> None:
        self.figure = figure
        self.y = y

    def write(self, text: str, size: float, *, colour: str = INK, weight: str = "normal") -> None:
        """Write one line and move to the next."""
        self.put(text, size, colour=colour, weight=weight)
        self.gap(size * LINE)

    def put(
        self, text: str, size: float, *, colour: str = INK, weight: str = "normal", x: float = 0.0
    ) -> None:
        """Write one line, `x` inches from the margin, and stay on it."""
        place = (LEFT + x) / A4[0], (self.y - ASCENT * size * POINT) / A4[1]
        self.figure.text(*place, text, size=size, color=colour, weight=weight, parse_math=False)

    def gap(self, points: float) -> None:
        """Leave room."""
        self.y -= points * POINT

    def paragraph(self, text: str, size: float, *, colour: str = INK) -> None:
        """Write as many lines as it takes from margin to margin."""
        for line in _lines(bound(text), size):
            self.write(line, size, colour=colour)
        self.gap(2)

    def heading(self, text: str) -> None:
        """Write a heading with room above."""
        self.gap(10)
        self.write(text, 11, weight="bold", colour=ACCENT)

    def table(self, head: ReportRow, rows: Sequence[ReportRow], size: float) -> None:
        """Write rows under a head, a rule under each; columns that would touch are set smaller."""
        columns = list(zip(head, *rows, strict=True))
        wide = [max(map(_width, column)) for column in columns]
        gaps = len(columns) - 1
        size = min(size, (RIGHT - LEFT - gaps * BETWEEN) / sum(wide))
        gap = (RIGHT - LEFT - size * sum(wide)) / gaps
        at = [size * sum(wide[:n]) + n * gap for n in range(len(columns))]
        for number, row in enumerate((head, *rows)):
            for x, text in zip(at, row, strict=True):
                self.put(text, size, x=x, colour=INK if number else QUIET)
            self.gap(size * LINE)
            self.rule()
            self.gap(1.5)

    def rule(self) -> None:
        """Draw a line across."""
        from matplotlib.lines import Line2D

        ends, height = (LEFT / A4[0], RIGHT / A4[0]), self.y / A4[1]
        self.figure.add_artist(Line2D(ends, (height, height), color=RULE, lw=0.5))

    def axes(self, x: float, width: float, name: str) -> Axes:
        """Return axes under the present line, `x` and `width` in inches; the line stays."""
        box = (LEFT + x) / A4[0], (self.y - CHART_H) / A4[1], width / A4[0], (CHART_H - 0.25) / A4[1]
        axes = self.figure.add_axes(box)
        axes.set_title(name, loc="left", fontsize=TEXT, color=INK)
        axes.tick_params(labelsize=SMALL, colors=QUIET, length=2)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color(RULE)
        return axes


@lru_cache(maxsize=4096)
def _width(text: str) -> float:
    """Return how wide a line is in text of 1 point, in inches; its width grows in step with the size.

    Measuring is slow, and the page is laid out again with the same words until everything fits.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    points, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(size=1), ismath=False)
    return float(points) * POINT


def _lines(text: str, size: float) -> list[str]:
    """Break a text between words into lines that fit between the margins."""
    first, *rest = text.split(" ")
    lines = [first]
    for word in rest:
        longer = f"{lines[-1]} {word}"
        if size * _width(longer) <= RIGHT - LEFT:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _charts(sheet: _Sheet, report: ClinicalReport, words: ProgressWords) -> None:
    """Draw repetitions a week, and each side's excursion where there are smiles of several sessions."""
    if not report.weeks:
        return
    from coach.shell.report.axes import at_least_a_week, counts_of_weeks, in_words

    sheet.gap(10)
    weeks = np.array(list(report.weeks), dtype="datetime64[D]")
    axes = sheet.axes(0.3, 2.85, words.say("weekly", REPORT))
    axes.bar(weeks, list(report.weeks.values()), width=5.5, align="edge", color=ACCENT)
    in_words(axes, words, 5)
    counts_of_weeks(axes, list(report.weeks), words)
    if len(report.excursion_mm["left"]) > 1:
        axes = sheet.axes(3.75, 3.0, words.say("travel", REPORT))
        for side, colour, mark in (("left", ACCENT, "o"), ("right", WARM, "^")):
            days = np.array([at.date() for at, _ in report.excursion_mm[side]], dtype="datetime64[D]")
            values = [value for _, value in report.excursion_mm[side]]
            axes.plot(days, values, mark, ms=2.2, color=colour, label=words.say(side, SCREEN))
        axes.set_ylim(0, 1.1 * axes.get_ylim()[1])
        axes.legend(fontsize=SMALL, frameon=False, ncols=2, loc="lower right", labelcolor=INK, handlelength=1)
        in_words(axes, words, 5)
        at_least_a_week(axes, words)
    sheet.gap((CHART_H + 0.2) / POINT)
