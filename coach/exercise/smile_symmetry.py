"""One smile's two sides: which is weaker, which comes first, by how much, and how far the corners travel."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median
from typing import Annotated

from pydantic import Field

from coach.events import SideOrEven, SideVerdict, Smile
from coach.exercise.held import since
from coach.exercise.repetition import Ended, RepState
from coach.exercise.side_difference import BEFORE_S, OPEN, PLATEAU, SideDifference, SideSpec, side_difference
from coach.exercise.unseen import SEEN_S
from coach.face.baseline import SETTLE_S
from coach.face.features import Features
from coach.types import Bilateral, Side

JUDGED_S = (0.25, 2.5)  # a smile is judged on this stretch after half-rise, before any correction of it
FIRST_FRAMES = 8  # before an onset; enough for a median
MOST_BEFORE = 0.25  # drift of the resting eyes; more is the tail of another movement
# Length by which the brows sink with a full cheek raise; in a smile of the mouth alone they rise by a tenth.
BROW_SINKS = 0.03
BOTH = 0.3  # weaker over stronger side from which on both move
LIPS_APART = 0.02  # outer-eye-corner distances, about 1.7 mm
TWITCH_S, TWITCH_MM = 0.4, 3.0  # held so briefly, or briefly and so small, it is no smile that others see
# Outer-eye-corner distances the corners rise by at least: 9 of 10 resting faces wander less (27 people).
LEAST_RISE = 0.013
# One eye's aperture over the other's, each a share of its neutral: 0.4 in winks, 0.6 in one-sided smiles that
# narrow the eye above them (one person each).
WINK, WINK_S = 0.5, 1.0
LEAST_PULL = 0.3  # share of the person's best; in a smaller smile the eyes have nothing to join in
MOST_LAG_S = 1.0  # a corner that rises later is not late: it rises for another reason


class EvenSpec(SideSpec):
    """When a smile is even.

    `held_mm`: difference beyond which a hold does not count, a little less than others notice, since the
    measure under-reads it; by less than `doubt` of asymmetry beyond what is certain, only where it lasts.
    `smooth_s`: over how long the sides are averaged. `least_lag_s`: shorter lags are not reported.
    `lag_under_read`: true over measured lag, found on rendered people. `least_smile`: rise of the smile
    blendshape that goes with any smile; `no_smile`: with none.
    """

    held_mm: Annotated[float, Field(ge=0, le=10)]
    doubt: Annotated[float, Field(ge=0, lt=0.5)]
    smooth_s: Annotated[float, Field(ge=0, le=2)]
    least_lag_s: Annotated[float, Field(ge=0, le=1)]
    lag_under_read: Annotated[float, Field(ge=1, le=3)]
    least_smile: Annotated[float, Field(gt=0, le=1)]
    no_smile: Annotated[float, Field(ge=0, lt=1)]


def smile_level(features: Features, spec: EvenSpec) -> float:
    """Return the size of a smile, a share of the person's best.

    Corners that come nearer to the eyes while the smile blendshape stays are another movement: cheeks puffed,
    lips pursed or pressed, a head that nods.
    """
    pull = features.lip_corner_pull.mean
    smiling = (features.smile.mean - spec.no_smile) / (spec.least_smile - spec.no_smile)
    return pull * min(max(smiling, 0.0), 1.0) if pull > 0 else pull


def comparable_from(rep: RepState) -> float:
    """Return from when on the sides of a running movement can be compared, seconds."""
    return rep.half_t + JUDGED_S[0] if rep.phase == "apex" else math.inf


def difference_now(
    frames: Sequence[Features], start: float, hold_s: float, noise: float, spec: EvenSpec
) -> SideDifference:
    """Compare the sides over a movement's latest frames, as certainly as a whole hold of `hold_s` would."""
    return side_difference(since(frames, frames[-1].t - spec.smooth_s), frames, noise, spec, hold_s, start)


def joining_now(window: Sequence[Features], frames: Sequence[Features]) -> float:
    """Return how far the eyes have joined in over the latest frames of a movement, blinks left out."""
    return joining([f for f in window if f.closure.maximum < OPEN] or window, frames)


def joining(held: Sequence[Features], frames: Sequence[Features]) -> float:
    """Return how far the eyes join in a smile, as a share of the smile's own size.

    Strong smiles of the mouth alone lift the lids too, weak ones with the eyes do not lift them far:
    their ratio tells them apart (rendered people: 0.25 at most against 0.62 at least), neither alone does.

    Parameters
    ----------
    held
        Frames of the smile.
    frames
        All frames of the movement; at the beginning of it the eyes are not in it yet.
    """
    eyes = median([_eyes(f) for f in held]) - eyes_before(frames)
    return eyes / max(median([f.lip_corner_pull.mean for f in held]), LEAST_PULL)


def _eyes(features: Features) -> float:
    return features.eye_engagement - features.brow_raise.mean / BROW_SINKS


def eyes_before(frames: Sequence[Features]) -> float:
    """Return the eyes' own level at the beginning of a movement's frames, blinks left out."""
    first = [_eyes(f) for f in frames[:FIRST_FRAMES] if f.closure.maximum < OPEN]
    return min(max(median(first), -MOST_BEFORE), MOST_BEFORE) if first else 0.0


def describe_smile(
    t: float, exercise: str, frames: Sequence[Features], ended: Ended, noise: float, spec: EvenSpec
) -> Smile:
    """Describe one smile that has ended.

    Parameters
    ----------
    t, exercise
        For the event's stamp.
    frames
        The movement's frames, from before its onset to its end.
    ended
        The movement.
    noise
        Standard deviation of a mouth corner on the neutral face, outer-eye-corner distances.
    spec
        When it is even.
    """
    held = judged(frames, ended)
    sides = side_difference(held, frames, noise, spec, start=ended.start)
    lag = 0.0
    if sides.ratio >= BOTH:  # a corner that stays at rest is not late
        lag = spec.lag_under_read * _lag(frames, ended, _median([f.corner_pull for f in held]))
    if abs(lag) > MOST_LAG_S:
        lag = 0.0
    open_eyes = [f for f in held if f.closure.maximum < OPEN]
    return Smile(
        t=t,
        exercise=exercise,
        start=ended.start,
        weaker_side=_weaker(sides, ended, spec),
        symmetry=sides.ratio,
        first_side=_first(lag, spec.least_lag_s),
        lag_s=abs(lag),
        excursion_mm=_median([f.excursion_mm for f in held]),
        end=ended.end,
        difference_mm=sides.mm,
        uncertainty_mm=sides.uncertainty_mm,
        eye_engagement=joining(open_eyes, frames) if open_eyes else None,
        lips_apart=median(f.lip_gap for f in held) >= LIPS_APART,
    )


def judged(frames: Sequence[Features], ended: Ended) -> list[Features]:
    """Return the frames a smile is judged on: after its rise, near its plateau, before any correction.

    One that did not count because it was uneven was not corrected: of that, all of it.
    """
    begin, end = ended.half_t + JUDGED_S[0], min(ended.half_t + JUDGED_S[1], ended.end)
    end = ended.end if ended.reason == "asymmetric" else end
    within = [f for f in frames if begin <= f.t <= end] or [
        f for f in frames if ended.start <= f.t <= ended.end
    ]
    within = within or list(frames)
    top = sorted(f.corner_pull.mean for f in within)[-1 - len(within) // 10]
    return [f for f in within if f.corner_pull.mean >= PLATEAU * top] or within


def _weaker(sides: SideDifference, ended: Ended, spec: EvenSpec) -> SideVerdict:
    """Return the weaker side: where others see it, or where the hold did not count because of it."""
    if is_weak(sides, ended, spec):
        return sides.weaker
    return "unclear" if sides.seeing > spec.unclear else "even"


def is_smile(frames: Sequence[Features], ended: Ended) -> bool:
    """Whether a movement of the corners is one that others take for a smile.

    Of one that was under way in the first frame, the time in which the landmarker settles tells nothing.
    """
    held = judged(frames, ended)
    if ended.reason is not None and not ended.begun and not _risen(frames, held, ended):
        return False
    if ended.end - ended.half_t < WINK_S and _winks(held):
        return False
    if not ended.brief:
        return True
    travel_mm = median(f.excursion_mm.maximum for f in held)
    since_t = frames[0].t + SETTLE_S if ended.begun else ended.half_t
    return ended.end - since_t >= TWITCH_S and travel_mm >= TWITCH_MM


def _risen(frames: Sequence[Features], held: Sequence[Features], ended: Ended) -> bool:
    """Whether the corners rose as it began: in a nod they may seem to have been there before."""
    before = [f.corner_pull.mean for f in frames if ended.start - BEFORE_S <= f.t < ended.start]
    return not before or median(f.corner_pull.mean for f in held) - median(before) >= LEAST_RISE


def _winks(held: Sequence[Features]) -> bool:
    """Whether it is a wink: one eye shuts and draws the corner below it along, the other corner stays."""
    pull, eyes = _median([f.corner_pull for f in held]), _median([f.eye_aperture for f in held])
    if eyes.left < eyes.right:
        shut, opened, below, across = eyes.left, eyes.right, pull.left, pull.right
    else:
        shut, opened, below, across = eyes.right, eyes.left, pull.right, pull.left
    return shut < WINK * opened and across < BOTH * below


def is_weak(sides: SideDifference, ended: Ended, spec: EvenSpec) -> bool:
    """Whether one side was the weaker one: for others to see, or by hardly less all through a long hold."""
    long = ended.end - ended.half_t >= JUDGED_S[1] and ended.reason == "asymmetric"
    return sides.certain(spec.held_mm if long else spec.noticed_mm)


def _median(pairs: Sequence[Bilateral]) -> Bilateral:
    return Bilateral(median(p.left for p in pairs), median(p.right for p in pairs))


def _first(lag: float, least: float) -> SideOrEven:
    if abs(lag) < least:
        return "even"
    side: Side = "left" if lag > 0 else "right"
    return side


def _lag(frames: Sequence[Features], ended: Ended, plateau: Bilateral) -> float:
    """Seconds by which the right side's half-rise follows the left's; negative where it leads.

    Of a side that rose while nothing was seen, only the gap's two ends are known: the lag is then the least
    that it can have been.
    """
    left = _half_rise(frames, ended, plateau.left, lambda f: f.corner_pull.left)
    right = _half_rise(frames, ended, plateau.right, lambda f: f.corner_pull.right)
    if left is None or right is None:
        return 0.0
    return max(right[0] - left[1], 0.0) - max(left[0] - right[1], 0.0)


def _half_rise(
    frames: Sequence[Features], ended: Ended, top: float, value: Callable[[Features], float]
) -> tuple[float, float] | None:
    """Between when and when one side crossed half of its own rise, the last time before most of it."""
    before = [value(f) for f in frames if ended.start - BEFORE_S <= f.t < ended.start]
    rest = median(before) if before else 0.0
    half, most = rest + (top - rest) / 2, rest + 0.85 * (top - rest)
    crossing = None
    for last, now in pairwise(frames):
        a, b = value(last), value(now)
        if a < half <= b:
            at = last.t + (now.t - last.t) * (half - a) / (b - a)
            crossing = (at, at) if now.t - last.t <= SEEN_S else (last.t, now.t)
        if b >= most and now.t > ended.start and crossing is not None:
            break
    return crossing
