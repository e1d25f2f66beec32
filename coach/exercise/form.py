"""Wrong form during a movement: how long it lasted, and how much of that counts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from coach.events import Reason

MILD_SHARE = 0.35  # of the movement so far; mild faults that last less do not count


@dataclass(frozen=True, slots=True)
class FormFault:
    """A period of wrong form, seconds. `grave_s`: how much of it was more than mild."""

    start: float
    end: float
    reason: Reason
    grave_s: float = math.inf

    def mild(self, grace_s: float) -> bool:
        """Whether it was more than mild for no longer than the grace time, and not all along."""
        return self.grave_s <= grace_s and self.grave_s < self.end - self.start


FormFaults: TypeAlias = tuple[FormFault, ...]


def extended(faults: FormFaults, fresh: FormFault, grace_s: float) -> FormFaults:
    """Append one frame's fault, or extend the last one if the same fault returns within the grace time."""
    last = faults[-1] if faults else None
    if last is None or last.reason != fresh.reason or fresh.end - last.end > grace_s:
        return (*faults, fresh)
    grave_s = last.grave_s + (fresh.end - last.end if fresh.grave_s else 0.0)
    return (*faults[:-1], replace(last, end=fresh.end, grave_s=grave_s))


def counting(faults: FormFaults, start: float, end: float, grace_s: float) -> list[FormFault]:
    """Return the faults that count, cut to `start`..`end`: long ones, and mild ones if they add up.

    Faults that take turns, without right form in between, last as long as all of them.
    """
    cut = [replace(fault, start=max(fault.start, start), end=min(fault.end, end)) for fault in faults]
    long = [fault for run in _runs(cut) if run[-1].end - run[0].start > grace_s for fault in run]
    mild_s = sum(fault.end - fault.start for fault in long if fault.mild(grace_s))
    return [fault for fault in long if not fault.mild(grace_s) or mild_s >= MILD_SHARE * (end - start)]


def _runs(faults: Iterable[FormFault]) -> list[list[FormFault]]:
    """Put together the faults that follow one another without a break."""
    runs: list[list[FormFault]] = []
    for fault in faults:
        if fault.end <= fault.start:
            continue
        if runs and fault.start <= runs[-1][-1].end:
            runs[-1].append(fault)
        else:
            runs.append([fault])
    return runs


def lost_s(faults: FormFaults, start: float, end: float, grace_s: float) -> float:
    """Return how many seconds between `start` and `end` the form was wrong for longer than the grace time.

    A grave fault also costs the good form before it, if that lasted less than twice the grace time: it takes
    a moment to recognise a fault.
    """
    if not faults:
        return 0.0
    total, good_since = 0.0, start
    for fault in counting(faults, start, end, grace_s):
        soon = not fault.mild(grace_s) and fault.start - good_since < 2 * grace_s
        total += fault.end - (good_since if soon else fault.start)
        good_since = fault.end
    return total
