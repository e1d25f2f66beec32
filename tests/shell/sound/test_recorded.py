"""What ships as a recording is what is said: nothing missing, nothing left over, small and readable."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from coach.coaching.cue_scheduler import estimate_s
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.sound.engine import RenderError, SpeechRequest
from coach.shell.sound.loudness import LEAD_IN_S, PEAK_DBFS, TARGET_LUFS, finished, loudness_lufs
from coach.shell.sound.recorded_engine import (
    FOLDER,
    RecordedEngine,
    read_opus,
    recorded_as,
    recorded_index,
    unrecorded,
)

SCRIPT = Path(__file__).parents[3] / "config" / "speech" / "record.py"
REMEDY = "run config/speech/record.py (needs pip install -e '.[voice]')"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("record", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_phrase_has_a_recording_and_every_recording_a_phrase(script):
    """A reworded phrase is told here; the script speaks what is new and deletes what is no longer said."""
    missing, stale = script.changes()
    assert not missing, f"not recorded: {missing}; {REMEDY}"
    assert not stale, f"no longer said: {[path.name for path in stale]}; {REMEDY}"
    assert recorded_as("en", "en_US-joe-medium", script.rate())


def test_the_recordings_are_small():
    """3 MB at most in the package."""
    assert 500_000 < sum(path.stat().st_size for path in FOLDER.rglob("*")) < 3_000_000


def test_every_recording_is_heard_as_loud_as_the_others_and_at_its_pace():
    """Each as it is played: -20 LUFS within 1, peaks, the silence first, neither empty nor endless."""
    engine = RecordedEngine(SpeechRequest("recorded", "en", "", 165))
    advice = load_phrase_book("en").text("session", "hurt_rest")  # nothing waits for its end
    for text in recorded_index("en")["phrases"]:
        sound = engine.speak(text)
        played, rate_hz = finished(sound.samples, sound.rate_hz) / 32767, sound.rate_hz
        assert loudness_lufs(played, rate_hz) == pytest.approx(TARGET_LUFS, abs=1), text
        assert 20 * np.log10(np.abs(played).max()) <= PEAK_DBFS, text
        assert not played[: round(LEAD_IN_S * rate_hz)].any(), text
        seconds = len(played) / rate_hz
        assert 0.3 < seconds < 0.6 + 0.11 * len(text), text
        assert text == advice or seconds < 1.15 * estimate_s(text, 165) + 0.1, text


def test_what_the_script_writes_is_what_is_read(script, tmp_path):
    """A tone at Piper's rate comes back as long, as high and as loud from the file."""
    t = np.arange(22_050) / 22_050
    tone = script.resampled(0.2 * np.sin(2 * np.pi * 440 * t), 22_050)
    script.write_opus(tmp_path / "tone.opus", tone)
    sound = read_opus(tmp_path / "tone.opus")
    assert sound.rate_hz == 24_000
    assert len(sound.samples) == pytest.approx(24_000, abs=500)
    spectrum = np.abs(np.fft.rfft(sound.samples[:24_000]))
    assert np.argmax(spectrum) == pytest.approx(440, abs=2)
    assert loudness_lufs(sound.samples, 24_000) == pytest.approx(loudness_lufs(tone, 24_000), abs=0.5)
    assert [path.name for path in tmp_path.iterdir()] == ["tone.opus"]


def test_a_phrase_that_was_never_recorded_is_said_so():
    """And told before a session begins."""
    assert unrecorded("en", ["Purse your lips"]) == ["Purse your lips"]
    assert unrecorded("xx", ["Purse"]) == ["Purse"]
    with pytest.raises(RenderError, match="not among the recorded"):
        RecordedEngine(SpeechRequest("recorded", "en", "", 165)).speak("Purse your lips")


@pytest.mark.parametrize("data", [b"", b"OggS", b"RIFF" * 100], ids=["empty", "cut off", "no Opus"])
def test_a_broken_recording_costs_that_phrase_alone(tmp_path, data):
    """One line that names the file; the remedy is a new installation."""
    path = tmp_path / "x.opus"
    path.write_bytes(data)
    with pytest.raises(RenderError, match=r"x\.opus .*; reinstall smile-coach"):
        read_opus(path)
