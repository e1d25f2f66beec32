"""What is said before an exercise, one thing after the other, while nothing is asked of the person."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from coach.coaching.cue_queue import CueQueue
from coach.coaching.cues import Cue


class WordsBefore:
    """Lets one cue after the other into the queue, the words for today before those of the first exercise.

    Parameters
    ----------
    cues
        The queue.
    today
        Said once, before anything else. Their times do not matter: each is said when its turn comes.
    """

    def __init__(self, cues: CueQueue, today: tuple[Cue, ...]) -> None:
        self._cues = cues
        self._today = deque(today)
        self._exercise: deque[Cue] = deque()
        self._today_until = 0.0

    def line_up(self, cues: Iterable[Cue]) -> None:
        """Take the words of the coming exercise, in place of those that are left."""
        self._exercise = deque(cues)

    def say(self, t: float) -> None:
        """Say the next of them once nothing else is being said; call this while nothing is asked."""
        if not self._cues.quiet(t):
            return
        if self._today:
            cue = self._today.popleft()
            self._today_until = t + self._cues.lasts_cue(cue)
        elif self._exercise:
            cue = self._exercise.popleft()
        else:
            return
        self._cues.add(replace(cue, t=t))

    def for_today(self, t: float) -> bool:
        """Whether the words for today are not over yet."""
        return bool(self._today) or t < self._today_until

    def over(self, t: float) -> bool:
        """Whether all has been said."""
        return not self._today and not self._exercise and self._cues.quiet(t)
