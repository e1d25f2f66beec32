"""The protocol of everything that leads a person, such as a session, and its result for each frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from coach.coaching.cues import Cue
from coach.coaching.screen import Screen
from coach.events import EndReason, Event
from coach.face.features import Features
from coach.types import FaceObservation


@dataclass(frozen=True, slots=True)
class Output:
    """One frame's result: the events, the cue to start saying, the screen to show, and whether it is over.

    `features`: of this frame's face while an exercise runs, None otherwise. `take`: this frame is to be
    photographed. `notice`: a part that has just failed and is done without, one line.
    """

    events: tuple[Event, ...]
    say: Cue | None
    screen: Screen
    ended: bool
    features: Features | None = None
    take: bool = False
    notice: str = ""


class Flow(Protocol):
    """Leads a person, frame by frame. Time comes with the frames; nothing in it touches a device.

    Whoever runs it feeds it every frame, does what the output says, and keeps the events to the last::

        output = flow.process(frame.t, landmarker.detect(frame))
        keeper.take(output.events)
        if output.say is not None:
            voice.say(output.say)
        display.show(frame, observation, output.screen)
        ...
        keeper.take(flow.end(frame.t, "finished"))
    """

    @property
    def finished(self) -> bool:
        """Whether it was done to its end."""
        ...

    def process(self, t: float, observation: FaceObservation | None) -> Output:
        """Take in one frame's face (None if there is none) at `t` seconds."""
        ...

    def camera_lost(self, t: float) -> Output:
        """Take in that the source gives no pictures at the moment."""
        ...

    def idle(self, t: float) -> Output:
        """Let time go on with nothing new to see."""
        ...

    def toggle_pause(self, t: float) -> None:
        """Pause, or go on."""
        ...

    def move(self, t: float, by: int) -> None:
        """Go to the next step (+1), to the one before (-1), or begin this one again (0)."""
        ...

    def end(self, t: float, reason: EndReason) -> tuple[Event, ...]:
        """Close; return the last events, `session_end` at the very end."""
        ...
