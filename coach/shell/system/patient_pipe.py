"""Standard output and error into a pipe: a reader that goes away ends nothing that is being done."""

from __future__ import annotations

import io
import os
import stat
import sys
from typing import Any, TextIO


class PatientPipe(io.FileIO):
    """A pipe that goes on taking what nobody reads any more.

    `progress | head -1` has then done what it was asked for, and `forget session | true` deletes the film
    as well, though nobody hears of it.
    """

    def write(self, data: Any) -> int:
        """Write some of the bytes; return how many."""
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return memoryview(data).nbytes


def patient(stream: TextIO | None) -> TextIO | None:
    """Return the stream, or another for the same pipe that outlives its reader."""
    if stream is None or not _is_pipe(stream):
        return stream
    stream.flush()
    pipe = io.BufferedWriter(PatientPipe(stream.fileno(), "w", closefd=False))
    return io.TextIOWrapper(pipe, encoding=stream.encoding, errors=stream.errors, line_buffering=True)


def outlive_readers() -> None:
    """Make standard output and error patient, where they are pipes."""
    sys.stdout, sys.stderr = patient(sys.stdout), patient(sys.stderr)


def _is_pipe(stream: TextIO) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False
