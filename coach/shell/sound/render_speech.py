"""Rendering phrases to WAV files: the child process that alone ever loads a speech engine.

`python -P render_speech.py` reads one JSON object from standard input::

    {"engine": "system", "language": "en", "voice": "", "rate": 165, "volume": 1.0, "folder": "",
     "items": [{"text": "Hold", "path": "a.wav"}]}

and writes each file in turn, complete or not at all, equally loud (`coach.shell.sound.loudness`). With
`"voices": true` it prints the system's voices as a JSON list instead. Exit status 0: all of them are there;
1: some are not; 2: nothing can be spoken at all; then standard error says why. Speech engines hang, crash and
end the process they live in: the parent sets a deadline, kills any that are left and takes the finished
files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from coach.errors import Notice
from coach.shell.sound.engine import HummingEngine, RenderError, SpeechEngine, SpeechRequest, reason_written
from coach.shell.sound.loudness import finished
from coach.shell.sound.piper_engine import PiperEngine
from coach.shell.sound.recorded_engine import RecordedEngine
from coach.shell.sound.system_engine import SystemEngine

ENGINES: dict[str, Callable[[SpeechRequest], SpeechEngine]] = {
    "system": SystemEngine,
    "piper": PiperEngine,
    "recorded": RecordedEngine,
    "humming": HummingEngine,
}
NICENESS = 5  # pictures come first while a session runs
FAULTS = (RenderError, RuntimeError, ValueError, OSError, subprocess.SubprocessError)


def render_one(engine: SpeechEngine, text: str, path: Path, volume: float) -> None:
    """Write one phrase to `path`, complete or not at all.

    Raises
    ------
    RenderError
        The engine wrote nothing that can be heard.
    """
    sound = engine.speak(text)
    try:
        samples = finished(sound.samples, sound.rate_hz, volume)
    except ValueError as error:
        raise RenderError(Notice("the speech engine wrote silence")) from error
    part = path.with_name(f"{path.stem}.{os.getpid()}.part")
    try:
        with part.open("wb") as opened, wave.open(opened) as file:
            file.setparams((1, 2, sound.rate_hz, 0, "NONE", ""))
            file.writeframes(samples.tobytes())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def speech_request(values: Mapping[str, Any]) -> SpeechRequest:
    """Return the part of a request that says how to speak."""
    names = [field.name for field in fields(SpeechRequest)]
    return SpeechRequest(**{name: values[name] for name in names if name in values})


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
    how = speech_request(request)
    engine = ENGINES[how.engine](how)
    problems = []
    for item in request["items"]:
        try:
            render_one(engine, item["text"], Path(item["path"]), how.volume)
        except FAULTS as error:
            problems.append(f"'{item['text']}': {error}")
    return problems


def list_voices(language: str) -> list[dict[str, str]]:
    """Return the id and name of each system voice that speaks the language."""
    from coach.shell.sound.system_engine import speaks

    engine = SystemEngine(SpeechRequest("system", language, "", 165))
    return [
        {"id": str(voice.id), "name": str(voice.name)}
        for voice in engine.voices
        if speaks(voice.languages or [], language)
    ]


def main() -> int:
    """Read the request, render, and return the exit status."""
    if sys.platform != "win32":
        os.nice(NICENESS)
    request = json.load(sys.stdin)
    answer = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # engines chatter on standard output
    try:
        if request.get("voices"):
            os.write(answer, json.dumps(list_voices(request["language"])).encode())
            return 0
        problems = render(request)
    except (*FAULTS, ImportError) as error:
        print(reason_written(error), file=sys.stderr)
        return 2
    print(*problems, sep="\n", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
