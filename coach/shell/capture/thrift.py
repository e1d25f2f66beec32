"""Savings where pictures come slowly: first fewer of them are drawn, then smaller ones are asked for."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from coach.coaching.picture_rate import PictureRate
from coach.shell.capture.source import Shrinking, Source

SHRINK_AFTER_S: Final = 4.0  # of pictures that stay slow although fewer are drawn

ThriftStage: TypeAlias = Literal["whole", "sparing", "small"]
ThriftTrigger: TypeAlias = Literal["slow", "quick", "still slow"]

TRANSITIONS: Final[dict[tuple[ThriftStage, ThriftTrigger], ThriftStage]] = {
    ("whole", "slow"): "sparing",
    ("sparing", "quick"): "whole",
    ("sparing", "still slow"): "small",  # for good: nobody wants a camera that keeps changing
}


class Thrift:
    """Feed it the time of every picture; it says which are drawn, and asks the source for smaller ones.

    Looking at every picture matters more than showing it. `source`: where they come from.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._rate = PictureRate()
        self._stage: ThriftStage = "whole"
        self._since = 0.0
        self._drawn = False

    def see(self, t: float, *, idle: bool) -> None:
        """Take in one picture at `t` seconds. `idle`: nothing is asked for, a short break costs nothing."""
        slow = self._rate.step(t)
        trigger: ThriftTrigger = "slow" if slow else "quick"
        if self._stage == "sparing" and slow and idle and t - self._since >= SHRINK_AFTER_S:
            trigger = "still slow"
        stage = TRANSITIONS.get((self._stage, trigger), self._stage)
        if stage == "small" != self._stage and isinstance(self._source, Shrinking):
            self._source.shrink()
        if stage != self._stage:
            self._stage, self._since = stage, t

    def draws(self) -> bool:
        """Whether the present picture is drawn: every one, or every second while they are slow."""
        self._drawn = not (self._rate.slow and self._drawn)
        return self._drawn
