"""When each cue is said: one at a time, the most urgent first, none of them late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from coach.coaching.cues import Cue, CueKind
from coach.coaching.spec import CueExpiry

INTERRUPTING = frozenset({CueKind.SAFETY, CueKind.RELEASE, CueKind.HOLD, CueKind.COUNTDOWN})
"""Kinds that cannot wait: they cut off any less urgent cue, but a correction yields to `SAFETY` alone."""

LEAD_IN_S = 0.08  # of silence before the words, at any rate; a test compares it with the sound's own
# Fitted to 588 phrases in four languages, spoken by espeak-ng 1.52 at 165 words a minute, without the
# silence at either end: 97 % are shorter than their estimate, by 0.24 s in the median
# (tests/shell/sound/test_voice.py compares a sample). From 80 to 320 words a minute, durations scale
# with 1 / rate to within 2 %.
_FITTED_RATE_WPM = 165.0
_START_S = 0.2
_LETTER_S = 0.055
_WORD_S = 0.07
_LETTERS = dict.fromkeys("0123456789", 4) | {"%": 7}  # "five", "ninety-eight", "percent"
_PAUSE_S = {",": 0.25, ";": 0.25, " - ": 0.25, ".": 0.4, ":": 0.4, "?": 0.4, "!": 0.4}


def estimate_s(text: str, rate_wpm: float) -> float:
    """Return how long the text takes to say, seconds; slightly generous.

    Parameters
    ----------
    text
        A phrase in one of the languages the coach speaks.
    rate_wpm
        The voice's rate, words a minute.
    """
    if not text:
        return 0.0
    letters = sum(_LETTERS.get(one, one.isalnum()) for one in text)
    inner = text.rstrip(".!? ")
    pauses = sum(pause * inner.count(mark) for mark, pause in _PAUSE_S.items())
    words = len(text.split())
    spoken_s = _START_S + _LETTER_S * letters + _WORD_S * words + pauses
    return LEAD_IN_S + spoken_s * _FITTED_RATE_WPM / rate_wpm


@dataclass(frozen=True, slots=True)
class SchedulerState:
    """The current cue, when it ends (seconds), and the waiting ones: one of each kind, most urgent first."""

    current: Cue | None = None
    until: float = float("-inf")
    waiting: tuple[Cue, ...] = ()


def step(
    state: SchedulerState,
    t: float,
    cues: tuple[Cue, ...],
    spoken_s: Callable[[str], float],
    expiry: CueExpiry,
) -> tuple[SchedulerState, Cue | None]:
    """Take one frame's cues and return the one to start saying now, if any.

    The newest cue of a kind replaces an older one that is waiting. A cue is dropped once it is older than
    its kind allows. A cue starts when nothing is being said, or when it may interrupt and the current one
    is less urgent; a cue that was cut off does not come back. Half a correction may say
    the opposite of the whole, so only `SAFETY` cuts one off.

    Parameters
    ----------
    state
        The last step's state; `SchedulerState()` at the start, and to fall silent.
    t
        The frame's time, seconds.
    cues
        New cues with their texts.
    spoken_s
        How long a text takes to say, seconds.
    expiry
        How long a cue may wait.
    """
    newest = {cue.kind: cue for cue in (*state.waiting, *sorted(cues, key=lambda cue: cue.t))}
    waiting = tuple(newest[kind] for kind in sorted(newest) if t - newest[kind].t <= expiry.of(kind))
    if not waiting or not _may_start(waiting[0], state, t):
        return SchedulerState(state.current, state.until, waiting), None
    first, *rest = waiting
    return SchedulerState(first, t + spoken_s(first.text), tuple(rest)), first


def _may_start(cue: Cue, state: SchedulerState, t: float) -> bool:
    if state.current is None or t >= state.until:
        return True
    if state.current.kind is CueKind.CORRECTION:
        return cue.kind is CueKind.SAFETY
    return cue.kind in INTERRUPTING and cue.kind < state.current.kind
