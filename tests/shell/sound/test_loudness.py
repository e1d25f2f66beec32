"""Whatever an engine speaks comes out equally loud, without peaks that hurt, and begins softly."""

import numpy as np
import pytest

from coach.shell.sound.loudness import LEAD_IN_S, finished, levelled, limited, loudness_lufs

RATES = (16_000, 22_050, 24_000, 44_100, 48_000)


def sine(hertz: float, level: float, rate_hz: int, seconds: float = 2.0) -> np.ndarray:
    return level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate_hz)) / rate_hz)


def words(rate_hz: int = 22_050, seconds: float = 1.5, seed: int = 0) -> np.ndarray:
    """Return noise that swells and sinks like syllables, quiet, with silence around it."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * rate_hz))
    t = np.arange(len(noise)) / rate_hz
    silence = np.zeros(rate_hz // 3)
    return np.concatenate([silence, 0.02 * noise * np.sin(2 * np.pi * 2 * t) ** 4, silence])


def peak_dbfs(samples: np.ndarray) -> float:
    return 20 * np.log10(np.abs(samples).max())


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_full_sine_of_997_hz_is_what_the_recommendation_says(rate_hz):
    """BS.1770: -3.01 LUFS on one channel, at any rate."""
    assert loudness_lufs(sine(997, 1.0, rate_hz), rate_hz) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize(("hertz", "lufs"), [(110, -15.05), (4000, -13.6)])
def test_low_notes_count_less_and_high_ones_more(hertz, lufs):
    """The figures are those of ffmpeg's ebur128 for the same sounds."""
    level = {110: 0.3, 4000: 0.2}[hertz]
    assert loudness_lufs(sine(hertz, level, 22_050), 22_050) == pytest.approx(lufs, abs=0.1)


def test_silence_between_words_does_not_make_them_quieter():
    """The gate: a pause of five seconds changes nothing."""
    tone = sine(440, 0.1, 22_050)
    paused = np.concatenate([tone, np.zeros(5 * 22_050), tone])
    assert loudness_lufs(paused, 22_050) == pytest.approx(loudness_lufs(tone, 22_050), abs=0.5)
    assert loudness_lufs(np.zeros(22_050), 22_050) == float("-inf")


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("seconds", [0.25, 1.5])
def test_quiet_or_loud_short_or_long_words_come_out_alike(rate_hz, seconds):
    """-20 LUFS within 1, peaks at most at -3 dBFS, 80 ms of silence first."""
    for louder in (1, 40):
        spoken = finished(louder * words(rate_hz, seconds), rate_hz) / 32767
        assert loudness_lufs(spoken, rate_hz) == pytest.approx(-20, abs=0.5)
        assert peak_dbfs(spoken) <= -3.0
        lead = round(LEAD_IN_S * rate_hz)
        assert not spoken[:lead].any()
        assert np.abs(spoken[lead : lead + 20]).max() < 0.05
        assert len(spoken) < (seconds + 0.2) * rate_hz


def test_volume_is_a_share_of_that():
    """Half is 6 dB less."""
    full, half = (finished(words(), 22_050, volume) / 32767 for volume in (1.0, 0.5))
    assert loudness_lufs(full, 22_050) - loudness_lufs(half, 22_050) == pytest.approx(6.02, abs=0.1)
    assert not finished(words(), 22_050, 0.0).any()


def test_a_click_is_turned_down_and_the_words_around_it_stay():
    """The limiter reaches a few milliseconds."""
    sound = sine(220, 0.2, 22_050)
    sound[20_000] = 1.0
    held = limited(sound, 22_050)
    assert peak_dbfs(held) <= -3.0
    np.testing.assert_array_equal(held[:19_000], sound[:19_000])
    np.testing.assert_array_equal(held[21_000:], sound[21_000:])
    assert limited(held, 22_050) is held


def test_what_cannot_be_heard_is_no_phrase():
    """Silence raises, so that nobody waits for it."""
    with pytest.raises(ValueError, match="nothing can be heard"):
        finished(np.zeros(22_050), 22_050)
    with pytest.raises(ValueError, match="nothing can be heard"):
        levelled(np.zeros(22_050), 22_050)


def test_words_fade_in_and_out():
    """Cut off where they are loud, they would begin and end with a click."""
    sound = finished(sine(220, 0.2, 22_050), 22_050) / 32767
    words = sound[round(LEAD_IN_S * 22_050) :]
    loud, edge = np.abs(words).max(), 22  # a millisecond
    assert np.abs(words[:edge]).max() < 0.15 * loud
    assert np.abs(words[-edge:]).max() < 0.15 * loud
    assert np.abs(words[10 * edge : 15 * edge]).max() > 0.95 * loud  # and within 10 ms they are there


def test_words_begin_after_80_ms_of_silence():
    """Devices swallow the first instant of a sound; the words fade in after it."""
    heard = np.flatnonzero(finished(words(), 22_050))
    assert heard[0] / 22_050 == pytest.approx(0.08, abs=0.01)
