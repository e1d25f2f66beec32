"""Writing a file whole or not at all, for its owner's eyes alone."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from coach.errors import CoachError, UsageError

SMALL_FILE = 4096  # bytes
STALE_S = 10.0  # no other copy of the program takes that long to write a file
LEFT_BEHIND = re.compile(r"\..+\.[a-z0-9_]{8}")  # as `tempfile` names it, and `FileBeside`
NAMELESS = getattr(os, "O_TMPFILE", 0)  # Linux: a file in no folder, gone with its process
OPEN_FILES = "/proc/self/fd"


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

    Where the system can, it has no name until it is whole, so that a kill leaves nothing behind; elsewhere
    `sweep` finds what was left. A link stays one, its target is written. A device or a pipe is written
    straight to: a renamed file would take its place in the system.

    Attributes
    ----------
    file : BinaryIO
        The file to write.

    Raises
    ------
    OSError
        It cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._target = Path(os.path.realpath(path))  # Path.resolve raises where links go in a circle
        self._beside: Path | None = None
        self._unnamed = False
        if path.exists() and not self._target.is_file():  # asked of both: /dev/stdout leads to no name
            self.file: BinaryIO = path.open("wb")
            return
        sweep(self._target)
        nameless = _nameless(self._target.parent)
        self._unnamed = nameless is not None
        self.file, self._beside = (nameless, None) if nameless else _beside(self._target)

    def keep(self) -> None:
        """Put it in its place; raises OSError if that fails."""
        if self._unnamed:
            self._name()
        if self._beside is not None:
            self.file.flush()
            os.fsync(self.file.fileno())
        self.file.close()
        if self._beside is not None:
            self._beside.replace(self._target)

    def close(self) -> None:
        """Drop a file that was not kept; safe to call twice."""
        with contextlib.suppress(OSError):
            self.file.close()
        if self._beside is not None:
            self._beside.unlink(missing_ok=True)

    def _name(self) -> None:
        """Give the nameless file, now whole, a name beside its place: a link cannot replace another file."""
        self.file.flush()
        name = self._target.with_name(f".{self._target.name}.{secrets.token_hex(4)}")
        try:
            descriptors = os.open(OPEN_FILES, os.O_RDONLY)
            try:
                os.link(str(self.file.fileno()), name, src_dir_fd=descriptors)
            finally:
                os.close(descriptors)
            self._beside = name
        except OSError:  # some network drives make such files and cannot name them
            nameless = self.file
            self.file, self._beside = _beside(self._target)
            with nameless:
                nameless.seek(0)
                shutil.copyfileobj(nameless, self.file)


def _beside(target: Path) -> tuple[BinaryIO, Path]:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # made 0600
    return os.fdopen(handle, "wb"), Path(name)


def _nameless(folder: Path) -> BinaryIO | None:
    """Return a file in no folder, on the disk of this one; None if there is no such thing."""
    if not NAMELESS or not Path(OPEN_FILES).is_dir():
        return None
    try:
        return os.fdopen(os.open(folder, NAMELESS | os.O_RDWR, 0o600), "w+b")
    except OSError:  # the file system has none; if nothing can be written there, the usual way says so
        return None


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


def require_room_for(path: Path) -> None:
    """Make sure that a small file could be written there now; an older one is unchanged.

    Raises
    ------
    OSError
        It could not.
    """
    with contextlib.closing(FileBeside(path)) as beside:
        beside.file.write(bytes(SMALL_FILE))
        beside.file.flush()


def sweep(target: Path) -> None:
    """Delete the file that a kill in the middle of `write_private` left: it holds a person's words."""
    stem = f".{target.name}."
    with contextlib.suppress(OSError):
        _sweep(path for path in target.parent.iterdir() if path.name.startswith(stem))


def sweep_folder(folder: Path) -> None:
    """Delete every such file in a folder that is ours alone, whatever its name was to be."""
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
        room = "make room, or " if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        raise CoachError(
            f"{path}: cannot be written ({error.strerror}); {room}choose a folder you can write to"
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
