"""Cameras of this machine: opening one the way its system likes, listing them, and why one fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from coach.errors import Notice
from coach.settings import CameraSettings
from coach.shell.system.native_stderr import hush_opencv, native_stderr

PROBED = range(6)  # indices tried where the system does not say which there are


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that is used.

    Example::

        while capture.grab():
            ok, image = capture.retrieve()
        capture.release()
    """

    def grab(self) -> bool:
        """Wait for the next picture; False when there will be none."""
        ...

    def retrieve(self) -> tuple[bool, Any]:
        """Decode the picture just grabbed."""
        ...

    def release(self) -> None:
        """Let the device go."""
        ...


Opener: TypeAlias = Callable[[CameraSettings], Capture | None]
"""Opens a camera, however long that takes; None if it cannot."""


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera that gave a picture. `width`, `height` in pixels; `name` is empty if unknown."""

    index: int
    width: int
    height: int
    name: str

    def __str__(self) -> str:
        size = f"{self.width}x{self.height}"
        return f"{self.index} ({self.name}, {size})" if self.name else f"{self.index} ({size})"


def open_camera(settings: CameraSettings) -> Capture | None:
    """Open a camera with OpenCV, asking for the settings' size and rate as compressed pictures.

    On macOS this must run on the main thread, which shows the system's question for permission.
    """
    # Media Foundation otherwise takes seconds to minutes to open; read when OpenCV first uses it.
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "5")  # seconds, in place of ten
    hush_opencv()
    import cv2

    wanted = [
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),  # raw pictures limit USB 2 to 10 a second
        (cv2.CAP_PROP_FRAME_WIDTH, settings.width),
        (cv2.CAP_PROP_FRAME_HEIGHT, settings.height),
        (cv2.CAP_PROP_FPS, round(settings.fps)),
    ]
    if sys.platform == "win32":
        # Each later change of size reopens the device, so ask for everything at once where possible.
        at_once = [int(value) for pair in wanted for value in pair]
        capture = cv2.VideoCapture(settings.index, cv2.CAP_MSMF, at_once)
        if capture.isOpened():
            return capture
        backends = [cv2.CAP_MSMF, cv2.CAP_DSHOW]
    else:
        backends = [cv2.CAP_AVFOUNDATION if sys.platform == "darwin" else cv2.CAP_V4L2]
    for backend in backends:
        capture = cv2.VideoCapture(settings.index, backend)
        if capture.isOpened():
            for key, value in wanted:
                capture.set(key, value)  # a camera that cannot keeps its own setting
            return capture
        capture.release()
    return None


def list_cameras(opener: Opener = open_camera, *, without: int | None = None) -> list[CameraInfo]:
    """Return the cameras that give a picture now; opens each for a moment, so its light may flash.

    Parameters
    ----------
    opener
        How to open one.
    without
        An index to leave out, because it is known to fail.
    """
    found = []
    for index in _indices():
        if index == without:
            continue
        with native_stderr():
            capture = opener(CameraSettings(index=index, width=640, height=480, fps=30.0))
            if capture is None:
                continue
            ok, image = capture.retrieve() if capture.grab() else (False, None)
            capture.release()
        if ok and image is not None and image.size:
            found.append(CameraInfo(index, image.shape[1], image.shape[0], _name(index)))
    return found


def explanation(index: int, reason: str, found: Sequence[CameraInfo]) -> str:
    """Return the one line for a camera that cannot be used: what happened, what there is, what to do."""
    if found:
        cameras, first = tuple(map(str, found)), found[0].index
        there = Notice("found: {cameras}; try --source webcam:{first}", cameras=cameras, first=first)
    else:
        there = Notice("no camera found: connect one")
    remedies = [there, Notice("close other programs that use it")]
    device = Path(f"/dev/video{index}")
    if sys.platform == "darwin":
        remedies.append(Notice("allow your terminal in System Settings > Privacy & Security > Camera"))
    elif sys.platform == "win32":
        remedies.append(Notice("allow desktop apps in Settings > Privacy & security > Camera"))
    elif device.exists() and not os.access(device, os.R_OK | os.W_OK):
        remedies.append(Notice("add yourself to the group 'video' and log in again"))
    return Notice(
        "camera {number} {reason}; {remedies}, or try `smile-coach demo`, which needs no camera",
        number=index,
        reason=reason,
        remedies=tuple(remedies),
    )


def _indices() -> list[int]:
    """Return the indices worth trying."""
    if sys.platform != "linux":
        return list(PROBED)
    numbers = (path.name.removeprefix("video") for path in Path("/dev").glob("video*"))
    return sorted(int(number) for number in numbers if number.isdecimal())


def _name(index: int) -> str:
    """Return the system's name for the camera, if a file has it."""
    try:
        return Path(f"/sys/class/video4linux/video{index}/name").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
