"""The part of an exercise's state that is shown: phase, count, hold, and both sides with their target."""

from __future__ import annotations

from dataclasses import dataclass

from coach.events import Reason
from coach.exercise.repetition import RepPhase
from coach.types import Bilateral


@dataclass(frozen=True, slots=True)
class Bars:
    """Left and right level, 0 = the person's neutral, 1 = the person's best, and the band they should reach.

    `single`: both sides are one, as the jaw's are, and one bar shows them.
    """

    level: Bilateral
    band: tuple[float, float]
    single: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """An exercise's state as the window and the guide need it.

    `count`: repetitions so far; `hold_s` of `target_s`: the running hold; `at_rest`: ready for the
    next; `bars`: left and right level with the target band.
    """

    phase: RepPhase = "neutral"
    count: int = 0
    hold_s: float = 0.0
    target_s: float = 0.0
    fault: Reason | None = None
    at_rest: bool = True
    bars: Bars | None = None
