"""The sounds of a session tell with the eyes shut what happens, and never cover the words."""

import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from players import RecordingPlayer

from coach.coaching.cues import Cue, CueKind
from coach.shell.sound.beeps import BeepVoice
from coach.shell.sound.chimes import CHIME_LUFS, FALLING, TICK_LUFS, Chimes, rising
from coach.shell.sound.loudness import finished, loudness_lufs


def cue(kind: CueKind, **values: int) -> Cue:
    return Cue(0.0, kind, "k", values=dict(values), text="words")


def read(path: Path) -> tuple[np.ndarray, int]:
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 32767, file.getframerate()


def pitch(samples: np.ndarray, rate_hz: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples, 2**17))
    return float(np.argmax(spectrum) * rate_hz / 2**17)


@pytest.fixture
def words(tmp_path):
    """Return a file of words: a second of something between 300 and 900 Hz."""
    t = np.arange(22_050) / 22_050
    sound = np.sin(2 * np.pi * (300 + 300 * t) * t) * np.sin(2 * np.pi * 2.5 * t) ** 2
    path = tmp_path / "words.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        file.writeframes(finished(sound, 22_050).tobytes())
    return path


def test_beeps_tell_the_kinds_apart(tmp_path):
    """Every kind has its own audible sound, none longer than a second."""
    player = RecordingPlayer()
    voice = BeepVoice(player, Chimes(tmp_path, 1.0))
    for kind in CueKind:
        voice.say(cue(kind))
    sounds = [read(path) for path in player.played]
    assert len({samples.tobytes() for samples, _ in sounds}) == len(CueKind)
    for samples, rate_hz in sounds:
        assert TICK_LUFS - 1 < loudness_lufs(samples, rate_hz) < CHIME_LUFS + 1
        assert 20 * np.log10(np.abs(samples).max()) <= -3.0
        assert len(samples) / rate_hz <= 1.1


def test_each_repetition_rings_higher_than_the_one_before(tmp_path):
    """One hears how far the set is."""
    chimes = Chimes(tmp_path, 1.0)
    heights = [pitch(*read(chimes.alone(cue(CueKind.COUNT, n=n)))) for n in range(1, 11)]
    assert all(low * 1.1 < high for low, high in pairwise(heights))
    assert heights[0] == pytest.approx(392, abs=2)
    assert rising(12) == rising(40)
    assert rising(40)[0][0] < 2000


def test_letting_go_is_two_falling_notes_before_the_words(tmp_path, words):
    """They are heard first, and the words are all there, at the same loudness."""
    (high, _), (low, _) = FALLING
    path = Chimes(tmp_path, 1.0).with_words(cue(CueKind.RELEASE), words)
    both, rate_hz = read(path)
    alone, _ = read(words)
    assert high > low
    assert pitch(both[: rate_hz // 12], rate_hz) == pytest.approx(high, rel=0.05)
    begin = len(both) - len(alone)
    assert begin / rate_hz == pytest.approx(0.08, abs=0.01)
    later = slice(rate_hz * 3 // 4, None)
    np.testing.assert_allclose(both[begin:][later], alone[later], atol=0.02)
    assert loudness_lufs(both, rate_hz) == pytest.approx(-20, abs=1)
    assert 20 * np.log10(np.abs(both).max()) <= -3.0


def test_a_countdown_ticks_and_what_is_not_spoken_yet_still_rings(tmp_path, words):
    """The tick stands for the number; without words the chime is heard; other kinds have words alone."""
    chimes = Chimes(tmp_path, 1.0)
    tick = chimes.with_words(cue(CueKind.COUNTDOWN), words)
    assert tick == chimes.alone(cue(CueKind.COUNTDOWN))
    samples, rate_hz = read(tick)
    assert len(samples) / rate_hz < 0.1
    assert chimes.with_words(cue(CueKind.COUNT, n=2), None) == chimes.alone(cue(CueKind.COUNT, n=2))
    assert chimes.with_words(cue(CueKind.PRAISE), words) == words
    assert chimes.with_words(cue(CueKind.PRAISE), None) is None


def test_a_full_disk_leaves_the_words_alone(tmp_path, words):
    """Where no sound can be written, nothing fails: the words are played as they are."""
    chimes = Chimes(tmp_path / "gone", 1.0)
    assert chimes.with_words(cue(CueKind.RELEASE), words) == words
    assert chimes.alone(cue(CueKind.RELEASE)) is None
    player = RecordingPlayer()
    BeepVoice(player, chimes).say(cue(CueKind.RELEASE))
    assert player.played == []


def test_words_that_cannot_be_read_are_played_as_they_are(tmp_path):
    """A file cut off by a crash is the player's business, as before."""
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF")
    assert Chimes(tmp_path, 1.0).with_words(cue(CueKind.RELEASE), broken) == broken
