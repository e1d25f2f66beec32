"""Charts of the progress page: SVG that takes its colours from the page, for light, dark and paper."""

from __future__ import annotations

import html
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coach.progress.history import History, RecallRecord
from coach.progress.series import Series, monday
from coach.progress.summary import IN_TIME_S
from coach.progress.words import PAGE, ProgressWords
from coach.shell.report.figure_style import own_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Matplotlib writes fixed colours; these stand for the page's variables of the same names, put in afterwards.
COLOURS = ("ink", "muted", "grid", "accent", "band", "c1", "c2", "c3", "c4", "c5", "c6")
_HEX = {name: f"#0a0b{number:02x}" for number, name in enumerate(COLOURS, start=1)}
_SLICES = ("c1", "c2", "c3", "c4", "c5", "c6")
_SIZE = (4.8, 2.5)  # inches; about a phone's width, so that its text is read there at its size
UNNOTICED_MM = 3.0  # a difference between the sides that others do not notice (field literature)
_TEXT = 10.5  # points; a point is about a pixel on a phone
_LABEL = 22  # characters of a legend entry
_RECENT = 20
MONTHLY, YEARLY = 26, 260  # weeks: a longer history is counted by the month, and by the year
_DOT = 4.5  # points across; a chart is shown about as many pixels wide as it has points
_MOST_DOTS = 400  # on one chart, which is hardly more pixels wide; of more every second, third ... is drawn
_LINE_FROM = 4  # values: through fewer no line is drawn
_SMOOTH = 5  # values of the running median that is drawn through a short series


def trend_chart(series: Series, words: ProgressWords) -> str:
    """Draw one series: each value, the trend, and the band of the person's own noise about the start."""
    figure, axes = _axes(series.unit, words)
    steady, moved = series.steady, series.trend
    if moved is not None:
        low, high = moved.start - moved.noise, moved.start + moved.noise
        axes.axhspan(low, high, color=_HEX["band"], lw=0)
        axes.axhline(moved.start, color=_HEX["muted"], lw=0.8, ls=(0, (4, 3)))
    if series.sem is not None:
        axes.errorbar(
            _days(series.at), series.values, yerr=1.96 * series.sem, fmt="none", ecolor=_HEX["muted"], lw=1.2
        )
    _dots_and_line(axes, series, steady)
    return _svg(figure, f"{series.exercise} {series.name}", words.label(series), words)


def attempts_chart(history: History, words: ProgressWords) -> str:
    """Draw how many attempts a session did not count, by reason, each week, month or year."""
    from coach.shell.report.axes import counts_of_weeks

    figure, axes = _axes(words.say("a_session", PAGE), words)
    days = [session.started_at.date() for session in history.sessions]
    weeks = (max(days) - min(days)).days / 7
    start, width = (_year, 300) if weeks > YEARLY else (_month, 24) if weeks > MONTHLY else (monday, 5.5)

    sessions = Counter(start(day) for day in days)
    counts = Counter((start(row.at.date()), row.reason) for row in history.attempts)
    common = Counter(row.reason for row in history.attempts).most_common()
    named = [reason for reason, _ in common[: len(_SLICES) - 1]]
    slices = {words.reason(reason): {reason} for reason in named}
    slices[words.say("other", PAGE)] = {reason for reason, _ in common} - set(named)
    below = dict.fromkeys(sessions, 0.0)
    bins = sorted(sessions)
    edges = np.array(bins, dtype="datetime64[D]")
    for colour, (name, reasons) in zip(_SLICES, slices.items(), strict=False):
        if not reasons:
            continue
        heights = [sum(counts[bin_, reason] for reason in reasons) / sessions[bin_] for bin_ in bins]
        bottoms = [below[bin_] for bin_ in bins]
        axes.bar(edges, heights, width, bottoms, align="edge", color=_HEX[colour], label=name)
        below = {bin_: low + high for bin_, low, high in zip(bins, bottoms, heights, strict=True)}
    counts_of_weeks(axes, bins, words)
    _legend(figure)
    return _svg(figure, "attempts", words.say("tries_chart", PAGE), words)


def latency_chart(history: History, words: ProgressWords, names: Mapping[str, str]) -> str:
    """Draw the seconds from cue to smile, a colour a memory; above the line came too late."""
    figure, axes = _axes("s", words)
    for colour, (memory, rows) in zip(_SLICES, _by_memory(history).items(), strict=False):
        seen = [(row.at, row.latency_s) for row in rows if row.latency_s is not None]
        at, values = [at for at, _ in seen], [value for _, value in seen]
        label = _short(names[memory])
        every = _every(values)
        axes.plot(
            _days(at[::every]),
            values[::every],
            "o",
            color=_HEX[colour],
            ms=_DOT,
            mew=0,
            alpha=0.6,
            label=label,
        )
        if len(values) >= _LINE_FROM:
            axes.plot(_days(at), _running_median(values, 15), "-", color=_HEX[colour], lw=1.8)
    axes.axhline(IN_TIME_S, color=_HEX["muted"], lw=0.8, ls=(0, (4, 3)))
    axes.set_ylim(bottom=0)
    _legend(figure)
    return _svg(figure, "latency", words.say("latency", PAGE), words)


def reliability_chart(history: History, words: ProgressWords, names: Mapping[str, str]) -> str:
    """Draw the share of the last 20 recalls that came in time, as it went."""
    figure, axes = _axes("%", words)
    for colour, (memory, rows) in zip(_SLICES, _by_memory(history).items(), strict=False):
        kept = [row.in_time for row in rows]
        recent = (kept[max(0, n - _RECENT) : n] for n in range(1, len(kept) + 1))
        shares = [100 * sum(some) / len(some) for some in recent]
        label = _short(names[memory])
        days = _days([row.at for row in rows])
        drawn = "-" if len(shares) >= _LINE_FROM else "o"
        axes.plot(days, shares, drawn, color=_HEX[colour], lw=1.8, ms=_DOT, mew=0, label=label)
    axes.set_ylim(0, 105)
    _legend(figure)
    return _svg(figure, "reliability", words.say("reliability", PAGE), words)


def side_chart(series: Series, words: ProgressWords) -> str:
    """Draw left minus right excursion; inside the band others do not notice the difference."""
    figure, axes = _axes(series.unit, words)
    axes.axhspan(-UNNOTICED_MM, UNNOTICED_MM, color=_HEX["band"], lw=0)
    axes.axhline(0, color=_HEX["muted"], lw=0.8)
    steady = series.steady
    _dots_and_line(axes, series, steady)
    reach = max(*(abs(value) for value in series.values), UNNOTICED_MM) * 1.15
    axes.set_ylim(-reach, reach)
    for y, key in ((0.97, "right_weaker"), (0.03, "left_weaker")):
        axes.text(
            0.99,
            y,
            words.say(key, PAGE),
            transform=axes.transAxes,
            ha="right",
            va="top" if y > 0.5 else "bottom",  # noqa: PLR2004 - upper or lower half
            color=_HEX["muted"],
            fontsize=_TEXT,
        )
    return _svg(figure, "sides", words.label(series), words)


def _month(day: date) -> date:
    return day.replace(day=1)


def _year(day: date) -> date:
    return day.replace(month=1, day=1)


def _dots_and_line(axes: Axes, series: Series, steady: Series) -> None:
    """Draw the values, and a line through them once there are enough."""
    every = _every(series.values)
    at, values = series.at[::every], series.values[::every]
    axes.plot(_days(at), values, "o", color=_HEX["muted"], ms=_DOT, mew=0, alpha=0.6)
    if len(steady.values) >= _LINE_FROM:
        line = steady.values if steady is not series else _running_median(series.values)
        axes.plot(_days(steady.at), line, "-", color=_HEX["accent"], lw=1.8)


def _every(values: Sequence[float]) -> int:
    """Return of how many values one is drawn as a dot: all until there are more than one can tell apart."""
    return -(-len(values) // _MOST_DOTS) or 1


def _by_memory(history: History) -> dict[str, list[RecallRecord]]:
    groups: dict[str, list[RecallRecord]] = {}
    for row in history.recalls:
        groups.setdefault(row.memory, []).append(row)
    return groups


def _running_median(values: Sequence[float], width: int = _SMOOTH) -> list[float]:
    half = width // 2
    return [median(values[max(0, n - half) : n + half + 1]) for n in range(len(values))]


def _days(at: Iterable[datetime]) -> NDArray[np.datetime64]:
    return np.array([moment.date() for moment in at], dtype="datetime64[D]")


def _axes(unit: str, words: ProgressWords) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    from coach.shell.report.axes import in_words

    own_style()
    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot()
    figure.patch.set_visible(False)
    axes.patch.set_visible(False)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_HEX["grid"])
    axes.grid(axis="y", color=_HEX["grid"], lw=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_HEX["ink"], labelsize=_TEXT, length=0)
    axes.set_title(unit, loc="left", fontsize=_TEXT, color=_HEX["ink"])
    in_words(axes, words, 6)
    return figure, axes


def _legend(figure: Figure) -> None:
    figure.legend(
        loc="outside upper left",
        ncols=2,
        frameon=False,
        fontsize=_TEXT,
        labelcolor=_HEX["ink"],
        handlelength=1.2,
        columnspacing=1.2,
    )


def _short(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 1].rstrip() + "…"


def _svg(figure: Figure, name: str, description: str, words: ProgressWords) -> str:
    """Return the figure as one SVG element without size, with the page's colours and ids of its own."""
    import matplotlib as mpl

    from coach.shell.report.axes import at_least_a_week

    at_least_a_week(figure.axes[0], words)
    out = io.StringIO()
    key = re.sub(r"\W+", "-", name.lower()).strip("-")
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": key, "path.simplify": True}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{key}-", text)
    for colour, code in _HEX.items():
        text = text.replace(code, f"var(--{colour})")
    head, _, rest = text.partition(">")
    head = re.sub(r' (?:width|height)="[^"]*"', "", head)
    return f'{head} role="img"><title>{html.escape(description)}</title>{rest.strip()}'
