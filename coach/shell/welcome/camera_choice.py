"""Which of several cameras: their live pictures side by side, chosen by number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from coach.coaching.phrases import PhraseBook
from coach.errors import SourceError
from coach.shell.capture.cameras import CameraInfo
from coach.shell.capture.source import Source
from coach.shell.profile.home import Home
from coach.shell.welcome.first_questions import SECTION
from coach.shell.window.prompt import Asker, Question
from coach.types import Frame

CAMERA_S = 20.0  # how long to wait for an answer
MOST = 9  # cameras with a key of their own


def choose_camera(
    cameras: Sequence[CameraInfo],
    asker: Asker,
    book: PhraseBook,
    home: Home,
    opener: Callable[[Home, int], Source] | None = None,
) -> int | None:
    """Return the camera's index: the only one, or the one chosen by its picture; None if none answers."""
    if len(cameras) <= 1:
        return cameras[0].index if cameras else None
    cameras = cameras[:MOST]
    with ExitStack() as stack:
        pictures = Pictures([(opener or _camera)(home, camera.index) for camera in cameras])
        stack.callback(pictures.close)
        keys = [str(number) for number in range(1, len(cameras) + 1)]
        known = [
            number for number, camera in enumerate(cameras) if camera.index == home.settings.camera.index
        ]
        question = Question(
            book.text(SECTION, "camera"),
            book.text(SECTION, "camera_keys"),
            tuple(zip(keys, map(_label, cameras), strict=True)),
            default=keys[known[0] if known else 0],
            patience_s=CAMERA_S,
        )
        chosen = asker.ask(question, pictures.tick)
    return cameras[int(chosen) - 1].index


def _label(camera: CameraInfo) -> str:
    size = f"{camera.width} x {camera.height}"
    return f"{camera.name}, {size}" if camera.name else size


class Pictures:
    """The newest picture of several cameras, on one canvas."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources: list[Source | None] = list(sources)
        self._newest: list[Frame | None] = [None] * len(sources)

    def tick(self, passed: float) -> Frame | None:
        """Return the canvas."""
        from coach.shell.welcome.thumbnails import side_by_side

        for number, source in enumerate(self._sources):
            if source is None:
                continue
            try:
                got = source.read()
            except SourceError:  # it was there when the cameras were listed
                self._sources[number] = None
                continue
            self._newest[number] = got if isinstance(got, Frame) else self._newest[number]
        images = [None if frame is None else frame.image for frame in self._newest]
        return Frame(passed, side_by_side([(str(n), image) for n, image in enumerate(images, start=1)]))

    def close(self) -> None:
        """Let all cameras go."""
        for source in self._sources:
            if source is not None:
                source.close()


def _camera(home: Home, index: int) -> Source:
    from coach.shell.capture.webcam import Webcam

    camera = home.settings.camera
    return Webcam(camera.model_copy(update={"index": index, "width": 640, "height": 480}))
