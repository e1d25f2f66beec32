"""Saying cues aloud: the protocol, the silent voice that keeps its cues, and the choice of one."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from coach.coaching.cues import Cue
from coach.errors import Notice, reason_of
from coach.settings import VoiceSettings
from coach.shell.sound.choice import Speech
from coach.shell.system.private_file import make_private


class Voice(Protocol):
    """Says one cue at a time; never blocks the caller.

    Example::

        voice.say(cue)
        if voice.problem:
            show(voice.problem)
    """

    @property
    def problem(self) -> str:
        """What is wrong, one line (e.g. why nothing is heard); empty while all is well."""
        ...

    def say(self, cue: Cue) -> None:
        """Start saying `cue.text`, stopping whatever is still being said."""
        ...

    def prepare(self, texts: Sequence[str], patience_s: float) -> None:
        """Have these texts ready to be said; wait for the first of them, but no longer than this."""
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

    def prepare(self, texts: Sequence[str], patience_s: float) -> None:
        """Do nothing: silence needs no words."""

    def stop(self) -> None:
        """Do nothing: it is silent already."""

    def close(self) -> None:
        """Do nothing: it holds nothing."""


def make_voice(settings: VoiceSettings, speech: Speech, cache_dir: Path) -> Voice:
    """Return the voice that was asked for, or a silent one whose `problem` says why it is silent.

    Parameters
    ----------
    settings
        Voice, beeps or silence, and how.
    speech
        All that will be said; it is rendered in the background from now on.
    cache_dir
        Where sounds are kept between sessions; a temporary folder if it is not writable.
    """
    if settings.mode == "silent":
        return SilentVoice()
    from coach.shell.sound.player import make_player

    player = make_player()
    if player.problem:
        return SilentVoice(player.problem)
    from coach.shell.sound.chimes import Chimes

    try:
        beeps = settings.mode == "beeps"
        folder = writable_folder(cache_dir / "sounds" / ("beeps" if beeps else speech.language))
    except OSError as error:
        player.close()
        return SilentVoice(
            Notice(
                "no sound: {folder} cannot be written ({reason}); captions only",
                folder=str(cache_dir),
                reason=reason_of(error),
            )
        )
    chimes = Chimes(folder, settings.volume)
    if beeps:
        from coach.shell.sound.beeps import BeepVoice

        return BeepVoice(player, chimes)
    from coach.shell.sound.choice import choose_speech
    from coach.shell.sound.speech import Renderer, SpokenVoice

    renderer = Renderer(choose_speech(settings, speech, cache_dir), folder)
    renderer.want(speech.texts)
    return SpokenVoice(renderer, player, chimes if settings.chimes else None)


def writable_folder(folder: Path) -> Path:
    """Return the folder, made if need be, or a temporary one where it cannot be written.

    Raises
    ------
    OSError
        Not even a temporary folder can be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        make_private(folder.parent)  # it holds the person's memories as speech
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        stand_in = Path(tempfile.mkdtemp(prefix="smile-coach-"))
        atexit.register(shutil.rmtree, stand_in, ignore_errors=True)
        return stand_in
