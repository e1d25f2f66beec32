"""The protocol of speech engines, and an engine for tests that hums instead of speaking.

An engine lives in the child process `coach.shell.sound.render_speech` alone. It only turns words into sound:
how loud that is, and the silence around it, is `coach.shell.sound.loudness`'s business for all of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from coach.errors import Notice, reason_of
from coach.shell.sound.loudness import Samples


class RenderError(Exception):
    """The speech engine cannot do it; its text is the line for the person."""


def reason_written(error: BaseException) -> str:
    """Return an error as the line in which a child process tells it."""
    reason = reason_of(error)
    if isinstance(reason, Notice):
        return json.dumps({"pattern": reason.pattern, "values": reason.values})
    return reason


def reason_read(line: str) -> str:
    """Return what a child's line says: a notice where it wrote one, else the line itself."""
    try:
        told = json.loads(line)
        return Notice(told["pattern"], **told["values"])
    except (ValueError, TypeError, KeyError):
        return line


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """How the words are to be spoken.

    `engine`: `system`, `piper` or `recorded`. `language`: two letters. `voice`: the engine's own name of a
    voice, empty = by language. `rate`: words a minute. `volume`: 0..1. `folder`: where downloaded voices are.
    """

    engine: str
    language: str
    voice: str
    rate: int
    volume: float = 1.0
    folder: str = ""


@dataclass(frozen=True, slots=True)
class SpokenSound:
    """Some words as sound: `samples` at `rate_hz` a second."""

    samples: Samples
    rate_hz: int


class SpeechEngine(Protocol):
    """Turns words into sound, one phrase after the other.

    ::

        engine = start_engine(SpeechRequest("system", "en", "", 165))
        sound = engine.speak("Lift your cheeks")
        play(finished(sound.samples, sound.rate_hz))

    Whatever cannot be had (the engine itself, its voice, its files) raises `RenderError` when the engine is
    made: one that was made can speak. A larger rate is never slower, the same words sound the same again.
    """

    def speak(self, text: str) -> SpokenSound:
        """Return the words as sound.

        Raises
        ------
        RenderError
            Nothing can be heard of this text; the next one may well be spoken.
        """
        ...


class HummingEngine:
    """An engine for tests: hums a tone as long as the words would take, on any machine."""

    RATE_HZ = 16_000

    def __init__(self, request: SpeechRequest) -> None:
        if request.voice == "nobody":
            raise RenderError("there is no voice 'nobody'; choose another voice.voice")
        self._letter_s = 10.0 / request.rate

    def speak(self, text: str) -> SpokenSound:
        """Return a hum, its loudness swelling and sinking like that of words."""
        letters = sum(character.isalnum() for character in text)
        if not letters:
            raise RenderError(Notice("the speech engine wrote silence"))
        t = np.arange(round(letters * self._letter_s * self.RATE_HZ)) / self.RATE_HZ
        swell = np.sin(np.pi * t / self._letter_s) ** 2
        return SpokenSound(0.3 * swell * np.sin(2 * np.pi * 160 * t), self.RATE_HZ)
