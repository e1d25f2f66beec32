"""A daily session as it is heard: with the lengths that the spoken words really have."""

from __future__ import annotations

import json
import subprocess
import sys
import wave
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from led import SETTINGS, led

from coach.coaching.cues import Cue
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.plan_files import load_plan
from coach.shell.sound.engine import SpeechRequest
from coach.shell.sound.player import GENTLE_S
from coach.shell.sound.recorded_engine import read_opus, recording
from coach.shell.sound.speech import AT_ONCE, RENDER

espeak = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="espeak-ng's wheel is for Linux")
HEARD = 0.01  # of full scale
FRAME_S = 0.1


def daily(language: str) -> list[tuple[float, Cue]]:
    """Return the cues of a daily session, and when each began to be said."""
    today, _ = load_plan("daily")
    run, _ = led(today, seed=1, script=None, fps=1 / FRAME_S, safety=True, language=language)
    given = run.run().given()
    assert len(given) > 40
    return given


def audible_s(samples: np.ndarray, rate_hz: int) -> float:
    """Return when the last of a phrase can be heard, seconds from its beginning."""
    return float(np.nonzero(np.abs(samples) > HEARD)[0][-1] / rate_hz)


def cut_off(given: list[tuple[float, Cue]], lasts_s: dict[str, float]) -> list[tuple[str, str]]:
    """Return the texts that the next one cuts off, and that one.

    Ticks and "release" begin in silence; anything else lets the last syllable be heard first.
    """
    return [
        (cue.text, following.text)
        for (t, cue), (later, following) in pairwise(given)
        if t + lasts_s[cue.text] > later + (0.0 if following.kind in AT_ONCE else GENTLE_S)
    ]


def test_no_recorded_word_of_a_daily_session_is_cut_off_by_the_next():
    """The English phrases that ship with the program."""
    given = daily("en")
    spoken = {cue.text: read_opus(recording("en", cue.text)) for _, cue in given}
    assert not cut_off(given, {text: audible_s(s.samples, s.rate_hz) for text, s in spoken.items()})


@espeak
@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_no_word_of_a_daily_session_is_cut_off_in_any_language(language: str, tmp_path: Path):
    """As the system's voice speaks them, at the language's own pace: seconds, but heard and not estimated."""
    given = daily(language)
    paths = {text: tmp_path / f"{n}.wav" for n, text in enumerate({cue.text for _, cue in given})}
    rate = round(SETTINGS.voice.rate * load_phrase_book(language).pace)
    request = asdict(SpeechRequest("system", language, "", rate))
    items = [{"text": text, "path": str(path)} for text, path in paths.items()]
    subprocess.run(RENDER, input=json.dumps({**request, "items": items}), text=True, check=True)
    lasts_s = {}
    for text, path in paths.items():
        with wave.open(str(path), "rb") as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 32767
            lasts_s[text] = audible_s(samples, file.getframerate())
    assert not cut_off(given, lasts_s)
