"""A person's own range: best cheek raise, smile and jaw opening, each the better of two held movements."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

import numpy as np

from coach.calibration.plateau import FEWEST, CalibrationFault, Plateau, fault_of, height, plateau
from coach.calibration.spec import RANGE_PARTS, CalibrationSpec, RangePart, noise_of
from coach.coaching.cues import Cue, CueKind
from coach.exercise.blink import Eyes
from coach.face.baseline import Noise, OwnRange
from coach.face.features import Features

CalibrationPhase: TypeAlias = Literal["asking", "waiting", "holding", "letting_go", "done"]
CalibrationTrigger: TypeAlias = Literal[
    "asked", "moved", "unanswered", "taken", "spoiled", "lost", "rested", "enough"
]

TRANSITIONS: Final[dict[tuple[CalibrationPhase, CalibrationTrigger], CalibrationPhase]] = {
    ("asking", "asked"): "waiting",
    ("waiting", "moved"): "holding",
    ("waiting", "unanswered"): "letting_go",
    ("waiting", "spoiled"): "letting_go",
    ("waiting", "lost"): "asking",
    ("holding", "taken"): "letting_go",
    ("holding", "spoiled"): "letting_go",
    ("holding", "lost"): "asking",
    ("letting_go", "rested"): "asking",
    ("letting_go", "enough"): "done",
}


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far measuring the range has come.

    `part`: index into `RANGE_PARTS`; `takes`: heights of the usable movements of it so far; `repeats`: tries
    of it that were not. `found`: the parts that are done, a height or None. `since`: seconds, begin of
    the phase. `trace`: usable frames of the movement. `again`: the next try follows one of the same.
    `level`: height in the last usable frame; `held`: 0..1 of the hold. `seen_t`: last frame with a face.
    """

    noise: Noise
    phase: CalibrationPhase = "asking"
    since: float = 0.0
    part: int = 0
    takes: tuple[float, ...] = ()
    repeats: int = 0
    again: bool = False
    found: tuple[float | None, ...] = ()
    eyes: Eyes = field(default_factory=Eyes)
    trace: tuple[tuple[float, float], ...] = ()
    level: float = 0.0
    held: float = 0.0
    fault: CalibrationFault | None = None
    fault_since: float = 0.0
    seen_t: float | None = None

    @property
    def name(self) -> RangePart:
        """The movement that is asked for."""
        return RANGE_PARTS[min(self.part, len(RANGE_PARTS) - 1)]

    def own_range(self, before: OwnRange) -> OwnRange:
        """Return the range; movements that were not measured keep their height in `before`."""
        values = (value for value in (*self.found, *(None,) * (len(RANGE_PARTS) - len(self.found))))
        old = (before.cheek, before.smile, before.jaw)
        return OwnRange(*(was if new is None else new for new, was in zip(values, old, strict=True)))

    @property
    def measured(self) -> tuple[RangePart, ...]:
        """The movements that were usable."""
        return tuple(part for part, value in zip(RANGE_PARTS, self.found, strict=False) if value is not None)


def step(
    state: Calibration, t: float, features: Features | None, spec: CalibrationSpec, *, quiet: bool
) -> tuple[Calibration, tuple[Cue, ...]]:
    """Take in one frame; return what to say. `quiet`: nothing is being said."""
    if state.phase == "done":
        return state, ()
    state = _look(state, t, features, spec)
    trigger, cues = _trigger(state, t, spec, quiet=quiet)
    if trigger is None:
        return replace(state, held=_plateau(state, spec).held if state.phase == "holding" else 0.0), cues
    return _move(state, t, trigger, spec), cues


def ask_again(state: Calibration, t: float) -> Calibration:
    """Ask for the present movement again, at no cost, e.g. after a pause."""
    if state.phase in ("done", "letting_go"):
        return replace(state, seen_t=t)
    return _entered(replace(state, again=False, seen_t=t), "asking", t)


def skip(state: Calibration, t: float, spec: CalibrationSpec) -> Calibration:
    """Leave the present movement as it is and go on to the next."""
    if state.phase == "done":
        return state
    return _move(replace(state, repeats=spec.repeats + spec.takes, phase="letting_go"), t, "rested", spec)


def back(state: Calibration, t: float) -> Calibration:
    """Measure the movement before the present one again; the first one begins again."""
    if state.phase == "done":
        return state
    part = max(state.part - 1, 0)
    return Calibration(
        state.noise, since=t, part=part, found=state.found[:part], eyes=state.eyes, seen_t=state.seen_t
    )


def _look(state: Calibration, t: float, features: Features | None, spec: CalibrationSpec) -> Calibration:
    """Take the frame into the trace, or note why not."""
    if features is None:
        return replace(state, seen_t=t if state.seen_t is None else state.seen_t)
    eyes = state.eyes.step(t, features.closure.maximum, spec.eyes)
    state = replace(state, eyes=eyes, seen_t=t)
    if eyes.blinking(t, spec.eyes):
        return state
    fault = fault_of(state.name, features, eyes, spec)
    if fault != state.fault:
        state = replace(state, fault=fault, fault_since=t)
    value = height(state.name, features)
    if fault is not None or value > getattr(spec.most, state.name):
        return state
    return replace(state, level=value, trace=(*state.trace, (t, value)))


def _trigger(
    state: Calibration, t: float, spec: CalibrationSpec, *, quiet: bool
) -> tuple[CalibrationTrigger | None, tuple[Cue, ...]]:
    timing, trying = spec.timing, state.phase in ("waiting", "holding")
    if state.seen_t is not None and t - state.seen_t >= timing.lost_s:
        return ("lost", (Cue(t, CueKind.CORRECTION, "paused_face"),)) if trying else (None, ())
    if trying and state.fault is not None and t - state.fault_since >= timing.fault_s:
        return "spoiled", _spoiled(t, state.fault)
    if state.phase == "asking":
        return _asking(state, t, spec, quiet=quiet)
    if state.phase == "waiting":
        return _waiting(state, t, spec)
    return _holding(state, t, spec) if state.phase == "holding" else (_letting_go(state, t, spec, quiet), ())


def _asking(
    state: Calibration, t: float, spec: CalibrationSpec, *, quiet: bool
) -> tuple[CalibrationTrigger | None, tuple[Cue, ...]]:
    late = t - state.since >= spec.timing.rest_s  # do not wait for ever for a neutral face that has changed
    at_rest = state.level < spec.least_of(state.name, state.noise) or late
    if not (quiet and at_rest and state.fault is None and state.seen_t == t):
        return None, ()
    return "asked", (Cue(t, CueKind.INSTRUCTION, "again" if state.again else f"own_{state.name}"),)


def _waiting(
    state: Calibration, t: float, spec: CalibrationSpec
) -> tuple[CalibrationTrigger | None, tuple[Cue, ...]]:
    if state.level >= spec.least_of(state.name, state.noise):
        return "moved", (Cue(t, CueKind.HOLD, "hold"),)
    return ("unanswered" if t - state.since >= spec.timing.patience_s else None), ()


def _letting_go(
    state: Calibration, t: float, spec: CalibrationSpec, quiet: bool
) -> CalibrationTrigger | None:
    over = _over(state, spec)
    if over and state.name == RANGE_PARTS[-1]:  # after the very last one there is nothing to wait for
        return "rested"
    if over and not quiet:  # what is being said is about this movement, and is not to be read below the next
        return None
    rested = state.level < spec.plateau.rest * max(state.takes, default=float("inf"))
    return "rested" if rested or t - state.since >= spec.timing.rest_s else None


def _holding(
    state: Calibration, t: float, spec: CalibrationSpec
) -> tuple[CalibrationTrigger | None, tuple[Cue, ...]]:
    now = _plateau(state, spec)
    if now.held >= spec.plateau.held and now.height >= spec.least_of(state.name, state.noise):
        return "taken", (Cue(t, CueKind.RELEASE, "release", None, {"n": len(state.takes) + 1}),)
    top = max((value for _, value in state.trace), default=0.0)
    if state.level < spec.plateau.rest * top:
        return "spoiled", _spoiled(t, "too_short")
    if t - state.since < spec.timing.steady_s:
        return None, ()
    if _unsteady(state, spec) is None:
        return "spoiled", _spoiled(t, "too_short")
    return "taken", (Cue(t, CueKind.RELEASE, "release", None, {"n": len(state.takes) + 1}),)


def _plateau(state: Calibration, spec: CalibrationSpec) -> Plateau:
    if not state.trace:
        return Plateau()
    noise = noise_of(state.name, state.noise)
    return plateau(state.trace, spec.timing.hold_s, spec.plateau.tolerance, noise)


def _unsteady(state: Calibration, spec: CalibrationSpec) -> float | None:
    """Return the median of the upper half of a movement that never became steady; None if it is too small."""
    if len(state.trace) < FEWEST or state.trace[-1][0] - state.trace[0][0] < spec.timing.hold_s:
        return None
    values = np.sort([value for _, value in state.trace])
    upper = float(np.median(values[len(values) // 2 :]))
    return upper if upper >= spec.least_of(state.name, state.noise) else None


def _spoiled(t: float, fault: CalibrationFault) -> tuple[Cue, ...]:
    return Cue(t, CueKind.CORRECTION, fault), Cue(t, CueKind.INSTRUCTION, "rest")


def _over(state: Calibration, spec: CalibrationSpec) -> bool:
    """Whether the present movement is done."""
    return len(state.takes) >= spec.takes or len(state.takes) + state.repeats >= spec.takes + spec.repeats


def _move(state: Calibration, t: float, trigger: CalibrationTrigger, spec: CalibrationSpec) -> Calibration:
    if trigger == "taken":
        now = _plateau(state, spec)
        steady = now.held >= spec.plateau.held
        taken = now.height if steady else _unsteady(state, spec)
        state = replace(state, takes=state.takes if taken is None else (*state.takes, taken), again=True)
    elif trigger in ("spoiled", "unanswered"):
        state = replace(state, repeats=state.repeats + 1, again=trigger == "spoiled")
    elif trigger == "lost":
        state = replace(state, again=False)
    elif trigger == "rested" and _over(state, spec):
        best = max(state.takes, default=None)
        state = replace(state, part=state.part + 1, takes=(), repeats=0, again=False, level=0.0)
        state = replace(state, found=(*state.found, best))
        trigger = "enough" if state.part >= len(RANGE_PARTS) else "rested"
    return _entered(state, TRANSITIONS[state.phase, trigger], t)


def _entered(state: Calibration, phase: CalibrationPhase, t: float) -> Calibration:
    keep = state.trace[-1:] if phase == "holding" else ()
    return replace(state, phase=phase, since=t, trace=keep, fault=None, fault_since=t)
