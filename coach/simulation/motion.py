"""Movements of a simulated face in time: a rise, a hold and a fall, and circles of the jaw."""

from __future__ import annotations

import math
from dataclasses import dataclass

from coach.simulation.face_pose import NONE, FacePose
from coach.types import Bilateral

CIRCLE_OPEN = (0.24, 0.15)  # jaw_open at the circle's centre, and how far it goes up and down from there
CIRCLE_SIDE = 0.7  # how far jaw_side goes to each side
CIRCLE_REACH_S = 0.45  # seconds from rest to the circle, and back


def ease(share: float) -> float:
    """Return how far a human movement has come after `share` (0..1) of its duration.

    Source: the minimum-jerk profile of Flash and Hogan 1985.
    """
    u = min(max(share, 0.0), 1.0)
    return u * u * u * (10 - 15 * u + 6 * u * u)


@dataclass(slots=True)
class Movement:
    """From rest to `shape` and back.

    `start`, `end`: seconds, when the rise and the fall begin; `end` may be brought forward.
    `rise_s`, `fall_s`: seconds. `lag`: Bilateral seconds by which each side comes later.
    """

    start: float
    shape: FacePose
    rise_s: float
    end: float
    fall_s: float
    lag: Bilateral = NONE

    @property
    def apex(self) -> float:
        """When both sides are fully up, seconds."""
        return self.start + self.rise_s + self.lag.maximum

    @property
    def rest(self) -> float:
        """When both sides are at rest again, seconds."""
        return self.end + self.fall_s + self.lag.maximum

    def level(self, t: float) -> Bilateral:
        """Return how much of `shape` is reached at `t`, 0..1 a side."""
        return Bilateral(self._level(t - self.lag.left), self._level(t - self.lag.right))

    def _level(self, t: float) -> float:
        return ease((t - self.start) / self.rise_s) * (1 - ease((t - self.end) / self.fall_s))


@dataclass(frozen=True, slots=True)
class CircleMotion:
    """Circles of a slightly open jaw, from the upmost point of the first to that of the last.

    `start`: seconds, when the jaw leaves its rest. `period_s`: seconds a circle.
    `clockwise`: as the person sees it in the mirrored window.
    """

    start: float
    count: int
    period_s: float
    clockwise: bool

    @property
    def end(self) -> float:
        """When the last circle is complete, seconds."""
        return self.start + CIRCLE_REACH_S + self.count * self.period_s

    @property
    def rest(self) -> float:
        """When the jaw is at rest again, seconds."""
        return self.end + CIRCLE_REACH_S

    def jaw(self, t: float) -> tuple[float, float]:
        """Return (jaw_open, jaw_side) at `t`."""
        begun = t - self.start - CIRCLE_REACH_S
        turn = 2 * math.pi * min(max(begun / self.period_s, 0.0), float(self.count))
        there = ease((t - self.start) / CIRCLE_REACH_S) * (1 - ease((t - self.end) / CIRCLE_REACH_S))
        centre, height = CIRCLE_OPEN
        # Mirrored, the person's right is the picture's right: clockwise goes there from the top.
        side = -math.sin(turn) if self.clockwise else math.sin(turn)
        return there * (centre - height * math.cos(turn)), there * CIRCLE_SIDE * side
