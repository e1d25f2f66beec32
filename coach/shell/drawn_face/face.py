"""A friendly face drawn with OpenCV primitives alone: the simulated person and the demonstration figure."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coach.shell.drawn_face.head import Head, oval, ribbon, smooth
from coach.shell.drawn_face.pen import Pen, mix
from coach.shell.drawn_face.shading import shade
from coach.shell.system.image import Colour
from coach.simulation.face_pose import FacePose
from coach.types import Image, Points, Side

__all__ = ["FacePose", "draw", "grain"]

WALL: Colour = (216, 210, 200)
SKIN: Colour = (150, 182, 224)
LID: Colour = (138, 168, 210)
FOLD: Colour = (92, 118, 164)
LIP_UPPER: Colour = (112, 116, 186)
LIP_LOWER: Colour = (126, 134, 202)
SEAM: Colour = (72, 68, 124)
MOUTH: Colour = (40, 32, 72)
TONGUE: Colour = (112, 108, 190)
TEETH: Colour = (230, 238, 242)
SCLERA: Colour = (236, 239, 242)
IRIS: Colour = (70, 98, 124)
PUPIL: Colour = (24, 22, 24)
LASH: Colour = (38, 40, 54)
HAIR: Colour = (46, 60, 84)
BROW: Colour = (56, 70, 96)
SHIRT: Colour = (142, 122, 70)

EYE_INNER, EYE_OUTER = 1.65, 4.5  # cm from the middle
LID_UP, LID_DOWN = 0.80, 0.52  # cm from the line through the corners
MOUTH_Y, MOUTH_HALF = 7.1, 2.45
CHIN_BOTTOM = 11.5
JAW_DROP, JAW_SWING = 4.0, 1.9  # cm at jaw_open = 1, jaw_side = 1
SMILE_BACK = 0.8  # cm at smile = 1: the corners slide back along the teeth
NOISE = 2.0  # standard deviation of the grain, grey levels

_ACROSS = np.linspace(0, 1, 11)
_ARCH = np.sin(np.pi * _ACROSS) ** 0.8
_BOWL = np.sin(np.pi * _ACROSS) ** 0.9
_EYE_X = EYE_INNER + (EYE_OUTER - EYE_INNER) * _ACROSS
_EYE_Y = 0.06 - 0.2 * _ACROSS
_BROW = smooth(np.array([(1.25, -2.1), (2.4, -2.5), (3.8, -2.62), (5.25, -1.9)]), 4)
_BROW_WIDTH = 0.58 * np.sin(np.pi * np.linspace(0.12, 0.98, len(_BROW))) ** 0.6
_HALF_RIM = np.array(
    [(7.0, -4.5), (7.5, -1.0), (7.45, 2.0), (7.0, 5.0), (6.0, 7.9), (4.3, 10.0), (2.2, 11.2)]
)
_RIM = smooth(
    np.vstack(
        [[(0, -8.6), (4.6, -7.6)], _HALF_RIM, [(0, CHIN_BOTTOM)], (_HALF_RIM * (-1, 1))[::-1], [(-4.6, -7.6)]]
    ),
    closed=True,
)
_RIM_JAW = np.clip((_RIM[:, 1:] - 3.0) / (CHIN_BOTTOM - 3.0), 0, 1) ** 1.5
_RIM_CHEEK = np.sign(_RIM[:, 0]) * np.exp(-(((_RIM[:, 1] - 3.5) / 2.2) ** 2)) * 0.15
_HALF_HAIR = np.array([(5.2, -10.1), (8.3, -5.7), (8.6, -0.5), (7.4, 4.0)])
_HAIR = smooth(np.vstack([[(0, -11.4)], _HALF_HAIR, [(0, 6.0)], (_HALF_HAIR * (-1, 1))[::-1]]), closed=True)
_CROWN = smooth(
    np.array([
        (-7.7, 1.0), (-8.3, -4.0), (-6.6, -8.7), (-2.8, -11.1),
        (2.2, -11.4), (6.4, -8.9), (8.3, -4.0), (7.7, 1.0),
    ])
)  # fmt: skip
_HAIRLINE = smooth(
    np.array([
        (7.25, 0.9), (6.8, -2.4), (6.0, -4.9), (4.3, -6.3), (2.6, -6.7),
        (0.0, -6.0), (-3.0, -5.0), (-5.6, -4.5), (-6.8, -2.4), (-7.25, 0.9),
    ])
)  # fmt: skip
_STRANDS = [
    ribbon(line, 0.26 * np.sin(np.pi * np.linspace(0, 1, len(line))))
    for line in (
        smooth(np.array([(3.4, -10.2), (-1.6, -8.9), (-5.6, -5.8)])),
        smooth(np.array([(2.8, -9.3), (0.2, -8.2), (-3.0, -6.0)])),
        smooth(np.array([(4.4, -9.8), (6.0, -8.0), (6.6, -5.4)])),
    )
]
_NECK = np.array([(-4.3, 5), (-4.2, 13.6), (-5.6, 16.1), (0, 19.1), (5.6, 16.1), (4.2, 13.6), (4.3, 5)])
_COLLAR = smooth(np.array([(-5.6, 15.5), (-3.4, 17.2), (0, 18.0), (3.4, 17.2), (5.6, 15.5)]))
_SHOULDER = np.array([(5.6, 15.5), (14, 18.2), (18.5, 22.1), (20, 30), (21, 60)])
_SHIRT = np.vstack([_COLLAR, smooth(_SHOULDER), smooth(_SHOULDER * (-1, 1))[::-1]])
_LIP_TOP = np.array(
    [(-2.1, -0.19), (-1.35, -0.5), (-0.5, -0.74), (0, -0.62), (0.5, -0.74), (1.35, -0.5), (2.1, -0.19)]
)
_LIP_LOW = np.array([(-2.1, 0.28), (-1.5, 0.7), (-0.6, 1.0), (0.6, 1.0), (1.5, 0.7), (2.1, 0.28)])
_LIP_LINE = np.array([(-2.1, 0.0), (-1.5, -0.02), (-0.6, 0.02), (0.6, 0.02), (1.5, -0.02), (2.1, 0.0)])


def draw(pose: FacePose, size: tuple[int, int] = (640, 480)) -> Image:
    """Draw one moment of the face.

    Parameters
    ----------
    pose
        The movements of the face.
    size
        (width, height) of the picture in pixels.

    Returns
    -------
    Image
        (height, width, 3) uint8 BGR, unmirrored; a new array each time.
    """
    picture = _wall(size).copy()
    pen = Pen(picture)
    if pose.visible:
        head = Head(pose, size)
        jaw = np.array([pose.jaw_side * JAW_SWING, pose.jaw_open * JAW_DROP])
        rim = _rim(pose, jaw)
        _behind(pen, head, rim)
        pen.fill(head.outline(rim), SKIN)
        _nose(pen, head)
        _mouth(pen, head, pose, jaw)
        for side in (-1, 1):
            _eye(pen, head, pose, side)
        shade(picture, head.outline(rim), head, pose, jaw)
        pen.fill(np.vstack([head.outline(_CROWN), head.surface(_HAIRLINE)]), HAIR)
        for strand in _STRANDS:
            pen.fill(head.surface(strand), mix(HAIR, SKIN, 0.14))
    if pose.light < 1:
        pen.cv2.convertScaleAbs(picture, dst=picture, alpha=pose.light)
    return picture


def grain(picture: Image, index: int) -> Image:
    """Return the picture with a camera's noise on it, another for each `index`."""
    import cv2

    height, width = picture.shape[:2]
    x, y = (index * 37) % 64, (index * 53) % 64
    noise = _noise(width, height)[y : y + height, x : x + width]
    return np.asarray(cv2.add(picture, noise, dtype=cv2.CV_8U), np.uint8)


def _rim(pose: FacePose, jaw: Points) -> Points:
    """Return the outline of the face (N, 2) cm: the jaw moves its lower part, a smile fills the cheeks."""
    rim: Points = _RIM + _RIM_JAW * jaw
    rim[:, 0] += _RIM_CHEEK * np.where(_RIM[:, 0] > 0, pose.smile.left, pose.smile.right)
    return rim


def _behind(pen: Pen, head: Head, rim: Points) -> None:
    """Draw everything behind the face: hair, neck with the chin's shadow, shirt, ears."""
    pen.fill(head.outline(_HAIR, hair=True), HAIR)
    neck = head.body(_NECK)
    pen.fill(neck, mix(SKIN, FOLD, 0.25))
    window = pen.window(neck)
    for step in range(6):
        low = rim + (0, 2.3 - 0.32 * step)
        window.pen.fill(head.outline(low), mix(SKIN, FOLD, 0.32 + 0.09 * step))
    window.close()
    pen.fill(head.body(_SHIRT), SHIRT)
    pen.fill(head.body(ribbon(_COLLAR, 0.8)), mix(SHIRT, (0, 0, 0), 0.18))
    for x in (-7.75, 7.75):
        pen.fill(head.outline(oval(x, 1.6, 1.0, 1.9)), mix(SKIN, FOLD, 0.2))
        pen.fill(head.outline(oval(x * 1.015, 1.5, 0.5, 1.15)), mix(SKIN, FOLD, 0.45))


def _nose(pen: Pen, head: Head) -> None:
    wing = smooth(np.array([(1.25, 3.6), (1.68, 4.2), (1.6, 4.8), (1.15, 5.02)]))
    wing = ribbon(wing, np.linspace(0.04, 0.14, len(wing)))
    for side in (-1, 1):
        pen.fill(head.surface(wing * (side, 1), 1.0), mix(SKIN, FOLD, 0.6))
        pen.fill(head.surface(oval(side * 0.68, 5.0, 0.4, 0.18), 1.6), mix(FOLD, MOUTH, 0.35))
    under = smooth(np.array([(-0.42, 5.12), (0, 5.28), (0.42, 5.12)]))
    pen.fill(head.surface(ribbon(under, 0.1), 1.7), mix(SKIN, FOLD, 0.7))


def _mouth(pen: Pen, head: Head, pose: FacePose, jaw: Points) -> None:
    def place(points: Points, share: float) -> Points:
        """Return pixels of points that the smile pulls by its side and the jaw carries along by `share`."""
        outward = points[:, 0] / MOUTH_HALF
        reach = np.minimum(np.abs(outward), 1.0)
        pull = np.where(outward > 0, pose.smile.left, pose.smile.right) * reach**1.6
        moved: Points = points + (share * (1 - 0.55 * reach**3))[:, None] * jaw
        moved[:, 0] += np.sign(outward) * (1.3 * pull - 0.45 * pose.jaw_open * reach**1.6)
        moved[:, 1] -= 1.1 * pull
        return head.surface(moved, 0.6 - SMILE_BACK * pull)

    middle = np.array([(0.0, MOUTH_Y)])
    thin = (1, 1 - 0.25 * pose.smile.mean)  # lips thin out as they stretch
    right, left = (place(middle + (side * MOUTH_HALF, 0), 0.75) for side in (-1, 1))

    def across(points: Points, share: float) -> Points:
        return smooth(np.vstack([right, place(points * thin + middle, share), left]), 3)

    upper_edge, upper = across(_LIP_TOP, 0.0), across(_LIP_LINE, 0.01)
    lower, lower_edge = across(_LIP_LINE, 0.78), across(_LIP_LOW, 0.86)
    if pose.jaw_open > 0:
        window = pen.window(np.vstack([upper, lower[::-1]]))
        window.pen.picture[:] = MOUTH
        window.pen.fill(place(oval(0, MOUTH_Y + 1.1, 1.7, 0.9), 0.7), TONGUE)
        window.pen.fill(place(oval(0, MOUTH_Y - 0.15, 2.3, 0.8), 0.0), TEETH)
        window.close()
    pen.fill(np.vstack([upper_edge, upper[::-1]]), LIP_UPPER)
    pen.fill(np.vstack([lower, lower_edge[::-1]]), LIP_LOWER)
    unit = head.px_per_cm
    pen.fill(ribbon(upper, 0.12 * unit), SEAM)
    for corner in (right, left):
        pen.fill(oval(corner[0, 0], corner[0, 1], 0.1 * unit, 0.09 * unit, 12), SEAM)


def _eye(pen: Pen, head: Head, pose: FacePose, side: int) -> None:
    """Draw one eye with its lids, folds and brow; `side` is 1 for the person's left, -1 for the right."""
    name: Side = "left" if side > 0 else "right"
    cheek, shut, narrow = pose.cheek.of(name), pose.lids.of(name), pose.lower_lid.of(name)
    unit = head.px_per_cm

    def place(y: Points) -> Points:
        return head.surface(np.column_stack([side * _EYE_X, y]), -0.6)

    low = _EYE_Y + (LID_DOWN - 0.60 * cheek - 0.44 * narrow + 0.1 * shut) * _BOWL
    high = _EYE_Y - (LID_UP + 0.16 * cheek - 0.25 * narrow) * _ARCH
    high = np.minimum(high + (low - high) * shut, low)
    upper, lower = place(high), place(low)
    crease = place(_EYE_Y - (1.14 - 0.5 * shut) * _ARCH)
    pen.fill(np.vstack([crease, upper[::-1]]), LID)
    _folds(pen, head, low, side, cheek, narrow)
    window = pen.window(np.vstack([upper, lower[::-1]]))
    window.pen.picture[:] = SCLERA
    x, y = head.surface(np.array([(3.08 * side + 0.55 * pose.gaze[0], -0.14 - 0.3 * pose.gaze[1])]), -0.6)[0]
    for radius, colour in ((0.7, mix(IRIS, PUPIL, 0.6)), (0.61, IRIS), (0.28, PUPIL)):
        window.pen.fill(oval(x, y, radius * unit, radius * unit), colour)
    window.pen.fill(oval(x - 0.2 * unit, y - 0.22 * unit, 0.14 * unit, 0.14 * unit, 14), (255, 255, 255))
    window.close()
    pen.fill(ribbon(upper, (0.1 + 0.12 * _ACROSS + 0.12 * shut * _ARCH) * unit), LASH)
    pen.fill(ribbon(lower, 0.06 * unit), mix(FOLD, LASH, 0.25))
    pen.fill(ribbon(crease, (0.03 + 0.06 * _ARCH) * unit), mix(FOLD, LID, shut))
    brow = _BROW - (0, 0.8 * pose.brows)
    brow[:, 0] += min(pose.brows, 0) * 0.3 * np.linspace(1, 0, len(brow))
    pen.fill(head.surface(ribbon(brow, _BROW_WIDTH) * (side, 1), 0.2), BROW)


def _folds(pen: Pen, head: Head, low: Points, side: int, cheek: float, narrow: float) -> None:
    """Draw the fold under the eye and the rays at its corner, which a raised cheek deepens."""
    under = np.column_stack([_EYE_X, low + 0.42 + (0.55 - 0.3 * cheek) * _ARCH])[1:]
    depth = 0.2 + 0.5 * cheek + 0.12 * narrow
    fold = ribbon(under, 0.02 + 0.1 * _ARCH[1:]) * (side, 1)
    pen.fill(head.surface(fold, -0.5), mix(SKIN, FOLD, depth))
    for end in ((5.85, -0.5), (5.9, 0.2)):
        ray = ribbon(np.linspace((EYE_OUTER + 0.55, 0.4 * end[1]), end, 5), 0.08) * (side, 1)
        pen.fill(head.surface(ray), mix(SKIN, FOLD, 0.3 * cheek))


@lru_cache(maxsize=4)
def _wall(size: tuple[int, int]) -> Image:
    """Return the plain background, a little darker towards the floor; never drawn on."""
    width, height = size
    fade = np.linspace(1.04, 0.9, height)[:, None, None] * np.array(WALL)
    return np.ascontiguousarray(np.broadcast_to(fade, (height, width, 3)).astype(np.uint8))


@lru_cache(maxsize=2)
def _noise(width: int, height: int) -> NDArray[np.int8]:
    tile = np.random.default_rng(0).normal(0, NOISE, (height + 64, width + 64, 3))
    return np.clip(np.rint(tile), -8, 8).astype(np.int8)
