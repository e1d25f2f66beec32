"""Writing a file whole or not at all, for its owner's eyes alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from coach.errors import CoachError


def write_private(path: Path, content: bytes) -> None:
    """Write a file in a folder that exists: beside it first, then in its place.

    Raises
    ------
    OSError
        It cannot be written; what was there before still is.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def hand_over(path: Path, content: bytes) -> None:
    """Write a file that the person has asked for, where they want it; its folder is made if need be.

    Raises
    ------
    CoachError
        It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, content)
    except OSError as error:
        raise CoachError(
            f"{path}: cannot be written ({error.strerror}); choose a place that exists and is yours"
        ) from error
