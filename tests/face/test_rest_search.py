"""Where a face is at rest in a recording, found from all of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic_face import observed, synthetic_face

from coach.face.landmarks import Blendshape
from coach.face.rest_search import find_rest
from coach.types import FaceObservation

FPS = 15
CORNERS = (61, 291)


LOWER_LIDS = (374, 380, 373, 145, 153, 144)


def raised(face: FaceObservation) -> FaceObservation:
    """Return a face with its cheeks up: lower lids higher, and a squint, which shows faintly."""
    landmarks, shapes = face.landmarks.copy(), face.blendshapes.copy()
    landmarks[list(LOWER_LIDS), 1] -= 0.004
    shapes[[Blendshape.EYE_SQUINT_LEFT, Blendshape.EYE_SQUINT_RIGHT]] += 0.12
    return replace(face, landmarks=landmarks, blendshapes=shapes)


def film(*parts: tuple[float, float]) -> list[FaceObservation]:
    """Return a film of (seconds, smile) stretches; a smile lifts the corners."""
    frames: list[FaceObservation] = []
    for seconds, smile in parts:
        for _ in range(round(seconds * FPS)):
            still = observed(synthetic_face())
            landmarks, shapes = still.landmarks.copy(), np.zeros(52)
            landmarks[list(CORNERS), 1] -= 0.02 * smile
            shapes[[Blendshape.MOUTH_SMILE_LEFT, Blendshape.MOUTH_SMILE_RIGHT]] = 0.8 * smile
            frames.append(replace(still, t=len(frames) / FPS, landmarks=landmarks, blendshapes=shapes))
    return frames


def test_the_first_three_seconds_are_taken_if_the_face_is_at_rest_in_them():
    """However long it rests later."""
    rest = find_rest(film((4, 0), (3, 1), (10, 0)))
    assert rest is not None
    assert (rest.start, rest.end) == (0.0, 3.0)


@pytest.mark.parametrize(
    ("parts", "start", "end"),
    [
        ([(2, 1), (4, 0)], 2.0, 5.0),
        ([(0.6, 0), (2, 1)], 0.0, 0.6),
        ([(2, 1), (0.8, 0), (2, 1)], 2.0, 2.8),
    ],
    ids=["at the end", "half a second before a smile", "between two smiles"],
)
def test_rest_is_found_wherever_it_is(parts, start, end):
    """In films as people make them there is little of it."""
    rest = find_rest(film(*parts))
    assert rest is not None
    assert rest.start == pytest.approx(start, abs=0.15)
    assert rest.end == pytest.approx(end, abs=0.15)
    assert rest.smile == pytest.approx(0.0, abs=0.1)


def test_a_face_that_never_rests_says_how_much_it_smiles():
    """So that nobody takes the smile for rest."""
    rest = find_rest(film((3, 1)))
    assert rest is not None
    assert rest.smile == pytest.approx(0.8)


def test_a_film_that_begins_in_a_held_cheek_raise_has_its_rest_later():
    """Raised cheeks are as still as a resting face, and no blendshape tells them well."""
    frames = film((7, 0))
    rest = find_rest([raised(face) if face.t < 4.5 else face for face in frames])
    assert rest is not None
    assert rest.start == pytest.approx(4.5, abs=0.15)


def test_lips_that_stay_apart_are_no_rest_where_the_mouth_is_shut_elsewhere():
    """A jaw held open, of which the blendshapes show next to nothing."""
    frames = []
    for face in film((7, 0)):
        landmarks = face.landmarks.copy()
        landmarks[[14, 152], 1] += 0.05 * (face.t < 4.5)
        frames.append(replace(face, landmarks=landmarks))
    rest = find_rest(frames)
    assert rest is not None
    assert rest.start == pytest.approx(4.5, abs=0.15)


def test_a_face_that_is_never_still_has_its_calmest_moment():
    """Somebody who talks and nods all through the film: better a rough neutral than none."""
    frames = film((3, 0))
    moving = []
    for number, frame in enumerate(frames):
        landmarks = frame.landmarks.copy()
        landmarks[[*CORNERS, 152], 1] += 0.04 * (number % 3)
        moving.append(replace(frame, landmarks=landmarks))
    rest = find_rest(moving)
    assert rest is not None
    assert rest.end - rest.start >= 0.3


def test_two_pictures_are_too_few():
    """A median needs three."""
    assert find_rest(film((2 / FPS, 0))) is None
    assert find_rest([]) is None
