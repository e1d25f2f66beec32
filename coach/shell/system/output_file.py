"""Files that may be overwritten: those of the same kind, but never one that is read or kept."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from coach.errors import UsageError

STANDARD_OUTPUT = "-"  # in place of a file's name
HEAD = 64  # bytes that tell the kind of a file
EVENTS, CSV, JSON, HTML, CALENDAR, PDF = (
    "an event log",
    "a CSV table",
    "JSON",
    "a page",
    "a calendar",
    "a PDF",
)
HISTORY, PHOTO, FILM, SVG, OTHER = "a history", "a photo", "a film", "an SVG picture", "another file"
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"SQLite format 3", HISTORY),
    (b"\x89PNG", PHOTO),
    (b"\xff\xd8\xff", PHOTO),
    (b"%PDF", PDF),
    (b"RIFF", FILM),
    (b"\x1aE\xdf\xa3", FILM),
    (b"\x00\x00\x01\xba", FILM),
    (b"OggS", FILM),
    (b'{"t"', EVENTS),
    (b"{", JSON),
    (b"BEGIN:VCALENDAR", CALENDAR),
    (b"<?xml", SVG),
    (b"<svg", SVG),
    (b"<!doctype html", HTML),
    (b"<html", HTML),
)


def check_output(
    path: Path,
    kind: str,
    *,
    kept: Iterable[Path] = (),
    inputs: Iterable[Path] = (),
    force: bool = False,
    name: str = "",
) -> None:
    """Refuse a place whose present file would be lost by writing there.

    Parameters
    ----------
    path
        Where to write. Anything but a regular file (a pipe, `/dev/stdout`) is never refused.
    kind
        The kind of file, e.g. `CSV`.
    kept
        Files and folders of the person's own things; nothing is written onto or into them, not even by force.
    inputs
        Files that the same command reads; likewise.
    force
        Replace a file of another kind.
    name
        The option's, for the message.

    Raises
    ------
    UsageError
        It would be lost.
    """
    said = f"{name} {path}".strip()
    real = _real(path)
    for source in inputs:
        if _same(path, source):
            raise UsageError(f"{said}: is the file being read; give another name")
    for own in kept:
        place = _real(own)
        if real == place or place in real.parents or _same(path, own):
            raise UsageError(f"{said}: your own {own.name} is kept there; give another name")
    try:
        if not path.is_file() or force:
            return
        with path.open("rb") as file:
            found = kind_of(file.read(HEAD))
    except OSError:
        return  # writing there will say it
    if found not in {kind, ""}:
        raise UsageError(f"{said}: {found} is there, not {kind}; give another name, or --force to replace it")


def kind_of(head: bytes) -> str:
    """Return the kind of a file by its first bytes; nothing for an empty one."""
    if not head:
        return ""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, kind in _STARTS:
        if start.lower().startswith(magic.lower()):
            return kind
    if head[4:8] == b"ftyp" or (head[:1] == b"\x47" and len(head) == HEAD and b"\x00" in head):
        return FILM
    try:
        line = head.decode().split("\n")[0]
    except UnicodeDecodeError:
        return OTHER
    return CSV if "," in line and line.isprintable() and " " not in line else OTHER


def _real(path: Path) -> Path:
    """Return where a path leads; Path.resolve raises where links go in a circle."""
    return Path(os.path.realpath(path))


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False
