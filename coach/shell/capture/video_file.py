"""A recording as a source: its own time stamps, upright pictures, and a word when it is cut off."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from coach.errors import SourceError
from coach.shell.capture.source import Signal
from coach.shell.system.native_stderr import hush_opencv, native_stderr
from coach.types import Frame

LEAST_STEP_S = 0.001  # the landmarker counts in whole milliseconds
RESTART_S = 1.0  # a stamp that goes back further than this begins a new stretch of the recording
USUAL_FPS = 30.0  # where the container names no rate, or one that cannot be
MAX_WAIT_S = 0.05  # the protocol's: `read` waits at most about this long
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
    clock, sleep
        Seconds that only go forward, and waiting for some; used in real time only.

    Raises
    ------
    SourceError
        The file is missing, a folder, empty, or no video.
    """

    def __init__(
        self,
        path: Path,
        *,
        realtime: bool = False,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.path = path
        _require_file(path)
        hush_opencv()
        import cv2

        self._cv2 = cv2
        self._realtime = realtime
        self._clock = clock
        self._sleep = sleep
        self._started: float | None = None
        # Decoding on the processor gives the same pixels on every machine.
        software = [cv2.CAP_PROP_HW_ACCELERATION, cv2.VIDEO_ACCELERATION_NONE]
        with native_stderr():
            self._capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, software)
        if not self._capture.isOpened():
            raise SourceError(f"{path}: not a video, or cut off before its index; play it, or record it anew")
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self._step_s = 1 / (rate if math.isfinite(rate) and 1 <= rate <= 1000 else USUAL_FPS)  # noqa: PLR2004
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self._announced_s = count * self._step_s if math.isfinite(count) and count > 0 else 0.0
        self._stamps = Stamps(self._step_s)
        self._pending = False  # a frame is grabbed, stamped with `self._stamps.t`, and not yet given out
        self._frames = 0
        self._ended = False
        self._warning = ""

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    @property
    def frame_count_hint(self) -> int:
        """How many frames the container announces, 0 if it does not; for a progress bar, never for logic."""
        return round(self._announced_s / self._step_s)

    @property
    def duration_hint_s(self) -> float:
        """How long the recording says it is, in seconds; 0 if it does not."""
        return self._announced_s

    @property
    def warning(self) -> str:
        """One line about what is missing of the recording, known at its end; empty if nothing is."""
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
            if not self._pending and not self._grab():
                break
            if self._realtime and not self._due():
                return Signal.WAITING
            self._pending = False
            if self._realtime and self._frames and self.now() - self._stamps.t > LATE_S:
                continue
            ok, image = self._capture.retrieve()
            if ok and image is not None and image.size:
                self._frames += 1
                return Frame(self._stamps.t, np.asarray(image, dtype=np.uint8))
        return Signal.ENDED

    def now(self) -> float:
        """Seconds since the first frame: the clock's in real time, else those of the newest frame."""
        if not self._realtime:
            return self._stamps.t
        return 0.0 if self._started is None else self._clock() - self._started

    def close(self) -> None:
        """Let the file go; safe to call twice."""
        self._ended = True
        self._capture.release()

    def _grab(self) -> bool:
        """Decode the next frame and stamp it; False at the end, where the warning is made up."""
        if self._capture.grab():
            # After the grab the position is that of the frame just grabbed (before it, the one before).
            self._stamps.add(self._capture.get(self._cv2.CAP_PROP_POS_MSEC) / 1000)
            self._pending = True
            return True
        self._ended = True
        if not self._frames:
            raise SourceError(f"{self.path}: a video without one readable picture; record it anew")
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


def _require_file(path: Path) -> None:
    """Raise the one line that fits what is wrong with the path."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:  # OpenCV would crash, and neither log nor history could name it
        shown = str(path).encode(errors="backslashreplace").decode()
        raise SourceError(f"{shown}: the name is not UTF-8 text; rename the file") from error
    try:
        folder, size = path.is_dir(), path.stat().st_size
        if not folder:
            path.open("rb").close()
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file; check the path") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{path}: cannot be read ({reason}); check its permissions") from error
    if folder:
        raise SourceError(f"{path}: is a folder, not a video; name a file in it")
    if size == 0:
        raise SourceError(f"{path}: is empty (0 bytes); record it anew")
