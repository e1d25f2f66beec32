"""The loop of a session: one frame after the other through everything, until it is over."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from coach.coaching.output import Output
from coach.coaching.screen import Screen
from coach.events import EndReason
from coach.session.session import Session
from coach.shell.capture.source import Signal, Source
from coach.shell.detection.detector import Detection, Detector, ThreadedDetector
from coach.shell.sound.voice import Voice
from coach.shell.store.recorder import Recorder
from coach.shell.window.display import FEELINGS, Command, Display, NoDisplay
from coach.types import FaceObservation, Frame

if TYPE_CHECKING:
    from coach.calibration.range_update import RangeWatch
    from coach.shell.detection.landmarker import Landmarker
    from coach.shell.drawn_face.demonstration import Demonstration
    from coach.shell.recording.film import Recording

MOVES = {Command.NEXT: 1, Command.BACK: -1, Command.RESTART: 0}
NOTICE_S = 8.0  # how long a line about what is missing stays


class Loop:
    """One frame after the other, until the plan is done, the person stops, or the source ends.

    Parameters
    ----------
    session, source, landmarker, display, voice, recorder
        What a session runs on.
    captions
        Write what is said to the terminal.
    notices
        What is missing, one line each, shown one after the other.
    help_lines
        Every key with what it does.
    demonstration
        Pictures of the movements, where they are to be shown.
    range_watch
        Takes in every frame's features, where the own range is to follow the person.
    recording
        Films what is shown, where the person asked for it.
    ahead
        Look for the next face while the one before is shown: for a live camera with a window.
    """

    def __init__(
        self,
        session: Session,
        source: Source,
        landmarker: Landmarker,
        display: Display,
        voice: Voice,
        recorder: Recorder,
        *,
        captions: bool = False,
        notices: Sequence[str] = (),
        help_lines: tuple[tuple[str, str], ...] = (),
        demonstration: Demonstration | None = None,
        range_watch: RangeWatch | None = None,
        recording: Recording | None = None,
        ahead: bool = False,
    ) -> None:
        self.session = session
        self.interrupted = False
        self.muted = False
        self.t = 0.0
        self._source = source
        self._detector = (ThreadedDetector if ahead else Detector)(source, landmarker)
        self._display = display
        self._voice = voice
        self._recorder = recorder
        self._captions = captions
        self._notices = list(notices)
        self._help_lines = help_lines
        self._noticed_t: float | None = None
        self._demonstration = demonstration
        self._range_watch = range_watch
        self._recording = recording
        self._hear = getattr(source, "hear", None)
        self._frame: Frame | None = None
        self._observation: FaceObservation | None = None
        self._screen: Screen | None = None
        self._stop: EndReason | None = None
        self._help = False
        self._told = False
        self._announced = False

    def interrupt(self) -> None:
        """End at the next frame; what was done is kept."""
        self.interrupted = True
        self._stop = "stopped"

    def run(self) -> EndReason:
        """Run to the end and say why it ended."""
        with closing(self._detector):
            while self._stop is None:
                detection = self._detector.read()
                if detection.got is Signal.ENDED:
                    return "finished" if self.session.finished else "source_ended"
                output = self._process(detection)
                self._announce()
                self._recorder.take(output.events)
                self._speak(output)
                self._show(output.screen)
                if output.ended:
                    return "finished"
        return "finished" if self.session.finished else self._stop

    def linger(self, seconds: float) -> None:
        """Keep the last screen in the window until it is closed, or this long."""
        if isinstance(self._display, NoDisplay) or self._screen is None:
            return
        until = self._source.now() + seconds
        while self._stop is None and self._source.now() < until and self._source.read() is not Signal.ENDED:
            self._show(self._screen)

    def _process(self, detection: Detection) -> Output:
        if isinstance(detection.got, Frame):
            self.t, self._frame, self._observation = detection.t, detection.got, detection.face
            output = self.session.process(self.t, self._observation)
            if self._range_watch is not None:
                self._range_watch.step(self.session.features)
            return output
        self.t = max(self.t, detection.t)
        if detection.got is Signal.LOST:
            self._frame = self._observation = None
            return self.session.camera_lost(self.t)
        return self.session.idle(self.t)

    def _announce(self) -> None:
        """Say on the terminal, once there are pictures, what the session has to do without."""
        if self._announced:
            return
        self._announced = True
        for notice in self._notices:
            click.echo(notice, err=True)

    def _speak(self, output: Output) -> None:
        if output.say is None:
            return
        if not self.muted:
            self._voice.say(output.say)
        if self._captions:
            click.echo(output.say.text)
        if self._hear is not None:
            self._hear(output.say)

    def _show(self, screen: Screen) -> None:
        self._screen = screen
        dressed = self._dressed(screen)
        commands = self._display.show(self._frame, self._observation, dressed)
        if self._recording is not None:
            self._recording.frame(self.t, self._frame, self._observation, dressed, self._display)
        for command in commands:
            self._obey(command)

    def _dressed(self, screen: Screen) -> Screen:
        """Add what only the edges know: the voice's state, notices, help, the demonstration."""
        lines = self._help_lines if self._help and screen.phase != "summary" else screen.lines
        demo = None
        if self._demonstration is not None and screen.demonstrate is not None:
            demo = self._demonstration.picture(screen.demonstrate, self.t)
        return replace(screen, muted=self.muted, notice=self._notice(), lines=lines, demo=demo)

    def _notice(self) -> str:
        """Return what is not on the disk for as long as it is not, else what is missing for a while."""
        if self._voice.problem and not self._told:
            self._told = True
            self._notices.append(self._voice.problem)
            click.echo(self._voice.problem, err=True)
        problem = self._recorder.problem or (self._recording.problem if self._recording else "")
        if problem or not self._notices:
            return problem
        if self._noticed_t is None:
            self._noticed_t = self.t
        if self.t - self._noticed_t < NOTICE_S:
            return self._notices[0]
        self._notices.pop(0)
        self._noticed_t = None
        return ""

    def _obey(self, command: Command) -> None:
        if command is Command.QUIT:
            self._stop = "stopped"
        elif command is Command.PAUSE:
            self.session.toggle_pause(self.t)
            self._help = False
        elif command is Command.MUTE:
            self.muted = not self.muted
            self._voice.stop()
        elif command is Command.HELP:
            self._help = not self._help
        elif command in MOVES:
            self._voice.stop()
            self.session.move(self.t, MOVES[command])
        elif command in FEELINGS:
            self._rate(FEELINGS[command])

    def _rate(self, feeling: int) -> None:
        """Keep how warm the last memory was."""
        rate = getattr(self.session, "rate", None)  # not every flow that runs in this loop has memories
        recall = None if rate is None else rate()
        if recall is not None:
            self._recorder.rate(recall, feeling)
