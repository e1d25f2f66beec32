"""Check-ins of a drawn person: three takes of the neutral face and three of a smile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coach.check_in.photo_measures import StillPicture, compare
from coach.check_in.scores import Scores, score
from coach.shell.detection.stills import Stills
from coach.shell.drawn_face.face import draw, grain
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral, Image

AGREEING = ("mouth_curve", "cheek_lift", "eye_squint", "jaw_openness", "smile")
"""Scores that must not depend on how the head is turned, how far away it is, or on the light."""
STRAIGHT = FacePose()  # looks into the camera, well lit
SMILE = FacePose(smile=Bilateral(0.7, 0.7), cheek=Bilateral(0.6, 0.6))
SWAY_DEG = 0.7  # standard deviation of the head's angles from take to take


def photo(pose: FacePose, seed: int = 1) -> Image:
    """Return what the camera of a check-in sees, in its usual size: (720, 1280, 3) uint8 BGR."""
    return grain(draw(pose, (1280, 720)), seed)


def check_in_takes(
    stills: Stills, rest: FacePose = STRAIGHT, *, takes: int = 3, seed: int = 3
) -> list[Scores]:
    """Return the scores of each take of the smile.

    Parameters
    ----------
    rest
        The face at rest: how the head is turned, placed and lit in every take.

    Raises
    ------
    ValueError
        If no face is found in one of the drawn pictures.
    """
    rng = np.random.default_rng(seed)

    def take(pose: FacePose) -> StillPicture:
        yaw, pitch, roll = (angle + rng.normal(0, SWAY_DEG) for angle in (pose.yaw, pose.pitch, pose.roll))
        swayed = replace(pose, yaw=yaw, pitch=pitch, roll=roll)
        picture = stills.read(photo(swayed, int(rng.integers(1000))))
        if picture is None:
            raise ValueError(f"{swayed}: no face in the drawn picture")
        return picture

    smiling = replace(rest, smile=SMILE.smile, cheek=SMILE.cheek)
    rests, smiles = ([take(pose) for _ in range(takes)] for pose in (rest, smiling))
    return [score(compare(rests, smile)) for smile in smiles]
