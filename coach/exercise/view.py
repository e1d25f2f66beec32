"""The part of an exercise's state that is shown: phase, count, hold, and both sides with their target."""

from __future__ import annotations

from dataclasses import dataclass

from coach.events import Reason
from coach.exercise.repetition import RepPhase
from coach.types import Bilateral


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of both sides.

    `level`: left and right, 0 = the person's neutral, 1 = the person's best; `band`: from where to where they
    should reach, in the same unit. `single`: the movement has no sides, e.g. the jaw's: one bar shows it.
    """

    level: Bilateral
    band: tuple[float, float]
    single: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """An exercise's state as the window and the guide need it.

    `phase`: of the movement. `count`: repetitions so far. `hold_s` of `target_s`: the running hold, seconds.
    `fault`: what is wrong with its form. `at_rest`: ready for the next repetition. `bars`: None until a face
    was seen. `turned`: the head is turned away too far for the movement to be seen.
    """

    phase: RepPhase = "neutral"
    count: int = 0
    hold_s: float = 0.0
    target_s: float = 0.0
    fault: Reason | None = None
    at_rest: bool = True
    bars: Bars | None = None
    turned: bool = False
