"""Jaw release: open wide and hold, close slowly, circle in both directions, breathe in and out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Literal, TypeAlias

import numpy as np

from coach.events import Attempt, Event, JawCircle, Released, Rep, Stage, StageName
from coach.exercise import jaw_circles as circles
from coach.exercise.held import BAND_TOP
from coach.exercise.protocol import Context
from coach.exercise.rep_machine import cut_off, step
from coach.exercise.repetition import Ended, Reached, RepSpec, RepState, Sample
from coach.exercise.spec import ExerciseSpec
from coach.exercise.view import Bars, View
from coach.face.features import Features
from coach.settings import Length, Seconds, Strict
from coach.types import Bilateral

StageStatus: TypeAlias = Literal["started", "done", "skipped"]
BreathPhase: TypeAlias = Literal["none", "still", "in", "opening", "out"]

WIDE = 0.6  # of the person's widest: talking, breathing out and circles stay below
SWING_S = 1.0  # a jaw that is held stays where it is for this long
STRAIGHT_S = 2.0  # a jaw that drops to breathe out has stayed in the middle for this long
# The stages that begin or end when a breath goes from one phase to the next.
BREATH_STAGES: Final[dict[tuple[BreathPhase, BreathPhase], tuple[tuple[StageName, StageStatus], ...]]] = {
    ("still", "in"): (("breath_in", "started"),),
    ("opening", "out"): (("breath_in", "done"), ("breath_out", "started")),
}


class CloseSpec(Strict):
    """How slowly to close: from 80 % to 20 % of the opening in at least `least_s` seconds."""

    least_s: Seconds


class BreathSpec(Strict):
    """How a breath shows: a webcam sees a still, closed mouth, then a slightly dropped jaw.

    `still_s`: how long closed and still before it counts as breathing in. `settle_s`: how long the jaw is
    dropped before it counts as breathing out; `out_s`: how long it must stay so. Lengths in
    outer-eye-corner distances.
    """

    still_s: Seconds
    settle_s: Seconds
    out_s: Seconds
    least_down: Length
    least_gap: Length
    max_down: Length


class LipSpec(Strict):
    """When the mouth opens with the jaw, for drops of the chin of more than `from_down`.

    `least_gap`: between the lips, a share of the chin's drop; less is a pout. `max_pull`: of the mouth
    corners; more is laughter. `max_swing`: of the jaw from side to side within a second; more is grinding.
    """

    from_down: Length
    least_gap: Length
    max_pull: Length
    max_swing: Length


class JawSpec(ExerciseSpec):
    """`config/exercises/jaw_release.toml`."""

    repetition: RepSpec
    close: CloseSpec
    circles: circles.CircleSpec
    breath: BreathSpec
    lips: LipSpec


@dataclass(frozen=True, slots=True)
class Breath:
    """The phase of a breath, and its start in seconds."""

    phase: BreathPhase = "none"
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class JawState:
    """The exercise's memory.

    `opening`: (t, level) of the running opening. `circling`: the stage of circles that is running, with
    `circled` circles so far; `moved`: there have been circles, so a still mouth may be a breath.
    `breathed_t`: when the jaw was last dropped to breathe out. `opened`: wide enough for an open hold.
    `turned`: the head is turned away.
    """

    context: Context
    rep: RepState = field(default_factory=RepState)
    opening: tuple[tuple[float, float], ...] = ()
    circles: circles.JawCircles = field(default_factory=circles.JawCircles)
    breath: Breath = field(default_factory=Breath)
    reps: int = 0
    circling: StageName | None = None
    circled: int = 0
    moved: bool = False
    breathed_t: float = -math.inf
    last: Features | None = None
    opened: bool = False
    turned: bool = False


class JawRelease:
    """The stages of the jaw release, recognised in any order."""

    name: ClassVar[str] = "jaw_release"
    spec_type: ClassVar[type[ExerciseSpec]] = JawSpec

    def __init__(self, spec: JawSpec) -> None:
        self.spec = spec

    def begin(self, context: Context) -> JawState:
        """Return the state at the exercise's start."""
        return JawState(context, RepState(from_start=context.from_start))

    def step(
        self, state: JawState, t: float, features: Features | None
    ) -> tuple[JawState, tuple[Event, ...]]:
        """Take in one frame."""
        turned = features is not None and self.spec.head.turned(features)
        seen = None if turned else features
        state, opened = self._open(state, t, seen, turned=turned)
        state, circled = self._circle(state, t, seen)
        state, breathed = self._breathe(state, t, seen)
        if seen is not None:
            state = replace(state, last=seen)
        return replace(state, turned=turned), (*opened, *circled, *breathed)

    def finish(self, state: JawState, t: float) -> tuple[Event, ...]:
        """End the stages that are still running."""
        cut: tuple[Event, ...] = ()
        ended = cut_off(state.rep, t, self.spec.repetition)
        if ended is not None and not ended.brief and state.opened:
            # Closing it slowly is part of a repetition, so one that was held long enough is cut off as well.
            state, cut = self._closed(state, replace(ended, reason=ended.reason or "cut_off"), t)
        events: list[Event] = [*cut]
        if state.circling is not None:
            events.append(self._stage(t, state.circling, "done"))
        if state.breath.phase == "out" and t - state.breath.since >= self.spec.breath.out_s:
            events.append(self._stage(t, "breath_out", "done"))
        return tuple(events)

    def view(self, state: JawState) -> View:
        """Return what the window shows."""
        last = state.last
        band = (self.spec.repetition.leave, BAND_TOP)
        return View(
            phase=state.rep.phase,
            count=state.reps,
            hold_s=state.rep.hold_s if state.rep.phase == "apex" else 0.0,
            target_s=self.spec.repetition.hold_s,
            at_rest=state.rep.phase == "neutral",
            bars=None if last is None else Bars(Bilateral(last.jaw_open, last.jaw_open), band, single=True),
            turned=state.turned,
        )

    def _stage(self, t: float, name: StageName, status: StageStatus) -> Stage:
        return Stage(t=t, exercise=self.name, name=name, status=status)

    def _open(
        self, state: JawState, t: float, features: Features | None, *, turned: bool
    ) -> tuple[JawState, tuple[Event, ...]]:
        """Follow the open hold and the closing after it."""
        if features is None:
            sample = Sample(t, gone="head_turned" if turned else "face_lost")
        else:
            sample = Sample(t, self._opening(state, features) / state.context.own_range.jaw)
        before = state.rep.phase
        noise = state.context.noise.chin / state.context.own_range.jaw
        rep, result = step(state.rep, sample, self.spec.repetition, noise)
        state = replace(state, rep=rep)
        if rep.phase in ("onset", "apex", "offset") and features is not None:
            state = replace(state, opening=(*state.opening, (t, sample.level - rep.floor)))
        events: list[Event] = []
        wide = rep.phase == "apex" and rep.level > WIDE and not state.circles.counted
        if not state.opened and (isinstance(result, Reached) or (wide and state.circling is None)):
            state = replace(state, opened=True)
            events.append(self._stage(t, "open_hold", "started"))
        if before == "apex" and rep.phase == "offset" and rep.counted:
            events.append(self._stage(t, "slow_close", "started"))
        if isinstance(result, Reached):
            events.append(self._stage(t, "open_hold", "done"))
        if isinstance(result, Ended) and not result.brief:
            state, done = self._closed(state, result, t)
            events += done
        if rep.phase == "neutral" and state.opening:
            state = replace(state, opening=(), opened=False)
        return state, tuple(events)

    def _opening(self, state: JawState, features: Features) -> float:
        """Return the chin's drop where the mouth opens with it: not of a pout, laughter or a grinding jaw."""
        lips = self.spec.lips
        if features.jaw_down <= lips.from_down:
            return features.jaw_down
        pursed = features.lip_gap < lips.least_gap * features.jaw_down
        laughing = features.corner_pull.mean > lips.max_pull
        sides = circles.latest(state.circles.path, SWING_S)["side"]
        grinding = len(sides) > 0 and np.ptp(sides) > lips.max_swing
        return lips.from_down if pursed or laughing or grinding else features.jaw_down

    def _closed(self, state: JawState, ended: Ended, t: float) -> tuple[JawState, tuple[Event, ...]]:
        """End an opening: it counts if held long enough and closed slowly, else it has one reason."""
        leave = _last_above(state.opening, 0.8 * ended.plateau)
        shut = _last_above(state.opening, 0.2 * ended.plateau)
        half_end = _last_above(state.opening, 0.5 * ended.plateau)
        hold_s = max(half_end - ended.half_t, 0.0)
        if state.circles.counted or state.circling is not None or ended.start <= state.breathed_t:
            # A jaw also drops in circles and to breathe out: that is no attempt to hold it open.
            return state, ()
        if ended.reason is None and shut - leave >= self.spec.close.least_s:
            count = state.reps + 1
            return replace(state, reps=count), (
                self._stage(t, "slow_close", "done"),
                Rep(t=t, exercise=self.name, index=count, start=ended.start, hold_s=hold_s),
                Released(t=t, exercise=self.name, index=count, whole_hold_s=hold_s, end=ended.end),
            )
        reason = ended.reason or "snapped_shut"
        return state, (
            Attempt(t=t, exercise=self.name, start=ended.start, end=ended.end, hold_s=hold_s, reason=reason),
        )

    def _circle(
        self, state: JawState, t: float, features: Features | None
    ) -> tuple[JawState, tuple[Event, ...]]:
        """Count circles. A new direction or a rest ends the running stage."""
        path, fresh, direction = circles.step(state.circles, features, self.spec.circles)
        state = replace(state, circles=path)
        events: list[Event] = []
        if state.circling is not None and path.direction is None:
            events.append(self._stage(t, state.circling, "done"))
            state = replace(state, circling=None, circled=0)
        for _ in range(fresh):
            name: StageName = "circles_clockwise" if direction == "clockwise" else "circles_counterclockwise"
            if state.circling is None:
                events.append(self._stage(t, name, "started"))
            done = state.circled + 1
            state = replace(state, circling=name, circled=done, moved=True)
            events.append(JawCircle(t=t, exercise=self.name, index=done, direction=direction or "clockwise"))
        return state, tuple(events)

    def _breathe(
        self, state: JawState, t: float, features: Features | None
    ) -> tuple[JawState, tuple[Event, ...]]:
        """Recognise a breath in and out: a still, closed mouth, then a slightly dropped jaw."""
        breath = state.breath
        if features is None or not state.moved:
            return replace(state, breath=Breath("none", t)), ()
        if breath.phase == "out":
            state = replace(state, breathed_t=t)
        phase = self._breath_phase(state, t, features)
        if phase == breath.phase:
            return state, ()
        stages = BREATH_STAGES.get((breath.phase, phase), ())
        closed = features.lip_gap < self.spec.breath.least_gap
        done = breath.phase == "out" and closed and t - breath.since >= self.spec.breath.out_s
        if done:
            stages = (("breath_out", "done"),)
        events = tuple(self._stage(t, name, status) for name, status in stages)
        return replace(state, breath=Breath(phase, t), moved=not done), events

    def _breath_phase(self, state: JawState, t: float, features: Features) -> BreathPhase:
        """Return the phase of the breath after this frame."""
        spec, breath = self.spec.breath, state.breath
        lasted_s = t - breath.since
        closed = features.lip_gap < spec.least_gap
        wide = features.jaw_down >= spec.max_down
        rest = state.rep.floor * state.context.own_range.jaw
        dropped = features.jaw_down - rest > spec.least_down and features.lip_gap > spec.least_gap
        still = closed and state.circles.direction is None and state.rep.phase != "apex"
        transitions: tuple[tuple[BreathPhase, bool, BreathPhase], ...] = (
            ("none", still, "still"),
            ("still", not closed, "none"),
            ("still", lasted_s >= spec.still_s, "in"),
            ("in", wide, "none"),
            ("in", dropped, "opening"),
            ("opening", closed or wide or not self._straight(state), "none"),
            ("opening", lasted_s >= spec.settle_s, "out"),
            ("out", closed or wide, "none"),
        )
        return next((then for now, true, then in transitions if now == breath.phase and true), breath.phase)

    def _straight(self, state: JawState) -> bool:
        """Whether the jaw has stayed in the middle. A circle starts with a dropped jaw too."""
        sides = np.sort(circles.latest(state.circles.path, STRAIGHT_S)["side"])
        tenth = len(sides) // 10  # ignore single frames of a noisy picture
        return not len(sides) or sides[-1 - tenth] - sides[tenth] < self.spec.circles.least_side


def _last_above(points: tuple[tuple[float, float], ...], level: float) -> float:
    """Return when a closing movement last crossed `level`, interpolated."""
    last = points[-1][0] if points else 0.0
    for (t0, a), (t1, b) in zip(reversed(points[:-1]), reversed(points), strict=False):
        if a >= level > b:
            return t0 + (t1 - t0) * (a - level) / (a - b)
    return last
