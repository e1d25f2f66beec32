"""Jaw circles: how often, and in which direction, the jaw's path winds around its own middle."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from coach.events import Direction
from coach.exercise.unseen import GAP_S, SEEN_S
from coach.face.features import Features
from coach.settings import Length, Strict

SWING = 0.4  # of the path's height; smaller ups and downs are noise
SPARE_SWINGS = 2  # beyond two a turn; a talking jaw goes up and down many times while it drifts round once
UNWOUND = 0.5  # turns back before the other direction begins
PACE_S = 2.0  # of path before and after a gap, from which the pace in the gap is taken
PACED_S, ROUND_S = 0.15, 0.8  # of path, at least, to know its pace, and in which direction it goes round
STILL = 0.35  # of the faster pace; a jaw that hardly went round on one side of a gap began or ended in it
FASTEST = 0.8  # turns a second
SPARE = 0.15  # turns by which a way through a gap may exceed its pace's
SHUT = 0.2  # of an opening; what is less of it is closed
BACK = 0.08  # turns by which a way through a gap may lead back

JawPath: TypeAlias = NDArray[np.void]
"""The jaw frame by frame, with the fields of `PATH`."""
# `side` + = to the person's left, `down`: lengths; the head's angles in degrees.
PATH: Final = np.dtype([(name, np.float64) for name in ("t", "side", "down", "yaw", "pitch")])


class CircleSpec(Strict):
    """What counts as a circle. Lengths in outer-eye-corner distances, times in seconds.

    `target`: how many, in each direction. `least_side`, `least_down`: least width and height of the path.
    `quiet`: the jaw rests while its path of the last `quiet_s` fits into a box of this size. `longest_s`:
    slower circles do not count. `tolerance`: how much of a full turn may be missing. `max_turn_deg`: more
    head movement than this within `quiet_s` makes the path useless.
    """

    target: Annotated[int, Field(ge=1, le=50)]
    least_side: Length
    least_down: Length
    quiet: Length
    quiet_s: Annotated[float, Field(gt=0, le=5)]
    longest_s: Annotated[float, Field(gt=0, le=30)]
    tolerance: Annotated[float, Field(ge=0, lt=0.5)]
    max_turn_deg: Annotated[float, Field(gt=0, le=60)]


@dataclass(frozen=True, slots=True, eq=False)
class JawCircles:
    """The jaw's path since it last rested or changed direction.

    `counted`: circles completed on it so far, all in `direction`; that is None before the first.
    """

    path: JawPath = field(default_factory=lambda: np.empty(0, PATH))
    counted: int = 0
    direction: Direction | None = None


def step(
    state: JawCircles, features: Features | None, spec: CircleSpec
) -> tuple[JawCircles, int, Direction | None]:
    """Take in one frame.

    Returns
    -------
    The new state, how many circles were completed in this frame, and in which direction.
    """
    if features is None:
        return JawCircles(), 0, None
    if _broken(state, features, spec):
        state = JawCircles()
    now = (features.t, features.jaw_side, features.jaw_down, features.yaw, features.pitch)
    path = np.concatenate([state.path, np.array([now], PATH)])
    lasted_s = features.t - path["t"][0]
    recent = latest(path, spec.quiet_s)
    head_moved = max(np.ptp(recent["yaw"]), np.ptp(recent["pitch"])) > spec.max_turn_deg
    watched = lasted_s >= spec.quiet_s and np.ptp(recent["t"]) > spec.quiet_s / 2  # and not only one frame
    resting = watched and max(np.ptp(recent["side"]), np.ptp(recent["down"])) < spec.quiet
    if head_moved or resting:
        return JawCircles(recent), 0, None
    if state.direction is None and lasted_s > spec.longest_s:
        path = latest(path, spec.longest_s)
    turns = winding(path, spec)
    total = float(turns[-1])
    complete = math.floor(abs(total) + spec.tolerance)
    direction: Direction = "clockwise" if total > 0 else "counterclockwise"
    circled = complete > state.counted and swings(path["down"].tolist()) <= 2 * complete + SPARE_SWINGS
    if circled and state.direction in (None, direction):
        return JawCircles(path, complete, direction), complete - state.counted, direction
    if state.direction is not None and state.counted - abs(total) > UNWOUND:
        # The other direction began where the path had wound furthest.
        return JawCircles(path[np.argmax(np.abs(turns)) :]), 0, None
    return JawCircles(path, state.counted, state.direction), 0, None


def _broken(state: JawCircles, features: Features, spec: CircleSpec) -> bool:
    """Whether the path does not go on after a gap: it was long, or the jaw came to rest in it."""
    gap_s = features.t - state.path["t"][-1] if len(state.path) else 0.0
    if gap_s < spec.quiet_s or gap_s > GAP_S or state.direction is not None:
        return gap_s > GAP_S
    now, last = (features.jaw_side, features.jaw_down), state.path[-1]
    opened = state.path["down"][0]
    held_open = opened > spec.quiet and not winding(state.path, spec)[-1]
    if held_open and now[1] < max(spec.quiet, SHUT * opened):
        return True  # and closed in the gap
    return bool(max(abs(now[0] - last["side"]), abs(now[1] - last["down"])) < spec.quiet)


def latest(path: JawPath, seconds: float) -> JawPath:
    """Return the last seconds of a path."""
    t = path["t"]
    recent: JawPath = path[t - t[-1:] >= -seconds]
    return recent


def winding(path: JawPath, spec: CircleSpec) -> NDArray[np.float64]:
    """Return how far a path has turned around the middle of its own box, frame by frame, in turns.

    Positive is clockwise in the mirrored window. All are 0 if the path is too small for a circle.
    """
    side, down = path["side"], path["down"]
    width, height = np.ptp(side), np.ptp(down)
    if width < spec.least_side or height < spec.least_down:
        return np.zeros(len(path))
    # Mirrored, the person's left is on the left of the window: x to the right is -side.
    x = -(side - (side.max() + side.min()) / 2) / width
    y = (down - (down.max() + down.min()) / 2) / height
    angles = np.unwrap(np.arctan2(y, x))
    turns = (angles - angles[0]) / math.tau
    return np.asarray(turns + unseen_turns(path["t"], turns))


def unseen_turns(t: NDArray[np.float64], turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the whole turns that gaps have swallowed so far, frame by frame.

    Unwrapping takes the shorter way round. In a gap the jaw may have gone the longer one: on in the
    direction it took before or after the gap, as far as that pace leads. Of several possible ways this takes
    the one nearest to the slower of the two paces.
    """
    steps, dt = np.diff(turns), np.diff(t)
    added = np.zeros(len(turns))
    seen = dt <= SEEN_S
    for gap in np.flatnonzero(~seen):
        at = t[1:]
        before = seen & (at <= t[gap]) & (at > t[gap] - PACE_S)
        after = seen & (at > t[gap + 1]) & (at <= t[gap + 1] + PACE_S)
        seen_s = [float(dt[near].sum()) for near in (before, after)]
        if min(seen_s) < PACED_S:
            continue
        paces = [float(steps[near].sum()) / s for near, s in zip((before, after), seen_s, strict=True)]
        slow, fast = np.argsort(np.abs(paces))
        resting = abs(paces[slow]) < STILL * abs(paces[fast])
        if not resting or seen_s[fast] >= ROUND_S:
            added[gap + 1 :] += _swallowed(float(steps[gap]), float(dt[gap]), paces[slow], paces[fast])
    return added


def _swallowed(step: float, dt: float, slow: float, fast: float) -> int:
    """Return the whole turns to add to a gap's shorter way, from the paces around it, turns a second."""
    if slow * fast < 0 and abs(slow) >= STILL * abs(fast):
        return 0  # it turned round in the gap
    most = min(abs(fast), FASTEST) * dt + SPARE
    ways = [turns for turns in (-1, 0, 1) if -BACK <= (step + turns) * np.sign(fast) <= most]
    return min(ways, key=lambda turns: abs(step + turns - slow * dt)) if ways else round(slow * dt - step)


def swings(values: list[float]) -> int:
    """Return how often a path turns from up to down or back, by more than `SWING` of its height."""
    least = SWING * (max(values) - min(values))
    count, heading, extreme = 0, 0, values[0]
    for value in values:
        if heading and heading * (value - extreme) >= 0:
            extreme = value
        elif abs(value - extreme) > least:
            count, heading, extreme = count + 1, (1 if value > extreme else -1), value
    return count
