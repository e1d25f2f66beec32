"""A still picture against the same person's neutral picture, or by itself: what the scores are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeAlias

from coach.baseline import Baseline, Noise, OwnRange
from coach.features import Features, extract
from coach.headframe import canonical, metric_points
from coach.landmarks import USED
from coach.measures import IRIS_MM, measure
from coach.types import Bilateral, FaceObservation, Points


@dataclass(frozen=True, slots=True)
class View:
    """One look at a still picture; `mirrored`: the picture was flipped, its left is the person's right."""

    observation: FaceObservation
    mirrored: bool = False


Picture: TypeAlias = tuple[View, ...]
"""The same face seen several times, slightly turned, scaled and mirrored: always in the same order."""


@dataclass(frozen=True, slots=True)
class Signals:
    """One picture against the own neutral, the mean of all views.

    `pull`: mouth corners towards the eyes, `lift`: lower lids' rise free of the upper lids' movement,
    `gap`: the lips' distance above neutral, `chin`: the chin's drop; all in outer-eye-corner distances.
    `narrowing`: share of the neutral eye opening that is gone. `travel_mm`: corner excursion.
    `turn`: the head's greatest angle, sideways to the camera or away from the neutral's pose, degrees.
    """

    pull: Bilateral
    lift: Bilateral
    narrowing: Bilateral
    gap: float
    chin: float
    travel_mm: Bilateral
    turn: float


@dataclass(frozen=True, slots=True)
class Alone:
    """What one picture tells by itself, the mean of all views.

    `smile`: MediaPipe's mouthSmile, 0..1. `gap`: the lips' distance in outer-eye-corner distances.
    `turn`: the head's angle sideways to the camera, degrees.
    """

    smile: float
    gap: float
    mouth_width_mm: float
    eye_opening_mm: Bilateral
    turn: float


def compare(neutrals: Sequence[Picture], picture: Picture) -> Signals:
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
    seen = [
        (_features(view, baseline_of(rest.observation)), view.mirrored)
        for neutral in neutrals
        for view, rest in zip(picture, neutral, strict=True)
    ]

    def sides(pick: Callable[[Features], Bilateral]) -> Bilateral:
        pairs = [pick(f).mirrored() if mirrored else pick(f) for f, mirrored in seen]
        return Bilateral(fmean(p.left for p in pairs), fmean(p.right for p in pairs))

    return Signals(
        pull=sides(lambda f: f.corner_pull),
        lift=sides(lambda f: f.lid_lift),
        narrowing=sides(lambda f: Bilateral(1 - f.eye_aperture.left, 1 - f.eye_aperture.right)),
        gap=fmean(f.lip_gap for f, _ in seen),
        chin=fmean(f.jaw_down for f, _ in seen),
        travel_mm=sides(lambda f: f.commissure_excursion_mm),
        turn=fmean(max(f.turn, abs(f.yaw)) for f, _ in seen),
    )


def look(picture: Picture) -> Alone:
    """Measure one picture without a neutral; millimetres by the iris, +/- 4 %."""
    measured = []
    for view in picture:
        used = used_points(view.observation)
        measured.append((measure(view.observation, used, canonical(used)), view.mirrored))
    mm = fmean(IRIS_MM * m.unit_px / m.iris_px for m, _ in measured)
    openings = [m.aperture.mirrored() if mirrored else m.aperture for m, mirrored in measured]
    return Alone(
        smile=fmean(m.smile.mean for m, _ in measured),
        gap=fmean(m.lip_gap for m, _ in measured),
        mouth_width_mm=mm * fmean(2 * m.corner_out.mean for m, _ in measured),
        eye_opening_mm=Bilateral(
            mm * fmean(o.left for o in openings), mm * fmean(o.right for o in openings)
        ),
        turn=fmean(abs(m.pose.yaw) for m, _ in measured),
    )


def _layout(picture: Picture) -> tuple[bool, ...]:
    return tuple(view.mirrored for view in picture)


def used_points(observation: FaceObservation) -> Points:
    """Return the `USED` landmarks (len(USED), 3) in pixels, as they were observed."""
    return metric_points(observation)[list(USED)]


def baseline_of(observation: FaceObservation) -> Baseline:
    """Return one picture of the face at rest as a baseline."""
    used = used_points(observation)
    reference = canonical(used)
    neutral = measure(observation, used, reference)
    return Baseline(reference, neutral, IRIS_MM * neutral.unit_px / neutral.iris_px, Noise(), 1.0, 0.0)


def _features(view: View, baseline: Baseline) -> Features:
    return extract(view.observation, used_points(view.observation), baseline, OwnRange())
