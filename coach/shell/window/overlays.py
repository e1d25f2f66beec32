"""Everything over the picture or in its place: notices, tables of lines, summary, card, demonstration."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import cv2
import numpy as np

from coach.coaching.screen import NextCard, PhotoCard, Screen
from coach.shell.window import face_overlay, theme, widgets
from coach.shell.window.layout import MARGIN, Layout, Rect
from coach.types import Image

DIMMED = 0.24  # brightness of the picture behind a notice
Lines = tuple[tuple[str, str], ...]

CARD_SIZE = (1280, 720)  # pixels of a card by itself
PHOTO_SHARE = 0.46  # of the width
CARD_EDGE = 1 / 30  # of the height


def dim(canvas: Image, box: Rect) -> None:
    """Darken a box, so that text over it reads well."""
    area = box.of(canvas)
    cv2.convertScaleAbs(area, dst=area, alpha=DIMMED)


def draw_notice(canvas: Image, layout: Layout, sign: Literal["pause", "camera"], text: str) -> None:
    """Draw a large sign with a sentence below it in the middle of the picture's box."""
    box = layout.stage
    x, y = box.centre
    r = layout.px(44)
    y -= layout.px(36)
    if sign == "pause":
        for dx in (-r // 2, r // 2):
            bar = Rect(x + dx - r // 5, y - r, 2 * r // 5, 2 * r)
            widgets.rounded(canvas, bar, r // 8, theme.YELLOW)
    else:
        body = Rect(x - r, y - 3 * r // 5, 3 * r // 2, 6 * r // 5)
        widgets.rounded(canvas, body, r // 5, theme.YELLOW, layout.px(4))
        lens = [(x + r * 0.55, y), (x + r, y - r * 0.4), (x + r, y + r * 0.4)]
        widgets.polygon(canvas, lens, theme.YELLOW, layout.px(4))
        for colour, width in ((theme.BACKGROUND, layout.px(14)), (theme.YELLOW, layout.px(5))):
            cv2.line(canvas, (x - r, y + r), (x + r, y - r), colour, width, cv2.LINE_AA)
    top = y + r + layout.px(10)
    words = Rect(box.x, top, box.w, min(box.bottom - top, layout.px(110))).inset(layout.px(20), 0)
    theme.write_in(
        canvas, words, text, size=layout.px(34), colour=theme.YELLOW, weight=theme.STRONG, align="centre"
    )


def draw_table(canvas: Image, layout: Layout, box: Rect, lines: Lines, size: float) -> None:
    """Write rows of label and value, smaller if need be, so that all of them fit."""
    pitch = min(box.h / len(lines), layout.px(size) * 2.0)
    text = min(layout.px(size), max(theme.SMALLEST, int(pitch / theme.LEADING)))
    widest = max(theme.text_width(label, text) for label, _ in lines)
    first = min(round(box.w * 0.62), widest + layout.px(8))
    second = max(theme.text_width(value, text, theme.STRONG) for _, value in lines)
    box = box.inset(max(0, (box.w - first - layout.px(28) - second) // 2), 0)
    top = box.y + (box.h - pitch * len(lines)) / 2
    for number, (label, value) in enumerate(lines):
        y = round(top + pitch * number)
        row = Rect(box.x, y, first, round(pitch))
        rest = Rect(row.right + layout.px(20), y, box.right - row.right - layout.px(20), round(pitch))
        theme.write_in(canvas, row, label, size=text, colour=theme.QUIET)
        theme.write_in(canvas, rest, value, size=text, weight=theme.STRONG)


def draw_words(canvas: Image, layout: Layout, title: str, instruction: str) -> None:
    """Write the exercise's name and its instruction on a plate that is as high as they need."""
    size, title_size = layout.px(21), layout.px(27)
    lines = theme.fitted(title, layout.title.w, layout.title.h, title_size, theme.STRONG).lines
    gap = layout.px(8) if len(lines) > 1 else 0  # two lines fill their box
    box = replace(layout.instruction, y=layout.instruction.y + gap, h=layout.instruction.h - gap)
    block = theme.fitted(instruction, box.w, box.h, size) if instruction else None
    height = round(len(block.lines) * block.size * theme.LEADING) + layout.px(6) if block else 0
    panel = layout.panel
    ground = Rect(panel.x, panel.y, panel.w, layout.title.h + gap + height + layout.px(14))
    widgets.plate(canvas, ground, layout.px(12))
    theme.write_in(canvas, layout.title, title, size=title_size, weight=theme.STRONG)
    theme.write_in(canvas, box, instruction, size=size, colour=theme.QUIET, valign="top")


def draw_summary(canvas: Image, layout: Layout, screen: Screen) -> None:
    """Draw the session's end over everything but the caption and the buttons."""
    body = layout.body
    widgets.fill(canvas, body, theme.BACKGROUND)
    head = Rect(0, layout.px(16), body.w, layout.px(64)).inset(layout.px(40), 0)
    theme.write_in(canvas, head, screen.title, size=layout.px(44), weight=theme.STRONG, align="centre")
    below = Rect(0, head.bottom, body.w, layout.px(50)).inset(layout.px(40), 0)
    theme.write_in(canvas, below, screen.instruction, size=layout.px(26), colour=theme.QUIET, align="centre")
    if screen.lines:
        width = min(body.w - layout.px(80), layout.px(860))
        top = below.bottom + layout.px(10)  # also without an instruction, which may come a moment later
        bottom = body.bottom if screen.caption else layout.end_caption.bottom
        card = Rect((body.w - width) // 2, top, width, bottom - top)
        widgets.rounded(canvas, card, layout.px(14), theme.PANEL)
        draw_table(canvas, layout, card.inset(layout.px(32), layout.px(18)), screen.lines, 30)


def draw_coming(canvas: Image, layout: Layout, card: NextCard, figure: Image | None, hint: str) -> None:
    """Draw the next exercise in place of the picture: the moving figure, large, beside its name and dose.

    `figure`: (H, W, 3) uint8 BGR, unmirrored like every picture. `hint`: the key that goes on.
    """
    width, height = layout.size
    widgets.fill(canvas, Rect(0, 0, width, height), theme.BACKGROUND)
    margin, gap = layout.px(MARGIN), layout.px(28)
    top = layout.progress.bottom + gap
    body = Rect(margin, top, width - 2 * margin, layout.caption.y - gap // 2 - top)
    wide = width >= height
    words = body
    if figure is not None:
        aspect = figure.shape[1] / figure.shape[0]
        most_w, most_h = (body.w * 11 // 20, body.h) if wide else (body.w, body.h * 11 // 20)
        shown_w = min(most_w, round(most_h * aspect))
        shown_h = round(shown_w / aspect)
        left = body.x if wide else body.centre[0] - shown_w // 2
        shown = Rect(left, body.centre[1] - shown_h // 2 if wide else body.y, shown_w, shown_h)
        placed = face_overlay.place((figure.shape[1], figure.shape[0]), shown)
        face_overlay.draw_picture(canvas, figure, placed)
        if wide:
            words = Rect(shown.right + gap, body.y, body.right - shown.right - gap, body.h)
        else:
            words = Rect(body.x, shown.bottom + gap // 2, body.w, body.bottom - shown.bottom - gap // 2)
    rows = (
        (0.3, card.title, 46, theme.TEXT, theme.STRONG),
        (0.22, card.dose, 32, theme.SKY, theme.REGULAR),
        (0.26, card.image, 28, theme.TEXT, theme.REGULAR),
        (0.14, hint, 20, theme.QUIET, theme.REGULAR),
    )
    align = "left" if wide and figure is not None else "centre"
    y = words.y + round(0.04 * words.h)
    for share, text, size, colour, weight in rows:
        row = Rect(words.x, y, words.w, round(share * words.h))
        theme.write_in(canvas, row, text, size=layout.px(size), colour=colour, weight=weight, align=align)
        y = row.bottom


def draw_demo(canvas: Image, layout: Layout, demo: Image, caption: str) -> None:
    """Draw the demonstration, mirrored like the person, at the right of the face."""
    pad, words = layout.px(10), layout.px(30)
    aspect = demo.shape[1] / demo.shape[0]
    right = layout.size[0] - layout.px(MARGIN)
    room = right - layout.single_bar.right - 2 * pad
    width = min(round(layout.stage.h * 0.36 * aspect), max(room, round(layout.size[0] * 0.15)) - pad)
    height = round(width / aspect)
    top = layout.progress.bottom + 2 * pad
    frame = Rect(right - width - pad, top, width + pad, height + words + pad)
    widgets.plate(canvas, frame, layout.px(12))
    shown = Rect(frame.x + pad // 2, frame.y + pad // 2, width, height)
    face_overlay.draw_picture(canvas, demo, face_overlay.place((demo.shape[1], demo.shape[0]), shown))
    below = Rect(shown.x, shown.bottom, width, words)
    theme.write_in(canvas, below, caption, size=layout.px(20), align="centre")


def draw_note(canvas: Image, layout: Layout, text: str) -> None:
    """Write a small quiet line at the left, above the caption."""
    size, block = layout.px(18), note_block(layout, text)
    width = max(theme.text_width(line, block.size) for line in block.lines)
    height = round(len(block.lines) * block.size * theme.LEADING) + 1
    pad = layout.px(8)
    bottom = layout.caption.y - pad
    strip = Rect(layout.px(MARGIN), bottom - height - pad, width + 2 * pad + 1, height + pad)
    widgets.plate(canvas, strip, layout.px(8))
    theme.write_in(canvas, strip.inset(pad, pad // 2), text, size=size, colour=theme.QUIET)


def note_block(layout: Layout, text: str) -> theme.Fitted:
    """Return the lines of a note: there is room for a long one beside the bar."""
    return theme.fitted(text, layout.left_bar.x - 2 * layout.px(MARGIN), layout.px(160), layout.px(18))


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
    pad = max(4, round(box.h * CARD_EDGE))
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
    canvas: Image = np.empty((CARD_SIZE[1], CARD_SIZE[0], 3), np.uint8)
    draw_card(canvas, Rect(0, 0, *CARD_SIZE), card)
    return canvas


def _draw_rows(canvas: Image, box: Rect, lines: tuple[tuple[str, str], ...], size: int) -> None:
    pitch = min(box.h // max(len(lines), 1), size * 2)
    first, gap = round(box.w * 0.47), size
    for number, (label, value) in enumerate(lines):
        y = box.y + number * pitch
        theme.write_in(canvas, Rect(box.x, y, first - gap, pitch), label, size=size, colour=theme.QUIET)
        right = Rect(box.x + first, y, box.w - first, pitch)
        theme.write_in(canvas, right, value, size=size, weight=theme.STRONG)
