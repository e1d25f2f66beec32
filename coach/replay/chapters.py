"""A session's chapters: moments worth going back to, each with a title; and the words said, as subtitles."""

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
    StageName,
)
from coach.progress.words import ProgressWords

ChapterKind: TypeAlias = Literal["exercise", "rep", "attempt", "smile", "stage", "recall", "break"]
LEAST_S = 1.5  # a subtitle is read, not only heard
LAST_S = 3.0  # how long the last chapter lasts
PAUSES: Final = {"face_lost": "paused_face", "camera_lost": "camera_lost"}
STAGES: Final[dict[StageName, tuple[str, str]]] = {  # words that are said or shown in it
    "open_hold": ("jaw_release", "hold"),
    "slow_close": ("jaw_release", "close"),
    "circles_clockwise": (SCREEN, "circles"),
    "circles_counterclockwise": ("jaw_release", "circle_ccw"),
    "breath_in": ("jaw_release", "breathe_in"),
    "breath_out": ("jaw_release", "breathe_out"),
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """`t`: seconds at which it begins, the onset where there was one. `title`: in the person's language."""

    t: float
    kind: ChapterKind
    title: str
    exercise: str | None = None


@dataclass(frozen=True, slots=True)
class Subtitle:
    """Words shown from `start` to `end`, seconds."""

    start: float
    end: float
    text: str


def chapters(events: Iterable[Event], book: PhraseBook) -> list[Chapter]:
    """Return a session's chapters in order of time; an exercise begins with its first cue."""
    found: list[Chapter] = []
    exercise: str | None = None
    for event in events:
        if event.exercise is not None and event.exercise != exercise:
            exercise = event.exercise
            found.append(Chapter(event.t, "exercise", book.text(exercise, "title"), exercise))
        chapter = _chapter(event, book)
        if chapter is not None:
            found.append(chapter)
    return sorted(found, key=lambda chapter: chapter.t)


def _chapter(event: Event, book: PhraseBook) -> Chapter | None:
    name = event.exercise
    beginning: tuple[float, ChapterKind, str] | None = None
    match event:
        case Rep():
            beginning = event.start, "rep", f"{event.index}"
        case Attempt():
            beginning = event.start, "attempt", _reason(event, book)
        case Smile():
            even = ProgressWords(book).share(event.symmetry)
            beginning = event.start, "smile", f"{book.text(SCREEN, 'evenness')} {even}"
        case Stage(status="started"):
            beginning = event.t, "stage", book.text(*STAGES[event.name])
        case JawCircle():
            beginning = event.t, "rep", f"{book.text(SCREEN, 'circle')} {event.index}"
        case Recall():
            beginning = event.onset_t or event.cue_t, "recall", f"{event.index}"
        case Paused():
            return Chapter(event.t, "break", book.text(SESSION, PAUSES.get(event.cause, "paused")))
    if beginning is None:
        return None
    t, kind, text = beginning
    return Chapter(t, kind, f"{book.text(name, 'title')}: {text}" if name else text, name)


def _reason(event: Attempt, book: PhraseBook) -> str:
    """Return the words of the correction; only `once more` where they name a side, which the event lacks."""
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


def chapter_titles(found: Sequence[Chapter], end: float) -> list[Subtitle]:
    """Return each chapter's title, shown until the next one begins; of several at one moment the last."""
    if not found:
        return []
    ends = [*(chapter.t for chapter in found[1:]), max(end, found[-1].t + LAST_S)]
    spans = zip(found, ends, strict=True)
    return [Subtitle(chapter.t, until, chapter.title) for chapter, until in spans if until > chapter.t]


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
