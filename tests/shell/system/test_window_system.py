"""A window suits the screen it opens on."""

from __future__ import annotations

import pytest

from coach.shell.system import window_system as module
from coach.shell.system.window_system import EDGES, opening_size, screen_size


@pytest.mark.parametrize("screen", [(1280, 720), (1366, 768), (1440, 900), (1920, 1080), (3840, 2160)])
def test_a_window_opens_whole_and_in_the_cameras_shape(screen):
    """Its title bar and the system's own bar have room too."""
    width, height = opening_size(screen)
    assert width + EDGES[0] <= screen[0]
    assert height + EDGES[1] <= screen[1]
    assert width / height == pytest.approx(16 / 9, abs=0.01)


def test_a_large_screen_has_a_large_window():
    """On 4K the usual 1280 pixels would be a stamp; a small screen is filled as far as it goes."""
    assert opening_size((3840, 2160)) == (3072, 1728)
    assert opening_size((1366, 768)) == (1205, 678)
    assert opening_size((1920, 1080)) == (1536, 864)


def test_several_screens_side_by_side_do_not_stretch_it():
    """Two of them count as one wide one; the height decides."""
    assert opening_size((3840, 1080)) == opening_size((1920, 1080))


@pytest.mark.parametrize("told", [None, (0, 0)])
def test_a_screen_that_is_not_told_has_the_usual_window(monkeypatch, told):
    """As where there is no X11 library to ask."""
    monkeypatch.setattr(module, "_asked", lambda: told)
    assert screen_size() is None
    assert opening_size(None) == (1280, 720)


@pytest.mark.parametrize("problem", [OSError, AttributeError])
def test_no_library_to_ask_is_no_failure(monkeypatch, problem):
    """The window opens all the same."""

    def missing() -> None:
        raise problem

    monkeypatch.setattr(module, "_asked", missing)
    assert screen_size() is None
