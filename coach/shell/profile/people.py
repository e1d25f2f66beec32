"""Several people on one machine: each has a folder of their own below the data folder."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from coach.errors import StoreError, UsageError
from coach.shell.profile.own_command import SCRIPT, quoted

FOLDER = "people"
NAME = re.compile(r"\w(?:[\w '-]{0,30}\w)?")
# Names that Windows keeps for devices, whatever the folder.
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def people(base: Path) -> tuple[str, ...]:
    """Return the names of the people who have a folder in the data folder, in order."""
    try:
        folders = [path for path in (base / FOLDER).iterdir() if path.is_dir()]
    except OSError:
        return ()
    names = (unicodedata.normalize("NFC", path.name) for path in folders)
    return tuple(sorted(name for name in names if NAME.fullmatch(name)))


def person_named(base: Path, name: str) -> str:
    """Return a person's name as it was added; upper and lower case are the same.

    Raises
    ------
    UsageError
        There is nobody of that name.
    """
    wanted, known = _key(name), people(base)
    for each in known:
        if _key(each) == wanted:
            return each
    there = f"known {'is' if len(known) == 1 else 'are'} {', '.join(known)}; " if known else ""
    raise UsageError(f"--person {name!r}: unknown; {there}smile-coach people add NAME adds a person")


def person_folder(base: Path, name: str) -> Path:
    """Return the data folder of a person who was added; of nobody in particular, for an empty name.

    Raises
    ------
    UsageError
        There is nobody of that name.
    """
    return base / FOLDER / person_named(base, name) if name else base


def add_person(base: Path, name: str) -> str:
    """Make a person's data folder, readable by its owner alone; return the name as it is kept.

    Raises
    ------
    UsageError
        The name cannot be a folder's, or somebody has it.
    StoreError
        The folder cannot be made.
    """
    kept = unicodedata.normalize("NFC", name.strip())
    if not NAME.fullmatch(kept) or DEVICES.fullmatch(kept):
        raise UsageError(f"{name!r}: no name; use up to 32 letters, digits, spaces, ' or -")
    if _key(kept) in map(_key, people(base)):
        start = quoted(SCRIPT, "--person", kept)
        raise UsageError(f"'{name}': is there already; {start} starts their session")
    folder = base / FOLDER / kept
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot be made ({error.strerror}); choose another folder with --data-dir"
        ) from error
    return kept


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip()).casefold()
