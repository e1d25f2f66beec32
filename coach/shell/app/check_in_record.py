"""A check-in's record: scores for the history, and the face's place for the next one to line up with."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from coach.check_in.capture_gate import FacePlacement
from coach.check_in.machine import Pose
from coach.check_in.photo_measures import StillPicture, compare
from coach.check_in.scores import Scores, middle_of, score, sem
from coach.errors import CoachError
from coach.progress.history import SIMULATED
from coach.shell.app.ghost import Ghost, Outline
from coach.shell.detection.photo_file import read_photo
from coach.shell.store.store import Store
from coach.types import Image

# Face, score, and the score's name in the history.
KEPT: tuple[tuple[Pose, str, str], ...] = (
    ("biggest", "mouth_curve", "mouth_curve"),
    ("biggest", "cheek_lift", "cheek_lift"),
    ("biggest", "eye_squint", "eye_squint"),
    ("biggest", "symmetry", "symmetry"),
    ("biggest", "eye_engagement", "eye_engagement"),
    ("biggest", "smile", "smile"),
    ("jaw", "jaw_openness", "jaw_openness"),
    ("natural", "smile", "natural_smile"),
    ("natural", "eye_engagement", "natural_eye_engagement"),
)


@dataclass(slots=True)
class Photos:
    """Everything that was photographed; `images`, `placed` and `outline` of each face's first picture.

    `images`: by face, (H, W, 3) uint8 BGR. `placed`, `outline`: of the neutral face.
    """

    pictures: dict[Pose, list[StillPicture]] = field(default_factory=dict)
    images: dict[Pose, Image] = field(default_factory=dict)
    placed: FacePlacement | None = None
    outline: Outline = field(default_factory=list)


def scored(pictures: Mapping[Pose, Sequence[StillPicture]]) -> dict[Pose, list[Scores]]:
    """Return the scores of each picture, the neutral face's aside."""
    neutrals = pictures["neutral"]
    return {
        pose: [score(compare(neutrals, picture)) for picture in taken]
        for pose, taken in pictures.items()
        if pose != "neutral"
    }


def numbers(takes: Mapping[Pose, Sequence[Scores]]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the scores for the history and their standard errors, by name."""
    faces = {pose: middle_of(each) for pose, each in takes.items()}
    values: dict[str, float] = {}
    errors: dict[str, float] = {}
    for pose, name, kept in KEPT:
        value = getattr(faces[pose], name) if pose in faces else None
        if value is not None:
            values[kept] = value
            error = sem(takes[pose], name)
            if error is not None:
                errors[kept] = error
    best = faces.get("biggest")
    if best is not None and best.excursion_mm is not None and best.excursion_sd_mm is not None:
        for side in ("left", "right"):
            values[f"excursion_{side}_mm"] = getattr(best.excursion_mm, side)
            errors[f"excursion_{side}_mm"] = getattr(best.excursion_sd_mm, side)
    return values, errors


def details_of(photos: Photos, faces: dict[Pose, Scores]) -> dict[str, Any]:
    """Return the placement for the next check-in and every face's scores, as plain JSON values."""
    placed = None if photos.placed is None else {k: round(v, 4) for k, v in asdict(photos.placed).items()}
    return {
        "placement": placed,
        "outline": photos.outline,
        "faces": {pose: asdict(scores) for pose, scores in faces.items()},
    }


def previous(store: Store | None, data_dir: Path, source: str) -> tuple[FacePlacement | None, Ghost | None]:
    """Return how the face was placed in the last check-in, and its neutral photo or else its outline.

    The simulated person lines up with the simulated person only.
    """
    if store is None:
        return None, None
    which = "=" if source == SIMULATED else "<>"
    query = f"SELECT details, photo FROM check_ins WHERE source {which} ? ORDER BY at DESC LIMIT 1"  # noqa: S608
    try:
        row = store.connection.execute(query, (SIMULATED,)).fetchone()
        if row is None:
            return None, None
        details = json.loads(row[0])
        where = FacePlacement(**details["placement"])
        lines = [[(float(x), float(y)) for x, y in line] for line in details["outline"]]
    except (sqlite3.Error, ValueError, TypeError, KeyError):
        return None, None  # do not let a damaged row prevent a check-in
    try:
        return where, read_photo(data_dir / row[1]) if row[1] else lines
    except CoachError:
        return where, lines  # the photo was deleted
