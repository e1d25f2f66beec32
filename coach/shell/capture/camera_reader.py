"""One camera's reader: a disposable thread that keeps the newest picture."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from coach.errors import Notice
from coach.shell.capture.cameras import Capture
from coach.types import Image

PRINT_ROWS = 32  # rows of a picture that are compared with the one before


class Reader:
    """Opens a camera and reads it until not wanted any more.

    Only this thread touches the capture: releasing it from another one while it is inside the driver is
    undefined. So a reader that is stuck is left alone, and lets go when the driver lets it.

    Parameters
    ----------
    news
        Held while the fields below change, and notified of every picture and of the end.
    clock
        Seconds that only go forward.
    after
        The reader before: a camera that shows its last picture after opening is still frozen.

    Attributes
    ----------
    wanted
        Set it to False to be rid of the reader.
    count, t, image
        How many pictures came, and the newest with the clock's time right after it was grabbed.
    changed_at, fingerprint
        The clock's time of the newest picture that differed from the one before, by its `fingerprint`.
    over, failure, error
        Whether the thread has ended, why (for the person), and a fault of the program's own.
    """

    def __init__(
        self, news: threading.Condition, clock: Callable[[], float], after: Reader | None = None
    ) -> None:
        self.wanted = True
        self.count = 0
        self.t = 0.0
        self.image: Image | None = None
        self.over = False
        self.failure = ""
        self.error: Exception | None = None
        self.changed_at: float = after.changed_at if after else 0.0
        self.fingerprint: int | None = after.fingerprint if after else None
        self._news = news
        self._clock = clock
        self._thread: threading.Thread | None = None

    def start(self, opener: Callable[[], Capture | None], *, open_here: bool = False) -> None:
        """Open and read on the reader's thread, or open on this one and then read on the reader's."""
        with self._reporting():
            if open_here:
                capture = opener()
                opener = lambda: capture  # noqa: E731 the thread finds it opened
            self._thread = threading.Thread(target=self._run, args=(opener,), name="camera", daemon=True)
            self._thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread to let the camera go, at most so long."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self, opener: Callable[[], Capture | None]) -> None:
        with self._reporting():
            self._end(self._read(opener()))

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """Report an exception as the reader's end: nobody would see a thread's traceback."""
        import cv2

        try:
            yield
        except (cv2.error, OSError) as fault:
            lines = str(fault).strip().splitlines() or [type(fault).__name__]
            self._end(f"failed ({lines[-1]})")
        except Exception as fault:  # noqa: BLE001 carried to the caller's thread, which raises it
            self._end(Notice("failed"), fault)

    def _end(self, failure: str, error: Exception | None = None) -> None:
        with self._news:
            self.failure, self.error, self.over = failure, error, True
            self._news.notify_all()

    def _read(self, capture: Capture | None) -> str:
        """Keep the newest picture until not wanted any more; return why reading ended."""
        if capture is None:
            return Notice("cannot be opened")
        try:
            while self.wanted:
                if not capture.grab():
                    return Notice("gives no picture")
                t = self._clock()
                ok, image = capture.retrieve()
                if ok and isinstance(image, np.ndarray) and image.size:
                    self._keep(t, image)
        finally:
            capture.release()
        return Notice("was closed")

    def _keep(self, t: float, image: Image) -> None:
        step = max(1, image.shape[0] // PRINT_ROWS)
        seen = zlib.crc32(image[::step, ::step].tobytes())  # a real sensor has noise everywhere
        with self._news:
            if seen != self.fingerprint:
                self.fingerprint, self.changed_at = seen, t
            self.t, self.image = t, image
            self.count += 1
            self._news.notify_all()
