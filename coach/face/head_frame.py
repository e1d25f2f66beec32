"""The head's own frame of reference, fitted on points that expressions do not move."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from coach.face.landmarks import CHIN, FOREHEAD, LEFT, RIGHT, RIGID, USED, places
from coach.record import record
from coach.types import FaceObservation, Points

USED_AT = np.array(USED)
_RIGID = places(*RIGID)
_NOTHING = 1e-12  # a distance that can be divided by, instead of none
_FRAME = places(RIGHT.outer_eye, LEFT.outer_eye, FOREHEAD, CHIN)

Row: TypeAlias = tuple[float, float, float]
Rows: TypeAlias = tuple[Row, Row, Row]


@record(frozen=True, slots=True)
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
    return observation.landmarks * (width, height, width)


def used_points(observation: FaceObservation) -> Points:
    """Return the `USED` landmarks alone, (len(USED), 3), see `metric_points`."""
    width, height = observation.size
    return observation.landmarks.take(USED_AT, axis=0) * (width, height, width)


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
    return np.asarray(((points - origin) @ np.array(axes).T) / unit)


def head_axes(points: Points) -> tuple[Rows, Row, float]:
    """Return where one face's own frame lies: its axes, its origin and its unit.

    Parameters
    ----------
    points
        The `USED` landmarks, (len(USED), 3), any scale and pose.

    Returns
    -------
    The axes as rows (3, 3), to the person's left, down and backwards; the point between the outer eye
    corners (3,); and their distance, both in the points' own unit. Where points lie on each other, as in
    a damaged trace, axes are zero.
    """
    (rx, ry, rz), (lx, ly, lz), (fx, fy, fz), (cx, cy, cz) = points.take(_FRAME, axis=0).tolist()
    unit = math.hypot(lx - rx, ly - ry, lz - rz) or _NOTHING
    xx, xy, xz = (lx - rx) / unit, (ly - ry) / unit, (lz - rz) / unit
    dx, dy, dz = cx - fx, cy - fy, cz - fz
    along = dx * xx + dy * xy + dz * xz
    dx, dy, dz = dx - along * xx, dy - along * xy, dz - along * xz
    length = math.hypot(dx, dy, dz) or _NOTHING
    yx, yy, yz = dx / length, dy / length, dz / length
    z_axis = (xy * yz - xz * yy, xz * yx - xx * yz, xx * yy - xy * yx)
    origin = ((rx + lx) / 2, (ry + ly) / 2, (rz + lz) / 2)
    return ((xx, xy, xz), (yx, yy, yz), z_axis), origin, unit


@record(frozen=True, slots=True)
class Alignment:
    """How one face lies over a reference: `axes @ point + shift` is where a point of it is.

    `axes`: (3, 3), rotation times scale. `pose`: against the camera. `unit_px`: one unit of the head
    frame (outer eye corner distance) in pixels.
    """

    axes: Rows
    shift: Row
    pose: HeadPose
    unit_px: float


class HeadFrame:
    """The frame of one reference face: what laying other faces over it needs, worked out once.

    Parameters
    ----------
    reference
        The `USED` landmarks in the head frame, (len(USED), 3), see `canonical`.

    Attributes
    ----------
    rows
        (4, len(USED)). Times a face's `USED` landmarks: the reference's rigid points times the face's,
        (3, 3), and the mean of the latter, (3,). `align` needs no more of a face.
    """

    def __init__(self, reference: Points) -> None:
        rigid = reference[_RIGID]
        mean = rigid.mean(axis=0)
        self.rows = np.zeros((4, len(USED)))
        self.rows[:3, _RIGID] = (rigid - mean).T
        self.rows[3, _RIGID] = 1.0 / len(RIGID)
        self._mean: Row = tuple(mean.tolist())
        self._size = float(np.sum((rigid - mean) ** 2))

    def align(self, sums: Sequence[Row]) -> Alignment:
        """Lay a face over the reference by rotation, shift and scale alone.

        The rotation is that of the least-squares similarity (Umeyama 1991, IEEE TPAMI 13:376); the scale is
        that of the reference laid over the face, whose landmarks are the ones with errors. In plain
        numbers, since each array function that is called costs 10 to 30 us after the network's run.

        Parameters
        ----------
        sums
            `rows` times the face's `USED` landmarks in pixels.
        """
        across, down, back, (x, y, z) = sums
        rows, strength = _rotation(across, down, back)
        unit_px = strength / self._size or _NOTHING
        (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = rows
        a, b, c = self._mean
        axes = (
            (xx / unit_px, xy / unit_px, xz / unit_px),
            (yx / unit_px, yy / unit_px, yz / unit_px),
            (zx / unit_px, zy / unit_px, zz / unit_px),
        )
        shift = (
            a - (x * xx + y * xy + z * xz) / unit_px,
            b - (x * yx + y * yy + z * yz) / unit_px,
            c - (x * zx + y * zy + z * zz) / unit_px,
        )
        return Alignment(axes, shift, _pose(rows), unit_px)


def fit(points: Points, reference: Points) -> tuple[Points, HeadPose, float]:
    """Lay a face over a reference, see `HeadFrame.align`.

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
    frame = HeadFrame(reference)
    aligned = frame.align((frame.rows @ points).tolist())
    return points @ np.array(aligned.axes).T + aligned.shift, aligned.pose, aligned.unit_px


def _rotation(across: Row, down: Row, back: Row) -> tuple[Rows, float]:
    """Return the rotation that best turns one centred cloud of points into another, and how well it does.

    Horn's quaternion (1987, J Opt Soc Am A 4:629) as the greatest root of its characteristic
    polynomial, found by Newton's method from above (Theobald 2005, Acta Cryst A61:478): for one 3x3
    matrix a tenth of what `np.linalg.svd` takes, and never a mirror image.

    Parameters
    ----------
    across, down, back
        The target's coordinates, each times the source's, summed over the points: the covariance.

    Returns
    -------
    The rotation, and the root: the sum of the covariance's singular values.
    """
    (xx, yx, zx), (xy, yy, zy), (xz, yz, zz) = across, down, back  # source, then target
    up = 1.0
    if xx + yy < 0:  # upside down: begin half a turn on
        up, xx, yx, xy, yy, xz, yz = -1.0, -xx, -yx, -xy, -yy, -xz, -yz
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
    bound = math.sqrt(3.0 * squares)  # a sum of three singular values is no more
    root = bound
    for _ in range(50):
        square = root * root
        b = (square + c2) * root
        a = b + c1
        slope = 2.0 * square * root + b + a
        move = (a * root + c0) / slope if slope else 0.0
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
    n = 1.0 / (math.sqrt(w * w + x * x + y * y + z * z) or 1.0)
    w, x, y, z = w * n, x * n, y * n, z * n
    return (
        (up - 2 * up * (y * y + z * z), 2 * up * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * up * (x * y + w * z), up - 2 * up * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * up * (x * z - w * y), 2 * up * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    ), root


def facing(points: Points) -> tuple[HeadPose, float]:
    """Return one face's pose against the camera by itself, and its outer-eye-corner distance.

    Parameters
    ----------
    points
        The `USED` landmarks, (len(USED), 3), any scale.
    """
    axes, _, unit = head_axes(points)
    return _pose(axes), unit


def _pose(rotation: Rows) -> HeadPose:
    """Angles of the head from the rotation that undoes them (camera axes: x right, y down, z away)."""
    (xx, xy, xz), _, (_, zy, zz) = rotation
    return HeadPose(
        yaw=math.degrees(math.atan2(xz, xx)),
        pitch=math.degrees(math.atan2(zy, zz)),
        roll=math.degrees(math.atan2(xy, xx)),
    )
