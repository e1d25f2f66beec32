"""The check-in as a state machine: which face is asked for next, and when its picture is taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from coach.check_in.capture_gate import FaceSpec, Fix, GateSample, Limits
from coach.coaching.cues import Cue, CueKind
from coach.progress.history import History
from coach.settings import Strict

Pose: TypeAlias = Literal["neutral", "natural", "biggest", "jaw"]
POSES: tuple[Pose, ...] = ("neutral", "natural", "biggest", "jaw")
CheckInPhase: TypeAlias = Literal["line_up", "posing", "done"]

Positive = Annotated[float, Field(gt=0, le=60)]


class CheckInTiming(Strict):
    """Seconds; see `config/check_in.toml`."""

    ready_s: Positive
    least_s: Positive
    steady_s: Positive
    apart_s: Positive
    row_steady_s: Positive
    again_s: Positive


class CheckInSpec(Strict):
    """All of `config/check_in.toml`."""

    every_days: Annotated[int, Field(ge=1, le=365)]
    first_after: Annotated[int, Field(ge=0, le=365)]
    takes: Annotated[int, Field(ge=1, le=9)]
    in_a_row: Annotated[int, Field(ge=1, le=9)]
    timing: CheckInTiming
    limits: Limits
    face: FaceSpec

    @property
    def pictures(self) -> int:
        """How many pictures are taken of each face."""
        return self.takes * self.in_a_row


@dataclass(frozen=True, slots=True)
class PhotoRequest:
    """Take this frame's picture now; say so with `taken` if it turned out well."""

    pose: Pose
    take: int


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The state. `step` counts pictures, `takes` of each face; `calm_since`: all well since then.

    `since`: start of the phase, or of the wait for the next picture of the same row. `poses`: the faces to
    photograph, in turn. `in_a_row`: how many pictures are taken while a face is held; then it is asked for
    again. `held`: the next picture is of the face as it was held for the last one.
    """

    takes: int
    step: int = 0
    phase: CheckInPhase = "line_up"
    since: float = 0.0
    asked: bool = False
    fix: Fix | None = None
    calm_since: float | None = None
    anchor: float | None = None  # the level the face was at when stillness began
    lids: float | None = None  # the eyes' opening then
    poses: tuple[Pose, ...] = POSES
    in_a_row: int = 1
    held: bool = False

    @property
    def pose(self) -> Pose:
        """The face that is asked for."""
        return self.poses[min(self.step // self.takes, len(self.poses) - 1)]

    @property
    def take(self) -> int:
        """Which picture of this face comes next, from 0."""
        return self.step % self.takes

    @property
    def in_one(self) -> bool:
        """Whether each face is held once, for all its pictures."""
        return 1 < self.takes <= self.in_a_row

    @property
    def progress(self) -> float:
        """Pictures taken, as a share of all."""
        return self.step / (self.takes * len(self.poses))


Action: TypeAlias = Cue | PhotoRequest


def step(
    state: CheckIn, sample: GateSample, spec: CheckInSpec, *, quiet: bool
) -> tuple[CheckIn, tuple[Action, ...]]:
    """Take in one frame; return what to say, and the picture to take.

    `quiet`: nothing is being said. No face is asked for, and none photographed at rest, before the person
    has heard what came before.
    """
    if state.phase == "done":
        return state, ()
    state = replace(state, fix=sample.fix)
    if state.phase == "line_up":
        return _line_up(state, sample, spec, quiet=quiet)
    return _posing(state, sample, spec)


def taken(state: CheckIn, t: float, picture_t: float | None = None) -> tuple[CheckIn, tuple[Cue, ...]]:
    """Go on at `t` seconds after a picture that turned out well; it is of `picture_t`, None: of `t`."""
    asked_for_face = state.pose != "neutral"
    following = _at(state, t, state.step + 1)
    if following.take % state.in_a_row:
        since = t if picture_t is None else picture_t
        return replace(state, step=following.step, since=since, calm_since=None, held=True), ()
    if following.phase == "done" and not state.in_one:
        return following, (Cue(t, CueKind.INSTRUCTION, "check_done"),)
    return following, (Cue(t, CueKind.RELEASE, "check_relax"),) if asked_for_face else ()


def skip(state: CheckIn, t: float) -> CheckIn:
    """Leave out the rest of this face; the neutral one cannot be left out."""
    if state.pose == "neutral" or state.phase == "done":
        return state
    return _at(state, t, (state.step // state.takes + 1) * state.takes)


def restart(state: CheckIn, t: float, by: int = 0) -> CheckIn:
    """Start again with the first picture of this face, or of the one before (`by` -1)."""
    return _at(state, t, max(state.step // state.takes + by, 0) * state.takes)


def ask_again(state: CheckIn, t: float) -> CheckIn:
    """Line up again for the picture that is due, e.g. after a pause."""
    return state if state.phase == "done" else _at(state, t, state.step)


def due_on(history: History, spec: CheckInSpec, today: date) -> date:
    """Return the day of the next check-in, which may be past; what the simulated person did does not count.

    The first one is due once the person has done `spec.first_after` sessions, at one a day: a beginner is
    not reminded of a measurement.
    """
    own = history.without_simulated()
    if own.scores:
        return max(score.day for score in own.scores) + timedelta(days=spec.every_days)
    return today + timedelta(days=max(spec.first_after - len(own.sessions), 0))


def _at(state: CheckIn, t: float, number: int) -> CheckIn:
    done = number >= state.takes * len(state.poses)
    phase: CheckInPhase = "done" if done else "line_up"
    return CheckIn(state.takes, number, phase, since=t, poses=state.poses, in_a_row=state.in_a_row)


def _line_up(
    state: CheckIn, sample: GateSample, spec: CheckInSpec, *, quiet: bool
) -> tuple[CheckIn, tuple[Action, ...]]:
    said: tuple[Action, ...] = ()
    if state.pose == "neutral" and not state.asked:
        state = replace(state, asked=True)
        said = (Cue(sample.t, CueKind.INSTRUCTION, "check_neutral"),) if state.take == 0 else ()
    if sample.fix is not None or sample.blink:
        return replace(state, calm_since=None), said
    state = _calmer(state, sample, spec)
    if not quiet or not _still(state, sample, spec):
        return state, said
    if state.pose == "neutral":
        return replace(state, calm_since=None), (*said, PhotoRequest(state.pose, state.take))
    cue = Cue(sample.t, CueKind.INSTRUCTION, f"check_{state.pose}")
    return replace(_at(state, sample.t, state.step), phase="posing", asked=True), (cue,)


def _posing(state: CheckIn, sample: GateSample, spec: CheckInSpec) -> tuple[CheckIn, tuple[Action, ...]]:
    if sample.t - state.since >= spec.timing.again_s:
        cue = Cue(sample.t, CueKind.INSTRUCTION, f"check_{state.pose}")
        return replace(state, since=sample.t, calm_since=None, held=False), (cue,)
    least = spec.face.least_jaw if state.pose == "jaw" else spec.face.least_smile
    short = sample.level is None or sample.level < least
    if short or sample.fix is not None or sample.blink:
        return replace(state, calm_since=None), ()
    state = _calmer(state, sample, spec)
    early = not state.held and sample.t - state.since < spec.timing.least_s
    if early or not _still(state, sample, spec):
        return state, ()
    return replace(state, calm_since=None), (PhotoRequest(state.pose, state.take),)


def _still(state: CheckIn, sample: GateSample, spec: CheckInSpec) -> bool:
    """Whether all has been well for long enough, and the last picture of the row is long enough ago."""
    timing = spec.timing
    if state.calm_since is None:
        return False
    calm_s = sample.t - state.calm_since
    if state.held:
        return calm_s >= timing.row_steady_s and sample.t - state.since >= timing.apart_s
    # with all in one, whoever was ready for the first picture is ready for the next face
    ready = state.phase == "posing" or (state.in_one and state.step)
    return calm_s >= (timing.steady_s if ready else timing.ready_s)


def _calmer(state: CheckIn, sample: GateSample, spec: CheckInSpec) -> CheckIn:
    """Count stillness from the last time the face moved by more than it may, or the lids, as in a blink."""
    level, opening = sample.level or 0.0, sample.opening or 0.0
    still = spec.face.still_jaw if state.pose == "jaw" else spec.face.still
    moved = state.anchor is None or abs(level - state.anchor) > still
    blinks = state.lids is None or abs(opening - state.lids) > spec.face.still_lids
    if state.calm_since is None or moved or blinks:
        return replace(state, calm_since=sample.t, anchor=level, lids=opening)
    return state
