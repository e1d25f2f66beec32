"""How many pictures come a second, and whether that is too few to coach well."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from statistics import median
from typing import Final

WATCHED_S: Final = 4.0
SLOW_FPS: Final = 12.0
FAST_FPS: Final = 14.0  # not slow any more
LEAST: Final = 8  # intervals


class PictureRate:
    """Feed it the time of every picture.

    The median interval decides: a stutter now and then is no slow camera.

    Attributes
    ----------
    slow
        Whether there have been fewer than `SLOW_FPS` a second for a while.
    """

    def __init__(self) -> None:
        self.slow = False
        self._times: deque[float] = deque()

    def step(self, t: float) -> bool:
        """Take in one picture at `t` seconds; return whether they are slow."""
        times = self._times
        times.append(t)
        while t - times[0] > WATCHED_S:
            times.popleft()
        if len(times) > LEAST and t - times[0] >= WATCHED_S / 2:
            usual_s = median(after - before for before, after in pairwise(times))
            self.slow = usual_s > 1 / (FAST_FPS if self.slow else SLOW_FPS)
        return self.slow
