"""What moves the corners of the mouth and is no smile."""

from __future__ import annotations

from dataclasses import replace

import pytest
from synthetic import load

from coach.testing import held, play, trace
from coach.types import Bilateral

WINKED = 0.5  # seconds


def smiles(frames):
    return [event for event in play(load("symmetry_drill"), frames) if event.type == "smile"]


def one_eye(shut: float, *, seconds: float = WINKED, mouth: Bilateral = Bilateral(1.2, 0.0)):  # noqa: B008
    """Return a corner that is drawn up, and how far the eye above it shuts meanwhile."""
    return trace(
        5.0,
        smile=held(1.0, seconds, mouth, rise_s=0.2, fall_s=0.2),
        closure=held(1.0, seconds, Bilateral(shut, 0.0), rise_s=0.2, fall_s=0.2),
    )


def test_a_wink_is_no_smile():
    """One eye shuts and draws the corner below it along."""
    assert not smiles(one_eye(0.7))


@pytest.mark.parametrize(
    "frames",
    [
        one_eye(0.25),
        one_eye(0.7, mouth=Bilateral(1.2, 1.0)),
        one_eye(0.7, mouth=Bilateral(0.0, 1.2)),
        one_eye(0.7, seconds=3.0),
    ],
    ids=["only narrows the eye", "both corners", "the other corner", "long"],
)
def test_a_smile_that_shuts_an_eye_is_one(frames):
    """As on a face that heals from a palsy: what others see is a smile."""
    assert len(smiles(frames)) == 1


def nodding(mouth: float, at_once: float):
    """Return corners that read `at_once` all through a nod, and go to `mouth` as the head comes up at 2 s."""
    frames = trace(
        6.0, smile=[(0.0, 0.0), (0.6, at_once), (2.0, at_once), (2.4, mouth), (4.0, mouth), (4.4, 0.0)]
    )
    return [(t, replace(f, smile=Bilateral(0.0, 0.0)) if t < 2.0 else f) for t, f in frames]


def test_corners_that_were_up_before_it_began_are_no_smile():
    """In a nod they seem to be up, and the smile blendshape comes back as the head does."""
    assert not smiles(nodding(0.5, at_once=0.45))
    assert len(smiles(nodding(1.0, at_once=0.45))) == 1


def test_a_corner_that_rises_seconds_later_is_not_late():
    """It rises for another reason: no side is said to be the first."""
    low, high = Bilateral(1.0, 0.0), Bilateral(1.0, 1.0)
    path = [(1.0, 0.0), (1.4, low), (2.8, low), (3.0, high), (6.0, high), (6.4, 0.0)]
    (late,) = smiles(trace(8.0, smile=path))
    assert (late.first_side, late.lag_s) == ("even", 0.0)
