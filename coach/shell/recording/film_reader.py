"""A recorded film's pictures, each by the session's time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from coach.errors import SourceError
from coach.shell.capture.film_decoder import Decoded, FilmDecoder
from coach.shell.recording import film_folders as films
from coach.types import Image

FAR_S = 2.0  # ahead; nearer pictures are decoded one by one, farther ones sought


class FilmReader:
    """Gives the picture of any moment of a session that was filmed.

    Parameters
    ----------
    folder
        A recording's.

    Attributes
    ----------
    style : str
        `plain`, `overlay`, or empty without a readable film.
    """

    def __init__(self, folder: Path) -> None:
        self.style = ""
        self._zero, self._fps = 0.0, 1.0
        self._film: FilmDecoder | None = None
        self._ahead: Decoded | None = None  # the first frame after the one shown
        self._picture: Image | None = None
        self._shown_t = 0.0  # seconds of the film
        facts = _facts(folder / films.FACTS)
        if facts is not None and (folder / films.FILM).is_file():
            self._open(folder / films.FILM, facts)

    def picture(self, t: float) -> Image | None:
        """Return the picture of `t` seconds, unmirrored where `style` is plain; None without a film."""
        at = t - self._zero + 0.5 / self._fps  # rounded to the nearest frame, as they were written
        if self._film is None or at < 0:
            return None
        if not self._shown_t <= at < self._shown_t + FAR_S:
            self._film.seek(max(at, 0.0))
            self._ahead = self._film.next()
        decoded = None
        while self._ahead is not None and self._ahead.stamp <= at:
            decoded, self._ahead = self._ahead, self._film.next()
        if decoded is not None:
            self._picture, self._shown_t = self._film.picture(decoded), decoded.stamp
        return self._picture  # after the film's end its last one

    def close(self) -> None:
        """Let the file go; safe to call twice."""
        if self._film is not None:
            self._film.close()
            self._film = None

    def _open(self, path: Path, facts: tuple[str, float, float]) -> None:
        try:
            self._film = FilmDecoder(path)
        except SourceError:
            return
        self._ahead = self._film.next()
        self.style, self._zero, self._fps = facts


def _facts(path: Path) -> tuple[str, float, float] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        style, zero, fps = str(data["style"]), float(data["zero"]), float(data["fps"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (style, zero, fps) if np.isfinite(zero) and 0 < fps < 1000 else None  # noqa: PLR2004
