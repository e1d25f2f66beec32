"""The height of a held movement: how it is measured, which frames cannot be used, and its steady part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from coach.calibration.spec import CalibrationSpec, RangePart
from coach.exercise.blink import Eyes
from coach.face.features import Features

CalibrationFault: TypeAlias = Literal["mouth_moved", "eyes_closed", "head_turned", "too_short"]
FEWEST = 5  # frames that make a plateau


def height(part: RangePart, features: Features) -> float:
    """Return how large the movement is: lower lids, mouth corners (mean of the sides) or chin."""
    if part == "cheek":
        return features.lid_lift.mean
    return features.corner_pull.mean if part == "smile" else features.jaw_down


def fault_of(
    part: RangePart, features: Features, eyes: Eyes, spec: CalibrationSpec
) -> CalibrationFault | None:
    """Return why the frame cannot be used for this movement; blinks are left to the caller."""
    if spec.head.turned(features):
        return "head_turned"
    if part != "cheek":
        return None
    pull, mouth = features.corner_pull.maximum, spec.mouth
    smiling = features.smile.mean > mouth.max_smile and pull > mouth.pull_with_smile
    if smiling or pull > mouth.max_pull:
        return "mouth_moved"
    return "eyes_closed" if eyes.shut(features.t, spec.eyes) else None


@dataclass(frozen=True, slots=True)
class Plateau:
    """How much of a hold there is, 0..1, and how high it is."""

    held: float = 0.0
    height: float = 0.0


HeightTrace: TypeAlias = Sequence[tuple[float, float]]
"""(seconds, height) of usable frames, in order of time."""


def plateau(trace: HeightTrace, hold_s: float, tolerance: float, noise: float) -> Plateau:
    """Return how long the last `hold_s` seconds have stayed near their upper part, and its median.

    A spike is not near it and counts for nothing. The tolerance is a share of the height, or where
    the face is noisy three standard deviations of it.
    """
    recent = [(t, value) for t, value in trace if t >= trace[-1][0] - hold_s]
    if len(recent) < FEWEST:
        return Plateau()
    values = np.sort([value for _, value in recent])
    top = float(values[3 * len(values) // 4])
    near = values[np.abs(values - top) <= max(tolerance * top, 3 * noise)]
    span = (recent[-1][0] - recent[0][0]) * len(recent) / (len(recent) - 1)  # each frame lasts to the next
    share = len(near) / len(values) * span / hold_s
    return Plateau(min(share, 1.0), float(np.median(near)))
