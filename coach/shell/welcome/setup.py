"""The first run as a conversation: hello, safety, camera, range, a memory, a reminder, the first session.

An `Asker` puts the questions, not the one loop: the answers decide what that loop runs on (window, language,
camera), and keys that pause or skip there are answers here. What is measured in between runs in the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from coach.coaching.cues import Cue, CueKind
from coach.coaching.phrases import SCREEN, SESSION, PhraseBook
from coach.errors import INTERRUPTED
from coach.face.framing import Framing, look_at
from coach.progress.history import SIMULATED
from coach.shell.app.calibrate import measure_range
from coach.shell.app.devices import Devices, in_real_time, no_window_notice, open_display, open_source
from coach.shell.capture.cameras import list_cameras
from coach.shell.capture.source import Source
from coach.shell.detection.landmarker import Landmarker
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import language_for, languages, load_phrase_book
from coach.shell.profile.settings_file import save_choices
from coach.shell.profile.toml_files import config_dir, read_toml
from coach.shell.sound.choice import Speech
from coach.shell.sound.voice import SilentVoice, Voice, make_voice
from coach.shell.welcome.aloud_asker import AloudAsker
from coach.shell.welcome.camera_choice import choose_camera
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
    WindowAsker,
    asker_for,
)
from coach.types import Frame

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared

SECTION = "setup"
LANGUAGE_S, SOUND_S, SAFETY_S, READY_S = 8.0, 14.0, 8.0, 8.0  # how long to wait for an answer
HELLO_S = (1.5, 5.0, 9.0)  # when the sentence of the sound check is said: the first may not be ready yet
HELLO = Cue(0.0, CueKind.INSTRUCTION, "sound_check", SECTION)


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
    home.make_data_dir()
    first = last_session(home) is None
    try:
        with ExitStack() as stack:
            home, interrupted = FirstRun(options, home, stack).lead()
    except PersonQuit:
        return 0
    if interrupted:
        return INTERRUPTED
    if not first:
        click.echo(load_phrase_book(language_for(home.settings.language)).text(SECTION, "done"))
        return 0
    from coach.shell.app.session import run_session

    return run_session(options, plan, minutes, demo=options.source == "demo")


@dataclass(slots=True)
class FirstRun:
    """What is open while the choices are made; the stack closes it."""

    options: Shared
    home: Home
    stack: ExitStack

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
        voice = self._voice(home, book) if heard else SilentVoice()
        self.stack.callback(voice.close)
        check_sound(voice, asker, book, host.tick)
        heed_safety(voice, asker, book, host.tick)
        landmarker = self.stack.enter_context(Landmarker(model))
        home = self._with_camera(home, _aloud(asker, voice), book)
        source = open_source(origin, home, real=real)
        self.stack.callback(source.close)
        devices = Devices(source, landmarker, display, voice, captions=not window, real=real)
        words = book if window else book.for_ears()
        reason, interrupted = measure_range(devices, home, words, safety=False)
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

    def _with_camera(self, home: Home, asker: Asker, book: PhraseBook) -> Home:
        """Let the camera be chosen by its picture, and keep the choices that were made."""
        if self._simulated:
            return home
        choices: dict[str, str | int] = {}
        if self.options.language is None:
            choices["language"] = home.settings.language
        if self.options.source in (None, "webcam"):
            index = choose_camera(list_cameras(), asker, book, home)
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


def choose_language(
    setting: str, asker: Asker, book: PhraseBook, tick: Callable[[float], Frame | None]
) -> str:
    """Return the language to set: another one's code, or the setting as it was."""
    codes = languages()
    names = [str(read_toml(config_dir() / "languages" / f"{code}.toml")["name"]) for code in codes]
    keys = [str(number) for number in range(1, len(codes) + 1)]
    default = keys[codes.index(book.language)]
    question = Question(
        book.text(SECTION, "language"),
        book.text(SECTION, "language_keys"),
        tuple(zip(keys, names, strict=True)),
        default=default,
        patience_s=LANGUAGE_S,
    )
    chosen = asker.ask(question, tick)
    return setting if chosen == default else codes[int(chosen) - 1]


def check_sound(voice: Voice, asker: Asker, book: PhraseBook, tick: Callable[[float], Frame | None]) -> bool:
    """Say a sentence until the person has heard it, twice at most; return whether they have."""
    if isinstance(voice, SilentVoice) and not voice.problem:
        return False  # silence was asked for
    sentence = book.fill(HELLO)
    for _ in range(2):
        if voice.problem:
            break
        said = 0

        def speak(passed: float) -> Frame | None:
            nonlocal said
            if said < len(HELLO_S) and passed >= HELLO_S[said]:
                said += 1
                voice.say(sentence)
            return tick(passed)

        question = Question(
            book.text(SECTION, "sound"),
            book.text(SECTION, "hello"),
            options=(("1", book.text(SECTION, "yes")), ("2", book.text(SECTION, "no"))),
            default="1",
            patience_s=SOUND_S,
            caption=sentence.text,
        )
        heard = asker.ask(question, speak) == "1"
        voice.stop()
        if heard:
            return True
    why = voice.problem or book.text(SECTION, "sound_help")
    click.echo(why, err=True)
    if isinstance(asker, WindowAsker):  # people who look at the window do not read the terminal
        go_on = book.text(SCREEN, "press_space")
        asker.ask(Question(book.text(SCREEN, "no_voice"), go_on, patience_s=SAFETY_S, note=why), tick)
    return False


def heed_safety(voice: Voice, asker: Asker, book: PhraseBook, tick: Callable[[float], Frame | None]) -> None:
    """Say and show what to watch out for, before any effort; any key goes on."""
    voice.say(book.fill(Cue(0.0, CueKind.SAFETY, "safety")))
    note = book.text(SCREEN, "safety_note")
    before = book.text(SECTION, "before")
    asker.ask(Question(before, book.text(SECTION, "goes_on"), patience_s=SAFETY_S, note=note), tick)
    voice.stop()


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
