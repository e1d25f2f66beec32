"""The clinician's page as a PDF: A4, vector text, drawn by Matplotlib."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from coach.clinical_report import CHANGE_HEAD, EXERCISE_HEAD, NOTES, ClinicalReport, Row

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
CHARACTERS = 135  # of a note, across the page in `SMALL`
EXERCISE_AT, CHANGE_AT = (0, 2.1, 2.95, 3.85, 5.15, 6.2), (0, 2.6, 3.45, 4.3, 5.2)  # columns, inches


def pdf(report: ClinicalReport) -> bytes:
    """Return the report as a PDF of one page; the same report gives the same bytes."""
    import matplotlib as mpl

    out = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}):  # text that can be searched and copied
        _page(report).savefig(out, format="pdf", metadata={"Title": "Smile exercises", "CreationDate": None})
    return out.getvalue()


def _page(report: ClinicalReport) -> Figure:
    """Lay the page out from top to bottom; many rows are set in smaller text until they fit."""
    size = TEXT
    while True:
        figure, left_over = _laid_out(report, size)
        if left_over >= BOTTOM or size <= LEAST:
            return figure
        size -= 0.5


def _laid_out(report: ClinicalReport, size: float) -> tuple[Figure, float]:
    """Return the page with its tables in text of `size` points, and where its last line stands, inches."""
    from matplotlib.figure import Figure

    sheet = _Sheet(Figure(figsize=A4), TOP)
    sheet.write("Smile exercises at home", 16, weight="bold")
    sheet.write(f"Report of {report.period}", 10, colour=QUIET)
    sheet.gap(6)
    sheet.write("Name: ______________________________     Date of birth: ________________", 9)
    sheet.gap(4)
    sheet.write(report.overview, 9)
    if report.exercises:
        sheet.heading("What was done")
        sheet.table(EXERCISE_HEAD, report.exercises, EXERCISE_AT, size)
    _charts(sheet, report)
    if report.changes:
        sheet.heading("What was measured")
        sheet.table(CHANGE_HEAD, report.changes, CHANGE_AT, size)
    if report.sentences:
        sheet.gap(4)
        for sentence in report.sentences:
            sheet.paragraph(f"{sentence}.", size, round(CHARACTERS * SMALL / size))
    sheet.heading("How to read it")
    for note in NOTES:
        sheet.paragraph(note, SMALL, CHARACTERS, colour=QUIET)
    sheet.paragraph(report.made, SMALL, CHARACTERS, colour=QUIET)
    return sheet.figure, sheet.y


class _Sheet:
    """A page that is written on from top to bottom. `y`: where the next line begins, inches from below."""

    def __init__(self, figure: Figure, y: float) -> None:
        self.figure = figure
        self.y = y

    def write(self, text: str, size: float, *, colour: str = INK, weight: str = "normal") -> None:
        """Write one line and go on to the next."""
        self.put(text, size, colour=colour, weight=weight)
        self.gap(size * LINE)

    def put(
        self, text: str, size: float, *, colour: str = INK, weight: str = "normal", x: float = 0.0
    ) -> None:
        """Write one line, `x` inches from the margin, and stay on it."""
        place = (LEFT + x) / A4[0], self.y / A4[1]
        self.figure.text(*place, text, size=size, color=colour, weight=weight, va="top", parse_math=False)

    def gap(self, points: float) -> None:
        """Leave room."""
        self.y -= points * POINT

    def paragraph(self, text: str, size: float, characters: int, *, colour: str = INK) -> None:
        """Write lines of at most so many characters."""
        for line in textwrap.wrap(text, characters):
            self.write(line, size, colour=colour)
        self.gap(2)

    def heading(self, text: str) -> None:
        """Write a heading with room above."""
        self.gap(10)
        self.write(text, 11, weight="bold", colour=ACCENT)

    def table(self, head: Row, rows: Sequence[Row], at: Sequence[float], size: float) -> None:
        """Write rows under a head, their columns at so many inches from the margin, a rule under each."""
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


def _charts(sheet: _Sheet, report: ClinicalReport) -> None:
    """Draw repetitions a week, and each side's corner travel where there are smiles of several sessions."""
    if not report.weeks:
        return
    sheet.gap(10)
    weeks = np.array(list(report.weeks), dtype="datetime64[D]")
    axes = sheet.axes(0.3, 2.85, "Repetitions a week")
    axes.bar(weeks, list(report.weeks.values()), width=5.5, align="edge", color=ACCENT)
    _dates(axes)
    if len(report.travel_mm["left"]) > 1:
        axes = sheet.axes(3.75, 3.0, "Corner travel in a smile, mm (median a session)")
        for side, colour, mark in (("left", ACCENT, "o"), ("right", WARM, "^")):
            days = np.array([at.date() for at, _ in report.travel_mm[side]], dtype="datetime64[D]")
            values = [value for _, value in report.travel_mm[side]]
            axes.plot(days, values, mark, ms=2.2, color=colour, label=side)
        axes.set_ylim(0, 1.1 * axes.get_ylim()[1])
        axes.legend(fontsize=SMALL, frameon=False, ncols=2, loc="lower right", labelcolor=INK, handlelength=1)
        _dates(axes)
    sheet.gap((CHART_H + 0.2) / POINT)


def _dates(axes: Axes) -> None:
    import matplotlib.dates as mdates

    locator = mdates.AutoDateLocator(minticks=2, maxticks=5)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    labels = mdates.ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(labels)
