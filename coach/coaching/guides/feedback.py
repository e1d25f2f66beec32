"""How often to correct: at most once in two tries, and a kind word when the fault is gone."""

from __future__ import annotations

from dataclasses import dataclass

FIXED = "fixed"
"""The phrase that confirms a correction."""


@dataclass(frozen=True, slots=True)
class Rationing:
    """The corrections so far.

    `corrected`: the fault last corrected, None once it is gone. `since`: tries since the last
    correction, 0 right after one. `last`: the fault of the last try, None if it had none.
    """

    corrected: str | None = None
    since: int = 1
    last: str | None = None


def ration(state: Rationing, fault: str | None) -> tuple[Rationing, str | None]:
    """Take in how a try went and return the phrase to say about it: a fault's name, `fixed`, or None.

    At most one correction in two tries. The same fault is corrected again only if it persists for two tries
    in a row. If the try right after a correction is a good one, `fixed` says so.

    Parameters
    ----------
    state
        The last call's state; `Rationing()` when an exercise begins.
    fault
        The reason of an attempt, or the small fault of a repetition; None for a good one.
    """
    since = state.since + 1
    if fault is None:
        confirmed = FIXED if state.corrected is not None and state.since == 0 else None
        return Rationing(None, since, None), confirmed
    persists = fault == state.last
    if state.since >= 1 and (fault != state.corrected or persists):
        return Rationing(fault, 0, fault), fault
    return Rationing(state.corrected, since, fault), None
