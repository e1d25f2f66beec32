"""The result of one frame: events for the log, a cue for the voice, a screen for the window."""

from __future__ import annotations

from dataclasses import dataclass

from coach.coaching.cues import Cue
from coach.coaching.screen import Screen
from coach.events import Event
from coach.face.features import Features


@dataclass(frozen=True, slots=True)
class Output:
    """One frame's result: the events, the cue to start saying, the screen to show, and whether it is over.

    `features`: of this frame's face while an exercise runs, None otherwise. `take`: this frame is to be
    photographed.
    """

    events: tuple[Event, ...]
    say: Cue | None
    screen: Screen
    ended: bool
    features: Features | None = None
    take: bool = False
