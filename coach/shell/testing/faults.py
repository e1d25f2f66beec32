"""Faults on purpose: a source, a sound output and a disk that fail when a script says so. For tests.

Public API for anyone who adds a source, an output or a store::

    source = FaultySource(person, [InjectedFault("black", 4.0, 6.0), InjectedFault("lost", 8.0, 11.0)])
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from coach.coaching.cues import Cue
from coach.errors import SourceError
from coach.shell.capture.source import Listener, Signal, Source
from coach.types import Frame, Image

PictureFault: TypeAlias = Literal[
    "black",
    "frozen",
    "garbage",
    "empty",
    "grey",
    "alpha",
    "half",
    "none",
    "nobody",
    "another",
    "beside",
    "wide",
    "pair",
]
FlowFault: TypeAlias = Literal["silent", "lost", "slow", "burst", "jitter", "gap", "ended", "gone", "broken"]
FaultKind: TypeAlias = PictureFault | FlowFault


WALL = 200  # grey level
BROADER = 1.15


@dataclass(frozen=True, slots=True)
class InjectedFault:
    """A fault from `start` until `end`, in seconds of the source that is wrapped.

     Pictures: `black`; `frozen`, the last good one again; `garbage`, noise; `empty`, 0x0; `grey`, (H, W);
     `alpha`, (H, W, 4); `half`, half the size; `none`, no array at all; `nobody`, a bare wall; `another`,
     a broader face in the same place; `beside`, the bare wall and the broader face beside it; `wide`, the
     person and the bare wall; `pair`, the person and a broader face that never moves.
    Flow: `silent`, nothing new; `lost`, as an unplugged camera; `slow`, `amount` frames a second;
     `burst`, `amount` seconds held back and then given at once; `jitter`, stamps off by up to `amount`
     seconds; `gap`, the clock leaps by `amount` seconds, once; `ended`, no more frames; `gone`, reading
     raises SourceError; `broken`, it raises RuntimeError, as a mistake in a program would.
    """

    kind: FaultKind
    start: float
    end: float = float("inf")
    amount: float = 0.0


class FaultySource:
    """A source that passes on another one's frames, spoilt as the script says.

    Parameters
    ----------
    source
        The one that is wrapped; it is read as usual while nothing of it is passed on.
    script
        The first fault whose time it is, is done.
    seed
        Of noise and jitter.
    """

    def __init__(self, source: Source, script: Sequence[InjectedFault], *, seed: int = 0) -> None:
        self._source = source
        self._script = list(script)
        self._random = random.Random(seed)  # noqa: S311 - nothing here is a secret
        self._noise = np.random.default_rng(seed)
        self._first: Frame | None = None
        self._good: Frame | None = None
        self._held: list[Frame] = []
        self._given_t = float("-inf")
        self._leapt_s = 0.0
        self._begun: float | None = None  # when the present burst began

    @property
    def name(self) -> str:
        """The wrapped source's."""
        return self._source.name

    def read(self) -> Frame | Signal:
        """Return the next frame, spoilt or not, or the script's signal instead."""
        if self._held and self._begun is None:
            return self._stamped(self._held.pop(0), 0.0)
        frame = self._source.read()
        if not isinstance(frame, Frame):
            return frame
        self._first = self._first or frame
        fault = next((f for f in self._script if f.start <= frame.t < f.end), None)
        if fault is None or fault.kind != "burst":
            self._begun = None
        if fault is None:
            self._good = frame
            if self._held:  # the frames held back come first
                self._held.append(frame)
                frame = self._held.pop(0)
            return self._stamped(frame, 0.0)
        return self._spoilt(frame, fault)

    def hear(self, cue: Cue) -> None:
        """Let the wrapped source hear, if it can."""
        if isinstance(self._source, Listener):
            self._source.hear(cue)

    def now(self) -> float:
        """Return the wrapped source's time, with the leaps so far."""
        return self._source.now() + self._leapt_s

    def close(self) -> None:
        """Close the wrapped source."""
        self._source.close()

    def _spoilt(self, frame: Frame, fault: InjectedFault) -> Frame | Signal:
        said = SIGNALS.get(fault.kind)
        if said is not None:
            return said
        off = 0.0
        if fault.kind == "gone":
            raise SourceError("the camera is gone for good; connect it and start again")
        if fault.kind == "broken":
            raise RuntimeError("a mistake in the program")
        if fault.kind in PICTURES:
            frame = Frame(frame.t, PICTURES[fault.kind](self, frame.image))
        elif fault.kind == "burst":
            return self._gathered(frame, fault)
        elif fault.kind == "slow":
            if frame.t + self._leapt_s - self._given_t < 1 / fault.amount - 1e-3:
                return Signal.WAITING
        elif fault.kind == "jitter":
            off = self._random.uniform(-fault.amount, fault.amount)
        elif fault.kind == "gap":
            self._script.remove(fault)
            self._leapt_s += fault.amount
        return self._stamped(frame, off)

    def _gathered(self, frame: Frame, fault: InjectedFault) -> Signal:
        self._begun = frame.t if self._begun is None else self._begun
        self._held.append(frame)
        if frame.t - self._begun >= fault.amount:
            self._begun = None
        return Signal.WAITING

    def _frozen(self, image: Image) -> Image:
        return image if self._good is None else self._good.image

    def _pair(self, image: Image) -> Image:
        still = image if self._first is None else self._first.image
        return np.hstack([image, broadened(still)])

    def _garbage(self, image: Image) -> Image:
        return self._noise.integers(0, 256, image.shape, dtype=np.uint8)

    def _stamped(self, frame: Frame, off: float) -> Frame:
        """Return the frame at its time, which strictly increases whatever the fault."""
        self._given_t = max(frame.t + self._leapt_s + off, self._given_t + 1e-3)
        return Frame(self._given_t, frame.image)


SIGNALS: dict[str, Signal] = {"silent": Signal.WAITING, "lost": Signal.LOST, "ended": Signal.ENDED}
PICTURES: dict[str, Callable[[FaultySource, Image], Any]] = {
    "black": lambda _, image: np.zeros_like(image),
    "frozen": FaultySource._frozen,  # noqa: SLF001 - the class's own table, which has to stand below it
    "garbage": FaultySource._garbage,  # noqa: SLF001 - as above
    "empty": lambda _, image: image[:0, :0],
    "grey": lambda _, image: image.mean(axis=2).astype(np.uint8),
    "alpha": lambda _, image: np.dstack([image, np.full(image.shape[:2], 255, np.uint8)]),
    "half": lambda _, image: image[::2, ::2],
    "none": lambda _, __: None,
    "nobody": lambda _, image: np.full_like(image, WALL),
    "another": lambda _, image: broadened(image),
    "wide": lambda _, image: np.hstack([image, np.full_like(image, WALL)]),
    "pair": FaultySource._pair,  # noqa: SLF001 - as above
    "beside": lambda _, image: np.hstack([np.full_like(image, WALL), broadened(image)]),
}


def broadened(image: Image) -> Image:
    """Return a picture of the same size in which every face is broader, as another person's would be."""
    import cv2

    wide = cv2.resize(image, None, fx=BROADER, fy=1.0)
    left = (wide.shape[1] - image.shape[1]) // 2
    return np.ascontiguousarray(wide[:, left : left + image.shape[1]], dtype=np.uint8)


class FaultyOutput:
    """A sound output (see `coach.shell.sound.outputs`) that fails.

    Parameters
    ----------
    kind
        `hangs`: starting never returns until `release`d. `endless`: playing never ends. `crashes`:
        starting raises OSError.
    """

    name = "faulty output"

    def __init__(self, kind: Literal["hangs", "endless", "crashes"]) -> None:
        self.kind = kind
        self.started = 0
        self._released = False

    def start(self, path: Path) -> None:
        """Fail as asked for."""
        del path
        self.started += 1
        if self.kind == "crashes":
            raise OSError("the sound device is gone")
        while self.kind == "hangs" and not self._released:
            time.sleep(0.005)

    def playing(self) -> bool:
        """Whether it pretends to play."""
        return self.kind == "endless"

    def stop(self) -> None:
        """Do nothing."""

    def release(self) -> None:
        """Let a hanging start return, so that its thread can end."""
        self._released = True


@contextmanager
def full_disk(connection: sqlite3.Connection) -> Iterator[None]:
    """Let every write through this connection fail while the block runs, as on a full disk.

    SQLite itself refuses, with a `sqlite3.DatabaseError`; nothing is replaced.
    """

    def refuse(action: int, *_: str | None) -> int:
        writes = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
        return sqlite3.SQLITE_DENY if action in writes else sqlite3.SQLITE_OK

    connection.set_authorizer(refuse)
    try:
        yield
    finally:
        connection.set_authorizer(None)
