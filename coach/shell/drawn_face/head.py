"""The drawn head in space: a rounded head in centimetres, its turning, and smooth outlines on it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from coach.simulation.face_pose import FacePose
from coach.types import Points

# Centimetres of an average adult head; the origin is the point between the eyes, x to the person's
# left (right in the picture), y down, z towards the camera. Outer eye corners 9 cm apart.
EYE_CORNERS_CM = 9.0
HALF_WIDTH, HALF_HEIGHT, HALF_DEPTH, CENTRE_Y = 7.8, 13.0, 9.0, 1.0
CHIN_Y, CHIN_DEPTH = 11.4, 5.5
EYES_AT = (0.5, 0.44)  # of the picture's width and height
EYE_CORNERS_SHARE = 0.25  # of the picture's height, at scale 1


@lru_cache(maxsize=64)
def _catmull_rom(n: int, steps: int, closed: bool) -> Points:
    """Return the matrix that turns `n` points into the points of their curve."""
    spans = n if closed else n - 1
    padded = np.zeros((spans + 3, n))
    padded[1 : spans + 2] = np.eye(n)[np.arange(spans + 1) % n]
    padded[0] = np.eye(n)[-1] if closed else 2 * np.eye(n)[0] - np.eye(n)[1]
    padded[-1] = np.eye(n)[1] if closed else 2 * np.eye(n)[-1] - np.eye(n)[-2]
    u = (np.arange(steps) / steps)[None, :, None]
    p0, p1, p2, p3 = (padded[k : spans + k, None, :] for k in range(4))
    curve = 0.5 * (
        2 * p1 + (p2 - p0) * u + (2 * p0 - 5 * p1 + 4 * p2 - p3) * u**2 + (3 * p1 - p0 - 3 * p2 + p3) * u**3
    )
    flat: Points = curve.reshape(-1, n)
    return flat if closed else np.vstack([flat, np.eye(n)[-1:]])


def smooth(points: Points, steps: int = 6, *, closed: bool = False) -> Points:
    """Return a Catmull-Rom curve through `points` (N, 2), `steps` points a span.

    Source: Catmull and Rom 1974, uniform, tension 1/2.
    """
    curve: Points = _catmull_rom(len(points), steps, closed) @ points
    return curve


def ribbon(line: Points, width: Points | float) -> Points:
    """Return the outline of a line (N, 2) drawn `width` thick (a number, or one a point)."""
    along = np.empty_like(line)
    along[1:-1] = line[2:] - line[:-2]
    along[0], along[-1] = line[1] - line[0], line[-1] - line[-2]
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    side = np.empty_like(line)
    side[:, 0], side[:, 1] = -along[:, 1], along[:, 0]
    side *= (np.asarray(width) / (2 * length))[:, None]
    return np.concatenate([line + side, (line - side)[::-1]])


@lru_cache(maxsize=8)
def _circle(n: int) -> Points:
    angle = np.linspace(0, 2 * math.pi, n, endpoint=False)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def oval(x: float, y: float, rx: float, ry: float, n: int = 28) -> Points:
    """Return an ellipse (n, 2) around (x, y)."""
    return _circle(n) * (rx, ry) + (x, y)


class Head:
    """Where points of the head fall in a picture of `size` (width, height), for one pose."""

    def __init__(self, pose: FacePose, size: tuple[int, int]) -> None:
        width, height = size
        self.px_per_cm = EYE_CORNERS_SHARE * height / EYE_CORNERS_CM * pose.scale
        self.centre = np.array([(EYES_AT[0] + pose.dx) * width, (EYES_AT[1] + pose.dy) * height])
        yaw, pitch, roll = (math.radians(angle) for angle in (pose.yaw, -pose.pitch, pose.roll))
        (cy, sy), (cp, sp), (cr, sr) = ((math.cos(a), math.sin(a)) for a in (yaw, pitch, roll))
        turn = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        nod = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
        tilt = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        self._rotation = (tilt @ nod @ turn)[:2]
        self._tilt = tilt[:2, :2]
        # An ellipsoid's outline does not turn with its surface: it only widens from width to depth.
        self._widen = math.hypot(HALF_WIDTH * cy, HALF_DEPTH * sy) / HALF_WIDTH
        self._yaw, self._pitch = yaw, pitch

    def surface(self, xy: Points, lift: Points | float = 0.0) -> Points:
        """Return (N, 2) pixels of points (N, 2) cm on the front of the head, `lift` (N) cm in front of it."""
        inside = 1 - (xy[:, 0] / HALF_WIDTH) ** 2 - ((xy[:, 1] - CENTRE_Y) / HALF_HEIGHT) ** 2
        depth = HALF_DEPTH * np.sqrt(np.maximum(inside, 0.05)) + lift
        return self._to_pixels(xy @ self._rotation[:, :2].T + depth[:, None] * self._rotation[:, 2])

    def outline(self, xy: Points, *, hair: bool = False) -> Points:
        """Return (N, 2) pixels of points (N, 2) cm on the rim of the head; the chin lies further forward.

        The cheek bulges past the rim on the side the head turns to; on the other side the face ends at
        the ear, which comes nearer, and `hair` is seen behind it.
        """
        forward = CHIN_DEPTH * np.clip((xy[:, 1] - 2) / (CHIN_Y - 2), 0, 1) ** 2
        bulges = xy[:, 0] * self._yaw > 0
        stretch = self._widen if hair else np.where(bulges, self._widen, math.cos(self._yaw))
        flat = np.empty_like(xy)
        flat[:, 0] = xy[:, 0] * stretch + forward * math.sin(self._yaw)
        flat[:, 1] = xy[:, 1] * math.cos(self._pitch) + forward * math.sin(self._pitch)
        return self._to_pixels(flat @ self._tilt.T)

    def body(self, xy: Points) -> Points:
        """Return (N, 2) pixels of points (N, 2) cm of neck and shoulders, which do not turn."""
        return self._to_pixels(xy)

    def _to_pixels(self, flat: Points) -> Points:
        pixels: Points = flat * self.px_per_cm + self.centre
        return pixels
