"""Showing the session: the protocol of a display, its commands, and the display that shows nothing."""

from __future__ import annotations

from enum import Enum
from typing import Literal, Protocol, TypeAlias

from coach.coaching.screen import Screen
from coach.shell.system.terminal_lines import TERMINAL, TerminalLines
from coach.types import FaceObservation, Frame, Image

WindowView: TypeAlias = Literal["picture", "overlay", "outline", "hidden"]
VIEWS: tuple[WindowView, ...] = ("picture", "overlay", "outline", "hidden")


class Command(Enum):
    """What the person asks for, by key or click; the value is the key."""

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
    DIGIT_0 = "0"
    DIGIT_1 = "1"
    DIGIT_2 = "2"
    DIGIT_3 = "3"
    DIGIT_4 = "4"
    DIGIT_5 = "5"
    DIGIT_6 = "6"
    DIGIT_7 = "7"
    DIGIT_8 = "8"
    DIGIT_9 = "9"
    TEN = "x"
    OTHER = ""  # any other key that writes something, or Enter


class Display(Protocol):
    """Shows one screen a frame and returns the commands since the last one.

    Example::

        for command in display.show(frame, observation, screen):
            if command is Command.QUIT:
                return
    """

    @property
    def view(self) -> WindowView:
        """How the person is shown now."""
        ...

    @property
    def canvas(self) -> Image | None:
        """The picture in the window; None if there is no window."""
        ...

    def show(
        self, frame: Frame | None, observation: FaceObservation | None, screen: Screen
    ) -> tuple[Command, ...]:
        """Draw and return the commands; a closed window is `Command.QUIT`."""
        ...

    def close(self) -> None:
        """Close the window; safe to call twice."""
        ...


# Without a window a command is its letter and Enter; Enter alone pauses and goes on.
TYPED = {
    command.value: command
    for command in Command
    if command not in {Command.VIEW, Command.FULLSCREEN, Command.LATENCY, Command.HELP, Command.OTHER}
} | {"": Command.PAUSE}


class NoDisplay:
    """A display for machines without one: keeps the last screen, asks for nothing."""

    def __init__(self) -> None:
        self.last: Screen | None = None
        self.view: WindowView = "overlay"
        self.canvas: Image | None = None

    def show(
        self, frame: Frame | None, observation: FaceObservation | None, screen: Screen
    ) -> tuple[Command, ...]:
        """Keep the screen and return no command."""
        del frame, observation
        self.last = screen
        return ()

    def close(self) -> None:
        """Do nothing: there is no window."""


class TerminalKeys(NoDisplay):
    """A display for people who see nothing: shows nothing, and hears the keys typed in the terminal."""

    def __init__(self, lines: TerminalLines = TERMINAL) -> None:
        super().__init__()
        self._lines = lines

    def show(
        self, frame: Frame | None, observation: FaceObservation | None, screen: Screen
    ) -> tuple[Command, ...]:
        """Keep the screen and return the commands typed since the last one."""
        super().show(frame, observation, screen)
        line = self._lines.take()
        command = None if line is None else TYPED.get(line[:1].lower())
        return () if command is None else (command,)
