"""Cues: one thing to tell the person, and how urgent it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class CueKind(IntEnum):
    """Kinds of cue, most urgent first.

    The first four cannot wait and cut off a less urgent cue that is being said; the others wait until nothing
    is. Only `SAFETY` cuts off a `CORRECTION`. See `cue_scheduler`.
    """

    SAFETY = 0
    RELEASE = 1
    HOLD = 2
    COUNTDOWN = 3
    COUNT = 4
    CORRECTION = 5
    PRAISE = 6
    INSTRUCTION = 7


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing to say and show.

    `t`: time of the frame that caused it, seconds. `kind`: its urgency. `key`: the phrase's key in the
    language files, e.g. `go`, `hold`, `release`, `mouth_moved`. `exercise`: the section that has the phrase,
    None for the flow's own section. `values`: values for the phrase's placeholders, e.g. `{"n": 3}`.
    `text`: the words; the phrase book fills them in. `spare`: words without the person's own (a memory's
    name), for a voice that knows fixed phrases only; empty if `text` has none of them.
    """

    t: float
    kind: CueKind
    key: str
    exercise: str | None = None
    values: dict[str, str | int] = field(default_factory=dict)
    text: str = ""
    spare: str = ""


def impersonal(cue: Cue) -> str:
    """Return the cue's words for the log, without the person's own words (a memory's name)."""
    name = str(cue.values.get("name", ""))
    return cue.text.replace(name, "...") if name else cue.text
