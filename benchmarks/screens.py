"""What the window shows, moment by moment: pictures of a whole session with the simulated person.

Look at them after a change: is it clear what to do, for how long, what counted, and what is next?

    python benchmarks/screens.py FOLDER                                  # a picture each second of `daily`
    python benchmarks/screens.py FOLDER --size 1920x1080 --language de --view hidden --every 0.5
    python benchmarks/screens.py --docs                                  # the pictures in docs/pictures

Times are the session's own, so the pictures are the same on a slow machine; the faces in them are drawn.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import cv2

from coach.coaching.screen import Screen
from coach.shell.app import devices
from coach.shell.app.session import run_session
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.shared_options import Shared
from coach.shell.window.display import VIEWS, Command, WindowView
from coach.shell.window.labels import Labels
from coach.shell.window.layout import canvas_size
from coach.shell.window.painter import Appearance, Painter
from coach.types import FaceObservation, Frame, Image

KEYS_S = 5.0  # how long the row of keys stays, as in the window


class FilmedWindow:
    """A display that writes what it would show, every so many seconds of the session.

    Parameters
    ----------
    folder
        Where the pictures go, as `0012.0 hold.png`: seconds and phase.
    labels
        The window's own words.
    appearance
        Size and view.
    every_s
        Seconds from one picture to the next.
    """

    def __init__(self, folder: Path, labels: Labels, appearance: Appearance, every_s: float) -> None:
        self.view: WindowView = appearance.view
        self.canvas: Image | None = None
        self._folder, self._every_s = folder, every_s
        self._painter = Painter(labels)
        self._appearance = appearance
        self._next_s = 0.0

    def show(
        self, frame: Frame | None, observation: FaceObservation | None, screen: Screen
    ) -> tuple[Command, ...]:
        """Paint and write the picture where one is due."""
        if frame is None or frame.t < self._next_s:
            return ()
        self._next_s += self._every_s
        look = Appearance(self._appearance.size, self.view, keys=float(frame.t < KEYS_S))
        self.canvas = self._painter.paint(frame.image, observation, screen, look)
        cv2.imwrite(str(self._folder / f"{frame.t:06.1f} {screen.phase}.png"), self.canvas)
        return ()

    def close(self) -> None:
        """Do nothing."""


@contextmanager
def filmed(window: FilmedWindow) -> Iterator[None]:
    """Let every flow open this window."""
    with mock.patch.object(devices, "open_display", return_value=(window, "")):
        yield


def film(folder: Path, language: str, appearance: Appearance, every_s: float, plan: str, seed: int) -> None:
    """Lead the simulated person through a plan and write what the window shows."""
    folder.mkdir(parents=True, exist_ok=True)
    window = FilmedWindow(folder, Labels.from_book(load_phrase_book(language)), appearance, every_s)
    with TemporaryDirectory() as data_dir, filmed(window):
        options = Shared(
            source="demo",
            window=True,
            voice=False,
            events=str(folder / "events.jsonl"),
            data_dir=Path(data_dir),
            config=None,
            language=language,
            speed="max",
        )
        run_session(options, plan, None, demo=True, seed=seed)


def main() -> None:
    """Film what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--language", default="en")
    parser.add_argument("--view", choices=VIEWS, default="picture")
    parser.add_argument("--every", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--plan", default="daily")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    width, height = (int(part) for part in asked.size.split("x"))
    appearance = Appearance(canvas_size(width, height), asked.view)
    film(asked.folder, asked.language, appearance, asked.every, asked.plan, asked.seed)


if __name__ == "__main__":
    main()
