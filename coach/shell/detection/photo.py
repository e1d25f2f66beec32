"""Still pictures: reading a file, looking at a face always in the same way, scoring and keeping it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from coach.check_in.photo_measures import StillPicture, StillView, compare
from coach.check_in.scores import Scores, score, score_alone
from coach.errors import CoachError, StoreError
from coach.shell.detection.landmarker import Landmarker
from coach.shell.detection.straighten import SIDE, StraightFace
from coach.shell.system.image import plain
from coach.shell.system.native_stderr import native_stderr
from coach.types import FaceObservation, Frame, Image

FOLDER = "photos"  # in the data folder
SETTLE = 3  # looks at the whole picture until the landmarker has found its place
MOST_FACES = 2
OTHER_FACE = 1 / 3  # a second face smaller than this share of the first is background
BYTES = 100_000_000
# (tilt in degrees, outer-eye-corner distance in pixels) of the looks at the straight face, each also
# mirrored: their mean scatters by half as much as a single look under changes of light, distance and small
# turns. Three looks depended on which size went with which tilt; looks from slightly aside were no better.
LOOKS = ((0.0, 110.0), (-5.0, 100.0), (5.0, 100.0), (-5.0, 120.0), (5.0, 120.0))
STRAIGHT = LOOKS[:1]  # the looks that tell how far the head is still turned


class Stills:
    """Looks at still pictures; the same picture always gives the same result.

    The landmarker forgets what it tracked (by an empty picture), finds the face, and then looks at it
    turned straight, slightly tilted and of fixed sizes, half of the looks mirrored.

    Parameters
    ----------
    landmarker
        May be one that is in use for live frames: those go on as from another source.
    """

    def __init__(self, landmarker: Landmarker) -> None:
        self._landmarker = landmarker
        self._t = 0.0

    def read(self, image: Image) -> StillPicture | None:
        """Return the face in several views, or None where there is none.

        Parameters
        ----------
        image
            (H, W, 3) uint8 BGR, unmirrored.
        """
        self._forget()
        found = None
        for _ in range(SETTLE):
            found = self._look(image)
        if found is None:
            return None
        self._forget()
        face = StraightFace(image, found)
        straight = self._views(face, STRAIGHT)
        if straight is None:
            return None
        face.correct(straight)
        views = self._views(face, LOOKS)
        return None if views is None else StillPicture(found, views)

    def _views(
        self, face: StraightFace, looks: tuple[tuple[float, float], ...]
    ) -> tuple[StillView, ...] | None:
        """Return what is seen in each look, plain and then mirrored; None if the face is not found in one."""
        views = []
        for mirrored in (False, True):
            for tilt, unit in looks:
                # tilted the other way, so that a flipped picture is looked at from the same sides
                seen = self._look(face.view(-tilt if mirrored else tilt, unit, mirrored=mirrored))
                if seen is None:
                    return None
                views.append(StillView(seen, mirrored))
        return tuple(views)

    def _look(self, image: Image) -> FaceObservation | None:
        self._t += 1.0
        return self._landmarker.detect(Frame(self._t, image))

    def _forget(self) -> None:
        self._look(np.zeros((SIDE, SIDE, 3), np.uint8))


def read_photo(path: Path) -> Image:
    """Read a picture file, turned upright as its camera meant it.

    Returns
    -------
    Image
        (H, W, 3) uint8 BGR of at most `picture.MAX_SIDE` pixels a side.

    Raises
    ------
    CoachError
        There is no such file, it cannot be read, or it is no picture.
    """
    import cv2

    if not path.exists():
        raise CoachError(f"{path}: there is no such file; check the path")
    try:
        size = path.stat().st_size
        if size > BYTES:
            raise CoachError(f"{path}: {size // 1_000_000} MB is too large for a photo; scale it down")
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise CoachError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    try:
        with native_stderr():
            decoded = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except cv2.error:
        decoded = None
    image = plain(decoded)
    if image is None:
        raise CoachError(f"{path}: is not a picture that can be read; use a JPEG or PNG file")
    return image


def score_photo(path: Path, model_path: Path, neutral: Path | None = None) -> Scores:
    """Score a picture file, against a picture of the same person's neutral face if there is one.

    Raises
    ------
    CoachError
        A file is missing or no picture, or does not show exactly one face.
    ModelError
        The model file cannot be used.
    """
    paths = [path] if neutral is None else [path, neutral]
    images = [read_photo(each) for each in paths]
    with native_stderr():
        for each, image in zip(paths, images, strict=True):
            _check_one_face(each, image, model_path)
    with Landmarker(model_path) as landmarker:
        stills = Stills(landmarker)
        pictures = [_picture(stills, each, image) for each, image in zip(paths, images, strict=True)]
    if neutral is None:
        return score_alone(pictures[0])
    return score(compare(pictures[1:], pictures[0]))


def _picture(stills: Stills, path: Path, image: Image) -> StillPicture:
    picture = stills.read(image)
    if picture is None:
        raise _no_face(path)
    return picture


def _no_face(path: Path) -> CoachError:
    return CoachError(f"{path}: no face found; use a picture of one face looking into the camera")


def _check_one_face(path: Path, image: Image, model_path: Path) -> None:
    """Make sure that there is one face, or one in the foreground.

    Raises
    ------
    CoachError
        There is none, or two of about the same size.
    """
    import cv2
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model_path)), num_faces=MOST_FACES
    )
    with vision.FaceLandmarker.create_from_options(options) as finder:
        rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        faces = finder.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)).face_landmarks
    if not faces:
        raise _no_face(path)
    sizes = sorted((_height(face) for face in faces), reverse=True)
    if len(sizes) > 1 and sizes[1] > OTHER_FACE * sizes[0]:
        raise CoachError(f"{path}: more than one face found; crop the picture to one")


def _height(face: list[Any]) -> float:
    heights = [float(point.y) for point in face]
    return max(heights) - min(heights)


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
        place.chmod(0o700)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(data)
    except OSError as error:
        raise StoreError(
            f"{file}: the photo cannot be written ({error.strerror}); free some space, or do without photos"
        ) from error
    return file.relative_to(folder).as_posix()
