"""The replay's window: one session or two side by side, with a timeline to jump along by chapters."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress

import cv2
import numpy as np

from coach.coaching.phrases import SCREEN, capital
from coach.replay.timeline import BEFORE_S, Playhead, Timeline
from coach.settings import WindowSettings
from coach.shell.recording.film_reader import FilmReader
from coach.shell.recording.replayed import Replayed
from coach.shell.system.image import plain
from coach.shell.system.native_stderr import native_stderr
from coach.shell.window import theme, widgets
from coach.shell.window.display import WindowView
from coach.shell.window.labels import Labels
from coach.shell.window.layout import Rect
from coach.shell.window.painter import Appearance, Painter
from coach.types import Image

TITLE = "smile-coach replay"
SIZE = (1280, 720)
BAR = 64  # pixels below the pictures
STEP_MS = 15
VIEWS: tuple[WindowView, ...] = ("overlay", "picture", "outline")
QUIT = {27, ord("q")}
PAUSE = {ord(" ")}
# Left and right as X11, Windows and macOS number them; comma and period are on every keyboard.
BACK = {65361, 2424832, 63234, ord(","), ord("b")}
NEXT = {65363, 2555904, 63235, ord("."), ord("n")}
VIEW = {ord("v")}
CHAPTER_COLOUR = {"rep": theme.GREEN, "attempt": theme.ORANGE, "exercise": theme.TEXT, "break": theme.QUIET}


class Lane:
    """One of the sessions shown: its picture and its words at any moment.

    Parameters
    ----------
    replayed
        The session.
    size
        (width, height) of its canvas, pixels.
    large_text
        As in the settings.
    """

    def __init__(self, replayed: Replayed, size: tuple[int, int], *, large_text: bool = False) -> None:
        self.replayed = replayed
        self.size = size
        self.film = FilmReader(replayed.recorded.folder)
        self._answers = [answer for answer in replayed.answers if answer.screen is not None]
        self._times = [answer.entry.t for answer in self._answers]
        self._painter = Painter(Labels.from_book(replayed.book), large_text=large_text)
        # The session's row of keys does not apply here: it is drawn below the edge.
        row = size[1] - min(box.y for _, box in self._painter.layout_for(Appearance(size)).buttons)
        self._drawn = (size[0], size[1] + row)

    def canvas(self, t: float, view: WindowView) -> Image:
        """Return the picture at `t` seconds of the session: (height, width, 3) uint8 BGR."""
        if not self._answers:
            return np.zeros((self.size[1], self.size[0], 3), np.uint8)
        answer = self._answers[max(bisect_right(self._times, t) - 1, 0)]
        screen = answer.screen
        assert screen is not None
        picture = self.film.picture(answer.entry.t)
        if self.film.style == "overlay" and picture is not None:
            return _fitted(picture, self.size)
        observation = answer.entry.observation
        if picture is None or view == "outline":
            view = "outline"
            width, height = observation.size if observation is not None else (640, 480)
            picture = np.zeros((height, width, 3), np.uint8) if picture is None else picture
        drawn = self._painter.paint(plain(picture), observation, screen, Appearance(self._drawn, view))
        return drawn[: self.size[1]]


class ReplayWindow:
    """Plays sessions until it is closed. Ask `window.display_problem` first; main thread only.

    Parameters
    ----------
    sessions
        One, or two to be shown side by side, each exercise begun together.
    settings
        Large text.
    clock
        Seconds that pass by themselves.
    """

    def __init__(
        self,
        sessions: list[Replayed],
        settings: WindowSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        width = SIZE[0] // len(sessions)
        self.lanes = [Lane(each, (width, SIZE[1]), large_text=settings.large_text) for each in sessions]
        self.line = Timeline(*(each.parts for each in sessions))
        self.chapters = sorted(
            (
                (self.line.place(lane, chapter.t), lane, chapter)
                for lane, each in enumerate(sessions)
                for chapter in each.chapters
            ),
            key=lambda placed: placed[:2],
        )
        self.head = Playhead()
        self.view: WindowView = "overlay"
        self._book = sessions[0].book
        self._clock = clock
        with native_stderr():
            cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL)
            cv2.resizeWindow(TITLE, SIZE[0], SIZE[1] + BAR)
            cv2.pollKey()

    def run(self) -> None:
        """Play until the person quits or closes the window."""
        before = self._clock()
        while self._visible():
            cv2.imshow(TITLE, self.draw())
            if not self.obey(cv2.waitKeyEx(STEP_MS)):
                return
            now = self._clock()
            self.head = self.head.moved(now - before, self.line.seconds)
            before = now

    def obey(self, key: int) -> bool:
        """Obey a key; return False for the one that ends."""
        key = ord(chr(key).lower()) if 0 <= key < 128 else key  # noqa: PLR2004  # ASCII
        places = [place for place, _, _ in self.chapters]
        if key in QUIT:
            return False
        if key in PAUSE:
            self.head = self.head.toggled(self.line.seconds)
        elif key in NEXT or key in BACK:
            self.head = self.head.jumped(places, 1 if key in NEXT else -1, self.line.seconds)
        elif key in VIEW:
            self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        return True

    def draw(self) -> Image:
        """Return the whole window's picture: (SIZE[1] + BAR, SIZE[0], 3) uint8 BGR."""
        out = np.full((SIZE[1] + BAR, SIZE[0], 3), theme.BACKGROUND, np.uint8)
        times = self.line.times(self.head.at)
        for number, (lane, t) in enumerate(zip(self.lanes, times, strict=True)):
            left = number * lane.size[0]
            out[: SIZE[1], left : left + lane.size[0]] = lane.canvas(t, self.view)
        self._draw_bar(out)
        return out

    def close(self) -> None:
        """Close the window and the films; safe to call twice."""
        for lane in self.lanes:
            lane.film.close()
        with suppress(cv2.error):
            cv2.destroyWindow(TITLE)
            cv2.pollKey()

    def _draw_bar(self, out: Image) -> None:
        bar = Rect(0, SIZE[1], SIZE[0], BAR)
        widgets.fill(out, bar, theme.PANEL)
        track = Rect(16, SIZE[1] + 10, SIZE[0] - 32, 14)
        widgets.fill(out, track, theme.TRACK)
        whole = max(self.line.seconds, 1e-9)
        for place, lane, chapter in self.chapters:
            x = track.x + round(place / whole * (track.w - 3))
            half = Rect(x, track.y + (lane * 7), 3, 14 if len(self.lanes) == 1 else 7)
            widgets.fill(out, half, CHAPTER_COLOUR.get(chapter.kind, theme.SKY))
        x = track.x + round(self.head.at / whole * (track.w - 3))
        widgets.fill(out, Rect(x, track.y - 4, 3, 22), theme.YELLOW)
        text = Rect(16, SIZE[1] + 28, SIZE[0] - 32, BAR - 30)
        theme.write_in(out, text, self._left(), size=20)
        theme.write_in(out, text, self._keys(), size=18, colour=theme.QUIET, align="right")

    def _left(self) -> str:
        passed = [chapter.title for place, _, chapter in self.chapters if place <= self.head.at + 1e-6]
        soon = self.head.at + BEFORE_S + 1e-6
        coming = next((m.title for place, _, m in self.chapters if self.head.at < place <= soon), "")
        names = " | ".join(lane.replayed.recorded.folder.name for lane in self.lanes)
        title = coming or (passed[-1] if passed else "")
        return f"{_clock(self.head.at)} / {_clock(self.line.seconds)}   {title}   ({names})"

    def _keys(self) -> str:
        def word(key: str) -> str:
            return self._book.text(SCREEN, key)

        keys = (
            (capital(word("space")), word("pause")),
            ("<", word("back")),
            (">", word("next")),
            ("V", word("view")),
            ("Q", word("quit")),
        )
        return "   ".join(f"{key} {what}" for key, what in keys)

    @staticmethod
    def _visible() -> bool:
        try:
            return bool(cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) >= 1)
        except cv2.error:
            return False


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"


def _fitted(picture: Image, size: tuple[int, int]) -> Image:
    height, width = picture.shape[:2]
    factor = min(size[0] / width, size[1] / height)
    w, h = max(round(width * factor), 1), max(round(height * factor), 1)
    out = np.full((size[1], size[0], 3), theme.BACKGROUND, np.uint8)
    x, y = (size[0] - w) // 2, (size[1] - h) // 2
    out[y : y + h, x : x + w] = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA)
    return out
