"""The parts of the window, each drawn into its own box from plain values."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np

from coach.coaching.screen import ScreenPhase
from coach.face.framing import Framing
from coach.shell.system.image import Colour
from coach.shell.window import theme
from coach.shell.window.layout import Layout, Rect
from coach.types import Image

SCALE_TOP = 1.25  # the bars' upper end; 1 is the own best, and on a good day there is more
_ARROWS: dict[str, tuple[int, int]] = {
    # In the mirrored window the person's own left is on the left.
    "move_left": (-1, 0),
    "move_right": (1, 0),
    "move_up": (0, -1),
    "move_down": (0, 1),
}
_SHIFT = 4  # fractional bits of polygon corners, for smooth edges


def fill(canvas: Image, rect: Rect, colour: Colour) -> None:
    """Paint a box in one colour."""
    cv2.rectangle(canvas, (rect.x, rect.y), (rect.right - 1, rect.bottom - 1), colour, cv2.FILLED)


def polygon(canvas: Image, points: list[tuple[float, float]], colour: Colour, width: int = 0) -> None:
    """Draw a closed polygon with smooth edges: filled, or as a line `width` pixels wide."""
    corners = np.round(np.asarray(points) * (1 << _SHIFT)).astype(np.int32)
    if width:
        cv2.polylines(
            canvas,
            [corners],
            isClosed=True,
            color=colour,
            thickness=width,
            lineType=cv2.LINE_AA,
            shift=_SHIFT,
        )
    else:
        cv2.fillPoly(canvas, [corners], colour, cv2.LINE_AA, _SHIFT)


def rounded(canvas: Image, rect: Rect, radius: int, colour: Colour, width: int = 0) -> None:
    """Draw a box with round corners: filled, or as a line `width` pixels wide."""
    radius = max(0, min(radius, rect.w // 2, rect.h // 2))
    points: list[tuple[float, float]] = []
    for corner, (sx, sy) in enumerate(((1, 1), (0, 1), (0, 0), (1, 0))):
        cx = rect.x + radius + sx * (rect.w - 1 - 2 * radius)
        cy = rect.y + radius + sy * (rect.h - 1 - 2 * radius)
        for step in range(7):
            angle = math.pi / 2 * (corner + step / 6)
            points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
    polygon(canvas, points, colour, width)


def triangle(canvas: Image, centre: tuple[float, float], r: float, colour: Colour, width: int) -> None:
    """Draw a hollow triangle with an exclamation mark: something to put right."""
    x, y = centre
    polygon(canvas, [(x, y - r), (x + r, y + 0.8 * r), (x - r, y + 0.8 * r)], colour, width)
    stroke = max(1, round(0.18 * r))
    cv2.line(canvas, _point(x, y - 0.30 * r), _point(x, y + 0.22 * r), colour, stroke, cv2.LINE_AA)
    cv2.circle(canvas, _point(x, y + 0.54 * r), max(1, round(0.11 * r)), colour, cv2.FILLED, cv2.LINE_AA)


def _point(x: float, y: float) -> tuple[int, int]:
    return round(x), round(y)


def arrow(canvas: Image, centre: tuple[float, float], r: float, way: tuple[int, int], colour: Colour) -> None:
    """Draw a filled arrow of half-length `r` that points along `way`, one of the four directions."""
    (x, y), (dx, dy) = centre, way
    outline = ((1, 0), (0.05, 0.85), (0.05, 0.35), (-1, 0.35), (-1, -0.35), (0.05, -0.35), (0.05, -0.85))
    polygon(canvas, [(x + r * (a * dx - b * dy), y + r * (a * dy + b * dx)) for a, b in outline], colour)


def draw_status(canvas: Image, layout: Layout, framing: Framing, text: str) -> None:
    """Draw the light that says whether the person is seen well, and the one thing to change."""
    rect = layout.status
    r = layout.px(13)
    x, y = rect.x + layout.px(34), rect.centre[1]
    if framing == "good":
        cv2.circle(canvas, (x, y), r, theme.GREEN, cv2.FILLED, cv2.LINE_AA)
    elif framing in _ARROWS:
        arrow(canvas, (x, y), layout.px(17), _ARROWS[framing], theme.ORANGE)
    else:
        triangle(canvas, (x, y), layout.px(16), theme.ORANGE, layout.px(2.5))
    left = x + layout.px(30)
    box = Rect(left, rect.y, rect.right - layout.px(14) - left, rect.h)
    good = framing == "good"
    theme.write_in(
        canvas,
        box,
        text,
        size=layout.px(24 if good else 30),
        colour=theme.QUIET if good else theme.ORANGE,
        weight=theme.REGULAR if good else theme.STRONG,
    )


def draw_count(canvas: Image, layout: Layout, count: int, target: int) -> None:
    """Draw the repetitions done, large, and how many were asked for; nothing while none are."""
    rect = layout.count
    if not target:
        return
    done, asked = str(count), f" / {target}"
    size = min(round(rect.h / 0.86), round(rect.w * 0.5))
    width = theme.text_width(done, size, theme.STRONG) + theme.text_width(asked, size * 5 // 9)
    while width > rect.w:
        size -= 2
        width = theme.text_width(done, size, theme.STRONG) + theme.text_width(asked, size * 5 // 9)
    x = rect.centre[0] - width // 2
    baseline = rect.centre[1] + round(theme.CAP * size / 2)
    theme.write(canvas, done, (x, baseline), size=size, weight=theme.STRONG)
    x += theme.text_width(done, size, theme.STRONG)
    theme.write(canvas, asked, (x, baseline), size=size * 5 // 9, colour=theme.QUIET)


def ring_circle(layout: Layout) -> tuple[tuple[int, int], int, int]:
    """Return centre, radius and stroke of the hold ring; the phase's word stands below it."""
    rect = layout.ring
    stroke = max(layout.px(9), round(min(rect.w, rect.h) * 0.075))
    word = layout.px(40)
    radius = (min(rect.w, rect.h - word) - stroke) // 2 - 3  # the soft edge stays inside the box
    total = 2 * radius + stroke + word
    return (rect.centre[0], rect.y + (rect.h - total) // 2 + radius + stroke // 2), radius, stroke


def draw_ring(
    canvas: Image,
    layout: Layout,
    phase: ScreenPhase,
    *,
    hold: float,
    seconds: int,
    words: tuple[str, str],
) -> None:
    """Draw the hold ring: it fills with the hold; inside stand the seconds left or the phase's sign.

    `words`: the phase, which stands below, and the unit of seconds.
    """
    rect = layout.ring
    centre, radius, stroke = ring_circle(layout)
    colour = theme.PHASE_COLOUR[phase]
    cv2.circle(canvas, centre, radius, theme.TRACK, stroke, cv2.LINE_AA)
    angle = 360 * min(max(hold, 0.0), 1.0)
    if angle > 0:
        filled = theme.GREEN if phase in {"hold", "released"} else colour
        cv2.ellipse(canvas, centre, (radius, radius), -90, 0, angle, filled, stroke + 2, cv2.LINE_AA)
    inner = radius - stroke
    if phase == "hold":
        size = round(inner * 1.25)
        text, unit = str(seconds), " " + words[1]
        small = size * 2 // 5
        x = centre[0] - (theme.text_width(text, size, theme.STRONG) + theme.text_width(unit, small)) // 2
        baseline = centre[1] + round(theme.CAP * size / 2)
        theme.write(canvas, text, (x, baseline), size=size, weight=theme.STRONG)
        x += theme.text_width(text, size, theme.STRONG)
        theme.write(canvas, unit, (x, baseline), size=small, colour=theme.QUIET)
    else:
        _sign(canvas, phase, centre, r=inner * 0.5, colour=colour, width=max(2, round(inner * 0.13)))
    below = centre[1] + radius + stroke // 2 + layout.px(6)
    box = Rect(rect.x, below, rect.w, rect.bottom - below)
    box = Rect(box.x, box.y, box.w, min(box.h, layout.px(36)))
    theme.write_in(
        canvas, box, words[0], size=layout.px(26), colour=colour, weight=theme.STRONG, align="centre"
    )


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
        "summary": [(-0.8, 0.05), (-0.2, 0.65), (0.85, -0.55)],
    }
    if phase in ("attempt", "fix"):
        triangle(canvas, (x, y - 0.1 * r), 1.15 * r, colour, max(2, width // 2))
    elif phase == "ready":
        for dx in (-0.8, 0.0, 0.8):
            cv2.circle(canvas, _point(x + dx * r, y), width, colour, cv2.FILLED, cv2.LINE_AA)
    else:
        points = [_point(x + dx * r, y + dy * r) for dx, dy in strokes.get(phase, [])]
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
) -> None:
    """Draw one side's level with the band to reach; inside the band the bar gets a frame and a mark.

    `wrong`: the side shows a fault.
    """
    label_h = layout.px(34)
    width = min(layout.px(46) if rect.w < layout.px(120) else layout.px(90), rect.w - layout.px(20))
    edge = layout.px(4)
    track = Rect(rect.centre[0] - width // 2, rect.y + edge, width, rect.h - label_h - 2 * edge)

    def row(value: float) -> int:
        return track.bottom - round(min(max(value, 0.0), SCALE_TOP) / SCALE_TOP * track.h)

    low, high = band
    inside = low <= level <= high
    fill(canvas, track, theme.TRACK)
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
    box = Rect(rect.x, rect.bottom - label_h + edge, rect.w, label_h - edge)
    theme.write_in(canvas, box, label, size=layout.px(20), colour=theme.QUIET, align="centre")


def draw_progress(canvas: Image, layout: Layout, share: float, text: str) -> None:
    """Draw how far the session is and the time that is left."""
    rect = layout.progress
    bar = Rect(rect.x, rect.y + layout.px(4), rect.w, layout.px(8))
    rounded(canvas, bar, bar.h // 2, theme.TRACK)
    done = round(bar.w * min(max(share, 0.0), 1.0))
    if done >= bar.h:
        rounded(canvas, Rect(bar.x, bar.y, done, bar.h), bar.h // 2, theme.TEXT)
    box = Rect(rect.x, bar.bottom + layout.px(4), rect.w, rect.bottom - bar.bottom - layout.px(4))
    theme.write_in(canvas, box, text, size=layout.px(20), colour=theme.QUIET, align="right")
