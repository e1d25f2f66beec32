"""Other conditions for the same clip, made in memory: a mirror, half the frames, poor pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from coach.types import Image

JPEG_QUALITY = 12  # of 100: blocks of 8 pixels are clearly visible
DARK_GAIN, DARK_NOISE = 0.3, 4.0  # share of the light that remains; standard deviation, of 255
BARS_PX, BARS_GREY = 200, 40  # on either side: 640x480 becomes 1040x480

Change = Callable[[Image, np.random.Generator], Image]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to change a clip. `every`: keep only every n-th frame; `swaps`: left and right are swapped."""

    name: str
    what: str
    change: Change | None = None
    every: int = 1
    swaps: bool = False


def _mirror(image: Image, _: np.random.Generator) -> Image:
    return np.ascontiguousarray(image[:, ::-1])


def _compress(image: Image, _: np.random.Generator) -> Image:
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert done
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


def _darken(image: Image, rng: np.random.Generator) -> Image:
    noise = rng.standard_normal(image.shape, dtype=np.float32) * DARK_NOISE
    return np.clip(image * np.float32(DARK_GAIN) + noise, 0, 255).astype(np.uint8)


def _halve(image: Image, _: np.random.Generator) -> Image:
    return np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _pad(image: Image, _: np.random.Generator) -> Image:
    bars = cv2.copyMakeBorder(image, 0, 0, BARS_PX, BARS_PX, cv2.BORDER_CONSTANT, value=(BARS_GREY,) * 3)
    return np.asarray(bars, dtype=np.uint8)


PLAIN = Variant("plain", "as recorded")
VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("mirror", "left and right exchanged, in the picture and in the truth", _mirror, swaps=True),
        Variant("half-rate", "every second frame dropped: 7.5 or 15 frames a second", every=2),
        Variant("compressed", f"every frame through JPEG at quality {JPEG_QUALITY} of 100", _compress),
        Variant("dark", f"{DARK_GAIN:.0%} of the light, and noise of {DARK_NOISE:g} grey levels", _darken),
        Variant("half-size", "320x240", _halve),
        Variant("padded", "grey bars at the sides: 1040x480", _pad),
    )
}
