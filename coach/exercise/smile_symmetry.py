"""The two sides of a smile: which is weaker, which moves first, by how much, and how far the corners move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import fmean, median
from typing import Annotated

from pydantic import Field

from coach.events import SideOrEven, Smile
from coach.exercise.repetition import Ended
from coach.face.features import Features
from coach.settings import Strict
from coach.types import Bilateral, Side

JUDGED_S = (0.25, 2.5)  # seconds after half-rise in which sides are compared, before any correction
FIRST_FRAMES = 8  # before an onset; enough for a median
OPEN = 0.3  # lid closure below which the eyes are open
MOST_BEFORE = 0.25  # drift of the resting eyes; anything above is the tail of another movement
# How far the brows sink in a full cheek raise; in a smile of the mouth alone they rise by a tenth of it.
BROW_SINKS = 0.03
LEAST_PULL = 0.3  # share of the own best; a smaller smile is too small to compare the eyes with
BEFORE_S = 0.6  # the level before the onset is the median over this time


class EvenSpec(Strict):
    """When a smile counts as even.

    `least_ratio`: measured weaker over stronger side, below which a smile is uneven. If it is below by less
    than `doubt`, it must stay there for much of the smile. `name_ratio`: below it the weaker side is named.
    `least_mm`: difference of the corners that others notice (3 mm: Hohman 2014, doi 10.1002/lary.24331;
    measured values come out smaller). `smooth_s`: the sides are averaged over this time. `least_lag_s`:
    smaller lags are ignored. `under_read`: power that turns a measured ratio into a true one;
    `lag_under_read`: true over measured lag. Both were found on rendered people: the landmarker expects even
    faces and pulls the sides together.
    """

    least_ratio: Annotated[float, Field(gt=0, le=1)]
    doubt: Annotated[float, Field(ge=0, lt=0.5)]
    name_ratio: Annotated[float, Field(gt=0, le=1)]
    least_mm: Annotated[float, Field(ge=0, le=10)]
    smooth_s: Annotated[float, Field(ge=0, le=2)]
    least_lag_s: Annotated[float, Field(ge=0, le=1)]
    under_read: Annotated[float, Field(ge=1, le=3)]
    lag_under_read: Annotated[float, Field(ge=1, le=3)]


def is_even(lift: Bilateral, excursion_mm: Bilateral, spec: EvenSpec) -> bool:
    """Whether the sides count as even: by their ratio, or because nobody would notice the difference."""
    difference_mm = (1 - lift.symmetry) * excursion_mm.maximum
    return lift.symmetry >= spec.least_ratio or difference_mm < spec.least_mm


def is_nearly_even(lift: Bilateral, spec: EvenSpec) -> bool:
    """Whether the sides are so close to even that a single frame is too noisy to tell."""
    return lift.symmetry >= spec.least_ratio - spec.doubt


def mean_sides(window: Sequence[Features]) -> tuple[Bilateral, Bilateral]:
    """Return smile lift (units) and excursion (mm), averaged over some frames."""
    return _mean([frame.smile_lift for frame in window]), _mean([frame.excursion_mm for frame in window])


def joining_now(window: Sequence[Features], frames: Sequence[Features]) -> float:
    """Return how far the eyes join in over the latest frames of a movement, without blinks."""
    return joining([f for f in window if f.closure.maximum < OPEN] or window, frames)


def joining(held: Sequence[Features], frames: Sequence[Features]) -> float:
    """Return how far the eyes join in a smile, as a share of the smile's own size.

    A strong smile of the mouth alone lifts the lids too, and a weak smile that reaches the eyes lifts them
    only a little. The ratio tells them apart (rendered people: at most 0.25 against at least 0.62).

    Parameters
    ----------
    held
        Frames of the smile.
    frames
        All frames of the movement. At its beginning, the eyes have not joined in yet.
    """
    eyes = median([_eyes(f) for f in held]) - eyes_before(frames)
    return eyes / max(median([f.lip_corner_pull.mean for f in held]), LEAST_PULL)


def _eyes(features: Features) -> float:
    return features.eye_engagement - features.brow_raise.mean / BROW_SINKS


def eyes_before(frames: Sequence[Features]) -> float:
    """Return the level of the eyes at the beginning of a movement, without blinks."""
    first = [_eyes(f) for f in frames[:FIRST_FRAMES] if f.closure.maximum < OPEN]
    return min(max(median(first), -MOST_BEFORE), MOST_BEFORE) if first else 0.0


def describe_smile(
    t: float, exercise: str, frames: Sequence[Features], ended: Ended, spec: EvenSpec
) -> Smile:
    """Describe one smile that has ended.

    Parameters
    ----------
    t, exercise
        Time and exercise of the event.
    frames
        The movement's frames, from before its onset to its end.
    ended
        The movement.
    spec
        When a smile counts as even.
    """
    begin, end = ended.half_t + JUDGED_S[0], ended.half_t + JUDGED_S[1]
    held = [f for f in frames if begin <= f.t <= end] or list(frames)
    lift = _median([f.smile_lift for f in held])
    pull = _median([f.corner_pull for f in held])
    travel = _median([f.excursion_mm for f in held])
    even = lift.symmetry >= spec.name_ratio
    lag = spec.lag_under_read * _lag(frames, ended, pull)
    return Smile(
        t=t,
        exercise=exercise,
        start=ended.start,
        weaker_side="even" if even else lift.weaker,
        symmetry=lift.symmetry**spec.under_read,
        first_side=_first(lag, spec.least_lag_s),
        lag_s=abs(lag),
        excursion_mm=travel,
    )


def _mean(pairs: Sequence[Bilateral]) -> Bilateral:
    return Bilateral(fmean(p.left for p in pairs), fmean(p.right for p in pairs))


def _median(pairs: Sequence[Bilateral]) -> Bilateral:
    return Bilateral(median(p.left for p in pairs), median(p.right for p in pairs))


def _first(lag: float, least: float) -> SideOrEven:
    if abs(lag) < least:
        return "even"
    side: Side = "left" if lag > 0 else "right"
    return side


def _lag(frames: Sequence[Features], ended: Ended, plateau: Bilateral) -> float:
    """Return by how many seconds the right side's half-rise follows the left's; negative if it leads."""
    left = _half_rise(frames, ended, plateau.left, lambda f: f.corner_pull.left)
    right = _half_rise(frames, ended, plateau.right, lambda f: f.corner_pull.right)
    return 0.0 if left is None or right is None else right - left


def _half_rise(
    frames: Sequence[Features], ended: Ended, top: float, value: Callable[[Features], float]
) -> float | None:
    """Return when one side last crossed half of its own rise before reaching most of it."""
    before = [value(f) for f in frames if ended.start - BEFORE_S <= f.t < ended.start]
    rest = median(before) if before else 0.0
    half, most = rest + (top - rest) / 2, rest + 0.85 * (top - rest)
    crossing = None
    for last, now in pairwise(frames):
        a, b = value(last), value(now)
        if a < half <= b:
            crossing = last.t + (now.t - last.t) * (half - a) / (b - a)
        if b >= most and now.t > ended.start and crossing is not None:
            break
    return crossing
