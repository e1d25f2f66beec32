"""A guided session: getting ready, one exercise after the other, the summary, and pauses."""

from __future__ import annotations

from collections.abc import Sequence

from coach.coaching.cues import CueKind
from coach.coaching.flow import Output
from coach.coaching.led import Led, PauseCause
from coach.coaching.led_flow import LedFlow
from coach.coaching.phrases import PhraseBook
from coach.coaching.screen import Screen
from coach.coaching.spec import STANDARD, CoachingSpec
from coach.errors import Notice
from coach.events import Event, FaceLost
from coach.exercise.protocol import AnyExercise, Context
from coach.exercise.view import View
from coach.face.baseline import OwnRange
from coach.face.features import Features
from coach.face.neutral_capture import FaceCheck
from coach.face.neutral_correction import NeutralCorrection, UnrecognisedMovement
from coach.face.perception import Perception
from coach.face.resume_wait import ResumeWait
from coach.session.occasion import USUAL, Occasion
from coach.session.plan import Plan
from coach.session.plan_run import PlanRun
from coach.session.screen_builder import Scene, build_screen, summary_screen
from coach.session.tally import Tally
from coach.session.transitions import TRANSITIONS, SessionStage, SessionTrigger
from coach.settings import Settings
from coach.types import FaceObservation


class Session(LedFlow):
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
    own_range
        The person's own range where it is known.
    memories
        The person's own words for their memories; empty for numbers alone.
    safety
        Show what to watch out for while getting ready, and say it once, before any effort.
    coaching
        `config/coaching.toml`.
    by_ear
        Nobody sees the window: say what it would show.
    occasion
        The words for today only.
    """

    def __init__(
        self,
        plan: Plan,
        exercises: Sequence[AnyExercise],
        book: PhraseBook,
        settings: Settings,
        *,
        source: str,
        own_range: OwnRange | None = None,
        memories: tuple[str, ...] = (),
        safety: bool = False,
        coaching: CoachingSpec = STANDARD,
        by_ear: bool = False,
        occasion: Occasion = USUAL,
    ) -> None:
        super().__init__(Led(plan.name, book, settings, source=source, coaching=coaching))
        self.plan = plan
        self.perception = Perception(own_range)
        self.tally = Tally()
        self.plan_run = PlanRun(
            plan,
            exercises,
            self.led,
            memories,
            coaching=coaching,
            safety=safety,
            by_ear=by_ear,
            occasion=occasion,
        )
        self._book = book
        self._coaching = coaching
        self._face_check = FaceCheck(self.perception, settings.framing, coaching.neutral)
        self._stage: SessionStage = "ready"
        self._since = 0.0
        self._wait: ResumeWait | None = None
        self._scene = Scene(coaching.shown)
        self._neutral_correction = NeutralCorrection()
        self._unrecognised_movement = UnrecognisedMovement()
        self._notice = ""

    def process(self, t: float, observation: FaceObservation | None) -> Output:
        """Take in one frame's face (None if there is none) at `t` seconds."""
        self._begin(t)
        face = self.perception.look(observation)
        seen = self.led.see(t, face)
        if lost := FaceLost in map(type, seen):
            self.perception.forget_before(float("inf"))  # never learn one neutral face from two people
        self._heed(t, lost=lost)
        if self.led.presence.stalled and self._stage == "exercise" and self.plan_run.stalled(t):
            self._scene = self._scene.failed(t)
        features = None
        if self._stage == "ready":
            self._get_ready(t, face)
        elif self._stage == "exercise":
            features = self.perception.features(face)
            self._correct_neutral(t, face, features)
            self._exercise(t, features)
        elif self._stage == "change":
            self._change(t)
        elif self._stage == "resuming":
            self._wait_to_resume(t, face)
        return self._output(t, features)

    def toggle_pause(self, t: float) -> None:
        """Pause, or go on after a short wait; where nothing can be seen, as soon as it can.

        Where the person was told that this key looks at their face again, it does that.
        """
        run = self.plan_run.current
        if self.plan_run.over and self._stage == "change":
            self.led.cues.hush()
        elif self._stage == "exercise" and run is not None and run.guidance.offers:
            self._look_again(t)
        elif self._stage != "paused":
            self._pause(t, "key")
        elif self.led.presence.blind:
            self.led.paused_by = self.led.presence.blind
        else:
            self._resume(t)

    def _look_again(self, t: float) -> None:
        self.plan_run.interrupt(t, "key")
        self.led.cues.hush()
        self.led.relax_again()
        self._face_check.learn_again()
        self._go("strange", t)

    def move(self, t: float, by: int) -> None:
        """Go to the next exercise (+1), the one before (-1), or start this one again (0)."""
        if (self._stage, "moved") not in TRANSITIONS or self.perception.baseline is None:
            return
        if self._stage == "paused":
            self.led.resume(t)
        self.plan_run.move(t, by)
        if self.plan_run.over:
            self._go("end", t)
        else:
            self._go("moved", t)
            self._begin_exercise(t)

    @property
    def finished(self) -> bool:
        """Whether the plan was done to its end."""
        return self._stage == "ended"

    @property
    def frames(self) -> int:
        """How many frames there were."""
        return self.led.frames

    # -- stages

    def _begin(self, t: float) -> None:
        """Note the time; of a long gap only the beginning is guiding."""
        if self.led.begin(t):
            self._since = t
        run = self.plan_run.current
        self.led.log.exercise = None if run is None else run.exercise.name
        passed_s = self.led.advance(t)
        if self._stage in ("exercise", "change"):
            self.plan_run.active_s += passed_s

    def _go(self, trigger: SessionTrigger, t: float) -> None:
        self._stage = TRANSITIONS[self._stage, trigger]
        self._since = t

    def _get_ready(self, t: float, face: FaceObservation | None) -> None:
        met = self.led.learn_neutral(t, face, self._face_check)
        if met is None:
            if self.plan_run.current is None and not self.plan_run.index:
                self.plan_run.ready_s = self.led.log.lasted_s(t)
            return
        if met.baseline is not None:
            self._neutral_correction = NeutralCorrection(doubted=met.doubted)
            self.led.calibrated(t, met.baseline)
        if met.again:
            self._go_on(t, same=met.baseline is None)
        elif self.plan_run.current is not None:  # looked at again in the middle of an exercise
            self._go("calibrated", t)
            self._relearn(t)
            self.plan_run.current.again(t)
        else:
            self.plan_run.ready_s = self.led.log.lasted_s(t)
            self._go("calibrated", t)
            self._begin_exercise(t)

    def _go_on(self, t: float, *, same: bool) -> None:
        """Go on after a second look: as before with the same face, else with this exercise from its start."""
        if not same:
            self.led.enqueue(t, CueKind.CORRECTION, "other_face")  # before the exercise's own intro
        run = self.plan_run.current
        if run is None:
            self._go("between", t)
            return
        self._go("calibrated", t)
        if same:
            run.again(t)
        else:
            self.plan_run.finish(t)
            self._begin_exercise(t)

    def _begin_exercise(self, t: float) -> None:
        self._unrecognised_movement = UnrecognisedMovement()
        self.plan_run.begin(t, self._known())

    def _known(self) -> Context:
        """Return what an exercise may know of the person."""
        baseline, own_range = self.perception.baseline, self.perception.own_range
        return Context(own_range) if baseline is None else Context(own_range, baseline.noise)

    def _correct_neutral(self, t: float, face: FaceObservation | None, features: Features | None) -> None:
        """Learn the neutral face again, without a word, where the face shows that it was wrong."""
        found = self._neutral_correction.step(t, face, features)
        if found is not None:
            self.perception.baseline = found
            self._neutral_correction = NeutralCorrection()
            self.led.calibrated(t, found)
            self._relearn(t)

    def _relearn(self, t: float) -> None:
        self.plan_run.relearn(t, self._known())

    def _exercise(self, t: float, features: Features | None) -> None:
        run = self.plan_run.current
        if run is None:
            return
        if self.plan_run.out_of_time:
            self.led.cues.clear()
            self._conclude(t)
        else:
            events = self.plan_run.step(t, run, features)
            self._scene = self._scene.after(t, run.view, events)
            view = run.view
            asked = run.guide.watches and run.guidance.asks
            if asked and features is not None and self._moves(t, view, features):
                self._look_again(t)
                return
            if run.guidance.done or run.broken:
                self._conclude(t)

    def _moves(self, t: float, view: View, features: Features) -> bool:
        """Whether the face has clearly moved for a while without being recognised."""
        moves, resting = self._unrecognised_movement, view.phase == "neutral"
        return view.bars is not None and moves.step(t, view.bars.level.mean, features, resting=resting)

    def _conclude(self, t: float) -> None:
        """Go on from an exercise to the next one, or close."""
        run = self.plan_run.current
        self.plan_run.finish(t)
        if run is not None and run.broken:
            self._notice = Notice(
                "exercise '{name}' failed ({reason}); left out from here on",
                name=run.exercise.name,
                reason=run.broken,
            )
        self._go("done", t)
        self.plan_run.advance(t, run)

    def _change(self, t: float) -> None:
        waited_s, words = t - self._since, self.plan_run.words
        if self.plan_run.over:
            if waited_s >= self._coaching.breather_s and self.led.cues.quiet(t):
                self._go("over", t)
            return
        self.plan_run.introduce()
        words.say(t)
        if waited_s >= self._coaching.card_s and words.over(t):
            self._go("next", t)
            self._begin_exercise(t)

    # -- pausing

    def _heed(self, t: float, *, lost: bool = False) -> None:
        """Pause where nothing can be seen; go on where it can be again, unless the person paused."""
        blind = self.led.presence.blind or ("face_lost" if lost else "")
        if blind and (self._stage != "ready" or blind == "camera_lost"):
            self._pause(t, blind)
        if self._stage == "paused" and self.led.paused_by != "key" and not self.led.presence.blind:
            self._resume(t)

    def _pause(self, t: float, cause: PauseCause) -> None:
        if (self._stage, "pause") not in TRANSITIONS:
            return
        self._go("pause", t)
        self.led.pause(t, cause)
        self.plan_run.interrupt(t, cause)

    def _resume(self, t: float) -> None:
        self.led.resume(t)
        if self.perception.baseline is None:
            self._face_check.restart()
            self._go("restart", t)
        else:
            self._go("resume", t)
            self._wait = ResumeWait(t, self.perception.baseline, self._coaching.resume_wait)
            self.led.enqueue(t, CueKind.HOLD, "resume")

    def _wait_to_resume(self, t: float, face: FaceObservation | None) -> None:
        wait = self._wait
        if wait is None:
            return
        wait.step(face)
        if not wait.over(t):
            return
        if not wait.fits:
            self._face_check.look_again()
            self._go("strange", t)
            self.led.relax_again()
        elif self.plan_run.current is None:
            self._go("between", t)
        else:
            self._go("waited", t)
            self.plan_run.current.again(t)

    def _output(self, t: float, features: Features | None = None) -> Output:
        said = self.led.next_cue(t)
        self.led.at_ease = self._stage == "change" or self._resting()
        notice, self._notice = self._notice, ""
        ended = self._stage == "ended"
        return Output(self._events(), said, self._draw(t), ended, features, notice=notice)

    def _resting(self) -> bool:
        run = self.plan_run.current
        if self._stage != "exercise" or run is None or not run.view.at_rest or run.guidance.moves:
            return False
        # Whoever is asked in vain may not be seen well enough: slow pictures. A memory may come late.
        return not run.guidance.asks or (run.guidance.patient and run.guide.watches)

    def _close(self, t: float) -> list[str]:
        self.plan_run.finish(t)
        self._stage = "ended"
        return self.plan_run.names

    def _events(self) -> tuple[Event, ...]:
        events = super()._events()
        self.tally.add(events)
        return events

    def _draw(self, t: float) -> Screen:
        run = self.plan_run
        if self._stage == "ended" or (run.over and self._stage != "paused"):
            lines = self.tally.lines(run.names, self._book, run.active_s)
            return summary_screen(self._book, lines, self.led.caption(t))
        screen = build_screen(self._scene, t, self._stage, run, self._book)
        return self.led.framed(t, screen)
