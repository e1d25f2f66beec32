"""The session's window: shows the painter's canvas, hears keys and clicks, notices when it is closed."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from statistics import median

import cv2

from coach.coaching.screen import Screen
from coach.errors import Notice
from coach.settings import WindowSettings
from coach.shell.system.native_stderr import native_stderr
from coach.shell.system.typing_keys import TypingKeys
from coach.shell.system.window_system import opening_size, screen_size, wake_windows
from coach.shell.window.display import VIEWS, Command, WindowView
from coach.shell.window.labels import Labels
from coach.shell.window.layout import canvas_size
from coach.shell.window.painter import Appearance, Painter
from coach.shell.window.prompt import QuestionScreen
from coach.shell.window.question_page import QuestionPage
from coach.types import FaceObservation, Frame, Image

KEYS = {command.value: command for command in Command}
ESCAPE = 27
ESCAPES = {ESCAPE, 0xFF1B}  # also X11's
ENTERS = {10, 13}
SPECIAL = 0xFF00  # X11's: arrows, Shift, function keys, whose last byte may be a letter's
KEYS_A_FRAME = 8  # a key held down must not keep the loop from the next picture
X_PORT = 6000  # TCP port of display 0
X_PATIENCE_S = 2.0
KEYS_SHOWN_S = 5.0  # after the last key or movement of the pointer the row of keys fades
FADE_S = 0.8
WAKE_S = (0.1, 0.3, 1.0, 3.0)  # after it was opened, as a slow window system may take that long


def display_problem() -> str:
    """Return why no window can be shown, one line, or nothing.

    OpenCV ends the process when it cannot reach a display, so this is asked before its first window.
    Takes a millisecond: on Linux the X server's socket is opened and closed again.
    """
    if not sys.platform.startswith("linux"):
        return ""
    os.environ["QT_QPA_PLATFORM"] = "xcb"  # the one plugin OpenCV brings; with any other Qt ends the process
    name = os.environ.get("DISPLAY", "")
    if not name:
        return Notice("DISPLAY is not set; start from a desktop or use --no-window")
    if not _x_server_answers(name):
        return Notice("the X server '{name}' does not answer; check DISPLAY or use --no-window", name=name)
    return ""


def _x_server_answers(name: str) -> bool:
    """Whether the display `[host]:number[.screen]` accepts a connection."""
    host, _, rest = name.rpartition(":")
    number = rest.split(".")[0]
    if not number.isdigit():
        return False
    if host in {"", "unix"}:
        path = f"/tmp/.X11-unix/X{number}"  # noqa: S108  # where X servers listen
        # Linux servers also listen under the same name without a file, which containers may see alone.
        for address in (path, "\0" + path):
            with socket.socket(socket.AF_UNIX) as local, suppress(OSError):
                local.settimeout(X_PATIENCE_S)
                local.connect(address)
                return True
        return False
    try:
        with socket.create_connection((host, X_PORT + int(number)), X_PATIENCE_S):
            return True
    except (OSError, OverflowError):
        return False


class OpenCvWindow:
    """A `Display` on the desktop. Make it and use it on the main thread, as macOS demands.

    Ask `display_problem` first. `Command.VIEW`, `FULLSCREEN` and `LATENCY` are done here and
    returned as well, so that the caller can remember them.

    Parameters
    ----------
    settings
        Size, view, large text, full screen.
    title
        The window's name for the window system.
    labels
        The window's own words; English when None.
    now
        The clock that stamps the frames, for the age of the picture shown on key `l`.
    """

    def __init__(
        self,
        settings: WindowSettings,
        title: str,
        labels: Labels | None = None,
        now: Callable[[], float] | None = None,
    ) -> None:
        self._title = title
        self._now = now
        self._painter = Painter(labels, large_text=settings.large_text)
        self._page = QuestionPage(labels or Labels(), large_text=settings.large_text)
        self._question_shown = False
        self._screen: Screen | None = None
        self._typing_keys = TypingKeys()
        self._typing = False
        self._typed = ""
        fitting = opening_size(screen_size())
        self._asked_size = settings.width or fitting[0], settings.height or fitting[1]
        self._appearance = Appearance(canvas_size(*self._asked_size), settings.view)
        self._fullscreen = settings.fullscreen
        self._measuring = False
        self._shown: deque[float] = deque(maxlen=31)
        self._ages: deque[float] = deque(maxlen=31)
        self._pending: deque[Command] = deque(maxlen=KEYS_A_FRAME)  # clicks, and keys that came too early
        self._open = True
        self._stirred_s = time.monotonic()  # when the person last touched keys or pointer
        self.canvas: Image | None = None  # the picture shown now
        # An empty window is white in one system and black in another.
        self.canvas = self._painter.wait(self._appearance.size)
        self._wake_at_s = [time.monotonic() + after_s for after_s in WAKE_S]
        with native_stderr():  # Qt remarks on fonts that are not used
            cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL)
            cv2.resizeWindow(title, *self._asked_size)
            cv2.setMouseCallback(title, self._mouse)
            if self._fullscreen:
                self._apply_fullscreen()
            self.one_moment()

    def one_moment(self) -> None:
        """Say "one moment" at the window's present size; what is asked for meanwhile is for `show`."""
        size = self._size()
        if size is not None:
            self.canvas = self._painter.wait(size)
            cv2.imshow(self._title, self.canvas)
            self._pending.extend(self._keys())

    @property
    def view(self) -> WindowView:
        """The view: `picture`, `overlay`, `outline` or `hidden`."""
        return self._appearance.view

    def show(
        self, frame: Frame | None, observation: FaceObservation | None, screen: Screen
    ) -> tuple[Command, ...]:
        """Draw one frame and return the commands since the last one.

        A window that was closed, by whatever means, gives `Command.QUIT` and stays closed.
        """
        size = self._size()
        if size is None:
            self._open = False
            return (Command.QUIT,)
        image = frame.image if frame else None
        self._screen, self._question_shown = screen, isinstance(screen, QuestionScreen)
        self._typing = isinstance(screen, QuestionScreen) and screen.typing
        self._paint(image, observation, screen, size)
        commands = self._keys()
        changed = self._size()  # the keys' turn is the window system's, too
        if changed is not None and changed != size:
            self._paint(image, observation, screen, changed)  # or it stays stretched till the next frame
        commands += self._pending
        self._pending.clear()
        if commands:
            self._stirred_s = time.monotonic()
        self._measure(frame)
        for command in commands:
            self._obey(command)
        return tuple(commands)

    def _paint(
        self, image: Image | None, observation: FaceObservation | None, screen: Screen, size: tuple[int, int]
    ) -> None:
        idle_s = 0.0 if screen.paused else time.monotonic() - self._stirred_s
        keys = min(max(1 - (idle_s - KEYS_SHOWN_S) / FADE_S, 0.0), 1.0)
        self._appearance = replace(self._appearance, size=size, note=self._note(), keys=keys)
        if isinstance(screen, QuestionScreen):
            self.canvas = self._page.paint(image, screen, size, self._appearance.hover)
        else:
            self.canvas = self._painter.paint(image, observation, screen, self._appearance)
        cv2.imshow(self._title, self.canvas)

    def typed(self) -> str:
        """Return the characters typed since the last call, while a question wanted text."""
        typed, self._typed = self._typed, ""
        return typed

    def close(self) -> None:
        """Close the window; safe to call twice."""
        if self._open:
            self._open = False
            with suppress(cv2.error):  # the window system was quicker
                cv2.destroyWindow(self._title)
                cv2.pollKey()

    def _size(self) -> tuple[int, int] | None:
        """Return the size to draw at, or None when the window is gone.

        Asked before every `imshow`, which would silently open a new window in place of a closed one.
        """
        if not self._open:
            return None
        try:
            if cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1:
                return None
            _, _, width, height = cv2.getWindowImageRect(self._title)
        except cv2.error:
            return None
        if width <= 0 or height <= 0:  # not laid out yet
            return self._appearance.size
        return canvas_size(width, height)

    def _keys(self) -> list[Command]:
        if self._wake_at_s and time.monotonic() >= self._wake_at_s[0]:
            del self._wake_at_s[0]
            wake_windows()
        commands: list[Command] = []
        for _ in range(KEYS_A_FRAME):
            key = cv2.pollKey()
            if key < 0:
                break
            if self._typing and key not in ESCAPES:
                self._typed += self._typing_keys.character(key)
                continue
            special, key = key & SPECIAL == SPECIAL, key & 0xFF
            if key == ESCAPE:
                commands.append(Command.FULLSCREEN if self._fullscreen else Command.QUIT)
            elif key in ENTERS:
                commands.append(Command.OTHER)
            elif not special and chr(key).isprintable():
                commands.append(KEYS.get(chr(key).lower(), Command.OTHER))
        return commands

    def _mouse(self, event: int, x: int, y: int, flags: int, extra: object) -> None:
        del flags, extra
        self._stirred_s = time.monotonic()
        if self._question_shown:
            command = self._page.command_at(x, y)
        else:
            command = self._painter.command_at(x, y, self._screen, self._appearance)
        self._appearance = replace(self._appearance, hover=command)
        if event == cv2.EVENT_LBUTTONDOWN and command is not None:
            self._pending.append(command)

    def _obey(self, command: Command) -> None:
        """Obey a command that concerns the window alone."""
        if command is Command.VIEW:
            following = VIEWS[(VIEWS.index(self._appearance.view) + 1) % len(VIEWS)]
            self._appearance = replace(self._appearance, view=following)
        elif command is Command.FULLSCREEN:
            self._fullscreen = not self._fullscreen
            self._apply_fullscreen()
        elif command is Command.LATENCY:
            self._measuring = not self._measuring

    def _apply_fullscreen(self) -> None:
        mode = cv2.WINDOW_FULLSCREEN if self._fullscreen else cv2.WINDOW_NORMAL
        with suppress(cv2.error):  # closed at this very moment; the next `show` notices
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, mode)

    def _measure(self, frame: Frame | None) -> None:
        if frame is None:
            return
        self._shown.append(frame.t)
        if self._now is not None:
            self._ages.append(self._now() - frame.t)

    def _note(self) -> str:
        """Return frames a second and the age of the pictures shown, medians of the last second or so."""
        if not self._measuring or len(self._shown) < 2:  # noqa: PLR2004  # an interval has two ends
            return ""
        span = self._shown[-1] - self._shown[0]
        rate = (len(self._shown) - 1) / span if span > 0 else 0.0
        age = f" · {median(self._ages) * 1000:.0f} ms" if self._ages else ""
        return f"{rate:.0f} fps{age}"
