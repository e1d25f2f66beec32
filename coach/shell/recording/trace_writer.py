"""Writing a trace while a session runs; see `trace_format`."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from coach.errors import StoreError
from coach.replay.trace import Entry, Setup
from coach.shell.recording.trace_format import (
    DOUBLE,
    FACE,
    FORMAT,
    HEAD,
    KINDS,
    LIGHT,
    LIGHTS,
    MAGIC,
    VALUES,
    packed,
)
from coach.shell.recording.trace_setup import setup_to_json
from coach.types import FaceObservation

FLUSH_EVERY_S = 0.5  # of the session: a kill costs no more
LETTERS: Final = {kind: letter for letter, kind in KINDS.items()}
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)  # a name Windows alone has


class TraceWriter:
    """Writes a trace, readable by its owner alone.

    Parameters
    ----------
    path
        A new file.
    setup
        The setup of the session.
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
        self._before = {letter: np.zeros(VALUES, np.uint32) for letter in (b"F", b"V")}
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
                if entry.observation.mirrored is not None:
                    self._put(b"V", entry.t, self._face(b"V", entry.observation.mirrored))
                self._put(b"F", entry.t, self._face(b"F", entry.observation))
        elif entry.kind == "move":
            self._put(b"M", entry.t, struct.pack("<b", entry.by))
        else:
            self._put(LETTERS[entry.kind], entry.t, entry.reason.encode() if entry.kind == "end" else b"")
        if not self._flushed <= entry.t < self._flushed + FLUSH_EVERY_S or entry.kind == "end":
            self._flushed = entry.t
            self._flush()

    def close(self) -> None:
        """Write everything that still waits and close the file; safe to call twice."""
        if not self._file.closed:
            try:
                self._all(self._stream.flush())
            finally:
                self._file.close()

    def _face(self, letter: bytes, seen: FaceObservation) -> bytes:
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
        steps, self._before[letter] = packed(bits, self._before[letter]), bits
        return head + steps

    def _put(self, letter: bytes, t: float, contents: bytes = b"") -> None:
        self._all(self._stream.compress(HEAD.pack(letter[0], t, len(contents)) + contents))

    def _flush(self) -> None:
        self._all(self._stream.flush(zlib.Z_SYNC_FLUSH))

    def _all(self, data: bytes) -> None:
        while data:  # an unbuffered file may take a part at a time
            data = data[self._file.write(data) :]
