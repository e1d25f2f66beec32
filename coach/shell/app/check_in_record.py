"""What a check-in leaves behind: scores for the history, and what the next one lines up with."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from coach.check_in.capture_gate import FacePlacement
from coach.check_in.machine import Pose
from coach.check_in.photo_measures import StillPicture, compare
from coach.check_in.scores import Scores, median_of, score, sem
from coach.errors import CoachError
from coach.face.baseline import Baseline
from coach.progress.history import SIMULATED
from coach.shell.detection.photo_file import read_photo
from coach.shell.store.store import Store
from coach.types import FaceObservation, Image

Outline: TypeAlias = list[list[tuple[float, float]]]
"""Closed lines of (x, y), shares of the picture."""
Ghost: TypeAlias = Image | Outline
"""The earlier picture to line up with: a photo where one was kept, else the outline."""

GHOST_SHARE = 0.25  # of the earlier photo in the blend
# Which score comes from which face, under which name in the history.
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
class Taken:
    """Everything that was photographed so far; `neutral`, `placed`, `outline` of the first picture."""

    pictures: dict[Pose, list[StillPicture]] = field(default_factory=dict)
    images: list[tuple[str, Image]] = field(default_factory=list)
    neutral: Baseline | None = None
    placed: FacePlacement | None = None
    outline: Outline = field(default_factory=list)


def last_check_in(store: Store, *, simulated: bool = False) -> date | None:
    """Return the day of the last check-in, the person's own or the simulated one's; None without one."""
    days = [score.day for score in store.history().scores if (score.source == SIMULATED) == simulated]
    return max(days, default=None)


def scored(pictures: dict[Pose, list[StillPicture]]) -> dict[Pose, Scores]:
    """Return the median scores of each face, the neutral one aside."""
    return {pose: median_of(takes) for pose, takes in _takes(pictures).items()}


def _takes(pictures: dict[Pose, list[StillPicture]]) -> dict[Pose, list[Scores]]:
    neutrals = pictures["neutral"]
    return {
        pose: [score(compare(neutrals, picture)) for picture in taken]
        for pose, taken in pictures.items()
        if pose != "neutral"
    }


def numbers(
    faces: dict[Pose, Scores], pictures: dict[Pose, list[StillPicture]]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the scores for the history and their standard errors, by name."""
    values: dict[str, float] = {}
    errors: dict[str, float] = {}
    takes = _takes(pictures) if faces else {}
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


def details_of(taken: Taken, faces: dict[Pose, Scores]) -> dict[str, Any]:
    """Return what the next check-in lines up with, and every face's scores, as plain JSON values."""
    placed = None if taken.placed is None else {k: round(v, 4) for k, v in asdict(taken.placed).items()}
    return {
        "placement": placed,
        "outline": taken.outline,
        "faces": {pose: asdict(scores) for pose, scores in faces.items()},
    }


def outline(observation: FaceObservation) -> Outline:
    """Return the face's outline, lips and eyes as closed lines of (x, y), shares of the picture."""
    from coach.shell.window.face_overlay import EYE, LIPS_OUTER, OVAL

    lines = (OVAL, LIPS_OUTER, EYE["left"], EYE["right"])
    return [np.round(observation.landmarks[list(line), :2], 3).tolist() for line in lines]


def blended(image: Image, ghost: Ghost) -> Image:
    """Return a copy of the picture with the ghost faintly in it, both (H, W, 3) uint8 BGR."""
    import cv2

    height, width = image.shape[:2]
    if isinstance(ghost, np.ndarray):
        same = ghost if ghost.shape[:2] == (height, width) else cv2.resize(ghost, (width, height))
        return np.asarray(cv2.addWeighted(image, 1 - GHOST_SHARE, same, GHOST_SHARE, 0), np.uint8)
    drawn = image.copy()
    lines = [np.rint(np.array(line) * (width, height)).astype(np.int32) for line in ghost]
    cv2.polylines(drawn, lines, True, (255, 255, 255), max(1, height // 240), cv2.LINE_AA)
    return np.asarray(cv2.addWeighted(image, 0.5, drawn, 0.5, 0), np.uint8)


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
        return None, None  # an odd row is no reason not to check in
    try:
        return where, read_photo(data_dir / row[1]) if row[1] else lines
    except CoachError:
        return where, lines  # the photo was deleted
