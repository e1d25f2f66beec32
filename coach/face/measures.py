"""Measurements of one face in the head's frame, before it is compared with the person's own neutral."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.face.head_frame import HeadPose, canonical, fit, used_points
from coach.face.landmarks import (
    CHIN,
    LEFT,
    LOWER_LIP,
    RIGHT,
    UPPER_LIP,
    USED,
    Blendshape,
    SideIndices,
    places,
)
from coach.types import Bilateral, FaceObservation, Points

IRIS_MM = 11.71  # horizontal visible iris diameter, mean of 390 adults, sd 0.42 (Rüfer 2005, Cornea 24:259)


@dataclass(frozen=True, slots=True)
class Measures:
    """One face. Lengths in outer-eye-corner distances, heights upwards, sideways to the person's left.

    `corner_out`: mouth corner's distance from the midline; `corner_to_eye`: from mouth corner to the
    outer corner of the neutral eye; blendshapes 0..1; `unit_px`: the length unit in pixels;
    `iris_px`: mean horizontal iris diameter in pixels; `centre`: between the eyes, share of the picture.
    """

    lower_lid: Bilateral
    upper_lid: Bilateral
    brow: Bilateral
    cheek: Bilateral
    nasolabial: Bilateral
    corner_out: Bilateral
    corner_up: Bilateral
    corner_to_eye: Bilateral
    chin_down: float
    chin_side: float
    lip_gap: float
    smile: Bilateral
    squint: Bilateral
    brow_down: float
    pose: HeadPose
    unit_px: float
    iris_px: float
    centre: tuple[float, float]

    @property
    def aperture(self) -> Bilateral:
        """Palpebral aperture: upper minus lower lid height."""
        return self.upper_lid - self.lower_lid


def _weights(side: SideIndices) -> NDArray[np.float64]:
    """Return the rows that, times the `USED` landmarks, give the middle of each part of one side."""
    parts = (side.lower_lid, side.upper_lid, side.brow, side.cheek, (side.nasolabial,), (side.mouth_corner,))
    rows = np.zeros((len(parts), len(USED)))
    for row, part in zip(rows, parts, strict=True):
        row[places(*part)] = 1.0 / len(part)
    return rows


# One product instead of a mean for each part: after the network's run every array function costs 10 to 20 us.
_PARTS = np.stack([_weights(LEFT), _weights(RIGHT)], axis=1)  # (part, side, USED)
_MIDLINE = places(CHIN, UPPER_LIP, LOWER_LIP)
_OUTER_EYES = places(LEFT.outer_eye, RIGHT.outer_eye)
_IRISES = np.array([places(*LEFT.iris), places(*RIGHT.iris)])  # (side, end)
LEFT_EYE, RIGHT_EYE = (0.5, 0.0, 0.0), (-0.5, 0.0, 0.0)  # outer eye corners in the head's own frame


def measure(observation: FaceObservation, reference: Points) -> Measures:
    """Measure one observed face in the frame of a reference face.

    Parameters
    ----------
    observation
        The face.
    reference
        The `USED` landmarks of the reference in the head frame, see `head_frame.canonical`.
    """
    width, height = observation.size
    points = used_points(observation)
    face = fit(points, reference)
    parts = _PARTS @ face.points  # (part, side, xyz)
    heights = [Bilateral(left, right) for left, right in (-parts[:, :, 1]).tolist()]
    lower_lid, upper_lid, brow, cheek, nasolabial, corner_up = heights
    left_corner, right_corner = parts[-1].tolist()
    chin, upper_lip, lower_lip = face.points[_MIDLINE].tolist()
    iris_ends = points[_IRISES]
    iris_px = np.linalg.norm(iris_ends[:, 1, :2] - iris_ends[:, 0, :2], axis=1)
    x, y, _ = points[_OUTER_EYES].mean(axis=0).tolist()
    shapes = observation.blendshapes.tolist()
    return Measures(
        lower_lid=lower_lid,
        upper_lid=upper_lid,
        brow=brow,
        cheek=cheek,
        nasolabial=nasolabial,
        corner_out=Bilateral(left_corner[0], -right_corner[0]),
        corner_up=corner_up,
        corner_to_eye=Bilateral(math.dist(left_corner, LEFT_EYE), math.dist(right_corner, RIGHT_EYE)),
        chin_down=chin[1],
        chin_side=chin[0],
        lip_gap=lower_lip[1] - upper_lip[1],
        smile=Bilateral(shapes[Blendshape.MOUTH_SMILE_LEFT], shapes[Blendshape.MOUTH_SMILE_RIGHT]),
        squint=Bilateral(shapes[Blendshape.EYE_SQUINT_LEFT], shapes[Blendshape.EYE_SQUINT_RIGHT]),
        brow_down=(shapes[Blendshape.BROW_DOWN_LEFT] + shapes[Blendshape.BROW_DOWN_RIGHT]) / 2,
        pose=face.pose,
        unit_px=face.unit_px,
        iris_px=float(iris_px.mean()),
        centre=(x / width, y / height),
    )


def measure_alone(observation: FaceObservation) -> Measures:
    """Measure one observed face in its own frame."""
    return measure(observation, canonical(used_points(observation)))
