"""What the window shows, moment by moment: pictures of a whole session with the simulated person.

Look at them after a change: is it clear what to do, for how long, what counted, and what is next?

    python benchmarks/screens.py FOLDER                                  # a picture each second of `daily`
    python benchmarks/screens.py FOLDER --size 1920x1080 --language de --view hidden --every 0.5
    python benchmarks/screens.py FOLDER --still --until 60               # somebody who never moves
    python benchmarks/screens.py FOLDER --away 20:26 --press 40:v,50:h   # leaves, comes back, presses keys
    python benchmarks/screens.py FOLDER --flow check-in --place light=0.2
    python benchmarks/screens.py --docs                                  # the pictures in docs/pictures

Times are the session's own, so the pictures are the same on a slow machine; the faces in them are drawn.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import cv2
from measuring.watched import Watched, in_front_of_the_camera
from PIL import Image as Pillow

from coach.coaching.screen import Screen
from coach.shell.app import devices
from coach.shell.app.calibrate import run_calibrate
from coach.shell.app.check_in import check_in_at_camera
from coach.shell.app.session import run_session
from coach.shell.app.smile import run_smile
from coach.shell.capture import simulated_person
from coach.shell.command_line import gallery, gallery_pictures
from coach.shell.drawn_face.face import draw
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.shared_options import Shared
from coach.shell.window import theme
from coach.shell.window.display import VIEWS, Command, WindowView
from coach.shell.window.labels import Labels
from coach.shell.window.layout import canvas_size
from coach.shell.window.painter import Appearance, Painter
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral, FaceObservation, Frame, Image

FLOWS = ("session", "calibrate", "check-in", "smile")
KEYS_S = 5.0  # how long the row of keys stays, as in the window
DOCS = Path(__file__).parents[1] / "docs" / "pictures"
DOCS_SIZE, DOCS_FPS = (800, 450), 8
COLOURS = 128
DOCS_S = 24.0  # seconds of a session until a first repetition has counted
STILL = {"hidden-cheek_raiser-hold": "no-picture.png", "end-felt": "end.png", "smile-card": "smile-card.png"}


class FilmedWindow:
    """A display that writes what it would show, every so many seconds of the session.

    Parameters
    ----------
    folder
        Where the pictures go, as `0012.00 hold.png`: seconds and phase.
    labels
        The window's own words.
    appearance
        Size and view.
    every_s
        Seconds from one picture to the next.
    until_s
        When the window is closed.
    pressed
        Keys, each with the second at which it is pressed.
    """

    def __init__(
        self,
        folder: Path,
        labels: Labels,
        appearance: Appearance,
        every_s: float,
        until_s: float = math.inf,
        pressed: Sequence[tuple[float, Command]] = (),
    ) -> None:
        self.view: WindowView = appearance.view
        self.canvas: Image | None = None
        self._folder, self._every_s = folder, every_s
        self._painter = Painter(labels)
        self._appearance = appearance
        self._next_s, self._until_s = 0.0, until_s
        self._last: object = None
        self._pressed = sorted(pressed, key=lambda press: press[0], reverse=True)

    def show(
        self, frame: Frame | None, observation: FaceObservation | None, screen: Screen
    ) -> tuple[Command, ...]:
        """Paint and write the picture where one is due; return the keys that are."""
        if frame is None:
            return ()
        if frame.t > self._until_s:
            return (Command.QUIT,)
        if frame.t >= self._next_s or (screen.end or screen.card) not in (None, self._last):
            self._next_s += self._every_s * (frame.t >= self._next_s)
            self._last = screen.end or screen.card
            self._write(frame, observation, screen)
        commands: list[Command] = []
        while self._pressed and self._pressed[-1][0] <= frame.t:
            commands.append(self._pressed.pop()[1])
        if Command.VIEW in commands:
            self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        return tuple(commands)

    def _write(self, frame: Frame, observation: FaceObservation | None, screen: Screen) -> None:
        shown = bool(screen.paused) or frame.t < KEYS_S
        look = Appearance(self._appearance.size, self.view, keys=self._appearance.keys * float(shown))
        self.canvas = self._painter.paint(frame.image, observation, screen, look)
        path = self._folder / f"{frame.t:07.2f} {screen.phase}.png"
        while path.exists():  # time stands still at the end
            path = path.with_stem(f"{path.stem}+")
        cv2.imwrite(str(path), self.canvas)

    def close(self) -> None:
        """Do nothing."""


@contextmanager
def filmed(window: FilmedWindow) -> Iterator[None]:
    """Let every flow open this window."""
    with mock.patch.object(devices, "open_display", return_value=(window, "")):
        yield


def film(
    folder: Path,
    language: str,
    appearance: Appearance,
    every_s: float,
    *,
    plan: str,
    seed: int = 0,
    until_s: float = math.inf,
    flow: str = "session",
    person: Watched = Watched(),  # noqa: B008 - it is frozen
    pressed: Sequence[tuple[float, Command]] = (),
) -> None:
    """Lead a simulated person through a plan, or another flow, and write what the window shows."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = Labels.from_book(load_phrase_book(language))
    window = FilmedWindow(folder, labels, appearance, every_s, until_s, pressed)
    with TemporaryDirectory() as data_dir, filmed(window), in_front_of_the_camera(person):
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
        if flow == "calibrate":
            run_calibrate(options)
        elif flow == "check-in":
            check_in_at_camera(options, keep_photos=False)
        elif flow == "smile":
            run_smile(options, keep=False)
        else:
            run_session(options, plan, None, demo=True, seed=seed)


def write_docs(folder: Path = DOCS) -> None:
    """Draw the documentation's pictures again: one smile as it moves, and screens that stand still."""
    with TemporaryDirectory() as kept:
        pictures = Path(kept)
        look = Appearance((1280, 720), "picture", keys=0.0)
        with mock.patch.object(simulated_person, "grain", side_effect=lambda picture, _: picture):
            film(pictures, "en", look, 1 / DOCS_FPS, plan="symmetry_drill", until_s=DOCS_S)
        write_gif(folder / "session.gif", one_repetition(sorted(pictures.glob("*.png"))))
    book = load_phrase_book("en")
    demo = draw(FacePose(smile=Bilateral(0.9, 0.9), cheek=Bilateral(1, 1)), size=(640, 480))
    still = {picture.name: picture for picture in gallery_pictures.pictures(book, demo)}
    for name, file in STILL.items():
        labels = Labels.from_book(book)
        canvas = gallery.painted(still[name], draw(FacePose(), size=(1280, 720)), None, labels, (1280, 720))
        cv2.imwrite(str(folder / file), canvas)


def one_repetition(files: list[Path]) -> list[Path]:
    """Return the pictures from the word to smile to the rest after the first that counted."""
    phases = [file.stem.split()[1] for file in files]
    counted = phases.index("released")
    begun = max(n for n in range(counted) if phases[n] == "go" and phases[n - 1] != "go")
    rested = next(n for n in range(counted, len(files)) if phases[n] == "rest")
    return files[begun : rested + DOCS_FPS]


def write_gif(path: Path, files: list[Path]) -> None:
    """Write pictures as one that moves and begins again; in the same few colours."""
    frames = [Pillow.open(file).convert("RGB").resize(DOCS_SIZE, Pillow.Resampling.LANCZOS) for file in files]
    some = frames[:: max(len(frames) // 6, 1)]
    together = Pillow.new("RGB", (frames[0].width, frames[0].height * len(some)))
    for number, frame in enumerate(some):
        together.paste(frame, (0, number * frame.height))
    for number, (blue, green, red) in enumerate((theme.SKY, theme.GREEN, theme.ORANGE)):
        together.paste((red, green, blue), (0, 12 * number, DOCS_SIZE[0], 12 * number + 12))
    palette = together.quantize(COLOURS, dither=Pillow.Dither.NONE)
    first, *others = (frame.quantize(palette=palette, dither=Pillow.Dither.NONE) for frame in frames)
    first.save(
        path, save_all=True, append_images=others, duration=round(1000 / DOCS_FPS), loop=0, optimize=True
    )


def main() -> None:
    """Film what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--docs", action="store_true", help="draw the pictures in docs/pictures again")
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--language", default="en")
    parser.add_argument("--view", choices=VIEWS, default="picture")
    parser.add_argument("--every", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--plan", default="daily")
    parser.add_argument("--flow", choices=FLOWS, default="session")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--until", type=float, default=math.inf, metavar="SECONDS")
    parser.add_argument("--press", type=_presses, default=(), metavar="SECOND:KEY,...")
    parser.add_argument("--still", action="store_true", help="a person who never moves")
    parser.add_argument("--mistakes", type=float, metavar="SHARE", help="of the tries")
    parser.add_argument("--left", type=float, default=1.0, metavar="SHARE", help="of a whole movement")
    parser.add_argument("--right", type=float, default=1.0, metavar="SHARE")
    parser.add_argument("--away", type=_span, metavar="FROM:TO", help="seconds without anybody")
    parser.add_argument("--place", type=_place, default={}, metavar="FIELD=VALUE,...", help="of FacePose")
    parser.add_argument("--placed", type=_span, default=(0.0, math.inf), metavar="FROM:TO", help="when")
    asked = parser.parse_args()
    if asked.docs or asked.folder is None:
        write_docs()
        return
    width, height = (int(part) for part in asked.size.split("x"))
    appearance = Appearance(canvas_size(width, height), asked.view)
    person = Watched(
        asked.mistakes, asked.still, asked.left, asked.right, asked.away, asked.place, asked.placed
    )
    film(
        asked.folder,
        asked.language,
        appearance,
        asked.every,
        plan=asked.plan,
        seed=asked.seed,
        until_s=asked.until,
        flow=asked.flow,
        person=person,
        pressed=asked.press,
    )


def _span(text: str) -> tuple[float, float]:
    begins, _, ends = text.partition(":")
    return float(begins), float(ends)


def _place(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in (part.split("=") for part in text.split(","))}


def _presses(text: str) -> list[tuple[float, Command]]:
    pairs = (part.split(":") for part in text.replace("space", " ").split(","))
    return [(float(second), Command(key)) for second, key in pairs]


if __name__ == "__main__":
    main()
