"""Jaw circles: how often and which way round the jaw's path winds about its own middle."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from coach.events import Direction
from coach.face.features import Features
from coach.settings import Length, Strict

SWING = 0.4  # of the path's height; smaller ups and downs are noise
SPARE_SWINGS = 2  # beyond two a turn; a talking jaw goes up and down many times while it drifts round once
WOUND_BACK = 0.5  # turns lost before the other way round begins


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
class Wound:
    """How far a path has wound about its own middle.

    `box`: the path's least and greatest side, least and greatest down. `turns`: since its beginning,
    positive clockwise in the mirrored window. `angle`: its end's, radians; None where the box is too small
    for a circle.
    """

    box: tuple[float, float, float, float]
    turns: float = 0.0
    angle: float | None = None


@dataclass(frozen=True, slots=True)
class JawCircles:
    """The path since the jaw last rested or last turned round, and the circles counted on it."""

    path: tuple[Point, ...] = ()
    counted: int = 0
    direction: Direction | None = None
    wound: Wound | None = None


def step(
    state: JawCircles, features: Features | None, spec: CircleSpec
) -> tuple[JawCircles, int, Direction | None]:
    """Take in one frame.

    Returns
    -------
    The new state, how many circles were completed in this frame, and which way round.
    """
    if features is None:
        return JawCircles(), 0, None
    point = Point(features.t, features.jaw_side, features.jaw_down, features.yaw, features.pitch)
    path, before = (*state.path, point), state.wound
    recent = _latest(path, spec.quiet_s)
    turned = max(_range([p.yaw for p in recent]), _range([p.pitch for p in recent]))
    resting = (
        point.t - path[0].t >= spec.quiet_s
        and _range([p.side for p in recent]) < spec.quiet
        and _range([p.down for p in recent]) < spec.quiet
    )
    if turned > spec.max_turn_deg or resting:
        return JawCircles(recent), 0, None
    if state.direction is None and point.t - path[0].t > spec.longest_s:
        path, before = _latest(path, spec.longest_s), None
    wound = _wind(before, path, spec)
    whole = math.floor(abs(wound.turns) + spec.tolerance)
    direction: Direction = "clockwise" if wound.turns > 0 else "counterclockwise"
    round_ = whole > state.counted and swings([p.down for p in path]) <= 2 * whole + SPARE_SWINGS
    if round_ and state.direction in (None, direction):
        return JawCircles(path, whole, direction, wound), whole - state.counted, direction
    if state.direction is not None and state.counted - abs(wound.turns) > WOUND_BACK:
        # wound back by half a turn: the other way round began where the path was farthest
        far = [abs(turns) for turns in winding(path, wound.box)]
        return JawCircles(path[far.index(max(far)) :]), 0, None
    return JawCircles(path, state.counted, state.direction, wound), 0, None


def _latest(path: tuple[Point, ...], seconds: float) -> tuple[Point, ...]:
    return path[bisect_left(path, -seconds, key=lambda p: p.t - path[-1].t) :]


def _wind(before: Wound | None, path: tuple[Point, ...], spec: CircleSpec) -> Wound:
    """Follow a path to its newest point: from the one before, as long as the path's box stays the same."""
    now = path[-1]
    if before is not None:
        left, right, top, bottom = before.box
        if left <= now.side <= right and top <= now.down <= bottom:
            if before.angle is None:
                return before
            angle = _angle(now, before.box)
            return Wound(before.box, before.turns + _apart(before.angle, angle), angle)
    sides, downs = [p.side for p in path], [p.down for p in path]
    box = min(sides), max(sides), min(downs), max(downs)
    if box[1] - box[0] < spec.least_side or box[3] - box[2] < spec.least_down:
        return Wound(box)
    return Wound(box, winding(path, box)[-1], _angle(now, box))


def winding(path: Sequence[Point], box: tuple[float, float, float, float]) -> list[float]:
    """Return the turns of a path about the middle of its box so far, point by point.

    Positive is clockwise in the mirrored window.
    """
    turns, total, last = [], 0.0, _angle(path[0], box)
    for point in path:
        angle = _angle(point, box)
        total, last = total + _apart(last, angle), angle
        turns.append(total)
    return turns


def _angle(point: Point, box: tuple[float, float, float, float]) -> float:
    """Return where on its way round a point is, radians, as if the box were square."""
    left, right, top, bottom = box
    # mirrored, the person's left is on the left of the window: x to the right is -side
    x = -(point.side - (right + left) / 2) / (right - left)
    return math.atan2((point.down - (bottom + top) / 2) / (bottom - top), x)


def _apart(before: float, now: float) -> float:
    """Return the shorter way from one angle to another, in turns."""
    turns = (now - before) / math.tau
    return turns - round(turns)


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
