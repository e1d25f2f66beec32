"""The command `score`: the scores of one photo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coach.check_in.photo_measures import StillPicture, compare
from coach.check_in.scores import Scores, score, score_alone
from coach.errors import CoachError
from coach.shell.detection.film_survey import OTHER_FACE
from coach.shell.detection.landmarker import Landmarker
from coach.shell.detection.photo_file import read_photo
from coach.shell.detection.stills import Stills
from coach.shell.system.native_stderr import native_stderr
from coach.types import Image

MOST_FACES = 2


def score_photo(
    path: Path,
    model_path: Path,
    neutral: Path | None = None,
    kept: Sequence[StillPicture] = (),
) -> Scores:
    """Score a picture file, against a picture of the same person's neutral face if there is one.

    Parameters
    ----------
    path
        The picture.
    model_path
        The landmarker's.
    neutral
        A picture of the same person's face at rest.
    kept
        Their face at rest as an earlier check-in kept it, used where there is no `neutral`.

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
    rest = pictures[1:] or list(kept)
    return score(compare(rest, pictures[0])) if rest else score_alone(pictures[0])


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
        There is no face, or two of about the same size.
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
