"""The countdown of a hold: even, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from coach.coaching.guides.guide import Moment

NUMBERS: Final = {3: "three", 2: "two", 1: "one"}
LATE_S = 0.2  # a number this late is left out
UNEVEN_S = 0.25  # more or less than a second since the number before


class CountdownSpec(Protocol):
    """When a countdown may begin. Seconds.

    `hold_after_s`: of right form, before "hold" is said; `settle_s`: from "hold" to the first number::

        countdown, number = countdown.step(moment, STANDARD.held)
    """

    @property
    def hold_after_s(self) -> float:
        """Seconds."""
        ...

    @property
    def settle_s(self) -> float:
        """Seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Countdown:
    """`coming`: the next number, 0 when there are no more. `said_t`: when the last one came, seconds."""

    coming: int = 3
    said_t: float | None = None

    def step(self, moment: Moment, spec: CountdownSpec) -> tuple[Countdown, str]:
        """Take in one frame of a hold; return the phrase of the number to say now, or nothing.

        The first number waits a moment for silence, and each of the others must come a second after the one
        before: where the clock has stood still in between, no more are said.
        """
        view, number = moment.view, self.coming
        left_s = view.target_s - view.hold_s
        if number not in NUMBERS or view.fault is not None or left_s > number:
            return self, ""
        if self.said_t is not None:
            even = abs(moment.t - self.said_t - 1.0) <= UNEVEN_S
            return (Countdown(number - 1, moment.t), NUMBERS[number]) if even else (Countdown(0), "")
        room = view.target_s - number >= spec.hold_after_s + spec.settle_s - 1e-9
        if not room or left_s <= number - LATE_S:
            return Countdown(number - 1), ""
        return (Countdown(number - 1, moment.t), NUMBERS[number]) if moment.quiet else (self, "")
