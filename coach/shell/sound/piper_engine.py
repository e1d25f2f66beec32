"""Piper's voices: a neural engine, in a package of its own (GPL-3.0), loaded in the child process alone."""

from __future__ import annotations

import contextlib
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from coach.errors import Notice
from coach.shell.sound import piper_voices as voices
from coach.shell.sound.engine import RenderError, SpeechRequest, SpokenSound
from coach.shell.sound.recorded_engine import RecordedEngine, recorded_as


class PiperEngine:
    """Speaks with Piper. The same words always sound the same: nothing in its speech is left to chance.

    Phrases that ship as recordings of this very voice at this pace are taken from there, at once.

    Raises
    ------
    RenderError
        Piper is not installed, or has no such voice, or its files are missing or wrong.
    """

    def __init__(self, request: SpeechRequest) -> None:
        voice = voices.voice_named(request.voice)
        if voice is None:
            raise RenderError(
                Notice("Piper has no voice '{voice}'; smile-coach voice lists them", voice=request.voice)
            )
        if not voices.piper_installed():
            raise RenderError(
                Notice("the voice {voice} needs Piper; pip install 'smile-coach[voice]'", voice=voice.name)
            )
        place = voices.installed(voice, Path(request.folder))
        if place is None:
            raise RenderError(
                Notice(
                    "the voice {voice} is not on this machine; "
                    "smile-coach voice {voice} --download fetches it",
                    voice=voice.name,
                )
            )
        if problem := voices.wrong_file(voice, place):
            raise RenderError(problem)
        self._voice, self._place, self._rate = voice, place, request.rate
        self._recorded = None
        if recorded_as(voice.language, voice.name, request.rate):
            with contextlib.suppress(RenderError):
                self._recorded = RecordedEngine(request)

    def speak(self, text: str) -> SpokenSound:
        """Return the words as sound."""
        if self._recorded is not None:
            with contextlib.suppress(RenderError):
                return self._recorded.speak(text)
        how = piper_settings(self._voice, self._rate)
        chunks = [chunk.audio_float_array for chunk in self._piper.synthesize(text, how)]
        if not chunks:
            raise RenderError(Notice("the speech engine wrote silence"))
        samples = np.concatenate(chunks).astype(np.float64)
        return SpokenSound(samples, int(self._piper.config.sample_rate))

    @cached_property
    def _piper(self) -> Any:
        import piper

        model, settings = (str(self._place / file.name) for file in self._voice.files)
        return piper.PiperVoice.load(model, config_path=settings)


def piper_settings(voice: voices.PiperVoice, rate: int) -> Any:
    """Return how Piper is to speak, as its own `SynthesisConfig`. `rate`: words a minute."""
    import piper

    return piper.SynthesisConfig(
        length_scale=voice.rate / rate, noise_scale=0.0, noise_w_scale=0.0, normalize_audio=False
    )
