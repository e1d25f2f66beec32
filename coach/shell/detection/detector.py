"""A source's frames and the face in each: looked for when asked, or ahead, on a thread of its own."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.shell.capture.source import MAX_WAIT_S, Signal, Source
from coach.types import FaceObservation, Frame

if TYPE_CHECKING:
    from coach.shell.detection.landmarker import Landmarker

CLOSE_WAIT_S = 0.5  # a source keeps its promise and the landmarker takes tens of milliseconds


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One frame with the face in it, or a signal, at `t` seconds of the source's clock.

    `face`: None without a face, or with a signal.
    """

    t: float
    got: Frame | Signal
    face: FaceObservation | None = None


class Detector:
    """Reads a frame and looks for the face in it when asked: the same frames give the same detections."""

    def __init__(self, source: Source, landmarker: Landmarker) -> None:
        self._source = source
        self._landmarker = landmarker

    def read(self) -> Detection:
        """Return the next (webcam: the newest) frame with its face, or a signal.

        Raises
        ------
        Exception
            Whatever reading and detecting raise, e.g. SourceError.
        """
        got = self._source.read()
        if isinstance(got, Frame):
            return Detection(got.t, got, self._landmarker.detect(got))
        return Detection(self._source.now(), got)

    def close(self) -> None:
        """Stop looking; source and landmarker stay open. Safe to call twice."""


class ThreadedDetector(Detector):
    """Looks for the next face while the one before is shown; for a live camera with a window.

    At most one detection waits. The thread reads the next frame only once that one was taken: no frame
    is processed for nothing, and none grows old. All detections come in order, and an exception of the thread
    is raised by the `read` whose turn it is. The first one is made on the caller's thread: macOS asks for
    the camera's permission on the main thread only.

    Until `close` the thread alone reads the source and uses the landmarker; the source's `now` may be asked.
    """

    def __init__(self, source: Source, landmarker: Landmarker) -> None:
        super().__init__(source, landmarker)
        self._t = 0.0
        self._wanted: queue.SimpleQueue[bool] = queue.SimpleQueue()  # one more detection, or the end
        self._made: queue.SimpleQueue[Detection | Exception] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def read(self) -> Detection:
        """Return the next detection, or `WAITING` if none comes within `MAX_WAIT_S`.

        Time stands still in that `WAITING`: the frame that is looked at now is older than now.

        Raises
        ------
        Exception
            Whatever reading and detecting raise, e.g. SourceError.
        """
        if self._thread is None:
            made: Detection | Exception = super().read()
            self._thread = threading.Thread(target=self._work, name="detector", daemon=True)
            self._thread.start()
        else:
            try:
                made = self._made.get(timeout=MAX_WAIT_S)
            except queue.Empty:
                return Detection(self._t, Signal.WAITING)
        if isinstance(made, Exception):
            raise made
        self._wanted.put(True)
        self._t = made.t
        return made

    def close(self) -> None:
        """End the thread. One that is stuck is left to itself, and the landmarker inside it stays open."""
        if self._thread is not None:
            self._wanted.put(False)
            self._thread.join(CLOSE_WAIT_S)

    def _work(self) -> None:
        while self._wanted.get():
            try:
                made: Detection | Exception = super().read()
            except Exception as fault:  # noqa: BLE001 carried to the caller's thread, which raises it
                made = fault
            self._made.put(made)
