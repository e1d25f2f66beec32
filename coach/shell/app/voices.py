"""`smile-coach voice`: which voices there are, hearing one, fetching one, choosing one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coach.errors import CoachError, UsageError
from coach.shell.profile.language_files import language_for, languages, load_phrase_book
from coach.shell.profile.settings_file import save_choices
from coach.shell.sound import piper_voices as piper
from coach.shell.sound.choice import SYSTEM, Speech, choose_speech, describe
from coach.shell.sound.recorded_engine import recorded_index
from coach.shell.sound.speech import RENDER, Renderer, render_now

if TYPE_CHECKING:
    from coach.coaching.phrases import PhraseBook
    from coach.shell.profile.home import Home
    from coach.shell.sound.engine import SpeechRequest

AUTO = "auto"  # as an argument: the best there is, which the settings write as nothing
SECONDS = 60.0  # for one sentence, its model loaded on a slow machine
_POLL_S = 0.1
INSTALL = "pip install 'smile-coach[voice]'"


def list_voices(home: Home) -> Iterator[str]:
    """Yield the lines of `smile-coach voice`: for each language its voice, and the others there are."""
    folder = home.cache_dir / piper.FOLDER
    extra = "" if piper.piper_installed() else f"; needs {INSTALL}"
    for code in languages():
        book = load_phrase_book(code)
        request = choose_speech(home.settings.voice, Speech(code, book.pace), home.cache_dir)[0]
        yield f"{code}  {describe(request)}"
        for voice in piper.VOICES:
            if voice.language == code:
                there = piper.installed(voice, folder) is not None
                where = "on this machine" if there else f"{voice.size / 1e6:.0f} MB to download"
                yield f"      {voice.name:<24}{where}{extra} (recordings {voice.licence})"
        if phrases := recorded_index(code).get("phrases"):
            yield f"      {'recorded phrases':<24}{len(phrases)} in the package, in place of espeak-ng"
    own = language_for(home.settings.language)
    named = system_voices(own)
    yield ""
    yield f"The system's own voices in '{own}': {', '.join(named) or 'none'}"
    yield "smile-coach voice NAME chooses one (auto: the best there is; system: the system's own);"
    yield "with --try it only speaks a sentence, with --download it is fetched first"


def system_voices(language: str) -> list[str]:
    """Return the names of the system's own voices for a language; none where it has no speech engine."""
    request = json.dumps({"voices": True, "language": language})
    try:
        with tempfile.TemporaryDirectory() as scratch:  # no module here can stand in for one that it imports
            done = subprocess.run(
                RENDER,
                input=request,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
                cwd=scratch,
            )
        return [voice["name"] for voice in json.loads(done.stdout)] if done.returncode == 0 else []
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return []


def requested(home: Home, name: str) -> tuple[SpeechRequest, PhraseBook]:
    """Return how the voice of that name would speak, and the words of its language.

    Raises
    ------
    UsageError
        There is no such voice.
    CoachError
        Piper or the voice's files are not on this machine.
    """
    own = language_for(home.settings.language)
    voice = piper.voice_named(name)
    book = load_phrase_book(voice.language if voice else own)
    if voice is not None:
        if not piper.piper_installed():
            raise CoachError(f"the voice {name} needs Piper; {INSTALL}")
        if piper.installed(voice, home.cache_dir / piper.FOLDER) is None:
            raise CoachError(
                f"the voice {name} is not on this machine; "
                f"smile-coach voice {name} --download fetches it ({voice.size / 1e6:.0f} MB)"
            )
    elif name not in {AUTO, SYSTEM} and name.casefold() not in {v.casefold() for v in system_voices(own)}:
        known = ", ".join([AUTO, SYSTEM, *(each.name for each in piper.VOICES)])
        raise UsageError(
            f"there is no voice '{name}' for '{own}'; choose {known}, or one of the system's own"
        )
    settings = home.settings.voice.model_copy(update={"voice": "" if name == AUTO else name})
    return choose_speech(settings, Speech(book.language, book.pace), home.cache_dir)[0], book


def say_sentence(request: SpeechRequest, book: PhraseBook) -> str:
    """Speak a sentence and wait until it has been heard; return why it was not, or nothing.

    Raises
    ------
    CoachError
        The voice cannot speak.
    """
    from coach.shell.sound.player import duration_s, make_player

    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "sentence.wav"
        if problem := render_now(request, {path: book.text("setup", "sound_check")}, SECONDS):
            raise CoachError(problem)
        player = make_player()
        try:
            player.play(path)
            time.sleep(0.0 if player.problem else duration_s(path) + _POLL_S)
            return player.problem
        finally:
            player.close()


def fetch_voice(home: Home, name: str, exercises: Sequence[str]) -> str:
    """Download a voice and have it speak all its phrases once, so that a session need not wait for them.

    Raises
    ------
    UsageError
        It is not one of Piper's voices.
    CoachError
        It cannot be fetched or kept.
    """
    voice = piper.voice_named(name)
    if voice is None:
        known = ", ".join(each.name for each in piper.VOICES)
        raise UsageError(f"'{name}' cannot be downloaded; choose one of {known}")
    folder = home.cache_dir / piper.FOLDER
    if piper.installed(voice, folder) is None:
        piper.download(voice, folder, progress=sys.stderr.isatty())
    if not piper.piper_installed():
        return f"{voice.name} is there; it speaks once Piper is: {INSTALL}"
    book = load_phrase_book(voice.language)
    settings = home.settings.voice.model_copy(update={"voice": voice.name})
    request = choose_speech(settings, Speech(book.language, book.pace), home.cache_dir)[0]
    problem = _speak_all(request, book.spoken(exercises), home.cache_dir / "sounds" / book.language)
    return problem or f"{voice.name} is there and speaks in '{book.language}' from now on"


def choose(home: Home, name: str) -> None:
    """Write the choice into the settings.

    Raises
    ------
    CoachError
        They cannot be written.
    """
    save_choices(home.settings_file, {"voice.voice": "" if name == AUTO else name})


def _speak_all(request: SpeechRequest, texts: Sequence[str], folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    renderer = Renderer([replace(request)], folder)
    renderer.want(texts)
    try:
        with click.progressbar(length=len(texts), label="speaking the phrases", file=sys.stderr) as bar:
            while not renderer.problem and bar.pos < len(texts):
                time.sleep(_POLL_S)
                bar.update(sum(renderer.find(text) is not None for text in texts) - bar.pos)
        return renderer.problem
    finally:
        renderer.close()
