"""The head's own frame of reference, fitted on points that expressions do not move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from coach.landmarks import CHIN, FOREHEAD, LEFT, RIGHT, RIGID, USED, places
from coach.types import FaceObservation, Points

_USED = np.array(USED)
_RIGID = places(*RIGID)
_OUTER_EYES = places(RIGHT.outer_eye, LEFT.outer_eye)
_AXIS = places(FOREHEAD, CHIN)
_MEAN = np.zeros(len(USED))  # times points: the mean of the rigid ones
_MEAN[_RIGID] = 1.0 / len(RIGID)


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Degrees against the camera: +yaw and +roll to the person's left, +pitch up."""

    yaw: float
    pitch: float
    roll: float


def metric_points(observation: FaceObservation) -> Points:
    """Return the landmarks in pixels with square axes.

    Returns
    -------
    (478, 3) float64: x right, y down, z away from the camera, all in pixels of the picture's width.
    """
    width, height = observation.size
    return observation.landmarks * np.array([width, height, width], dtype=np.float64)


def used_points(observation: FaceObservation) -> Points:
    """Return the `USED` landmarks alone, (len(USED), 3), see `metric_points`."""
    width, height = observation.size
    return observation.landmarks.take(_USED, axis=0) * (float(width), float(height), float(width))


def canonical(points: Points) -> Points:
    """Turn one face upright and frontal: the head frame that others are fitted to.

    Parameters
    ----------
    points
        The `USED` landmarks, (len(USED), 3), any scale and pose.

    Returns
    -------
    The same landmarks: origin between the outer eye corners, x to the person's left, y down,
    z backwards; unit = distance of the outer eye corners.
    """
    axes, origin, unit = head_axes(points)
    return np.asarray(((points - origin) @ axes.T) / unit)


def head_axes(points: Points) -> tuple[Points, Points, float]:
    """Return where one face's own frame lies: its axes, its origin and its unit.

    Parameters
    ----------
    points
        The `USED` landmarks, (len(USED), 3), any scale and pose.

    Returns
    -------
    The axes as rows (3, 3), to the person's left, down and backwards; the point between the outer eye
    corners (3,); and their distance, both in the points' own unit.
    """
    right, left = points[_OUTER_EYES]
    across = left - right
    unit = float(np.linalg.norm(across))
    x = across / unit
    forehead, chin = points[_AXIS]
    down = chin - forehead
    down = down - (down @ x) * x
    y = down / np.linalg.norm(down)
    return np.stack([x, y, np.cross(x, y)]), (left + right) / 2, unit


def fit(points: Points, reference: Points) -> tuple[Points, HeadPose, float]:
    """Lay a face over a reference by rotation, shift and scale alone.

    The least-squares similarity of the rigid points (Umeyama 1991, IEEE TPAMI 13:376).

    Parameters
    ----------
    points
        The `USED` landmarks, (len(USED), 3), in pixels.
    reference
        The same in the head frame.

    Returns
    -------
    The face in the reference's frame; its pose against the camera; and the size of one frame unit
    (outer eye corner distance) in pixels.
    """
    mean, target = _MEAN @ points, reference.take(_RIGID, axis=0)
    target_mean = _MEAN @ reference
    centred = points.take(_RIGID, axis=0) - mean
    target -= target_mean
    size, target_size = float(np.vdot(centred, centred)), float(np.vdot(target, target))
    rows, strength = _rotation((centred.T @ target).tolist(), math.sqrt(size * target_size))
    scale = strength / size
    turn = np.array(rows).T * scale
    placed = points @ turn
    placed += target_mean - mean @ turn
    return placed, _pose(rows), 1.0 / scale


Rows: TypeAlias = list[list[float]]


def _rotation(covariance: Rows, bound: float) -> tuple[Rows, float]:
    """Return the rotation that best turns one centred cloud of points into another, and how well it does.

    Horn's quaternion (1987, J Opt Soc Am A 4:629) as the greatest root of its characteristic
    polynomial, found by Newton's method from above (Theobald 2005, Acta Cryst A61:478): for one 3x3
    matrix a tenth of what `np.linalg.svd` takes, and never a mirror image.

    Parameters
    ----------
    covariance
        Sum of the outer products, source times target, 3x3.
    bound
        What the root cannot exceed: the product of the clouds' norms.

    Returns
    -------
    The rotation, and the root: the sum of the covariance's singular values.
    """
    up = -1.0 if covariance[0][0] + covariance[1][1] < 0 else 1.0  # upside down: begin half a turn on
    (xx, xy, xz), (yx, yy, yz) = ([up * value for value in row] for row in covariance[:2])
    zx, zy, zz = covariance[2]
    k01, k02, k03 = yz - zy, zx - xz, xy - yx
    k12, k13, k23 = xy + yx, zx + xz, yz + zy
    k00, k11, k22, k33 = xx + yy + zz, xx - yy - zz, yy - xx - zz, zz - xx - yy
    squares = xx * xx + xy * xy + xz * xz + yx * yx + yy * yy + yz * yz + zx * zx + zy * zy + zz * zz
    c2 = -2.0 * squares
    c1 = -8.0 * (xx * (yy * zz - yz * zy) - xy * (yx * zz - yz * zx) + xz * (yx * zy - yy * zx))
    # the 2x2 minors of rows 2 and 3 of the 4x4 matrix, for its determinant
    m01, m02, m03 = k02 * k13 - k03 * k12, k02 * k23 - k03 * k22, k02 * k33 - k03 * k23
    m12, m13, m23 = k12 * k23 - k13 * k22, k12 * k33 - k13 * k23, k22 * k33 - k23 * k23
    c0 = (
        k00 * (k11 * m23 - k12 * m13 + k13 * m12)
        - k01 * (k01 * m23 - k12 * m03 + k13 * m02)
        + k02 * (k01 * m13 - k11 * m03 + k13 * m01)
        - k03 * (k01 * m12 - k11 * m02 + k12 * m01)
    )
    root = bound
    for _ in range(50):
        square = root * root
        b = (square + c2) * root
        a = b + c1
        move = (a * root + c0) / (2.0 * square * root + b + a)
        root -= move
        if abs(move) <= 1e-12 * bound:
            break
    a11, a22, a33 = k11 - root, k22 - root, k33 - root
    m12, m13, m23 = k12 * k23 - k13 * a22, k12 * a33 - k13 * k23, a22 * a33 - k23 * k23
    m01, m02, m03 = k02 * k13 - k03 * k12, k02 * k23 - k03 * a22, k02 * a33 - k03 * k23
    w = a11 * m23 - k12 * m13 + k13 * m12
    x = -(k01 * m23 - k12 * m03 + k13 * m02)
    y = k01 * m13 - a11 * m03 + k13 * m01
    z = -(k01 * m12 - a11 * m02 + k12 * m01)
    n = 1.0 / math.sqrt(w * w + x * x + y * y + z * z)
    w, x, y, z = w * n, x * n, y * n, z * n
    return [
        [up - 2 * up * (y * y + z * z), 2 * up * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * up * (x * y + w * z), up - 2 * up * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * up * (x * z - w * y), 2 * up * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ], root


def _pose(rotation: Rows) -> HeadPose:
    """Angles of the head from the rotation that undoes them (camera axes: x right, y down, z away)."""
    (xx, xy, xz), _, (_, zy, zz) = rotation
    return HeadPose(
        yaw=math.degrees(math.atan2(xz, xx)),
        pitch=math.degrees(math.atan2(zy, zz)),
        roll=math.degrees(math.atan2(xy, xx)),
    )
