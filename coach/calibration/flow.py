"""Measuring a person's own range: neutral face, three movements, the result."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, TypeAlias

from coach.calibration import machine as calibration
from coach.calibration.machine import Calibration
from coach.calibration.plateau import height
from coach.calibration.spec import RANGE_PARTS, CalibrationSpec
from coach.coaching.cues import CueKind
from coach.coaching.flow import Output
from coach.coaching.led import Led
from coach.coaching.led_flow import LedFlow
from coach.coaching.phrases import SCREEN, SESSION, PhraseBook, capital
from coach.coaching.screen import Screen, ScreenPhase
from coach.coaching.spec import STANDARD, CoachingSpec
from coach.exercise.view import Bars
from coach.face.baseline import OwnRange
from coach.face.features import Features
from coach.face.neutral_capture import FaceCheck
from coach.face.perception import Perception
from coach.progress.words import ProgressWords
from coach.settings import Settings
from coach.types import Bilateral, FaceObservation

CalibrationStage: TypeAlias = Literal["ready", "moving", "summary", "ended"]

SECTION = "setup"
PLAN = "calibrate"
USUAL_S = 18.0  # for the progress shown; it may take longer
SUMMARY_S = 0.5
LISTEN_S = 4.0  # longer than the words on safety take
BAND = (0.8, 1.0)  # shares of the range measured before, or of the better movement so far
_SHOWN: Final[dict[str, ScreenPhase]] = {
    "asking": "rest",
    "waiting": "waiting",
    "holding": "hold",
    "letting_go": "released",
    "done": "summary",
}
DEMONSTRATED = {"cheek": "cheek_raiser", "smile": "symmetry_drill", "jaw": "jaw_release"}


class CalibrationFlow(LedFlow):
    """Leads through the calibration. Time comes with the frames; nothing here touches a device.

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
    own_range
        The range as it was measured before.
    safety
        Say and show what to watch out for before any effort.
    coaching
        `config/coaching.toml`.
    """

    def __init__(
        self,
        spec: CalibrationSpec,
        book: PhraseBook,
        settings: Settings,
        *,
        source: str,
        own_range: OwnRange | None = None,
        safety: bool = False,
        coaching: CoachingSpec = STANDARD,
    ) -> None:
        super().__init__(Led(PLAN, book, settings, source=source, coaching=coaching))
        self.perception = Perception(own_range)
        self.state: Calibration | None = None
        self._spec = spec
        self._book = book
        self._safety = safety
        self._asked_to_relax = False
        self._stage: CalibrationStage = "ready"
        self._since = 0.0
        self._face_check = FaceCheck(self.perception, settings.framing, coaching.neutral)
        self._features: Features | None = None
        self._highest = (0, 0.0)  # the part, and its greatest height while it was held

    @property
    def own_range(self) -> OwnRange:
        """The range, as far as it is known now."""
        before = self.perception.own_range
        return before if self.state is None else self.state.own_range(before)

    @property
    def measured(self) -> bool:
        """Whether at least one movement was usable."""
        return self.state is not None and bool(self.state.measured)

    @property
    def finished(self) -> bool:
        """Whether every movement has been asked for."""
        return self._stage in ("summary", "ended")

    def process(self, t: float, observation: FaceObservation | None) -> Output:
        """Take in one frame's face (None if there is none) at `t` seconds."""
        self._begin(t)
        face = self.perception.look(observation)
        self.led.see(t, face)
        self._features = self.perception.features(face)
        self._heed(t)
        if self.led.paused_by:
            pass
        elif self._stage == "ready":
            self._get_ready(t, face)
        elif self._stage == "moving":
            self._lead(t)
        elif self._stage == "summary" and t - self._since >= SUMMARY_S:
            self._stage = "ended"
        return self._output(t)

    def toggle_pause(self, t: float) -> None:
        """Pause, or go on by asking for the present movement again; without a camera, once there is one."""
        if not self.finished and self.led.toggle_pause(t):
            self._ask_again(t)

    def move(self, t: float, by: int) -> None:
        """Leave out the present movement (+1), ask for the one before (-1), or for this one again (0)."""
        if self.state is None or self.finished:
            return
        if self.led.paused_by:
            self.led.resume(t)
        self.led.cues.hush()
        if by > 0:
            self.state = calibration.skip(self.state, t, self._spec)
        elif by < 0:
            self.state = calibration.back(self.state, t)
        else:
            self._ask_again(t)

    # -- stages

    def _begin(self, t: float) -> None:
        if self.led.begin(t):
            self._since = t
            if self._safety:
                self.led.enqueue(t, CueKind.SAFETY, "safety")
                self.led.relaxing |= {"safety"}
            else:
                self._ask_to_relax(t)
        self.led.advance(t)

    def _get_ready(self, t: float, face: FaceObservation | None) -> None:
        found = self.led.learn_neutral(t, face, self._face_check)
        if found is None or found.baseline is None:
            # People who listen are mostly at rest: only those who are not need to be told.
            listened = self.led.cues.quiet(t) and t - self._since >= LISTEN_S
            if not self._asked_to_relax and listened:
                self._ask_to_relax(t)
            return
        self.led.calibrated(t, found.baseline)
        self._stage, self._since = "moving", t
        self.state = Calibration(found.baseline.noise, since=t)

    def _ask_to_relax(self, t: float) -> None:
        self._asked_to_relax = True
        self.led.enqueue(t, CueKind.INSTRUCTION, "neutral")

    def _lead(self, t: float) -> None:
        if self.state is None:
            return
        quiet = self.led.cues.quiet(t)
        self.state, cues = calibration.step(self.state, t, self._features, self._spec, quiet=quiet)
        self.led.cues.add(*cues)
        if self.state.phase == "holding":
            before = self._highest[1] if self._highest[0] == self.state.part else 0.0
            self._highest = (self.state.part, max(before, self.state.level))
        if self.state.phase == "asking" and not cues:
            self._speak_of_framing(t)
        if self.state.phase == "done":
            self._stage, self._since = "summary", t

    def _heed(self, t: float) -> None:
        if not self.finished and self.led.heed_camera(t):
            self._ask_again(t)

    def _ask_again(self, t: float) -> None:
        if self.state is not None:
            self.state = calibration.ask_again(self.state, t)
        else:
            self._face_check.restart()
            self.perception.forget_before(float("inf"))

    def _speak_of_framing(self, t: float) -> None:
        framing = self.led.presence.framing
        self.led.hint(t, None if framing == "good" else framing)

    def _close(self, t: float) -> tuple[str, ...]:
        del t
        self._stage = "ended"
        return ()

    # -- what goes out

    def _output(self, t: float) -> Output:
        said = self.led.next_cue(t)
        screen = self.led.framed(t, self._draw())
        if self.finished:
            screen = replace(screen, caption="")  # "And release" is no heading for the result
        return Output(self._events(), said, screen, self._stage == "ended")

    def _draw(self) -> Screen:
        book, state = self._book, self.state
        if state is None:
            note = book.text(SCREEN, "safety_note") if self._safety else book.text(SESSION, "neutral")
            return Screen(
                "ready",
                title=book.text(SCREEN, "calibrating"),
                instruction=note,
                time_left_s=USUAL_S,
            )
        if self.finished:
            title = book.text(SECTION, "range_done" if state.measured else "range_none")
            return Screen("summary", title=title, progress=1.0, lines=self.lines())
        new = not state.takes and state.phase in ("asking", "waiting") and not self.led.paused_by
        asked = len(RANGE_PARTS) * self._spec.takes
        done = state.part * self._spec.takes + len(state.takes)
        return Screen(
            _SHOWN[state.phase],
            title=book.text(SECTION, "hundred", part=book.text(SECTION, f"range_{state.name}")),
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
        """Return both sides against the highest so far, which fills them, or the range measured before."""
        features, name = self._features, state.name
        highest = self._highest[1] if self._highest[0] == state.part else 0.0
        whole: float = max((*state.takes, highest)) or getattr(self.perception.own_range, name)
        if features is None:
            return Bars(Bilateral(0.0, 0.0), BAND, single=name == "jaw")
        both = height(name, features)
        sides = {"cheek": features.lid_lift, "smile": features.corner_pull}.get(name, Bilateral(both, both))
        level = Bilateral(min(sides.left / whole, 1.0), min(sides.right / whole, 1.0))
        return Bars(level, BAND, single=name == "jaw")

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Return the result, (movement, height in millimetres), in the person's language."""
        book, state, baseline = self._book, self.state, self.perception.baseline
        if state is None or baseline is None:
            return ()
        own_range, words = self.own_range, ProgressWords(book)
        return tuple(
            (
                capital(book.text(SECTION, f"range_{part}")),
                f"{words.number(getattr(own_range, part) * baseline.mm)} mm = {words.share(1.0)}"
                if part in state.measured
                else book.text(SECTION, "range_usual"),
            )
            for part in RANGE_PARTS[: len(state.found)]  # only those that were reached
        )
