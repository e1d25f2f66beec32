"""A smile as it is on a typical face: for want of the person's own neutral one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from coach.face.baseline import Baseline, MirroredNeutral
from coach.face.measures import Measures
from coach.types import Bilateral

# From MediaPipe's mouthSmile to the corner pull of a typical face, outer-eye-corner distances.
PULLS = ((0.0, 0.0), (0.25, 0.035), (0.62, 0.075), (0.78, 0.105), (0.90, 0.135), (1.0, 0.16))
# Movements that come with the corners' pull, as shares of it (medians of recorded people's smiles).
UP, OUT, FOLD = 0.8, 0.45, 0.33
AT_REST = 0.02  # mouthSmile of most resting faces


def typical_pull(smile: float) -> float:
    """Return the corner pull of a typical face from its mouthSmile, piecewise linear."""
    for (x, y), (x2, y2) in pairwise(PULLS):
        if smile <= x2:
            return y + (y2 - y) * (smile - x) / (x2 - x)
    return PULLS[-1][1]


def without_smile(baseline: Baseline) -> Baseline:
    """Return the neutral face guessed from a face that never stops smiling.

    It is taken to rest evenly, which no face does to the millimetre: a smile that looks even against it is
    even, of an uneven one nothing can be said about which side is the weaker one.
    """
    mirrored = baseline.mirrored
    return replace(
        baseline,
        neutral=_relaxed(baseline.neutral),
        quality=0.0,
        mirrored=mirrored and MirroredNeutral(mirrored.reference, _relaxed(mirrored.neutral)),
    )


def _relaxed(smiling: Measures) -> Measures:
    pull = typical_pull(smiling.smile.mean)

    def less(value: Bilateral, by: float) -> Bilateral:
        return Bilateral(value.mean - by, value.mean - by)

    return replace(
        smiling,
        corner_to_eye=less(smiling.corner_to_eye, -pull),
        corner_up=less(smiling.corner_up, UP * pull),
        corner_out=less(smiling.corner_out, OUT * pull),
        nasolabial=less(smiling.nasolabial, FOLD * pull),
        smile=Bilateral(AT_REST, AT_REST),
    )
