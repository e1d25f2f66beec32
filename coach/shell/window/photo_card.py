"""A photo beside what was found in it, in the window and as a picture of its own."""

from __future__ import annotations

import numpy as np

from coach.coaching.screen import PhotoCard
from coach.shell.window import face_overlay, theme, widgets
from coach.shell.window.layout import Rect
from coach.types import Image

SIZE = (1280, 720)  # pixels of a card by itself
PHOTO_SHARE = 0.46  # of the width
EDGE = 1 / 30  # of the height


def draw_card(canvas: Image, box: Rect, card: PhotoCard) -> None:
    """Draw a card into a box: the photo as in a mirror, the finding, and its lines.

    Parameters
    ----------
    canvas
        (H, W, 3) uint8 BGR, drawn on.
    box
        Where, pixels.
    card
        What to show.
    """
    widgets.fill(canvas, box, theme.BACKGROUND)
    pad = max(4, round(box.h * EDGE))
    photo = Rect(box.x + pad, box.y + pad, round(box.w * PHOTO_SHARE), box.h - 2 * pad)
    size = (card.photo.shape[1], card.photo.shape[0])
    face_overlay.draw_picture(canvas, card.photo, face_overlay.place(size, photo))
    left = photo.right + pad
    words = Rect(left, photo.y, box.right - pad - left, photo.h)
    widgets.rounded(canvas, words, pad // 2, theme.PANEL)
    text = words.inset(pad, pad // 2)
    title = Rect(text.x, text.y, text.w, round(text.h * 0.11))
    theme.write_in(canvas, title, card.title, size=round(box.h / 18), weight=theme.STRONG)
    found = Rect(text.x, title.bottom, text.w, round(text.h * 0.15))
    theme.write_in(canvas, found, card.found, size=round(box.h / 25), colour=theme.SKY)
    rows = Rect(text.x, found.bottom + pad // 2, text.w, text.bottom - found.bottom - pad // 2)
    _draw_rows(canvas, rows, card.lines, round(box.h / 27))


def card_picture(card: PhotoCard) -> Image:
    """Return a card as a picture, (720, 1280, 3) uint8 BGR."""
    canvas: Image = np.empty((SIZE[1], SIZE[0], 3), np.uint8)
    draw_card(canvas, Rect(0, 0, *SIZE), card)
    return canvas


def _draw_rows(canvas: Image, box: Rect, lines: tuple[tuple[str, str], ...], size: int) -> None:
    pitch = min(box.h // max(len(lines), 1), size * 2)
    first = round(box.w * 0.46)
    for number, (label, value) in enumerate(lines):
        y = box.y + number * pitch
        theme.write_in(canvas, Rect(box.x, y, first, pitch), label, size=size, colour=theme.QUIET)
        right = Rect(box.x + first, y, box.w - first, pitch)
        theme.write_in(canvas, right, value, size=size, weight=theme.STRONG)
