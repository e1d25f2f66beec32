"""How often a fault is spoken of: at most one correction in two tries, and a word when it is put right."""

from __future__ import annotations

from dataclasses import dataclass

FIXED = "fixed"
"""The phrase that confirms a correction."""


@dataclass(frozen=True, slots=True)
class Rationing:
    """How much correcting there has been.

    `corrected`: the fault last spoken of, None once it was put right. `since`: tries since a
    correction was spoken, 0 right after one. `last`: the fault of the last try, None if it had none.
    """

    corrected: str | None = None
    since: int = 1
    last: str | None = None


def ration(state: Rationing, fault: str | None) -> tuple[Rationing, str | None]:
    """Take how one try went and return the phrase to say about it: a fault's name, `fixed`, or None.

    At most one correction in two tries. A fault that was spoken of is spoken of again only when it
    persists: two tries in a row. When the try right after a correction is a good one, `fixed` says so.

    Parameters
    ----------
    state
        What the last call returned; `Rationing()` when an exercise begins.
    fault
        The reason of an attempt, or what was not quite right in a repetition; None for a good one.
    """
    since = state.since + 1
    if fault is None:
        confirmed = FIXED if state.corrected is not None and state.since == 0 else None
        return Rationing(None, since, None), confirmed
    persists = fault == state.last
    if state.since >= 1 and (fault != state.corrected or persists):
        return Rationing(fault, 0, fault), fault
    return Rationing(state.corrected, since, fault), None
