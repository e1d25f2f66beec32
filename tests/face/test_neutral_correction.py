"""A face that moves as asked while nothing is recognised: its neutral may have been learnt wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.face.features import Features
from coach.face.neutral_correction import UnrecognisedMovement
from coach.testing import face


def unrecognised(
    seconds: float, show: Callable[[float], tuple[float, Features]], *, resting: bool = True
) -> list[float]:
    """Return when a face that shows (level, features) is said to move without being recognised."""
    moves, times = UnrecognisedMovement(), [n / 15 for n in range(round(seconds * 15))]
    return [t for t in times if moves.step(t, *show(t), resting=resting)]


def test_a_face_that_goes_on_moving_is_not_asked_to_relax_over_and_over():
    """Somebody talks and looks about instead of raising the cheeks: a second look, and later one more."""
    noticed = unrecognised(60.0, lambda t: (0.8 * (t % 2.0 < 1.0), face(t)))
    assert len(noticed) == 2
    assert noticed[1] - noticed[0] > 30.0


@pytest.mark.parametrize(
    "show",
    [
        pytest.param(lambda t, up: (-2.0 * (t % 3.0 < 0.15), face(t)), id="half a blink now and then"),
        pytest.param(lambda t, up: (-2.0 * up, face(t, closure=0.3 * up)), id="blinks"),
        pytest.param(lambda t, up: (0.8 * up, face(t, pitch=15.0 * up)), id="nods"),
        pytest.param(lambda t, up: (0.8 * up, face(t, brows=0.04 * up)), id="raises the brows"),
        pytest.param(lambda t, up: (0.8 * up, face(t, jaw=0.5 * up)), id="yawns"),
    ],
)
def test_a_face_that_does_something_else_is_not_asked_to_relax(show):
    """It is no wrong neutral face that moves the lids and the corners then."""
    assert not unrecognised(30.0, lambda t: show(t, t % 2.0 < 1.0))


def test_a_movement_that_is_recognised_needs_no_second_look():
    """Whatever it looks like, the exercise sees it."""
    assert not unrecognised(30.0, lambda t: (0.8 * (t % 2.0 < 1.0), face(t)), resting=False)
