"""Which voice speaks in a session: decided before its first word, so that two voices never mix."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.settings import VoiceSettings
from coach.shell.sound import piper_voices as piper
from coach.shell.sound.engine import SpeechRequest
from coach.shell.sound.recorded_engine import has_recordings, unrecorded

FIRST_WORDS = 4  # of the phrases: what is said before the first exercise
SYSTEM = "system"  # voice.voice: the system's own voice for the language, whatever else there is


@dataclass(frozen=True, slots=True)
class Speech:
    """Everything a session says.

    `language`: two letters. `pace`: how fast the language is spoken, as a share of the rate that is set.
    `phrases`: the fixed ones, first things first. `names`: those with a person's own words in them, and
    today's doses where nobody reads. `read`: whether captions are seen.
    """

    language: str
    pace: float = 1.0
    phrases: Sequence[str] = ()
    names: Sequence[str] = ()
    read: bool = True

    @property
    def texts(self) -> tuple[str, ...]:
        """All of it. Where names cannot be read instead, they follow the first words: a dose is said soon."""
        first = len(self.phrases) if self.read else FIRST_WORDS
        return (*self.phrases[:first], *self.names, *self.phrases[first:])


def choose_speech(settings: VoiceSettings, speech: Speech, cache_dir: Path) -> tuple[SpeechRequest, ...]:
    """Return how a session is spoken, best first; the later ones are for when the first turns out unusable.

    A voice that was set by name goes first. Otherwise: a voice of Piper's for the language, if there is one
    on this machine; recordings, where espeak-ng would speak; the system's own voice.

    Recordings are fixed phrases. A session one of whose phrases is not among them (an exercise of another
    package, a changed language file) is spoken by the system as a whole. A memory's name is not among them
    either: where captions are read, the name is shown and "Memory two" is said instead, which keeps the
    voice; where nobody reads (`read` is False), the name must be heard, and the system speaks all.
    """
    rate = max(round(settings.rate * speech.pace), 1)
    folder = cache_dir / piper.FOLDER

    def request(engine: str, voice: str = "") -> SpeechRequest:
        place = str(folder) if engine == "piper" else ""
        return SpeechRequest(engine, speech.language, voice, rate, settings.volume, place)

    found: list[SpeechRequest] = []
    if settings.voice not in {"", SYSTEM}:
        named = piper.voice_named(settings.voice)
        if named is None:
            found.append(request("system", settings.voice))
        elif named.language == speech.language:
            found.append(request("piper", named.name))
    if settings.voice != SYSTEM and not found and (voice := usable_voice(speech.language, folder)):
        found.append(request("piper", voice.name))
    recordable = not unrecorded(speech.language, speech.phrases) and (speech.read or not speech.names)
    if settings.voice != SYSTEM and recordable and has_recordings(speech.language, rate):
        found.append(request("recorded"))
    return (*found, request("system"))


def usable_voice(language: str, folder: Path) -> piper.PiperVoice | None:
    """Return the first of Piper's voices for the language that this machine can speak with."""
    if not piper.piper_installed():
        return None
    voices = (voice for voice in piper.VOICES if voice.language == language)
    return next((voice for voice in voices if piper.installed(voice, folder) is not None), None)


def describe(request: SpeechRequest) -> str:
    """Return the voice in a few words, for `doctor` and `smile-coach voice`."""
    if request.engine == "piper":
        return f"Piper's {request.voice}"
    if request.engine == "recorded":
        return "the recorded human voice"
    system = {"win32": "Windows' own voice", "darwin": "macOS's own voice"}.get(sys.platform, "espeak-ng")
    return f"{system}, {request.voice}" if request.voice else system
