"""The look of the window: colours with their contrast, and text fitted into boxes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import cv2

from coach.coaching.screen import ScreenPhase
from coach.shell.system.image import Colour
from coach.shell.window.layout import Rect
from coach.types import Image

# Neutral greys tinted by nothing, so that skin keeps its own colour beside them.
BACKGROUND: Colour = (26, 22, 20)
PANEL: Colour = (40, 35, 31)
TRACK: Colour = (78, 69, 62)  # the unfilled part of a bar, a ring or a key
EDGE: Colour = (150, 138, 126)  # outlines: 3:1 against the panel, as WCAG 1.4.11 asks for shapes
TEXT: Colour = (247, 244, 242)
QUIET: Colour = (196, 184, 174)
# Okabe and Ito, "Color Universal Design" (2008): told apart with any kind of colour blindness.
SKY: Colour = (233, 180, 86)
GREEN: Colour = (138, 190, 46)  # their bluish green (0, 158, 115), lightened to read on dark
ORANGE: Colour = (0, 159, 230)
YELLOW: Colour = (66, 228, 240)

PHASE_COLOUR: dict[ScreenPhase, Colour] = {
    "ready": QUIET,
    "rest": QUIET,
    "go": SKY,
    "waiting": SKY,
    "rising": SKY,
    "hold": GREEN,
    "fix": ORANGE,
    "moving": SKY,
    "released": TEXT,
    "attempt": ORANGE,
    "summary": TEXT,
}
REGULAR, STRONG = 430, 640  # weights of the variable font, 100..1000
LEADING = 1.24  # line to line, as a share of the text's size
CAP = 0.70  # height of a capital or a digit, as a share of the text's size
SET_OFF = frozenset("?!:;»-")  # a line begins with none of them
SMALLEST = 9  # pixels; below this, letters of the built-in font run into each other


@cache
def font() -> cv2.FontFace:
    """Return OpenCV's built-in TrueType font (Latin with accents, Greek, Cyrillic)."""
    return cv2.FontFace("sans")


PLAIN_ZERO = str.maketrans("0", "O")  # the font's own zero has a stroke through it


@lru_cache(maxsize=4096)
def text_width(text: str, size: int, weight: int = REGULAR) -> int:
    """Return the width of one line of text in pixels."""
    return int(cv2.getTextSize((0, 0), text.translate(PLAIN_ZERO), (0, 0), font(), size, weight)[2])


@dataclass(frozen=True, slots=True)
class Fitted:
    """Text broken into lines at a size at which it fits its box."""

    lines: tuple[str, ...]
    size: int


def _wrap(text: str, width: int, size: int, weight: int) -> tuple[str, ...] | None:
    """Break `text` at spaces; None if one word alone is wider than `width`."""
    lines: list[str] = []
    for word in _words(text):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size, weight) <= width:
            lines[-1] = joined
        elif text_width(word, size, weight) <= width:
            lines.append(word)
        else:
            return None
    return tuple(lines)


def _evened(lines: tuple[str, ...], width: int, size: int, weight: int) -> tuple[str, ...]:
    """Return as many lines in the narrowest column that takes them, so that no last word stands alone."""
    text, narrow, wide = " ".join(lines), 0, width
    while len(lines) > 1 and wide - narrow > size // 2:
        middle = (narrow + wide) // 2
        tried = _wrap(text, middle, size, weight)
        if tried is not None and len(tried) == len(lines):
            lines, wide = tried, middle
        else:
            narrow = middle
    return lines


def _words(text: str) -> list[str]:
    """Part a text at its spaces, but not before a dash or a sign that French sets off."""
    words: list[str] = []
    for word in text.split():
        if words and word in SET_OFF:
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


def _shortened(text: str, width: int, size: int, weight: int) -> str:
    while text and text_width(text + "…", size, weight) > width:
        text = text[:-1]
    return text.rstrip() + "…"


@lru_cache(maxsize=512)
def fitted(text: str, width: int, height: int, size: int, weight: int = REGULAR) -> Fitted:
    """Return `text` in as many lines, and at the largest size up to `size`, as a box of pixels takes."""
    for trial in range(size, SMALLEST - 1, -1):
        lines = _wrap(text, width, trial, weight)
        if lines is not None and len(lines) * trial * LEADING <= height:
            return Fitted(_evened(lines, width, trial, weight), trial)
    return Fitted((_shortened(text, width, SMALLEST, weight),), SMALLEST)


def write(
    canvas: Image, text: str, at: tuple[int, int], *, size: int, colour: Colour = TEXT, weight: int = REGULAR
) -> None:
    """Write one line of text from a point of the canvas on, its left end on the baseline."""
    cv2.putText(canvas, text.translate(PLAIN_ZERO), at, colour, font(), size, weight)


def write_in(
    canvas: Image,
    rect: Rect,
    text: str,
    *,
    size: int,
    colour: Colour = TEXT,
    weight: int = REGULAR,
    align: str = "left",
    valign: str = "middle",
) -> None:
    """Write `text` inside `rect`, wrapped and if need be smaller; `align` left, centre or right."""
    if not text:
        return
    block = fitted(text, rect.w, rect.h, size, weight)
    pitch = block.size * LEADING
    total = pitch * len(block.lines)
    top = rect.y if valign == "top" else rect.y + (rect.h - total) / 2
    for number, line in enumerate(block.lines):
        slack = rect.w - text_width(line, block.size, weight)
        x = rect.x + (0 if align == "left" else slack // 2 if align == "centre" else slack)
        baseline = round(top + pitch * number + (pitch + CAP * block.size) / 2)
        write(canvas, line, (x, baseline), size=block.size, colour=colour, weight=weight)
