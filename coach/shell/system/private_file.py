"""Writing a file whole or not at all, for its owner's eyes alone."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from coach.errors import CoachError, UsageError

STALE_S = 10.0  # no other copy of the program takes that long to write a file
RANDOM = 8  # letters that `tempfile` puts behind a name


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


def write_private(path: Path, content: bytes) -> None:
    """Write a file in a folder that exists: beside it first, then in its place.

    A link stays one, its target is written. A device or a pipe is written straight to: a renamed file
    would take its place in the system.

    Raises
    ------
    OSError
        It cannot be written; an older file is unchanged.
    """
    target = Path(os.path.realpath(path))  # Path.resolve raises RuntimeError where links go in a circle
    if path.exists() and not target.is_file():  # asked of both: /dev/stdout leads to no name
        path.write_bytes(content)
        return
    sweep(target)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # made 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


def sweep(target: Path) -> None:
    """Delete what a kill in the middle of `write_private` left beside a file: a person's words."""
    stem = f".{target.name}."
    with contextlib.suppress(OSError):
        for path in target.parent.iterdir():
            if path.name.startswith(stem) and len(path.name) == len(stem) + RANDOM:
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
