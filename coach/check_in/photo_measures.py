"""Measures of a still picture, against the same person's neutral picture or by itself, for the scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from coach.face.baseline import Baseline, Noise, OwnRange
from coach.face.features import LID_COUPLING, Features, extract
from coach.face.head_frame import canonical, fit, used_points
from coach.face.landmarks import LEFT, RIGHT, places
from coach.face.measures import IRIS_MM, measure_alone
from coach.types import Bilateral, FaceObservation, Points

Lids: TypeAlias = NDArray[np.float64]
_EYES = tuple(
    tuple(places(*part) for part in ((eye.outer_eye, eye.inner_eye), eye.lower_lid, eye.upper_lid, eye.iris))
    for eye in (LEFT, RIGHT)
)
# The lower lid follows the gaze: its rise for each rise of the iris. Of 18 films of rendered people, the
# lid's true height is read better with it in 12 and worse in one; the drawn face is read best with 0.6.
GAZE_ON_LIFT = 0.5


@dataclass(frozen=True, slots=True)
class StillView:
    """One look at a still picture; `mirrored`: the picture was flipped, its left is the person's right."""

    observation: FaceObservation
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class StillPicture:
    """One face in a still picture, as it was `found` and in `views` from the front.

    The views are slightly tilted, scaled and mirrored, always in the same order.
    """

    found: FaceObservation
    views: tuple[StillView, ...]


@dataclass(frozen=True, slots=True)
class PhotoComparison:
    """One picture against the person's neutral, the mean of all views.

    `pull`: mouth corners towards the eyes; `lift`: lower lids' rise above the line through the eye's
    corners, free of the upper lids' and the gaze's movement; `gap`: the lips' distance above neutral;
    `chin`: the chin's drop; all in outer-eye-corner distances. `narrowing`: share of the neutral eye
    opening that is gone. `excursion_mm`: corner excursion.
    `turn`: the head's greatest angle, sideways to the camera or away from the neutral's pose, degrees.
    """

    pull: Bilateral
    lift: Bilateral
    narrowing: Bilateral
    gap: float
    chin: float
    excursion_mm: Bilateral
    turn: float


@dataclass(frozen=True, slots=True)
class PhotoMeasures:
    """Measures of one picture by itself, the mean of all views.

    `smile`: MediaPipe's mouthSmile, 0..1. `gap`: the lips' distance in outer-eye-corner distances.
    `turn`: the head's angle sideways to the camera, degrees.
    """

    smile: float
    gap: float
    mouth_width_mm: float
    eye_opening_mm: Bilateral
    turn: float


def compare(neutrals: Sequence[StillPicture], picture: StillPicture) -> PhotoComparison:
    """Compare a picture with the person's own neutral face, view by view.

    Parameters
    ----------
    neutrals
        One or more pictures of the face at rest.
    picture
        The picture to score, seen in the same views.

    Raises
    ------
    ValueError
        No neutral, or the pictures were not seen in the same views.
    """
    if not neutrals or any(_layout(neutral) != _layout(picture) for neutral in neutrals):
        raise ValueError("a picture is compared with at least one neutral, seen in the same views")
    pairs = [
        (view, rest.observation)
        for neutral in neutrals
        for view, rest in zip(picture.views, neutral.views, strict=True)
    ]
    seen = [(_features(view, baseline_of(rest)), view.mirrored) for view, rest in pairs]

    def sides(pick: Callable[[Features], Bilateral]) -> Bilateral:
        values = [pick(f).mirrored() if mirrored else pick(f) for f, mirrored in seen]
        return Bilateral(fmean(v.left for v in values), fmean(v.right for v in values))

    return PhotoComparison(
        pull=sides(lambda f: f.corner_pull),
        lift=_lift([_lid_rise(view, rest) for view, rest in pairs]),
        narrowing=sides(lambda f: Bilateral(1 - f.eye_aperture.left, 1 - f.eye_aperture.right)),
        gap=fmean(f.lip_gap for f, _ in seen),
        chin=fmean(f.jaw_down for f, _ in seen),
        excursion_mm=sides(lambda f: f.excursion_mm),
        turn=max(_turn(picture.found, neutral.found) for neutral in neutrals),
    )


def measure_photo(picture: StillPicture) -> PhotoMeasures:
    """Measure one picture without a neutral; millimetres by the iris, +/- 4 %."""
    measured = [(measure_alone(v.observation), v.mirrored) for v in picture.views]
    mm = fmean(IRIS_MM * m.unit_px / m.iris_px for m, _ in measured)
    openings = [m.aperture.mirrored() if mirrored else m.aperture for m, mirrored in measured]
    return PhotoMeasures(
        smile=fmean(m.smile.mean for m, _ in measured),
        gap=fmean(m.lip_gap for m, _ in measured),
        mouth_width_mm=mm * fmean(2 * m.corner_out.mean for m, _ in measured),
        eye_opening_mm=Bilateral(mm * fmean(o.left for o in openings), mm * fmean(o.right for o in openings)),
        turn=_turn(picture.found, picture.found),
    )


def _lift(rises: Sequence[Lids]) -> Bilateral:
    """Return the mean rise of the lower lids, without what falling upper lids and the gaze cause."""
    return Bilateral(
        *(
            lower + LID_COUPLING * min(upper, 0.0) - GAZE_ON_LIFT * iris
            for lower, upper, iris in np.mean(rises, axis=0).tolist()
        )
    )


def _lid_rise(view: StillView, rest: FaceObservation) -> Lids:
    """Return how far lids and iris have risen, (left, right) x (lower, upper, iris), units.

    Against the line through the same eye's corners: the head's own frame, fitted on points all over the
    face, is a little out in each picture, and the lids in it. On rendered people, one photo's lower lid
    scatters by 0.07 of a full cheek raise against this line and by 0.12 in the head's frame.
    """
    reference = canonical(used_points(rest))
    face = fit(used_points(view.observation), reference).points
    rise: Lids = _lids(reference) - _lids(face)  # y points down
    return rise[::-1] if view.mirrored else rise


def _lids(face: Points) -> Lids:
    y = face[:, 1]
    return np.array([[y[part].mean() - y[corners].mean() for part in parts] for corners, *parts in _EYES])


def _layout(picture: StillPicture) -> tuple[bool, ...]:
    return tuple(view.mirrored for view in picture.views)


def baseline_of(observation: FaceObservation) -> Baseline:
    """Return one picture of the face at rest as a baseline."""
    neutral = measure_alone(observation)
    mm = IRIS_MM * neutral.unit_px / neutral.iris_px
    return Baseline(canonical(used_points(observation)), neutral, mm, Noise(), 1.0, 0.0)


def _turn(found: FaceObservation, rest: FaceObservation) -> float:
    """Return the head's greatest angle, sideways to the camera or away from the neutral's pose, degrees."""
    seen = _features(StillView(found), baseline_of(rest))
    return max(seen.turn, abs(seen.yaw))


def _features(view: StillView, baseline: Baseline) -> Features:
    return extract(view.observation, baseline, OwnRange())
