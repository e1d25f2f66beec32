"""The randomness of a simulated person: failings, delays, and efforts that are never quite even."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Literal

from coach.simulation.spec import FAILINGS, Failing, PersonSpec, Span
from coach.types import Bilateral


class Randomness:
    """A person's random choices; the same seed and the same calls give the same results.

    Parameters
    ----------
    spec
        How fast, how steady and how often wrong the person is.
    seed
        Of everything random.
    script
        Failings in this order, each at the next attempt it can happen in; None = a good attempt.
        After the last one every attempt is good. Without a script they are random.
    """

    def __init__(self, spec: PersonSpec, seed: int, script: Sequence[Failing | None] | None) -> None:
        self._spec = spec
        self._random = random.Random(seed)  # noqa: S311 - nothing here is a secret
        self._script = None if script is None else list(script)
        self._failed_last = False

    def failing(self, exercise: str, *, at_best: bool = False) -> Failing | None:
        """Return what goes wrong with the next attempt; a measured best never fails by chance."""
        if self._script is not None:
            if self._script and (self._script[0] is None or self._script[0] in FAILINGS[exercise]):
                return self._script.pop(0)
            return None
        if at_best:
            return None
        kinds = [kind for kind in FAILINGS[exercise] if self._spec.failures.weights.get(kind, 0) > 0]
        fails = self._random.random() < self._spec.failures.share
        self._failed_last = bool(kinds) and fails and not self._failed_last
        if not self._failed_last:
            return None
        weights = [self._spec.failures.weights[kind] for kind in kinds]
        return self._random.choices(kinds, weights)[0]

    def happens(self, share: float) -> bool:
        """Return True in this share of cases; never with a script."""
        return self._script is None and self._random.random() < share

    def draw(self, span: Span) -> float:
        """Return a quantity within its limits."""
        return self._random.uniform(span.low, span.high)

    def delay(self) -> float:
        """Return the time between hearing and moving, seconds."""
        spec = self._spec.reaction
        delay = self._random.lognormvariate(math.log(spec.median_s), spec.spread)
        return min(max(delay, spec.least_s), spec.most_s)

    def side(self) -> Literal["left", "right"]:
        """Return one of the person's sides."""
        return self._random.choice(("left", "right"))

    def even(self, span: Span) -> Bilateral:
        """Return an effort as even as a healthy person's: the sides differ by a few per cent."""
        level, uneven = self.draw(span), self._random.uniform(-1, 1) * self._spec.life.uneven
        return Bilateral(min(level * (1 + uneven), 1.0), min(level * (1 - uneven), 1.0))

    def lag(self) -> Bilateral:
        """Return by how much each side comes later, seconds; one of them is in time."""
        late = self.draw(self._spec.life.lag_s)
        return self._random.choice((Bilateral(late, 0.0), Bilateral(0.0, late)))
