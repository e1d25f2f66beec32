"""A simulated person's intended movements: the ground truth for the coach's event log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from coach.events import Direction, SideOrEven

MovementKind: TypeAlias = Literal[
    "cheek_raise",
    "smile",
    "smile_with_eyes",
    "open_hold",
    "slow_close",
    "circles",
    "breath_in",
    "breath_out",
    "recall",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntendedMovement:
    """One movement the person intended, in the source's time.

    `start`: onset. `apex`: fully there. `release`: the fall began; `end`: at rest again; None until it
    has happened. `valid`: a good coach counts it; otherwise `reason` is the failing (the contract's
    word, `no_smile`, or `interrupted`). `side`: the weaker one. `direction`, `count`: of jaw circles.
    `cue_t`: when the person heard what caused it. `eyes`: whether the cheeks join in.
    """

    exercise: str
    kind: MovementKind
    cue_t: float
    start: float
    apex: float
    release: float | None = None
    end: float | None = None
    valid: bool = True
    reason: str = ""
    side: SideOrEven = "even"
    direction: Direction | None = None
    count: int = 0
    eyes: bool = False
