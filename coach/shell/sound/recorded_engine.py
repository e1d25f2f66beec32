"""The phrases that were spoken once with a human voice and ship with the coach, as Opus files.

They stand in for espeak-ng, whose voice is the plainest of all systems'. `config/speech/record.py` speaks
them: run it whenever a language file's words have changed. `recorded/LANGUAGE/phrases.json` says what each
file says, in which voice and at which pace.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from coach.errors import Notice
from coach.shell.sound.engine import RenderError, SpeechRequest, SpokenSound

FOLDER = Path(__file__).with_name("recorded")
INDEX = "phrases.json"
RATE_HZ = 24_000  # the lowest of Opus's own rates that holds all that the voice has


@cache
def recorded_index(language: str) -> dict[str, Any]:
    """Return the recordings of a language: `voice`, `rate` (words a minute) and `phrases`, a list of texts.

    Empty where nothing is recorded in it.
    """
    try:
        index: dict[str, Any] = json.loads((FOLDER / language / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return index


def recording(language: str, text: str) -> Path:
    """Return the file that says this text, if there is one."""
    return FOLDER / language / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.opus"


def unrecorded(language: str, texts: Iterable[str]) -> list[str]:
    """Return the texts that no recording says, in order."""
    there = frozenset(recorded_index(language).get("phrases", ()))
    return [text for text in texts if text not in there]


def recorded_as(language: str, voice: str, rate: int) -> bool:
    """Whether the recordings of a language are in this voice of Piper's and at this pace."""
    index = recorded_index(language)
    return (index.get("voice"), index.get("rate")) == (voice, rate)


def has_recordings(language: str, rate: int) -> bool:
    """Whether this machine can use recordings in the language at that pace.

    That is where espeak-ng would speak otherwise, and the pace is the one they were spoken at.
    """
    return sys.platform.startswith("linux") and recorded_index(language).get("rate") == rate


class RecordedEngine:
    """Speaks recorded texts only.

    Raises
    ------
    RenderError
        Nothing is recorded in the language.
    """

    def __init__(self, request: SpeechRequest) -> None:
        self._language = request.language
        if not recorded_index(request.language):
            raise RenderError(Notice("no phrases are recorded in '{language}'", language=request.language))

    def speak(self, text: str) -> SpokenSound:
        """Return the recording of the words."""
        path = recording(self._language, text)
        if not path.is_file():
            raise RenderError("is not among the recorded phrases")
        return read_opus(path)


def read_opus(path: Path) -> SpokenSound:
    """Return the sound of an Opus file, its channels mixed into one.

    Raises
    ------
    RenderError
        The file cannot be read.
    """
    import av

    parts = []
    try:
        with av.open(str(path)) as container:
            mono = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
            for frame in (*container.decode(audio=0), None):
                parts += [piece.to_ndarray()[0] for piece in mono.resample(frame)]
    except (av.FFmpegError, IndexError) as error:
        raise RenderError(
            Notice(
                "{file} cannot be read ({reason}); reinstall smile-coach", file=path.name, reason=str(error)
            )
        ) from error
    if not parts:
        raise RenderError(Notice("{file} is empty; reinstall smile-coach", file=path.name))
    return SpokenSound(np.concatenate(parts).astype(np.float64), RATE_HZ)
