"""Change beyond the usual variation: further than two measurements of the same face differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ENDS = 3  # values averaged at either end of a series
LEAST = 2 * ENDS  # fewer values are too early to judge, unless their error is known
MDC95 = 1.96 * math.sqrt(2)  # times SEM; Weir, J Strength Cond Res 2005; 19: 231-240


def sem_of_series(values: Sequence[float]) -> float | None:
    """Return the noise of one value a day, whatever slow change lies beneath it.

    The larger of two estimates: from successive differences (von Neumann 1941), which no trend
    disturbs but good and bad weeks escape; and the spread about a straight line, which sees them.
    """
    if len(values) < LEAST:
        return None
    y = np.asarray(values, dtype=float)
    steps = np.diff(y)
    successive = math.sqrt(float(steps @ steps) / len(steps) / 2)
    return max(successive, _detrended(y))


def minimal_detectable_change(sem: float) -> float:
    """Return MDC95 = 1.96 sqrt(2) SEM: two single measurements differ by more in 1 case of 20 only."""
    return MDC95 * sem


@dataclass(frozen=True, slots=True)
class Trend:
    """From the first three values' mean (`start`) to the last three's (`now`), in the values' unit.

    With a known error fewer than six values are enough: of four or five the two at either end are taken, of
    two or three the one.

    `noise`: MDC95, how far two single values lie apart by chance. Held against a difference of means
    of three it is a strict measure on purpose: several trends are looked at on one page, and days in a
    row are alike. In simulation white noise passes for change in 1 % of series or fewer, days that
    correlate by 0.3 in 3 %; a true change of 4 SEM is found in 82 % of series of 26 values.
    """

    start: float
    now: float
    noise: float

    @property
    def change(self) -> float:
        """Now minus start."""
        return self.now - self.start

    @property
    def real(self) -> bool:
        """Whether the change exceeds the noise."""
        return abs(self.change) > self.noise


def trend(values: Sequence[float], sem: float | None = None, resolution: float = 0.0) -> Trend | None:
    """Return how a series moved; None if it is too early to say.

    Parameters
    ----------
    values
        In order of time, one a session or check-in.
    sem
        From repeated takes, where known: then two values can be compared. A series that scatters more
        about its own line than that is believed.
    resolution
        The smallest difference that the measurement can tell: noise is never taken for less.
    """
    own = sem_of_series(values)
    y = np.asarray(values, dtype=float)
    if own is None:
        if sem is None or len(y) < 2:  # noqa: PLR2004 - a change has two ends
            return None
        own = _detrended(y) if len(y) > 2 else 0.0  # noqa: PLR2004 - two points lie on a line
    ends = min(ENDS, len(y) // 2)  # of three the first and the last, of four two and two
    noise = max(minimal_detectable_change(max(own, sem or 0.0)), resolution)
    return Trend(float(y[:ends].mean()), float(y[-ends:].mean()), noise)


def _detrended(y: NDArray[np.float64]) -> float:
    """Return the spread about a straight line, its two parameters taken off the degrees of freedom."""
    x = np.arange(len(y), dtype=float)
    x -= x.mean()
    rest = y - y.mean() - x * float(x @ y) / float(x @ x)
    return math.sqrt(float(rest @ rest) / (len(y) - 2))
