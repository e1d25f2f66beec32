"""What is measured on one face in the head's frame, before it is compared with the person's own neutral."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coach.headframe import HeadPose, fit, metric_points
from coach.landmarks import CHIN, LEFT, LOWER_LIP, RIGHT, UPPER_LIP, Blendshape, SideIndices
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


_LIDS_AND_CHEEKS = [
    np.array(part)
    for side in (LEFT, RIGHT)
    for part in (side.lower_lid, side.upper_lid, side.brow, side.cheek)
]


def measure(observation: FaceObservation, reference: Points) -> Measures:
    """Measure one observed face in the frame of `reference` (478, 3), see `headframe.canonical`."""
    pixels = metric_points(observation)
    face, pose, unit_px = fit(pixels, reference)
    heights = [-float(face[part, 1].mean()) for part in _LIDS_AND_CHEEKS]
    left, right = face[LEFT.mouth_corner], face[RIGHT.mouth_corner]
    shape = observation.blendshapes
    xy = observation.landmarks[:, :2]
    low, high = xy.min(axis=0), xy.max(axis=0)
    middle = (xy[LEFT.outer_eye] + xy[RIGHT.outer_eye]) / 2
    return Measures(
        lower_lid=Bilateral(heights[0], heights[4]),
        upper_lid=Bilateral(heights[1], heights[5]),
        brow=Bilateral(heights[2], heights[6]),
        cheek=Bilateral(heights[3], heights[7]),
        corner_out=Bilateral(float(left[0]), -float(right[0])),
        corner_up=Bilateral(-float(left[1]), -float(right[1])),
        corner_to_eye=Bilateral(_eye_distance(face, reference, LEFT), _eye_distance(face, reference, RIGHT)),
        chin_down=float(face[CHIN, 1]),
        chin_side=float(face[CHIN, 0]),
        lip_gap=float(face[LOWER_LIP, 1] - face[UPPER_LIP, 1]),
        smile=_pair(shape, Blendshape.MOUTH_SMILE_LEFT, Blendshape.MOUTH_SMILE_RIGHT),
        squint=_pair(shape, Blendshape.EYE_SQUINT_LEFT, Blendshape.EYE_SQUINT_RIGHT),
        blink=_pair(shape, Blendshape.EYE_BLINK_LEFT, Blendshape.EYE_BLINK_RIGHT),
        brow_down=float(shape[Blendshape.BROW_DOWN_LEFT] + shape[Blendshape.BROW_DOWN_RIGHT]) / 2,
        jaw_open=float(shape[Blendshape.JAW_OPEN]),
        pose=pose,
        unit_px=unit_px,
        iris_px=_iris(pixels),
        centre=(float(middle[0]), float(middle[1])),
        box=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
    )


def _pair(shape: Points, left: Blendshape, right: Blendshape) -> Bilateral:
    return Bilateral(float(shape[left]), float(shape[right]))


def _eye_distance(face: Points, reference: Points, side: SideIndices) -> float:
    return float(np.linalg.norm(face[side.mouth_corner] - reference[side.outer_eye]))


def _iris(pixels: Points) -> float:
    ends = [np.linalg.norm(pixels[a, :2] - pixels[b, :2]) for a, b in (LEFT.iris, RIGHT.iris)]
    return float(np.mean(ends))
