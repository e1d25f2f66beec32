"""The common part of held exercises: a movement is raised, held with good form, and released."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import ClassVar, Generic, TypeVar

from coach.events import Attempt, Event, Reason, Released, Rep
from coach.exercise.blink import Eyes
from coach.exercise.protocol import Context
from coach.exercise.rep_machine import PREROLL_S, cut_off, step
from coach.exercise.repetition import Ended, Reached, RepState, Sample
from coach.exercise.spec import ExerciseSpec, HeldSpec
from coach.exercise.view import Bars, View
from coach.face.features import Features
from coach.types import Bilateral

BAND_TOP = 1.2  # of the person's best: the upper end of the target band


@dataclass(frozen=True, slots=True)
class HeldState:
    """A held exercise between two frames.

    `rep`: the repetition; `reps`: how many have counted. `fault`: the form's fault in the last frame that
    shows the form. `turned`: the head is turned away.
    `frames`: the movement so far and a little before it, blinks included; the last one is the newest.
    """

    context: Context
    rep: RepState = field(default_factory=RepState)
    eyes: Eyes = field(default_factory=Eyes)
    reps: int = 0
    fault: Reason | None = None
    turned: bool = False
    frames: tuple[Features, ...] = ()


P = TypeVar("P", bound=HeldSpec)


class Held(Generic[P]):
    """A movement that is raised, held with good form, and released.

    Subclasses define the measurement: `level`, `sides`, `noise` and `fault`. They may also define `mild`
    faults and the events that `ended` adds. `masks_blinks`: a blink disturbs the level.
    """

    name: ClassVar[str]
    spec_type: ClassVar[type[ExerciseSpec]] = HeldSpec
    masks_blinks: ClassVar[bool] = True

    def __init__(self, spec: P) -> None:
        self.spec = spec

    def level(self, features: Features) -> float:
        """Return the size of the movement, 0 = neutral, 1 = the person's best."""
        raise NotImplementedError

    def fault(self, state: HeldState, features: Features) -> Reason | None:
        """Return the fault in this frame's form, if any."""
        raise NotImplementedError

    def mild(self, state: HeldState, features: Features, fault: Reason) -> bool:
        """Whether a fault counts only if it lasts for much of the movement."""
        del state, features, fault
        return False

    def noise(self, context: Context) -> float:
        """Return the standard deviation of `level` on the neutral face."""
        raise NotImplementedError

    def sides(self, features: Features) -> Bilateral:
        """Return the left and right level for the bars."""
        raise NotImplementedError

    def ended(self, state: HeldState, ended: Ended, t: float) -> tuple[Event, ...]:
        """Return events to add to the `rep`, `released` or `attempt` of a movement that has ended."""
        del state, ended, t
        return ()

    def reason(self, state: HeldState, ended: Ended) -> Reason | None:
        """Return why a movement did not count, now that all of it is known; None if it did."""
        del state
        return ended.reason

    def begin(self, context: Context) -> HeldState:
        """Return the state at the exercise's start."""
        return HeldState(context, RepState(from_start=context.from_start))

    def step(
        self, state: HeldState, t: float, features: Features | None
    ) -> tuple[HeldState, tuple[Event, ...]]:
        """Take in one frame."""
        sample, state = self._sample(state, t, features)
        rep, result = step(state.rep, sample, self.spec.repetition, self.noise(state.context))
        if not sample.hidden:
            state = replace(state, fault=sample.fault)
        state = replace(state, rep=rep)
        if isinstance(result, Reached):
            state = replace(state, reps=state.reps + 1)
            return state, (
                Rep(t=t, exercise=self.name, index=state.reps, start=result.start, hold_s=result.hold_s),
            )
        if isinstance(result, Ended):
            return replace(state, frames=state.frames[-1:]), self._close(state, result, t)
        return state, ()

    def finish(self, state: HeldState, t: float) -> tuple[Event, ...]:
        """Return the last movement's end, where the source ended before the face was back at rest."""
        ended = cut_off(state.rep, t, self.spec.repetition)
        return () if ended is None else self._close(state, ended, t)

    def view(self, state: HeldState) -> View:
        """Return the state as the window shows it."""
        rep, rules = state.rep, self.spec.repetition
        holding = rep.phase == "apex"
        return View(
            phase=rep.phase,
            count=state.reps,
            hold_s=rep.hold_s if holding else 0.0,
            target_s=rules.hold_s,
            fault=state.fault if holding else None,
            at_rest=rep.phase == "neutral",
            bars=Bars(self.sides(state.frames[-1]), (rules.half, BAND_TOP)) if state.frames else None,
            turned=state.turned,
        )

    def _sample(self, state: HeldState, t: float, features: Features | None) -> tuple[Sample, HeldState]:
        if features is None:
            return Sample(t, gone="face_lost"), state
        state = replace(state, turned=self.spec.head.turned(features))
        if state.turned:
            return Sample(t, gone="head_turned"), state
        eyes = state.eyes.step(t, features.closure.maximum, self.spec.eyes)
        masked = self.masks_blinks and eyes.blinking(t, self.spec.eyes)
        keep = state.frames if state.rep.phase != "neutral" else since(state.frames, t - PREROLL_S)
        state = replace(state, eyes=eyes, frames=(*keep, features))
        if masked:
            return Sample(t, masked=True), state
        fault = self.fault(state, features)
        mild = fault is not None and self.mild(state, features, fault)
        return Sample(t, self.level(features), fault=fault, mild=mild), state

    def _close(self, state: HeldState, ended: Ended, t: float) -> tuple[Event, ...]:
        ended = replace(ended, reason=self.reason(state, ended))
        events = self.ended(state, ended, t)
        if ended.brief:
            return events
        if ended.reason is None:
            done: Event = Released(
                t=t, exercise=self.name, index=state.reps, whole_hold_s=ended.hold_s, end=ended.end
            )
        else:
            done = Attempt(
                t=t,
                exercise=self.name,
                start=ended.start,
                end=ended.end,
                hold_s=ended.hold_s,
                reason=ended.reason,
            )
        return (*events, done)


def since(frames: Sequence[Features], t: float) -> tuple[Features, ...]:
    """Return the frames from `t` seconds on."""
    return tuple(frames[bisect_left(frames, t, key=attrgetter("t")) :])
