"""Speak the fixed English phrases once with Piper and keep them as Opus files in the package.

Run it whenever a phrase, a number word or the pace in `config/languages/en.toml` has changed::

    pip install -c constraints.txt -e '.[voice]'
    python config/speech/record.py            # speaks new phrases, deletes old ones
    python config/speech/record.py --all      # speaks all of it again
    python config/speech/record.py --check    # lists both; exit status 1 if there are any

The voice is `en_US-joe-medium`, whose recordings are CC0. Nothing in its speech is left to chance (both of
Piper's noise scales are 0), so the same words come out the same. Opus at 32 kbit/s takes 4 kB a second.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import av
import numpy as np

from coach.coaching.phrases import PhraseBook
from coach.shell.profile.exercise_registry import BUILT_IN
from coach.shell.sound import piper_voices as voices
from coach.shell.sound.engine import SpeechRequest
from coach.shell.sound.loudness import levelled
from coach.shell.sound.piper_engine import PiperEngine
from coach.shell.sound.recorded_engine import FOLDER, INDEX, RATE_HZ, recorded_index, recording

LANGUAGE, VOICE = "en", "en_US-joe-medium"
CONFIG = Path(__file__).resolve().parents[1]
SECTIONS = (*BUILT_IN, "check_in")
BIT_RATE = 32_000  # a second: speech at this rate is told from the original by few
LARGEST = 3_000_000  # bytes for all of them


def phrases() -> tuple[str, ...]:
    """Return every fixed English phrase that is ever said, in order of first use."""
    words = tomllib.loads((CONFIG / "languages" / f"{LANGUAGE}.toml").read_text(encoding="utf-8"))
    book = PhraseBook(LANGUAGE, words)
    return tuple(dict.fromkeys((*book.asked(), *book.spoken(SECTIONS))))


def rate() -> int:
    """Return the pace of a session that has changed nothing, words a minute."""
    settings = tomllib.loads((CONFIG / "coach.toml").read_text(encoding="utf-8"))
    words = tomllib.loads((CONFIG / "languages" / f"{LANGUAGE}.toml").read_text(encoding="utf-8"))
    return round(settings["voice"]["rate"] * words["pace"])


def changes() -> tuple[list[str], list[Path]]:
    """Return the phrases without a recording, and the files that say what is no longer said."""
    wanted = {recording(LANGUAGE, text): text for text in phrases()}
    there = set((FOLDER / LANGUAGE).glob("*.opus"))
    index = recorded_index(LANGUAGE)
    if (index.get("voice"), index.get("rate")) != (VOICE, rate()):
        there, stale = set(), sorted(there)
    else:
        stale = sorted(there - wanted.keys())
    listed = set(index.get("phrases", ()))
    return [text for path, text in wanted.items() if path not in there or text not in listed], stale


def resampled(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """Return the samples at `RATE_HZ`: as many of the same frequencies."""
    count = round(len(samples) * RATE_HZ / rate_hz)
    return np.fft.irfft(np.fft.rfft(samples), count) * count / len(samples)


def record(texts: list[str]) -> None:
    """Speak the texts and write their files."""
    voice = voices.voice_named(VOICE)
    assert voice is not None
    engine = PiperEngine(SpeechRequest("piper", LANGUAGE, VOICE, rate()))
    engine._recorded = None  # noqa: SLF001  it would hand the old recordings back
    for number, text in enumerate(texts, 1):
        print(f"{number}/{len(texts)} {text}", file=sys.stderr)
        sound = engine.speak(text)
        write_opus(recording(LANGUAGE, text), levelled(resampled(sound.samples, sound.rate_hz), RATE_HZ))


def write_opus(path: Path, samples: np.ndarray) -> None:
    """Write samples at `RATE_HZ`, whole or not at all."""
    part = path.with_suffix(".part")
    frame = av.AudioFrame.from_ndarray(samples.astype(np.float32)[np.newaxis], format="flt", layout="mono")
    frame.sample_rate = RATE_HZ
    with av.open(str(part), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE_HZ, layout="mono")
        stream.bit_rate = BIT_RATE
        for piece in (frame, None):
            container.mux(stream.encode(piece))
    part.replace(path)


def main() -> int:
    """Do what is asked for; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="speak everything again")
    parser.add_argument("--check", action="store_true", help="change nothing")
    asked = parser.parse_args()
    texts, stale = changes()
    if asked.check:
        for line in [f"not recorded: {text}" for text in texts] + [
            f"no longer said: {p.name}" for p in stale
        ]:
            print(line)
        return 1 if texts or stale else 0
    folder = FOLDER / LANGUAGE
    folder.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.unlink()
    record(list(phrases()) if asked.all else texts)
    index = {
        "voice": VOICE,
        "licence": "CC0",
        "piper": version("piper-tts"),
        "rate": rate(),
        "phrases": list(phrases()),
    }
    (folder / INDEX).write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{len(index['phrases'])} phrases, {size / 1e6:.2f} MB")
    return 0 if size <= LARGEST else 1


if __name__ == "__main__":
    sys.exit(main())
