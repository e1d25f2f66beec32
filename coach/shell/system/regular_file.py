"""Reading ordinary files only: no folder, pipe or device, and nothing too large."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from coach.errors import SourceError

ADDRESS = re.compile("[a-z]{2,}:/")  # `https://...` as a path: it has lost a stroke


def require_regular_file(path: Path, what: str = "a video") -> None:
    """Raise the one line that fits what is wrong with the path.

    Parameters
    ----------
    what
        The kind of file that was wanted.

    Raises
    ------
    SourceError
        No such file, a folder, a pipe or a device, empty, without permission, or a name that is no text.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError as error:  # neither log nor history could name it
        shown = str(path).encode(errors="backslashreplace").decode()
        raise SourceError(f"{shown}: the name is not UTF-8 text; rename the file") from error
    try:
        about = path.stat()
        if stat.S_ISREG(about.st_mode):
            path.open("rb").close()
    except FileNotFoundError as error:
        if ADDRESS.match(str(path)):
            raise SourceError(f"{path}: is an address, not a file; download it first") from error
        raise SourceError(f"{path}: no such file; check the path") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{path}: cannot be read ({reason}); check its permissions") from error
    if stat.S_ISDIR(about.st_mode):
        raise SourceError(f"{path}: is a folder, not {what}; name a file in it")
    if not stat.S_ISREG(about.st_mode):
        raise SourceError(f"{path}: is a pipe or a device, not {what}; save it as a file first")
    if about.st_size == 0:
        raise SourceError(f"{path}: is empty (0 bytes), so it is not {what}; give another file")
