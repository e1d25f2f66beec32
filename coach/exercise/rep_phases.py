"""The phases of a repetition, and what leads from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from coach.exercise import unseen
from coach.exercise.repetition import RepPhase, RepSpec, RepState, Sample

RepTrigger: TypeAlias = Literal["entered", "dropped", "dwelt", "fell", "lost", "rested"]

TRANSITIONS: Final[dict[tuple[RepPhase, RepTrigger], RepPhase]] = {
    ("neutral", "entered"): "onset",  # the movement rises above the enter threshold
    ("onset", "dropped"): "neutral",  # ... but only flickered
    ("onset", "dwelt"): "apex",  # ... and stays: the hold is timed, from half-rise on
    ("onset", "lost"): "offset",
    ("apex", "dropped"): "neutral",  # it settles below the enter threshold: noise, or the edge of a blink
    ("apex", "fell"): "offset",  # below half of its own plateau for longer than the grace
    ("apex", "lost"): "offset",  # face gone or head turned for longer than the grace
    ("offset", "rested"): "neutral",  # true return to rest: ready for the next
}

LONGEST_S = 90.0  # nobody holds a face this long: it is a new posture
SETTLED_S = 0.7  # after a movement, a level that is steady this long and below its half is the new rest
STUCK_S = 8.0  # the same for a level above its half
LEAST_PLATEAU = 0.85  # of the enter threshold; whatever settles lower was no movement
LEAST_ABOVE_NEUTRAL = 0.5  # the same against the calibrated neutral: coming back to it is no movement
ROSE_AGAIN = 1.5  # of a failed attempt's plateau; a rise this high before coming to rest is the next movement


def trigger_of(state: RepState, sample: Sample, spec: RepSpec, enter: float) -> RepTrigger | None:
    """Return what this frame triggers in the current phase, if anything."""
    if state.gone_since is not None:
        long = sample.t - state.gone_since > spec.grace_s
        return "lost" if long and state.phase in ("onset", "apex") else None
    return None if sample.masked else TRIGGERS[state.phase](state, sample, spec, enter)


def in_next_phase(state: RepState, trigger: RepTrigger, t: float) -> RepState:
    """Return the state in the phase that a trigger leads to, which begins at `t` seconds."""
    return replace(state, phase=TRANSITIONS[state.phase, trigger], since=t)


def _neutral(state: RepState, sample: Sample, spec: RepSpec, enter: float) -> RepTrigger | None:
    del spec
    return "entered" if sample.level - state.floor > enter else None


def _onset(state: RepState, sample: Sample, spec: RepSpec, enter: float) -> RepTrigger | None:
    if sample.level - state.floor <= enter * spec.rest * 2:
        return "dropped"
    return "dwelt" if sample.t - state.since >= spec.dwell_s else None


def _apex(state: RepState, sample: Sample, spec: RepSpec, enter: float) -> RepTrigger | None:
    if not state.counted and _nothing(state, enter):
        return "dropped"
    below, low = state.below_since, sample.level - state.floor < spec.rest * state.plateau
    fallen = state.rested_in_gap or (below is not None and (low or sample.t - below >= spec.grace_s))
    return "fell" if fallen or sample.t - state.start > LONGEST_S else None


def _offset(state: RepState, sample: Sample, spec: RepSpec, enter: float) -> RepTrigger | None:
    seen = state.rest_since is not None and sample.t - state.rest_since >= spec.rest_dwell_s
    return (
        "rested"
        if seen or state.rested_in_gap or _stuck(state, sample.t, spec) or next_begun(state, enter)
        else None
    )


TRIGGERS: Final[dict[RepPhase, Callable[[RepState, Sample, RepSpec, float], RepTrigger | None]]] = {
    "neutral": _neutral,
    "onset": _onset,
    "apex": _apex,
    "offset": _offset,
}


def _nothing(state: RepState, enter: float) -> bool:
    """Whether the plateau is too low for a movement, above rest or above the calibrated neutral."""
    low = state.plateau < LEAST_PLATEAU * enter
    return low or state.plateau + state.floor < LEAST_ABOVE_NEUTRAL * enter


def next_begun(state: RepState, enter: float) -> bool:
    """Whether the next movement has begun although the face was not seen at rest."""
    return _rose_again(state, enter) or unseen.rose_in_gap(state, enter)


def _rose_again(state: RepState, enter: float) -> bool:
    """Whether the next movement has started before a failed attempt came to rest."""
    failed = state.phase == "offset" and not state.counted and state.plateau > 0
    return failed and state.level > max(enter, ROSE_AGAIN * state.plateau)


def _stuck(state: RepState, t: float, spec: RepSpec) -> bool:
    """Whether the level has stayed within a narrow band after a movement: a new rest level.

    Below half of the movement a short time is enough. Nobody rests higher up, so there it takes long.
    """
    if state.phase != "offset":
        return False
    low = state.level < spec.leave * state.plateau
    wait = SETTLED_S if low else STUCK_S
    recent = [level for at, level in state.trace if t - at <= wait]
    if t - state.since < wait or not recent:
        return False
    return max(recent) - min(recent) < (0.2 if low else 0.3) * max(state.plateau, 1e-9)
