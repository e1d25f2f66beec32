"""The row of buttons along the bottom: each shows its key, and a click does what the key does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np

from coach.shell.system.image import Colour
from coach.shell.window import theme
from coach.shell.window.display import Command
from coach.shell.window.labels import Labels
from coach.shell.window.layout import BUTTONS, Layout, Rect
from coach.shell.window.widgets import fill, rounded
from coach.types import Image

SPACE_BAR = " "
_SIZE, _PAD, _CAP = 16, 6, 24  # label, gap and key cap, pixels at 1280x720


def _cap_width(layout: Layout, key: str) -> int:
    return layout.px(2 * _CAP if key == SPACE_BAR else _CAP)


def _room(layout: Layout, key: str, rect: Rect) -> int:
    """Return the width left for a label beside its key cap."""
    return rect.w - _cap_width(layout, key) - 3 * layout.px(_PAD)


def labels_beside(layout: Layout, labels: Mapping[Command, str]) -> bool:
    """Whether every label has room beside its key; else all of them are below."""
    size = layout.px(_SIZE)
    return all(
        theme.fitted(labels[command], _room(layout, command.value, rect), rect.h, size).size == size
        for command, rect in layout.buttons
    )


def draw_buttons(
    canvas: Image,
    layout: Layout,
    labels: Labels,
    in_force: frozenset[Command],
    hover: Command | None,
    amount: float = 1.0,
    offered: frozenset[Command] = frozenset(BUTTONS),
) -> None:
    """Draw the row. `in_force`: commands that are on; `hover`: the one under the pointer.

    `amount`: how much of it covers what is there already, 0..1. `offered`: commands that do something here.
    """
    row = _row(layout, labels, in_force, hover, offered)
    ground = canvas[-row.shape[0] :]
    if amount < 1:
        cv2.addWeighted(row, amount, ground, 1 - amount, 0, dst=ground)
    else:
        ground[:] = row


@lru_cache(maxsize=16)  # seldom changes, and would take as long as the rest of the window but the picture
def _row(
    layout: Layout,
    labels: Labels,
    in_force: frozenset[Command],
    hover: Command | None,
    offered: frozenset[Command],
) -> Image:
    """Return the row alone: (height of the row, width of the window, 3) uint8 BGR."""
    canvas: Image = np.empty((layout.size[1], layout.size[0], 3), np.uint8)
    words = labels.by_command()
    beside = labels_beside(layout, words)
    for command, rect in layout.buttons:
        if command not in offered:
            fill(canvas, rect, theme.BACKGROUND)
            continue
        draw_button(
            canvas,
            layout,
            rect,
            key=command.value,
            label=words[command],
            beside=beside,
            on=command in in_force,
            hover=command is hover,
        )
    return canvas[layout.buttons[0][1].y :].copy()


def draw_button(
    canvas: Image,
    layout: Layout,
    rect: Rect,
    *,
    key: str,
    label: str,
    beside: bool,
    on: bool,
    hover: bool,
) -> None:
    """Draw one button. `on`: its command is in force; `hover`: the pointer is on it."""
    fill(canvas, rect, theme.TRACK if hover else theme.BACKGROUND)
    size, pad, cap_h, cap_w = layout.px(_SIZE), layout.px(_PAD), layout.px(_CAP), _cap_width(layout, key)
    ink = theme.TEXT if hover or on else theme.QUIET
    if beside:
        block = theme.fitted(label, _room(layout, key, rect), rect.h, size)
        words = max(theme.text_width(line, size) for line in block.lines)
        cap = Rect(rect.centre[0] - (cap_w + pad + words) // 2, rect.centre[1] - cap_h // 2, cap_w, cap_h)
        box = Rect(cap.right + pad, rect.y, words, rect.h)
    else:
        top = layout.px(4)  # room for the frame of a command in force
        cap_h = min(cap_h, rect.h // 2 - top)
        cap = Rect(rect.centre[0] - cap_w // 2, rect.y + top, cap_w, cap_h)
        box = Rect(rect.x + 3, cap.bottom, rect.w - 6, rect.bottom - cap.bottom)
    rounded(canvas, cap, layout.px(5), theme.YELLOW if on else theme.EDGE, layout.px(3) if on else 1)
    _draw_key(canvas, layout, cap, key, ink)
    theme.write_in(canvas, box, label, size=size, colour=ink, align="left" if beside else "centre")


def _draw_key(canvas: Image, layout: Layout, cap: Rect, key: str, ink: Colour) -> None:
    """Draw a key's letter, or the sign of the space bar, which needs no language."""
    if key != SPACE_BAR:
        size = min(layout.px(_SIZE), round(cap.h * 0.75))
        theme.write_in(canvas, cap, key.upper(), size=size, colour=ink, weight=theme.STRONG, align="centre")
        return
    x, y, half, deep = *cap.centre, cap.w // 4, cap.h // 5
    for start, end in pairwise(
        [(x - half, y - 1), (x - half, y + deep), (x + half, y + deep), (x + half, y - 1)]
    ):
        cv2.line(canvas, start, end, ink, layout.px(2))
