"""A trace on disk: a line to know it by, then one compressed stream of records, readable up to any cut.

Format 1. The line `smile-coach trace 1`, then a zlib stream, flushed every half second of the session.
In it records: kind (1 byte), t (8 bytes, float64, seconds), length (4 bytes), contents; all little-endian.

=====  ==================================================================================
kind   contents
=====  ==================================================================================
``S``  the setup as JSON; the first record
``F``  a face: flags (1 byte), width, height (4 bytes each), light (5 float64, if flag 1),
       then landmarks (478, 3) and blendshapes (52,), see `_pack`
``N``  a frame without a face
``L``  no pictures; ``I`` nothing new; ``P`` pause or resume; ``R`` the last memory was rated
``M``  another exercise: -1, 0 or 1 (1 byte)
``E``  the end: its reason as text
=====  ==================================================================================

MediaPipe gives float32, so float32 is kept, bit for bit; values that are no float32 are kept as float64.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, get_args

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError, StoreError
from coach.events import EndReason
from coach.replay.trace import Entry, EntryKind, SessionTrace, Setup
from coach.shell.recording.trace_setup import setup_from_json, setup_to_json
from coach.shell.system.regular_file import require_regular_file
from coach.types import Bilateral, FaceObservation, Light

FORMAT = 1
MAGIC = b"smile-coach trace "
FLUSH_EVERY_S = 0.5  # of the session: what a kill may cost
LANDMARKS, BLENDSHAPES = 478, 52
VALUES = LANDMARKS * 3 + BLENDSHAPES
LIGHT, DOUBLE = 1, 2  # flags
HEAD, FACE, LIGHTS = struct.Struct("<BdI"), struct.Struct("<BII"), struct.Struct("<5d")
LONGEST = 1 << 20  # bytes of one record: the setup is a few kB, a face at most 12 kB
# A face's noise folds to half; only what somebody made up folds to a twentieth, and would fill the memory.
FREE, MOST_FOLDED = 16_000_000, 20
MOST_ENTRIES = 150_000  # more than an hour; a file that claims more is not believed
PIECE = 1 << 14
KINDS: Final[dict[bytes, EntryKind]] = {
    b"L": "lost", b"I": "idle", b"P": "pause", b"M": "move", b"R": "rate", b"E": "end",
}  # fmt: skip
LETTERS: Final = {kind: letter for letter, kind in KINDS.items()}

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)  # a name Windows alone has

Values = NDArray[np.uint32]


class TraceWriter:
    """Writes a trace, readable by its owner alone.

    Parameters
    ----------
    path
        A new file.
    setup
        What the session was set up with.
    extra
        Plain JSON values to keep beside it, e.g. the session's id.

    Raises
    ------
    StoreError
        The file cannot be made.
    OSError
        From every method: the disk is full or gone.
    """

    def __init__(self, path: Path, setup: Setup, extra: dict[str, Any] | None = None) -> None:
        try:
            descriptor = os.open(path, NEW, 0o600)
        except OSError as error:
            raise StoreError(
                f"{path}: the recording cannot be written ({error.strerror}); "
                "free some space, or leave out --record"
            ) from error
        self._file: BinaryIO = os.fdopen(descriptor, "wb", buffering=0)
        self._stream = zlib.compressobj()
        self._before: Values = np.zeros(VALUES, np.uint32)
        self._flushed = float("-inf")
        self._file.write(MAGIC + b"%d\n" % FORMAT)
        self._put(b"S", 0.0, setup_to_json(setup, extra or {}))
        self._flush()

    def write(self, entry: Entry) -> None:
        """Write one entry; on the disk at the latest `FLUSH_EVERY_S` of the session later."""
        if entry.kind == "frame":
            if entry.observation is None:
                self._put(b"N", entry.t)
            else:
                self._put(b"F", entry.t, self._face(entry.observation))
        elif entry.kind == "move":
            self._put(b"M", entry.t, struct.pack("<b", entry.by))
        else:
            self._put(LETTERS[entry.kind], entry.t, entry.reason.encode() if entry.kind == "end" else b"")
        if not self._flushed <= entry.t < self._flushed + FLUSH_EVERY_S or entry.kind == "end":
            self._flushed = entry.t
            self._flush()

    def close(self) -> None:
        """Write what is still waiting and close the file; safe to call twice."""
        if not self._file.closed:
            try:
                self._all(self._stream.flush())
            finally:
                self._file.close()

    def _face(self, seen: FaceObservation) -> bytes:
        values = np.concatenate([seen.landmarks.ravel(), seen.blendshapes])
        if values.shape != (VALUES,):
            raise ValueError(f"a face has {VALUES} values, got {values.size}")
        with np.errstate(over="ignore"):
            single = values.astype("<f4")
        same = np.array_equal(single, values, equal_nan=True)
        flags = (LIGHT if seen.light else 0) | (0 if same else DOUBLE)
        head = FACE.pack(flags, *seen.size)
        if seen.light:
            light = seen.light
            head += LIGHTS.pack(
                light.level, light.balance.left, light.balance.right, light.behind, light.sharpness
            )
        if flags & DOUBLE:
            return head + values.astype("<f8").tobytes()
        bits = single.view(np.uint32)
        packed, self._before = _pack(bits, self._before), bits
        return head + packed

    def _put(self, letter: bytes, t: float, contents: bytes = b"") -> None:
        self._all(self._stream.compress(HEAD.pack(letter[0], t, len(contents)) + contents))

    def _flush(self) -> None:
        self._all(self._stream.flush(zlib.Z_SYNC_FLUSH))

    def _all(self, data: bytes) -> None:
        while data:  # an unbuffered file may take a part at a time
            data = data[self._file.write(data) :]


def read_setup(path: Path) -> tuple[Setup, dict[str, Any]]:
    """Return what a trace was set up with, and what is kept beside it, without reading the rest.

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
                entries.append(reader.entry(letter, t, contents))
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
        self._before: Values = np.zeros(VALUES, np.uint32)

    def entry(self, letter: bytes, t: float, contents: bytes) -> Entry:
        """Return one entry. Raises ValueError or struct.error where the record is not an entry."""
        if not np.isfinite(t):
            raise ValueError("has a time that is not a number")
        if letter == b"F":
            return Entry(t, "frame", self._face(t, contents))
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

    def _face(self, t: float, contents: bytes) -> FaceObservation:
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
            self._before = _unpacked(rest, self._before)
            with np.errstate(invalid="ignore"):  # what is spoilt is refused below
                values = self._before.view(np.float32).astype(np.float64)
        if not np.isfinite(values).all():
            raise ValueError("has an invalid face")
        landmarks = values[: LANDMARKS * 3].reshape(LANDMARKS, 3)
        return FaceObservation(t, landmarks, values[LANDMARKS * 3 :], (width, height), light)


def _pack(bits: Values, before: Values) -> bytes:
    """Return a face's float32 bits as steps from the face before: smallest numbers, bytes of a rank together.

    A float's bits, read as an integer, grow with it, so neighbours in time differ in the low bytes alone.
    The sign goes into the lowest bit (zigzag), then all first bytes come first: half the size of floats.
    """
    step = bits - before
    zigzag = (step << np.uint32(1)) ^ (np.uint32(0) - (step >> np.uint32(31)))
    return zigzag.astype("<u4").view(np.uint8).reshape(-1, 4).T.tobytes()


def _unpacked(data: bytes, before: Values) -> Values:
    """Undo `_pack`."""
    zigzag = np.ascontiguousarray(np.frombuffer(data, np.uint8).reshape(4, -1).T).view("<u4").ravel()
    step = (zigzag >> np.uint32(1)) ^ (np.uint32(0) - (zigzag & np.uint32(1)))
    bits: Values = before + step.astype(np.uint32)
    return bits


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
