"""The sounds of a session: what can be heard with the eyes shut, with the words or instead of them.

A guide does nothing for them: the kind of its cue says which sound goes with it.

| kind | with the voice | alone (`mode = "beeps"`) |
|---|---|---|
| `COUNTDOWN` | a soft tick instead of the number | the tick |
| `RELEASE` | two falling notes, then the words | the notes |
| `COUNT` | one note that rises with `values["n"]`, then the words | the note |
| the others | the words alone | a short melody each |

The scale is a major pentatonic one: any two of its notes sound well one after the other.
"""

from __future__ import annotations

import hashlib
import os
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.coaching.cues import Cue, CueKind
from coach.shell.sound.loudness import LEAD_IN_S, Samples, as_int16, levelled, limited

RATE_HZ = 22_050
CHIME_LUFS = -24.0  # softer than words
TICK_LUFS = -30.0
WORDS_AFTER_S = 0.16  # the words begin while the chime dies away

Note = tuple[float, float]
"""Hertz, and seconds after which it has died away to a thousandth."""

TICK: tuple[Note, ...] = ((880.0, 0.06),)
FALLING: tuple[Note, ...] = ((659.3, 0.5), (440.0, 0.7))  # E5, A4
STEP_S = 0.13  # from one note to the next
_ROOT_HZ = 392.0  # G4
_PENTATONIC = (0, 2, 4, 7, 9)  # semitones
_TOP = 12  # the count from which on the note stays where it is, three octaves up would hurt

MELODIES: dict[CueKind, tuple[Note, ...]] = {
    CueKind.SAFETY: ((880.0, 0.3), (659.3, 0.3), (880.0, 0.3), (659.3, 0.5)),
    CueKind.RELEASE: FALLING,
    CueKind.HOLD: ((523.3, 0.6),),
    CueKind.COUNTDOWN: TICK,
    CueKind.CORRECTION: ((392.0, 0.3), (329.6, 0.5)),
    CueKind.PRAISE: ((523.3, 0.3), (659.3, 0.3), (784.0, 0.6)),
    CueKind.INSTRUCTION: ((440.0, 0.4),),
}
WITH_WORDS = frozenset({CueKind.RELEASE, CueKind.COUNT})
INSTEAD_OF_WORDS = frozenset({CueKind.COUNTDOWN})


def rising(count: int) -> tuple[Note, ...]:
    """Return the note of the `count`-th repetition, from 1 on: each higher than the one before."""
    octave, step = divmod(min(max(count, 1), _TOP) - 1, len(_PENTATONIC))
    return ((_ROOT_HZ * 2 ** (octave + _PENTATONIC[step] / 12), 0.6),)


def notes(cue: Cue) -> tuple[Note, ...]:
    """Return the notes of a cue's sound."""
    if cue.kind is CueKind.COUNT:
        count = cue.values.get("n", 1)
        return rising(count if isinstance(count, int) else 1)
    return MELODIES[cue.kind]


def ring(tones: tuple[Note, ...], lufs: float = CHIME_LUFS) -> Samples:
    """Return the notes struck one after the other, like small bells, at that loudness, at `RATE_HZ`."""
    seconds = max(index * STEP_S + lasts for index, (_, lasts) in enumerate(tones))
    samples = np.zeros(round(seconds * RATE_HZ) + 1)
    for index, (hertz, lasts) in enumerate(tones):
        t = np.arange(round(lasts * RATE_HZ)) / RATE_HZ
        strike = np.minimum(t / 0.004, 1.0) * np.exp(-6.9 * t / lasts)  # e**-6.9 is a thousandth
        note = strike * (np.sin(2 * np.pi * hertz * t) + 0.25 * np.sin(4 * np.pi * hertz * t))
        first = round(index * STEP_S * RATE_HZ)
        samples[first : first + len(note)] += note * np.minimum((lasts - t) / 0.01, 1.0)
    return levelled(samples, RATE_HZ, lufs)


class Chimes:
    """Writes the sounds of cues as files, each once.

    Parameters
    ----------
    folder
        Where; it must exist and be writable.
    volume
        0..1.
    """

    def __init__(self, folder: Path, volume: float) -> None:
        self._folder = folder
        self._volume = volume

    def says_all(self, cue: Cue) -> bool:
        """Whether the sound stands for the words."""
        return cue.kind in INSTEAD_OF_WORDS

    def alone(self, cue: Cue) -> Path | None:
        """Return the file of a cue's sound without words, or None if it cannot be written."""
        return self._file(notes(cue), None)

    def with_words(self, cue: Cue, words: Path | None) -> Path | None:
        """Return the file of a cue with its words, or of the sound alone where there are none yet.

        None if the cue has neither. Where a file cannot be written (a full disk), the words stay alone.
        """
        if self.says_all(cue) or (cue.kind in WITH_WORDS and words is None):
            return self.alone(cue)
        if cue.kind not in WITH_WORDS or words is None:
            return words
        return self._file(notes(cue), words)

    def _file(self, tones: tuple[Note, ...], words: Path | None) -> Path | None:
        try:
            return self._written(tones, words)
        except (OSError, EOFError, wave.Error):
            return words

    def _written(self, tones: tuple[Note, ...], words: Path | None) -> Path:
        key = hashlib.sha256(repr((tones, self._volume)).encode()).hexdigest()[:16]
        path = self._folder / (f"chime-{key}.wav" if words is None else f"{words.stem}-{key}.wav")
        if not path.exists():
            samples = self._volume * ring(tones, TICK_LUFS if tones == TICK else CHIME_LUFS)
            if words is None:
                _write(path, samples, RATE_HZ)
            else:
                spoken, rate_hz = _read(words)
                _write(path, mixed(samples, spoken, rate_hz), rate_hz)
        return path


def mixed(chime: Samples, words: Samples, rate_hz: int) -> Samples:
    """Return a chime at `RATE_HZ` and, over its end, words at `rate_hz`."""
    if rate_hz != RATE_HZ:
        moments = np.arange(round(len(chime) * rate_hz / RATE_HZ)) * RATE_HZ / rate_hz
        chime = np.interp(moments, np.arange(len(chime)), chime)
    begin = round((WORDS_AFTER_S - LEAD_IN_S) * rate_hz)
    both = np.zeros(max(len(chime), begin + len(words)))
    both[: len(chime)] += chime
    both[begin : begin + len(words)] += words
    return limited(both, rate_hz)


def _read(path: Path) -> tuple[Samples, int]:
    with wave.open(str(path), "rb") as file:
        data: NDArray[np.int16] = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return data / np.iinfo(np.int16).max, file.getframerate()


def _write(path: Path, samples: Samples, rate_hz: int) -> None:
    """Write the file in one step: another session may look for it at the same moment."""
    part = path.with_name(f"{path.stem}.{os.getpid()}.part")
    with part.open("wb") as opened, wave.open(opened) as file:
        file.setparams((1, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(as_int16(samples).tobytes())
    part.replace(path)
