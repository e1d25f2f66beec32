"""The face that comes back is the known one, or somebody else's; nothing more is ever asked of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.face.baseline import Baseline, neutral_baseline
from coach.face.identity import LEAST_FACES, TOLERANCE, Recognition, difference, jumped
from coach.simulation.face_pose import FacePose
from coach.simulation.landmark_face import LandmarkFace
from coach.types import FaceObservation

REST = FacePose()
NOISE = 0.0005  # outer-eye-corner distances, as the landmarker's on a face at rest


def frames(
    pose: FacePose = REST, *, seed: int = 1, wide: float = 1.0, count: int = 30
) -> list[FaceObservation]:
    face = LandmarkFace(seed, noise=NOISE, wide=wide)
    seen = [face.observed(n / 30, pose) for n in range(count)]
    return [one for one in seen if one is not None]


def known(**how: float) -> Baseline:
    baseline = neutral_baseline(frames(**how))
    assert baseline is not None
    return baseline


def fits(seen: list[FaceObservation]) -> bool:
    recognition = Recognition(known())
    for face in [None, *seen]:
        recognition.look(face)
    return recognition.fits


@pytest.mark.parametrize(
    "change", [{}, {"yaw": 8.0}, {"pitch": -6.0}, {"roll": 10.0}, {"scale": 1.3}, {"dx": 0.1}]
)
def test_the_same_face_fits_wherever_it_is(change: dict[str, float]) -> None:
    """Turned a little, nearer or further to the side, and with other noise."""
    assert fits(frames(replace(REST, **change), seed=2))


@pytest.mark.parametrize("wide", [0.9, 1.12])
def test_another_face_does_not_fit(wide: float) -> None:
    """A tenth wider or narrower is somebody else; at rest as well as when it comes back."""
    assert not fits(frames(wide=wide))
    assert difference(known().reference, known(wide=wide).reference) > TOLERANCE
    assert difference(known().reference, known(seed=2).reference) < TOLERANCE


def test_too_little_or_a_turned_head_tells_nothing() -> None:
    """Nobody is taken for the known person by a glance, or by a face that turning alone has changed."""
    assert not fits(frames(count=LEAST_FACES - 1))
    assert fits(frames(count=LEAST_FACES))
    assert not fits(frames(replace(REST, yaw=20.0)))


def test_a_face_moves_no_further_than_its_own_size_allows() -> None:
    """From one frame to the next: a lean is no jump; a face beside it or twice as large is another's."""
    (here,), (leant,), (beside,), (near,) = (
        frames(replace(REST, **change), count=1)
        for change in ({}, {"dx": 0.05}, {"dx": 0.35}, {"scale": 1.7})
    )
    assert not jumped(here, leant)
    assert jumped(here, beside)
    assert jumped(here, near)
    assert jumped(near, here)
