"""Opening what a session runs on: source, window, voice and event log; and ending it by signal."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from coach.coaching.phrases import PhraseBook
from coach.errors import INTERRUPTED, UsageError
from coach.shell.app.loop import Loop
from coach.shell.capture.source import Source
from coach.shell.sound.voice import SilentVoice, Voice, make_voice
from coach.shell.window.display import Display, NoDisplay

if TYPE_CHECKING:
    from coach.shell.profile.home import Home
    from coach.shell.profile.shared_options import Shared
    from coach.shell.store.event_log import EventLog


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
        from coach.shell.capture.simulated_person import SimulatedPerson, load_person

        return SimulatedPerson(load_person(), realtime=real, seed=seed)
    if kind == "webcam":
        from coach.shell.capture.webcam import Webcam

        camera = home.settings.camera
        if rest:
            if not rest.isdecimal() or int(rest) > 63:  # noqa: PLR2004  # the settings' own limit
                raise UsageError(f"--source {text}: no camera number; write webcam:N with N from 0 to 63")
            camera = camera.model_copy(update={"index": int(rest)})
        return Webcam(camera)
    from coach.shell.capture.video_file import VideoFile

    return VideoFile(Path(text), realtime=real)


def open_display(
    options: Shared, home: Home, book: PhraseBook, now: Callable[[], float] | None = None
) -> tuple[Display, str]:
    """Return the window, or no display and why. `now`: the source's clock, for the age of the pictures."""
    if not options.window:
        return NoDisplay(), ""
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    from coach.shell.window.labels import Labels
    from coach.shell.window.window import OpenCvWindow, display_problem

    problem = display_problem()
    if problem:
        return NoDisplay(), problem
    return OpenCvWindow(home.settings.window, "smile-coach", Labels.from_book(book), now), ""


def live(source: Source, display: Display) -> bool:
    """Whether somebody sees themselves in the window: then every millisecond counts."""
    return source.name.startswith("webcam:") and not isinstance(display, NoDisplay)


def open_voice(
    options: Shared, home: Home, book: PhraseBook, exercises: Sequence[str], *, real: bool
) -> Voice:
    """Return the voice; a session faster than real time has none."""
    if not options.voice or not real:
        return SilentVoice()
    return make_voice(home.settings.voice, book.language, home.cache_dir, book.spoken(exercises))


def open_log(options: Shared, stack: ExitStack) -> EventLog | None:
    """Return the event log where one is wanted, to be closed with the stack."""
    if not options.events:
        return None
    from coach.shell.store.event_log import EventLog

    return stack.enter_context(EventLog(options.events))


@contextlib.contextmanager
def stopping(loop: Loop) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the loop in order; a second one ends it at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        if loop.interrupted:
            sys.exit(INTERRUPTED)  # not as a KeyboardInterrupt, on which click writes an empty line
        loop.interrupt()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
