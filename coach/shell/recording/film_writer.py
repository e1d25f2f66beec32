"""One film: pictures into an MP4 of constant rate, right in time, that plays however it ends."""

from __future__ import annotations

import os
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from coach.errors import Notice, reason_of
from coach.shell.system.image import plain
from coach.types import Image

FPS = 30
CODEC = "mpeg4"  # quick to write, and played by every system
QUALITY = 4  # 1 (best) to 31
# Written in pieces of a second, each with its own index, so that a film broken off by a kill or a power cut
# plays up to there; closed in order, it becomes an ordinary MP4 (FFmpeg's `hybrid_fragmented`).
IN_PIECES = {"movflags": "hybrid_fragmented", "flush_packets": "1"}
PIECE = FPS  # frames
LONGEST_GAP_S = 600.0  # without a picture (a laptop asleep): the film ends
LEAST_FREE = 200_000_000  # bytes; the history must stay writable
CHECK_EVERY = 2 * FPS  # frames


class FilmWriter:
    """Writes one film, made with the first picture and readable by its owner alone. Used by one thread.

    Frame `n` shows the session `n / FPS` seconds after `zero`: a picture stays until the next one comes,
    and of several in one frame's time the first is kept.

    Parameters
    ----------
    path
        `.mp4`; not there yet.

    Attributes
    ----------
    zero : float | None
        Seconds of the session at the film's first frame, None before it.
    frames : int
        Written so far.
    problem : str
        Why it has ended early, or empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.zero: float | None = None
        self.frames = 0
        self.problem = ""
        self._closed = False
        self._native: Any = None
        self._stream: Any = None
        self._size = (0, 0)
        self._last: Image | None = None

    def put(self, t: float, image: Image | None) -> None:
        """Take the picture of `t` seconds; None is black; before the first and after `close` nothing."""
        if self._closed or self.problem or (image is None and self._native is None):
            return
        picture = None if image is None else plain(image)
        if self._native is None and (picture is None or not self._open(t, picture)):
            return
        slot = round((t - (self.zero or 0.0)) * FPS)
        if slot < self.frames:
            return
        if slot - self.frames > LONGEST_GAP_S * FPS:
            self._stop(
                Notice(
                    "film: no picture for {minutes} minutes, so the film ends there",
                    minutes=round(LONGEST_GAP_S / 60),
                )
            )
            return
        now = np.zeros((self._size[1], self._size[0], 3), np.uint8) if picture is None else self._fit(picture)
        while self.frames < slot and not self.problem:
            self._write(now if self._last is None else self._last)
        if not self.problem:
            self._write(now)
        self._last = now

    def close(self) -> None:
        """Finish the file; safe to call twice.

        Raises
        ------
        OSError
            It cannot be written to its end.
        """
        self._closed = True
        native, self._native = self._native, None
        if native is not None:
            try:
                native.mux(self._stream.encode(None))
            finally:
                native.close()

    def _open(self, t: float, picture: Image) -> bool:
        import av

        height, width = picture.shape[:2]
        self._size = max(width // 2 * 2, 2), max(height // 2 * 2, 2)  # the codec wants even sides
        try:  # made here first, so that it is never readable by others
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            self._native = av.open(f"file:{self.path}", "w", format="mp4", options=IN_PIECES)
            self._stream = self._native.add_stream(CODEC, rate=FPS)
            self._stream.width, self._stream.height = self._size
            self._stream.pix_fmt = "yuv420p"
            self._stream.codec_context.gop_size = PIECE
            self._stream.codec_context.qmin = self._stream.codec_context.qmax = QUALITY
        except (OSError, av.FFmpegError) as error:
            reason = reason_of(error)
            self._stop(Notice("film: cannot be written ({reason}); the signals are kept", reason=reason))
            return False
        self.zero = t
        return True

    def _write(self, image: Image) -> None:
        from av import VideoFrame

        frame = VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
        frame.pts, frame.time_base = self.frames, Fraction(1, FPS)
        self._native.mux(self._stream.encode(frame))
        self.frames += 1
        if self.frames % CHECK_EVERY == 0 and shutil.disk_usage(self.path.parent).free < LEAST_FREE:
            self._stop(
                Notice(
                    "film: the disk is nearly full, so the film ends after {seconds} s",
                    seconds=round(self.frames / FPS),
                )
            )

    def _stop(self, why: str) -> None:
        self.close()
        self.problem = why

    def _fit(self, image: Image) -> Image:
        """Return the picture in the film's size, its shape kept."""
        import cv2

        height, width = image.shape[:2]
        if (width, height) == self._size:
            return image
        factor = min(self._size[0] / width, self._size[1] / height)
        w, h = max(round(width * factor), 1), max(round(height * factor), 1)
        out = np.zeros((self._size[1], self._size[0], 3), np.uint8)
        x, y = (self._size[0] - w) // 2, (self._size[1] - h) // 2
        out[y : y + h, x : x + w] = cv2.resize(image, (w, h), interpolation=cv2.INTER_AREA)
        return out
