"""The course of one movement: how high it went, where it began, rose half-way and fell."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import TypeAlias

LevelTrace: TypeAlias = tuple[tuple[float, float], ...]
"""(t, level) of trusted frames in order of time; seconds, and the movement's own unit."""

MOST = 0.85  # of the plateau: from there on the rise is over
# On the smooth step 3x^2 - 2x^3, which facial onsets resemble, 20 % and 50 % are crossed at 0.287 and 0.5
# of the rise time, so that the start lies 0.287 / 0.213 of their distance before the first.
BEFORE = 0.287 / 0.213


def plateau(levels: Sequence[float], floor: float) -> float:
    """Return the height above `floor` on which a movement stays, from all its levels in order of size.

    The median of its upper half, without its highest tenth: that may be the edge of a blink.
    """
    top = levels[-1 - len(levels) // 10]
    first = bisect_left(levels, floor + (top - floor) / 2)
    return levels[(first + len(levels)) // 2] - floor


def crossing(trace: LevelTrace, floor: float, start: float, height: float, share: float) -> float:
    """Return when the rise last crossed `share` of `height` before reaching most of it, interpolated."""
    threshold = share * height
    before_t, before = trace[0][0], trace[0][1] - floor
    crossed = start
    for at, raw in trace:
        level = raw - floor
        if level >= threshold > before:
            crossed = before_t + (at - before_t) * (threshold - before) / (level - before)
        if level >= MOST * height and at >= start:
            break
        before_t, before = at, level
    return crossed


def fall(trace: LevelTrace, floor: float, threshold: float) -> float:
    """Return when the last two levels crossed `threshold` downwards, interpolated."""
    if len(trace) < 2:  # noqa: PLR2004  # two points make a line
        return trace[-1][0]
    (t0, raw0), (t1, raw1) = trace[-2:]
    level0, level1 = raw0 - floor, raw1 - floor
    if level0 <= level1 or level0 < threshold:
        return t1
    return t0 + (t1 - t0) * min((level0 - threshold) / (level0 - level1), 1.0)


def onset(trace: LevelTrace, floor: float, start: float) -> float:
    """Return when the movement left rest, from where its rise crossed 20 % and 50 %.

    That is no earlier than it was last seen at rest.
    """
    top = max(level for _, level in trace) - floor
    half = crossing(trace, floor, start, top, 0.5)
    low = min(crossing(trace, floor, start, top, 0.2), half)  # a slow rise may have passed it before
    resting = max((t for t, level in trace if t < low and level <= floor), default=-math.inf)
    return max(low - (half - low) * BEFORE, resting)
