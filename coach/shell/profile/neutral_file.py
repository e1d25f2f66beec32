"""The person's face at rest on disk: landmarks only, no picture, for photos that are scored later."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from coach.check_in.photo_measures import StillPicture, StillView
from coach.errors import StoreError
from coach.progress.history import SIMULATED
from coach.shell.system.private_file import write_private
from coach.types import FaceObservation

FILE = "neutral.npz"


def keep_neutral(data_dir: Path, pictures: Sequence[StillPicture], on: date, source: str) -> None:
    """Store the landmarks of the face at rest, whole or not at all, readable by its owner alone.

    The simulated person never takes the place of a real one.

    Raises
    ------
    StoreError
        The folder cannot be written.
    """
    if source == SIMULATED and _kept_source(data_dir) not in ("", SIMULATED):
        return
    faces = [
        face for picture in pictures for face in (picture.found, *(v.observation for v in picture.views))
    ]
    facts = {
        "date": on.isoformat(),
        "source": source,
        "sizes": [face.size for face in faces],
        "mirrored": [[view.mirrored for view in picture.views] for picture in pictures],
    }
    out = io.BytesIO()
    np.savez_compressed(
        out,
        landmarks=np.array([face.landmarks for face in faces], dtype=np.float64),
        blendshapes=np.array([face.blendshapes for face in faces], dtype=np.float64),
        facts=np.array(json.dumps(facts)),
    )
    path = data_dir / FILE
    try:
        write_private(path, out.getvalue())
    except OSError as error:
        raise StoreError(
            f"{path}: the face at rest cannot be written ({error.strerror}); "
            "free some space, or choose a folder you can write to with --data-dir"
        ) from error


def read_neutral(data_dir: Path) -> tuple[tuple[StillPicture, ...], date] | None:
    """Return the face at rest and its day; None if the file is missing, damaged or the simulated person's."""
    try:
        with np.load(data_dir / FILE, allow_pickle=False) as stored:
            facts = json.loads(str(stored["facts"]))
            landmarks, blendshapes = stored["landmarks"], stored["blendshapes"]
        if facts["source"] == SIMULATED:
            return None
        faces = [
            FaceObservation(float(n), points, shapes, (int(size[0]), int(size[1])))
            for n, (points, shapes, size) in enumerate(
                zip(landmarks, blendshapes, facts["sizes"], strict=True)
            )
        ]
        return tuple(_pictures(faces, facts["mirrored"])), date.fromisoformat(facts["date"])
    except (OSError, ValueError, KeyError, IndexError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _pictures(faces: list[FaceObservation], mirrored: list[list[bool]]) -> list[StillPicture]:
    pictures = []
    rest = iter(faces)
    for flags in mirrored:
        found = next(rest, None)
        views = tuple(StillView(face, bool(flag)) for flag, face in zip(flags, rest, strict=False))
        if found is None or len(views) != len(flags):
            raise ValueError("fewer faces than views")
        pictures.append(StillPicture(found, views))
    return pictures


def _kept_source(data_dir: Path) -> str:
    try:
        with np.load(data_dir / FILE, allow_pickle=False) as stored:
            return str(json.loads(str(stored["facts"]))["source"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return ""
