"""A stutter costs nothing: what a gap between frames hides is decided in doubt for the person."""

from __future__ import annotations

import pytest
from jaw_path import jaw_path
from synthetic import clock, line, load, reached, run, spec

from coach.exercise import jaw_circles
from coach.exercise.protocol import Context
from coach.exercise.repetition import Ended, Sample
from coach.testing import face

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


def test_a_rest_in_a_gap_is_one_even_if_the_next_try_has_begun_behind_it():
    """The fall was hidden, and the face is on its way up again at a third of its height."""
    points = [(0.0, 0.0), (1.0, 0.0), (1.3, 1.0), (4.9, 1.0), (5.2, 0.0)]
    points += [(5.9, 0.0), (6.3, 1.0), (9.8, 1.0), (10.2, 0.0), (12.0, 0.0)]
    _, happened = run(without(line(points, clock(12)), 4.85, 1.15), RULES)
    assert len(reached(happened)) == 2


def test_a_face_that_rests_a_little_higher_after_a_gap_has_rested():
    """Weak faces come to rest at a quarter of their best; without a gap a moment below would be seen."""
    points = [(0.0, 0.0), (1.0, 0.0), (1.3, 1.0), (4.9, 1.0), (5.2, 0.05), (5.9, 0.05), (6.0, 0.28)]
    points += [(6.4, 0.28), (6.7, 1.0), (10.0, 1.0), (10.3, 0.0), (12.0, 0.0)]
    _, happened = run(without(line(points, clock(12)), 4.95, 1.1), RULES)
    assert len(reached(happened)) == 2


def test_a_blink_right_after_a_gap_counts_nothing_yet():
    """Eyes shut, nobody knows where the face is: of a try of 2 s that fell in the gap comes no repetition."""
    start = 4.5
    short = [(0.0, 0.0), (2.0, 0.0), (2.3, 1.0), (4.4, 1.0), (4.7, 0.0), (8.0, 0.0)]
    samples = without(line(short, clock(8)), start, 1.2)
    blink = [Sample(s.t, masked=True) if start + 1.1 < s.t < start + 1.45 else s for s in samples]
    assert reached(run(blink, RULES)[1]) == []


def test_a_blink_at_the_edge_of_a_gap_hides_no_rise():
    """The last level before the blink is at rest, so the rise began in the gap: half of it is held time."""
    samples = without(line(HELD, clock(8)), 1.2, 1.35)
    blink = [Sample(s.t, masked=True) if 0.9 < s.t < 1.25 or 2.5 < s.t < 2.7 else s for s in samples]
    assert len(reached(run(blink, RULES)[1])) == 1


def test_a_rise_that_a_blink_hides_began_in_the_blink():
    """At rest by a hair above its floor until the eyes close, well on its way up when they have opened."""
    points = [(0.0, 0.0), (0.5, 0.2), (1.0, 0.2), (1.4, 1.0), (4.9, 1.0), (5.3, 0.0), (8.0, 0.0)]
    samples = line(points, clock(8, 1 / 12))
    blink = [Sample(s.t, masked=True) if 0.8 < s.t < 1.2 else s for s in samples]
    (_, repetition), *_ = reached(run(blink, RULES)[1])
    assert repetition.start == pytest.approx(1.0, abs=0.25)


def test_a_fall_that_had_begun_before_a_gap_is_not_held_half_through_it():
    """A try of 2.6 s, lower from frame to frame when the pictures stop."""
    short = [(0.0, 0.0), (1.0, 0.0), (1.3, 1.0), (3.6, 1.0), (4.0, 0.0), (8.0, 0.0)]
    _, happened = run(without(line(short, clock(8)), 3.71, 1.4), RULES)
    assert reached(happened) == []
    assert [result.reason for _, result in happened if isinstance(result, Ended)] == ["too_short"]


def circled(frames, start: float, seconds: float) -> int:
    """Return how many circles are counted with a gap."""
    rules = load("jaw_release").spec.circles
    state, counted = jaw_circles.JawCircles(), 0
    for features in frames:
        if not start < features.t < start + seconds:
            state, fresh, _ = jaw_circles.step(state, features, rules)
            counted += fresh
    return counted


@pytest.mark.parametrize("clockwise", [True, False])
def test_a_circle_that_ends_in_a_gap_is_one(clockwise):
    """The jaw was going round, and rests where the circle ends: it went on, not back."""
    frames = jaw_path(5, clockwise=clockwise, period_s=2.0, fps=15.0)
    assert circled(frames, 9.45, 1.2) == 5


@pytest.mark.parametrize("clockwise", [True, False])
def test_a_circle_that_begins_in_a_gap_is_one(clockwise):
    """Six tenths of it are done when it is seen again."""
    frames = jaw_path(5, clockwise=clockwise, period_s=2.0, fps=15.0, before_s=2.0)
    assert circled(frames, 2.1, 1.2) == 5


def test_a_smile_that_came_in_a_gap_is_judged_once_it_has_been_seen():
    """The eyes join in while nothing is seen; one frame at the gap's end is no judgement."""
    memory, state = load("memory_anchor"), None
    happened = []
    state = memory.give(memory.begin(Context()), 1.0)
    for number in range(8 * 30):
        t = number / 30
        rise = min(max((t - 1.8) / 0.5, 0.0), 1.0)
        lids = min(max((t - 3.4) / 0.2, 0.0), 1.0) * rise  # the eyes a little later than the gap ends
        if not 1.7 < t < 3.2:
            state, events = memory.step(state, t, face(t, smile=rise, cheek=lids))
            happened += events
    (recall,) = [event for event in happened if event.type == "recall"]
    assert recall.eye_engaged
    assert recall.in_time


def test_a_rise_still_under_way_behind_a_gap_was_not_half_way_up_in_its_midst():
    """A try of 2.7 s: the rest before it and the first half of its rise are hidden."""
    short = [(0.0, 0.0), (3.0, 0.0), (3.5, 1.0), (5.8, 1.0), (6.1, 0.0), (8.0, 0.0)]
    _, happened = run(without(line(short, clock(8)), 2.0, 1.35), RULES)
    assert reached(happened) == []


def test_a_rise_that_began_before_a_gap_is_timed_anew_behind_it():
    """A faint level for half a second, then a rise of which the gap hides half: held for 2.2 s in all."""
    points = [(0.0, 0.0), (1.9, 0.0), (2.0, 0.3), (2.6, 0.3), (2.9, 1.0), (4.9, 1.0), (5.1, 0.0), (8.0, 0.0)]
    _, happened = run(without(line(points, clock(8)), 2.78, 1.45), spec(enter=0.25))
    assert reached(happened) == []


def test_a_face_on_its_way_down_before_a_gap_and_up_behind_it_has_been_at_rest():
    """Nine tenths of a rest of 1.2 s are hidden, with the ends of the fall and of the rise seen."""
    points = [(0.0, 0.0), (1.0, 0.0), (1.4, 1.0), (5.0, 1.0), (5.4, 0.0)]
    points += [(6.2, 0.0), (6.6, 1.0), (10.1, 1.0), (10.5, 0.0), (13.0, 0.0)]
    _, happened = run(without(line(points, clock(13)), 5.18, 1.24), RULES)
    assert len(reached(happened)) == 2


def test_a_weak_rise_that_began_in_a_gap_is_the_next_movement():
    """It had let go but not come to rest before, and is only a little higher in the first frame behind."""
    points = [(0.0, 0.0), (1.0, 0.0), (1.4, 0.6), (5.0, 0.6), (5.2, 0.2), (7.0, 0.2)]
    points += [(7.2, 0.4), (7.4, 0.6), (11.0, 0.6), (11.3, 0.0), (13.0, 0.0)]
    samples = without(line(points, clock(13)), 5.7, 1.49)
    assert len(reached(run(samples, spec(rest=0.25))[1])) == 2


@pytest.mark.parametrize("clockwise", [True, False])
@pytest.mark.parametrize("start", [2.65, 2.7])
def test_a_first_circle_of_which_only_the_beginning_was_seen_is_one(clockwise, start):
    """The jaw had dropped, and goes round when it is seen again, next to where it rests."""
    frames = jaw_path(5, clockwise=clockwise, period_s=2.0, fps=15.0, before_s=2.0, side=0.025)
    assert circled(frames, start, 1.3) == 5


@pytest.mark.parametrize("clockwise", [True, False])
@pytest.mark.parametrize("start", [7.28, 7.34])
def test_a_last_circle_of_which_only_the_beginning_was_seen_is_one(clockwise, start):
    """The jaw was on its way into it, and rests when it is seen again: nobody stops there and goes back."""
    frames = jaw_path(5, clockwise=clockwise, period_s=1.65, fps=15.0)
    assert circled(frames, start, 1.5) == 5


@pytest.mark.parametrize("clockwise", [True, False])
@pytest.mark.parametrize("start", [10.2, 10.4, 10.7, 11.0])
def test_the_other_way_round_begins_behind_a_gap_that_hid_the_rest_between(clockwise, start):
    """Five and five: turning back is no circle less."""
    there = jaw_path(5, clockwise=clockwise, period_s=2.0, fps=15.0, after_s=1.0)
    back = jaw_path(5, clockwise=not clockwise, period_s=2.0, fps=15.0, before_s=0.0)
    both = [face(n / 15, jaw=f.jaw_open, jaw_side=f.jaw_side) for n, f in enumerate(there + back)]
    assert circled(both, start, 1.45) == 10


def test_a_jaw_held_open_that_closes_in_a_gap_begins_no_circle():
    """Five circles follow at once, and are five."""
    held = [face(n / 15, jaw=0.6 - 0.1 * max(n / 15 - 3.5, 0.0)) for n in range(60)]
    circles = jaw_path(5, clockwise=True, period_s=2.0, fps=15.0, before_s=0.2)
    both = [*held, *(face(5.2 + f.t, jaw=f.jaw_open, jaw_side=f.jaw_side) for f in circles)]
    assert circled(both, 4.0, 1.2) == 5


@pytest.mark.parametrize(("clockwise", "middle"), [(True, 0.018), (False, 0.0), (False, 0.01)])
def test_a_jaw_that_is_nearly_closed_behind_a_gap_has_closed_in_it(clockwise, middle):
    """The last sixth of the opening is seen, then five circles, which hang a little to one side."""
    held = [face(n / 15, jaw=0.6 - 0.4 * max(n / 15 - 3.0, 0.0), jaw_side=0.014) for n in range(61)]
    path = jaw_path(5, clockwise=clockwise, fps=15.0, side=0.03, down=0.065, before_s=0.7)
    circles = [
        face(5.1 + f.t, jaw=max(f.jaw_open, 0.1 if f.t < 0.5 else 0.0), jaw_side=f.jaw_side + middle)
        for f in path
    ]
    assert circled([*held, *circles], 4.01, 1.4) == 5
