"""Slow pictures are told from a stutter."""

from __future__ import annotations

import pytest

from coach.coaching.picture_rate import PictureRate


def seen(intervals: list[float]) -> PictureRate:
    rate, t = PictureRate(), 0.0
    for interval in intervals:
        t += interval
        rate.step(t)
    return rate


@pytest.mark.parametrize(("fps", "slow"), [(30, False), (13, False), (11, True), (8, True), (3, True)])
def test_fewer_than_twelve_pictures_a_second_are_slow(fps, slow):
    assert seen([1 / fps] * (6 * fps)).slow == slow


def test_a_stutter_is_no_slow_camera():
    """One gap of a second and a half every three seconds, between quick pictures."""
    assert not seen(([1 / 15] * 22 + [1.5]) * 5).slow


def test_a_camera_that_recovers_is_not_slow_any_more():
    assert not seen([1 / 8] * 60 + [1 / 30] * 150).slow
