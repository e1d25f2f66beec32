"""The quiet row of clickable areas, each with its key: what a click does, the key does too."""

from __future__ import annotations

from itertools import pairwise

import cv2

from coach.shell.system.image import Colour
from coach.shell.window import theme
from coach.shell.window.display import Command
from coach.shell.window.layout import Layout, Rect
from coach.shell.window.widgets import fill, rounded
from coach.types import Image

_SIZE, _PAD, _CAP = 16, 6, 24  # label, gap and key cap, pixels at 1280x720


def _cap_width(layout: Layout, command: Command) -> int:
    return layout.px(_CAP if command.value.strip() else 2 * _CAP)


def _room(layout: Layout, command: Command, rect: Rect) -> int:
    """Return the width left for a label beside its key cap."""
    return rect.w - _cap_width(layout, command) - 3 * layout.px(_PAD)


def labels_beside(layout: Layout, labels: tuple[str, ...]) -> bool:
    """Whether every label has room beside its key; else all of them stand below."""
    size = layout.px(_SIZE)
    return all(
        theme.fitted(label, _room(layout, command, rect), rect.h, size).size == size
        for label, (command, rect) in zip(labels, layout.buttons, strict=True)
    )


def draw_button(
    canvas: Image,
    layout: Layout,
    command: Command,
    *,
    label: str,
    beside: bool,
    on: bool,
    hover: bool,
) -> None:
    """Draw one area; `on`: its command is in force, `hover`: the pointer is on it."""
    rect = next(box for other, box in layout.buttons if other is command)
    fill(canvas, rect, theme.TRACK if hover else theme.BACKGROUND)
    size, pad, cap_h, cap_w = layout.px(_SIZE), layout.px(_PAD), layout.px(_CAP), _cap_width(layout, command)
    ink = theme.TEXT if hover or on else theme.QUIET
    if beside:
        block = theme.fitted(label, _room(layout, command, rect), rect.h, size)
        words = max(theme.text_width(line, size) for line in block.lines)
        cap = Rect(rect.centre[0] - (cap_w + pad + words) // 2, rect.centre[1] - cap_h // 2, cap_w, cap_h)
        box = Rect(cap.right + pad, rect.y, words, rect.h)
    else:
        top = layout.px(4)  # room for the frame of a command in force
        cap_h = min(cap_h, rect.h // 2 - top)
        cap = Rect(rect.centre[0] - cap_w // 2, rect.y + top, cap_w, cap_h)
        box = Rect(rect.x + 3, cap.bottom, rect.w - 6, rect.bottom - cap.bottom)
    rounded(canvas, cap, layout.px(5), theme.YELLOW if on else theme.EDGE, layout.px(3) if on else 1)
    _draw_key(canvas, layout, cap, command.value.strip().upper(), ink)
    theme.write_in(canvas, box, label, size=size, colour=ink, align="left" if beside else "centre")


def _draw_key(canvas: Image, layout: Layout, cap: Rect, key: str, ink: Colour) -> None:
    """Draw a key's letter, or the sign of the space bar, which needs no language."""
    if key:
        size = min(layout.px(_SIZE), round(cap.h * 0.75))
        theme.write_in(canvas, cap, key, size=size, colour=ink, weight=theme.STRONG, align="centre")
        return
    x, y, half, deep = *cap.centre, cap.w // 4, cap.h // 5
    for start, end in pairwise(
        [(x - half, y - 1), (x - half, y + deep), (x + half, y + deep), (x + half, y - 1)]
    ):
        cv2.line(canvas, start, end, ink, layout.px(2))
