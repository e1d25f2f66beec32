"""The person's face on the canvas: where a landmark lands, how near it is, its outline and its muscles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from coach.coaching.screen import FaultySide
from coach.exercise.view import Bars
from coach.face.landmarks import LEFT, RIGHT, RIGID
from coach.shell.system.image import Colour
from coach.shell.window import theme
from coach.shell.window.layout import Layout, Rect
from coach.types import Image, Points

Pixels: TypeAlias = NDArray[np.int32]
Muscle: TypeAlias = dict[str, tuple[int, ...]]  # by side
MOST_CROPPED = 0.25  # share of the picture that may be cut off to fill its box; the rest is letterboxed
EYES_SHARE = 0.43  # the outline's eye corner distance as a share of the ring: the whole face stays inside
RIGID_AT = 0.30  # where the middle of the upper face is in the ring, from the top
OPEN_MOUTH = 2.4  # from the upper face down to the lower lip of a wide-open mouth, in spreads of the former
LINE, WAVERS = 60, 20  # height of a caption of one line, and how far a face may sway, pixels at 1280x720
LASTS_S = 0.5  # a face is nearer, or further away, once it has been for so long
_SHIFT = 4  # fractional bits of coordinates, so that lines glide with the face
_SOFT = 4  # the muscles' glow is drawn at a quarter of the size and enlarged
_FAINTEST, _STRONGEST = 0.10, 0.62  # share of its colour a muscle at rest and at its best takes

# Chains of MediaPipe's canonical face mesh (canonical_face_model_uv_visualization), person's own sides.
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
    149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
LIPS_OUTER = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
)  # fmt: skip
LIPS_INNER = (
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
)  # fmt: skip
EYE = {
    "left": (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
    "right": (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
}
BROW = {"left": (276, 283, 282, 295, 285), "right": (46, 53, 52, 65, 55)}
NOSE = (168, 6, 197, 195, 5, 4)
NOSTRILS = (98, 97, 2, 326, 327)
# Orbicularis oculi, its part over the cheek bone (AU6): from the lower lid down to the cheek.
CHEEK_RAISER: Muscle = {
    "left": (446, 261, 448, 449, 450, 451, 452, 350, 277, 329, 330, 280, 340),
    "right": (226, 31, 228, 229, 230, 231, 232, 121, 47, 100, 101, 50, 111),
}
# Zygomaticus major (AU12): from the cheek bone down to the corner of the mouth.
ZYGOMATIC: Muscle = {
    "left": (346, 330, 425, 410, 287, 432, 411, 352),
    "right": (117, 101, 205, 186, 57, 212, 187, 123),
}
# Masseter and the jaw's edge: they let go in the jaw release.
MASSETER: Muscle = {
    "left": (352, 366, 401, 435, 367, 364, 434, 416, 411),
    "right": (123, 137, 177, 215, 138, 135, 214, 192, 187),
}
MUSCLES: dict[str, tuple[Muscle, ...]] = {
    "cheek_raiser": (CHEEK_RAISER,),
    "symmetry_drill": (ZYGOMATIC,),
    "combined": (CHEEK_RAISER, ZYGOMATIC),
    "memory_anchor": (CHEEK_RAISER, ZYGOMATIC),
    "jaw_release": (MASSETER,),
}


@dataclass(frozen=True, slots=True)
class PicturePlacement:
    """How a picture fills a box: the part of it that is shown, and where, mirrored.

    `crop`: x, y, width, height in pixels of the unmirrored picture. `shown`: where it stands on the
    canvas. `size`: width and height of the whole picture.
    """

    crop: Rect
    shown: Rect
    size: tuple[int, int]

    def points(self, landmarks: Points) -> NDArray[np.float64]:
        """Return landmarks (n, 2 or more; x and y in 0..1 unmirrored) as mirrored canvas pixels (n, 2)."""
        factor = np.array([self.shown.w / self.crop.w, self.shown.h / self.crop.h])
        inside = (landmarks[:, :2] * self.size - (self.crop.x, self.crop.y)) * factor
        inside[:, 0] = self.shown.w - inside[:, 0]
        placed: NDArray[np.float64] = inside + np.array([self.shown.x, self.shown.y])
        return placed


def place(size: tuple[int, int], box: Rect) -> PicturePlacement:
    """Fit a picture of `size` into `box`: filled as far as `MOST_CROPPED` allows, else letterboxed."""
    width, height = size
    wanted = box.w / box.h
    crop_w = min(width, max(height * wanted, width * (1 - MOST_CROPPED)))
    crop_h = min(height, max(width / wanted, height * (1 - MOST_CROPPED)))
    factor = min(box.w / crop_w, box.h / crop_h)
    shown_w, shown_h = min(round(crop_w * factor), box.w), min(round(crop_h * factor), box.h)
    crop = Rect(round((width - crop_w) / 2), round((height - crop_h) / 2), round(crop_w), round(crop_h))
    shown = Rect(box.x + (box.w - shown_w) // 2, box.y + (box.h - shown_h) // 2, shown_w, shown_h)
    return PicturePlacement(crop, shown, (width, height))


class Nearness:
    """Looks at one face after the other. A face at the very limit makes nothing jump to and fro."""

    def __init__(self) -> None:
        self._near: bool | None = None  # no face yet
        self._other_since: float | None = None

    def step(self, points: NDArray[np.float64], t: float, boxes: Layout) -> bool:
        """Return whether a wide-open mouth would lie under the caption.

        Parameters
        ----------
        points
            (n, 2) landmarks, canvas pixels.
        t
            Their time, seconds.
        boxes
            Where everything stands.
        """
        upper = points[list(RIGID)]  # no expression moves it, as it does the corners of the eyes
        middle = upper.mean(0)
        lip = middle[1] + OPEN_MOUTH * float(np.sqrt(((upper - middle) ** 2).sum(1).mean()))
        top = boxes.caption_without_keys.bottom - boxes.px(LINE)
        near = bool(lip > top - (boxes.px(WAVERS) if self._near else 0))
        if near == self._near:
            self._other_since = None
        elif self._near is None or (self._other_since is not None and t - self._other_since >= LASTS_S):
            self._near, self._other_since = near, None
        elif self._other_since is None or t < self._other_since:
            self._other_since = t
        return bool(self._near)


def draw_picture(canvas: Image, image: Image, placement: PicturePlacement) -> None:
    """Draw the picture mirrored, as a person knows their own face."""
    part: Image = placement.crop.of(image)
    target = placement.shown
    smaller = part.shape[1] * part.shape[0] <= target.w * target.h
    way = cv2.INTER_LINEAR
    if smaller:
        cv2.resize(cv2.flip(part, 1), (target.w, target.h), dst=target.of(canvas), interpolation=way)
    else:
        cv2.flip(cv2.resize(part, (target.w, target.h), interpolation=way), 1, dst=target.of(canvas))


def _fixed(points: NDArray[np.float64]) -> Pixels:
    fixed: Pixels = np.round(points * (1 << _SHIFT)).astype(np.int32)
    return fixed


def centred(landmarks: Points, size: tuple[int, int], ring: Rect) -> NDArray[np.float64]:
    """Return landmarks (n, 3) as mirrored canvas pixels (n, 2), the face as large as fits into the ring.

    `size`: width and height of the picture. The eye corners' distance in space sets the scale, so
    that neither a turned head nor an open mouth changes it.
    """
    scale = np.array([size[0], size[1], size[0]])  # z has the scale of x
    space = landmarks * scale
    eyes = float(np.linalg.norm(space[LEFT.outer_eye] - space[RIGHT.outer_eye]))
    factor = EYES_SHARE * ring.h / max(eyes, 1.0)
    flat = (space[:, :2] - space[list(RIGID), :2].mean(0)) * factor * (-1, 1)
    placed: NDArray[np.float64] = flat + np.array([ring.x + ring.w / 2, ring.y + RIGID_AT * ring.h])
    return placed


@cache
def _cutting(n: int) -> NDArray[np.float64]:
    """Return the matrix (4n, n) that cuts corners twice at a quarter of each side (Chaikin 1974)."""
    corners = np.eye(n)
    for _ in range(2):
        following = np.roll(corners, -1, axis=0)
        pairs = np.stack((0.75 * corners + 0.25 * following, 0.25 * corners + 0.75 * following), axis=1)
        corners = pairs.reshape(-1, n)
    return corners


def draw_outline(canvas: Image, points: NDArray[np.float64], box: Rect, width: int) -> None:
    """Draw the face from its landmarks alone: oval, brows, eyes, nose and lips."""
    area = box.of(canvas)
    fixed = _fixed(points - (box.x, box.y))
    closed = [fixed[list(chain)] for chain in (OVAL, LIPS_OUTER, LIPS_INNER, EYE["left"], EYE["right"])]
    open_ = [fixed[list(chain)] for chain in (BROW["left"], BROW["right"], NOSE, NOSTRILS)]
    for chains, shut in ((closed, True), (open_, False)):
        cv2.polylines(
            area,
            chains,
            isClosed=shut,
            color=theme.QUIET,
            thickness=width,
            lineType=cv2.LINE_AA,
            shift=_SHIFT,
        )


def draw_muscles(
    canvas: Image,
    points: NDArray[np.float64],
    box: Rect,
    *,
    exercise: str | None,
    bars: Bars,
    wrong: FaultySide = "",
    counts: bool = True,
) -> None:
    """Light up the muscles the exercise is about, each side as far as it is active.

    Blue on the way, green with an outline inside the band, so that the state is not told by colour
    alone; amber on the side that shows a fault. `points`: (n, 2) canvas pixels; `box`: where to draw.
    `counts`: a movement is under way; else no level is a good one.
    """
    muscles = MUSCLES.get(exercise or "", (CHEEK_RAISER, ZYGOMATIC))
    for side, level in (("left", bars.level.left), ("right", bars.level.right)):
        areas = [_cutting(len(muscle[side])) @ points[list(muscle[side])] for muscle in muscles]
        amount = _FAINTEST + (_STRONGEST - _FAINTEST) * min(max(level, 0.0), 1.0)
        inside = counts and bars.band[0] <= level <= bars.band[1]
        colour = theme.ORANGE if wrong in (side, "both") else theme.GREEN if inside else theme.SKY
        _glow(canvas, areas, box, amount, colour)
        if inside:
            outlines = [_fixed(area - (box.x, box.y)) for area in areas]
            ground = box.of(canvas)
            cv2.polylines(
                ground, outlines, isClosed=True, color=theme.TEXT, lineType=cv2.LINE_AA, shift=_SHIFT
            )


def _glow(canvas: Image, areas: list[NDArray[np.float64]], box: Rect, amount: float, colour: Colour) -> None:
    """Let `amount` (0..1) of a colour shine through some areas, with soft edges, inside `box`."""
    corners = np.concatenate(areas)
    border = 3 * _SOFT
    left, top = np.maximum(np.floor(corners.min(0)).astype(int) - border, (box.x, box.y))
    right, bottom = np.minimum(np.ceil(corners.max(0)).astype(int) + border, (box.right, box.bottom))
    if right - left < _SOFT or bottom - top < _SOFT:
        return
    ground = canvas[top:bottom, left:right]
    small = (-(-ground.shape[0] // _SOFT), -(-ground.shape[1] // _SOFT), 3)
    kept, light = np.full(small, 255, np.uint8), np.zeros(small, np.uint8)
    polygons = [_fixed((area - (left, top)) / _SOFT) for area in areas]
    for layer, ink in ((kept, ((1 - amount) * 255,) * 3), (light, tuple(amount * c for c in colour))):
        for polygon in polygons:
            cv2.fillPoly(layer, [polygon], ink, cv2.LINE_AA, _SHIFT)
    size = (ground.shape[1], ground.shape[0])
    share = cv2.resize(cv2.blur(kept, (5, 5)), size, interpolation=cv2.INTER_LINEAR)
    shine = cv2.resize(cv2.blur(light, (5, 5)), size, interpolation=cv2.INTER_LINEAR)
    cv2.add(cv2.multiply(ground, share, scale=1 / 255), shine, dst=ground)
