"""How every phrase sounds in every engine: loudness, peak, silence before it, pace, expected length.

::

    python benchmarks/speech.py                      # the engines and languages that this machine has
    python benchmarks/speech.py --engine piper --language en

A line for each engine and language, and each phrase outside of the limits: -20 LUFS within 1, peak at most
-3 dBFS, 80 ms of silence before. `over` is the share of phrases that last longer than the coach expects
(`coach.coaching.cue_scheduler.estimate_s`), which the next cue might cut off; `wpm` the pace on espeak-ng's
scale, where it is set to `rate`. A minute with the system's voice, several with Piper.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import wave
from dataclasses import asdict
from pathlib import Path

import numpy as np

from coach.coaching.cue_scheduler import estimate_s
from coach.shell.profile.language_files import languages, load_phrase_book
from coach.shell.sound.choice import usable_voice
from coach.shell.sound.engine import SpeechRequest
from coach.shell.sound.loudness import LEAD_IN_S, PEAK_DBFS, TARGET_LUFS, loudness_lufs
from coach.shell.sound.recorded_engine import recorded_index
from coach.shell.sound.speech import RENDER

EXERCISES = ("cheek_raiser", "symmetry_drill", "combined", "jaw_release", "memory_anchor", "check_in")
RATE = 165


def requests(language: str, pace: float) -> list[SpeechRequest]:
    """Return how this machine can speak the language."""
    rate = round(RATE * pace)
    found = [SpeechRequest("system", language, "", rate)]
    if recorded_index(language):
        found.append(SpeechRequest("recorded", language, "", rate))
    if voice := usable_voice(language, Path()):
        found.append(SpeechRequest("piper", language, voice.name, rate))
    return found


def render(how: SpeechRequest, texts: tuple[str, ...], folder: Path) -> dict[str, tuple[np.ndarray, int]]:
    """Return the sound of each text that the engine speaks."""
    paths = {text: folder / f"{how.engine}-{how.language}-{number}.wav" for number, text in enumerate(texts)}
    items = [{"text": text, "path": str(path)} for text, path in paths.items()]
    request = json.dumps({**asdict(how), "items": items})
    done = subprocess.run(RENDER, input=request, text=True, capture_output=True, check=False, cwd=folder)
    if done.stderr.strip():
        print(done.stderr.strip())
    sounds = {}
    for text, path in paths.items():
        if path.exists():
            with wave.open(str(path), "rb") as file:
                samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 32767
                sounds[text] = samples, file.getframerate()
    return sounds


def faults(samples: np.ndarray, rate_hz: int) -> str:
    """Return what is outside of the limits, or nothing."""
    lufs, peak = loudness_lufs(samples, rate_hz), 20 * np.log10(np.abs(samples).max())
    wrong = []
    if abs(lufs - TARGET_LUFS) > 1:
        wrong.append(f"{lufs:.1f} LUFS")
    if peak > PEAK_DBFS:
        wrong.append(f"peak {peak:.1f} dBFS")
    if samples[: round(LEAD_IN_S * rate_hz)].any():
        wrong.append("no silence before")
    return ", ".join(wrong)


def main() -> int:
    """Measure, print, and return 1 where anything is outside of the limits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=["system", "recorded", "piper"])
    parser.add_argument("--language", choices=languages())
    asked = parser.parse_args()
    wrong = 0
    print(f"{'':18}phrases  LUFS min..max   peak max  over  longest over  wpm (set)")
    for language in languages():
        book = load_phrase_book(language)
        texts = book.spoken(EXERCISES)
        spoken_s: dict[str, dict[str, float]] = {}
        for how in requests(language, book.pace):
            if asked.engine not in (None, how.engine) or asked.language not in (None, language):
                continue
            with tempfile.TemporaryDirectory() as folder:
                sounds = render(how, texts, Path(folder))
            spoken_s[how.engine] = lasts = {text: len(s) / hz for text, (s, hz) in sounds.items()}
            lufs = [loudness_lufs(*sound) for sound in sounds.values()]
            peak = max(20 * np.log10(np.abs(samples).max()) for samples, _ in sounds.values())
            over = np.array([lasts[text] - estimate_s(text, how.rate) for text in sounds])
            system = spoken_s.get("system")
            words = sum(lasts[text] - LEAD_IN_S for text in lasts)
            wpm = how.rate * sum(system[text] - LEAD_IN_S for text in lasts) / words if system else np.nan
            print(
                f"{how.engine:10}{language:8}{len(sounds):4}/{len(texts):<4}{min(lufs):6.1f}..{max(lufs):.1f}"
                f"{peak:11.1f}{(over > 0).mean():7.0%}{over.max():11.2f} s{wpm:8.0f} ({how.rate})"
            )
            for text, sound in sounds.items():
                if fault := faults(*sound):
                    wrong += 1
                    print(f"    {text}: {fault}")
            wrong += len(texts) - len(sounds)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
