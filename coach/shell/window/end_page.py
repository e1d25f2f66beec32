"""The page at a session's end: its outcome, the week, the next step, and a question with its answers."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import accumulate, pairwise

import cv2

from coach.coaching.phrases import capital
from coach.coaching.screen import EndCard
from coach.shell.window import theme, widgets
from coach.shell.window.display import Command
from coach.shell.window.layout import MARGIN, Layout, Rect
from coach.types import Image

# Heights at 1280x720; a part that is left out leaves its room to the others.
HEAD, FIGURES, SAID, WEEK, ASK, HINT = 96, 148, 92, 92, 124, 36
WIDEST = 980  # line of text, pixels at 1280x720


def answer_areas(layout: Layout, card: EndCard) -> tuple[tuple[Command, Rect], ...]:
    """Return where the answers stand, to be clicked; nothing if no question is open.

    A key with a word beside it has twice the room of a key alone.
    """
    if not card.answers:
        return ()
    box = _rows(layout, card)["ask"]
    gap = layout.px(10)
    row = Rect(box.x, box.y + box.h * 2 // 5, box.w, box.h * 3 // 5)
    ends = list(accumulate((1 + bool(label) for _, label in card.answers), initial=0))
    edges = [row.x + (row.w + gap) * end // ends[-1] for end in ends]
    return tuple(
        (Command(key), Rect(left, row.y, right - gap - left, row.h))
        for (key, _), (left, right) in zip(card.answers, pairwise(edges), strict=True)
    )


def draw_end(canvas: Image, layout: Layout, card: EndCard, hover: Command | None = None) -> None:
    """Draw the page over the whole window. `hover`: the answer under the pointer."""
    widgets.fill(canvas, Rect(0, 0, *layout.size), theme.BACKGROUND)
    rows = _rows(layout, card)
    _draw_head(canvas, layout, rows["head"], card)
    _draw_figures(canvas, layout, rows["figures"], card)
    _draw_said(canvas, layout, rows["said"], card)
    _draw_week(canvas, layout, rows["week"], card)
    if card.advice:
        _write(canvas, layout, rows["ask"], card.advice, 30, theme.YELLOW, theme.STRONG)
    elif card.ask:
        _draw_question(canvas, layout, rows["ask"], card, hover)
    _write(canvas, layout, rows["hint"], card.hint, 18, theme.QUIET)


def _rows(layout: Layout, card: EndCard) -> dict[str, Rect]:
    """Share the window's height among the rows, from top to bottom."""
    width, height = layout.size
    margin = layout.px(MARGIN)
    wanted = {
        "head": HEAD,
        "figures": FIGURES if card.figures else 0,
        "said": SAID,
        "week": WEEK,
        "ask": ASK if card.ask or card.advice else 0,
        "hint": HINT,
    }
    gap = layout.px(14)
    room = height - 2 * margin - gap * (len(wanted) - 1)
    inner = min(width - 2 * margin, layout.px(WIDEST))
    rows, top = {}, margin
    for name, share in wanted.items():
        high = room * share // sum(wanted.values())
        rows[name] = Rect((width - inner) // 2, top, inner, high)
        top += high + gap
    return rows


def _write(
    canvas: Image,
    layout: Layout,
    box: Rect,
    text: str,
    size: int,
    colour: tuple[int, int, int],
    weight: int = theme.REGULAR,
) -> None:
    theme.write_in(canvas, box, text, size=layout.px(size), colour=colour, weight=weight, align="centre")


def _draw_head(canvas: Image, layout: Layout, box: Rect, card: EndCard) -> None:
    """Write the title behind a check, where anything counted, and the days in a row below."""
    high = box.h * 3 // 5 if card.streak else box.h
    line = Rect(box.x, box.y, box.w, high)
    if card.streak:
        r = min(layout.px(24), high // 2)
        words = theme.fitted(card.title, box.w - 3 * r, high, layout.px(44), theme.STRONG)
        width = max(theme.text_width(text, words.size, theme.STRONG) for text in words.lines)
        left = box.centre[0] - (width + 3 * r) // 2
        _draw_check(canvas, (left + r, line.centre[1]), r)
        line = Rect(left + 3 * r, box.y, width, high)
        below = Rect(box.x, line.bottom, box.w, box.h - high)
        _write(canvas, layout, below, capital(card.streak), 26, theme.SKY)
    _write(canvas, layout, line, card.title, 44, theme.TEXT, theme.STRONG)


def _draw_check(canvas: Image, centre: tuple[int, int], r: int) -> None:
    cv2.circle(canvas, centre, r, theme.GREEN, cv2.FILLED, cv2.LINE_AA)
    x, y = centre
    points = [(x - 0.45 * r, y + 0.05 * r), (x - 0.1 * r, y + 0.4 * r), (x + 0.5 * r, y - 0.35 * r)]
    for (ax, ay), (bx, by) in pairwise(points):
        start, end = (round(ax), round(ay)), (round(bx), round(by))
        cv2.line(canvas, start, end, theme.BACKGROUND, max(2, r // 5), cv2.LINE_AA)


def _draw_figures(canvas: Image, layout: Layout, box: Rect, card: EndCard) -> None:
    """Draw each figure on a plate of its own: value, label, and the usual value."""
    gap, width = layout.px(16), (box.w - 2 * layout.px(16)) // 3
    left = box.centre[0] - (len(card.figures) * (width + gap) - gap) // 2
    for number, (label, value, usual) in enumerate(card.figures):
        plate = Rect(left + number * (width + gap), box.y, width, box.h)
        widgets.plate(canvas, plate, layout.px(14))
        inside = plate.inset(layout.px(12), layout.px(8))
        rows = (0.5, 0.25, 0.25) if usual else (0.62, 0.38, 0.0)
        top = inside.y
        for share, text, size, colour, weight in (
            (rows[0], value, 54, theme.TEXT, theme.STRONG),
            (rows[1], capital(label), 24, theme.QUIET, theme.REGULAR),
            (rows[2], usual, 22, theme.TEXT, theme.REGULAR),
        ):
            row = Rect(inside.x, top, inside.w, round(share * inside.h))
            top = row.bottom
            _write(canvas, layout, row, text, size, colour, weight)


def _draw_said(canvas: Image, layout: Layout, box: Rect, card: EndCard) -> None:
    high = box.h // max(len(card.said), 1)
    for number, text in enumerate(card.said):
        first = not number
        row = Rect(box.x, box.y + number * high, box.w, high)
        weight = theme.STRONG if first else theme.REGULAR
        _write(canvas, layout, row, text, 28 if first else 25, theme.TEXT if first else theme.QUIET, weight)


def _draw_week(canvas: Image, layout: Layout, box: Rect, card: EndCard) -> None:
    """Draw the last seven days as dots, a forgiven one half full, today ringed; what is next beside them."""
    r, pitch = layout.px(13), layout.px(46)
    letters = layout.px(28)
    y = box.centre[1] - letters // 2
    for number, (letter, mark) in enumerate(card.week):
        at = box.x + pitch // 2 + number * pitch, y
        if mark == "counted":
            cv2.circle(canvas, at, r, theme.GREEN, cv2.FILLED, cv2.LINE_AA)
        else:
            edge = theme.GREEN if mark == "forgiven" else theme.EDGE
            cv2.circle(canvas, at, r - 1, edge, layout.px(2), cv2.LINE_AA)
        if mark == "forgiven":
            cv2.ellipse(canvas, at, (r, r), 0, 90, 270, edge, cv2.FILLED, cv2.LINE_AA)
        today = number == len(card.week) - 1
        if today:
            cv2.circle(canvas, at, r + layout.px(5), theme.TEXT, layout.px(2), cv2.LINE_AA)
        below = Rect(at[0] - pitch // 2, y + r + layout.px(6), pitch, letters)
        weight = theme.STRONG if today else theme.REGULAR
        _write(canvas, layout, below, letter, 20, theme.TEXT if today else theme.QUIET, weight)
    beside = week_room(layout, box, len(card.week))
    lines = coming_lines(card.coming, beside.w, layout.px(26))
    pitch = math.ceil(layout.px(26) * theme.LEADING) if len(lines) > 1 else beside.h
    top = beside.centre[1] - pitch * len(lines) // 2
    for number, text in enumerate(lines):
        line = replace(beside, y=top + pitch * number, h=pitch)
        theme.write_in(canvas, line, text, size=layout.px(26), align="right")


def week_room(layout: Layout, box: Rect, days: int) -> Rect:
    """Return the room that the week's dots leave in their row."""
    used = layout.px(46) * days + layout.px(20)
    return Rect(box.x + used, box.y, box.w - used, box.h)


def coming_lines(text: str, width: int, size: int) -> tuple[str, ...]:
    """Part what is next, where it is too wide, before the command in brackets: that is typed as it stands."""
    said, bracket, command = text.partition(" (")
    if not bracket or theme.text_width(text, size) <= width:
        return (text,)
    return said, f"({command}"


def answer_words(layout: Layout, rect: Rect) -> Rect:
    """Return where in an answer's box its word stands, beside the key."""
    key_w = min(layout.px(44), rect.w)
    return Rect(rect.x + key_w, rect.y, max(rect.w - key_w - layout.px(8), 1), rect.h)


def _draw_question(canvas: Image, layout: Layout, box: Rect, card: EndCard, hover: Command | None) -> None:
    areas = answer_areas(layout, card)
    asked = Rect(box.x, box.y, box.w, areas[0][1].y - box.y - layout.px(6))
    _write(canvas, layout, asked, card.ask, 30, theme.SKY, theme.STRONG)
    for (command, rect), (key, label) in zip(areas, card.answers, strict=True):
        widgets.rounded(canvas, rect, layout.px(10), theme.TRACK if command is hover else theme.PANEL)
        widgets.rounded(canvas, rect, layout.px(10), theme.EDGE, layout.px(2))
        words = answer_words(layout, rect)
        cap = Rect(rect.x, rect.y, words.x - rect.x, rect.h) if label else rect
        ink = theme.TEXT if command is hover else theme.SKY
        _write(canvas, layout, cap, key.upper(), 28, ink, theme.STRONG)
        theme.write_in(canvas, words, capital(label), size=layout.px(24))
