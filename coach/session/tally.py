"""The outcome of a session: the summary a person reads."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean, median

from coach.coaching.phrases import SCREEN, PhraseBook, capital
from coach.events import Attempt, Event, JawCircle, Recall, Released, Rep, Smile
from coach.progress.today import EYES, MEMORY, NO_EYES
from coach.progress.words import ProgressWords

Line = tuple[str, str]


@dataclass(slots=True)
class Tally:
    """Counts and measures of one session, by exercise.

    `eyes`: whether they joined in, for each smile that was asked for with them, as the end card counts them.
    """

    reps: Counter[str] = field(default_factory=Counter)
    holds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    smiles: list[Smile] = field(default_factory=list)
    recall_s: list[float] = field(default_factory=list)
    eyes: list[bool] = field(default_factory=list)
    circles: int = 0

    def add(self, events: Sequence[Event]) -> None:
        """Take in what happened."""
        for event in events:
            name = event.exercise or ""
            if isinstance(event, Rep):
                self.reps[name] += 1
                self.eyes += [True] if name == EYES else []
            elif isinstance(event, Released):
                self.holds[name].append(event.whole_hold_s)
            elif isinstance(event, Smile):
                self.smiles.append(event)
            elif isinstance(event, Attempt):
                self.eyes += [False] if name == EYES and event.reason in NO_EYES else []
            elif isinstance(event, Recall) and event.latency_s is not None:
                self.recall_s.append(event.latency_s)
                self.eyes.append(event.eye_engaged)
            elif isinstance(event, JawCircle):
                self.circles += 1

    def lines(self, names: Sequence[str], book: PhraseBook, duration_s: float) -> tuple[Line, ...]:
        """Return the summary: (label, value), one line a fact, in the person's language."""

        def label(key: str) -> str:
            return book.text(SCREEN, key)

        words = ProgressWords(book)
        lines: list[Line] = []
        for name in dict.fromkeys(names):
            value = words.count("reps", self.reps[name])
            if self.holds[name] and name != MEMORY:
                held = words.seconds(mean(self.holds[name]))
                value += f" · {book.text(SCREEN, 'mean_hold', time=held)}"
            lines.append((book.text(name, "title"), value))
        if self.circles:
            lines.append((capital(label("circles")), str(self.circles)))
        if self.smiles:
            even = median(smile.symmetry for smile in self.smiles)
            lines.append((capital(label("evenness")), words.share(even)))
        if self.recall_s:
            lines.append((capital(label("recall_time")), words.seconds(median(self.recall_s))))
        if self.eyes:
            lines.append((capital(label("eyes_engaged")), words.share(mean(self.eyes))))
        minutes, seconds = divmod(round(duration_s), 60)
        lines.append((capital(label("duration")), f"{minutes}:{seconds:02d}"))
        return tuple(lines)
