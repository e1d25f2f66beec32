"""The queue of cues: they go in at any time, and at most one comes out in each frame."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from coach.coaching import cue_scheduler as scheduler
from coach.coaching.cues import Cue, CueKind
from coach.coaching.phrases import SESSION, PhraseBook
from coach.coaching.spec import CueExpiry


class CueQueue:
    """Fills cues with words and lets them out one at a time, the most urgent first.

    Example::

        queue.enqueue(t, CueKind.INSTRUCTION, "go", "cheek_raiser")
        cue = queue.next(t)
        if cue is not None:
            voice.say(cue)

    Parameters
    ----------
    book
        Words in the person's language.
    rate_wpm
        The voice's rate, words a minute; it tells how long a cue takes to say.
    expiry
        How long a cue may wait.
    section
        The section of the language file for cues that belong to no exercise.
    """

    def __init__(self, book: PhraseBook, rate_wpm: float, expiry: CueExpiry, section: str = SESSION) -> None:
        self._book = book
        self._section = section
        self._rate_wpm = rate_wpm * book.pace
        self._expiry = expiry
        self._state = scheduler.SchedulerState()
        self._new: list[Cue] = []

    @property
    def until(self) -> float:
        """When the current cue ends, seconds."""
        return self._state.until

    def enqueue(
        self, t: float, kind: CueKind, key: str, exercise: str | None = None, **values: str | int
    ) -> None:
        """Queue one of the session's phrases, or an exercise's."""
        self.add(Cue(t, kind, key, exercise, dict(values)))

    def add(self, *cues: Cue) -> None:
        """Queue these."""
        self._new += cues

    def quiet(self, t: float) -> bool:
        """Whether nothing is being said and nothing is waiting."""
        return t >= self._state.until and not self._state.waiting and not self._new

    def hush(self) -> None:
        """Drop everything: it is no longer true."""
        self._state = scheduler.SchedulerState()
        self._new = []

    def drop(self, keys: Collection[str]) -> None:
        """Drop the waiting cues with one of these keys: they are no longer true."""
        if not keys:
            return
        waiting = tuple(cue for cue in self._state.waiting if cue.key not in keys)
        self._state = replace(self._state, waiting=waiting)
        self._new = [cue for cue in self._new if cue.key not in keys]

    def clear(self) -> None:
        """Drop every waiting cue; the current one goes on."""
        self._state = replace(self._state, waiting=())
        self._new = []

    @property
    def waiting_s(self) -> float:
        """How long all waiting cues take to say, seconds."""
        return sum(self.lasts_cue(cue) for cue in (*self._state.waiting, *self._new))

    def lasts(self, key: str) -> float:
        """Return how long one of the session's phrases takes to say, seconds."""
        return self._spoken_s(self._book.text(self._section, key))

    def lasts_cue(self, cue: Cue) -> float:
        """Return how long a cue takes to say, seconds; of several variants the first."""
        return self._spoken_s(self._book.text(cue.exercise or self._section, cue.key, **cue.values))

    def next(self, t: float) -> Cue | None:
        """Return the cue to start saying in this frame, with its words; None if there is none."""
        if not self._new and not self._state.waiting:
            return None
        cues = tuple(self._book.fill(cue, self._section) for cue in self._new)
        self._new = []
        self._state, said = scheduler.step(self._state, t, cues, self._spoken_s, self._expiry)
        return said

    def _spoken_s(self, text: str) -> float:
        return scheduler.estimate_s(text, self._rate_wpm)
