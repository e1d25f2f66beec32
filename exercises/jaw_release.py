"""Jaw release: open wide and hold, close slowly, circles each way, a breath in and a breath out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Literal, TypeAlias

import numpy as np

from coach.events import Attempt, Event, JawCircle, Released, Rep, Stage, StageName
from coach.exercise import jaw_circles as circles
from coach.exercise.protocol import Context
from coach.exercise.rep_machine import step
from coach.exercise.repetition import Ended, Reached, RepSpec, RepState, Sample
from coach.exercise.spec import ExerciseSpec
from coach.exercise.view import Bars, View
from coach.face.features import Features
from coach.settings import Length, Seconds, Strict
from coach.types import Bilateral

Status: TypeAlias = Literal["started", "done", "skipped"]


STRAIGHT_S = 2.0
# What a change of the breath's phase says.
BREATHS: Final[dict[tuple[str, str], tuple[tuple[StageName, Status], ...]]] = {
    ("still", "in"): (("breath_in", "started"),),
    ("opening", "out"): (("breath_in", "done"), ("breath_out", "started")),
    ("out", "done"): (("breath_out", "done"),),
}


class CloseSpec(Strict):
    """How slowly to close: from 80 % to 20 % of the opening in at least `least_s` seconds."""

    least_s: Seconds


class BreathSpec(Strict):
    """A webcam cannot see breath: what is checked is a still closed mouth, then a slightly dropped jaw.

    `still_s`: closed and still before it counts as breathing in. `settle_s`: dropped jaw before it
    counts as breathing out; `out_s`: least time of it. Lengths in outer-eye-corner distances.
    """

    still_s: Seconds
    settle_s: Seconds
    out_s: Seconds
    least_down: Length
    least_gap: Length
    max_down: Length


class JawSpec(ExerciseSpec):
    """`config/exercises/jaw_release.toml`."""

    repetition: RepSpec
    close: CloseSpec
    circles: circles.CircleSpec
    breath: BreathSpec


@dataclass(frozen=True, slots=True)
class Breath:
    """Where in a breath: none, still, in, opening or out, and since when."""

    phase: str = "none"
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class JawState:
    """The exercise's memory.

    `moved`: circles are done, so a still mouth may be a breath. `breathed_t`: when the jaw last was
    dropped to breathe out.
    """

    context: Context
    rep: RepState = field(default_factory=RepState)
    opening: tuple[tuple[float, float], ...] = ()
    circles: circles.JawCircles = field(default_factory=circles.JawCircles)
    breath: Breath = field(default_factory=Breath)
    reps: int = 0
    ring: StageName | None = None
    ring_done: int = 0
    moved: bool = False
    breathed_t: float = -math.inf
    last: Features | None = None


class JawRelease:
    """The jaw's stages, recognised in whatever order the person does them."""

    name: ClassVar[str] = "jaw_release"
    spec_type: ClassVar[type[ExerciseSpec]] = JawSpec

    def __init__(self, spec: JawSpec) -> None:
        self.spec = spec

    def begin(self, context: Context) -> JawState:
        """Return the state at the exercise's start."""
        return JawState(context)

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
        return state, (*opened, *circled, *breathed)

    def finish(self, state: JawState, t: float) -> tuple[Event, ...]:
        """Close the stages that are still running."""
        events: list[Event] = []
        if state.ring is not None:
            events.append(self._stage(t, state.ring, "done"))
        if state.breath.phase == "out" and t - state.breath.since >= self.spec.breath.out_s:
            events.append(self._stage(t, "breath_out", "done"))
        return tuple(events)

    def view(self, state: JawState) -> View:
        """Return what the window shows."""
        last = state.last
        level = 0.0 if last is None else last.jaw_open
        return View(
            phase=state.rep.phase,
            count=state.reps,
            hold_s=state.rep.hold_s if state.rep.phase == "apex" else 0.0,
            target_s=self.spec.repetition.hold_s,
            at_rest=state.rep.phase == "neutral",
            bars=None if last is None else Bars(Bilateral(level, level), (self.spec.repetition.leave, 1.2)),
        )

    def _stage(self, t: float, name: StageName, status: Status) -> Stage:
        return Stage(t=t, exercise=self.name, name=name, status=status)

    def _open(
        self, state: JawState, t: float, features: Features | None, *, turned: bool
    ) -> tuple[JawState, tuple[Event, ...]]:
        """Follow the open hold and the close after it."""
        if features is None:
            sample = Sample(t, gone="head_turned" if turned else "face_lost")
        else:
            sample = Sample(t, features.jaw_down / state.context.own_range.jaw)
        before = state.rep.phase
        noise = state.context.noise.chin / state.context.own_range.jaw
        rep, result = step(state.rep, sample, self.spec.repetition, noise)
        state = replace(state, rep=rep)
        if rep.phase in ("onset", "apex", "offset") and features is not None:
            state = replace(state, opening=(*state.opening, (t, sample.level - rep.floor)))
        events: list[Event] = []
        if before == "apex" and rep.phase == "offset" and rep.counted:
            events.append(self._stage(t, "slow_close", "started"))
        if isinstance(result, Reached):
            events += [self._stage(t, "open_hold", "started"), self._stage(t, "open_hold", "done")]
        if isinstance(result, Ended):
            state, done = self._closed(state, result, t)
            events += done
        if rep.phase == "neutral" and state.opening:
            state = replace(state, opening=())
        return state, tuple(events)

    def _closed(self, state: JawState, ended: Ended, t: float) -> tuple[JawState, tuple[Event, ...]]:
        """Judge one opening that is over: held long enough, closed slowly, or one reason why not."""
        leave = _last_above(state.opening, 0.8 * ended.plateau)
        shut = _last_above(state.opening, 0.2 * ended.plateau)
        half_end = _last_above(state.opening, 0.5 * ended.plateau)
        hold_s = max(half_end - ended.half_t, 0.0)
        if state.circles.counted or state.ring is not None or ended.start <= state.breathed_t:
            return state, ()  # the dips of a circle and a jaw that drops to breathe are no tries of a hold
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
        """Count circles; a new direction or a rest ends the running stage."""
        path, fresh, direction = circles.step(state.circles, features, self.spec.circles)
        state = replace(state, circles=path)
        events: list[Event] = []
        if state.ring is not None and path.direction is None:
            events.append(self._stage(t, state.ring, "done"))
            state = replace(state, ring=None, ring_done=0)
        for _ in range(fresh):
            name: StageName = "circles_clockwise" if direction == "clockwise" else "circles_counterclockwise"
            if state.ring is None:
                events.append(self._stage(t, name, "started"))
            done = state.ring_done + 1
            state = replace(state, ring=name, ring_done=done, moved=True)
            events.append(JawCircle(t=t, exercise=self.name, index=done, direction=direction or "clockwise"))
        return state, tuple(events)

    def _breathe(
        self, state: JawState, t: float, features: Features | None
    ) -> tuple[JawState, tuple[Event, ...]]:
        """Recognise a still closed mouth, then a slightly dropped jaw, as a breath in and out."""
        spec, breath = self.spec.breath, state.breath
        if features is None or not state.moved:
            return (state if breath.phase == "none" else replace(state, breath=Breath("none", t))), ()
        dropped = features.jaw_down - state.rep.floor * state.context.own_range.jaw > spec.least_down
        closed = features.lip_gap < spec.least_gap
        long = t - breath.since
        true: dict[str, dict[str, bool]] = {
            "none": {"still": closed and state.circles.direction is None and state.rep.phase != "apex"},
            "still": {"none": not closed, "in": long >= spec.still_s},
            "in": {
                "none": features.jaw_down >= spec.max_down,
                "opening": dropped and features.lip_gap > spec.least_gap,
            },
            "opening": {
                "none": closed or features.jaw_down >= spec.max_down or not self._straight(state),
                "out": long >= spec.settle_s,
            },
            "out": {"none": closed or features.jaw_down >= spec.max_down},
        }
        phase = next((phase for phase, now in true[breath.phase].items() if now), None)
        if breath.phase == "out":
            state = replace(state, breathed_t=t)
        if phase is None:
            return state, ()
        out = breath.phase == "out" and closed and long >= spec.out_s
        said = BREATHS["out", "done"] if out else BREATHS.get((breath.phase, phase), ())
        events = tuple(self._stage(t, name, status) for name, status in said)
        return replace(state, breath=Breath(phase, t), moved=not out), events

    def _straight(self, state: JawState) -> bool:
        """Whether the jaw has stayed in the middle: a circle begins with a dropped jaw too."""
        sides = np.sort(circles.latest(state.circles.path, STRAIGHT_S)["side"])
        tenth = len(sides) // 10  # single frames of a noisy picture
        return not len(sides) or sides[-1 - tenth] - sides[tenth] < self.spec.circles.least_side


def _last_above(points: tuple[tuple[float, float], ...], level: float) -> float:
    """When a closing movement crossed `level` for the last time, interpolated."""
    last = points[-1][0] if points else 0.0
    for (t0, a), (t1, b) in zip(reversed(points[:-1]), reversed(points), strict=False):
        if a >= level > b:
            return t0 + (t1 - t0) * (a - level) / (a - b)
    return last
