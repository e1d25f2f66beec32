"""A recording as a source: its own time stamps, upright pictures, and a word when it is cut off."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

from coach.errors import SourceError
from coach.shell.capture.film_decoder import Decoded, FilmDecoder
from coach.shell.capture.source import MAX_WAIT_S, Signal
from coach.types import Frame

LEAST_STEP_S = 0.001  # the landmarker counts in whole milliseconds
RESTART_S = 1.0  # a stamp that goes back further than this begins a new stretch of the recording
USUAL_FPS = 30.0  # where the container names no rate, or one that cannot be
LATE_S = 0.1  # in real time, pictures older than this are skipped, as a camera would
# A cut is told from a container's rounding: more than this many seconds and this share are missing.
CUT_S, CUT_SHARE = 0.5, 0.02


class VideoFile:
    """A film or a recording, read as fast as the caller asks or at its own pace.

    Parameters
    ----------
    path
        The file.
    realtime
        True: frames come when they are due, and late ones are skipped. False: every frame, at once.
    turn
        Quarter turns counterclockwise that the pictures need beyond what the film itself says.
    clock, sleep
        Seconds that only go forward, and waiting for some; used in real time only.

    Raises
    ------
    SourceError
        The file is missing, a folder, a pipe, empty, a playlist, or no video.
    """

    def __init__(
        self,
        path: Path,
        *,
        realtime: bool = False,
        turn: int = 0,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.path = path
        self._film = FilmDecoder(path, turn)
        self._realtime = realtime
        self._clock = clock
        self._sleep = sleep
        self._started: float | None = None
        self._step_s = 1 / (self._film.rate or USUAL_FPS)
        self._announced_s = self._film.duration_s
        self._stamps = Stamps(self._step_s)
        self._pending: Decoded | None = None  # decoded, stamped with `self._stamps.t`, and not yet given out
        self._frames = 0
        self._ended = False
        self._warning = ""

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    @property
    def duration_hint_s(self) -> float:
        """How long the recording says it is, in seconds; 0 if it does not."""
        return self._announced_s

    @property
    def warning(self) -> str:
        """One line about what the recording lacks, known at its end; empty if it is complete."""
        return self._warning

    def read(self) -> Frame | Signal:
        """Return the next frame, `WAITING` in real time while it is not due, or `ENDED` (also once closed).

        Raises
        ------
        SourceError
            Not one of its frames can be decoded.
        """
        if self._started is None:
            self._started = self._clock()
        while not self._ended:
            if self._pending is None and not self._decode():
                break
            if self._realtime and not self._due():
                return Signal.WAITING
            decoded, self._pending = self._pending, None
            if decoded is None or (self._realtime and self._frames and self.now() - self._stamps.t > LATE_S):
                continue
            self._frames += 1
            return Frame(self._stamps.t, self._film.picture(decoded))
        return Signal.ENDED

    def now(self) -> float:
        """Seconds since the first frame: the clock's in real time, else those of the newest frame."""
        if not self._realtime:
            return self._stamps.t
        return 0.0 if self._started is None else self._clock() - self._started

    def turn(self, quarters: int) -> None:
        """Turn the pictures that are still to come, counterclockwise, beyond what the film itself says."""
        self._film.turn = quarters

    def close(self) -> None:
        """Let the file go; safe to call twice."""
        self._ended = True
        self._film.close()

    def _decode(self) -> bool:
        """Decode the next frame and stamp it; False at the end, where the warning is made up."""
        self._pending = self._film.next()
        if self._pending is not None:
            self._stamps.add(self._pending.stamp)
            return True
        self._ended = True
        if not self._frames:
            raise SourceError(f"{self.path}: a video without one readable picture; record it again")
        seconds = self._stamps.t + self._step_s
        missing = self._announced_s - seconds
        if missing > max(CUT_S, CUT_SHARE * self._announced_s):
            self._warning = f"ends after {seconds:.1f} s of {self._announced_s:.1f} s: the file is cut off"
        return False

    def _due(self) -> bool:
        """Whether the pending frame's time has come; waits for it up to `MAX_WAIT_S`."""
        early = self._stamps.t - self.now()
        if early > LEAST_STEP_S:
            self._sleep(min(early, MAX_WAIT_S))
            early = self._stamps.t - self.now()
        return early <= LEAST_STEP_S


class Stamps:
    """The container's stamps made into seconds since the first frame, strictly increasing.

    Parameters
    ----------
    step_s
        Seconds from frame to frame where the container stamps none.
    """

    def __init__(self, step_s: float) -> None:
        self.t = 0.0
        self._step_s = step_s
        self._raw: float | None = None
        self._zero = 0.0

    def add(self, raw: float) -> float:
        """Take the next frame's stamp in seconds and return its time.

        A stamp that stands still (or is no number) is no stamp: the frame follows at the nominal rate.
        """
        if self._raw is None:
            self._raw = self._zero = raw if math.isfinite(raw) else 0.0
            return self.t
        if not math.isfinite(raw) or raw == self._raw:
            self.t += self._step_s
            return self.t
        if raw < self._raw - RESTART_S:
            self._zero = raw - self.t - self._step_s
        self._raw = raw
        self.t = max(raw - self._zero, self.t + LEAST_STEP_S)
        return self.t
