"""A person's own neutral face and own range: the 0 and the 1 of their features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from coach.face.head_frame import HeadPose, canonical, fit, used_points
from coach.face.measures import IRIS_MM, Measures, measure
from coach.types import Bilateral, FaceObservation, Points

SETTLE_S = 0.3  # the landmarker's first guesses are still moving to their place
CLOSED = 0.7  # an aperture below this share of the median is a blink
LEAST_FRAMES = 5


@dataclass(frozen=True, slots=True)
class OwnRange:
    """The largest movements of one person, in outer-eye-corner distances above neutral.

    The defaults are typical (medians of rendered and recorded people) and serve until a calibration, or the
    first repetitions, give better values.
    """

    cheek: float = 0.020
    smile: float = 0.090
    jaw: float = 0.220


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """The neutral face.

    `reference`: the `USED` landmarks in the head frame. `neutral`: medians of the usable frames.
    `mm`: millimetres per length unit. `noise`: one frame's deviation on the neutral face (robust
    standard deviation, length units) of lower lids, mouth corners and chin.
    `quality`: 0..1, share of the frames that were usable. `duration_s`: seconds they cover. `mirrored`: the
    neutral face in the mirrored picture; None if no frame was looked at that way.
    """

    reference: Points
    neutral: Measures
    mm: float
    noise: Noise
    quality: float
    duration_s: float
    mirrored: MirroredNeutral | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MirroredNeutral:
    """The neutral face in the mirrored picture, with the sides of that picture; see `Baseline`."""

    reference: Points
    neutral: Measures


@dataclass(frozen=True, slots=True)
class Noise:
    """Robust standard deviations on the neutral face, in length units."""

    lid: float = 0.001
    corner: float = 0.002
    chin: float = 0.002


def neutral_baseline(
    seen: Sequence[FaceObservation], settle_s: float = SETTLE_S, least_frames: int = LEAST_FRAMES
) -> Baseline | None:
    """Return the baseline of a face at rest, blinks and the landmarker's first moments dropped.

    Parameters
    ----------
    seen
        One to several seconds of a face at rest, in order of time.
    settle_s
        Left out at its beginning, seconds.
    least_frames
        The least number of usable frames.

    Returns
    -------
    None if fewer than `least_frames` frames are usable.
    """
    if not seen:
        return None
    settled = [face for face in seen if face.t - seen[0].t >= settle_s]
    if len(settled) < least_frames:
        return None
    reference = _reference([used_points(face) for face in settled])
    measured = [measure(face, reference) for face in settled]
    apertures = np.array([m.aperture.mean for m in measured])
    usable = [m for m, a in zip(measured, apertures, strict=True) if a >= CLOSED * np.median(apertures)]
    if len(usable) < least_frames:
        return None
    neutral: Measures = _median(usable)
    return Baseline(
        reference=reference,
        neutral=neutral,
        mm=IRIS_MM * neutral.unit_px / neutral.iris_px,
        noise=Noise(
            lid=_spread([m.lower_lid.mean for m in usable]),
            corner=_spread([m.corner_to_eye.mean for m in usable]),
            chin=_spread([m.chin_down for m in usable]),
        ),
        quality=len(usable) / len(settled),
        duration_s=settled[-1].t - settled[0].t,
        mirrored=_mirrored_neutral([face.mirrored for face in settled if face.mirrored is not None]),
    )


def _mirrored_neutral(seen: Sequence[FaceObservation]) -> MirroredNeutral | None:
    if not seen:
        return None
    reference = _reference([used_points(face) for face in seen])
    return MirroredNeutral(reference, _median([measure(face, reference) for face in seen]))


def _reference(faces: Sequence[Points]) -> Points:
    """Median face in the head frame: fit to the first, take the median, fit again."""
    reference = canonical(faces[0])
    for _ in range(2):
        reference = canonical(np.median([fit(face, reference).points for face in faces], axis=0))
    return reference


def _spread(values: Sequence[float]) -> float:
    """Robust standard deviation: 1.4826 times the median absolute deviation (Hampel 1974)."""
    array = np.array(values)
    return float(1.4826 * np.median(np.abs(array - np.median(array))))


def _median(values: Sequence[Any]) -> Any:
    """Return the median of numbers; of measures, pairs, poses and places the median of each part."""
    first = values[0]
    if isinstance(first, Measures | HeadPose | Bilateral):
        names = [field.name for field in fields(first)]
        return type(first)(**{name: _median([getattr(value, name) for value in values]) for name in names})
    if isinstance(first, tuple):
        return tuple(_median(parts) for parts in zip(*values, strict=True))
    return float(np.median(values))
