"""Photos as files: reading a person's own, and keeping a check-in's."""

from __future__ import annotations

import io
import warnings
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError, StoreError
from coach.shell.system.image import plain
from coach.shell.system.native_stderr import native_stderr
from coach.shell.system.private_file import make_private, write_private
from coach.shell.system.regular_file import require_regular_file
from coach.types import Image

FOLDER = "photos"  # in the data folder
MOST_PIXELS = 120_000_000
MOST_BYTES = 100_000_000
HEAD_BYTES = 16
FILMS = ((4, b"ftyp"), (0, b"\x1aE\xdf\xa3"), (8, b"AVI "))  # MP4 and MOV, Matroska and WebM, AVI
STILLS = (b"hei", b"hev", b"mif", b"msf", b"avi")  # pictures in a film's container: HEIC, AVIF


def read_photo(path: Path) -> Image:
    """Read a picture file, turned upright as its camera meant it.

    Returns
    -------
    Image
        (H, W, 3) uint8 BGR of at most `image.MAX_SIDE` pixels a side.

    Raises
    ------
    CoachError
        The file is missing, cannot be read, or is not a picture; a film is named as one, of any size.
    """
    import cv2

    require_regular_file(path, "a photo")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if any(head[at:].startswith(mark) for at, mark in FILMS) and not head[8:].startswith(STILLS):
            raise CoachError(f"{path}: is a film, not a picture; 'smile-coach analyze' reads films")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise CoachError(f"{path}: {size // 1_000_000} MB is too large for a photo; scale it down")
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise CoachError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    _check_size(path, data)
    try:
        with native_stderr():
            decoded = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except cv2.error:
        decoded = None
    image = plain(decoded)
    if image is None:
        raise CoachError(f"{path}: is not a picture that can be read; use a JPEG or PNG file")
    return image


def _check_size(path: Path, data: NDArray[np.uint8]) -> None:
    """Refuse a picture by its header alone that would take gigabytes: 100 kB can unfold to that.

    Raises
    ------
    CoachError
        It is too large, or no picture.
    """
    from PIL import Image as Pictures

    try:
        with (
            warnings.catch_warnings(action="ignore"),  # the limit below is ours
            Pictures.open(io.BytesIO(data.tobytes())) as picture,
        ):
            width, height = picture.size
    except Pictures.DecompressionBombError as error:
        raise CoachError(f"{path}: is too large for a photo; scale it down") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise CoachError(f"{path}: is not a picture that can be read; use a JPEG or PNG file") from error
    if width * height > MOST_PIXELS:
        raise CoachError(f"{path}: {width} x {height} pixels are too many for a photo; scale it down")


def keep_photo(folder: Path, image: Image, at: datetime, name: str) -> str:
    """Write a photo for its owner's eyes alone and return its path inside the data folder.

    Parameters
    ----------
    folder
        The data folder; the photo goes into `photos` in it.
    image
        (H, W, 3) uint8 BGR, unmirrored.
    at, name
        Make up the file's name, e.g. `2026-03-01-183000-neutral.png`.

    Raises
    ------
    StoreError
        It cannot be written.
    """
    import cv2

    place = folder / FOLDER
    file = place / f"{at:%Y-%m-%d-%H%M%S}-{name}.png"  # lossless: a kept photo gives the same scores again
    data = cv2.imencode(".png", image)[1].tobytes()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_private(place)
        write_private(file, data)
    except OSError as error:
        raise StoreError(
            f"{file}: the photo cannot be written ({error.strerror}); free some space, or do without photos"
        ) from error
    return file.relative_to(folder).as_posix()
