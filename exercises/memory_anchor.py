"""Memory anchor: recall a memory and let a smile come; how soon it comes, and whether the eyes join in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from coach.events import Event, Recall, Released, Rep
from coach.exercise import unseen
from coach.exercise.blink import Eyes
from coach.exercise.held import BAND_TOP, since
from coach.exercise.protocol import Context
from coach.exercise.rep_machine import PREROLL_S, ended_now, step
from coach.exercise.repetition import Ended, RepSpec, RepState, Sample
from coach.exercise.smile_symmetry import joining
from coach.exercise.spec import ExerciseSpec, EyeSpec
from coach.exercise.view import Bars, View
from coach.face.features import Features
from coach.settings import Seconds, Strict


class RecallSpec(Strict):
    """When a recall counts.

    `in_time_s`: longest latency that counts; `give_up_s`: how long to wait for a smile; `judge_s`: how long
    after the onset the eyes are checked; `least_eyes`: least engagement that counts.
    """

    in_time_s: Seconds
    give_up_s: Seconds
    judge_s: Seconds
    least_eyes: Annotated[float, Field(gt=0, lt=1)]


class MemorySpec(ExerciseSpec):
    """`config/exercises/memory_anchor.toml`. The `repetition` is the smile; its hold is not timed."""

    repetition: RepSpec
    eyes: EyeSpec
    recall: RecallSpec


@dataclass(frozen=True, slots=True)
class MemoryState:
    """The exercise's memory.

    `cues`: seconds of the cues that are still to come; `cue_t` and `number`: the cue that waits for a smile.
    `smiling`: the current smile answers it. `counted`: the current smile has counted as a repetition.
    `frames`: of the smile and shortly before it, without blinks. `turned`: the head is turned away.
    """

    context: Context
    rep: RepState = field(default_factory=RepState)
    eyes: Eyes = field(default_factory=Eyes)
    cues: tuple[float, ...] = ()
    number: int = 0
    cue_t: float | None = None
    smiling: bool = False
    reps: int = 0
    counted: bool = False
    frames: tuple[Features, ...] = ()
    turned: bool = False


class MemoryAnchor:
    """Cue, silence, smile."""

    name: ClassVar[str] = "memory_anchor"
    spec_type: ClassVar[type[ExerciseSpec]] = MemorySpec

    def __init__(self, spec: MemorySpec) -> None:
        self.spec = spec

    def begin(self, context: Context) -> MemoryState:
        """Return the state at the exercise's start."""
        return MemoryState(context, RepState(from_start=context.from_start))

    def give(self, state: MemoryState, t: float) -> MemoryState:
        """Return the state with a memory cued at `t` seconds, which may be in the future."""
        return replace(state, cues=tuple(sorted((*state.cues, t))))

    def step(
        self, state: MemoryState, t: float, features: Features | None
    ) -> tuple[MemoryState, tuple[Event, ...]]:
        """Take in one frame."""
        state, events = self._open(state, t)
        sample, state = self._sample(state, t, features)
        noise = state.context.noise.corner / state.context.own_range.smile
        rep, result = step(state.rep, sample, self.spec.repetition, noise)
        state = replace(state, rep=rep)
        if isinstance(result, Ended) and not result.brief:
            if state.counted:
                events += (self._released(state, result, t),)
            elif state.smiling:
                state, more = self._answer(state, t, result.start)
                events += more
            return replace(state, smiling=False, counted=False, frames=state.frames[-1:]), events
        if rep.phase == "apex" and state.cue_t is not None and not state.smiling:
            state = replace(state, smiling=rep.start >= state.cue_t - 0.1)
        if state.smiling and state.cue_t is not None and self._seen_s(state, t) >= self.spec.recall.judge_s:
            state, more = self._answer(state, t, rep.start)
            events += more
        return state, events

    def finish(self, state: MemoryState, t: float) -> tuple[Event, ...]:
        """Answer the cue that still waits, and end the smile that is still held."""
        if state.cue_t is not None:
            return self._answer(state, t, state.rep.start if state.smiling else None)[1]
        if state.counted:
            rep = state.rep
            return (self._released(state, ended_now(rep, t), t),)
        return ()

    def view(self, state: MemoryState) -> View:
        """Return what the window shows."""
        last = state.frames[-1] if state.frames else None
        band = (self.spec.repetition.half, BAND_TOP)
        return View(
            phase=state.rep.phase,
            count=state.reps,
            at_rest=state.rep.phase == "neutral",
            bars=None if last is None else Bars(last.lip_corner_pull, band),
            turned=state.turned,
        )

    def _open(self, state: MemoryState, t: float) -> tuple[MemoryState, tuple[Event, ...]]:
        """Start waiting for a smile when a cue is due; give up on the one before."""
        events: tuple[Event, ...] = ()
        due = bool(state.cues) and state.cues[0] <= t
        if state.cue_t is not None and (due or t - state.cue_t >= self.spec.recall.give_up_s):
            state, events = self._answer(state, t, state.rep.start if state.smiling else None)
        if due:
            state = replace(state, cue_t=state.cues[0], cues=state.cues[1:], number=state.number + 1)
        return state, events

    def _answer(
        self, state: MemoryState, t: float, onset: float | None
    ) -> tuple[MemoryState, tuple[Event, ...]]:
        """Stop waiting for a smile, and report whether one came."""
        cue_t = state.cue_t if state.cue_t is not None else t
        latency = None if onset is None else max(onset - cue_t, 0.0)
        in_time = latency is not None and latency <= self.spec.recall.in_time_s
        engaged = onset is not None and self._engaged(state)
        recall = Recall(
            t=t,
            exercise=self.name,
            index=state.number,
            cue_t=cue_t,
            onset_t=onset,
            latency_s=latency,
            in_time=in_time,
            eye_engaged=engaged,
        )
        state = replace(state, cue_t=None)
        if not (in_time and engaged and onset is not None):
            return replace(state, smiling=False), (recall,)
        count = state.reps + 1
        rep = Rep(t=t, exercise=self.name, index=count, start=onset, hold_s=state.rep.hold_s)
        return replace(state, reps=count, counted=True, smiling=False), (recall, rep)

    def _seen_s(self, state: MemoryState, t: float) -> float:
        """Return for how long the smile has been seen: the part in a gap cannot be judged."""
        times = [state.rep.start, *(f.t for f in state.frames if f.t > state.rep.start), t]
        return sum(dt for dt in (b - a for a, b in pairwise(times)) if dt <= unseen.BLINK_S)

    def _engaged(self, state: MemoryState) -> bool:
        """Whether the eyes join in at the smile's apex."""
        apex = [f for f in state.frames if f.t >= state.rep.half_t + 0.2]
        return bool(apex) and joining(apex, state.frames) >= self.spec.recall.least_eyes

    def _released(self, state: MemoryState, ended: Ended, t: float) -> Released:
        return Released(t=t, exercise=self.name, index=state.reps, whole_hold_s=ended.hold_s, end=ended.end)

    def _sample(self, state: MemoryState, t: float, features: Features | None) -> tuple[Sample, MemoryState]:
        if features is None:
            return Sample(t, gone="face_lost"), state
        state = replace(state, turned=self.spec.head.turned(features))
        if state.turned:
            return Sample(t, gone="head_turned"), state
        eyes = state.eyes.step(t, features.closure.maximum, self.spec.eyes)
        blinking = eyes.blinking(t, self.spec.eyes)
        keep = state.frames if state.rep.phase != "neutral" else since(state.frames, t - PREROLL_S)
        state = replace(state, eyes=eyes, frames=keep if blinking else (*keep, features))
        # A blink does not move the mouth, so only the eyes are ignored during it.
        return Sample(t, features.lip_corner_pull.mean), state
