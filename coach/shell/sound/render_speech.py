"""Rendering phrases to WAV files: the child process that alone ever loads a speech engine.

`python -P render_speech.py` reads one JSON object from standard input::

    {"language": "en", "voice": "", "rate": 165, "volume": 0.9, "items": [{"text": "Hold", "path": "a.wav"}]}

and writes each file in turn, complete or not at all. Exit status 0: all of them are there; 1: some are
not; 2: nothing can be spoken at all; then standard error says why. Speech engines hang, crash and end the
process they live in: the parent sets a deadline, kills what is left and takes the files that were finished.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import wave
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

SILENT = 0.01  # of full scale: quieter samples before and after the words are cut off
KEPT_S = 0.03  # of that silence, kept so that nothing clicks


class RenderError(Exception):
    """The speech engine cannot do it; its text is the line for the person."""


FAULTS = (RenderError, RuntimeError, ValueError, OSError, subprocess.SubprocessError)


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
            raise RenderError(f"espeak-ng's data are missing from {data}; reinstall espeakng-loader")
        os.environ["ESPEAK_DATA_PATH"] = str(data)
    try:
        return ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL).espeak_Synchronize
    except OSError as error:
        raise RenderError(f"espeak-ng cannot be loaded ({error}); pip install espeakng-loader") from error


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
            f"no installed voice speaks '{language}'; install one in the system's settings or set voice.voice"
        )
    plain = {"en": "en-us", "fr": "fr-fr"}.get(language, language)
    return str(
        min(fitting, key=lambda voice: (str(voice.languages[0]).lower() != plain, len(str(voice.id)))).id
    )


def trim(path: Path) -> None:
    """Cut the silence around the words, in place; engines append up to a third of a second of it.

    Raises
    ------
    RenderError
        The file is not 16-bit PCM, or nothing can be heard in it.
    """
    try:
        with wave.open(str(path), "rb") as file:
            shape = file.getparams()
            data = np.frombuffer(file.readframes(shape.nframes), dtype="<i2")
    except (wave.Error, EOFError, OSError, ValueError) as error:
        raise RenderError(f"the speech engine wrote no usable sound ({error})") from error
    if shape.sampwidth != 2:  # noqa: PLR2004
        raise RenderError(f"the speech engine wrote {8 * shape.sampwidth}-bit sound, 16-bit is needed")
    frames = data.reshape(-1, shape.nchannels)
    level = np.abs(frames.astype(np.int32)).max(axis=1, initial=0)
    loud = np.flatnonzero(level > SILENT * max(int(level.max(initial=0)), 1))
    if loud.size == 0:
        raise RenderError("the speech engine wrote silence")
    kept = int(KEPT_S * shape.framerate)
    words = frames[max(int(loud[0]) - kept, 0) : int(loud[-1]) + kept]
    with wave.open(str(path), "wb") as file:
        file.setparams(shape)
        file.writeframes(np.ascontiguousarray(words).tobytes())


def as_wav(path: Path) -> None:
    """Turn what macOS wrote (AIFF, whatever the name says) into 16-bit WAV; leave WAV alone."""
    if not path.is_file():
        raise RenderError("the speech engine wrote no file")
    with path.open("rb") as file:
        if file.read(4) == b"RIFF":
            return
    converted = path.with_suffix(".riff")
    subprocess.run(["afconvert", "-f", "WAVE", "-d", "LEI16", str(path), str(converted)], check=True)
    converted.replace(path)


def start_engine() -> tuple[Any, Callable[[], object]]:
    """Return a fresh pyttsx3 engine, and what waits until it is idle.

    pyttsx3 2.99 on espeak-ng starts out "busy": it would queue settings and texts, cancel them with the
    end of its own loop and return before the sound is written (about one text in ten comes out silent or
    at the wrong rate on a loaded machine). Declared idle, and waited for between any two steps, it is exact.
    """
    linux = sys.platform.startswith("linux")
    settle = load_espeak() if linux else lambda: None
    import pyttsx3

    engine = pyttsx3.init()
    if linux:
        settle()
        engine.proxy.setBusy(False)
    return engine, settle


def render_one(engine: Any, settle: Callable[[], object], text: str, path: Path) -> None:
    """Write one phrase to `path`, complete or not at all.

    Raises
    ------
    RenderError
        The engine wrote nothing that can be heard.
    """
    part = path.with_name(f"{path.stem}.{os.getpid()}.part")
    try:
        engine.save_to_file(text, str(part))
        engine.runAndWait()
        settle()
        as_wav(part)
        trim(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def render(request: Mapping[str, Any]) -> list[str]:
    """Render every item of the request on one fresh engine, one after the other.

    Returns
    -------
    Why some phrases could not be rendered, a line each.

    Raises
    ------
    RenderError
        The engine cannot be had or has no such voice.
    """
    engine, settle = start_engine()
    voice = request["voice"] or choose_voice(engine.getProperty("voices"), request["language"])
    for name, value in (("voice", voice), ("rate", request["rate"]), ("volume", request["volume"])):
        engine.setProperty(name, value)
        settle()
    problems = []
    for item in request["items"]:
        try:
            render_one(engine, settle, item["text"], Path(item["path"]))
        except FAULTS as error:
            problems.append(f"'{item['text']}': {error}")
    return problems


def main() -> int:
    """Read the request, render, and return the exit status."""
    request = json.load(sys.stdin)
    os.dup2(2, 1)  # engines chatter on standard output
    try:
        problems = render(request)
    except (*FAULTS, ImportError) as error:
        print(" ".join(str(error).split()) or type(error).__name__, file=sys.stderr)
        return 2
    print(*problems, sep="\n", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
