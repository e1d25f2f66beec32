"""How the face is lit: brightness, its balance between the sides, the background and sharpness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coach.types import Bilateral, Image, Light, Points

if TYPE_CHECKING:
    from cv2.typing import MatLike

STRIDE = 8  # every eighth pixel is plenty for a mean, and takes 0.05 ms
SHARPNESS_WIDTH = 128  # pixels; `Light.sharpness` is defined on a face of this width
LEAST_BOX = 8  # pixels; a smaller face says nothing about its light
# The part of the face's box that is skin on most people: no hair, no background, no neck.
SKIN_TOP, SKIN_BOTTOM, SKIN_SIDE = 0.40, 0.80, 0.15


def light(image: Image, landmarks: Points) -> Light | None:
    """Measure the light on a face.

    Parameters
    ----------
    image
        (H, W, 3) uint8 BGR, not mirrored.
    landmarks
        (N, >=2), x and y in 0..1 of the picture.

    Returns
    -------
    Light | None
        None if the face has less than `LEAST_BOX` pixels a side inside the picture.
    """
    import cv2

    height, width = image.shape[:2]
    size = np.array([width, height])
    low = np.clip(np.floor(landmarks[:, :2].min(axis=0) * size), 0, size).astype(int)
    high = np.clip(np.ceil(landmarks[:, :2].max(axis=0) * size), 0, size).astype(int)
    (left, top), (right, bottom) = low, high
    if min(right - left, bottom - top) < LEAST_BOX:
        return None
    small = _scaled(cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_BGR2GRAY))
    sharpness = float(cv2.meanStdDev(cv2.Laplacian(small, cv2.CV_32F))[1][0, 0]) ** 2
    rows = small[int(SKIN_TOP * small.shape[0]) : max(1, int(SKIN_BOTTOM * small.shape[0]))]
    edge, middle = int(SKIN_SIDE * SHARPNESS_WIDTH), SHARPNESS_WIDTH // 2
    halves = Bilateral(  # the person's left is the right of a picture that is not mirrored
        left=float(rows[:, middle : SHARPNESS_WIDTH - edge].mean()), right=float(rows[:, edge:middle].mean())
    )
    level = float(small.mean())
    return Light(level, halves, _behind(image, level, (right - left) * (bottom - top)), sharpness)


def _scaled(face: MatLike) -> MatLike:
    """Return the grey face `SHARPNESS_WIDTH` wide; whole halves first, which average and cost 0.01 ms."""
    import cv2

    height, width = face.shape
    while width >= 2 * SHARPNESS_WIDTH and height > 1:
        height, width = height // 2, width // 2
        face = cv2.resize(face[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
    rows = max(3, round(height * SHARPNESS_WIDTH / width))
    return cv2.resize(face, (SHARPNESS_WIDTH, rows), interpolation=cv2.INTER_LINEAR)


def _behind(image: Image, level: float, face_area: int) -> float:
    """Return the mean luma outside the face's box; the face's own where it fills the picture."""
    import cv2

    size = max(1, image.shape[1] // STRIDE), max(1, image.shape[0] // STRIDE)
    thin = cv2.resize(image, size, interpolation=cv2.INTER_NEAREST)
    whole = float(cv2.cvtColor(thin, cv2.COLOR_BGR2GRAY).mean())
    share = face_area / (image.shape[0] * image.shape[1])
    if share > 0.95:  # noqa: PLR2004 nothing of the background is left to see
        return level
    return float(np.clip((whole - level * share) / (1 - share), 0, 255))
