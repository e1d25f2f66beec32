"""Filming oneself: one session's film, subtitles, chapters, trace and event log, in a folder of its own."""

from __future__ import annotations

import json
import os
import queue
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeAlias

from coach.coaching.phrases import PhraseBook
from coach.coaching.screen import Screen
from coach.errors import Notice, reason_of
from coach.events import Event
from coach.replay.chapters import chapter_titles, chapters, subtitles, web_vtt
from coach.replay.trace import Entry, Setup
from coach.shell.recording import film_folders as films
from coach.shell.recording.film_writer import FPS, FilmWriter
from coach.shell.recording.trace_writer import TraceWriter
from coach.shell.store.event_log import EventLog
from coach.shell.window.display import Display, WindowView
from coach.types import FaceObservation, Frame, Image

Style: TypeAlias = Literal["plain", "overlay"]
MOST_WAITING = 8  # pictures; a slow disk costs film pictures, never the session's pace
CANVAS = (1280, 720)  # of an overlay film without a window
ENDING_S = 20.0


class Recording:
    """Records one session; a `Tape` for a `TapedSession`, and `frame` for the pictures.

    All writing is done by one thread. Pictures that it cannot keep up with are left out of the film and
    counted; the trace and the event log are complete. When the disk is full the recording ends and
    `problem` says so; the session continues.

    Parameters
    ----------
    folder
        New and empty, see `films.new_folder`.
    style
        `plain`: as the camera saw it, not mirrored. `overlay`: as the window shows it. While the picture
        is hidden in the window nothing of it is filmed.
    book
        Words for the chapters.
    session
        The session's id in the history.
    wait
        Wait for the writing rather than leave a picture out: for a session faster than real time.

    Raises
    ------
    CoachError
        From here or from `begin`: the folder cannot be written.
    """

    def __init__(
        self, folder: Path, style: Style, book: PhraseBook, *, session: str = "", wait: bool = False
    ) -> None:
        self.folder = folder
        self._style = style
        self._book = book
        self._session = session
        self._wait = wait
        self._rate_wpm = 0.0
        self._film = FilmWriter(folder / films.FILM)
        self._trace: TraceWriter | None = None
        self._log = EventLog(_own_file(folder / films.EVENTS))
        self._happened: list[Event] = []
        self._t = 0.0
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(MOST_WAITING)
        self._left_out = 0
        self._seen = False
        self._trouble = ""
        self._fault: Exception | None = None
        self._painter: Any = None
        self._thread = threading.Thread(target=self._work, name="recording", daemon=True)

    @property
    def problem(self) -> str:
        """Why something is not recorded, one line, or empty."""
        return self._trouble or self._film.problem or self._log.problem

    def begin(self, setup: Setup) -> None:
        """Open the trace and begin to record."""
        self._rate_wpm = float(setup.settings.voice.rate)
        self._trace = TraceWriter(self.folder / films.TRACE, setup, {"session": self._session})
        self._thread.start()

    def take(self, entry: Entry) -> None:
        """Record an entry that the session is fed."""
        self._t = entry.t
        self._seen = self._seen or entry.kind == "frame"
        self._tasks.put(lambda: self._write_trace(entry))

    def events(self, events: tuple[Event, ...]) -> None:
        """Record the session's answer."""
        self._happened += events
        for event in events:
            self._tasks.put(lambda event=event: self._log.write(event))  # type: ignore[misc]

    def frame(
        self,
        t: float,
        frame: Frame | None,
        observation: FaceObservation | None,
        screen: Screen,
        display: Display | None = None,
    ) -> None:
        """Film the picture at `t` seconds; does not wait, unless told to.

        Parameters
        ----------
        frame, observation, screen
            As given to the display.
        display
            Its canvas, if it has one, is the overlay film's picture; its view says whether the person is
            hidden.
        """
        if self._film.problem or not self._thread.is_alive():
            return
        if not self._room.acquire(blocking=self._wait):
            self._left_out += 1
            return
        image = self._picture(frame, observation, screen, display)
        self._tasks.put(lambda: self._write_picture(t, image))

    def close(self) -> str:
        """Write everything that still waits and return one line about the recording; safe to call twice."""
        if self._thread.is_alive():
            self._tasks.put(None)
            self._thread.join(ENDING_S)
            if self._thread.is_alive():
                return Notice(
                    "{folder}: the disk does not respond; the recording may be incomplete",
                    folder=str(self.folder),
                )
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault
        if not self._seen:  # an empty film would hide the one before from `replay last`
            shutil.rmtree(self.folder, ignore_errors=True)
            return Notice("nothing was recorded: the camera gave no picture")
        return self._report()

    # -- on the caller's thread

    def _picture(
        self,
        frame: Frame | None,
        observation: FaceObservation | None,
        screen: Screen,
        display: Display | None,
    ) -> Image | None:
        view: WindowView = "overlay" if display is None else display.view
        if view == "hidden":
            return None
        if self._style == "plain":
            return None if frame is None else frame.image
        canvas = None if display is None else display.canvas
        if canvas is None:
            from coach.shell.window.labels import Labels
            from coach.shell.window.painter import Appearance, Painter

            self._painter = self._painter or Painter(Labels.from_book(self._book))
            image = None if frame is None else frame.image
            canvas = self._painter.paint(image, observation, screen, Appearance(CANVAS, view))
        return canvas

    def _report(self) -> str:
        size, all_size = films.folder_size(self.folder), films.folder_size(self.folder.parent)
        values = {"size": films.size_text(size), "folder": str(self.folder)}
        if self._film.frames:
            seconds = round(self._film.frames / FPS)
            line = Notice("recorded: film of {seconds} s, {size}, in {folder}", seconds=seconds, **values)
        else:
            line = Notice("recorded: signals without a film, {size}, in {folder}", **values)
        taken, n = films.size_text(all_size), self._left_out
        one = Notice("{n} picture left out because writing was too slow", n=n)
        more = Notice("{n} pictures left out because writing was too slow", n=n)
        rest = Notice("films take {size} in all; delete them with 'smile-coach forget film'", size=taken)
        for part in ((one if n == 1 else more) if n else "", self.problem, rest):
            line = Notice("{first}; {second}", first=line, second=part) if part else line
        return line

    # -- on the writing thread

    def _work(self) -> None:
        import av

        while (task := self._tasks.get()) is not None:
            try:
                task()
            except (OSError, av.FFmpegError) as error:
                self._give_up(Notice("recording: cannot be written ({reason})", reason=reason_of(error)))
            except Exception as fault:  # noqa: BLE001 carried to the caller's thread, which raises it
                self._fault = self._fault or fault
                self._give_up(Notice("recording: failed"))
        try:
            self._finish()
        except (OSError, av.FFmpegError) as error:
            self._give_up(Notice("recording: cannot be finished ({reason})", reason=reason_of(error)))

    def _write_trace(self, entry: Entry) -> None:
        if self._trace is not None and not self._trouble:
            self._trace.write(entry)

    def _write_picture(self, t: float, image: Image | None) -> None:
        try:
            if not self._trouble:
                new = self._film.zero is None
                self._film.put(t, image)
                if new and self._film.zero is not None:  # now: a film that is broken off is a film too
                    facts = {
                        "style": self._style,
                        "zero": self._film.zero,
                        "fps": FPS,
                        "session": self._session,
                    }
                    _own_file(self.folder / films.FACTS).write_text(json.dumps(facts), encoding="utf-8")
        finally:
            self._room.release()

    def _give_up(self, why: str) -> None:
        self._trouble = self._trouble or f"{why}; the session continues"

    def _finish(self) -> None:
        self._film.close()
        self._log.close()
        zero = self._film.zero
        if zero is not None:
            said = subtitles(self._happened, self._rate_wpm)
            _own_file(self.folder / films.SUBTITLES).write_text(web_vtt(said, zero), encoding="utf-8")
            found = chapter_titles(chapters(self._happened, self._book), self._t)
            _own_file(self.folder / films.CHAPTERS).write_text(web_vtt(found, zero), encoding="utf-8")
        if self._trace is not None:
            self._trace.close()


def _own_file(path: Path) -> Path:
    """Make an empty file, readable by its owner alone, and return its path."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    return path
