"""Plates with their words, drawn once and then laid over every frame until they change."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from coach.shell.window.layout import Layout, Rect
from coach.types import Image

_NOTHING = (0, 0, 0)  # an untouched pixel; the theme has no pure black


def stamp(canvas: Image, layout: Layout, draw: Callable[..., None], *what: Hashable) -> None:
    """Draw `draw(canvas, layout, *what)`, from the last time where nothing has changed since.

    Text and round corners take longer than all the rest of a frame, and most words stand for seconds.
    """
    image, mask, rect = _drawn(draw, layout, *what)
    if image is not None:
        cv2.copyTo(image, mask, rect.of(canvas))


@lru_cache(maxsize=64)
def _drawn(draw: Callable[..., None], layout: Layout, *what: Any) -> tuple[Image | None, Image, Rect]:
    """Return what is drawn, where something is (255), and the box around it."""
    canvas: Image = np.zeros((layout.size[1], layout.size[0], 3), np.uint8)
    draw(canvas, layout, *what)
    # `canvas.max(axis=2) > 0` says the same, but takes longer than a frame has time.
    untouched: Image = cv2.inRange(canvas, _NOTHING, _NOTHING).astype(np.uint8, copy=False)
    mask = ~untouched
    left, top, width, height = cv2.boundingRect(mask)
    rect = Rect(left, top, width, height)
    if not width:
        return None, mask, rect
    return rect.of(canvas).copy(), rect.of(mask).copy(), rect
