"""What an exercise is to the session, and what the held exercises have in common."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

from pydantic import Field

from coach.baseline import Noise, OwnRange
from coach.events import Attempt, Event, Reason, Released, Rep
from coach.features import Features
from coach.judge import step
from coach.record import record
from coach.repetition import Ended, Phase, Reached, RepSpec, RepState, Sample
from coach.screen import Bars
from coach.settings import Strict
from coach.types import Bilateral

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Context:
    """What an exercise knows of the person: the own range, and the noise of the neutral face."""

    best: OwnRange = field(default_factory=OwnRange)
    noise: Noise = field(default_factory=Noise)


@record(frozen=True, slots=True)
class View:
    """An exercise's state as the window and the guide need it.

    `count`: repetitions so far; `hold_s` of `target_s`: the running hold; `at_rest`: ready for the
    next; `bars`: left and right level with the target band.
    """

    phase: Phase = "neutral"
    count: int = 0
    hold_s: float = 0.0
    target_s: float = 0.0
    fault: Reason | None = None
    at_rest: bool = True
    bars: Bars | None = None


class Exercise(Protocol[S]):
    """One exercise: values in, events out. A third party's needs nothing but this and a TOML file."""

    name: ClassVar[str]
    spec_type: ClassVar[type[ExerciseSpec]]

    @property
    def spec(self) -> ExerciseSpec:
        """The checked contents of the exercise's TOML file."""
        ...

    def begin(self, context: Context) -> S:
        """Return the state at the exercise's start."""
        ...

    def step(self, state: S, t: float, features: Features | None) -> tuple[S, tuple[Event, ...]]:
        """Take in one frame; `features` is None where no face was seen."""
        ...

    def finish(self, state: S, t: float) -> tuple[Event, ...]:
        """Return what is still owed when the exercise or the source ends at `t`."""
        ...

    def view(self, state: S) -> View:
        """Return what the window and the guide show of the state."""
        ...


class HeadSpec(Strict):
    """How far the head may turn. Degrees; `turn` from the own neutral pose, `yaw` against the camera."""

    max_turn_deg: Annotated[float, Field(gt=0, le=60)]
    max_yaw_deg: Annotated[float, Field(gt=0, le=60)]


class EyeSpec(Strict):
    """When eyes count as closed. `closed`: share of the aperture; `blink_s`: longest blink, seconds."""

    closed: Annotated[float, Field(gt=0, lt=1)]
    blink_s: Annotated[float, Field(gt=0, le=2)]
    reopen_s: Annotated[float, Field(ge=0, le=1)]


class Dose(Strict):
    """How much of the exercise a full session asks for. `scales`: a plan may change the number."""

    reps: Annotated[int, Field(ge=1, le=100)]
    scales: bool = True


class Pace(Strict):
    """How long it takes. `intro_s`: before the first repetition; `rep_s`: one, beyond its hold."""

    intro_s: Annotated[float, Field(ge=0, le=60)]
    rep_s: Annotated[float, Field(ge=0, le=120)]


class ExerciseSpec(Strict):
    """An exercise's TOML file: dose, pace and thresholds; exercises add their own tables."""

    dose: Dose
    pace: Pace
    head: HeadSpec

    def seconds(self, reps: int) -> float:
        """Return how long `reps` repetitions take a person who performs as asked, seconds."""
        return self.pace.intro_s + reps * self.pace.rep_s


class HeldSpec(ExerciseSpec):
    """The TOML file of an exercise that is held and counted."""

    repetition: RepSpec
    eyes: EyeSpec

    def seconds(self, reps: int) -> float:
        """Return intro, holds and what lies between them."""
        return self.pace.intro_s + reps * (self.pace.rep_s + self.repetition.hold_s)


@record(frozen=True, slots=True)
class Eyes:
    """Open or closed, and since when; a blink is a closure shorter than `blink_s`."""

    closed_since: float | None = None
    open_since: float = float("-inf")

    def step(self, t: float, closure: float, spec: EyeSpec) -> Eyes:
        """Take in one frame's closure, 0 open .. 1 closed."""
        if closure >= spec.closed:
            return self if self.closed_since is not None else Eyes(t, self.open_since)
        return Eyes(None, t) if self.closed_since is not None else self

    def blinking(self, t: float, spec: EyeSpec) -> bool:
        """Whether the lids are in a blink or have just come out of one."""
        if self.closed_since is not None:
            return t - self.closed_since <= spec.blink_s
        return t - self.open_since <= spec.reopen_s

    def shut(self, t: float, spec: EyeSpec) -> bool:
        """Whether the eyes have been closed for longer than a blink."""
        return self.closed_since is not None and t - self.closed_since > spec.blink_s


class HeldState(NamedTuple):
    """A held exercise's memory. `frames`: the running movement's, and of shortly before; the last is now."""

    context: Context
    rep: RepState = RepState()
    eyes: Eyes = Eyes()
    reps: int = 0
    fault: Reason | None = None
    frames: tuple[Features, ...] = ()


P = TypeVar("P", bound=HeldSpec)


class Held(Generic[P]):
    """A movement that is raised, held with the right form, and released.

    Subclasses say what is measured: `level`, `fault`, `noise`, `band`, and what `ended` adds.
    """

    name: ClassVar[str]
    spec_type: ClassVar[type[ExerciseSpec]] = HeldSpec
    masks_blinks: ClassVar[bool] = True

    def __init__(self, spec: P) -> None:
        self.spec = spec

    def level(self, features: Features) -> float:
        """Size of the movement, 0 = neutral, 1 = own best."""
        raise NotImplementedError

    def fault(self, state: HeldState, features: Features) -> Reason | None:
        """Return what is wrong with the form in this frame."""
        raise NotImplementedError

    def mild(self, state: HeldState, features: Features, fault: Reason) -> bool:
        """Whether a fault only counts where it lasts for much of the movement."""
        del state, features, fault
        return False

    def noise(self, context: Context) -> float:
        """Return the standard deviation of `level` on the neutral face."""
        raise NotImplementedError

    def sides(self, features: Features) -> Bilateral:
        """Left and right level for the bars."""
        raise NotImplementedError

    def ended(self, state: HeldState, ended: Ended, t: float) -> tuple[Event, ...]:
        """Events beyond `rep`, `released` and `attempt` when a movement has ended."""
        del state, ended, t
        return ()

    def begin(self, context: Context) -> HeldState:
        """Return the state at the exercise's start."""
        return HeldState(context)

    def step(
        self, state: HeldState, t: float, features: Features | None
    ) -> tuple[HeldState, tuple[Event, ...]]:
        """Take in one frame."""
        sample, state = self._sample(state, t, features)
        rep, result = step(state.rep, sample, self.spec.repetition, self.noise(state.context))
        state = state._replace(rep=rep, fault=sample.fault)
        if isinstance(result, Reached):
            state = state._replace(reps=state.reps + 1)
            return state, (
                Rep(t=t, exercise=self.name, index=state.reps, start=result.start, hold_s=result.hold_s),
            )
        if isinstance(result, Ended):
            return state._replace(frames=state.frames[-1:]), self._close(state, result, t)
        return state, ()

    def finish(self, state: HeldState, t: float) -> tuple[Event, ...]:
        """Return the last movement's end, where the source ended before the face was back at rest."""
        rep = state.rep
        if rep.phase not in ("apex", "offset") or not rep.counted:
            return ()
        ended = Ended(rep.start, t, rep.hold_s, rep.plateau, rep.half_t, None)
        return self._close(state, ended, t)

    def view(self, state: HeldState) -> View:
        """Return what the window shows."""
        rep, rules = state.rep, self.spec.repetition
        hold_s, fault = (rep.hold_s, state.fault) if rep.phase == "apex" else (0.0, None)
        bars = Bars(self.sides(state.frames[-1]), (rules.half, 1.2)) if state.frames else None
        return View(rep.phase, state.reps, hold_s, rules.hold_s, fault, rep.phase == "neutral", bars)

    def _sample(self, state: HeldState, t: float, features: Features | None) -> tuple[Sample, HeldState]:
        if features is None:
            return Sample(t, gone="face_lost"), state
        head = self.spec.head
        if features.turn > head.max_turn_deg or abs(features.yaw) > head.max_yaw_deg:
            return Sample(t, gone="head_turned"), state
        eyes = state.eyes.step(t, features.closure.maximum, self.spec.eyes)
        masked = self.masks_blinks and eyes.blinking(t, self.spec.eyes)
        keep = state.frames if state.rep.phase != "neutral" else since(state.frames, t - 1.2)
        state = state._replace(eyes=eyes, frames=(*keep, features))
        if masked:
            return Sample(t, masked=True), state
        fault = self.fault(state, features)
        mild = fault is not None and self.mild(state, features, fault)
        return Sample(t, self.level(features), fault, mild), state

    def _close(self, state: HeldState, ended: Ended, t: float) -> tuple[Event, ...]:
        events = self.ended(state, ended, t)
        if ended.reason is None:
            done: Event = Released(
                t=t, exercise=self.name, index=state.reps, hold_s=ended.hold_s, end=ended.end
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


AnyExercise = Exercise[Any]
