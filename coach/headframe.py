"""The head's own frame of reference, fitted on points that expressions do not move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coach.landmarks import CHIN, FOREHEAD, LEFT, RIGHT, RIGID, places
from coach.types import FaceObservation, Points

_RIGID = places(*RIGID)
_OUTER_EYES = places(RIGHT.outer_eye, LEFT.outer_eye)
_AXIS = places(FOREHEAD, CHIN)


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
    right, left = points[_OUTER_EYES]
    across = left - right
    unit = float(np.linalg.norm(across))
    x = across / unit
    forehead, chin = points[_AXIS]
    down = chin - forehead
    down = down - (down @ x) * x
    y = down / np.linalg.norm(down)
    axes = np.stack([x, y, np.cross(x, y)])
    return np.asarray(((points - (left + right) / 2) @ axes.T) / unit)


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
    source, target = points[_RIGID], reference[_RIGID]
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    centred = source - source_mean
    u, singular, vt = np.linalg.svd(centred.T @ (target - target_mean))
    if np.linalg.det(u) * np.linalg.det(vt) < 0:
        vt[2] = -vt[2]
        singular[2] = -singular[2]
    rotation = vt.T @ u.T
    scale = float(singular.sum() / np.einsum("ij,ij->", centred, centred))
    placed = (points - source_mean) @ (scale * rotation.T) + target_mean
    return placed, _pose(rotation), 1.0 / scale


def _pose(rotation: Points) -> HeadPose:
    """Angles of the head from the rotation that undoes them (camera axes: x right, y down, z away)."""
    x_axis, z_axis = rotation[0], rotation[2]
    yaw = np.degrees(np.arctan2(x_axis[2], x_axis[0]))
    pitch = np.degrees(np.arctan2(z_axis[1], z_axis[2]))
    roll = np.degrees(np.arctan2(x_axis[1], x_axis[0]))
    return HeadPose(float(yaw), float(pitch), float(roll))
