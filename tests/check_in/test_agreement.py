"""A smile and a check-in of the same person agree, though both are measured with noise."""

from __future__ import annotations

import math
from collections import defaultdict

import pytest

from coach.check_in.flow import CheckInFlow
from coach.check_in.machine import Pose
from coach.check_in.photo_measures import StillPicture, StillView
from coach.check_in.smile_flow import SmileFlow
from coach.shell.app.check_in import load_check_in
from coach.shell.app.check_in_record import numbers, scored
from coach.shell.capture.simulated_person import load_person
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.toml_files import load_settings
from coach.simulation.landmark_face import LandmarkFace
from coach.simulation.person import Person

SPEC, BOOK, SETTINGS = load_check_in(), load_phrase_book("en"), load_settings(None)
FPS = 20.0
NOISE = 0.001  # then cheek lift scatters from picture to picture as that of the drawn face, or a little more


def measured(flow: CheckInFlow, seed: int) -> tuple[dict[str, float], dict[str, float]]:
    """Lead a person through it; return the scores and their errors, without the faces of a check-in alone."""
    person, face = Person(load_person(), seed=seed), LandmarkFace(seed, noise=NOISE)
    pictures: dict[Pose, list[StillPicture]] = defaultdict(list)
    heard, ended, t = [], False, 0.0
    while not ended:
        assert t < 90, "it takes too long"
        if flow.state.pose in ("natural", "jaw"):
            flow.move(t, +1)
        seen = face.observed(t, person.step(t, heard))
        assert seen is not None
        output = flow.process(t, seen)
        if output.take:
            pictures[flow.state.pose].append(StillPicture(seen, (StillView(seen),)))
            flow.taken(seen)
        heard = [] if output.say is None else [output.say]
        ended = output.ended
        t += 1 / FPS
    return numbers(scored(pictures))


@pytest.mark.parametrize("seed", [9, 12, 14])
def test_a_smile_scores_like_a_check_in_within_three_points(seed: int) -> None:
    """Days with different noise, sway and strength; with three pictures each, these were 4 to 5 apart."""
    smile, smile_error = measured(SmileFlow(SPEC, BOOK, SETTINGS, source="test"), seed)
    other, other_error = measured(CheckInFlow(SPEC, BOOK, SETTINGS, source="test"), seed + 100)
    for name in ("mouth_curve", "cheek_lift", "eye_squint", "symmetry", "eye_engagement", "smile"):
        apart = abs(smile[name] - other[name])
        assert apart <= 3.0, name
        assert apart <= 3 * math.hypot(smile_error[name], other_error[name]), name
