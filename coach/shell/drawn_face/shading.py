"""Soft light and shadow on the drawn face: they make it round, and show a smile on the cheeks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from coach.shell.drawn_face.head import Head, oval, ribbon, smooth
from coach.shell.drawn_face.pen import Pen
from coach.shell.system.image import Colour
from coach.simulation.face_pose import FacePose
from coach.types import Image, Points

SOFT = 4  # drawn this many times smaller, then enlarged: shading has no edges
BLUR_CM = 0.7
HALF_LIT = 0.6  # how much of the light the far side loses at side_light = 1

Soft: TypeAlias = Callable[[Image, Points, Colour], None]

_RIM = smooth(
    np.array([
        (5.6, -7.5), (6.3, -3.0), (6.5, 0.5), (6.1, 3.5), (5.2, 6.5), (3.4, 9.2),
        (0.6, 11.0), (1.0, 14.0), (9.0, 14.0), (9.5, 2.0), (9.0, -7.5),
    ]),
    closed=True,
)  # fmt: skip


def shade(picture: Image, rim: Points, head: Head, pose: FacePose, jaw: Points) -> None:
    """Multiply light and shadow into the picture, inside the face's rim only.

    Parameters
    ----------
    picture
        (H, W, 3) uint8; changed in place.
    rim
        (N, 2) pixels, the outline of the face.
    head
        Where points of the head fall.
    pose
        The movements of the face.
    jaw
        (2,) cm, how far the jaw is from its rest.
    """
    import cv2

    height, width = picture.shape[:2]
    low = np.clip((rim.min(axis=0) // SOFT).astype(int) * SOFT, 0, (width - 1, height - 1))
    high = np.clip(np.ceil(rim.max(axis=0)).astype(int) + 1, low + 1, (width, height))
    box = picture[low[1] : high[1], low[0] : high[0]]
    mask = np.zeros(box.shape[:2], np.uint8)
    Pen(mask, (float(low[0]), float(low[1]))).fill(rim, (255,))

    rows, columns = -(-box.shape[0] // SOFT), -(-box.shape[1] // SOFT)
    stroke, dark, bright = (np.zeros((rows, columns, 3), np.uint8) for _ in range(3))
    corner = low - (SOFT - 1) / 2  # a small pixel's centre is the middle of SOFT large ones

    def soft(onto: Image, outline: Points, amount: Colour) -> None:
        stroke[:] = 0
        Pen(stroke).fill((outline - corner) / SOFT, amount)
        cv2.add(onto, stroke, onto)

    _half(soft, dark, bright, head, 1, pose.smile.left, pose.cheek.left)
    _half(soft, dark, bright, head, -1, pose.smile.right, pose.cheek.right)
    soft(bright, head.surface(oval(0, 3.9, 0.75, 0.8), 2.0), (16, 16, 16))
    soft(bright, head.surface(oval(0, 1.2, 0.35, 2.4), 0.8), (10, 10, 10))
    soft(bright, head.surface(oval(0, -4.0, 4.0, 1.6)), (10, 10, 10))
    soft(dark, head.surface(oval(0, 5.7, 1.3, 0.4), 0.8), (18, 16, 12))
    soft(dark, head.surface(oval(0, 8.75, 1.5, 0.4) + 0.9 * jaw, 0.5), (24, 21, 16))
    soft(bright, head.surface(oval(0, 10.0, 1.3, 0.8) + jaw), (9, 9, 9))
    stroke[:] = 128
    cv2.add(stroke, bright, stroke)
    cv2.subtract(stroke, dark, stroke)
    if pose.side_light:
        x = np.arange(columns) * SOFT + corner[0]
        across = np.clip((x - head.centre[0]) / (7 * head.px_per_cm) * np.sign(pose.side_light), -1, 1)
        gain = 1 - HALF_LIT * abs(pose.side_light) * (0.5 - 0.5 * np.sin(across * np.pi / 2))
        stroke[:] = stroke * gain[None, :, None]
    cv2.GaussianBlur(stroke, (0, 0), max(BLUR_CM * head.px_per_cm / SOFT, 0.6), dst=stroke)
    large = cv2.resize(stroke, (columns * SOFT, rows * SOFT), interpolation=cv2.INTER_LINEAR)
    lit = cv2.multiply(box, large[: box.shape[0], : box.shape[1]], scale=1 / 128)
    inside = mask * np.float32(1 / 255)
    box[:] = cv2.blendLinear(lit, box, inside, 1 - inside)


def _half(soft: Soft, dark: Image, bright: Image, head: Head, side: int, smile: float, cheek: float) -> None:
    """Shade one side: rim, eye socket, side of the nose, cheek, and the fold from nose to mouth."""
    soft(dark, head.outline(_RIM * (side, 1)), (30, 26, 20))
    soft(dark, head.surface(oval(side * 2.4, -0.7, 1.9, 1.1), -0.6), (20, 17, 13))
    soft(dark, head.surface(oval(side * 1.15, 2.6, 0.45, 2.2), 0.5), (16, 14, 11))
    lift = 0.75 * cheek + 0.45 * smile
    soft(dark, head.surface(oval(side * 4.3, 3.9 - lift, 2.3, 1.7)), (11, 7, 0))
    shine = round(6 + 6 * smile + 6 * cheek)
    soft(bright, head.surface(oval(side * 4.1, 3.2 - lift, 1.9, 1.2)), (shine, shine, shine))
    fold = smooth(
        np.array([
            (1.9, 4.4), (2.9 + 0.5 * smile, 5.6 - 0.3 * smile), (3.2 + 0.8 * smile, 7.0 - 0.6 * smile),
        ]) * (side, 1)
    )  # fmt: skip
    depth = 10 + 24 * smile
    soft(dark, head.surface(ribbon(fold, 0.6)), (round(depth), round(depth * 0.85), round(depth * 0.6)))
