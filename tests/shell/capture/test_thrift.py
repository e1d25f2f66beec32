"""Where pictures come slowly the program lowers its own cost: it draws fewer, then asks for smaller ones."""

from __future__ import annotations

import pytest

from coach.shell.capture.thrift import SHRINK_AFTER_S, Thrift


class Camera:
    """A source that can give smaller pictures."""

    def __init__(self) -> None:
        self.shrunk = 0

    def shrink(self) -> None:
        self.shrunk += 1


def passed(thrift: Thrift, seconds: float, fps: float, *, idle: bool = True, since: float = 0.0) -> float:
    """Let some pictures pass and return the share of the last ones that were drawn."""
    drawn = []
    for number in range(1, round(seconds * fps) + 1):
        thrift.see(since + number / fps, idle=idle)
        drawn.append(thrift.draws())
    return sum(drawn[-20:]) / 20


def shrunk(seconds: float, fps: float, *, idle: bool = True) -> int:
    """Return how often a camera was asked for smaller pictures."""
    camera = Camera()
    passed(Thrift(camera), seconds, fps, idle=idle)
    return camera.shrunk


@pytest.mark.parametrize(("fps", "share"), [(30, 1.0), (13, 1.0), (9, 0.5)])
def test_every_second_slow_picture_is_not_drawn(fps, share):
    assert passed(Thrift(Camera()), 5.0, fps) == share


def test_smaller_ones_are_asked_for_once_if_that_was_not_enough():
    """After some seconds, and never again."""
    assert shrunk(SHRINK_AFTER_S, 9) == 0
    assert shrunk(60.0, 9) == 1


def test_quick_pictures_are_left_as_they_are():
    assert shrunk(60.0, 20) == 0


def test_nobody_is_interrupted_for_it():
    """While something is asked of the person, the camera stays open."""
    assert shrunk(30.0, 9, idle=False) == 0


def test_a_camera_that_has_recovered_keeps_its_size():
    """Slow for a moment, then quick again."""
    camera = Camera()
    thrift = Thrift(camera)
    passed(thrift, 4.0, 9)
    passed(thrift, 30.0, 30, since=4.0)
    assert camera.shrunk == 0


def test_a_source_without_sizes_is_not_asked():
    """A film stays what it is; fewer of its pictures are drawn all the same."""
    assert passed(Thrift(object()), 30.0, 9) == 0.5
