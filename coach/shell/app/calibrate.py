"""Measuring the own range at the camera: `smile-coach calibrate`, and as a part of the first run."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import click

from coach.calibration.flow import DEMONSTRATED, SECTION, CalibrationFlow
from coach.calibration.spec import RANGE_PARTS, CalibrationSpec
from coach.coaching.phrases import PhraseBook
from coach.errors import INTERRUPTED
from coach.events import EndReason, Event
from coach.face.baseline import OwnRange
from coach.session.session import Session
from coach.shell.app.devices import live, open_display, open_log, open_source, open_voice, stopping
from coach.shell.app.loop import Loop
from coach.shell.capture.source import Source
from coach.shell.detection.landmarker import Landmarker
from coach.shell.drawn_face.demonstration import Demonstration
from coach.shell.profile.home import Home
from coach.shell.profile.range_file import DEMO, read_stored_range, write_own_range
from coach.shell.profile.toml_files import config_dir, read_toml, validated
from coach.shell.sound.voice import Voice
from coach.shell.store.recorder import Recorder
from coach.shell.window.display import Display, NoDisplay

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared

LINGER_S = 6.0  # how long the result stays in the window


def load_calibration_spec() -> CalibrationSpec:
    """Return `config/calibration.toml`.

    Raises
    ------
    UsageError
        The file is unreadable or wrong.
    """
    path = config_dir() / "calibration.toml"
    return validated(CalibrationSpec, read_toml(path), str(path))


def run_calibrate(options: Shared) -> int:
    """Measure the own range and keep it (`smile-coach calibrate`); return the exit status.

    Raises
    ------
    CoachError
        No camera, no model, wrong settings, or a data folder that cannot be written.
    """
    from coach.shell.profile.language_files import language_for, load_phrase_book

    home = Home.find(options)
    home.make_data_dir()
    book = load_phrase_book(language_for(home.settings.language))
    to_error = options.events == "-"
    with ExitStack() as stack:
        model = home.model(progress=True)
        display, problem = open_display(options, home, book)
        stack.callback(display.close)
        if problem:
            click.echo(f"{book.text('screen', 'no_display')} ({problem})", err=True)
        real = options.speed == "real" or (options.speed is None and not isinstance(display, NoDisplay))
        source = open_source(options.source or "webcam", home, real=real)
        stack.callback(source.close)
        voice = open_voice(options, home, book, [], real=real)
        stack.callback(voice.close)
        landmarker = stack.enter_context(Landmarker(model))
        log = open_log(options, stack)
        captions = isinstance(display, NoDisplay) and not to_error
        room = Room(source, landmarker, display, voice, captions=captions)
        _, interrupted = measure_range(room, home, book, log, to_error=to_error)
    return INTERRUPTED if interrupted else 0


@dataclass(frozen=True, slots=True)
class Room:
    """The devices in use. `captions`: write what is said to the terminal."""

    source: Source
    landmarker: Landmarker
    display: Display
    voice: Voice
    captions: bool = False


def measure_range(
    room: Room, home: Home, book: PhraseBook, log: Any, *, to_error: bool = False
) -> tuple[EndReason, bool]:
    """Lead through the movements, keep the range, say what came of it.

    Returns why it ended, and whether that was by a signal.

    Parameters
    ----------
    log
        An open `EventLog`, or None.
    to_error
        Standard output belongs to the event log.

    Raises
    ------
    StoreError
        The range cannot be written.
    """
    known = _known(home, room.source.name)
    flow = CalibrationFlow(load_calibration_spec(), book, home.settings, source=room.source.name, known=known)
    keeper = _LogOnly(log)
    loop = Loop(
        cast("Session", flow),  # it has a session's methods
        room.source,
        room.landmarker,
        room.display,
        room.voice,
        cast("Recorder", keeper),
        captions=room.captions,
        demonstration=None if isinstance(room.display, NoDisplay) else Demonstration(DEMONSTRATED.values()),
        ahead=live(room.source, room.display),
    )
    with stopping(loop):
        reason = loop.run()
        if reason == "finished" and room.source.name != DEMO:
            loop.linger(LINGER_S)
    keeper.take(flow.end(room.source.now() if reason != "finished" else loop.t, reason))
    if flow.state is not None and flow.state.measured:
        _keep(home, flow, room.source.name)
        for label, value in flow.lines():
            click.echo(f"{label}: {value}", err=to_error)
        click.echo(book.text(SECTION, "range_kept"), err=to_error)
    return reason, loop.interrupted


def _known(home: Home, source: str) -> OwnRange | None:
    """Return the range as it was before, where it is the same person's."""
    stored = read_stored_range(home.data_dir)
    return None if stored is None or (stored.source == DEMO) != (source == DEMO) else stored.own_range


def _keep(home: Home, flow: CalibrationFlow, source: str) -> None:
    """Store the range; the simulated person never takes the place of a real one."""
    stored = read_stored_range(home.data_dir)
    if source == DEMO and stored is not None and stored.source != DEMO:
        return
    done = flow.state.measured if flow.state is not None else ()
    before = stored.measured if stored is not None and (stored.source == DEMO) == (source == DEMO) else ()
    measured = [part for part in RANGE_PARTS if part in done or part in before]
    today = datetime.now().astimezone().date()
    write_own_range(home.data_dir, flow.own_range, on=today, source=source, measured=measured)


class _LogOnly:
    """What a session's recorder is to the loop, without a history."""

    problem = ""

    def __init__(self, log: Any) -> None:
        self._log = log

    def take(self, events: tuple[Event, ...]) -> None:
        """Write the events to the log, where there is one."""
        for event in events if self._log is not None else ():
            self._log.write(event)
