"""The parts of the window, each drawn into its own box from plain values."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np

from coach.face.framing import Framing
from coach.shell.system.image import Colour
from coach.shell.window import theme
from coach.shell.window.layout import Layout, Rect
from coach.types import Image

_ARROWS: dict[str, tuple[int, int]] = {
    # In the mirrored window the person's own left is on the left.
    "move_left": (-1, 0),
    "move_right": (1, 0),
    "move_up": (0, -1),
    "move_down": (0, 1),
}
SHIFT = 4  # fractional bits of polygon corners, for smooth edges


def fill(canvas: Image, rect: Rect, colour: Colour) -> None:
    """Paint a box in one colour."""
    cv2.rectangle(canvas, (rect.x, rect.y), (rect.right - 1, rect.bottom - 1), colour, cv2.FILLED)


def polygon(canvas: Image, points: list[tuple[float, float]], colour: Colour, width: int = 0) -> None:
    """Draw a closed polygon with smooth edges: filled, or as a line `width` pixels wide."""
    corners = np.round(np.asarray(points) * (1 << SHIFT)).astype(np.int32)
    if width:
        cv2.polylines(
            canvas,
            [corners],
            isClosed=True,
            color=colour,
            thickness=width,
            lineType=cv2.LINE_AA,
            shift=SHIFT,
        )
    else:
        cv2.fillPoly(canvas, [corners], colour, cv2.LINE_AA, SHIFT)


def rounded(canvas: Image, rect: Rect, radius: int, colour: Colour, width: int = 0) -> None:
    """Draw a box with round corners: filled, or as a line `width` pixels wide."""
    polygon(canvas, _round_corners(rect, max(0, min(radius, rect.w // 2, rect.h // 2))), colour, width)


@lru_cache(maxsize=64)
def _round_corners(rect: Rect, radius: int) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for corner, (sx, sy) in enumerate(((1, 1), (0, 1), (0, 0), (1, 0))):
        cx = rect.x + radius + sx * (rect.w - 1 - 2 * radius)
        cy = rect.y + radius + sy * (rect.h - 1 - 2 * radius)
        for step in range(7):
            angle = math.pi / 2 * (corner + step / 6)
            points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
    return points


def triangle(canvas: Image, centre: tuple[float, float], r: float, colour: Colour, width: int) -> None:
    """Draw a hollow triangle with an exclamation mark: something to put right."""
    x, y = centre
    polygon(canvas, [(x, y - r), (x + r, y + 0.8 * r), (x - r, y + 0.8 * r)], colour, width)
    stroke = max(1, round(0.18 * r))
    cv2.line(canvas, pixel(x, y - 0.30 * r), pixel(x, y + 0.22 * r), colour, stroke, cv2.LINE_AA)
    cv2.circle(canvas, pixel(x, y + 0.54 * r), max(1, round(0.11 * r)), colour, cv2.FILLED, cv2.LINE_AA)


def pixel(x: float, y: float) -> tuple[int, int]:
    """Return the pixel that holds a point."""
    return round(x), round(y)


def arrow(canvas: Image, centre: tuple[float, float], r: float, way: tuple[int, int], colour: Colour) -> None:
    """Draw a filled arrow of half-length `r` that points along `way`, one of the four directions."""
    (x, y), (dx, dy) = centre, way
    outline = ((1, 0), (0.05, 0.85), (0.05, 0.35), (-1, 0.35), (-1, -0.35), (0.05, -0.35), (0.05, -0.85))
    polygon(canvas, [(x + r * (a * dx - b * dy), y + r * (a * dy + b * dx)) for a, b in outline], colour)


def plate(canvas: Image, rect: Rect, radius: int) -> None:
    """Paint the plate behind words and figures over the picture."""
    rounded(canvas, rect, radius, theme.PANEL)


def draw_status(canvas: Image, layout: Layout, framing: Framing, text: str) -> None:
    """Draw the light that says whether the person is seen well, and the one thing to change."""
    rect, good = layout.status, framing == "good"
    size, weight = layout.px(20 if good else 24), theme.REGULAR if good else theme.STRONG
    indent = layout.px(46)
    block = theme.fitted(text, rect.w - indent - layout.px(12), rect.h, size, weight)
    width = max((theme.text_width(line, block.size, weight) for line in block.lines), default=0)
    plate(canvas, Rect(rect.x, rect.y, indent + width + layout.px(12), rect.h), layout.px(12))
    r, (x, y) = layout.px(11), (rect.x + layout.px(24), rect.centre[1])
    if good:
        cv2.circle(canvas, (x, y), r, theme.GREEN, cv2.FILLED, cv2.LINE_AA)
    elif framing in _ARROWS:
        arrow(canvas, (x, y), layout.px(15), _ARROWS[framing], theme.ORANGE)
    else:
        triangle(canvas, (x, y), layout.px(14), theme.ORANGE, layout.px(2.5))
    box = Rect(rect.x + indent, rect.y, rect.w - indent - layout.px(12), rect.h)
    theme.write_in(canvas, box, text, size=size, colour=theme.QUIET if good else theme.ORANGE, weight=weight)


def draw_time_left(canvas: Image, layout: Layout, text: str) -> None:
    """Draw the time that is left, quietly, at the upper right."""
    if not text:
        return
    rect, size = layout.progress, layout.px(20)
    width = min(theme.text_width(text, size) + layout.px(28), rect.w)
    box = Rect(rect.right - width, rect.y, width, rect.h)
    plate(canvas, box, layout.px(12))
    theme.write_in(canvas, box.inset(layout.px(10), 0), text, size=size, colour=theme.QUIET, align="right")


def draw_progress(canvas: Image, layout: Layout, share: float) -> None:
    """Draw how much of the time to answer has passed, 0..1."""
    rect = layout.progress
    bar = Rect(rect.x, rect.y + layout.px(4), rect.w, layout.px(8))
    rounded(canvas, bar, bar.h // 2, theme.TRACK)
    done = round(bar.w * min(max(share, 0.0), 1.0))
    if done >= bar.h:
        rounded(canvas, Rect(bar.x, bar.y, done, bar.h), bar.h // 2, theme.TEXT)
