"""Opening the devices of a flow: source, landmarker, window, voice and event log."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coach.coaching.phrases import SCREEN, PhraseBook, capital
from coach.errors import CoachError, SourceError, UsageError, reason_of
from coach.progress.summary import END
from coach.shell.capture.source import Source
from coach.shell.detection.landmarker import LIVE_MIRROR_PICTURES, LIVE_MIRROR_S, Landmarker
from coach.shell.sound.choice import Speech
from coach.shell.sound.voice import SilentVoice, Voice, make_voice
from coach.shell.store.event_log import EventLog
from coach.shell.store.row_models import FIRST_YEAR, LAST_YEAR
from coach.shell.system.meanwhile import meanwhile
from coach.shell.system.output_file import STANDARD_OUTPUT
from coach.shell.system.terminal import shown
from coach.shell.system.terminal_lines import somebody_types
from coach.shell.window.display import Display, NoDisplay, TerminalKeys

if TYPE_CHECKING:
    from coach.shell.profile.home import Home
    from coach.shell.profile.shared_options import Shared

EXPLAINS_S = 30.0  # how long the window says why there is no picture


@dataclass(frozen=True, slots=True)
class Devices:
    """Everything a flow runs on, open, and the words for what fails later.

    `log`: the event log, where one is wanted. `captions`: write the cues to the terminal. `real`: at
    the speed of real time. `notices`: what is missing, one line each. `heard`: somebody listens.
    """

    source: Source
    landmarker: Landmarker
    display: Display
    voice: Voice
    book: PhraseBook
    log: EventLog | None = None
    captions: bool = False
    real: bool = False
    notices: tuple[str, ...] = ()
    heard: bool = False

    @property
    def windowless(self) -> bool:
        """Whether nobody sees anything."""
        return isinstance(self.display, NoDisplay)

    @property
    def by_ear(self) -> bool:
        """Whether people follow without seeing anything: by voice, sounds, or a screen reader's captions."""
        return self.heard and self.windowless

    @property
    def live(self) -> bool:
        """Whether people see themselves in the window: then every millisecond counts."""
        return is_live(self.source) and not self.windowless


def ended_early(source: Source, done: str, remedy: str) -> SourceError:
    """Return the error of a film that was too short for what it was used for.

    Parameters
    ----------
    source
        The film.
    done
        How far it came.
    remedy
        What to give instead.
    """
    return SourceError(
        f"{source.name}: ended after {source.now():.1f} s, {done}, so nothing was kept; {remedy}, "
        "or leave out --source for the webcam"
    )


@contextlib.contextmanager
def open_devices(
    options: Shared,
    home: Home,
    book: PhraseBook,
    *,
    origin: str | None = None,
    spoken: Sequence[str] = (),
    memories: Sequence[str] = (),
    unseen: Sequence[str] = (),
    seed: int = 0,
) -> Iterator[Devices]:
    """Open everything a flow runs on, and close it again in the reverse order.

    Parameters
    ----------
    options, home, book
        Of the command line; the settings; words in the person's language.
    origin
        Opened in place of `--source`; None opens that.
    spoken
        Sections of the language file whose phrases will be said besides the session's.
    memories
        The memories' names, which may be said.
    unseen
        Texts that are said besides where there is no window.
    seed
        Of the simulated person.

    Raises
    ------
    CoachError
        No camera, no model, an event log that cannot be written, or a clock whose date no history can hold.
    """
    check_clock(datetime.now().astimezone())
    with ExitStack() as stack:
        model = home.model(progress=True)
        source: Source  # opened below: how it is paced depends on whether there is a window
        display, problem = open_display(options, home, book, now=lambda: source.now())  # noqa: PLW0108
        stack.callback(display.close)
        real = in_real_time(options, display)
        origin = origin or options.source or "webcam"
        stack.enter_context(explained_in_window(origin, display, book))

        def load() -> Devices:
            nonlocal source
            source = open_source(origin, home, real=real, seed=seed)
            stack.callback(source.close)
            heard = real or is_live(source)
            read = not isinstance(display, NoDisplay)
            names = [*book.spoken_names(spoken, memories), *(() if read else unseen)]
            voice = open_voice(options, home, book, spoken, heard=heard, read=read, names=names)
            stack.callback(voice.close)
            landmarker = stack.enter_context(Landmarker(model, *_mirroring(source)))
            make_upright(source, landmarker)
            log = open_log(options, stack)
            captions = isinstance(display, NoDisplay) and options.events != STANDARD_OUTPUT
            notices = no_window_notice(problem, book)
            return Devices(source, landmarker, display, voice, book, log, captions, real, notices, heard)

        yield meanwhile(display, load)


@contextlib.contextmanager
def explained_in_window(origin: str, display: Display, book: PhraseBook) -> Iterator[None]:
    """Say in the window, too, why a camera fails: whoever began from a launcher sees no terminal."""
    try:
        yield
    except SourceError as error:
        if origin.startswith("webcam") and not isinstance(display, NoDisplay):
            from coach.shell.window.prompt import PersonQuit, Question, WindowAsker

            title, close = book.text(SCREEN, "no_camera"), book.text(END, "any_key")
            why = capital(book.notice(reason_of(error)))
            question = Question(title, close, note=why, patience_s=EXPLAINS_S)
            with contextlib.suppress(PersonQuit):
                WindowAsker(display).ask(question, lambda _: None)
        raise


def _mirroring(source: Source) -> tuple[float | None, int]:
    """Return how often a face is also looked at in the mirror. The simulated one is drawn with even sides."""
    return (None, 1) if source.name == "demo" else (LIVE_MIRROR_S, LIVE_MIRROR_PICTURES)


def check_clock(now: datetime) -> None:
    """Refuse a clock that is years wrong: what was done today could not be read back.

    Raises
    ------
    CoachError
        Its year is one that no history can hold.
    """
    if not FIRST_YEAR <= now.year < LAST_YEAR:
        raise CoachError(
            f"this computer's clock says {now.date()}: wanted a date from {FIRST_YEAR} to {LAST_YEAR - 1}, "
            "as your progress goes by it; set the clock"
        )


def is_live(source: Source) -> bool:
    """Whether somebody is in front of a camera."""
    return source.name.startswith("webcam:")


def in_real_time(options: Shared, display: Display) -> bool:
    """Whether a source keeps to real time although it could be read faster: by `--speed`, or for a window."""
    return options.speed == "real" or (options.speed is None and not isinstance(display, NoDisplay))


def no_window_notice(problem: str, book: PhraseBook) -> tuple[str, ...]:
    """Return the line that says why there is no window, or none."""
    return (f"{book.text(SCREEN, 'no_display')} ({book.notice(problem)})",) if problem else ()


def open_source(text: str, home: Home, *, real: bool, seed: int = 0) -> Source:
    """Open the source that `--source` names.

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


def make_upright(source: Source, landmarker: Landmarker) -> None:
    """Turn a film upright by its faces, and print notes on it that the person should know.

    Raises
    ------
    SourceError
        It has too few pictures a second to count anything by.
    """
    from coach.shell.capture.video_file import VideoFile
    from coach.shell.detection.film_survey import survey

    if isinstance(source, VideoFile):
        found = survey(source.path, landmarker)
        source.turn(found.turn)
        for note in replace(found, others=False).notes:  # a session follows its first face by itself
            click.echo(f"{shown(source.path)}: {note}", err=True)


def open_display(
    options: Shared, home: Home, book: PhraseBook, now: Callable[[], float] | None = None
) -> tuple[Display, str]:
    """Return the window, or no display and why. `now`: the source's clock, for the age of the pictures."""
    if not options.window:
        if not somebody_types():
            return NoDisplay(), ""
        click.echo(book.text(SCREEN, "typed_keys"), err=True)
        return TerminalKeys(), ""
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    from coach.shell.window.labels import Labels
    from coach.shell.window.window import OpenCvWindow, display_problem

    problem = display_problem()
    if problem:
        return NoDisplay(), problem
    return OpenCvWindow(home.settings.window, "smile-coach", Labels.from_book(book), now), ""


def open_voice(
    options: Shared,
    home: Home,
    book: PhraseBook,
    exercises: Sequence[str],
    *,
    heard: bool,
    read: bool = True,
    names: Sequence[str] = (),
) -> Voice:
    """Return the voice, one that says nothing if nobody listens.

    `heard`: whether anybody does: not where a film or the simulated person runs faster than real time.
    `read`: whether captions are seen. `names`: texts with words of the person's own or of today alone.
    """
    if not options.voice or not heard:
        return SilentVoice()
    speech = Speech(book.language, book.pace, book.spoken(exercises), names, read)
    return make_voice(home.settings.voice, speech, home.cache_dir)


def open_log(options: Shared, stack: ExitStack) -> EventLog | None:
    """Return the event log where one is wanted, to be closed with the stack."""
    if not options.events:
        return None
    return stack.enter_context(EventLog(options.events))
