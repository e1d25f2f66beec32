"""The head's own frame of reference, fitted on points that expressions do not move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.face.landmarks import CHIN, FOREHEAD, LEFT, RIGHT, RIGID, USED, places
from coach.types import FaceObservation, Points

_USED = np.array(USED)
_RIGID = places(*RIGID)
_CORNERS = places(RIGHT.outer_eye, LEFT.outer_eye, FOREHEAD, CHIN)
_TINY = 1e-12  # divided by instead of zero, where a damaged trace has points on top of each other


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Degrees against the camera: +yaw and +roll to the person's left, +pitch up."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True, eq=False)
class FittedFace:
    """A face in the frame of a reference face.

    `points`: the `USED` landmarks, (len(USED), 3). `pose`: against the camera. `unit_px`: one unit of the
    head frame (the distance between the outer eye corners) in pixels.
    """

    points: Points
    pose: HeadPose
    unit_px: float


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
    return np.asarray(observation.landmarks[_USED] * (width, height, width))


def canonical(points: Points) -> Points:
    """Turn one face upright and frontal: the head frame to which other faces are fitted.

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
    return np.asarray((points - origin) @ axes.T / unit)


def head_axes(points: Points) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return the axes, the origin and the unit of one face's own frame.

    Parameters
    ----------
    points
        The `USED` landmarks, (len(USED), 3), any scale and pose.

    Returns
    -------
    The axes as rows (3, 3): to the person's left, down and backwards; the point between the outer eye
    corners (3,); and the distance between these corners. The last two are in the points' own unit. Axes
    are zero where points lie on top of each other.
    """
    right_eye, left_eye, forehead, chin = points[_CORNERS]
    across = left_eye - right_eye
    unit = float(np.linalg.norm(across)) or _TINY
    x_axis = across / unit
    down = chin - forehead
    down -= (down @ x_axis) * x_axis
    y_axis = down / (np.linalg.norm(down) or _TINY)
    axes = np.array([x_axis, y_axis, np.cross(x_axis, y_axis)])
    return axes, (left_eye + right_eye) / 2, unit


def fit(points: Points, reference: Points) -> FittedFace:
    """Lay a face over a reference face by rotation, shift and scale alone.

    The rotation is that of the least-squares similarity of the `RIGID` points (Umeyama 1991, IEEE TPAMI
    13:376). The scale is that of the reference laid over the face, because the face's landmarks are the
    ones with errors.

    Parameters
    ----------
    points
        The `USED` landmarks, (len(USED), 3), in pixels.
    reference
        The same in the head frame, see `canonical`.
    """
    origin, target_origin = points[_RIGID].mean(axis=0), reference[_RIGID].mean(axis=0)
    source, target = points[_RIGID] - origin, reference[_RIGID] - target_origin
    u, strengths, vt = np.linalg.svd(source.T @ target)
    # The best fit may be a mirror image, which no head movement makes.
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * signs @ vt).T
    unit_px = float(strengths @ signs) / (float(np.sum(target**2)) or _TINY) or _TINY
    placed = (points - origin) @ rotation.T / unit_px + target_origin
    return FittedFace(placed, _pose(rotation), unit_px)


def _pose(rotation: NDArray[np.float64]) -> HeadPose:
    """Return the head's angles from the rotation that undoes them (camera axes: x right, y down, z away)."""
    across, _, back = rotation
    return HeadPose(
        yaw=float(np.degrees(np.arctan2(across[2], across[0]))),
        pitch=float(np.degrees(np.arctan2(back[1], back[2]))),
        roll=float(np.degrees(np.arctan2(across[1], across[0]))),
    )
