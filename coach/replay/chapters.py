"""A session's marks: moments worth going back to, with a title each; and the words said, as subtitles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from coach.coaching.cue_scheduler import estimate_s
from coach.coaching.phrases import SCREEN, SESSION, PhraseBook
from coach.events import (
    Attempt,
    CueGiven,
    Event,
    JawCircle,
    Paused,
    Recall,
    Rep,
    Smile,
    Stage,
)

MarkKind: TypeAlias = Literal["exercise", "rep", "attempt", "smile", "stage", "recall", "break"]
LEAST_S = 1.5  # a subtitle is read, not only heard
LAST_S = 3.0  # how long the last mark lasts
PAUSES: Final = {"face_lost": "paused_face", "camera_lost": "camera_lost"}


@dataclass(frozen=True, slots=True)
class Mark:
    """`t`: seconds at which to look, the onset where there was one. `title`: in the person's language."""

    t: float
    kind: MarkKind
    title: str
    exercise: str | None = None


@dataclass(frozen=True, slots=True)
class Subtitle:
    """Words shown from `start` to `end`, seconds."""

    start: float
    end: float
    text: str


def marks(events: Iterable[Event], book: PhraseBook) -> list[Mark]:
    """Return the marks of a session in order of time; an exercise's first cue is its beginning."""
    found: list[Mark] = []
    exercise: str | None = None
    for event in events:
        if event.exercise is not None and event.exercise != exercise:
            exercise = event.exercise
            found.append(Mark(event.t, "exercise", book.text(exercise, "title"), exercise))
        mark = _mark(event, book)
        if mark is not None:
            found.append(mark)
    return sorted(found, key=lambda mark: mark.t)


def _mark(event: Event, book: PhraseBook) -> Mark | None:
    name = event.exercise
    mark: tuple[float, MarkKind, str] | None = None
    match event:
        case Rep():
            mark = event.start, "rep", f"{event.index}"
        case Attempt():
            mark = event.start, "attempt", _reason(event, book)
        case Smile():
            mark = event.start, "smile", f"{book.text(SCREEN, 'evenness')} {event.symmetry:.0%}"
        case Stage(status="started"):
            mark = event.t, "stage", event.name.replace("_", " ")
        case JawCircle():
            mark = event.t, "rep", f"{book.text(SCREEN, 'circles')} {event.index}"
        case Recall():
            mark = event.onset_t or event.cue_t, "recall", f"{event.index}"
        case Paused():
            return Mark(event.t, "break", book.text(SESSION, PAUSES.get(event.cause, "paused")))
    if mark is None:
        return None
    t, kind, text = mark
    return Mark(t, kind, f"{book.text(name, 'title')}: {text}" if name else text, name)


def _reason(event: Attempt, book: PhraseBook) -> str:
    """Say what was said about it; where that names a side, which the event does not, only `once more`."""
    said = book.text(event.exercise or SESSION, event.reason, side="\0")
    return book.text(SCREEN, "attempt") if "\0" in said else said


def subtitles(events: Iterable[Event], rate_wpm: float) -> list[Subtitle]:
    """Return the words said, each as long as it takes to say and until the next one at most."""
    said = [event for event in events if isinstance(event, CueGiven)]
    lines = []
    for event, following in zip(said, [*said[1:], None], strict=True):
        end = event.t + max(estimate_s(event.text, rate_wpm), LEAST_S)
        if following is not None:
            end = min(end, following.t)
        if end > event.t:
            lines.append(Subtitle(event.t, end, event.text))
    return lines


def chapters(found: Sequence[Mark], end: float) -> list[Subtitle]:
    """Return marks as stretches, each up to the next one; of several at one moment the last."""
    ends = [mark.t for mark in found[1:]] + [max(end, found[-1].t + LAST_S)] if found else []
    return [Subtitle(m.t, until, m.title) for m, until in zip(found, ends, strict=True) if until > m.t]


def web_vtt(lines: Iterable[Subtitle], zero: float = 0.0) -> str:
    """Return a WebVTT file (W3C); `zero`: the film's beginning, seconds of the session."""
    parts = ["WEBVTT\n"]
    for line in lines:
        start, end = max(line.start - zero, 0.0), line.end - zero
        if end > start:
            parts.append(f"{_stamp(start)} --> {_stamp(end)}\n{_escaped(line.text)}\n")
    return "\n".join(parts)


def _stamp(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def _escaped(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
