"""Jaw circles are counted one by one, each way round, as the person sees them in the mirrored window."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jaw_path import jaw_path
from synthetic import load

from coach.exercise import jaw_circles as circles
from coach.exercise.jaw_circles import JawCircles
from coach.testing import face

quick = settings(max_examples=12)
SPEC = load("jaw_release").spec.circles


def count(frames) -> tuple[int, set[str]]:
    state, total, ways = JawCircles(), 0, set()
    for features in frames:
        state, fresh, way = circles.step(state, features, SPEC)
        total += fresh
        if fresh:
            ways.add(way)
    return total, ways


@quick
@given(
    st.integers(1, 7), st.booleans(), st.floats(0.8, 4.0), st.sampled_from((15.0, 24.0, 30.0, 60.0)),
    st.floats(0.03, 0.15), st.floats(0.025, 0.1),
)  # fmt: skip
def test_every_circle_counts_once(wanted, clockwise, period_s, fps, side, down):
    """Fast or slow, wide or tall, at any frame rate: as many as were made, and the way they went."""
    frames = jaw_path(wanted, clockwise=clockwise, period_s=period_s, fps=fps, side=side, down=down)
    way = "clockwise" if clockwise else "counterclockwise"
    assert count(frames) == (wanted, {way})


def test_clockwise_goes_to_the_persons_right_from_the_top():
    """On a clock the hand goes from 12 to 3; in a mirror 3 is on the person's right."""
    frames = jaw_path(2, clockwise=True)
    first_side = next(f.jaw_side for f in frames if abs(f.jaw_side) > 0.03)
    assert first_side < 0  # + would be the person's left
    assert count(frames)[1] == {"clockwise"}


@quick
@given(st.floats(0.05, 0.8), st.booleans())
def test_less_than_a_circle_is_none(part, clockwise):
    """A jaw that goes part of the way and stays there has made no circle."""
    assert count(jaw_path(part, clockwise=clockwise)) == (0, set())


@pytest.mark.parametrize(("side", "down"), [(0.1, 0.0), (0.0, 0.1), (0.1, 0.008), (0.008, 0.1)])
def test_a_jaw_that_goes_to_and_fro_makes_no_circle(side, down):
    """Sideways only, or up and down only as in talking, goes round nothing."""
    assert count(jaw_path(6, clockwise=True, side=side, down=down)) == (0, set())


@pytest.mark.parametrize("clockwise", [True, False])
def test_a_talking_jaw_that_drifts_once_round_makes_no_circle(clockwise):
    """Talking goes up and down four times a second; where it drifts round meanwhile, that is not a circle."""
    frames = [
        face(f.t, jaw=f.jaw_open + 0.3 * math.sin(2 * math.pi * 2.2 * f.t) ** 2, jaw_side=f.jaw_side)
        for f in jaw_path(3, clockwise=clockwise, period_s=3.0, side=0.02)
    ]
    assert count(frames)[0] == 0


def test_there_and_back_again_is_no_circle():
    """Half a circle and the same way back winds up to nothing."""
    way = jaw_path(0.5, clockwise=True, after_s=0.0)
    frames = way + way[::-1]
    frames = [face(n / 30, jaw=f.jaw_open, jaw_side=f.jaw_side) for n, f in enumerate(frames)]
    assert count(frames) == (0, set())


def there_and_back(period_s):
    """Return five circles one way and five the other, in one go."""
    there = jaw_path(5, clockwise=True, period_s=period_s, after_s=0.0)
    back = jaw_path(5, clockwise=False, period_s=period_s, before_s=0.0)
    return [face(n / 30, jaw=f.jaw_open, jaw_side=f.jaw_side) for n, f in enumerate(there + back)]


def test_the_other_way_round_is_counted_after_turning():
    """Five and five without a rest between them."""
    assert count(there_and_back(1.2)) == (10, {"clockwise", "counterclockwise"})


@pytest.mark.parametrize("period_s", [1.8, 2.5, 3.5])
def test_the_other_way_round_is_counted_from_where_it_began(period_s):
    """Also slowly, the first circle of the other way counts in full."""
    assert count(there_and_back(period_s)) == (10, {"clockwise", "counterclockwise"})


def test_a_shaken_head_makes_no_circles():
    """While the head moves, the jaw's path is not trusted."""
    frames = jaw_path(4, clockwise=True)
    shaken = [
        face(f.t, jaw=f.jaw_open, jaw_side=f.jaw_side, yaw=10 * math.sin(2 * math.pi * 1.5 * f.t))
        for f in frames
    ]
    assert count(shaken) == (0, set())


def test_a_lost_face_breaks_a_circle():
    """Half a circle before and half a circle after a face that was gone make none."""
    frames = jaw_path(1, clockwise=True)
    middle = len(frames) // 2 - 8
    state, total = JawCircles(), 0
    for number, features in enumerate(frames):
        state, fresh, _ = circles.step(state, None if number == middle else features, SPEC)
        total += fresh
    assert total == 0


def test_a_resting_jaw_remembers_no_path():
    """A minute of stillness neither counts nor fills the memory."""
    state = JawCircles()
    for number in range(1800):
        state, fresh, _ = circles.step(state, face(number / 30), SPEC)
        assert fresh == 0
    assert len(state.path) < 40


@quick
@given(st.lists(st.tuples(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1)), min_size=2, max_size=60))
def test_each_frame_winds_on_by_the_shorter_way_round(points):
    """Whatever way the jaw goes, a path's turns are the sum of those from each frame to the next."""
    path = np.array([(n / 30, *point, 0, 0) for n, point in enumerate(points)], circles.PATH)
    wide, tall = np.ptp(path["side"]), np.ptp(path["down"])
    assume(wide >= SPEC.least_side and tall >= SPEC.least_down)
    middle = [(path[name].max() + path[name].min()) / 2 for name in ("side", "down")]
    angles = [math.atan2((d - middle[1]) / tall, -(s - middle[0]) / wide) for s, d in points]
    assume(all(abs(abs(b - a) - math.pi) > 1e-6 for a, b in pairwise(angles)))  # half a turn goes either way
    ways = [(b - a + math.pi) % math.tau - math.pi for a, b in pairwise(angles)]
    assert circles.winding(path, SPEC)[-1] == pytest.approx(sum(ways) / math.tau, abs=1e-9)
