"""Anti-aliased filled outlines with fractional coordinates, drawn with OpenCV."""

from __future__ import annotations

import numpy as np

from coach.shell.system.image import Colour
from coach.types import Image, Points

SHIFT = 5  # fractional bits of a coordinate: 1/32 pixel, so that small movements stay small movements


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return the colour `share` (0..1) of the way from `a` to `b`."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


class Pen:
    """Fills outlines on one picture; `offset` (x, y): where the picture's corner lies in the larger one."""

    def __init__(self, picture: Image, offset: tuple[float, float] = (0.0, 0.0)) -> None:
        import cv2

        self.cv2 = cv2
        self.picture = picture
        self.offset = offset

    def fill(self, outline: Points, colour: tuple[int, ...]) -> None:
        """Fill an outline (N, 2), pixels of the larger picture."""
        fixed = np.rint((outline - self.offset) * (1 << SHIFT)).astype(np.int32)
        self.cv2.fillPoly(self.picture, [fixed], colour, self.cv2.LINE_AA, SHIFT)

    def window(self, outline: Points) -> Window:
        """Return a window of the outline's shape, for drawing that must not show outside it."""
        return Window(self.picture, outline)


class Window:
    """Draws inside an outline only: draw with `pen`, then `close`."""

    def __init__(self, picture: Image, outline: Points) -> None:
        height, width = picture.shape[:2]
        low = np.clip(np.floor(outline.min(axis=0)).astype(int) - 1, 0, (width - 1, height - 1))
        high = np.clip(np.ceil(outline.max(axis=0)).astype(int) + 2, low + 1, (width, height))
        self._box = picture[low[1] : high[1], low[0] : high[0]]
        self._mask = np.zeros(self._box.shape[:2], np.uint8)
        offset = (float(low[0]), float(low[1]))
        Pen(self._mask, offset).fill(outline, (255,))
        self.pen = Pen(self._box.copy(), offset)

    def close(self) -> None:
        """Put the drawing into the picture, softly at the outline."""
        weight = self._mask[..., None].astype(np.uint16)
        self._box[:] = (self.pen.picture * weight + self._box * (255 - weight) + 127) // 255
