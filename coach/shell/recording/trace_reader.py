"""Reading a trace, as far as it can be read; see `trace_format`."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, get_args

import numpy as np

from coach.errors import CoachError
from coach.events import EndReason
from coach.replay.trace import Entry, SessionTrace, Setup
from coach.shell.recording.trace_format import (
    DOUBLE,
    FACE,
    FORMAT,
    HEAD,
    KINDS,
    LANDMARKS,
    LIGHT,
    LIGHTS,
    MAGIC,
    VALUES,
    unpacked,
)
from coach.shell.recording.trace_setup import setup_from_json
from coach.shell.system.regular_file import require_regular_file
from coach.types import Bilateral, FaceObservation, Light

LONGEST = 1 << 20  # bytes of one record: the setup is a few kB, a face at most 12 kB
# A face's noise folds to half; only a made-up file folds to a twentieth, and would fill the memory.
FREE, MOST_FOLDED = 16_000_000, 20
MOST_ENTRIES = 150_000  # more than an hour; a file that claims more is not believed
PIECE = 1 << 14


def read_setup(path: Path) -> tuple[Setup, dict[str, Any]]:
    """Return the setup of a trace, and the values beside it, without reading the rest.

    Raises
    ------
    CoachError
        The file cannot be read, is not a trace, or has a newer format.
    """
    with _open(path) as file:
        return _setup(_records(file, path), path)


def read_trace(path: Path) -> SessionTrace:
    """Read a trace, as far as it can be read; `problem` says what is missing.

    Raises
    ------
    CoachError
        The file cannot be read, is not a trace, or has a newer format.
    """
    entries: list[Entry] = []
    problem = ""
    with _open(path) as file:
        records = _records(file, path)
        setup, _ = _setup(records, path)
        reader = _Faces()
        try:
            for letter, t, contents in records:
                entry = reader.entry(letter, t, contents)
                entries += [] if entry is None else [entry]
                if len(entries) > MOST_ENTRIES:
                    raise ValueError("is longer than any session")  # noqa: TRY301
        except (ValueError, struct.error, zlib.error, OSError) as error:
            problem = f"{error}"
    if not entries or entries[-1].kind != "end":
        until = f"{entries[-1].t:.1f} s" if entries else "its start"
        problem = f"{path}: {problem or 'is cut off'}; read up to {until}"
    elif problem:
        problem = f"{path}: something follows its end ({problem}); left out"
    return SessionTrace(setup, tuple(entries), problem)


class _Faces:
    """Makes entries of records; remembers the face before, from which the next one is told."""

    def __init__(self) -> None:
        self._before = {letter: np.zeros(VALUES, np.uint32) for letter in (b"F", b"V")}
        self._mirrored: FaceObservation | None = None

    def entry(self, letter: bytes, t: float, contents: bytes) -> Entry | None:
        """Return one entry, or None for one that belongs to the next.

        Raises
        ------
        ValueError, struct.error
            The record is not an entry.
        """
        if not np.isfinite(t):
            raise ValueError("has a time that is not a number")
        if letter == b"V":
            self._mirrored = self._face(letter, t, contents)
            return None
        if letter == b"F":
            mirrored, self._mirrored = self._mirrored, None
            return Entry(t, "frame", replace(self._face(letter, t, contents), mirrored=mirrored))
        if letter == b"N":
            return Entry(t, "frame")
        if letter not in KINDS:
            raise ValueError(f"has a record of unknown kind {letter!r}")
        if letter == b"M":
            (by,) = struct.unpack("<b", contents)
            return Entry(t, "move", by=by)
        if letter == b"E":
            reason = contents.decode(errors="replace")
            if reason not in get_args(EndReason):
                raise ValueError(f"ends for an unknown reason {reason[:20]!r}")
            return Entry(t, "end", reason=reason)  # type: ignore[arg-type]  # just looked up
        return Entry(t, KINDS[letter])

    def _face(self, letter: bytes, t: float, contents: bytes) -> FaceObservation:
        flags, width, height = FACE.unpack_from(contents)
        rest = contents[FACE.size :]
        light = None
        if flags & LIGHT:
            level, left, right, behind, sharpness = LIGHTS.unpack_from(rest)
            light = Light(level, Bilateral(left, right), behind, sharpness)
            rest = rest[LIGHTS.size :]
        if len(rest) != VALUES * (8 if flags & DOUBLE else 4):
            raise ValueError(f"has a face of {len(rest)} bytes")
        if flags & DOUBLE:
            values = np.frombuffer(rest, "<f8").astype(np.float64)
        else:
            self._before[letter] = unpacked(rest, self._before[letter])
            with np.errstate(invalid="ignore"):  # spoilt values are refused below
                values = self._before[letter].view(np.float32).astype(np.float64)
        if not np.isfinite(values).all():
            raise ValueError("has an invalid face")
        landmarks = values[: LANDMARKS * 3].reshape(LANDMARKS, 3)
        return FaceObservation(t, landmarks, values[LANDMARKS * 3 :], (width, height), light)


def _open(path: Path) -> BinaryIO:
    require_regular_file(path, "a session's trace")
    try:
        return path.open("rb")
    except OSError as error:
        raise CoachError(f"{path}: cannot be read ({error.strerror}); check the path") from error


def _records(file: BinaryIO, path: Path) -> Iterator[tuple[bytes, float, bytes]]:
    """Give the records one by one; ends, or raises `zlib.error` or `ValueError`, where the file does."""
    first = file.readline(len(MAGIC) + 8)
    if not first.startswith(MAGIC):
        raise CoachError(f"{path}: is not a session's trace; give a folder in films")
    if first != MAGIC + b"%d\n" % FORMAT:
        got = first[len(MAGIC) :].strip().decode(errors="replace")
        raise CoachError(f"{path}: trace format {got}, this program reads {FORMAT}; use a newer smile-coach")
    stream = zlib.decompressobj()
    buffer = bytearray()
    left = FREE + MOST_FOLDED * path.stat().st_size  # bytes that it may still unfold to
    while piece := file.read(PIECE):
        while piece:
            unfolded = stream.decompress(piece, LONGEST)
            left -= len(unfolded)
            if left < 0:
                raise ValueError("unfolds to more than any session")
            buffer += unfolded
            piece = stream.unconsumed_tail
            start = 0
            while len(buffer) - start >= HEAD.size:
                letter, t, length = HEAD.unpack_from(buffer, start)
                if length > LONGEST:
                    raise ValueError(f"has a record of {length} bytes")
                end = start + HEAD.size + length
                if len(buffer) < end:
                    break
                yield bytes([letter]), t, bytes(buffer[start + HEAD.size : end])
                start = end
            del buffer[:start]


def _setup(records: Iterator[tuple[bytes, float, bytes]], path: Path) -> tuple[Setup, dict[str, Any]]:
    try:
        letter, _, contents = next(records, (b"", 0.0, b""))
        if letter != b"S":
            raise ValueError("it has none")  # noqa: TRY301
        return setup_from_json(contents)
    except (ValueError, zlib.error, OSError) as error:
        raise CoachError(f"{path}: its beginning cannot be read ({error}); record a session again") from error
