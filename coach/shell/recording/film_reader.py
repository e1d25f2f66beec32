"""A recorded film's pictures, each by the session's time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from coach.shell.recording import film_folders as films
from coach.types import Image

NEAR = 60  # frames ahead that are decoded one by one; farther ones are sought


class FilmReader:
    """Gives the picture of any moment of a session that was filmed.

    Parameters
    ----------
    folder
        A recording's.

    Attributes
    ----------
    style : str
        `plain`, `overlay`, or empty where there is no film that can be read.
    """

    def __init__(self, folder: Path) -> None:
        self.style = ""
        self._zero, self._fps = 0.0, 1.0
        self._native: Any = None
        self._next = 0
        self._picture: Image | None = None
        facts = _facts(folder / films.FACTS)
        if facts is not None and (folder / films.FILM).is_file():
            self._open(folder / films.FILM, facts)

    def picture(self, t: float) -> Image | None:
        """Return the picture of `t` seconds, unmirrored where `style` is plain; None where there is none."""
        number = round((t - self._zero) * self._fps)
        if self._native is None or number < 0:
            return None
        if number == self._next - 1:
            return self._picture
        if not self._next <= number < self._next + NEAR:
            import cv2

            self._native.set(cv2.CAP_PROP_POS_FRAMES, number)
            self._next = number
        while self._next < number and self._native.grab():
            self._next += 1
        ok, image = self._native.read()
        if ok:
            self._next = number + 1
            self._picture = np.asarray(image, np.uint8)
        return self._picture  # after the film's end its last one

    def close(self) -> None:
        """Let the file go; safe to call twice."""
        if self._native is not None:
            self._native.release()
            self._native = None

    def _open(self, path: Path, facts: tuple[str, float, float]) -> None:
        import cv2

        from coach.shell.system.native_stderr import hush_opencv, native_stderr

        hush_opencv()
        with native_stderr():
            capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        if capture.isOpened():
            self._native = capture
            self.style, self._zero, self._fps = facts


def _facts(path: Path) -> tuple[str, float, float] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        style, zero, fps = str(data["style"]), float(data["zero"]), float(data["fps"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # broken off before its end: an MP4 without an index cannot be read either
    return (style, zero, fps) if np.isfinite(zero) and 0 < fps < 1000 else None  # noqa: PLR2004
