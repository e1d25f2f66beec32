"""Kinematics of one movement: the height of its plateau, and when it began, was half-way up and fell."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from typing import TypeAlias

LevelTrace: TypeAlias = tuple[tuple[float, float], ...]
"""(t, level) of trusted frames in order of time; seconds, and the movement's own unit."""

LOW = 0.2  # of the plateau
SEVERAL = 4  # levels
MOST = 0.85  # of the plateau: from there on the rise is over
# On the smooth step 3x^2 - 2x^3, which facial onsets resemble, 20 % and 50 % are crossed at 0.287 and 0.5
# of the rise time. So the onset lies 0.287 / 0.213 of the time between the two before the first.
BEFORE = 0.287 / 0.213


def plateau(levels: Iterable[float], floor: float) -> float:
    """Return the height above `floor` at which a movement stays.

    The median of the upper half of its levels, without the highest tenth, and of several without the highest
    one: that may be the edge of a blink.
    """
    ordered = sorted(levels)
    top = ordered[-1 - max(len(ordered) // 10, len(ordered) >= SEVERAL)]
    upper_half = bisect_left(ordered, floor + (top - floor) / 2)
    return ordered[(upper_half + len(ordered)) // 2] - floor


def crossing(trace: LevelTrace, floor: float, start: float, height: float, share: float) -> float:
    """Return when the rise last crossed `share` of `height` before reaching most of it, interpolated."""
    threshold, most = share * height, MOST * height
    crossed = start
    for (t0, level0), (t1, level1) in pairwise((trace[0], *trace)):
        height0, height1 = level0 - floor, level1 - floor
        if height0 < threshold <= height1:
            crossed = t0 + (t1 - t0) * (threshold - height0) / (height1 - height0)
        if height1 >= most and t1 >= start:
            break
    return crossed


def fall(trace: LevelTrace, floor: float, threshold: float) -> float:
    """Return when the last two levels crossed `threshold` downwards, interpolated."""
    if len(trace) < 2:  # noqa: PLR2004  # two points make a line
        return trace[-1][0]
    (t0, level0), (t1, level1) = trace[-2:]
    height0, height1 = level0 - floor, level1 - floor
    if height0 <= height1 or height0 < threshold:
        return t1
    return t0 + (t1 - t0) * min((height0 - threshold) / (height0 - height1), 1.0)


def low_crossing(trace: LevelTrace, floor: float, start: float) -> float:
    """Return when the rise crossed `LOW`; a slow one may have passed it before it crossed the half."""
    top = max(level for _, level in trace) - floor
    return min(crossing(trace, floor, start, top, LOW), crossing(trace, floor, start, top, 0.5))


def onset(trace: LevelTrace, floor: float, start: float) -> float:
    """Return when the movement left rest, from the moments its rise crossed 20 % and 50 %.

    Never earlier than it was last seen at rest, or seen at all.
    """
    top = max(level for _, level in trace) - floor
    half, low = crossing(trace, floor, start, top, 0.5), low_crossing(trace, floor, start)
    resting = max((t for t, level in trace if t < low and level <= floor), default=-math.inf)
    return max(low - (half - low) * BEFORE, resting, trace[0][0])
