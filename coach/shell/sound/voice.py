"""Saying cues aloud: the protocol, the silent voice that keeps what it was given, and the choice of one."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from coach.coaching.cues import Cue
from coach.settings import VoiceSettings


class Voice(Protocol):
    """Says one cue at a time; never blocks the caller."""

    @property
    def problem(self) -> str:
        """Why nothing is heard, one line, or empty while all is well."""
        ...

    def say(self, cue: Cue) -> None:
        """Start saying `cue.text`, stopping whatever is still being said."""
        ...

    def stop(self) -> None:
        """Fall silent at once."""
        ...

    def close(self) -> None:
        """Fall silent and let the sound device go; safe to call twice."""
        ...


class SilentVoice:
    """A voice for tests and for `--no-voice`: says nothing and remembers everything."""

    def __init__(self, problem: str = "") -> None:
        self.problem = problem
        self.said: list[Cue] = []

    def say(self, cue: Cue) -> None:
        """Remember the cue."""
        self.said.append(cue)

    def stop(self) -> None:
        """Do nothing: it is silent already."""

    def close(self) -> None:
        """Do nothing: there is nothing to let go."""


def make_voice(settings: VoiceSettings, language: str, cache_dir: Path, phrases: Iterable[str] = ()) -> Voice:
    """Return the voice that was asked for, or a silent one whose `problem` says why it is silent.

    Parameters
    ----------
    settings
        Voice, beeps or silence, and how.
    language
        Two letters, for the choice of the system's voice.
    cache_dir
        Where sounds are kept between sessions; a temporary folder stands in if it is not writable.
    phrases
        What will be said, first things first, to be rendered in the background from now on.
    """
    if settings.mode == "silent":
        return SilentVoice()
    from coach.shell.sound.player import make_player

    player = make_player()
    if player.problem:
        return SilentVoice(player.problem)
    try:
        folder = writable_folder(cache_dir / "sounds" / ("beeps" if settings.mode == "beeps" else language))
        if settings.mode == "beeps":
            from coach.shell.sound.beeps import BeepVoice

            return BeepVoice(player, folder, settings.volume)
    except OSError as error:
        player.close()
        return SilentVoice(f"no sound: {cache_dir} cannot be written ({error.strerror}); captions only")
    from coach.shell.sound.speech import Renderer, SpokenVoice

    renderer = Renderer(settings, language, folder)
    renderer.want(phrases)
    return SpokenVoice(renderer, player)


def writable_folder(folder: Path) -> Path:
    """Return the folder, made if need be, or a temporary one where it cannot be written.

    Raises
    ------
    OSError
        Not even a temporary folder can be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.parent.chmod(0o700)  # a memory's own words are among what is rendered
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        stand_in = Path(tempfile.mkdtemp(prefix="smile-coach-"))
        atexit.register(shutil.rmtree, stand_in, ignore_errors=True)
        return stand_in
