"""The one loop: frame after frame through a session, a calibration or a check-in, until it is over."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import click

from coach.coaching.cue_scheduler import estimate_s
from coach.coaching.cues import Cue, CueKind
from coach.coaching.flow import Flow, Output
from coach.coaching.screen import Screen
from coach.events import EndReason
from coach.shell.app.devices import Devices, is_live
from coach.shell.app.farewell import Farewell
from coach.shell.capture.source import Listener, Signal
from coach.shell.capture.thrift import Thrift
from coach.shell.detection.detector import Detection, Detector, ThreadedDetector
from coach.shell.sound.voice import SilentVoice
from coach.shell.store.recorder import Keeper
from coach.shell.system.notices import Notices
from coach.shell.system.stop_signals import stopping
from coach.shell.window.display import Command
from coach.types import FaceObservation, Frame

if TYPE_CHECKING:
    from coach.calibration.range_update import RangeWatch
    from coach.shell.drawn_face.demonstration import Demonstration
    from coach.shell.window.display import Display

IDLE = ("ready", "rest")  # phases in which nothing is asked for
MOVES = {Command.NEXT: 1, Command.BACK: -1, Command.RESTART: 0}
GOES_ON = {Command.PAUSE, Command.OTHER}  # from the card between two exercises
PREPARE_S = 8.0  # how long to wait for words that were not known before
LEAVING_S = 1 / 30  # from one picture of the farewell to the next
BETWEEN_S = 0.3  # from one line of the summary to the next


class Films(Protocol):
    """Films the screen.

    Example::

        films.frame(t, frame, observation, screen, display)
        if films.problem:
            show(films.problem)
    """

    @property
    def problem(self) -> str:
        """Why something is not recorded, one line, or empty."""
        ...

    def frame(
        self,
        t: float,
        frame: Frame | None,
        observation: FaceObservation | None,
        screen: Screen,
        display: Display | None = None,
    ) -> None:
        """Film the picture at `t` seconds."""
        ...


class Loop:
    """One frame after the other, until the flow is done, the person stops, or the source ends.

    Parameters
    ----------
    flow
        The session, calibration, check-in or smile that leads the person.
    devices
        Camera, window and voice.
    keeper
        Keeps the events.
    notices
        Lines to show, one after the other, beside the devices' own.
    help_lines
        Every key and its use.
    demonstration
        Draws the movements; None shows none.
    range_watch
        Gets every frame's features, to widen the person's own range; None leaves it alone.
    recording
        Films the screen; None films nothing.
    photograph
        Is given each frame that the flow wants photographed.
    farewell
        The end card, shown under the flow's last words and after them.
    ahead
        Look for the next face while the last one is being shown: for a live camera with a window.
    """

    def __init__(
        self,
        flow: Flow,
        devices: Devices,
        keeper: Keeper,
        *,
        notices: Sequence[str] = (),
        help_lines: tuple[tuple[str, str], ...] = (),
        demonstration: Demonstration | None = None,
        range_watch: RangeWatch | None = None,
        recording: Films | None = None,
        photograph: Callable[[Frame, FaceObservation | None], None] | None = None,
        farewell: Farewell | None = None,
        ahead: bool = False,
    ) -> None:
        self.flow = flow
        self.interrupted = False
        self.muted = False
        self.t = 0.0
        self._devices = devices
        self._source, self._display, self._voice = devices.source, devices.display, devices.voice
        self._detector = (ThreadedDetector if ahead else Detector)(devices.source, devices.landmarker)
        self._keeper = keeper
        self._notices = Notices([*notices, *devices.notices], devices.book.notice)
        self._help_lines = help_lines
        self._demonstration = demonstration
        self._range_watch = range_watch
        self._recording = recording
        self._photograph = photograph
        self._farewell = farewell
        self._leaving = False
        self._asked = ""
        self._frame: Frame | None = None
        self._observation: FaceObservation | None = None
        self._screen: Screen | None = None
        self._stop: EndReason | None = None
        self._help = False
        # Films and photos need every pixel and every frame.
        thrifty = devices.live and recording is None and photograph is None
        self._thrift = Thrift(devices.source) if thrifty else None

    def interrupt(self) -> None:
        """End at the next frame; everything done so far is kept."""
        self.interrupted = True
        self._stop = "stopped"

    @property
    def stopped(self) -> bool:
        """Whether the person has closed the window or broken it off."""
        return self._stop is not None

    def lead(self) -> EndReason:
        """Run to the end, close the flow, keep its last events, and return why it ended.

        An error or a second Ctrl-C also closes the flow and keeps its last events.
        """
        try:
            with stopping(self):
                reason = self.run()
        except BaseException:
            self._keeper.take(self.flow.end(self.t, "stopped"))
            raise
        t = self.t if reason == "finished" else self._source.now()
        self._keeper.take(self.flow.end(t, reason))
        return reason

    def run(self) -> EndReason:
        """Run until it is over and return why; the flow is still open."""
        with closing(self._detector):
            while self._stop is None:
                detection = self._detector.read()
                if detection.got is Signal.ENDED:
                    return "finished" if self.flow.finished else "source_ended"
                output = self._process(detection)
                self._notices.begin()
                self._notices.add(output.notice)
                self._keeper.take(output.events)
                if self._range_watch is not None:
                    self._range_watch.step(output.features)
                if output.take and self._photograph is not None and self._frame is not None:
                    self._photograph(self._frame, self._observation)
                self._speak(output)
                self._show(output.screen)
                if output.ended:
                    return "finished"
        return "finished" if self.flow.finished else self._stop

    def linger(
        self, seconds: float, screen: Screen | None = None, says: Callable[[int], str] | None = None
    ) -> None:
        """Keep a screen (None: the last one) in the window, until it is closed or for so many seconds.

        `says`: what it says below its title, by the whole seconds that are left.
        """
        self._screen = screen or self._screen
        if self._devices.windowless or self._screen is None:
            return
        until = self._source.now() + seconds
        with stopping(self):
            while self._stop is None and self._source.now() < until:
                if self._source.read() is Signal.ENDED:
                    return
                if says is not None:
                    left = max(math.ceil(until - self._source.now()), 1)
                    self._screen = replace(self._screen, instruction=says(left))
                self._show(self._screen)

    def leave(self, seconds: float) -> None:
        """Let the camera go, then show the farewell and give it the keys, for so many seconds at most."""
        if self._farewell is None:
            return
        self._farewell.begin()
        self._leaving = True
        live = is_live(self._source)
        if live:
            self._source.close()  # its light goes out
        until = self._source.now() + seconds
        with stopping(self):
            while self._stop is None and not self._farewell.over and self._source.now() < until:
                if live:
                    time.sleep(LEAVING_S)
                elif self._source.read() is Signal.ENDED:
                    return
                screen = self._farewell.screen()
                self._ask(screen)
                self._show(screen)

    def _ask(self, screen: Screen) -> None:
        """Say the card's question, or its advice, once."""
        text = "" if screen.end is None else screen.end.advice or screen.end.ask
        if screen.end is None or text in {"", self._asked}:
            return
        self._asked = text
        self._say(Cue(self.t, CueKind.INSTRUCTION, "ask", text=text))
        answers = "   ".join(f"{key} {label}" for key, label in screen.end.answers if label)
        if self._devices.captions and answers:
            click.echo(f"{answers}   ({screen.end.hint})")

    def tell(self, texts: Sequence[str], rate_wpm: float) -> None:
        """Say some texts one after the other, each to its end, unless the person breaks it off.

        Parameters
        ----------
        texts
            Sentences, which have been printed already.
        rate_wpm
            The voice's rate, words a minute.
        """
        if isinstance(self._voice, SilentVoice):
            return
        with stopping(self):
            self._voice.prepare(texts, PREPARE_S)
            for text in texts:
                self._voice.say(Cue(self.t, CueKind.INSTRUCTION, "summary", text=text))
                until = time.monotonic() + estimate_s(text, rate_wpm) + BETWEEN_S
                while self._stop is None and time.monotonic() < until:
                    time.sleep(BETWEEN_S / 10)
                if self._stop is not None:
                    self._voice.stop()
                    return

    def _process(self, detection: Detection) -> Output:
        if isinstance(detection.got, Frame):
            self.t, self._frame, self._observation = detection.t, detection.got, detection.face
            if self._thrift is not None:
                self._thrift.see(self.t, idle=self._screen is not None and self._screen.phase in IDLE)
            return self.flow.process(self.t, self._observation)
        self.t = max(self.t, detection.t)
        if detection.got is Signal.LOST:
            self._frame = self._observation = None
            return self.flow.camera_lost(self.t)
        return self.flow.idle(self.t)

    def _speak(self, output: Output) -> None:
        if output.say is None:
            return
        self._say(output.say)
        if isinstance(self._source, Listener):
            self._source.hear(output.say)

    def _say(self, cue: Cue) -> None:
        if not self.muted:
            self._voice.say(cue)
        if self._devices.captions:
            click.echo(cue.text)

    def _show(self, screen: Screen) -> None:
        self._screen = screen
        if self._help and screen.phase == "ready" and not screen.paused:
            self.flow.toggle_pause(self.t)  # the key that pauses had looked at the face again instead
        dressed = self._dressed(screen)
        if self._thrift is not None and not self._thrift.draws():
            return
        commands = self._display.show(self._frame, self._observation, dressed)
        if self._recording is not None:
            self._recording.frame(self.t, self._frame, self._observation, dressed, self._display)
        for command in commands:
            self._obey(command)

    def _toggle_help(self) -> None:
        """Show the help and pause, or hide it and go on: nobody has to read and exercise at once."""
        self._help = not self._help
        paused = bool(self._screen is not None and self._screen.paused)
        if self._help != paused:
            self.flow.toggle_pause(self.t)

    def _dressed(self, screen: Screen) -> Screen:
        """Add everything that only the edges know: the voice's state, notices, help, the demonstration."""
        if screen.phase == "summary" and screen.end is None and self._farewell is not None:
            screen = self._farewell.dressed(screen)
        lines = self._help_lines if self._help and screen.phase != "summary" else screen.lines
        demo = None
        if self._demonstration is not None and screen.demonstrate is not None:
            demo = self._demonstration.picture(screen.demonstrate, self.t)
        return replace(screen, muted=self.muted, notice=self._notice(), lines=lines, demo=demo)

    def _notice(self) -> str:
        """Return a storage problem while it lasts, else the notices in turn."""
        self._notices.add(self._voice.problem)
        problem = self._keeper.problem or (self._recording.problem if self._recording else "")
        self._notices.say(problem)
        return self._notices.said(problem) or self._notices.line(self.t)

    def _obey(self, command: Command) -> None:
        if command is Command.QUIT:
            self._stop = "stopped"
        elif self._leaving and self._farewell is not None:
            if command is not Command.FULLSCREEN:
                self._farewell.press(command.value)
        elif command in GOES_ON and self._screen is not None and self._screen.coming is not None:
            self._voice.stop()
            self.flow.move(self.t, 0)
        elif command is Command.PAUSE:
            self.flow.toggle_pause(self.t)
            self._help = False
        elif command is Command.MUTE:
            self.muted = not self.muted
            self._voice.stop()
        elif command is Command.HELP:
            self._toggle_help()
        elif command in MOVES:
            self._voice.stop()
            self.flow.move(self.t, MOVES[command])
