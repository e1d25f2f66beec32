"""Leading a person through a check-in: the faces, the hints, and when each picture is taken."""

from __future__ import annotations

from dataclasses import replace

from coach.check_in import machine
from coach.check_in.capture_gate import FacePlacement, Fix, observe, placement
from coach.check_in.machine import CheckIn, CheckInSpec
from coach.check_in.photo_measures import baseline_of
from coach.coaching.cues import Cue, CueKind
from coach.coaching.flow import Output
from coach.coaching.led import Led
from coach.coaching.led_flow import LedFlow
from coach.coaching.phrases import SCREEN, PhraseBook
from coach.coaching.screen import Screen
from coach.coaching.spec import STANDARD, CoachingSpec
from coach.face.baseline import Baseline
from coach.face.framing import Framing
from coach.face.perception import Perception
from coach.settings import Settings
from coach.types import FaceObservation

SECTION = "check_in"


class CheckInFlow(LedFlow):
    """Leads through a check-in. Time comes with the frames; nothing here touches a device.

    It asks for a picture by `Output.take`; whoever takes it answers with `taken` if the picture turned
    out well, and the flow goes on with the next frame. Otherwise it asks again.

    Parameters
    ----------
    spec
        `config/check_in.toml`.
    book
        Words in the person's language.
    settings
        Framing limits and the voice's rate.
    source
        Name for the log.
    like
        How the face was placed in the last check-in, None if there was none.
    safety
        Say and show what to watch out for before any effort.
    coaching
        `config/coaching.toml`.
    pictures
        Which pictures to take; None takes a whole check-in's.
    """

    title = (SECTION, "title")  # section and key of its name

    def __init__(
        self,
        spec: CheckInSpec,
        book: PhraseBook,
        settings: Settings,
        *,
        source: str,
        like: FacePlacement | None = None,
        safety: bool = False,
        coaching: CoachingSpec = STANDARD,
        pictures: CheckIn | None = None,
    ) -> None:
        super().__init__(Led(SECTION, book, settings, source=source, coaching=coaching, section=SECTION))
        self.state = pictures or CheckIn(spec.pictures, in_a_row=spec.in_a_row)
        self._spec = spec
        self._book = book
        self._safety = safety
        self._perception = Perception()
        self._like = like
        self._neutral: Baseline | None = None
        self._photographed = False  # and the next frame is still to come
        self._picture_t = 0.0
        self._ended = False

    @property
    def finished(self) -> bool:
        """Whether every face was photographed or left out."""
        return self.state.phase == "done"

    def process(self, t: float, observation: FaceObservation | None) -> Output:
        """Take in one frame's face (None if there is none) at `t` seconds."""
        self._begin(t)
        face = self._perception.look(observation)
        self.led.see(t, face)
        self._heed(t)
        if self._photographed:
            self._photographed = False
            self.state, cues = machine.taken(self.state, t, self._picture_t)
            self.led.cues.add(*cues)
        if self.finished:
            self._ended = self.led.cues.quiet(t) and self._at_rest(t, face)
            return self._output(t)
        take = not self.led.paused_by and self._lead(t, face)
        self._picture_t = t if take else self._picture_t
        return self._output(t, take=take)

    def taken(self, face: FaceObservation | None) -> None:
        """Go on after the picture that was asked for has turned out well; `face`: in its frame."""
        if self.state.pose == "neutral" and self.state.take == 0 and face is not None:
            self._neutral, self._like = baseline_of(face), placement(face)
        self._photographed = True

    def toggle_pause(self, t: float) -> None:
        """Pause, or go on by asking for the present face again; without a camera, once there is one."""
        if not self.finished and self.led.toggle_pause(t):
            self._ask_again(t)

    def move(self, t: float, by: int) -> None:
        """Leave out the present face (+1), or photograph the one before (-1) or this one (0) again.

        The neutral face cannot be left out: the others are compared with it.
        """
        if self.finished:
            return
        if self.led.paused_by:
            self.led.resume(t)
        self.led.cues.hush()
        self._photographed = False
        self.state = machine.skip(self.state, t) if by > 0 else machine.restart(self.state, t, by)

    # -- leading

    def _begin(self, t: float) -> None:
        if self.led.begin(t) and self._safety:
            self.led.enqueue(t, CueKind.SAFETY, "safety")
        self.led.advance(t)

    def _at_rest(self, t: float, face: FaceObservation | None) -> bool:
        """Whether nothing is left to see once all pictures are taken."""
        del t, face
        return True

    def _lead(self, t: float, face: FaceObservation | None) -> bool:
        """Go on with the present face; return whether its picture is to be taken in this frame."""
        sample = observe(
            face,
            t,
            self._spec.limits,
            self._spec.face,
            neutral=self._neutral,
            like=self._like,
            posing=self.state.phase == "posing",
            jaw=self.state.pose == "jaw",
        )
        quiet = self.led.cues.quiet(t)
        self.state, actions = machine.step(self.state, sample, self._spec, quiet=quiet)
        cues = [action for action in actions if isinstance(action, Cue)]
        self.led.cues.add(*cues)
        self.led.hint(t, sample.fix)
        return len(cues) < len(actions)

    def _heed(self, t: float) -> None:
        if not self.finished and self.led.heed_camera(t):
            self._ask_again(t)

    def _ask_again(self, t: float) -> None:
        self.state = machine.ask_again(self.state, t)

    # -- what goes out

    def _output(self, t: float, *, take: bool = False) -> Output:
        said = self.led.next_cue(t)
        return Output(self._events(), said, self._draw(t), self._ended, take=take)

    def _draw(self, t: float) -> Screen:
        state, book = self.state, self._book
        if self.finished:
            title = book.text(SECTION, "check_done")
            return Screen("summary", title=title, progress=1.0)  # that is what is said then, too
        poses, hold = state.phase == "posing", self._held(t)
        screen = Screen(
            "hold" if poses and hold else "rising" if poses else "rest" if self._relaxes else "ready",
            title=book.text(*self.title),
            instruction=self._instruction(),
            hold=hold if poses else 0.0,
            count=state.take,
            target=state.takes,
            progress=state.progress,
            wide_open=state.pose == "jaw" and not self._relaxes,
        )
        fix = state.fix
        return replace(
            self.led.framed(t, screen),
            framing=_drawn(fix),
            fix="" if fix is None else book.text(SECTION, fix),
        )

    def _held(self, t: float) -> float:
        """Return how far the hold has come, 0..1: the pictures taken in a row, and the wait for the next."""
        state, timing = self.state, self._spec.timing
        since, wait_s = (state.since, timing.apart_s) if state.held else (state.calm_since, timing.steady_s)
        waited = 0.0 if since is None else min((t - since) / wait_s, 1.0)
        return (state.take % state.in_a_row + waited) / state.in_a_row

    def _instruction(self) -> str:
        if self._safety and self.state.step == 0 and self.state.phase != "posing":
            return self._book.text(SCREEN, "safety_note")
        if self._relaxes:
            return self._book.text(SECTION, "relax")
        return self._book.text(SECTION, f"check_{self.state.pose}")

    @property
    def _relaxes(self) -> bool:
        """Whether the next expression is still to be asked for: the words are not to ask for it either."""
        return self.state.phase == "line_up" and self.state.pose != "neutral" and not self.state.in_one


def _drawn(fix: Fix | None) -> Framing:
    """Return the sign that the window draws for a fix."""
    if fix is None or fix == "relax":
        return "good"
    return "turn_to_me" if fix == "eye_level" else fix
