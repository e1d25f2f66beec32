"""A session with everything joined up: source, landmarker, window, voice, history and event log."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from coach.errors import UsageError
from coach.events import EndReason, Event, Recall
from coach.screen import Screen
from coach.session import Output, Session
from coach.shell.display import Command, Display, NoDisplay
from coach.shell.source import Signal, Source
from coach.shell.voice import SilentVoice, Voice
from coach.types import FaceObservation, Frame

if TYPE_CHECKING:
    from coach.shell.cli import Shared
    from coach.shell.home import Home
    from coach.shell.landmarker import Landmarker
    from coach.shell.store import Store

INTERRUPTED = 130
LINGER_S = 20.0  # how long the summary stays when nobody closes the window
MOVES = {Command.NEXT: 1, Command.BACK: -1, Command.RESTART: 0}


def run_session(
    options: Shared, plan_name: str | None, minutes: float | None, *, demo: bool = False, seed: int = 0
) -> int:
    """Run one guided session and return its exit status.

    Raises
    ------
    CoachError
        It could not be begun: no camera, no model, wrong settings, a data folder that cannot be written.
    """
    from coach.shell.home import Home
    from coach.shell.landmarker import Landmarker
    from coach.shell.memories_file import load_memories
    from coach.shell.plans import load_plan
    from coach.shell.store import Store
    from coach.shell.words import language_for, load_phrase_book

    home = Home.find(options)
    plan, exercises = load_plan(plan_name or home.settings.plan, minutes)
    book = load_phrase_book(language_for(home.settings.language))
    notices: list[str] = []
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(home.make_data_dir()))
        notices += [store.notice] if store.notice else []
        model = home.model(progress=True)
        display, problem = _open_display(options, home, book)
        stack.callback(display.close)
        notices += [f"{book.text('screen', 'no_display')} ({problem})"] if problem else []
        real = options.speed == "real" or (options.speed is None and not isinstance(display, NoDisplay))
        source = open_source(options.source or ("demo" if demo else "webcam"), home, real=real, seed=seed)
        stack.callback(source.close)
        voice = _open_voice(options, home, book, [e.name for e in exercises], real=real)
        stack.callback(voice.close)
        landmarker = stack.enter_context(Landmarker(model))
        memories = load_memories(home.data_dir)
        session = Session(
            plan,
            exercises,
            book,
            home.settings,
            source=source.name,
            best=None if source.name == "demo" else home.own_range(),
            memories=tuple(memory.prompt for memory in memories.items),
            safety=not store.history().sessions,
        )
        log = _open_log(options, stack)
        recorder = Recorder(
            store,
            store.begin_session(
                plan.name,
                source.name,
                datetime.now().astimezone(),
                settings_json=home.settings.model_dump_json(),
            ),
            log,
            [memory.id for memory in memories.items],
        )
        captions = isinstance(display, NoDisplay) and options.events != "-"
        loop = Loop(session, source, landmarker, display, voice, recorder, captions=captions)
        loop.notices = notices
        for notice in notices:
            click.echo(notice, err=True)
        with _stopping(loop):
            reason = loop.run()
        recorder.take(session.end(source.now() if reason != "finished" else loop.t, reason))
        _say_goodbye(session, book, store, to_error=options.events == "-")
    return INTERRUPTED if loop.interrupted else 0


class Recorder:
    """Keeps what happened: history first, then the event log."""

    def __init__(self, store: Store, session: str, log: Any, memory_ids: list[str]) -> None:
        self._store = store
        self._session = session
        self._log = log
        self._memory_ids = memory_ids

    def take(self, events: tuple[Event, ...]) -> None:
        """Write the events at once."""
        for event in events:
            memory = ""
            if isinstance(event, Recall) and self._memory_ids:
                memory = self._memory_ids[(event.index - 1) % len(self._memory_ids)]
            self._store.record(self._session, event, memory=memory)
            if self._log is not None:
                self._log.write(event)

    @property
    def problem(self) -> str:
        """Why something is not on the disk, or empty."""
        return self._store.problem


class Loop:
    """One frame after the other, until the plan is done, the person stops, or the source ends."""

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
    ) -> None:
        self.session = session
        self.notices: list[str] = []
        self.interrupted = False
        self.muted = False
        self.t = 0.0
        self._source = source
        self._landmarker = landmarker
        self._display = display
        self._voice = voice
        self._recorder = recorder
        self._captions = captions
        self._hear = getattr(source, "hear", None)
        self._frame: Frame | None = None
        self._observation: FaceObservation | None = None
        self._stop: EndReason | None = None
        self._help = False
        self._ended_t: float | None = None
        self._told = False

    def interrupt(self) -> None:
        """End at the next frame; what was done is kept."""
        self.interrupted = True
        self._stop = "stopped"

    def run(self) -> EndReason:
        """Run to the end and say why it ended."""
        while self._stop is None:
            got = self._source.read()
            if got is Signal.ENDED:
                return "finished" if self.session.finished else "source_ended"
            output = self._process(got)
            self._recorder.take(output.events)
            if output.say is not None:
                self._speak(output)
            screen = self._dressed(output.screen)
            for command in self._display.show(self._frame, self._observation, screen):
                self._obey(command)
            if output.ended and self._lingered():
                return "finished"
        return "finished" if self.session.finished else self._stop

    def _process(self, got: Frame | Signal) -> Output:
        if isinstance(got, Frame):
            self._frame, self.t = got, got.t
            self._observation = self._landmarker.detect(got)
            return self.session.process(got.t, self._observation)
        self.t = max(self.t, self._source.now())
        if got is Signal.LOST:
            self._frame = self._observation = None
            return self.session.camera_lost(self.t)
        return self.session.idle(self.t)

    def _speak(self, output: Output) -> None:
        if output.say is None:
            return
        if not self.muted:
            self._voice.say(output.say)
        if self._captions:
            click.echo(output.say.text)
        if self._hear is not None:
            self._hear(output.say)

    def _dressed(self, screen: Screen) -> Screen:
        """Add what only the edges know: the voice's state, notices, help."""
        notice = self._recorder.problem or self._voice.problem or next(iter(self.notices), "")
        if self._voice.problem and not self._told:
            self._told = True
            click.echo(self._voice.problem, err=True)
        lines = screen.lines
        if self._help and screen.phase != "summary":
            labels = getattr(self._display, "labels", None)
            lines = labels.keys_help() if labels is not None else lines
        return replace(screen, muted=self.muted, notice=notice, lines=lines)

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

    def _lingered(self) -> bool:
        """Whether the summary has been shown for long enough; without a window at once."""
        if isinstance(self._display, NoDisplay) or self._hear is not None:
            return True
        if self._ended_t is None:
            self._ended_t = self.t
        return self.t - self._ended_t >= LINGER_S


def open_source(text: str, home: Home, *, real: bool, seed: int = 0) -> Source:
    """Open what `--source` names.

    Raises
    ------
    UsageError
        The text names no kind of source.
    SourceError
        The camera or file cannot be used.
    """
    kind, _, rest = text.partition(":")
    if text == "demo":
        from coach.shell.simulated_person import SimulatedPerson, load_person

        return SimulatedPerson(load_person(), realtime=real, seed=seed)
    if kind == "webcam":
        from coach.shell.webcam import Webcam

        camera = home.settings.camera
        if rest:
            if not rest.isdecimal() or int(rest) > 63:  # noqa: PLR2004  # the settings' own limit
                raise UsageError(f"--source {text}: no camera number; write webcam:N with N from 0 to 63")
            camera = camera.model_copy(update={"index": int(rest)})
        return Webcam(camera)
    from coach.shell.video import VideoFile

    return VideoFile(Path(text), realtime=real)


def _open_display(options: Shared, home: Home, book: Any) -> tuple[Display, str]:
    """Return the window, or no display and why."""
    if not options.window:
        return NoDisplay(), ""
    import os

    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    from coach.shell.labels import Labels
    from coach.shell.window import OpenCvWindow, display_problem

    problem = display_problem()
    if problem:
        return NoDisplay(), problem
    return OpenCvWindow(home.settings.window, "smile-coach", Labels.from_book(book)), ""


def _open_voice(options: Shared, home: Home, book: Any, exercises: list[str], *, real: bool) -> Voice:
    """Return the voice; a session faster than real time has none."""
    if not options.voice or not real:
        return SilentVoice()
    from coach.shell.voice import make_voice

    return make_voice(home.settings.voice, book.language, home.cache_dir, book.spoken(exercises))


def _open_log(options: Shared, stack: ExitStack) -> Any:
    if not options.events:
        return None
    from coach.shell.event_log import EventLog

    return stack.enter_context(EventLog(options.events))


@contextlib.contextmanager
def _stopping(loop: Loop) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the loop in order; a second one ends it at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        if loop.interrupted:
            raise KeyboardInterrupt
        loop.interrupt()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_goodbye(session: Session, book: Any, store: Store, *, to_error: bool) -> None:
    names = [step.exercise for step in session.plan.steps]
    for label, value in session.tally.lines(names, book, session.active_s):
        click.echo(f"{label}: {value}", err=to_error)
    if store.problem:
        click.echo(store.problem, err=True)
