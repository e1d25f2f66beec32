"""The event log: what happened, one JSON object a line, on the disk as soon as it happened."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from coach.errors import CoachError, Notice, reason_of
from coach.events import Event
from coach.shell.system.output_file import STANDARD_OUTPUT


class EventLog:
    """Writes events to a file, or to standard output for `-`, each one at once.

    A log that can no longer be written (full disk, closed pipe) does not end the session: it falls
    silent and `problem` says why.

    Raises
    ------
    CoachError
        The file cannot be opened for writing.
    """

    def __init__(self, path: str | Path) -> None:
        self.problem = ""
        self._path = str(path)
        self._last = float("-inf")
        self._owned: BinaryIO | None = None
        if self._path == STANDARD_OUTPUT:
            if sys.stdout is None:
                raise CoachError("--events -: standard output is closed; give a file")
        else:
            try:
                self._owned = open(path, "wb", buffering=0, opener=_own)  # noqa: SIM115
            except OSError as error:
                raise CoachError(
                    f"{path}: the event log cannot be written ({error.strerror}); "
                    "give --events a file in a folder that exists and is yours, or - for standard output"
                ) from error

    def write(self, event: Event) -> None:
        """Write one line. An event that comes late is given the last line's `t`: the log stays in order."""
        if self.problem:
            return
        event = replace(event, t=max(event.t, self._last))
        self._last = event.t
        try:
            text = event.to_json() + "\n"
            self._put(text.encode(errors="backslashreplace"))  # JSON's own escape for half a character
        except OSError as error:
            self.problem = Notice(
                "event log {path} has stopped ({reason}); the session continues",
                path=str(self._path),
                reason=reason_of(error),
            )
            if self._owned is None:
                silence_standard_output()

    def close(self) -> None:
        """Close the file (standard output stays open); safe to call twice."""
        if self._owned is not None:
            with contextlib.suppress(OSError):
                self._owned.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _put(self, data: bytes) -> None:
        if self._owned is not None:
            while data:  # an unbuffered file may take a part at a time
                data = data[self._owned.write(data) :]
            return
        sys.stdout.flush()  # earlier prints come first
        while data:  # bytes, since a console may not be UTF-8; past the stream, which hides a closed pipe
            data = data[os.write(sys.stdout.fileno(), data) :]


def _own(path: str, flags: int) -> int:
    """Open a file that, where it is new, is for its owner alone: it says how somebody's face moves."""
    return os.open(path, flags, 0o600)


def silence_standard_output() -> None:
    """Point standard output nowhere, or Python complains about the closed pipe once more as it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def read_events(path: Path) -> list[dict[str, Any]]:
    """Read a log back; a last line cut off by the end of the process is left out.

    Raises
    ------
    CoachError
        The file cannot be read, or a line in it is not an event.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise CoachError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    whole, rest = lines[:-1], lines[-1]
    if rest:
        with contextlib.suppress(ValueError, RecursionError):
            json.loads(rest)
            whole.append(rest)
    return [_event(line, path, n) for n, line in enumerate(whole, start=1) if line.strip()]


def _event(line: bytes, path: Path, n: int) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict) or "t" not in event or "type" not in event:
        raise CoachError(f"{path}: line {n} is not an event (wanted an object with t and type); is it a log?")
    return event
