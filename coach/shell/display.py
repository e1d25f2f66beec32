"""Showing the session: the protocol of a display, its commands, and the display that shows nothing."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from coach.screen import Screen
from coach.types import FaceObservation, Frame


class Command(Enum):
    """What the person asks of the session by key or click; the value is the key."""

    PAUSE = " "
    NEXT = "n"
    BACK = "b"
    RESTART = "r"
    MUTE = "m"
    VIEW = "v"
    FULLSCREEN = "f"
    HELP = "h"
    LATENCY = "l"
    QUIT = "q"


class Display(Protocol):
    """Shows one screen a frame and returns what the person asked for since the last one."""

    def show(
        self, frame: Frame | None, observation: FaceObservation | None, screen: Screen
    ) -> tuple[Command, ...]:
        """Draw and return the commands; a closed window is `Command.QUIT`."""
        ...

    def close(self) -> None:
        """Close the window; safe to call twice."""
        ...


class NoDisplay:
    """A display for machines without one: keeps the last screen, asks for nothing."""

    def __init__(self) -> None:
        self.last: Screen | None = None

    def show(
        self, frame: Frame | None, observation: FaceObservation | None, screen: Screen
    ) -> tuple[Command, ...]:
        """Keep the screen and return no command."""
        del frame, observation
        self.last = screen
        return ()

    def close(self) -> None:
        """Do nothing: there is no window."""
