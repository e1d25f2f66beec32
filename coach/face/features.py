"""One face compared with the person's own neutral (0) and best (1)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from coach.face.baseline import Baseline, MirroredNeutral, OwnRange
from coach.face.measures import measure
from coach.types import Bilateral, FaceObservation, Light

# Weight of the nasolabial point next to the mouth corner. On rendered people with known sides, in seven kinds
# of pictures, weights of 2 to 5 best separate even smiles (median ratio >= 0.85) from smiles with one side
# weaker by a third (<= 0.81). The corner's height alone gives 0.80 and 0.77, with single frames far outside.
NASOLABIAL_WEIGHT = 3.0
# A closing upper lid pulls the lower lid along a little. Subtracting a third of its drop from the lower lid's
# rise leaves the part that the cheek causes (fitted on rendered people, 61,000 frames).
LID_COUPLING = 0.33
# Narrowing of the eye in a full cheek raise, as a share of its neutral aperture. Only together do the lower
# lid's rise and the narrowing tell a smile that reaches the eyes from one of the mouth alone.
NARROWING_OF_FULL_RAISE = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """One frame as the exercises see it. Sides are the person's own; `t` in seconds.

    Lengths marked "units" are outer-eye-corner distances above the person's neutral.

    `lid_lift`: lower-lid rise free of the upper lid's movement, units; `cheek_raise`: the same as a
    share of the person's best. `eye_engagement`: how far the eyes join in a smile, 0 = not at all, about 1 =
    with a full cheek raise. `lower_lid_rise`, `upper_lid_drop`, `cheek_lift`, `brow_raise`: units.
    `closure`: 0 open .. 1 closed, the upper lid's drop as a share of the neutral aperture.
    `eye_aperture`: 1 = the person's neutral. `corner_pull`: shortening between mouth corner and eye, units;
    `lip_corner_pull`: the same as a share of the person's best smile; `smile_lift`: height of mouth corner
    and nasolabial fold together, units, which tells the sides apart best; `corner_travel`: movement of the
    corner in the plane of the face, units; `excursion_mm`: the same in millimetres.
    `jaw_down`, `jaw_side` (+ = to the person's left), `lip_gap`: units; `jaw_open`: share of the person's
    widest. `smile`, `squint`: blendshapes above neutral; `brow_down`: likewise.
    `mirrored`: the smile's sides as the mirrored picture shows them; None in most frames.
    `side_light`: natural logarithm of the light on the left over that on the right cheek, 0 if unknown.
    `yaw`, `pitch`, `roll`: degrees against the camera; `turn`: greatest of yaw's and pitch's
    distance from the neutral pose, degrees. `size`: outer-eye-corner distance as a share of the
    picture's height; `unit_px`: the same in pixels.
    """

    t: float
    lid_lift: Bilateral
    cheek_raise: Bilateral
    lower_lid_rise: Bilateral
    upper_lid_drop: Bilateral
    eye_engagement: float
    cheek_lift: Bilateral
    brow_raise: Bilateral
    closure: Bilateral
    eye_aperture: Bilateral
    corner_pull: Bilateral
    lip_corner_pull: Bilateral
    smile_lift: Bilateral
    corner_travel: Bilateral
    excursion_mm: Bilateral
    jaw_down: float
    jaw_side: float
    jaw_open: float
    lip_gap: float
    smile: Bilateral
    squint: Bilateral
    brow_down: float
    yaw: float
    pitch: float
    roll: float
    turn: float
    size: float
    unit_px: float = math.inf
    side_light: float = 0.0
    mirrored: SmileSides | None = None


@dataclass(frozen=True, slots=True)
class SmileSides:
    """The person's own two sides of a smile above neutral: `lift` and `smile`, see `Features`."""

    lift: Bilateral
    smile: Bilateral


def extract(observation: FaceObservation, baseline: Baseline, own_range: OwnRange) -> Features:
    """Compare one observed face with the person's own neutral and range."""
    now, rest = measure(observation, baseline.reference), baseline.neutral
    lower_lid_rise = now.lower_lid - rest.lower_lid
    upper_lid_drop = rest.upper_lid - now.upper_lid
    lid_lift = Bilateral(
        lower_lid_rise.left - LID_COUPLING * max(upper_lid_drop.left, 0.0),
        lower_lid_rise.right - LID_COUPLING * max(upper_lid_drop.right, 0.0),
    )
    aperture, rest_aperture = now.aperture, rest.aperture
    eye_aperture = Bilateral(aperture.left / rest_aperture.left, aperture.right / rest_aperture.right)
    closure = Bilateral(upper_lid_drop.left / rest_aperture.left, upper_lid_drop.right / rest_aperture.right)
    corner_pull = rest.corner_to_eye - now.corner_to_eye
    out, up = now.corner_out - rest.corner_out, now.corner_up - rest.corner_up
    corner_travel = Bilateral(math.hypot(out.left, up.left), math.hypot(out.right, up.right))
    fold_up = now.nasolabial - rest.nasolabial
    jaw_down = now.chin_down - rest.chin_down
    # The mouth corners show the jaw's sideways movement more clearly than the chin, which skin hides.
    corners_side = (out.left - out.right) / 2
    return Features(
        t=observation.t,
        lid_lift=lid_lift,
        cheek_raise=lid_lift / own_range.cheek,
        lower_lid_rise=lower_lid_rise,
        upper_lid_drop=upper_lid_drop,
        eye_engagement=lid_lift.mean / own_range.cheek + (1 - eye_aperture.mean) / NARROWING_OF_FULL_RAISE,
        cheek_lift=now.cheek - rest.cheek,
        brow_raise=now.brow - rest.brow,
        closure=closure,
        eye_aperture=eye_aperture,
        corner_pull=corner_pull,
        lip_corner_pull=corner_pull / own_range.smile,
        smile_lift=up + fold_up * NASOLABIAL_WEIGHT,
        corner_travel=corner_travel,
        excursion_mm=corner_travel * baseline.mm,
        jaw_down=jaw_down,
        jaw_side=(now.chin_side - rest.chin_side + corners_side) / 2,
        jaw_open=jaw_down / own_range.jaw,
        lip_gap=now.lip_gap - rest.lip_gap,
        smile=now.smile - rest.smile,
        squint=now.squint - rest.squint,
        brow_down=now.brow_down - rest.brow_down,
        yaw=now.pose.yaw,
        pitch=now.pose.pitch,
        roll=now.pose.roll,
        turn=max(abs(now.pose.yaw - rest.pose.yaw), abs(now.pose.pitch - rest.pose.pitch)),
        size=now.unit_px / observation.size[1],
        unit_px=now.unit_px,
        side_light=_side_light(observation.light),
        mirrored=_mirrored(observation.mirrored, baseline.mirrored),
    )


def _mirrored(observation: FaceObservation | None, rest: MirroredNeutral | None) -> SmileSides | None:
    """Return the smile's sides as the mirrored picture shows them, turned back to the person's own."""
    if observation is None or rest is None:
        return None
    now = measure(observation, rest.reference)
    lift = (now.corner_up - rest.neutral.corner_up) + (
        now.nasolabial - rest.neutral.nasolabial
    ) * NASOLABIAL_WEIGHT
    return SmileSides(lift.mirrored(), (now.smile - rest.neutral.smile).mirrored())


def _side_light(light: Light | None) -> float:
    if light is None or light.balance.minimum <= 0:
        return 0.0
    return math.log(light.balance.left / light.balance.right)
