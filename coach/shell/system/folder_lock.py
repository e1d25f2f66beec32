"""A folder for one process at a time, while a file in it is read, changed and written."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process is in here with this folder; a kill lets it go.

    The folder itself is locked, so that no file for it is left behind. Windows locks no folders, and some
    network drives nothing at all: there it waits for nobody.
    """
    with contextlib.ExitStack() as held:
        if sys.platform != "win32":
            import fcntl

            with contextlib.suppress(OSError):
                handle = os.open(folder, os.O_RDONLY)
                held.callback(os.close, handle)
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
