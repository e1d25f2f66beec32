"""Several cameras' pictures side by side, each with the number to press."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from coach.shell.window import theme, widgets
from coach.shell.window.face_overlay import MOST_CROPPED
from coach.shell.window.layout import Rect
from coach.types import Image

TILE = (480, 360)  # pixels, width and height
GAP = 8
BADGE = 64


def side_by_side(pictures: Sequence[tuple[str, Image | None]]) -> Image:
    """Return the pictures in reading order, to be shown mirrored as every picture is.

    Parameters
    ----------
    pictures
        (number, picture (H, W, 3) uint8 BGR, unmirrored, or None while a camera gives none).

    Returns
    -------
    Image
        (H, W, 3) uint8 BGR, unmirrored: the window mirrors it, and the numbers read well again.
    """
    across = math.ceil(math.sqrt(len(pictures)))
    down = math.ceil(len(pictures) / across)
    width, height = TILE
    canvas = np.full((down * (height + GAP), across * (width + GAP), 3), theme.BACKGROUND, np.uint8)
    for place, (number, picture) in enumerate(pictures):
        x, y = place % across * (width + GAP), place // across * (height + GAP)
        if picture is not None:
            factor = min(width / picture.shape[1], height / picture.shape[0])
            size = max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor))
            small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)[:, ::-1]
            left, top = x + (width - size[0]) // 2, y + (height - size[1]) // 2
            canvas[top : top + size[1], left : left + size[0]] = small
        badge = Rect(x + GAP, y + GAP, BADGE, BADGE)
        widgets.rounded(canvas, badge, BADGE // 6, theme.PANEL)
        theme.write_in(canvas, badge, number, size=BADGE - 18, weight=theme.STRONG, align="centre")
    dx, dy = (
        round(length / (1 - MOST_CROPPED) - length) // 2 for length in (canvas.shape[1], canvas.shape[0])
    )
    edged = np.full((canvas.shape[0] + 2 * dy, canvas.shape[1] + 2 * dx, 3), theme.BACKGROUND, np.uint8)
    edged[dy : dy + canvas.shape[0], dx : dx + canvas.shape[1]] = canvas  # the window may cut off as much
    return np.ascontiguousarray(edged[:, ::-1])
