"""The One Euro filter: steady at rest, quick in movement, on the frames' own time."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OneEuro:
    """Filter state for one value (Casiez, Roussel, Vogel 2012, "1 Euro filter", CHI '12).

    `min_cutoff_hz`: cut-off at rest; `beta`: how much the cut-off grows with speed (1/unit).
    """

    min_cutoff_hz: float = 1.5
    beta: float = 30.0
    value: float | None = None
    speed: float = 0.0
    t: float = 0.0

    def step(self, t: float, raw: float) -> OneEuro:
        """Return the state after one more sample; `.value` is the filtered one.

        A sample that is not later than the last one changes nothing.
        """
        if self.value is None:
            return OneEuro(self.min_cutoff_hz, self.beta, raw, 0.0, t)
        dt = t - self.t
        if dt <= 0:
            return self
        speed = self.speed + _alpha(1.0, dt) * ((raw - self.value) / dt - self.speed)
        cutoff = self.min_cutoff_hz + self.beta * abs(speed)
        value = self.value + _alpha(cutoff, dt) * (raw - self.value)
        return OneEuro(self.min_cutoff_hz, self.beta, value, speed, t)


def _alpha(cutoff_hz: float, dt: float) -> float:
    tau = 1.0 / (2.0 * math.pi * cutoff_hz)
    return 1.0 / (1.0 + tau / dt)
