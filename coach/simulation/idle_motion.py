"""A face's idle motion: blinks, glances and a swaying head."""

from __future__ import annotations

import math
import random

from coach.simulation.face_pose import FacePose
from coach.simulation.motion import ease
from coach.simulation.spec import Life, Span

# Seconds closing, closed and opening. Source: VanderWerf et al. 2003, spontaneous blinks.
BLINK_S = (0.09, 0.05, 0.16)
SACCADE_S = 0.06


class Idle:
    """Everything that never stops; times never go back."""

    def __init__(self, life: Life, source: random.Random) -> None:
        self._life = life
        self._random = source
        self._phases = [source.uniform(0, 2 * math.pi) for _ in range(12)]
        self._next_blink = self._draw(life.blink_every_s)
        self._looked, self._next_look = 0.0, 0.0
        self._from = self._to = (0.0, 0.0)

    def pose(self, t: float) -> FacePose:
        """Return a neutral face at `t` seconds: its head and its gaze."""
        degrees, share = self._life.sway_deg, self._life.sway_share
        return FacePose(
            yaw=degrees * self.sway(t, 1),
            pitch=degrees * 0.7 * self.sway(t, 2),
            roll=degrees * 0.6 * self.sway(t, 3),
            dx=share * self.sway(t, 4),
            dy=share * self.sway(t, 5),
            gaze=self._gaze(t),
        )

    def sway(self, t: float, channel: int) -> float:
        """Return something slow in -1..1 that never quite repeats; each channel (0..5) has its own."""
        slow, fast = self._phases[2 * channel : 2 * channel + 2]
        return 0.7 * math.sin(0.7 * t + slow) + 0.3 * math.sin((1.9 + 0.13 * channel) * t + fast)

    def blink(self, t: float) -> float:
        """Return how far a spontaneous blink has closed the eyes, 0..1."""
        closing, closed, _ = BLINK_S
        while t > self._next_blink + sum(BLINK_S):
            self._next_blink += sum(BLINK_S) + self._draw(self._life.blink_every_s)
        since = t - self._next_blink
        return ease(since / closing) * (1 - ease((since - closing - closed) / BLINK_S[2]))

    def _gaze(self, t: float) -> tuple[float, float]:
        if t >= self._next_look:
            reach = self._life.gaze
            self._from, self._to = (
                self._to,
                (self._random.uniform(-reach, reach), self._random.uniform(-reach, reach)),
            )
            self._looked, self._next_look = t, t + self._draw(self._life.look_every_s)
        share = ease((t - self._looked) / SACCADE_S)
        (x, y), (to_x, to_y) = self._from, self._to
        return x + (to_x - x) * share, y + (to_y - y) * share

    def _draw(self, span: Span) -> float:
        return self._random.uniform(span.low, span.high)
