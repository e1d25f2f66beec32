"""The state machine of a repetition: when it counts, how long it is held, and why an attempt did not."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import replace

from coach.events import Reason
from coach.exercise import kinematics, unseen
from coach.exercise.form import FormFault, FormFaults, counting, extended, lost_s
from coach.exercise.kinematics import LevelTrace
from coach.exercise.rep_phases import RepTrigger, in_next_phase, next_begun, trigger_of
from coach.exercise.repetition import Ended, Reached, RepSpec, RepState, Sample

PREROLL_S = 1.2  # kept from before the enter threshold, to find onset and half-rise
CERTAIN_S = 2.0  # this long after onset, the half-rise time is final; by the frame before


def step(
    state: RepState, sample: Sample, spec: RepSpec, noise: float
) -> tuple[RepState, Reached | Ended | None]:
    """Take in one frame.

    Parameters
    ----------
    state
        As returned for the frame before.
    sample
        The frame; its `t` must be later than the state's, else nothing changes.
    spec
        Targets and thresholds.
    noise
        Standard deviation of the level on the neutral face.

    Returns
    -------
    The new state, and what happened to the repetition in this frame, if anything.
    """
    if sample.t <= state.t:
        return state, None
    dt = min(sample.t - state.t, 0.2) if math.isfinite(state.t) else 0.0
    if sample.t - state.t > unseen.GAP_S:
        # A gap this long is never part of a rise or a hold, however good the face looks before and after it.
        if state.phase in ("onset", "apex"):
            state, sample = replace(state, gone_since=state.t), Sample(sample.t, gone="face_lost")
        elif state.phase == "neutral":
            state = replace(state, trace=())
    enter = max(spec.enter * state.scale, spec.noise_gate * noise)
    if not math.isfinite(state.t) and sample.level > enter:
        # The movement started before the first frame: wait until the face has been at rest.
        state = replace(state, begun=True)
        state = state if state.from_start else replace(state, phase="offset", since=sample.t)
    seen = _see(state, sample, spec, enter)
    if seen.phase == "apex":
        seen = _clock(seen, sample.t, spec)
    trigger = trigger_of(seen, sample, spec, enter)
    result: Reached | Ended | None = None
    held = seen.phase == "apex" and trigger is None and sample.gone is None
    if held and not seen.counted and seen.hold_s + dt / 2 >= spec.hold_s:  # the frame nearest to the target
        seen = replace(seen, counted=True)
        result = Reached(seen.onset_t, seen.hold_s)
    if trigger is not None:
        seen, result = _move(seen, sample, spec, trigger, enter)
    floor = seen.floor
    if seen.phase == "neutral" and sample.gone is None and not sample.masked:
        floor = _drift(floor, sample, enter, dt, spec)
    return replace(seen, t=sample.t, floor=floor), result


def _see(state: RepState, sample: Sample, spec: RepSpec, enter: float) -> RepState:
    """Append the frame to the trace and the faults."""
    seen_t = state.trace[-1][0] if state.trace else -math.inf
    if sample.t - state.t > unseen.SEEN_S and state.trace and state.trace[-1][0] < state.t:
        # A blink before the gap: nothing had risen or fallen until it began.
        state = replace(state, trace=(*state.trace, (state.t, state.trace[-1][1])))
    if sample.gone is not None:
        since = sample.t if state.gone_since is None else state.gone_since
        long = state.phase == "neutral" and sample.t - since > unseen.GAP_S
        return replace(state, gone_since=since, rest_since=None, trace=() if long else state.trace)
    if sample.masked:
        return replace(state, gone_since=None)
    trace, faults = (*state.trace, (sample.t, sample.level)), state.faults
    if state.phase == "neutral":
        trace = _last(trace, sample.t)
    if state.phase in ("onset", "apex") and sample.fault is not None:
        faults = _with_fault(state, sample, sample.fault, spec, seen_t)
    rest_since, height = None, sample.level - state.floor
    low = height < spec.rest * max(state.plateau, enter)
    home = abs(sample.level) < enter / 2  # the calibrated neutral is always rest
    if state.phase == "offset" and (low or home):
        in_gap = sample.t - state.t > unseen.SEEN_S
        rest_since = state.rest_since or (state.t if in_gap else sample.t)
    came_to_rest = state.phase in ("apex", "offset") and unseen.came_to_rest(
        state, sample.t, height, spec.half
    )
    return replace(
        state,
        trace=trace,
        faults=faults,
        gone_since=None,
        rest_since=rest_since,
        rested_in_gap=state.rested_in_gap or came_to_rest,
    )


def _with_fault(state: RepState, sample: Sample, reason: Reason, spec: RepSpec, seen_t: float) -> FormFaults:
    """Add the frame's fault.

    A gap or a blink belongs to it where the last frame that showed the form was wrong as well.
    """
    dt = sample.t - state.t if math.isfinite(state.t) else 0.0
    last = state.faults[-1] if state.faults else None
    lasting = last is not None and last.end == seen_t
    begin = seen_t if lasting else state.t if dt < spec.grace_s else sample.t
    grave_s = 0.0 if sample.mild else sample.t - begin
    hidden_s = sample.t - seen_t if lasting else 0.0
    return extended(state.faults, FormFault(begin, sample.t, reason, grave_s), max(spec.grace_s, hidden_s))


def _last(trace: LevelTrace, t: float) -> LevelTrace:
    """Return the trace's last moments, and the frame before a gap that is longer than they are."""
    first = bisect_left(trace, -PREROLL_S, key=lambda point: point[0] - t)
    gap_s = trace[first][0] - trace[first - 1][0] if 0 < first < len(trace) else 0.0
    return trace[first - 1 :] if gap_s > unseen.SEEN_S else trace[first:]


def _clock(state: RepState, t: float, spec: RepSpec) -> RepState:
    """Measure plateau, half-rise and hold from all levels so far."""
    trace, floor, start = state.trace, state.floor, state.start
    half_t, onset_t = state.half_t, state.onset_t
    plateau = kinematics.plateau((level for at, level in trace if at >= start), floor)
    if state.t - state.since <= CERTAIN_S:  # what a gap hides is nothing that was seen
        half_t = unseen.half_risen(trace, floor, start, plateau, spec.half)
        onset_t = max(start, unseen.onset(trace, floor, start))
    below_since = None
    if state.level < spec.leave * plateau or state.rested_in_gap:
        below_since = state.below_since
        if below_since is None:
            below_since = unseen.fallen(trace, floor, spec.leave * plateau, plateau)
    until = t if below_since is None else min(below_since, t)
    if t - trace[-1][0] > unseen.BLINK_S:
        until = trace[-1][0]  # more than a blink: nobody knows yet
    if state.faults and state.faults[-1].end == trace[-1][0]:
        until = min(until, trace[-1][0])  # a blink while the form is wrong: it may still be
    if state.gone_since is not None:
        until = min(until, state.gone_since)
    return replace(
        state,
        onset_t=onset_t,
        plateau=plateau,
        half_t=half_t,
        below_since=below_since,
        hold_s=max(until - half_t - lost_s(state.faults, half_t, until, spec.grace_s), 0.0),
    )


def _move(
    state: RepState, sample: Sample, spec: RepSpec, trigger: RepTrigger, enter: float
) -> tuple[RepState, Reached | Ended | None]:
    """Go to the next phase; return what ended, if anything."""
    moved = in_next_phase(state, trigger, sample.t)
    if trigger == "entered":
        entered = replace(moved, start=sample.t, onset_t=sample.t, faults=(), counted=False, hold_s=0.0)
        return replace(entered, below_since=None, rested_in_gap=False), None
    if trigger == "dropped":
        return replace(moved, faults=(), below_since=None, plateau=0.0, half_t=0.0, hold_s=0.0), None
    if trigger == "dwelt":
        begun = unseen.onset(state.trace, state.floor, state.start)
        return _clock(replace(moved, start=begun, onset_t=begun), sample.t, spec), None
    if trigger == "fell" and not moved.counted and moved.hold_s >= spec.hold_s:
        # Reached, and let go, in a gap.
        moved = replace(moved, counted=True, rest_since=None, gone=None)
        return moved, Reached(moved.onset_t, moved.hold_s)
    if trigger in ("fell", "lost"):
        return replace(moved, rest_since=None, gone=sample.gone if trigger == "lost" else None), None
    return _back_at_rest(moved, sample, spec, next_begun=next_begun(state, enter))


def ended_now(state: RepState, t: float, reason: Reason | None = None, *, brief: bool = False) -> Ended:
    """Return the end at `t` of the movement so far; `reason`: why it did not count; see `Ended`."""
    return Ended(
        start=state.onset_t,
        end=t,
        hold_s=state.hold_s,
        plateau=state.plateau,
        half_t=state.half_t,
        reason=reason,
        brief=brief,
        begun=state.begun,
    )


def _back_at_rest(
    state: RepState, sample: Sample, spec: RepSpec, *, next_begun: bool
) -> tuple[RepState, Ended | None]:
    end = state.rest_since if state.rest_since is not None else sample.t
    ended = ended_now(
        state, end, None if state.counted else _reason(state, spec), brief=_brief(state, sample.t, spec)
    )
    level = state.trace[-1][1] if state.trace else state.floor
    new = state.rest_since is None and not state.rested_in_gap  # a level it has settled at
    floor = level if new else min(state.floor, max(level, 0.0))
    clean = RepState(floor=floor, scale=state.scale, since=sample.t, t=state.t, trace=state.trace[-1:])
    if next_begun:
        clean = replace(clean, floor=state.floor, trace=_last(state.trace, sample.t))
    if state.counted:
        clean = replace(clean, scale=0.7 * state.scale + 0.3 * state.plateau)
    return clean, None if state.plateau <= 0 else ended


def _brief(state: RepState, t: float, spec: RepSpec) -> bool:
    """Whether the movement was held, in right or wrong form, for less than is worth a word."""
    return not state.counted and state.hold_s + lost_s(state.faults, 0.0, t, 0.0) < spec.least_s


def cut_off(state: RepState, t: float, spec: RepSpec) -> Ended | None:
    """Return how a movement ended that was still under way in the last frame, at `t` seconds."""
    if state.phase not in ("apex", "offset") or state.plateau <= 0:
        return None
    reason = None if state.counted else "cut_off" if state.phase == "apex" else _reason(state, spec)
    end = t if state.below_since is None else min(state.below_since, t)
    return ended_now(state, t if state.counted else end, reason, brief=_brief(state, t, spec))


def _reason(state: RepState, spec: RepSpec) -> Reason:
    """Return why a movement did not count: its longest fault if that cost it the hold, else too short."""
    spent: dict[Reason, float] = {}
    for fault in counting(state.faults, state.start, state.t, spec.grace_s):
        spent[fault.reason] = spent.get(fault.reason, 0.0) + fault.end - fault.start
    if state.gone is not None:
        return state.gone
    short: Reason = "cut_off" if state.begun else "too_short"
    if not spent:
        return short
    worst = max(spent, key=lambda key: spent[key])
    return worst if spent[worst] >= 0.3 * (state.hold_s + sum(spent.values())) else short


def _drift(floor: float, sample: Sample, enter: float, dt: float, spec: RepSpec) -> float:
    """Let the rest level follow slow drift in either direction, but not movements.

    The calibrated neutral is always rest: a face that returns to it is at rest at once.
    """
    level = sample.level
    if abs(level - floor) > enter:
        return max(level, 0.0) if level < floor and abs(level) < enter else floor
    if sample.fault is not None:
        return floor
    return floor + (level - floor) * (1 - math.exp(-dt / spec.drift_s))
