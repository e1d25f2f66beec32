"""The voice of tones: each kind of cue has its own short melody."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.coaching.cues import Cue, CueKind
from coach.shell.sound.player import Player

RATE_HZ = 22_050
RAMP_S = 0.01  # at either end of a tone, so that nothing clicks
GAP_S = 0.03

MELODIES: dict[CueKind, tuple[tuple[float, float], ...]] = {  # (Hz, seconds): rising frees, falling settles
    CueKind.SAFETY: ((880.0, 0.15), (659.3, 0.15), (880.0, 0.15), (659.3, 0.15)),
    CueKind.RELEASE: ((659.3, 0.12), (987.8, 0.22)),
    CueKind.HOLD: ((523.3, 0.3),),
    CueKind.COUNTDOWN: ((784.0, 0.08),),
    CueKind.COUNT: ((1046.5, 0.1),),
    CueKind.CORRECTION: ((392.0, 0.15), (329.6, 0.2)),
    CueKind.PRAISE: ((523.3, 0.1), (659.3, 0.1), (784.0, 0.18)),
    CueKind.INSTRUCTION: ((440.0, 0.18),),
}


def melody(tones: Sequence[tuple[float, float]], volume: float) -> NDArray[np.int16]:
    """Return the samples of some tones in a row.

    Parameters
    ----------
    tones
        (frequency in Hz, duration in seconds) each.
    volume
        0..1.

    Returns
    -------
    (n,) int16 at `RATE_HZ`.
    """
    gap = np.zeros(round(GAP_S * RATE_HZ))
    parts: list[NDArray[np.float64]] = []
    for hertz, seconds in tones:
        t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
        ramp = np.clip(np.minimum(t, seconds - t) / RAMP_S, 0, 1)
        parts += [np.sin(2 * np.pi * hertz * t) * ramp, gap]
    return np.asarray(np.concatenate(parts) * volume * 0.6 * np.iinfo(np.int16).max, dtype=np.int16)


class BeepVoice:
    """Plays a cue's kind as tones.

    Parameters
    ----------
    player
        Plays them.
    folder
        Where the files are written; it must exist and be writable.
    volume
        0..1.
    """

    def __init__(self, player: Player, folder: Path, volume: float) -> None:
        self._player = player
        self._files: dict[CueKind, Path] = {}
        for kind, tones in MELODIES.items():
            self._files[kind] = path = folder / f"{kind.name.lower()}-{round(volume * 100)}.wav"
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE_HZ)
                file.writeframes(melody(tones, volume).tobytes())

    @property
    def problem(self) -> str:
        """Why nothing is heard, one line, or empty while all is well."""
        return self._player.problem

    def say(self, cue: Cue) -> None:
        """Start the tones of the cue's kind, stopping whatever still sounds."""
        self._player.play(self._files[cue.kind])

    def stop(self) -> None:
        """Fall silent at once."""
        self._player.stop()

    def close(self) -> None:
        """Fall silent and let the device go; safe to call twice."""
        self._player.close()
