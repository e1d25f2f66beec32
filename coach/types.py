"""Values that travel from the camera to the exercises: frames, observed faces, pairs of sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Side: TypeAlias = Literal["left", "right"]
Image: TypeAlias = NDArray[np.uint8]
Points: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bilateral:
    """One quantity on both sides of the face; always the person's own sides, never the screen's.

    Pairs are added and subtracted side by side; both sides are multiplied and divided by a number.
    """

    left: float
    right: float

    @property
    def mean(self) -> float:
        """Mean of the two sides, in the quantity's own unit."""
        return (self.left + self.right) / 2

    @property
    def weaker(self) -> Side:
        """The side with the smaller value (`left` if they are equal)."""
        return "left" if self.left <= self.right else "right"

    @property
    def minimum(self) -> float:
        """The smaller of the two values."""
        return min(self.left, self.right)

    @property
    def maximum(self) -> float:
        """The larger of the two values."""
        return max(self.left, self.right)

    @property
    def symmetry(self) -> float:
        """Weaker over stronger, 0..1; 1 if neither side moves, since nothing is uneven at rest."""
        stronger = max(self.left, self.right)
        return 1.0 if stronger <= 0 else max(min(self.left, self.right), 0.0) / stronger

    def __add__(self, other: Bilateral) -> Bilateral:
        return Bilateral(self.left + other.left, self.right + other.right)

    def __sub__(self, other: Bilateral) -> Bilateral:
        return Bilateral(self.left - other.left, self.right - other.right)

    def __mul__(self, factor: float) -> Bilateral:
        return Bilateral(self.left * factor, self.right * factor)

    def __truediv__(self, whole: float) -> Bilateral:
        return Bilateral(self.left / whole, self.right / whole)

    def of(self, side: Side) -> float:
        """Return one side's value."""
        return self.left if side == "left" else self.right

    def mirrored(self) -> Bilateral:
        """Return the same pair with the sides exchanged."""
        return Bilateral(self.right, self.left)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture and the time it was taken.

    `t`: seconds since the source opened, strictly increasing.
    `image`: (H, W, 3) uint8, BGR, **not mirrored**.
    """

    t: float
    image: Image


@dataclass(frozen=True, slots=True)
class Light:
    """How the face is lit, measured inside the face's box.

    `level`: mean luma, 0..255. `balance`: Bilateral luma of the two cheeks' halves, 0..255.
    `behind`: mean luma outside the face, 0..255. `sharpness`: variance of the Laplacian of the face
    box scaled to 128 pixels wide; below about 20 the picture is blurred.
    """

    level: float
    balance: Bilateral
    behind: float
    sharpness: float


@dataclass(frozen=True, slots=True, eq=False)
class FaceObservation:
    """One face in one frame, free of any library's types.

    `t`: seconds, the frame's. `landmarks`: (478, 3) float64, x and y in 0..1 of the picture, z in the
    same scale as x. `blendshapes`: (52,) float64, 0..1, in MediaPipe's order.
    `size`: (width, height) of the picture in pixels. `light`: None if it was not measured.
    `mirrored`: the same face as the landmarker sees it in the mirrored picture, sides as in that picture;
    only now and then, see `Landmarker`. `box`: (left, top, right, bottom) of the landmarks, shares of the
    picture.
    """

    t: float
    landmarks: Points
    blendshapes: NDArray[np.float64]
    size: tuple[int, int]
    light: Light | None = None
    mirrored: FaceObservation | None = None
    box: tuple[float, float, float, float] = field(init=False)

    def __post_init__(self) -> None:
        xy = self.landmarks[:, :2]
        (left, top), (right, bottom) = xy.min(axis=0).tolist(), xy.max(axis=0).tolist()
        object.__setattr__(self, "box", (left, top, right, bottom))
