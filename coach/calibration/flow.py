"""Leading a person through measuring the own range: neutral face, three movements, what came of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, TypeAlias

from coach.calibration import machine as calibration
from coach.calibration.machine import Calibration
from coach.calibration.plateau import height
from coach.calibration.spec import RANGE_PARTS, CalibrationSpec
from coach.coaching.cue_queue import CueQueue
from coach.coaching.cues import CueKind
from coach.coaching.output import Output
from coach.coaching.phrases import SCREEN, SESSION, PhraseBook
from coach.coaching.screen import Screen, ScreenPhase
from coach.events import Calibrated, EndReason, Event, Paused, Resumed
from coach.exercise.view import Bars
from coach.face.baseline import OwnRange
from coach.face.features import Features
from coach.face.neutral_capture import Readiness
from coach.face.perception import Perception
from coach.face.presence import Watch
from coach.session.log import SessionLog
from coach.settings import Settings
from coach.types import Bilateral, FaceObservation

CalibrationStage: TypeAlias = Literal["ready", "moving", "summary", "ended"]

SECTION = "setup"
PLAN = "calibrate"
USUAL_S = 18.0  # for the progress shown; nothing is limited to it
CAPTION_S = 1.5
SUMMARY_S = 0.5
FRAMING_SPOKEN_AFTER_S, FRAMING_SPOKEN_EVERY_S = 1.5, 6.0
BAND = (0.8, 1.2)  # of the range as it is known, or of the better movement so far
_SHOWN: Final[dict[str, ScreenPhase]] = {
    "asking": "rest",
    "waiting": "rising",
    "holding": "hold",
    "letting_go": "released",
    "done": "summary",
}
DEMONSTRATED = {"cheek": "cheek_raiser", "smile": "symmetry_drill", "jaw": "jaw_release"}


class CalibrationFlow:
    """The flow, with a session's methods. Time comes with the frames; nothing here touches a device.

    Parameters
    ----------
    spec
        `config/calibration.toml`.
    book
        Words in the person's language.
    settings
        Framing limits and the voice's rate.
    source
        Name for the log.
    known
        The range as it was known before.
    """

    def __init__(
        self,
        spec: CalibrationSpec,
        book: PhraseBook,
        settings: Settings,
        *,
        source: str,
        known: OwnRange | None = None,
    ) -> None:
        self.perception = Perception(known)
        self.frames = 0
        self.state: Calibration | None = None
        self._spec = spec
        self._book = book
        self._settings = settings
        self._log = SessionLog(PLAN, source)
        self._stage: CalibrationStage = "ready"
        self._since = 0.0
        self._t = 0.0
        self._readiness: Readiness | None = None
        self._features: Features | None = None
        self._speaker = CueQueue(book, settings.voice.rate)
        self._watch = Watch(settings.framing)
        self._framing_said_t = float("-inf")
        self._paused = False
        self._caption, self._caption_until = "", 0.0

    @property
    def own_range(self) -> OwnRange:
        """The range as it is known now."""
        known = self.perception.own_range
        return known if self.state is None else self.state.own_range(known)

    @property
    def finished(self) -> bool:
        """Whether every movement has been asked for."""
        return self._stage in ("summary", "ended")

    def process(self, t: float, observation: FaceObservation | None) -> Output:
        """Take in one frame's face (None where there is none) at `t` seconds."""
        self._begin(t)
        self.frames += 1
        face = self.perception.look(observation)
        self._log.add(*self._watch.see(t, face))
        self._features = self.perception.features(face)
        if self._paused:
            pass
        elif self._stage == "ready":
            self._get_ready(t, face)
        elif self._stage == "moving":
            self._lead(t)
        elif self._stage == "summary" and t - self._since >= SUMMARY_S:
            self._stage = "ended"
        return self._output(t)

    def camera_lost(self, t: float) -> Output:
        """Take in that the source gives no pictures at the moment."""
        self._begin(t)
        events = self._watch.no_camera(t)
        if events:
            self._log.add(*events)
            self._speaker.say(t, CueKind.HOLD, "camera_lost")
            self._anew(t)
        return self._output(t)

    def idle(self, t: float) -> Output:
        """Let time go on with nothing new to see."""
        self._begin(t)
        return self._output(t)

    def toggle_pause(self, t: float) -> None:
        """Pause, or go on by asking for the present movement anew."""
        if self.finished:
            return
        self._paused = not self._paused
        self._log.add(Paused(t=t, cause="key") if self._paused else Resumed(t=t))
        self._speaker.hush()
        self._speaker.say(t, CueKind.HOLD, "paused" if self._paused else "resume")
        self._anew(t)

    def move(self, t: float, by: int) -> None:
        """Leave out the present movement (+1), or ask for it anew."""
        if self.state is None or self._paused:
            return
        self._speaker.hush()
        if by > 0:
            self.state = calibration.skip(self.state, t, self._spec)
        else:
            self._anew(t)

    def end(self, t: float, reason: EndReason) -> tuple[Event, ...]:
        """Close; return the last events, `session_end` at the very end."""
        self._begin(t)
        self._log.end(self._t, (), self.frames, reason)
        self._stage = "ended"
        return self._log.taken()

    # -- stages

    def _begin(self, t: float) -> None:
        if not self._log.begun:
            self._log.begin(t)
            self._since = t
            self._speaker.say(t, CueKind.INSTRUCTION, "neutral")
        self._t = max(t, self._t)

    def _get_ready(self, t: float, face: FaceObservation | None) -> None:
        if self._readiness is None:
            self._readiness = Readiness(self.perception, self._settings.framing, t)
        self._watch.framing, baseline = self._readiness.step(t, face)
        if baseline is None:
            self._speak_of_framing(t)
            return
        self._log.add(Calibrated(t=t, neutral_s=baseline.duration_s, quality=baseline.quality))
        self._stage, self._since = "moving", t
        self.state = Calibration(baseline.noise, since=t)

    def _lead(self, t: float) -> None:
        if self.state is None:
            return
        quiet = self._speaker.quiet(t)
        self.state, cues = calibration.step(self.state, t, self._features, self._spec, quiet=quiet)
        self._speaker.add(*cues)
        if self.state.phase == "asking" and not cues:
            self._speak_of_framing(t)
        if self.state.phase == "done":
            self._stage, self._since = "summary", t

    def _anew(self, t: float) -> None:
        if self.state is not None:
            self.state = calibration.anew(self.state, t)
        elif self._readiness is not None:
            self._readiness, self._since = None, t
            self.perception.forget_before(float("inf"))

    def _speak_of_framing(self, t: float) -> None:
        early = t - self._since < FRAMING_SPOKEN_AFTER_S
        if self._watch.framing == "good" or early or not self._speaker.quiet(t):
            return
        if t - self._framing_said_t >= FRAMING_SPOKEN_EVERY_S:
            self._framing_said_t = t
            self._speaker.say(t, CueKind.INSTRUCTION, self._watch.framing)

    # -- what goes out

    def _output(self, t: float) -> Output:
        say = self._speaker.next(t)
        if say is not None:
            self._log.said(t, say)
            self._caption, self._caption_until = say.text, self._speaker.until + CAPTION_S
        return Output(self._log.taken(), say, self._draw(t), self._stage == "ended")

    def _draw(self, t: float) -> Screen:
        book, state = self._book, self.state
        screen = Screen(
            "ready",
            title=book.text(SCREEN, "calibrating"),
            instruction=book.text(SESSION, "neutral"),
            framing=self._watch.framing,
            fix="" if self._watch.framing == "good" else book.text(SESSION, self._watch.framing),
            caption=self._caption if t < self._caption_until else "",
            paused=book.text(SESSION, "paused") if self._paused else "",
            time_left_s=USUAL_S,
        )
        if state is None:
            return screen
        if self.finished:
            title, lines = book.text(SECTION, "range_done"), self.lines()
            return replace(screen, phase="summary", title=title, instruction="", progress=1.0, lines=lines)
        new = not state.takes and state.phase in ("asking", "waiting") and not self._paused
        asked = len(RANGE_PARTS) * self._spec.takes
        done = state.part * self._spec.takes + len(state.takes)
        return replace(
            screen,
            phase=_SHOWN[state.phase],
            instruction=book.text(SESSION, f"own_{state.name}"),
            count=len(state.takes),
            target=self._spec.takes,
            hold=1.0 if state.phase == "letting_go" else min(state.held / self._spec.plateau.held, 1.0),
            hold_left_s=(1 - state.held) * self._spec.timing.hold_s,
            bars=self._bars(state),
            demonstrate=DEMONSTRATED[state.name] if new else None,
            progress=done / asked,
            time_left_s=USUAL_S * (1 - done / asked),
        )

    def _bars(self, state: Calibration) -> Bars:
        """Return both sides against the better movement so far, or what is known."""
        features, name = self._features, state.name
        whole: float = max(state.takes, default=getattr(self.perception.own_range, name))
        if features is None:
            return Bars(Bilateral(0.0, 0.0), BAND)
        both = height(name, features)
        sides = {"cheek": features.lid_lift, "smile": features.corner_pull}.get(name, Bilateral(both, both))
        return Bars(Bilateral(sides.left / whole, sides.right / whole), BAND)

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Return what came of it, (movement, height in millimetres), in the person's language."""
        book, state, baseline = self._book, self.state, self.perception.baseline
        if state is None or baseline is None:
            return ()
        own_range = self.own_range
        return tuple(
            (
                book.text(SECTION, f"range_{part}"),
                f"{getattr(own_range, part) * baseline.mm:.1f} mm"
                if part in state.measured
                else book.text(SECTION, "range_usual"),
            )
            for part in RANGE_PARTS[: len(state.found)]  # of what was not come to there is nothing to say
        )
