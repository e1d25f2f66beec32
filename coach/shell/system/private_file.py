"""Writing a file whole or not at all, for its owner's eyes alone."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from coach.errors import CoachError, UsageError

STALE_S = 10.0  # no other copy of the program takes that long to write a file
LEFT_BEHIND = re.compile(r"\..+\.[a-z0-9_]{8}")  # as `tempfile` names it


def make_private(path: Path) -> None:
    """Let the owner alone read a file or open a folder, as far as its file system keeps permissions."""
    with contextlib.suppress(OSError):  # exFAT and CIFS refuse
        path.chmod(0o700 if path.is_dir() else 0o600)


def readable_by_others(path: Path) -> bool:
    """Whether others on this machine may read it; on Windows the folder's own rules decide, and never."""
    try:
        return os.name == "posix" and path.stat().st_mode & 0o077 != 0
    except OSError:
        return False


class FileBeside:
    """A file written beside its place and put there when it is whole; until then the older one stays.

    A link stays one, its target is written. A device or a pipe is written straight to: a renamed file
    would take its place in the system.

    Attributes
    ----------
    file : BinaryIO
        What to write to.

    Raises
    ------
    OSError
        It cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._target = Path(os.path.realpath(path))  # Path.resolve raises where links go in a circle
        self._beside: Path | None = None
        if path.exists() and not self._target.is_file():  # asked of both: /dev/stdout leads to no name
            self.file: BinaryIO = path.open("wb")
            return
        sweep(self._target)
        handle, name = tempfile.mkstemp(prefix=f".{self._target.name}.", dir=self._target.parent)  # made 0600
        self.file, self._beside = os.fdopen(handle, "wb"), Path(name)

    def keep(self) -> None:
        """Put it in its place; raise OSError where that fails."""
        if self._beside is not None:
            self.file.flush()
            os.fsync(self.file.fileno())
        self.file.close()
        if self._beside is not None:
            self._beside.replace(self._target)

    def close(self) -> None:
        """Drop what was not kept; safe to call twice."""
        with contextlib.suppress(OSError):
            self.file.close()
        if self._beside is not None:
            self._beside.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file in a folder that exists, as `FileBeside` does.

    Raises
    ------
    OSError
        It cannot be written; an older file is unchanged.
    """
    with contextlib.closing(FileBeside(path)) as beside:
        beside.file.write(content)
        beside.keep()


def sweep(target: Path) -> None:
    """Delete what a kill in the middle of `write_private` left beside a file: a person's words."""
    stem = f".{target.name}."
    with contextlib.suppress(OSError):
        _sweep(path for path in target.parent.iterdir() if path.name.startswith(stem))


def sweep_folder(folder: Path) -> None:
    """Delete what kills left in a folder that is ours alone, whatever it was to be called."""
    with contextlib.suppress(OSError):
        _sweep(path for path in folder.iterdir() if path.name.startswith("."))


def _sweep(paths: Iterable[Path]) -> None:
    for path in paths:
        if LEFT_BEHIND.fullmatch(path.name):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > STALE_S:
                    path.unlink()


def hand_over(path: Path, content: bytes) -> None:
    """Write a file that the person has asked for, where they want it; its folder is made if need be.

    Raises
    ------
    UsageError
        It is called `-`.
    CoachError
        It cannot be written.
    """
    refuse_dash(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, content)
    except OSError as error:
        raise CoachError(
            f"{path}: cannot be written ({error.strerror}); choose a folder you can write to"
        ) from error


def refuse_dash(path: Path) -> None:
    """Refuse `-`, rather than make a file that few people know how to delete.

    Raises
    ------
    UsageError
        It is called `-`.
    """
    if path == Path("-"):
        raise UsageError("-: standard output is not supported here; give a file name")
