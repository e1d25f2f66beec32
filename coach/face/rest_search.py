"""Where in a recording the face is at rest, found from all of its frames before anything is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.face.head_frame import canonical, used_points
from coach.face.measures import Measures, measure
from coach.types import FaceObservation

Array = NDArray[np.float64]

LONG_ENOUGH_S = 3.0  # a longer stretch tells no more about the neutral face
SEED_S = 0.5  # the calmest moment is looked for over this long
BLINK_S = 0.4  # so long a stretch may be interrupted: a blink, a lost face
LIDS_AT, SQUINT_AT = 7, 9  # places in a posture
STEP_S = 0.03  # frames closer together are left out: neighbours say the same
CLOSED = 0.7  # an aperture below this share of the median is a blink
OPENING_SHARE = 0.85  # of the first seconds must be at rest for them to be the neutral
# How far a resting face may be from its calmest moment: three times what a resting face of 45 recorded
# people wanders (field notes: p90 of the corner's place 0.007, of the smile blendshape 0.03).
CORNER, LIP_GAP, CHIN, BROW, LID = 0.016, 0.02, 0.035, 0.03, 0.02  # outer-eye-corner distances
SMILE, SQUINT, TURN_DEG = 0.12, 0.07, 8.0  # a cheek raise squints by 0.11 and more
# Blendshapes whose sum says how much is going on in the lower face, by their place in MediaPipe's list: open
# jaw, frown, funnel, mouth to a side, lower lip down, pucker, lower lip up, smile, stretch, upper lip up.
# Lips that are pressed or rolled in are how many people rest, so they are left out.
BUSY = (25, 30, 31, 32, 33, 34, 35, 38, 39, 42, 44, 45, 46, 47, 48, 49)
# Of the eyes' half of the face, brows down or up and squinting. At rest they read otherwise on every face, so
# only their rise over the film's calmest part counts; and less, since they differ from one rest to the next.
EYES, EYES_COUNT = (1, 2, 4, 5, 19, 20), 0.75
# Muscles only ever raise the lower lids and part the lips: how far above the film's calmest part, in their
# tolerances, tells cheek raises, which the blendshapes show faintly, and open jaws, of which they miss some.
LIDS_COUNT, LIPS_COUNT = 0.4, 0.1
CALMEST = 0.15  # share of a film, at the least, in which a part of the face is at rest
AS_CALM = 0.6  # so much more may be going on in the first seconds than in the calmest moment
# A cheek that is raised in the first seconds and not in the calmest moment: lids and squint, in their
# tolerances. In pieces of films of rendered people resting eyes differ by 0.26 and 1.4 at most, held raises
# by 0.6 and 1.7 at least.
RAISED_LIDS, RAISED_SQUINT = 0.4, 1.0
UNREST_COSTS, LATE_COSTS = 0.1, 0.1  # beside what is going on: how much changes; people begin at rest
TURN_COSTS_DEG = 60.0  # a head turned by this much is as far from rest as one full blendshape


@dataclass(frozen=True, slots=True)
class Rest:
    """A stretch at rest, seconds. `smile`: mean of the smile blendshape in it, 0..1."""

    start: float
    end: float
    smile: float


def find_rest(faces: Sequence[FaceObservation]) -> Rest | None:
    """Return the longest stretch at rest, the first three seconds if they are one.

    The calmest moment of the whole recording says what rest is on this face; a stretch is at rest while
    nothing of the face is further from it than a resting face wanders.

    Parameters
    ----------
    faces
        All faces of the recording, in order of time.

    Returns
    -------
    At most `LONG_ENOUGH_S` long. None if there are fewer than three faces.
    """
    faces = _thinned(faces)
    if len(faces) < 3:  # noqa: PLR2004  # a median needs three
        return None
    t = np.array([face.t for face in faces])
    reference = canonical(np.median([canonical(used_points(face)) for face in faces], axis=0))
    measured = [measure(face, reference) for face in faces]
    posture, tolerance = _postures(measured)
    open_eyes = _open(measured)
    busy = _busy(faces, measured, open_eyes)
    seed = _calmest(t, busy, posture / tolerance)
    first = open_eyes & (t <= t[0] + LONG_ENOUGH_S)
    posture_rel = posture / tolerance
    if (
        t[-1] - t[0] >= LONG_ENOUGH_S
        and first.any()
        and _at_rest(posture_rel[first], busy[first], busy[seed])
        and not _raised(posture_rel[first], posture_rel[seed])
    ):
        start, end = float(t[0]), float(t[0]) + LONG_ENOUGH_S
    else:
        calm = (np.abs(posture - np.median(posture[seed], axis=0)) <= tolerance).all(axis=1)
        start, end = _longest(t, calm)
        calmest = float(t[seed[0]]), float(t[seed[-1]])
        if end - start < calmest[1] - calmest[0]:  # a face that is never still: its calmest moment must do
            start, end = calmest
    smile = float(np.mean([m.smile.mean for m, at in zip(measured, t, strict=True) if start <= at <= end]))
    return Rest(start, end, smile)


def _thinned(faces: Sequence[FaceObservation]) -> list[FaceObservation]:
    kept: list[FaceObservation] = []
    for face in faces:
        if not kept or face.t - kept[-1].t >= STEP_S:
            kept.append(face)
    return kept


def _postures(measured: Sequence[Measures]) -> tuple[Array, Array]:
    """Return the values that rest is judged by, (n, k), and how far each may be from the calmest, (k,)."""
    rows = [
        (
            *(m.corner_to_eye.left, m.corner_to_eye.right, m.corner_out.left, m.corner_out.right),
            *(m.lip_gap, m.chin_down, m.brow.mean, m.lower_lid.mean),
            *(m.smile.mean, m.squint.mean, m.pose.yaw, m.pose.pitch, m.pose.roll),
        )
        for m in measured
    ]
    tolerance = (*(CORNER,) * 4, LIP_GAP, CHIN, BROW, LID, SMILE, SQUINT, *(TURN_DEG,) * 3)
    return np.array(rows), np.array(tolerance)


def _open(measured: Sequence[Measures]) -> NDArray[np.bool_]:
    apertures = np.array([m.aperture.mean for m in measured])
    opened: NDArray[np.bool_] = apertures >= CLOSED * np.median(apertures)
    return opened


def _busy(
    faces: Sequence[FaceObservation], measured: Sequence[Measures], open_eyes: NDArray[np.bool_]
) -> Array:
    """Return how much is going on in each frame, in blendshapes: 0 at rest, 1 where one is full."""
    shapes = np.array([face.blendshapes for face in faces])
    eyes = _above_calmest(shapes[:, list(EYES)], open_eyes).sum(axis=1)
    lids = _above_calmest(np.array([m.lower_lid.mean for m in measured]), open_eyes) / LID
    lips = _above_calmest(np.array([m.lip_gap for m in measured]), open_eyes) / LIP_GAP
    turned = np.array([abs(m.pose.yaw) + abs(m.pose.roll) for m in measured]) / TURN_COSTS_DEG
    total: Array = shapes[:, list(BUSY)].sum(axis=1) + turned + np.where(open_eyes, 0.0, 0.5)
    total += EYES_COUNT * eyes + LIDS_COUNT * lids + LIPS_COUNT * lips
    return total


def _above_calmest(values: Array, open_eyes: NDArray[np.bool_]) -> Array:
    """Return how far values are above those of the film's calmest part."""
    above: Array = np.maximum(values - np.quantile(values[open_eyes], CALMEST, axis=0), 0.0)
    return above


def _at_rest(posture: Array, busy: Array, calmest: Array) -> bool:
    """Whether one stretch stays about its own middle, and is hardly busier than the calmest."""
    if np.median(busy) > np.median(calmest) + AS_CALM:
        return False
    still = (np.abs(posture - np.median(posture, axis=0)) <= 1.0).all(axis=1)
    return bool(still.mean() >= OPENING_SHARE)


def _raised(posture: Array, calmest: Array) -> bool:
    """Whether the cheeks are up in one stretch and not in the calmest."""
    lids, squint = (np.median(posture, axis=0) - np.median(calmest, axis=0))[[LIDS_AT, SQUINT_AT]]
    return bool(lids > RAISED_LIDS and squint > RAISED_SQUINT)


def _calmest(t: Array, busy: Array, posture: Array) -> NDArray[np.intp]:
    """Return the frames of the moment in which least is going on and changes; if in doubt, an early one."""
    span_s = min(SEED_S, (t[-1] - t[0]) / 3)
    best, least = np.arange(len(t)), np.inf
    for begin in range(len(t)):
        end = int(np.searchsorted(t, t[begin] + span_s, side="right"))
        if end - begin < min(3, len(t)) or t[begin] + span_s > t[-1] + STEP_S:
            continue
        unrest = float(np.ptp(posture[begin:end], axis=0).max())
        late = (t[begin] - t[0]) / (t[-1] - t[0])
        total = float(busy[begin:end].mean()) + UNREST_COSTS * unrest + LATE_COSTS * late
        if total < least:
            best, least = np.arange(begin, end), total
    return best


def _longest(t: Array, calm: Any) -> tuple[float, float]:
    """Return the longest stretch of calm frames, seconds; short gaps in it are forgiven."""
    best = (float(t[0]), float(t[0]))
    start = last = None
    for at, quiet in zip(t.tolist(), calm.tolist(), strict=True):
        if not quiet:
            continue
        if start is None or last is None or at - last > BLINK_S:
            start = at
        last = at
        if last - start > best[1] - best[0]:
            best = start, last
    return best[0], min(best[1], best[0] + LONG_ENOUGH_S)
