"""What is measured on one face in the head's frame, before it is compared with the person's own neutral."""

from __future__ import annotations

import math
from operator import itemgetter

import numpy as np

from coach.face.head_frame import USED_AT, HeadFrame, HeadPose, Row, canonical, used_points
from coach.face.landmarks import CHIN, LEFT, LOWER_LIP, RIGHT, UPPER_LIP, USED, Blendshape, places
from coach.record import record
from coach.types import Bilateral, FaceObservation, Points

IRIS_MM = 11.71  # horizontal visible iris diameter, mean of 390 adults, sd 0.42 (Rüfer 2005, Cornea 24:259)


@record(frozen=True, slots=True)
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
        return Bilateral(
            self.upper_lid.left - self.lower_lid.left, self.upper_lid.right - self.lower_lid.right
        )


_GROUPS = tuple(
    part
    for side in (LEFT, RIGHT)
    for part in (side.lower_lid, side.upper_lid, side.brow, side.cheek, (side.nasolabial,))
)  # of which the mean height is measured
_POINTS = (LEFT.mouth_corner, RIGHT.mouth_corner, CHIN, UPPER_LIP, LOWER_LIP)
_MARKS = (LEFT.outer_eye, RIGHT.outer_eye, *LEFT.iris, *RIGHT.iris)  # whose place in the picture counts
_MEANS = np.zeros((len(_GROUPS) + len(_POINTS) + len(_MARKS), len(USED)))
for _row, _part in enumerate((*_GROUPS, *((point,) for point in (*_POINTS, *_MARKS)))):
    _MEANS[_row, places(*_part)] = 1.0 / len(_part)
_GROUPS_END = 4 + len(_GROUPS)  # among the sums, which begin with the head frame's own four
_POINTS_END = _GROUPS_END + len(_POINTS)
_SHAPES = itemgetter(
    *(Blendshape.MOUTH_SMILE_LEFT, Blendshape.MOUTH_SMILE_RIGHT),
    *(Blendshape.EYE_SQUINT_LEFT, Blendshape.EYE_SQUINT_RIGHT),
    *(Blendshape.BROW_DOWN_LEFT, Blendshape.BROW_DOWN_RIGHT),
)
LEFT_EYE, RIGHT_EYE = (0.5, 0.0, 0.0), (-0.5, 0.0, 0.0)  # where the head's frame has its outer corners


class Ruler:
    """Measures faces in the frame of one reference.

    Parameters
    ----------
    reference
        The face in whose frame to measure, see `headframe.canonical`.
    """

    def __init__(self, reference: Points) -> None:
        self._frame = HeadFrame(reference)
        self._sums = np.concatenate([self._frame.rows, _MEANS])

    def measure(self, observation: FaceObservation) -> Measures:
        """Measure one observed face.

        With as few array functions as can be: after the network's run each costs 10 to 20 us.
        """
        width, height = observation.size
        sums: list[Row] = self._sums.dot(observation.landmarks.take(USED_AT, axis=0)).tolist()
        aligned = self._frame.align([(x * width, y * height, z * width) for x, y, z in sums[:4]])
        axes = [(a * width, b * height, c * width) for a, b, c in aligned.axes]  # of shares of the picture
        (xa, xb, xc), (ya, yb, yc), (za, zb, zc) = axes
        right_by, down_by, back_by = aligned.shift
        up = [-(x * ya + y * yb + z * yc + down_by) for x, y, z in sums[4:_GROUPS_END]]
        left, right, chin, upper_lip, lower_lip = [
            (
                x * xa + y * xb + z * xc + right_by,
                x * ya + y * yb + z * yc + down_by,
                x * za + y * zb + z * zc + back_by,
            )
            for x, y, z in sums[_GROUPS_END:_POINTS_END]
        ]
        (eye_x, eye_y, _), (other_x, other_y, _), *irises = sums[_POINTS_END:]
        (ax, ay, _), (bx, by, _), (cx, cy, _), (dx, dy, _) = irises
        iris_px = math.hypot((bx - ax) * width, (by - ay) * height)
        other_iris_px = math.hypot((dx - cx) * width, (dy - cy) * height)
        smile, smile_r, squint, squint_r, frown, frown_r = _SHAPES(observation.blendshapes.tolist())
        lower_lid, upper_lid, brow, cheek, nasolabial = map(Bilateral, up[:5], up[5:])
        return Measures(  # by place: names make a dictionary of twenty, for each frame
            lower_lid,
            upper_lid,
            brow,
            cheek,
            nasolabial,
            Bilateral(left[0], -right[0]),  # corner_out
            Bilateral(-left[1], -right[1]),  # corner_up
            Bilateral(math.dist(left, LEFT_EYE), math.dist(right, RIGHT_EYE)),  # corner_to_eye
            chin[1],  # chin_down
            chin[0],  # chin_side
            lower_lip[1] - upper_lip[1],  # lip_gap
            Bilateral(smile, smile_r),
            Bilateral(squint, squint_r),
            (frown + frown_r) / 2,  # brow_down
            aligned.pose,
            aligned.unit_px,
            (iris_px + other_iris_px) / 2,
            ((eye_x + other_x) / 2, (eye_y + other_y) / 2),  # centre
        )


def own_ruler(observation: FaceObservation) -> Ruler:
    """Return what measures a face in its own frame."""
    return Ruler(canonical(used_points(observation)))
