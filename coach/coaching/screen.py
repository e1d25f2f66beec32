"""The screen: all that the window shows in one frame, decided by the flow and drawn by the window."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from coach.exercise.view import Bars
from coach.face.framing import Framing
from coach.types import Image

ScreenPhase: TypeAlias = Literal[
    "ready", "rest", "go", "waiting", "rising", "hold", "fix", "moving", "released", "attempt", "summary"
]
DayMark: TypeAlias = Literal["counted", "forgiven", "missed"]  # forgiven: missed, and no streak ends by it


@dataclass(frozen=True, slots=True)
class EndCard:
    """A session's end.

    `figures`: label, value and the usual value, which may be empty. `said`: sentences, the first one the one
    to remember. `week`: the last seven days, today last: a letter or two, and what the day was. `advice`:
    shown in place of `said`. `ask`: the open question, empty if there is none; `answers`: key and label.
    """

    title: str
    streak: str
    figures: tuple[tuple[str, str, str], ...]
    said: tuple[str, ...]
    week: tuple[tuple[str, DayMark], ...]
    coming: str
    advice: str = ""
    ask: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class NextCard:
    """What comes next, between two exercises: `dose` in words, `image` to think of."""

    title: str
    dose: str
    image: str


@dataclass(frozen=True, slots=True, eq=False)
class PhotoCard:
    """A photo beside what was found in it.

    `photo`: (H, W, 3) uint8 BGR, unmirrored like every picture. `found`: the finding in one sentence.
    `lines`: label and value.
    """

    photo: Image
    title: str
    found: str
    lines: tuple[tuple[str, str], ...]


FaultySide: TypeAlias = Literal["", "left", "right", "both"]


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything the window shows in one frame; texts are already in the person's language.

    `count`/`target`: repetitions done and asked for. `hold`: 0..1 of the hold target; it grows only
    while the form is right. `hold_left_s`: seconds left of it. `fix`: the one thing to change about
    framing, empty when all is well. `caption`: the words last spoken. `progress`: 0..1 of the
    session; `time_left_s`: seconds. `paused`: why the session waits, empty while it runs.
    `lines`: the summary's lines, (label, value); in any other phase they are help, shown over the picture.
    `word`: names the phase instead of the phase's own word, e.g. the fault; `faulty_side`: the side whose bar
    shows the fault. `muted`: the voice is off. `notice`: one quiet line, e.g. why nothing is heard.
    `demonstrate`: the exercise whose movement is to be shown now; `demo`: the picture that shows it, for the
    corner, (H, W, 3) uint8 BGR, unmirrored like every picture. `card`, `end`: shown in place of everything.
    `coming`: shown in place of the picture, with the movement. `step` of `steps`: which exercise is on, from
    0; `done`: those that were done to their end, the others before `step` were left out. `dot`: how far round
    the ring a dot to follow is, in turns clockwise from the top as the person sees it. `swell`: how far the
    ring is breathed in, 0..1. `wide_open`: a picture is taken of a mouth that opens wide.
    """

    phase: ScreenPhase
    title: str = ""
    instruction: str = ""
    exercise: str | None = None
    count: int = 0
    target: int = 0
    hold: float = 0.0
    hold_left_s: float = 0.0
    bars: Bars | None = None
    framing: Framing = "good"
    fix: str = ""
    caption: str = ""
    progress: float = 0.0
    time_left_s: float = 0.0
    paused: str = ""
    demonstrate: str | None = None
    lines: tuple[tuple[str, str], ...] = ()
    word: str = ""
    faulty_side: FaultySide = ""
    muted: bool = False
    notice: str = ""
    demo: Image | None = field(default=None, compare=False)
    card: PhotoCard | None = None
    end: EndCard | None = None
    coming: NextCard | None = None
    step: int = 0
    steps: int = 0
    done: frozenset[int] = frozenset()
    dot: float | None = None
    swell: float | None = None
    wide_open: bool = False
