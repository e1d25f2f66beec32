"""The gauge round the face: the hold ring, the bars of both sides, the count, and the session's dots."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from coach.coaching.screen import ScreenPhase
from coach.shell.system.image import Colour
from coach.shell.window import theme
from coach.shell.window.layout import Layout, Rect
from coach.shell.window.stamp import stamp
from coach.shell.window.widgets import SHIFT, fill, pixel, plate, triangle
from coach.types import Image

SCALE_TOP = 1.25  # the bars' upper end; 1 is the person's best, and on a good day there is more
LABEL = 18  # size of a bar's label, pixels at 1280x720
GAP = 0.36  # of the ring, left open below for a wide-open mouth and its chin, also of a near face
BREATH_SWING = 0.16  # of the ring's radius, from breathed out to breathed in


def draw_dots(canvas: Image, layout: Layout, step: int, steps: int, done: frozenset[int]) -> None:
    """Draw a dot for each exercise: done, under way, still to come, or a dash where it was left out.

    Nothing where there is only one.
    """
    if steps < 2:  # noqa: PLR2004
        return
    rect, r = layout.dots, layout.px(7)
    pitch = min(layout.px(30), rect.w // steps)
    left = rect.centre[0] - pitch * (steps - 1) // 2
    width = pitch * (steps - 1) + layout.px(44)
    plate(canvas, Rect(rect.centre[0] - width // 2, rect.y, width, rect.h), layout.px(12))
    for number in range(steps):
        at = left + pitch * number, rect.centre[1]
        if number == step:
            cv2.circle(canvas, at, r + layout.px(4), theme.SKY, cv2.FILLED, cv2.LINE_AA)
        elif number in done:
            cv2.circle(canvas, at, r, theme.TEXT, cv2.FILLED, cv2.LINE_AA)
        elif number < step:
            fill(canvas, Rect(at[0] - r, at[1] - r // 3, 2 * r, 2 * r // 3), theme.QUIET)
        else:
            cv2.circle(canvas, at, r, theme.EDGE, layout.px(2), cv2.LINE_AA)


def draw_badges(
    canvas: Image,
    layout: Layout,
    phase: ScreenPhase,
    words: tuple[str, str],
    seconds: int,
    count: int,
    target: int,
) -> None:
    """Draw the count above the ring, and beside it the phase's sign and word, and the seconds left, if any.

    `words`: the phase, and the unit of seconds. The count is left out while none is asked for.
    """
    row, gap, wanted = layout.count, layout.px(8), layout.px(24)
    figure = f"{seconds} {words[1]}" if seconds else ""
    count_w = _count_width(layout, count, target) + gap if target else 0
    around_w = _phase_width(layout, "", wanted, figure)
    line = math.ceil(wanted * theme.LEADING)
    size = theme.fitted(words[0], row.w - count_w - around_w, line, wanted, theme.STRONG).size
    phase_w = _phase_width(layout, words[0], size, figure)
    left = row.centre[0] - phase_w // 2
    if target:
        # The place where they meet stays, so that the count stands still while the phase's word changes.
        left = min(row.centre[0] - layout.px(22), row.right - phase_w)
        left = max(left, row.x + count_w)
        _draw_count(canvas, layout, count, target, left - count_w)
    _draw_phase(canvas, layout, phase, words[0], size, figure, left)


def _count_width(layout: Layout, count: int, target: int) -> int:
    """Return the width of the count's plate, pixels."""
    size = layout.px(38)
    asked = theme.text_width(f" / {target}", size * 5 // 9)
    return theme.text_width(str(count), size, theme.STRONG) + asked + 2 * layout.px(18)


def _draw_count(canvas: Image, layout: Layout, count: int, target: int, left: int) -> None:
    """Draw the repetitions done and asked for on a plate that begins at `left`."""
    done, size, rect = str(count), layout.px(38), layout.count
    plate(canvas, replace(rect, x=left, w=_count_width(layout, count, target)), rect.h // 2)
    x, baseline = left + layout.px(18), rect.centre[1] + round(theme.CAP * size / 2)
    theme.write(canvas, done, (x, baseline), size=size, weight=theme.STRONG)
    x += theme.text_width(done, size, theme.STRONG)
    theme.write(canvas, f" / {target}", (x, baseline), size=size * 5 // 9, colour=theme.QUIET)


def ring_circle(layout: Layout, swell: float | None = None) -> tuple[tuple[int, int], int, int]:
    """Return centre, radius and stroke of the ring; `swell`: 0 breathed out to 1 breathed in."""
    rect = layout.ring
    stroke = layout.px(12)
    radius = rect.w // 2 - stroke // 2 - 1  # the soft edge stays inside the box
    if swell is not None:
        radius = round(radius * (1 - BREATH_SWING * (1 - min(max(swell, 0.0), 1.0))))
    return rect.centre, radius, stroke


def draw_ring(
    canvas: Image,
    layout: Layout,
    phase: ScreenPhase,
    *,
    hold: float,
    covers_face: bool,
    swell: float | None = None,
    dot: float | None = None,
    open_below: bool = False,
    seconds: int = 0,
) -> None:
    """Draw the hold ring round the face: it fills with the hold.

    `covers_face`: nothing may stand inside the ring, else there is room for the `seconds` left, if any, or
    the phase's sign. `swell`: see `ring_circle`. `dot`: how far round a dot
    to follow is, in turns clockwise from the top; where it goes the other way round, the ring fills that
    way as well. `open_below`: leave room for a wide-open mouth and the chin below it.
    """
    centre, radius, stroke = ring_circle(layout, swell)
    colour = theme.PHASE_COLOUR[phase]
    begins, whole = ((1 + GAP) / 2, 1 - GAP) if open_below else (0.0, 1.0)
    _arc(canvas, centre, radius, stroke + layout.px(6), whole, theme.PANEL, begins)
    _arc(canvas, centre, radius, stroke, whole, theme.TRACK, begins)
    full = theme.GREEN if phase in {"hold", "released"} else colour
    filled = whole * min(max(hold, 0.0), 1.0)
    if dot is not None and dot < 0:
        begins += whole - filled
    _arc(canvas, centre, radius, stroke, filled, full, begins)
    if dot is not None:
        turn = math.tau * dot
        at = pixel(centre[0] + radius * math.sin(turn), centre[1] - radius * math.cos(turn))
        cv2.circle(canvas, at, stroke + layout.px(4), theme.PANEL, cv2.FILLED, cv2.LINE_AA)
        cv2.circle(canvas, at, stroke, theme.SKY, cv2.FILLED, cv2.LINE_AA)
    if not covers_face and seconds:
        size = round(0.8 * radius)
        theme.write_in(
            canvas, layout.ring, str(seconds), size=size, colour=colour, weight=theme.STRONG, align="centre"
        )
    elif not covers_face and phase != "hold":
        r = radius * 0.34
        _sign(canvas, phase, centre, r=r, colour=colour, width=max(2, round(r * 0.2)))


def _phase_width(layout: Layout, text: str, size: int, figure: str) -> int:
    """Return the width of the phase's plate, pixels."""
    width = theme.text_width(text, size, theme.STRONG) + layout.px(34) + 2 * layout.px(16)
    if figure:
        width += theme.text_width(figure, layout.px(34), theme.STRONG) + layout.px(12)
    return width


def _draw_phase(
    canvas: Image, layout: Layout, phase: ScreenPhase, text: str, size: int, figure: str, left: int
) -> None:
    """Write the phase's sign and word, and the seconds left, if any, on a plate that begins at `left`."""
    colour, figure_size, height = theme.PHASE_COLOUR[phase], layout.px(34), layout.count.h
    box = Rect(left, layout.count.y, _phase_width(layout, text, size, figure), height)
    plate(canvas, box, height // 2)
    x, y = box.x + layout.px(16), box.centre[1]
    _sign(canvas, phase, (x + layout.px(12), y), r=layout.px(12), colour=colour, width=layout.px(4))
    x += layout.px(34)
    baseline = y + round(theme.CAP * size / 2)
    theme.write(canvas, text, (x, baseline), size=size, colour=colour, weight=theme.STRONG)
    if figure:
        x += theme.text_width(text, size, theme.STRONG) + layout.px(12)
        baseline = y + round(theme.CAP * figure_size / 2)
        theme.write(canvas, figure, (x, baseline), size=figure_size, weight=theme.STRONG)


def _arc(
    canvas: Image,
    centre: tuple[int, int],
    radius: int,
    stroke: int,
    turns: float,
    colour: Colour,
    begins: float = 0.0,
) -> None:
    """Draw a part of a ring, clockwise from the top or from `begins` turns beyond it.

    A third of the cost of OpenCV's own thick circle.
    """
    turns = min(max(turns, 0.0), 1.0)
    if turns > 0:
        corners = _arc_corners(centre, radius, stroke, turns, begins)
        cv2.fillPoly(canvas, [corners], colour, cv2.LINE_AA, SHIFT)


@lru_cache(maxsize=16)  # to find them takes as long as to fill what is between them
def _arc_corners(
    centre: tuple[int, int], radius: int, stroke: int, turns: float, begins: float
) -> NDArray[np.int32]:
    """Return the outline of a part of a ring, with `SHIFT` fractional bits."""
    angles = np.linspace(math.tau * begins, math.tau * (begins + turns), max(2, round(96 * turns)))
    way = np.stack((np.sin(angles), -np.cos(angles)), axis=1)
    outer, inner = (centre + way * (radius + side * stroke / 2) for side in (1, -1))
    corners: NDArray[np.int32] = np.round(np.concatenate((outer, inner[::-1])) * (1 << SHIFT)).astype(
        np.int32
    )
    return corners


def _sign(
    canvas: Image, phase: ScreenPhase, centre: tuple[int, int], *, r: float, colour: Colour, width: int
) -> None:
    """Draw the phase as a shape, so that no state is told by its colour alone."""
    x, y = centre
    strokes: dict[ScreenPhase, list[tuple[float, float]]] = {
        "rest": [(-0.7, 0), (0.7, 0)],
        "rising": [(-0.75, 0.4), (0, -0.4), (0.75, 0.4)],
        "go": [(-0.4, -0.75), (0.45, 0.0), (-0.4, 0.75)],
        "waiting": [(-0.4, -0.75), (0.45, 0.0), (-0.4, 0.75)],
        "released": [(-0.8, 0.05), (-0.2, 0.65), (0.85, -0.55)],
        "hold": [(-0.55, -0.55), (-0.55, 0.55), (0.55, 0.55), (0.55, -0.55), (-0.55, -0.55)],
        "moving": [(-0.8, 0.3), (-0.3, -0.3), (0.3, 0.3), (0.8, -0.3)],
        "summary": [(-0.8, 0.05), (-0.2, 0.65), (0.85, -0.55)],
    }
    if phase in ("attempt", "fix"):
        triangle(canvas, (x, y - 0.1 * r), 1.15 * r, colour, max(2, width // 2))
    elif phase == "ready":
        for dx in (-0.8, 0.0, 0.8):
            cv2.circle(canvas, pixel(x + dx * r, y), width, colour, cv2.FILLED, cv2.LINE_AA)
    else:
        points = [pixel(x + dx * r, y + dy * r) for dx, dy in strokes.get(phase, [])]
        for start, end in pairwise(points):
            cv2.line(canvas, start, end, colour, width, cv2.LINE_AA)


def draw_bar(
    canvas: Image,
    layout: Layout,
    rect: Rect,
    *,
    level: float,
    band: tuple[float, float],
    label: str,
    wrong: bool = False,
    counts: bool = True,
) -> None:
    """Draw one side's level with the band to reach; inside the band the bar gets a frame.

    `wrong`: the side shows a fault. `counts`: a movement is under way; else no level is a good one.
    """
    track = _track(layout, rect)
    stamp(canvas, layout, _draw_track, rect, label)

    def row(value: float) -> int:
        return track.bottom - round(min(max(value, 0.0), SCALE_TOP) / SCALE_TOP * track.h)

    low, high = band
    inside = counts and low <= level <= high
    top = row(level)
    colour = theme.ORANGE if wrong else theme.GREEN if inside else theme.SKY
    fill(canvas, Rect(track.x, top, track.w, track.bottom - top), colour)
    # The band: brackets that reach out of the bar on both sides.
    reach, stroke = layout.px(9), layout.px(3)
    marked = Rect(track.x - reach, row(high), track.w + 2 * reach, max(row(low) - row(high), stroke))
    for x, way in ((marked.x, 1), (marked.right - 1, -1)):
        cv2.line(canvas, (x, marked.y), (x, marked.bottom), theme.TEXT, stroke)
        for y in (marked.y, marked.bottom):
            cv2.line(canvas, (x, y), (x + way * (reach - 1), y), theme.TEXT, stroke)
    if inside:
        cv2.rectangle(canvas, (track.x, top), (track.right - 1, track.bottom - 1), theme.TEXT, stroke)


def _track(layout: Layout, rect: Rect) -> Rect:
    """Return where in a bar's box its level is shown; below it stands the label."""
    width, edge = rect.w - layout.px(40), layout.px(4)
    return Rect(rect.centre[0] - width // 2, rect.y + edge, width, rect.h - layout.px(30) - 2 * edge)


def _draw_track(canvas: Image, layout: Layout, rect: Rect, label: str) -> None:
    """Draw a bar while nothing is in it, with its label."""
    plate(canvas, rect, layout.px(12))
    fill(canvas, _track(layout, rect), theme.TRACK)
    box = label_box(layout, rect)
    theme.write_in(canvas, box, label, size=layout.px(LABEL), colour=theme.QUIET, align="centre")


def label_box(layout: Layout, rect: Rect) -> Rect:
    """Return where in a bar's box its label stands."""
    label_h, edge = layout.px(30), layout.px(4)
    return Rect(rect.x, rect.bottom - label_h + edge, rect.w, label_h - edge)
