"""A stutter costs nothing: what a gap between frames hides is decided in doubt for the person."""

from __future__ import annotations

import pytest
from jaw_path import jaw_path
from synthetic import clock, line, load, reached, run, spec

from coach.exercise import jaw_circles
from coach.exercise.repetition import Ended, Sample

RULES = spec()  # a hold of 3 s
HELD = [(0.0, 0.0), (1.0, 0.0), (1.4, 1.0), (4.9, 1.0), (5.3, 0.0), (8.0, 0.0)]  # held for 3.9 s


def without(samples: list[Sample], start: float, seconds: float) -> list[Sample]:
    """Return the samples without those of a stutter."""
    return [sample for sample in samples if not start < sample.t < start + seconds]


@pytest.mark.parametrize("seconds", [0.4, 0.8, 1.5])
@pytest.mark.parametrize("start", [0.2, 0.9, 1.1, 2.0, 3.0, 4.0, 4.6, 5.1, 6.0])
def test_a_stutter_anywhere_in_a_hold_changes_no_count(start, seconds):
    """Before, in and after the rise, the hold and the fall."""
    _, happened = run(without(line(HELD, clock(8)), start, seconds), RULES)
    assert len(reached(happened)) == 1


def test_time_in_a_stutter_is_held_time():
    """The target comes when it would have come, not later by the gap."""
    _, smooth = run(line(HELD, clock(8)), RULES)
    _, stuttered = run(without(line(HELD, clock(8)), 2.0, 1.4), RULES)
    assert reached(stuttered)[0][0] == pytest.approx(reached(smooth)[0][0], abs=0.05)


@pytest.mark.parametrize("start", [1.1, 2.0, 3.0])
def test_a_try_that_was_too_short_stays_so_over_a_stutter(start):
    """A try of 2 s is not one of 3 s, whatever half a second hid."""
    short = [(0.0, 0.0), (1.0, 0.0), (1.4, 1.0), (3.0, 1.0), (3.4, 0.0), (6.0, 0.0)]
    _, happened = run(without(line(short, clock(6)), start, 0.6), RULES)
    assert [result.reason for _, result in happened if isinstance(result, Ended)] == ["too_short"]


def test_a_gap_of_more_than_one_and_a_half_seconds_is_no_hold():
    """Somebody may have rested meanwhile."""
    _, happened = run(without(line(HELD, clock(8)), 2.0, 2.0), RULES)
    assert reached(happened) == []


def test_a_rise_in_a_long_gap_began_when_it_was_seen():
    """Nothing of two unseen seconds counts as held."""
    _, happened = run(without(line(HELD, clock(8)), 0.8, 2.0), RULES)
    assert reached(happened) == []


def test_two_repetitions_with_the_rest_between_them_unseen_are_two():
    """The face went down before the gap and is up after it."""
    points = [(0.0, 0.0), (1.0, 0.0), (1.3, 1.0), (4.7, 1.0), (5.1, 0.0)]
    points += [(5.9, 0.0), (6.3, 1.0), (9.8, 1.0), (10.2, 0.0), (12.0, 0.0)]
    _, happened = run(without(line(points, clock(12)), 5.0, 1.2), RULES)
    assert len(reached(happened)) == 2


def test_wrong_form_before_and_after_a_stutter_is_wrong_in_it():
    """The gap is no hold of three seconds in good form."""
    samples = [
        Sample(sample.t, sample.level, "mouth_moved" if sample.level > 0.5 else None)
        for sample in line(HELD, clock(8))
    ]
    _, happened = run(without(samples, 2.5, 1.4), RULES)
    assert reached(happened) == []
    assert [result.reason for _, result in happened if isinstance(result, Ended)] == ["mouth_moved"]


@pytest.mark.parametrize("clockwise", [True, False])
@pytest.mark.parametrize("seconds", [0.4, 1.0, 1.4])
def test_circles_go_on_over_a_stutter(clockwise, seconds):
    """Five circles of 2 s are five, with a gap in their midst that hides half a circle or more."""
    rules = load("jaw_release").spec.circles
    state, counted = jaw_circles.JawCircles(), 0
    for features in jaw_path(5, clockwise=clockwise, period_s=2.0):
        if not 4.2 < features.t < 4.2 + seconds:
            state, fresh, direction = jaw_circles.step(state, features, rules)
            counted += fresh
            assert not fresh or direction == ("clockwise" if clockwise else "counterclockwise")
    assert counted == 5
