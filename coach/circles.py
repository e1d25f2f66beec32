"""Jaw circles: how often and which way round the jaw's path winds about its own middle."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from coach.events import Direction
from coach.features import Features
from coach.settings import Strict

SWING = 0.4  # of the path's height; smaller ups and downs are noise
SPARE_SWINGS = 2  # beyond two a turn; a talking jaw goes up and down many times while it drifts round once
WOUND_BACK = 0.5  # turns lost before the other way round begins

Length = Annotated[float, Field(gt=0, lt=1)]


class CircleSpec(Strict):
    """What is a circle. Lengths in outer-eye-corner distances, times in seconds.

    `least_side`, `least_down`: least width and height of the path. `quiet`: the jaw rests while its
    path of the last `quiet_s` fits into a box of this size. `longest_s`: slower circles are none.
    `tolerance`: how much of a full turn may be missing. `max_turn_deg`: head movement within
    `quiet_s` that spoils the path.
    """

    target: Annotated[int, Field(ge=1, le=50)]
    least_side: Length
    least_down: Length
    quiet: Length
    quiet_s: Annotated[float, Field(gt=0, le=5)]
    longest_s: Annotated[float, Field(gt=0, le=30)]
    tolerance: Annotated[float, Field(ge=0, lt=0.5)]
    max_turn_deg: Annotated[float, Field(gt=0, le=60)]


@dataclass(frozen=True, slots=True)
class Point:
    """The jaw at one moment: `side` + = to the person's left, `down`, and the head's angles."""

    t: float
    side: float
    down: float
    yaw: float
    pitch: float


@dataclass(frozen=True, slots=True)
class Circles:
    """The path since the jaw last rested or last turned round, and the circles counted on it."""

    path: tuple[Point, ...] = ()
    counted: int = 0
    direction: Direction | None = None


def step(
    state: Circles, features: Features | None, spec: CircleSpec
) -> tuple[Circles, int, Direction | None]:
    """Take in one frame.

    Returns
    -------
    The new state, how many circles were completed in this frame, and which way round.
    """
    if features is None:
        return Circles(), 0, None
    point = Point(features.t, features.jaw_side, features.jaw_down, features.yaw, features.pitch)
    path = (*state.path, point)
    recent = [p for p in path if point.t - p.t <= spec.quiet_s]
    turned = max(_range([p.yaw for p in recent]), _range([p.pitch for p in recent]))
    resting = (
        point.t - path[0].t >= spec.quiet_s
        and _range([p.side for p in recent]) < spec.quiet
        and _range([p.down for p in recent]) < spec.quiet
    )
    if turned > spec.max_turn_deg or resting:
        return Circles(tuple(recent)), 0, None
    if state.direction is None and point.t - path[0].t > spec.longest_s:
        path = tuple(p for p in path if point.t - p.t <= spec.longest_s)
    wound = winding(path, spec)
    turns = float(wound[-1])
    whole = math.floor(abs(turns) + spec.tolerance)
    direction: Direction = "clockwise" if turns > 0 else "counterclockwise"
    round_ = whole > state.counted and swings([p.down for p in path]) <= 2 * whole + SPARE_SWINGS
    if round_ and state.direction in (None, direction):
        return Circles(path, whole, direction), whole - state.counted, direction
    if state.direction is not None and state.counted - abs(turns) > WOUND_BACK:
        # wound back by half a turn: the other way round began where the path was farthest
        return Circles(path[int(np.argmax(np.abs(wound))) :]), 0, None
    return replace(state, path=path), 0, None


def winding(path: tuple[Point, ...], spec: CircleSpec) -> NDArray[np.float64]:
    """Return the turns of a path about its middle so far, point by point, (len(path),).

    Positive is clockwise in the mirrored window; a path too small to be a circle has none.
    """
    side = np.array([p.side for p in path])
    down = np.array([p.down for p in path])
    if np.ptp(side) < spec.least_side or np.ptp(down) < spec.least_down:
        return np.zeros(len(path))
    # mirrored, the person's left is on the left of the window: x to the right is -side
    x = -(side - (side.max() + side.min()) / 2) / np.ptp(side)
    y = (down - (down.max() + down.min()) / 2) / np.ptp(down)
    angles = np.unwrap(np.arctan2(y, x))
    return np.asarray((angles - angles[0]) / (2 * math.pi))


def swings(values: list[float]) -> int:
    """Return how often a path turns round between up and down, by more than `SWING` of its height."""
    least = SWING * (max(values) - min(values))
    count, way, extreme = 0, 0, values[0]
    for value in values:
        ahead = way * (value - extreme)
        if way and ahead >= 0:
            extreme = value
        elif abs(value - extreme) > least:
            count, way, extreme = count + 1, (1 if value > extreme else -1), value
    return count


def _range(values: list[float]) -> float:
    return max(values) - min(values)
