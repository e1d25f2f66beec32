"""A guided session: get ready, one exercise after the other, summary; pauses when it cannot see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from coach import __version__, scheduler
from coach.baseline import OwnRange
from coach.cues import Cue, Kind
from coach.events import (
    Calibrated,
    CameraFound,
    CameraLost,
    CueGiven,
    EndReason,
    Event,
    FaceFound,
    FaceLost,
    Paused,
    Resumed,
    SessionEnd,
    SessionStart,
)
from coach.exercise import AnyExercise, Context
from coach.features import Features
from coach.guide import Guidance, Guide, Moment
from coach.guides import guide_for
from coach.perception import Perception
from coach.phrases import PhraseBook
from coach.plan import CHANGE_S, Plan
from coach.readiness import Readiness, look_at
from coach.screen import Framing, Screen
from coach.session_screen import Scene, draw
from coach.settings import Settings
from coach.tally import Tally
from coach.types import FaceObservation, Points

Stage: TypeAlias = Literal["ready", "exercise", "change", "paused", "count_in", "summary", "ended"]
Happening: TypeAlias = Literal["calibrated", "done", "next", "over", "pause", "resume", "counted", "end"]

TRANSITIONS: Final[dict[tuple[Stage, Happening], Stage]] = {
    ("ready", "calibrated"): "exercise",
    ("exercise", "done"): "change",
    ("change", "next"): "exercise",
    ("change", "over"): "summary",
    ("exercise", "pause"): "paused",
    ("change", "pause"): "paused",
    ("count_in", "pause"): "paused",
    ("ready", "pause"): "paused",
    ("paused", "resume"): "count_in",
    ("count_in", "counted"): "exercise",
    ("summary", "end"): "ended",
}

FACE_LOST_S = 1.0
FRAMING_EVERY_S = 0.3
FRAMING_SPOKEN_EVERY_S = 6.0
COUNT_IN = ((0.0, "count_in_3"), (0.7, "count_in_2"), (1.4, "count_in_1"))
COUNT_IN_S = 2.0
SUMMARY_S = 4.0


@dataclass(frozen=True, slots=True)
class Output:
    """One frame's result: what happened, what to start saying, what to show, whether it is over."""

    events: tuple[Event, ...]
    say: Cue | None
    screen: Screen
    ended: bool


@dataclass(slots=True)
class Running:
    """The exercise that is being done."""

    exercise: AnyExercise
    state: Any
    guide: Guide
    guide_state: Any
    target: int
    guidance: Guidance


class Session:
    """The session's flow. Time comes with the frames; nothing here reads a clock or touches a device.

    Parameters
    ----------
    plan, exercises
        The plan and one exercise for each of its steps, in order.
    book
        Words in the person's language.
    settings
        Framing limits and the voice's rate.
    source
        Name for the log.
    best
        The person's own range where it is known.
    memories
        The person's own words for their memories; empty for numbers alone.
    safety
        Say the safety sentence once, before anything else.
    """

    def __init__(
        self,
        plan: Plan,
        exercises: Sequence[AnyExercise],
        book: PhraseBook,
        settings: Settings,
        *,
        source: str,
        best: OwnRange | None = None,
        memories: tuple[str, ...] = (),
        safety: bool = False,
    ) -> None:
        self.plan = plan
        self.tally = Tally()
        self.frames = 0
        self.active_s = 0.0
        self.perception = Perception(best)
        self._exercises = tuple(exercises)
        self._book = book
        self._settings = settings
        self._source = source
        self._memories = memories
        self._safety = safety
        self._stage: Stage = "ready"
        self._since = 0.0
        self._t = 0.0
        self._start: float | None = None
        self._index = 0
        self._running: Running | None = None
        self._readiness: Readiness | None = None
        self._speech = scheduler.SchedulerState()
        self._face_t: float | None = None
        self._face_lost = False
        self._camera_lost = False
        self._paused_by = ""
        self._framing: Framing = "no_face"
        self._framing_t = float("-inf")
        self._framing_said_t = float("-inf")
        self._counted_in = 0
        self._pending: list[Cue] = []
        self._events: list[Event] = []
        self._features: Features | None = None
        self._scene = Scene()

    # -- what comes in

    def process(self, t: float, observation: FaceObservation | None) -> Output:
        """Take in one frame's face (None where there is none) at `t` seconds."""
        dt = self._begin(t)
        self.frames += 1
        if self._camera_lost:
            self._camera_lost = False
            self._emit(CameraFound(t=t))
            if self._paused_by == "camera_lost":
                self._resume(t)
        points = self.perception.look(observation)
        self._watch_face(t, observation)
        if self._stage in ("exercise", "change"):
            self.active_s += dt
        self._watch_framing(t, observation, points)
        self._features = self.perception.features(observation, points)
        if self._stage == "ready":
            self._get_ready(t, observation, points)
        elif self._stage == "exercise":
            self._exercise(t)
        elif self._stage == "change":
            self._change(t)
        elif self._stage == "count_in":
            self._count_in(t)
        elif self._stage == "summary" and t - self._since >= SUMMARY_S:
            self._go("end", t)
        return self._output(t)

    def camera_lost(self, t: float) -> Output:
        """Take in that the source gives no pictures at the moment."""
        self._begin(t)
        if not self._camera_lost:
            self._camera_lost = True
            self._emit(CameraLost(t=t))
            self._pause(t, "camera_lost")
        return self._output(t)

    def idle(self, t: float) -> Output:
        """Let time go on with nothing new to see."""
        self._begin(t)
        return self._output(t)

    def toggle_pause(self, t: float) -> None:
        """Pause, or go on after a count-in."""
        if self._stage == "paused":
            self._resume(t)
        else:
            self._pause(t, "key")

    def move(self, t: float, by: int) -> None:
        """Go to the next exercise (+1), the one before (-1), or begin this one anew (0)."""
        if self._stage not in ("exercise", "change", "count_in", "paused") or self._stage == "paused":
            return
        self._finish_exercise(t)
        self._speech = scheduler.SchedulerState()
        self._index = max(self._index + by, 0)
        if self._index >= len(self._exercises):
            self._stage, self._since = "change", t
            return
        self._stage = "exercise"
        self._begin_exercise(t)

    def end(self, t: float, reason: EndReason) -> tuple[Event, ...]:
        """Close the session; return the last events, `session_end` at the very end."""
        self._begin(t)
        self._finish_exercise(self._t)
        start = self._start or 0.0
        duration = self._t - start
        self._emit(
            SessionEnd(
                t=self._t,
                reps={e.name: self.tally.reps[e.name] for e in self._exercises},
                attempts={e.name: self.tally.attempts[e.name] for e in self._exercises},
                duration_s=duration,
                frames=self.frames,
                fps=self.frames / duration if duration > 0 else 0.0,
                reason=reason,
            )
        )
        self._stage = "ended"
        return self._taken()

    @property
    def finished(self) -> bool:
        """Whether the plan was done to its end."""
        return self._stage in ("summary", "ended")

    # -- stages

    def _begin(self, t: float) -> float:
        """Note the time; return the seconds since the last frame, the long gap of a pause not counted."""
        if self._start is None:
            self._start = t
            self._since = t
            self._emit(SessionStart(t=t, plan=self.plan.name, source=self._source, version=__version__))
            self._say(t, Kind.INSTRUCTION, "neutral")
            if self._safety:
                self._say(t, Kind.SAFETY, "safety")
            self._t = t
        dt = min(max(t - self._t, 0.0), FACE_LOST_S)
        self._t = max(t, self._t)
        return dt

    def _go(self, happening: Happening, t: float) -> None:
        self._stage = TRANSITIONS[self._stage, happening]
        self._since = t

    def _get_ready(self, t: float, observation: FaceObservation | None, points: Points | None) -> None:
        if self._readiness is None:
            self._readiness = Readiness(self.perception, self._settings.framing, t)
        self._framing, baseline = self._readiness.step(t, observation, points)
        if baseline is None:
            self._speak_of_framing(t)
            return
        self._emit(Calibrated(t=t, neutral_s=baseline.duration_s, quality=baseline.quality))
        self._go("calibrated", t)
        self._begin_exercise(t)

    def _begin_exercise(self, t: float) -> None:
        exercise = self._exercises[self._index]
        baseline = self.perception.baseline
        best = self.perception.best
        context = Context(best) if baseline is None else Context(best, baseline.noise)
        guide = guide_for(exercise)
        self._running = Running(
            exercise,
            exercise.begin(context),
            guide,
            guide.begin(t),
            self.plan.steps[self._index].reps,
            Guidance(),
        )
        self._since = t
        self._pending.append(Cue(t, Kind.INSTRUCTION, "intro", exercise.name))

    def _exercise(self, t: float) -> None:
        run = self._running
        if run is None:
            return
        run.state, events = run.exercise.step(run.state, t, self._features)
        moment = Moment(
            t=t,
            view=run.exercise.view(run.state),
            events=events,
            quiet=self._quiet(t),
            target=run.target,
            names=self._memories,
        )
        run.guide_state, run.guidance = run.guide.step(run.guide_state, moment)
        self._emit(*events, *run.guidance.events)
        self._pending += run.guidance.cues
        if run.guidance.give:
            run.state = run.exercise.give(run.state, t)  # type: ignore[attr-defined]  # its guide knows
        self._scene = self._scene.after(t, moment.view, events)
        if run.guidance.done:
            self._finish_exercise(t)
            self._go("done", t)
            self._index += 1
            if self._index < len(self._exercises):
                self._say(t, Kind.INSTRUCTION, "begin", title=self._exercises[self._index].name)
            else:
                self._say(t, Kind.INSTRUCTION, "finished")

    def _finish_exercise(self, t: float) -> None:
        run, self._running = self._running, None
        if run is not None:
            self._emit(*run.exercise.finish(run.state, t))

    def _change(self, t: float) -> None:
        if t - self._since < CHANGE_S or not self._quiet(t):
            return
        if self._index >= len(self._exercises):
            self._go("over", t)
            return
        self._go("next", t)
        self._begin_exercise(t)

    def _pause(self, t: float, cause: str) -> None:
        if (self._stage, "pause") not in TRANSITIONS:
            return
        self._go("pause", t)
        self._paused_by = cause
        self._emit(Paused(t=t, cause=cause))
        self._speech = scheduler.SchedulerState()
        self._pending = []
        key = {"key": "paused", "face_lost": "paused_face", "camera_lost": "camera_lost"}[cause]
        self._say(t, Kind.HOLD, key)

    def _resume(self, t: float) -> None:
        self._paused_by = ""
        if self.perception.baseline is None:
            self._stage, self._since, self._readiness = "ready", t, None
        else:
            self._go("resume", t)
        self._counted_in = 0
        self._emit(Resumed(t=t))

    def _count_in(self, t: float) -> None:
        while self._counted_in < len(COUNT_IN) and t - self._since >= COUNT_IN[self._counted_in][0]:
            self._say(t, Kind.COUNTDOWN, COUNT_IN[self._counted_in][1])
            self._counted_in += 1
        if t - self._since < COUNT_IN_S:
            return
        self._go("counted", t)
        if self._running is None:
            self._stage = "change"
        else:
            self._running.guide_state = self._running.guide.again(self._running.guide_state, t)

    # -- watching

    def _watch_face(self, t: float, observation: FaceObservation | None) -> None:
        if observation is not None:
            self._face_t = t
            if self._face_lost:
                self._face_lost = False
                self._emit(FaceFound(t=t))
                if self._paused_by == "face_lost":
                    self._resume(t)
        elif not self._face_lost and self._face_t is not None and t - self._face_t >= FACE_LOST_S:
            self._face_lost = True
            self._emit(FaceLost(t=t))
            if self._stage in ("exercise", "change", "count_in"):
                self._pause(t, "face_lost")

    def _watch_framing(self, t: float, observation: FaceObservation | None, points: Points | None) -> None:
        if self._stage != "ready" and t - self._framing_t >= FRAMING_EVERY_S:
            self._framing = look_at(observation, points, self._settings.framing)
            self._framing_t = t

    def _speak_of_framing(self, t: float) -> None:
        if self._framing == "good" or not self._quiet(t) or t - self._since < 1.5:  # noqa: PLR2004
            return
        if t - self._framing_said_t >= FRAMING_SPOKEN_EVERY_S:
            self._framing_said_t = t
            self._say(t, Kind.INSTRUCTION, self._framing)

    # -- what goes out

    def _emit(self, *events: Event) -> None:
        self._events += events
        self.tally.add(events)

    def _taken(self) -> tuple[Event, ...]:
        taken, self._events = tuple(self._events), []
        return taken

    def _say(self, t: float, kind: Kind, key: str, **values: str | int) -> None:
        self._pending.append(Cue(t, kind, key, None, dict(values)))

    def _quiet(self, t: float) -> bool:
        return t >= self._speech.until and not self._speech.waiting and not self._pending

    def _spoken_s(self, text: str) -> float:
        return scheduler.estimate_s(text, self._settings.voice.rate)

    def _output(self, t: float) -> Output:
        cues = tuple(self._book.fill(cue) for cue in self._pending)
        self._pending = []
        self._speech, say = scheduler.step(self._speech, t, cues, self._spoken_s)
        if say is not None:
            self._emit(CueGiven(t=t, exercise=say.exercise, text=say.text, kind=say.kind.name.lower()))
            self._scene = self._scene.spoken(t, say.text, self._speech.until)
        return Output(self._taken(), say, self._draw(t), self._stage == "ended")

    def _draw(self, t: float) -> Screen:
        run = self._running
        done = self.plan.steps[: self._index]
        return draw(
            self._scene,
            t,
            stage=self._stage,
            book=self._book,
            exercise=None if run is None else run.exercise.name,
            view=None if run is None else run.exercise.view(run.state),
            guidance=None if run is None else run.guidance,
            target=0 if run is None else run.target,
            framing=self._framing,
            paused_by=self._paused_by,
            plan_s=self.plan.seconds,
            done_s=sum(step.seconds + CHANGE_S for step in done),
            step_s=self.plan.steps[self._index].seconds if run is not None else 0.0,
            lines=self.tally.lines([e.name for e in self._exercises], self._book, self.active_s)
            if self._stage in ("summary", "ended")
            else (),
        )
