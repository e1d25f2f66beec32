"""Keeping the output of native libraries to file descriptor 2 off the terminal, and in the debug log."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

log = logging.getLogger(__name__)
STDERR = 2


@contextmanager
def native_stderr() -> Iterator[None]:
    """Send everything written to file descriptor 2 to the debug log while the block runs.

    No environment variable silences MediaPipe's C++ side, so the descriptor itself is pointed
    elsewhere. It belongs to the whole process: use this for short blocks only.
    """
    with suppress(OSError, AttributeError, ValueError):  # no stderr at all (pythonw), or a closed one
        sys.stderr.flush()
    try:
        kept = os.dup(STDERR)
    except OSError:  # nothing to redirect
        yield
        return
    with _scratch() as file:
        os.dup2(file.fileno(), STDERR)
        try:
            yield
        finally:
            with suppress(OSError, AttributeError, ValueError):
                sys.stderr.flush()
            os.dup2(kept, STDERR)
            os.close(kept)
            file.seek(0)
            for line in file.read().decode(errors="replace").splitlines():
                log.debug("native: %s", line)


def _scratch() -> IO[bytes]:
    """Return a file for the output meanwhile; `os.devnull` if not even a temporary one can be written."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return Path(os.devnull).open("r+b")


def hush_opencv() -> None:
    """Ask OpenCV and the FFmpeg inside it to be quiet; call before the first capture is opened."""
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET
    from cv2.utils import logging as cv2_logging

    cv2_logging.setLogLevel(cv2_logging.LOG_LEVEL_SILENT)  # where cv2 was imported before
