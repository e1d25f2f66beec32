"""The first run as a conversation: hello, safety, camera, range, a memory, a reminder, the first session.

Its questions are put by an `Asker` and not led by the one loop, for four reasons. Their answers decide what
that loop is made of: the language changes the window's words, the phrases and the voice, and the camera is
its source. Space, which pauses there, answers here, and while a memory is typed every key is a letter.
Questions run out by the clock, with no frame to bring the time. On a terminal an answer is a line. Leading
them as a `Flow` would take three loops, a source made of several cameras, and methods for answers that no
other flow has. Everything that is measured does run in the loop.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from coach.coaching.phrases import SESSION, PhraseBook
from coach.errors import INTERRUPTED
from coach.face.framing import Framing, look_at
from coach.progress.history import SIMULATED
from coach.shell.app.calibrate import measure_range
from coach.shell.app.devices import (
    Devices,
    explained_in_window,
    in_real_time,
    no_window_notice,
    open_display,
    open_source,
)
from coach.shell.capture.cameras import CameraInfo, list_cameras
from coach.shell.capture.source import Source
from coach.shell.detection.landmarker import Landmarker
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import language_for, load_phrase_book
from coach.shell.profile.range_file import require_room
from coach.shell.profile.settings_file import save_choices
from coach.shell.profile.toml_files import read_toml
from coach.shell.sound.choice import Speech
from coach.shell.sound.voice import SilentVoice, Voice, make_voice
from coach.shell.system.meanwhile import meanwhile
from coach.shell.welcome.aloud_asker import AloudAsker
from coach.shell.welcome.camera_choice import choose_camera
from coach.shell.welcome.first_questions import SECTION, check_sound, choose_language, heed_safety
from coach.shell.welcome.host import Host
from coach.shell.welcome.keepsakes import ask_for_memory, offer_reminder
from coach.shell.welcome.person_choice import last_session
from coach.shell.window.display import Display, NoDisplay
from coach.shell.window.prompt import (
    Asker,
    FramingCheck,
    NobodyAsker,
    PersonQuit,
    Question,
    asker_for,
)
from coach.types import Frame

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared

READY_S = 8.0  # how long to wait for an answer


def needs_setup(home: Home, source: str | None = None) -> bool:
    """Whether this is a first run: a webcam, nothing chosen, and no session of the person's own yet.

    The settings are everybody's: a person who was added has chosen nothing until their range is measured.

    `source`: as in `--source`, None for the usual webcam.
    """
    if (source or "webcam").partition(":")[0] != "webcam" or _settled(home):
        return False
    return last_session(home) is None


def _settled(home: Home) -> bool:
    """Whether the choices were made; a voice chosen before the first session is not all there is to ask."""
    if home.person:
        return home.own_range() is not None
    return home.settings_file.is_file() and set(read_toml(home.settings_file)) != {"voice"}


def run_setup(options: Shared, plan: str | None = None, minutes: float | None = None) -> int:
    """Lead through the first run, or through it again; return the exit status.

    Before the first session of all, that session follows, with `plan` and `minutes` as they were given.

    Raises
    ------
    CoachError
        No camera, no model, or something cannot be written.
    """
    home = Home.find(options)
    require_room(home.make_data_dir())
    first = last_session(home) is None
    try:
        with ExitStack() as stack:
            home, interrupted = (run := FirstRun(options, home, stack)).lead()
    except PersonQuit:
        return 0
    if interrupted:
        return INTERRUPTED
    if not first:
        click.echo(load_phrase_book(language_for(home.settings.language)).text(SECTION, "done"))
        return 0
    from coach.shell.app.session import run_session

    # What is wrong with the sound was said, and would only be said again.
    voice = options.voice and not run.voice.problem
    return run_session(replace(options, voice=voice), plan, minutes, demo=options.source == "demo")


@dataclass(slots=True)
class FirstRun:
    """One first run, with everything it opens; the stack closes that."""

    options: Shared
    home: Home
    stack: ExitStack
    voice: Voice = field(default_factory=SilentVoice)

    def lead(self) -> tuple[Home, bool]:
        """Go through all of it; return the home with the choices, and whether it was interrupted.

        With the simulated person nothing of the person's own is touched.

        Raises
        ------
        PersonQuit
            The person has closed the window.
        """
        options, home = self.options, self.home
        model = home.model(progress=True)
        host = Host()
        home, book, display = self._met(home, host)
        window = not isinstance(display, NoDisplay)
        asker = asker_for(display, window=window)
        real = in_real_time(options, display)
        origin = options.source or "webcam"
        heard = options.voice and (real or origin.startswith("webcam"))
        voice = self.voice = self._voice(home, book) if heard else SilentVoice()
        self.stack.callback(voice.close)
        check_sound(voice, asker, book, host.tick)
        voice = SilentVoice() if voice.problem else voice  # said there once, and not by each that speaks
        heed_safety(voice, asker, book, host.tick)
        landmarker = meanwhile(display, lambda: self.stack.enter_context(Landmarker(model)))
        home = self._with_camera(home, _aloud(asker, voice), book, display)
        self.stack.enter_context(explained_in_window(origin, display, book))
        source = open_source(origin, home, real=real)
        self.stack.callback(source.close)
        devices = Devices(source, landmarker, display, voice, book, captions=not window, real=real)
        words = book if window else book.for_ears()
        following = words.text(SECTION, "next_session" if self._simulated else "next_memory")
        reason, interrupted = measure_range(devices, home, words, safety=False, following=following)
        if interrupted:
            return home, True
        if reason == "stopped":
            raise PersonQuit
        asker = _aloud(asker_for(display, _look(landmarker, home, book), window=window), voice)
        if not self._simulated:
            ask_for_memory(asker, book, home, host.tick)
            offer_reminder(asker, book, options, home, _live(source))
        ready = Question(book.text(SECTION, "ready"), book.text(SECTION, "any_key"), patience_s=READY_S)
        asker.ask(ready, _live(source))
        return home, False

    @property
    def _simulated(self) -> bool:
        return self.options.source == SIMULATED

    def _met(self, home: Home, host: Host) -> tuple[Home, PhraseBook, Display]:
        """Open the window and ask for the language; return both in it."""
        book = load_phrase_book(language_for(home.settings.language))
        display = self._window(book)
        language = home.settings.language
        if self.options.language is None and not self._simulated:
            asker = asker_for(display, window=not isinstance(display, NoDisplay))
            language = choose_language(language, asker, book, host.tick)
        if language_for(language) != book.language:
            display.close()  # its buttons speak the language, too
            book = load_phrase_book(language)
            display = self._window(book)
        settings = home.settings.model_copy(update={"language": language})
        return home.with_settings(settings), book, display

    def _with_camera(self, home: Home, asker: Asker, book: PhraseBook, display: Display) -> Home:
        """Let the camera be chosen by its picture, and keep the choices that were made."""
        if self._simulated:
            return home
        choices: dict[str, str | int] = {}
        if self.options.language is None:
            choices["language"] = home.settings.language
        if self.options.source in (None, "webcam"):
            index = choose_camera(_cameras(display), asker, book, home)
            choices |= {} if index is None else {"camera.index": index}
            home = _with_index(home, index)
        save_choices(home.settings_file, choices)
        return home

    def _window(self, book: PhraseBook) -> Display:
        display, problem = open_display(self.options, self.home, book)
        self.stack.callback(display.close)
        for notice in no_window_notice(problem, book):
            click.echo(notice, err=True)
        return display

    def _voice(self, home: Home, book: PhraseBook) -> Voice:
        """Return the voice; the sentence of the sound check is rendered first."""
        texts = (*book.asked(), *book.spoken(()))
        return make_voice(home.settings.voice, Speech(book.language, book.pace, texts), home.cache_dir)


def _cameras(display: Display) -> list[CameraInfo]:
    """Return the cameras there are. macOS asks for permission to use one on the main thread only."""
    return list_cameras() if sys.platform == "darwin" else meanwhile(display, list_cameras)


def _aloud(asker: Asker, voice: Voice) -> Asker:
    """Let the questions be heard, where somebody can answer them."""
    return asker if isinstance(asker, NobodyAsker) else AloudAsker(asker, voice)


def _look(landmarker: Landmarker, home: Home, book: PhraseBook) -> FramingCheck:
    """Return a function that checks how the face is placed in a frame, once for each frame."""
    last: list[tuple[float, tuple[Framing, str]]] = []

    def look(frame: Frame) -> tuple[Framing, str]:
        if not last or last[0][0] != frame.t:
            seen = landmarker.detect(frame)
            framing = look_at(seen, home.settings.framing)
            fix = "" if framing == "good" else book.text(SESSION, framing)
            last[:] = [(frame.t, (framing, fix))]
        return last[0][1]

    return look


def _live(source: Source) -> Callable[[float], Frame | None]:
    """Return a function that gives the source's newest picture."""
    newest: list[Frame] = []

    def tick(passed: float) -> Frame | None:
        del passed
        got = source.read()
        if isinstance(got, Frame):
            newest[:] = [got]
        return newest[0] if newest else None

    return tick


def _with_index(home: Home, index: int | None) -> Home:
    if index is None:
        return home
    camera = home.settings.camera.model_copy(update={"index": index})
    return home.with_settings(home.settings.model_copy(update={"camera": camera}))
