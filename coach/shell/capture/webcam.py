"""The webcam as a source: the newest frame, a stall noticed from outside, and its own recovery."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from enum import Enum, auto

from coach.errors import Notice, SourceError
from coach.settings import CameraSettings
from coach.shell.capture.camera_reader import Reader
from coach.shell.capture.cameras import Opener, explanation, list_cameras, open_camera
from coach.shell.capture.source import MAX_WAIT_S, Signal
from coach.types import Frame

SILENT_S = 1.9  # seconds without a new picture until the camera counts as lost: noticed within two
ABANDON_S = 3.0  # seconds of stall until it is reopened
OPEN_PATIENCE_S = 5.0  # seconds of opening until the person is told
OPEN_LIMIT_S = 30.0  # seconds of opening until the attempt is given up
BACKOFF_S = (0.5, 1.0, 2.0, 3.0)  # seconds between attempts to open it again: back within 5 s in any case
LEAST_WIDTH = 640  # of a picture, pixels: of smaller ones little is left of a face further away
CLOSE_WAIT_S = 0.5  # a reader that is not stuck lets go well within this


class CameraState(Enum):
    """The states of the camera."""

    CLOSED = auto()
    OPENING = auto()
    STREAMING = auto()
    STALLED = auto()  # blocked, or repeating one picture: nothing new, but nothing said either
    BACKOFF = auto()  # failed; waiting to try again


class CameraTrigger(Enum):
    """The triggers that lead from state to state."""

    START = auto()
    PICTURE = auto()  # one that differs from the one before
    SILENCE = auto()
    FAILURE = auto()
    TIMEOUT = auto()
    SHRINK = auto()  # to be opened again for smaller pictures
    CLOSE = auto()


TRANSITIONS: dict[CameraState, dict[CameraTrigger, CameraState]] = {
    CameraState.CLOSED: {CameraTrigger.START: CameraState.OPENING},
    CameraState.OPENING: {
        CameraTrigger.PICTURE: CameraState.STREAMING,
        CameraTrigger.FAILURE: CameraState.BACKOFF,
        CameraTrigger.TIMEOUT: CameraState.BACKOFF,
        CameraTrigger.CLOSE: CameraState.CLOSED,
    },
    CameraState.STREAMING: {
        CameraTrigger.SILENCE: CameraState.STALLED,
        CameraTrigger.SHRINK: CameraState.BACKOFF,
        CameraTrigger.FAILURE: CameraState.BACKOFF,
        CameraTrigger.CLOSE: CameraState.CLOSED,
    },
    CameraState.STALLED: {
        CameraTrigger.PICTURE: CameraState.STREAMING,
        CameraTrigger.FAILURE: CameraState.BACKOFF,
        CameraTrigger.TIMEOUT: CameraState.BACKOFF,
        CameraTrigger.CLOSE: CameraState.CLOSED,
    },
    CameraState.BACKOFF: {
        CameraTrigger.TIMEOUT: CameraState.OPENING,
        CameraTrigger.CLOSE: CameraState.CLOSED,
    },
}
LIMIT_S = {CameraState.OPENING: OPEN_LIMIT_S, CameraState.STALLED: ABANDON_S}


class Webcam:
    """A camera by its index; `read` gives the newest frame and never blocks for long.

    `read` and `close` are for one thread at a time, whichever it is; `now` and `shrink` are for any.

    Parameters
    ----------
    settings
        Its index, and the pictures to ask for.
    opener
        How to open it; may block for as long as it likes.
    clock
        Seconds that only go forward.
    open_here
        Open on the caller's thread, as macOS wants it; elsewhere the reader's thread opens.
    """

    def __init__(
        self,
        settings: CameraSettings,
        *,
        opener: Opener = open_camera,
        clock: Callable[[], float] = time.perf_counter,  # `monotonic` steps by 16 ms on Windows
        open_here: bool = sys.platform == "darwin",
    ) -> None:
        self._settings = settings
        self._opener = opener
        self._clock = clock
        self._open_here = open_here
        self._zero = clock()
        self._state = CameraState.CLOSED
        self._since = self._zero
        self._news = threading.Condition()
        self._reader = Reader(self._news, clock)
        self._given = 0  # pictures of the present reader already given out
        self._given_t = -1.0
        self._attempts = 0  # to open it again since the last picture
        self._streamed = False
        self._done = False
        self._small: CameraSettings | None = None  # the size to ask for from now on
        self._shrinking = False
        self._shrunk_at = float("-inf")

    @property
    def name(self) -> str:
        """`webcam:` and the index."""
        return f"webcam:{self._settings.index}"

    @property
    def state(self) -> CameraState:
        """The camera's state."""
        return self._state

    def read(self) -> Frame | Signal:
        """Return the newest frame not given out yet, or the reason for having none.

        `WAITING`: nothing new yet. `LOST`: no new picture for `SILENT_S`, the camera failed, or opening
        takes longer than `OPEN_PATIENCE_S`; it recovers by itself. `ENDED`: closed.

        Raises
        ------
        SourceError
            The camera cannot be opened to begin with, or gives no picture at all.
        """
        if self._done:
            return Signal.ENDED
        if self._state is CameraState.CLOSED:
            self._enter(CameraTrigger.START)
        self._advance()
        self._wait()
        self._advance()
        if self._state is CameraState.STREAMING:
            with self._news:
                if self._reader.count > self._given and self._reader.image is not None:
                    self._given = self._reader.count
                    self._given_t = max(self._reader.t - self._zero, self._given_t + 1e-6)
                    return Frame(self._given_t, self._reader.image)
            return Signal.WAITING
        first = self._state is CameraState.OPENING and not self._streamed
        if self._clock() - self._shrunk_at < SILENT_S:
            return Signal.WAITING
        return Signal.WAITING if first and self._lasted() < OPEN_PATIENCE_S else Signal.LOST

    def now(self) -> float:
        """Seconds since the source was made, on the clock that stamps its frames."""
        return self._clock() - self._zero

    def shrink(self) -> None:
        """Give pictures half as wide and high from the next `read` on, unless they are small already.

        The camera is opened again for that, which is no loss if it takes less than `SILENT_S`. One that
        cannot be opened so is opened as before.
        """
        wide = self._settings.width // 2
        if wide >= LEAST_WIDTH and self._small is None:
            self._small = self._settings.model_copy(
                update={"width": wide, "height": self._settings.height // 2}
            )
            self._shrinking = True

    def close(self) -> None:
        """Let the camera go; a reader that is stuck inside the driver is left to itself."""
        if self._done:
            return
        self._done = True
        if self._state is not CameraState.CLOSED:
            self._enter(CameraTrigger.CLOSE)
        self._reader.join(CLOSE_WAIT_S)

    def _wait(self) -> None:
        """Wait for a picture or the reader's end, but not long."""
        reader = self._reader
        with self._news:
            known = self._given if self._state is CameraState.STREAMING else reader.count
            idle = self._state is CameraState.BACKOFF  # no reader at work: only time helps
            self._news.wait_for(lambda: not idle and (reader.count > known or reader.over), MAX_WAIT_S)

    def _lasted(self) -> float:
        return self._clock() - self._since

    def _advance(self) -> None:
        """Check the reader and the clock, and follow the table."""
        trigger = self._trigger()
        if trigger is None:
            return
        if not self._streamed and trigger in (CameraTrigger.FAILURE, CameraTrigger.TIMEOUT):
            reason = self._reader.failure or Notice(
                "does not respond ({seconds} s)", seconds=round(OPEN_LIMIT_S)
            )
            self.close()
            found = list_cameras(self._opener, without=self._settings.index) if self._reader.over else []
            raise SourceError(explanation(self._settings.index, reason, found))
        self._enter(trigger)

    def _trigger(self) -> CameraTrigger | None:
        """Return the trigger that the current state responds to, if any."""
        if self._state is CameraState.BACKOFF:
            wait = BACKOFF_S[min(self._attempts, len(BACKOFF_S)) - 1]
            return CameraTrigger.TIMEOUT if self._lasted() >= wait else None
        with self._news:
            if self._reader.error is not None:
                raise self._reader.error
            failed = bool(self._reader.failure)
            live = self._reader.count > 0 and self._clock() - self._reader.changed_at <= SILENT_S
        if failed:
            return CameraTrigger.FAILURE
        if self._state is CameraState.STREAMING:
            if self._shrinking:
                return CameraTrigger.SHRINK
            return None if live else CameraTrigger.SILENCE
        if live:
            return CameraTrigger.PICTURE
        return CameraTrigger.TIMEOUT if self._lasted() > LIMIT_S[self._state] else None

    def _enter(self, trigger: CameraTrigger) -> None:
        """Go to the state that the table names, and begin its work."""
        self._state = TRANSITIONS[self._state][trigger]
        self._since = self._clock()
        if trigger is CameraTrigger.SHRINK:
            self._shrinking, self._shrunk_at = False, self._since
        elif trigger is CameraTrigger.FAILURE and self._small is not None:
            self._small = self._settings  # it may have been the size that it refuses
        if self._state is CameraState.OPENING:
            self._reader = Reader(self._news, self._clock, after=self._reader)
            self._given = 0
            wanted = self._small or self._settings
            self._reader.start(lambda: self._opener(wanted), open_here=self._open_here)
        elif self._state is CameraState.STREAMING:
            self._streamed = True
            self._attempts = 0
        elif self._state is CameraState.BACKOFF:
            self._attempts += 1
            self._reader.wanted = False
        elif self._state is CameraState.CLOSED:
            self._reader.wanted = False
