"""The system's own voices by way of pyttsx3: espeak-ng on Linux, SAPI on Windows, NSSpeech on macOS."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from coach.errors import Notice, reason_of
from coach.shell.sound.engine import RenderError, SpeechRequest, SpokenSound

_SILENCE = Notice("the speech engine wrote silence")
_SAMPLE_BYTES = 2


def load_espeak() -> Callable[[], object]:
    """Load the espeak-ng of the wheel (else the system's) before pyttsx3 does; return what waits for it.

    Both the library and its data path must be there before pyttsx3 is imported: espeak-ng without its
    data ends the process. The function returned blocks until the library has done all it was asked.

    Raises
    ------
    RenderError
        There is no espeak-ng, or its data are missing.
    """
    try:
        import espeakng_loader
    except ImportError:  # a system library brings its own data
        name = "libespeak-ng.so.1"
    else:
        name = espeakng_loader.get_library_path()
        data = Path(espeakng_loader.get_data_path())
        if not (data / "phontab").is_file():
            raise RenderError(
                Notice(
                    "espeak-ng's data are missing from {folder}; reinstall espeakng-loader", folder=str(data)
                )
            )
        os.environ["ESPEAK_DATA_PATH"] = str(data)
    try:
        return ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL).espeak_Synchronize
    except OSError as error:
        raise RenderError(
            Notice("espeak-ng cannot be loaded ({reason}); pip install espeakng-loader", reason=str(error))
        ) from error


def speaks(languages: Sequence[Any], language: str) -> bool:
    """Whether one of an engine's language tags (`de`, `de-DE`, `de_DE`, or bytes of them) is `language`."""
    tags = (tag.decode(errors="ignore") if isinstance(tag, bytes) else str(tag or "") for tag in languages)
    return any(tag.strip("\x05").lower().replace("_", "-").split("-")[0] == language for tag in tags)


def choose_voice(voices: Sequence[Any], language: str) -> str:
    """Return the id of the voice for `language`: the shortest tag first, which is the plain accent.

    Raises
    ------
    RenderError
        No installed voice speaks the language.
    """
    fitting = [voice for voice in voices if speaks(voice.languages or [], language)]
    if not fitting:
        raise RenderError(
            Notice(
                "no installed voice speaks '{language}'; "
                "install one in the system's settings or set voice.voice",
                language=language,
            )
        )
    plain = {"en": "en-us", "fr": "fr-fr"}.get(language, language)
    return str(
        min(fitting, key=lambda voice: (str(voice.languages[0]).lower() != plain, len(str(voice.id)))).id
    )


def named_voice(voices: Sequence[Any], name: str) -> str:
    """Return the id of the voice that has this id or name.

    Raises
    ------
    RenderError
        There is no such voice.
    """
    for voice in voices:
        if name.casefold() in {str(voice.id).casefold(), str(voice.name).casefold()}:
            return str(voice.id)
    raise RenderError(
        Notice("this system has no voice '{voice}'; smile-coach voice lists those there are", voice=name)
    )


class SystemEngine:
    """Speaks with pyttsx3.

    pyttsx3 2.99 on espeak-ng starts out "busy": it would queue settings and texts, cancel them with the
    end of its own loop and return before the sound is written (about one text in ten comes out silent or
    at the wrong rate on a loaded machine). Declared idle, and waited for between any two steps, it is exact.

    Raises
    ------
    RenderError
        The engine cannot be had or has no such voice.
    """

    def __init__(self, request: SpeechRequest) -> None:
        linux = sys.platform.startswith("linux")
        self._settle = load_espeak() if linux else lambda: None
        try:
            import pyttsx3

            self._engine: Any = pyttsx3.init()
        except (ImportError, RuntimeError, OSError) as error:
            raise RenderError(reason_of(error)) from error
        if linux:
            self._settle()
            self._engine.proxy.setBusy(False)
        self.voices: list[Any] = self._engine.getProperty("voices")
        name = request.voice
        voice = named_voice(self.voices, name) if name else choose_voice(self.voices, request.language)
        for key, value in (("voice", voice), ("rate", request.rate), ("volume", 1.0)):
            self._engine.setProperty(key, value)
            self._settle()

    def speak(self, text: str) -> SpokenSound:
        """Return the words as sound."""
        with tempfile.TemporaryDirectory(prefix="smile-coach-") as folder:
            path = Path(folder) / "words.wav"
            self._engine.save_to_file(text, str(path))
            self._engine.runAndWait()
            self._settle()
            _as_wav(path)
            return read_wav(path)


def read_wav(path: Path) -> SpokenSound:
    """Return the sound of a 16-bit WAV file, its channels mixed into one.

    Raises
    ------
    RenderError
        It is no such file, or there is no sound in it.
    """
    try:
        with wave.open(str(path), "rb") as file:
            shape = file.getparams()
            data = np.frombuffer(file.readframes(shape.nframes), dtype="<i2")
    except (wave.Error, EOFError, OSError, ValueError) as error:
        raise RenderError(
            Notice("the speech engine wrote no usable sound ({reason})", reason=str(error))
        ) from error
    if shape.sampwidth != _SAMPLE_BYTES:
        raise RenderError(
            Notice("the speech engine wrote {bits}-bit sound, 16-bit is needed", bits=8 * shape.sampwidth)
        )
    if data.size == 0:
        raise RenderError(_SILENCE)
    return SpokenSound(data.reshape(-1, shape.nchannels).mean(axis=1) / 2**15, shape.framerate)


def _as_wav(path: Path) -> None:
    """Turn the file that macOS wrote (AIFF, whatever the name says) into 16-bit WAV; leave WAV alone."""
    if not path.is_file():
        raise RenderError(Notice("the speech engine wrote no file"))
    with path.open("rb") as file:
        if file.read(4) == b"RIFF":
            return
    converted = path.with_suffix(".riff")
    subprocess.run(["afconvert", "-f", "WAVE", "-d", "LEI16", str(path), str(converted)], check=True)
    converted.replace(path)
