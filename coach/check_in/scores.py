"""Scores of a face: mouth curve, cheek lift, eye squint, jaw, symmetry, excursion, the smile and its type.

The formulas, their units and where each number comes from: `docs/scores.md`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Literal, TypeAlias

import numpy as np

from coach.check_in.photo_measures import PhotoComparison, StillPicture, measure_photo
from coach.exercise.smile_symmetry import LIPS_APART
from coach.face.measures import IRIS_MM
from coach.face.typical_smile import typical_pull
from coach.types import Bilateral

SmileType: TypeAlias = Literal["none", "eyes_engaged", "mouth_only", "closed", "one_sided"]

# What 100 stands for, in outer-eye-corner distances (about 84 mm) or as a share. On rendered people a
# full-strength smile pulls the corners by 0.14, a full cheek raise lifts the lower lid by 0.013 and
# narrows the eye by 0.3, a jaw dropped by 26 mm parts the lips by 0.30: there is room above each.
FULL_PULL = 0.16
FULL_LIFT = 0.03
NARROWING_CLOSED = 0.6  # beyond it the eye counts as closed
FULL_GAP = 0.50  # about 42 mm
# A dropping jaw draws the corners and the lower lids' landmarks down, a smile of the mouth alone draws the
# lids' up; both are taken out again. Of the lip gap and of the pull; drawn and rendered faces agree on the
# former, for the latter 0.02 lies between them (0.03 and 0.005).
JAW_ON_PULL, JAW_ON_LIFT, SMILE_ON_LIFT = 0.22, 0.015, 0.02
CHIN_SHARE = 2.0  # lips that part further than this times the chin's drop are a smile's, not the jaw's

SMILING = 15.0  # a mouth curve below this is no smile
ENGAGED_LIFT = 0.007  # the lower lid's rise in a smile whose eyes fully join in (rendered: 0.0045-0.011)
# Eye engagement from which on the eyes are engaged. Rendered people: up to 32 without, from 69 with raised
# cheeks; broad smiles of real people: from 49. Two standard errors of nine pictures lie on either side.
ENGAGED = 40.0
# True over measured weakness of a side. A straight line, where the exercises correct the corners' difference
# (`side_difference.LIFT_READS`): the two agree within 3 points down to a measured symmetry of 0.6, and the
# scores of earlier check-ins stay comparable.
UNDER_READ = 1.2
ONE_SIDED = 60.0  # symmetry below which a smile is one-sided, if the difference can be seen at all:
NOTICEABLE_MM = 3.0  # smaller differences of the corners others do not notice (Hohman 2014)

IRIS_SD = 0.42 / IRIS_MM  # people's irises differ: Ruefer 2005, see `measures.IRIS_MM`
READ_MM = 0.4  # one picture's deviation of the excursion under small turns and changes of light and distance
# One picture's deviation of each score under the same, points (drawn face, see `docs/scores.md`).
RETEST = {
    "mouth_curve": 2.0,
    "cheek_lift": 2.5,
    "eye_squint": 2.0,
    "jaw_openness": 1.5,
    "symmetry": 2.0,
    "eye_engagement": 10.0,
    "smile": 2.0,
}
TURNED_DEG = 8.0  # beyond it the scores are less certain than they say


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores 0..100 of one picture, or of several together; None is "cannot be known".

    `relative`: against the person's neutral; otherwise `mouth_curve` is against a typical face and only
    `jaw_openness`, `mouth_width_mm` and `eye_opening_mm` need no comparison. `excursion_mm` of the
    mouth corners with its standard deviation `excursion_sd_mm`. `eyes_closed`: the eyes cannot be
    judged. `turn_deg`: how far the head is turned, see `photo_measures.PhotoComparison`.
    """

    relative: bool
    mouth_curve: float
    jaw_openness: float
    cheek_lift: float | None = None
    eye_squint: float | None = None
    symmetry: float | None = None
    eye_engagement: float | None = None
    smile: float | None = None
    type: SmileType | None = None
    excursion_mm: Bilateral | None = None
    excursion_sd_mm: Bilateral | None = None
    mouth_width_mm: float | None = None
    eye_opening_mm: Bilateral | None = None
    eyes_closed: bool = False
    turn_deg: float = 0.0


NUMBERS = tuple(RETEST)


def score(compared: PhotoComparison) -> Scores:
    """Score one picture that was compared with the person's neutral. Every formula: `docs/scores.md`."""
    opening = jaw_opening(compared.gap, compared.chin)
    pull = _plus(compared.pull, JAW_ON_PULL * opening)
    lift = compared.lift.mean + JAW_ON_LIFT * opening - SMILE_ON_LIFT * max(pull.mean, 0.0)
    closed = compared.narrowing.mean > NARROWING_CLOSED
    curve = points(pull.mean, FULL_PULL)
    smiles = curve >= SMILING
    evenness = symmetry(pull) if smiles else None
    engaged = None if closed else points(lift, ENGAGED_LIFT)
    return Scores(
        relative=True,
        mouth_curve=curve,
        jaw_openness=points(opening, FULL_GAP),
        cheek_lift=None if closed else points(lift, FULL_LIFT),
        eye_squint=None if closed else points(compared.narrowing.mean, NARROWING_CLOSED),
        symmetry=evenness,
        eye_engagement=engaged,
        smile=smile_score(curve, engaged, evenness),
        type=smile_type(curve, engaged, evenness, compared),
        excursion_mm=compared.excursion_mm,
        excursion_sd_mm=_excursion_sd(compared.excursion_mm, (READ_MM, READ_MM)),
        eyes_closed=closed,
        turn_deg=compared.turn,
    )


def score_alone(picture: StillPicture) -> Scores:
    """Score a picture without the person's neutral: only what is honest without one.

    The jaw, the mouth's width and the eyes' opening need no comparison; the mouth curve is the
    network's own idea of a smile on a typical face (+/- 10 points). Everything else stays None.
    """
    alone = measure_photo(picture)
    return Scores(
        relative=False,
        mouth_curve=points(typical_pull(alone.smile), FULL_PULL),
        jaw_openness=points(alone.gap, FULL_GAP),
        mouth_width_mm=alone.mouth_width_mm,
        eye_opening_mm=alone.eye_opening_mm,
        turn_deg=alone.turn,
    )


def middle_of(takes: Sequence[Scores]) -> Scores:
    """Return the scores of several pictures of one face as one, field by field, see `middle`.

    The type is the most frequent one. The excursion's deviation is that of the pictures instead of
    `READ_MM`, where it is larger.
    """

    def mid(name: str) -> float | None:
        values = [value for take in takes if (value := getattr(take, name)) is not None]
        return middle(values) if values else None

    travels = [take.excursion_mm for take in takes if take.excursion_mm is not None]
    travel = (
        Bilateral(middle([t.left for t in travels]), middle([t.right for t in travels])) if travels else None
    )
    kinds = [take.type for take in takes]
    values = {name: mid(name) for name in NUMBERS}
    return Scores(
        relative=takes[0].relative,
        mouth_curve=values["mouth_curve"] or 0.0,
        jaw_openness=values["jaw_openness"] or 0.0,
        cheek_lift=values["cheek_lift"],
        eye_squint=values["eye_squint"],
        symmetry=values["symmetry"],
        eye_engagement=values["eye_engagement"],
        smile=values["smile"],
        type=max(kinds, key=lambda kind: (kinds.count(kind), -kinds.index(kind))),
        excursion_mm=travel,
        excursion_sd_mm=_excursion_sd(travel, _spread(travels)) if travel else None,
        eyes_closed=all(take.eyes_closed for take in takes),
        turn_deg=max(take.turn_deg for take in takes),
    )


def typical(takes: Sequence[Scores]) -> int:
    """Return which of several pictures of one face is most like all of them, by its scores."""
    whole = middle_of(takes)

    def apart(take: Scores) -> float:
        total = 0.0
        for name, sd in RETEST.items():
            one, all_ = getattr(take, name), getattr(whole, name)
            total += 0.0 if one is None or all_ is None else abs(one - all_) / sd
        return total

    return min(range(len(takes)), key=lambda n: apart(takes[n]))


def middle(values: Sequence[float]) -> float:
    """Return the mean of the middle half: as steady as a mean, and one blink does not move it.

    Of three values it is the median.
    """
    ordered = sorted(values)
    apart = (len(ordered) + 1) // 4
    return fmean(ordered[apart : len(ordered) - apart])


def sem(takes: Sequence[Scores], name: str) -> float | None:
    """Return the standard error of measurement of one score of several pictures, in points.

    The larger of the pictures' own spread and of `RETEST`, over the root of their number; from three on
    1.25 times that, as pictures of one held face are alike (`docs/scores.md`). None if no picture has it.
    """
    values = [value for take in takes if (value := getattr(take, name)) is not None]
    if not values:
        return None
    spread = max(stdev(values), RETEST[name]) if len(values) > 1 else RETEST[name]
    return (1.2533 if len(values) > 2 else 1.0) * spread / math.sqrt(len(values))  # noqa: PLR2004


def points(value: float, full: float) -> float:
    """Return a value as 0..100 of what 100 stands for."""
    return 100 * min(max(value / full, 0.0), 1.0)


def jaw_opening(gap: float, chin: float) -> float:
    """How far the jaw opens the mouth: the lips' distance, if the chin has dropped as well."""
    return max(min(gap, CHIN_SHARE * chin), 0.0)


def symmetry(pull: Bilateral) -> float:
    """Weaker over stronger corner pull, 0..100, with the landmarker's bias towards even faces undone."""
    return 100 * max(1 - UNDER_READ * (1 - pull.symmetry), 0.0)


def smile_score(curve: float, engaged: float | None, evenness: float | None) -> float | None:
    """Return the whole smile: 60 % mouth, 25 % eyes, 15 % evenness, the latter two only where it smiles.

    curve x (0.60 + 0.25 engagement / 100 + 0.15 symmetry / 100); None with closed eyes. The weights are
    a choice: the mouth decides whether others see a smile, the eyes and the evenness how it looks.
    """
    if engaged is None:
        return None
    return curve * (0.60 + 0.25 * engaged / 100 + 0.15 * (evenness or 0.0) / 100)


def smile_type(
    curve: float, engaged: float | None, evenness: float | None, compared: PhotoComparison
) -> SmileType | None:
    """Name the smile; None if the eyes are closed and would decide.

    In this order: `none`; `one_sided`: symmetry below `ONE_SIDED` and the corners' difference
    noticeable; `eyes_engaged`; of the others `closed` with the lips together, else `mouth_only`.
    """
    if curve < SMILING:
        return "none"
    travel = compared.excursion_mm
    if evenness is not None and evenness < ONE_SIDED and abs(travel.left - travel.right) >= NOTICEABLE_MM:
        return "one_sided"
    if engaged is None:
        return None
    if engaged >= ENGAGED:
        return "eyes_engaged"
    return "closed" if compared.gap < LIPS_APART else "mouth_only"


def _plus(pair: Bilateral, amount: float) -> Bilateral:
    return Bilateral(pair.left + amount, pair.right + amount)


def _spread(travels: Sequence[Bilateral]) -> tuple[float, float]:
    if len(travels) < 2:  # noqa: PLR2004
        return READ_MM, READ_MM
    sides = np.array([(t.left, t.right) for t in travels])
    left, right = np.maximum(sides.std(axis=0, ddof=1), READ_MM) / math.sqrt(len(travels))
    return float(left), float(right)


def _excursion_sd(travel: Bilateral, read: tuple[float, float]) -> Bilateral:
    """Return the iris scale's and the reading's deviations together, mm."""
    return Bilateral(math.hypot(IRIS_SD * travel.left, read[0]), math.hypot(IRIS_SD * travel.right, read[1]))
