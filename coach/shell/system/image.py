"""The types of a picture and a colour, and a plain picture out of anything a camera or file hands over."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from coach.types import Image

Colour: TypeAlias = tuple[int, int, int]  # blue, green, red; 0..255

MAX_SIDE = 1280  # MediaPipe works on 192 to 256 pixels; 4K only costs time (135 ms on the first frame)
GREY, PLAIN, WITH_ALPHA = 1, 3, 4


def plain(image: object) -> Image | None:
    """Return the picture as C-contiguous BGR of at most `MAX_SIDE` pixels a side, or None for no picture.

    Parameters
    ----------
    image
        (H, W), (H, W, 1), (H, W, 3) or (H, W, 4); integers or bool, or floats in 0..1 or 0..255
        (NaN counts as black). Anything else, and an array without pixels, is not a picture.

    Returns
    -------
    Image | None
        (H, W, 3) uint8; the same array where it already is one.
    """
    if not isinstance(image, np.ndarray) or image.size == 0 or image.dtype.kind not in "buif":
        return None
    pixels = image[:, :, np.newaxis] if image.ndim == 2 else image  # noqa: PLR2004
    if pixels.ndim != 3 or pixels.shape[2] not in (GREY, PLAIN, WITH_ALPHA):  # noqa: PLR2004
        return None
    pixels = pixels[:, :, :3]
    step = max(1, max(pixels.shape[:2]) // (4 * MAX_SIDE))
    if step > 1:  # absurdly large: thin it out before anything is copied
        pixels = pixels[::step, ::step]
    if pixels.dtype != np.uint8:
        pixels = _as_bytes(pixels)
    if pixels.shape[2] == GREY:
        pixels = np.repeat(pixels, 3, axis=2)
    return _fitted(np.ascontiguousarray(pixels))


def _as_bytes(pixels: np.ndarray) -> np.ndarray:
    """Return pixels of another dtype as uint8, by the range that the dtype suggests."""
    kind = pixels.dtype.kind
    if kind == "b":
        return pixels.astype(np.uint8) * np.uint8(255)
    if kind == "u" and pixels.dtype.itemsize == 2 and pixels.max() > 255:  # noqa: PLR2004 a 16-bit camera
        return (pixels >> 8).astype(np.uint8)
    values = np.nan_to_num(pixels.astype(np.float32), nan=0.0, posinf=255.0, neginf=0.0)
    if kind == "f" and values.max() <= 1.0:
        values *= 255.0
    return np.clip(values, 0, 255).astype(np.uint8)


def _fitted(image: Image) -> Image:
    """Return the picture with its long side at most `MAX_SIDE` and no side without a pixel."""
    height, width = image.shape[:2]
    scale = MAX_SIDE / max(height, width)
    if scale >= 1:
        return image
    import cv2

    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
