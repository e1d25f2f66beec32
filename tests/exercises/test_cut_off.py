"""Movements that a recording, or a session that is quit, cuts off at either end."""

from __future__ import annotations

import pytest
from synthetic import load

from coach.events import Attempt, Rep, Smile
from coach.exercise.protocol import Context
from coach.testing import play, trace


def told(moves, duration_s: float, *, from_start: bool = True):
    frames = trace(duration_s, smile=moves)
    return play(load("symmetry_drill"), frames, Context(from_start=from_start))


def attempt(events) -> Attempt:
    (found,) = (event for event in events if isinstance(event, Attempt))
    return found


def test_a_smile_that_is_held_to_the_end_is_reported():
    """Two and a half seconds of it are seen: it was not too short, the film was."""
    events = told([(1.0, 0.0), (1.4, 1.0)], 4.0)
    assert attempt(events).reason == "cut_off"
    assert attempt(events).start == pytest.approx(1.0, abs=0.15)
    (smile,) = (event for event in events if isinstance(event, Smile))
    assert smile.weaker_side == "even"
    assert smile.end == pytest.approx(4.0, abs=0.1)


def test_a_smile_that_is_under_way_in_the_first_frame_is_reported():
    """Its beginning was not seen, so nobody says that it was too short."""
    events = told([(0.0, 1.0), (2.0, 1.0), (2.4, 0.0)], 5.0)
    assert attempt(events).reason == "cut_off"
    assert attempt(events).start == pytest.approx(0.0, abs=0.05)
    assert [type(event) for event in events].count(Smile) == 1


def test_in_a_session_a_face_must_come_to_rest_first():
    """There the person may still be smiling at what was said before."""
    assert told([(0.0, 1.0), (2.0, 1.0), (2.4, 0.0)], 5.0, from_start=False) == []


def test_a_hold_that_is_long_enough_counts_though_its_start_was_not_seen():
    """Five seconds are five seconds."""
    events = told([(0.0, 1.0), (6.0, 1.0), (6.4, 0.0)], 8.0)
    assert [type(event) for event in events].count(Rep) == 1


def test_a_smile_that_had_ended_before_the_film_did_was_too_short():
    """The corners are on their way down in the last frame."""
    events = told([(1.0, 0.0), (1.4, 1.0), (3.0, 1.0), (3.4, 0.1)], 3.5)
    assert attempt(events).reason == "too_short"


def test_what_the_landmarker_still_settles_from_is_no_smile():
    """Corners that come down within half a second of the film's first frame."""
    assert told([(0.0, 0.7), (0.3, 0.6), (0.5, 0.0)], 4.0) == []


def test_a_jaw_that_is_open_at_the_end_is_reported():
    """Closing it slowly is part of a repetition, so however long it was held, it is cut off."""
    frames = trace(8.0, jaw=[(1.0, 0.0), (1.6, 0.9)])
    events = play(load("jaw_release"), frames)
    assert attempt(events).reason == "cut_off"
    assert attempt(events).hold_s == pytest.approx(6.6, abs=0.3)
    assert not [event for event in events if isinstance(event, Rep)]
