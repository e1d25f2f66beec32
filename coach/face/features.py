"""One face compared with the same person's neutral: 0 = own neutral, 1 = own best."""

from __future__ import annotations

import math

from coach.face.baseline import Baseline, OwnRange
from coach.record import record
from coach.types import Bilateral, FaceObservation

# How much the nasolabial point counts beside the mouth corner. On rendered people with known sides, in
# seven kinds of pictures, 2 to 5 keep even smiles (median ratio >= 0.85) and a side weak by a third
# (<= 0.81) apart best; the corner's height alone gives 0.80 and 0.77, and single moments far beyond.
NASOLABIAL_WEIGHT = 3.0
# A closing upper lid pulls the lower one with it a little; what is left of the lower lid's rise after
# taking off a third of the upper lid's drop is the cheek's (fitted on rendered people, 61,000 frames).
LID_COUPLING = 0.33


@record(frozen=True, slots=True, eq=False)
class Features:
    """What the exercises see of one frame. Sides are the person's own; `t` in seconds.

    Lengths marked "units" are outer-eye-corner distances above the own neutral.

    `lid_lift`: lower-lid rise free of the upper lid's movement, units; `cheek_raise`: the same as a
    share of the own best. `eye_engagement`: how far the eyes join in a smile, 0 = not at all, about 1 =
    with a full cheek raise. `lower_lid_rise`, `upper_lid_drop`, `cheek_lift`, `brow_raise`: units.
    `closure`: 0 open .. 1 closed, the upper lid's drop as a share of the neutral aperture.
    `eye_aperture`: 1 = own neutral. `corner_pull`: shortening between mouth corner and eye, units;
    `lip_corner_pull`: the same as a share of the own best smile; `smile_lift`: height of mouth corner
    and nasolabial fold together, units, which tells the sides apart best; `corner_travel`: movement of the
    corner in the plane of the face, units; `excursion_mm`: the same in millimetres.
    `jaw_down`, `jaw_side` (+ = to the person's left), `lip_gap`: units; `jaw_open`: share of the own
    widest. `smile`, `squint`: blendshapes above neutral; `brow_down`: likewise.
    `yaw`, `pitch`, `roll`: degrees against the camera; `turn`: greatest of yaw's and pitch's
    distance from the neutral pose, degrees. `size`: outer-eye-corner distance as a share of the
    picture's height.
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


# Narrowing of the eye, as a share of its neutral aperture, that goes with a full cheek raise. Rise of the
# lower lid and narrowing together tell smiles of the mouth alone from those with the eyes; neither does so
# alone.
NARROWING_OF_FULL_RAISE = 0.3


def extract(observation: FaceObservation, baseline: Baseline, own_range: OwnRange) -> Features:
    """Compare one observed face with the person's own neutral and range."""
    now, rest = baseline.ruler.measure(observation), baseline.neutral
    lower_lid_rise = _above(now.lower_lid, rest.lower_lid)
    upper_lid_drop = _above(rest.upper_lid, now.upper_lid)
    lid_lift = Bilateral(
        lower_lid_rise.left - LID_COUPLING * max(upper_lid_drop.left, 0.0),
        lower_lid_rise.right - LID_COUPLING * max(upper_lid_drop.right, 0.0),
    )
    opened, wide = now.aperture, rest.aperture
    eye_aperture = Bilateral(opened.left / wide.left, opened.right / wide.right)
    corner_pull = _above(rest.corner_to_eye, now.corner_to_eye)
    out, up = _above(now.corner_out, rest.corner_out), _above(now.corner_up, rest.corner_up)
    corner_travel = Bilateral(math.hypot(out.left, up.left), math.hypot(out.right, up.right))
    fold = _above(now.nasolabial, rest.nasolabial)
    jaw_down = now.chin_down - rest.chin_down
    # the mouth corners follow the jaw sideways more clearly than the chin, which skin hides
    sway = ((now.corner_out.left - now.corner_out.right) - (rest.corner_out.left - rest.corner_out.right)) / 2
    pose, straight = now.pose, rest.pose
    return Features(  # by place: names make a dictionary of thirty, for each frame
        observation.t,
        lid_lift,
        _share(lid_lift, own_range.cheek),  # cheek_raise
        lower_lid_rise,
        upper_lid_drop,
        lid_lift.mean / own_range.cheek + (1 - eye_aperture.mean) / NARROWING_OF_FULL_RAISE,  # eye_engagement
        _above(now.cheek, rest.cheek),  # cheek_lift
        _above(now.brow, rest.brow),  # brow_raise
        Bilateral(upper_lid_drop.left / wide.left, upper_lid_drop.right / wide.right),  # closure
        eye_aperture,
        corner_pull,
        _share(corner_pull, own_range.smile),  # lip_corner_pull
        Bilateral(up.left + NASOLABIAL_WEIGHT * fold.left, up.right + NASOLABIAL_WEIGHT * fold.right),
        corner_travel,
        _share(corner_travel, 1.0 / baseline.mm),  # excursion_mm
        jaw_down,
        (now.chin_side - rest.chin_side + sway) / 2,  # jaw_side
        jaw_down / own_range.jaw,  # jaw_open
        now.lip_gap - rest.lip_gap,  # lip_gap
        _above(now.smile, rest.smile),  # smile
        _above(now.squint, rest.squint),  # squint
        now.brow_down - rest.brow_down,  # brow_down
        pose.yaw,
        pose.pitch,
        pose.roll,
        max(abs(pose.yaw - straight.yaw), abs(pose.pitch - straight.pitch)),  # turn
        now.unit_px / observation.size[1],  # size
    )


def _above(now: Bilateral, rest: Bilateral) -> Bilateral:
    return Bilateral(now.left - rest.left, now.right - rest.right)


def _share(value: Bilateral, whole: float) -> Bilateral:
    return Bilateral(value.left / whole, value.right / whole)
