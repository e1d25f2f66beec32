"""What is measured on one face in the head's frame, before it is compared with the person's own neutral."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from coach.headframe import HeadPose, fit
from coach.landmarks import CHIN, LEFT, LOWER_LIP, RIGHT, UPPER_LIP, USED, Blendshape, places
from coach.types import Bilateral, FaceObservation, Points

IRIS_MM = 11.71  # horizontal visible iris diameter, mean of 390 adults, sd 0.42 (Rüfer 2005, Cornea 24:259)


@dataclass(frozen=True, slots=True)
class Measures:
    """One face. Lengths in outer-eye-corner distances, heights upwards, sideways to the person's left.

    `corner_out`: mouth corner's distance from the midline; `corner_to_eye`: from mouth corner to the
    outer corner of the neutral eye; blendshapes 0..1; `unit_px`: the length unit in pixels;
    `iris_px`: mean horizontal iris diameter in pixels; `centre`: between the eyes, share of the
    picture; `box`: (left, top, right, bottom) of the landmarks, share of the picture.
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
    blink: Bilateral
    brow_down: float
    jaw_open: float
    pose: HeadPose
    unit_px: float
    iris_px: float
    centre: tuple[float, float]
    box: tuple[float, float, float, float]

    @property
    def aperture(self) -> Bilateral:
        """Palpebral aperture: upper minus lower lid height."""
        return Bilateral(
            self.upper_lid.left - self.lower_lid.left, self.upper_lid.right - self.lower_lid.right
        )


# One matrix turns landmark heights into the means of the lids, brows and cheeks.
_PARTS = np.zeros((10, len(USED)))
for _row, _part in enumerate(
    part
    for side in (LEFT, RIGHT)
    for part in (side.lower_lid, side.upper_lid, side.brow, side.cheek, (side.nasolabial,))
):
    _PARTS[_row, places(*_part)] = -1.0 / len(_part)
_MOUTH = places(LEFT.mouth_corner, RIGHT.mouth_corner, CHIN, UPPER_LIP, LOWER_LIP)
_EYES_AND_IRISES = places(LEFT.outer_eye, RIGHT.outer_eye, *LEFT.iris, *RIGHT.iris)
LEFT_EYE, RIGHT_EYE = (0.5, 0.0, 0.0), (-0.5, 0.0, 0.0)  # where the head's frame has its outer corners


def measure(observation: FaceObservation, points: Points, reference: Points) -> Measures:
    """Measure one observed face.

    Parameters
    ----------
    observation
        For the blendshapes and the place in the picture.
    points
        The `USED` landmarks of the same frame, (len(USED), 3), pixels, see `headframe.used_points`.
    reference
        The face whose frame to measure in, see `headframe.canonical`.
    """
    face, pose, unit_px = fit(points, reference)
    heights = (_PARTS @ face[:, 1]).tolist()
    (left, right, chin, upper_lip, lower_lip) = face.take(_MOUTH, axis=0).tolist()
    eye_a, eye_b, *iris = points.take(_EYES_AND_IRISES, axis=0).tolist()
    shape = observation.blendshapes.tolist()
    width, height = observation.size
    return Measures(
        lower_lid=Bilateral(heights[0], heights[5]),
        upper_lid=Bilateral(heights[1], heights[6]),
        brow=Bilateral(heights[2], heights[7]),
        cheek=Bilateral(heights[3], heights[8]),
        nasolabial=Bilateral(heights[4], heights[9]),
        corner_out=Bilateral(left[0], -right[0]),
        corner_up=Bilateral(-left[1], -right[1]),
        corner_to_eye=Bilateral(math.dist(left, LEFT_EYE), math.dist(right, RIGHT_EYE)),
        chin_down=chin[1],
        chin_side=chin[0],
        lip_gap=lower_lip[1] - upper_lip[1],
        smile=_pair(shape, Blendshape.MOUTH_SMILE_LEFT, Blendshape.MOUTH_SMILE_RIGHT),
        squint=_pair(shape, Blendshape.EYE_SQUINT_LEFT, Blendshape.EYE_SQUINT_RIGHT),
        blink=_pair(shape, Blendshape.EYE_BLINK_LEFT, Blendshape.EYE_BLINK_RIGHT),
        brow_down=(shape[Blendshape.BROW_DOWN_LEFT] + shape[Blendshape.BROW_DOWN_RIGHT]) / 2,
        jaw_open=shape[Blendshape.JAW_OPEN],
        pose=pose,
        unit_px=unit_px,
        iris_px=(math.dist(iris[0][:2], iris[1][:2]) + math.dist(iris[2][:2], iris[3][:2])) / 2,
        centre=((eye_a[0] + eye_b[0]) / 2 / width, (eye_a[1] + eye_b[1]) / 2 / height),
        box=observation.box,
    )


def _pair(shape: list[float], left: Blendshape, right: Blendshape) -> Bilateral:
    return Bilateral(shape[left], shape[right])
