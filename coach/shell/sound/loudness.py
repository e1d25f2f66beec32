"""Making every phrase equally loud, whichever engine spoke it, and giving it a quiet beginning and end.

Loudness is that of ITU-R BS.1770-5: the mean square of the K-weighted sound in gated blocks of 400 ms, in
LUFS. A sound shorter than one block is measured in one block with silence around it, which is the momentary
loudness of EBU Tech 3341. Checked against `ffmpeg -af ebur128` on spoken phrases and tones: within 0.1 LU.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float64]
"""(n,) one channel, full scale = 1."""

TARGET_LUFS = -20.0
PEAK_DBFS = -3.0
LEAD_IN_S = 0.08  # of silence before the words: devices swallow the first instant of a sound
FADE_S = 0.01
TAIL_S = 0.03  # of the engine's sound after the words, faded out
SILENT = 0.01  # of the peak: quieter samples before and after the words are cut off

_BLOCK_S, _HOP_S = 0.4, 0.1
_OFFSET_DB = -0.691  # makes a full-scale sine of 997 Hz on one channel read -3.01 LUFS
_GATE_LUFS, _RELATIVE_GATE_LU = -70.0, -10.0
_LIMIT_S = 0.004  # how far around a peak the limiter turns the sound down
_ROUNDS = 6  # limiting takes a little loudness away, which is made up for in the next round
_NEAR_DB = 0.05
_ROUNDING = 1e-9  # a sound that was turned down ends a hair above or below, as the processor rounds
_HEADROOM = 0.995  # below the peak allowed, since rounding to 16 bit may add a little


def loudness_lufs(samples: Samples, rate_hz: int) -> float:
    """Return the gated loudness of a sound, LUFS; minus infinity where nothing is above the gate."""
    weighted = _k_weighted(samples, rate_hz)
    block, hop = round(_BLOCK_S * rate_hz), round(_HOP_S * rate_hz)
    weighted = np.pad(weighted, (0, max(block - len(weighted), 0)))
    energy = np.concatenate([[0.0], np.cumsum(weighted**2)])
    starts = np.arange(0, len(weighted) - block + 1, hop)
    power = (energy[starts + block] - energy[starts]) / block
    power = power[_lufs(power) > _GATE_LUFS]
    if power.size:
        power = power[_lufs(power) > _lufs(power.mean()) + _RELATIVE_GATE_LU]
    return float(_lufs(power.mean())) if power.size else float("-inf")


def levelled(samples: Samples, rate_hz: int, target_lufs: float = TARGET_LUFS) -> Samples:
    """Return the sound at `target_lufs`, its peaks turned down to `PEAK_DBFS` where they would exceed it.

    Raises
    ------
    ValueError
        Nothing can be heard in it.
    """
    level = loudness_lufs(samples, rate_hz)
    if not np.isfinite(level):
        raise ValueError("nothing can be heard in it")
    gain_db = target_lufs - level
    for _ in range(_ROUNDS):
        louder = samples * 10 ** (gain_db / 20)
        held = limited(louder, rate_hz)
        if held is louder:
            break
        missing_db = target_lufs - loudness_lufs(held, rate_hz)
        if abs(missing_db) < _NEAR_DB:
            break
        gain_db += missing_db
    return held


def limited(samples: Samples, rate_hz: int) -> Samples:
    """Return the sound with its peaks at most at `PEAK_DBFS`, turned down smoothly a few ms around each."""
    ceiling = _HEADROOM * 10 ** (PEAK_DBFS / 20)
    if np.abs(samples).max(initial=0.0) <= ceiling + _ROUNDING:
        return samples
    reach = max(round(_LIMIT_S * rate_hz), 1)
    gain = np.minimum(1.0, ceiling / np.maximum(np.abs(samples), 1e-12))
    # The lowest gain within reach, smoothed over as much: at each peak still no more than the peak's own.
    around = _lowest(np.pad(gain, 2 * reach, constant_values=1.0), 2 * reach + 1)
    window = np.hanning(2 * reach + 3)[1:-1]
    return samples * np.convolve(around, window / window.sum(), mode="valid")


def _lowest(values: Samples, width: int) -> Samples:
    """Return the smallest of each `width` neighbours, in steps that double."""
    reach = 1
    while 2 * reach <= width:
        values = np.minimum(values[:-reach], values[reach:])
        reach *= 2
    rest = width - reach
    return np.minimum(values[:-rest], values[rest:]) if rest else values


def finished(samples: Samples, rate_hz: int, volume: float = 1.0) -> NDArray[np.int16]:
    """Return words as they are played: silence cut off, levelled, `LEAD_IN_S` of silence and fades added.

    Parameters
    ----------
    samples
        As the engine spoke them.
    rate_hz
        Samples a second.
    volume
        0..1; 1 is `TARGET_LUFS`.

    Raises
    ------
    ValueError
        Nothing can be heard in it.
    """
    level = np.abs(samples)
    loud = np.flatnonzero(level > SILENT * level.max(initial=0.0))
    if loud.size == 0:
        raise ValueError("nothing can be heard in it")
    fade, tail = round(FADE_S * rate_hz), round(TAIL_S * rate_hz)
    words = samples[max(int(loud[0]) - fade, 0) : int(loud[-1]) + 1 + tail].copy()
    slope = np.minimum(np.arange(len(words)) / fade, 1.0)
    words *= slope * slope[::-1]
    whole = np.concatenate([np.zeros(round(LEAD_IN_S * rate_hz)), words])
    return as_int16(volume * levelled(whole, rate_hz))


def as_int16(samples: Samples) -> NDArray[np.int16]:
    """Return the samples as 16-bit numbers."""
    return np.asarray(np.rint(samples * np.iinfo(np.int16).max), dtype=np.int16)


def _lufs(power: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return np.asarray(_OFFSET_DB + 10 * np.log10(np.maximum(power, 1e-12)))


def _k_weighted(samples: Samples, rate_hz: int) -> Samples:
    """Return the sound through the two filters of BS.1770, at any rate.

    The recommendation gives coefficients for 48 kHz alone. The analogue filters behind them (high shelf at
    1682 Hz, +4 dB, Q 0.707; high pass at 38 Hz, Q 0.5) are those that De Man derived, "Evaluation of
    Implementations of the EBU R128 Loudness Measurement" (AES 145, 2018), taken to `rate_hz` by the bilinear
    transform. They are applied as a frequency response, since numpy has no recursive filter.
    """
    # Room for the filters to ring, else it would wrap round; a power of two is quick to transform.
    padded = 1 << (len(samples) + rate_hz // 4).bit_length()
    return np.fft.irfft(np.fft.rfft(samples, padded) * _response(padded, rate_hz), padded)[: len(samples)]


@lru_cache(maxsize=8)  # phrases come in few lengths once they are padded, and each is measured several times
def _response(padded: int, rate_hz: int) -> NDArray[np.complex128]:
    """Return the response of both filters at the frequencies of a transform of `padded` samples."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(padded))
    return _shelf(z, rate_hz) * _high_pass(z, rate_hz)


def _shelf(z: NDArray[np.complex128], rate_hz: int) -> NDArray[np.complex128]:
    k, q = np.tan(np.pi * 1681.974450955533 / rate_hz), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    above = (high + band * k / q + k * k) + 2 * (k * k - high) * z + (high - band * k / q + k * k) * z**2
    below = (1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2
    return np.asarray(above / below)


def _high_pass(z: NDArray[np.complex128], rate_hz: int) -> NDArray[np.complex128]:
    k, q = np.tan(np.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    below = (1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2
    return np.asarray((1 - 2 * z + z**2) / below * (1 + k / q + k * k))
