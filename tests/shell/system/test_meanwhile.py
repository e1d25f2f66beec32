"""What takes a while is done on a thread, and the window has its turns on the main one."""

from __future__ import annotations

import threading

import pytest
from waiting import PATIENCE_S

from coach.errors import ModelError
from coach.shell.system.meanwhile import meanwhile
from coach.shell.window.display import NoDisplay


class Window:
    """A window that counts its turns."""

    def __init__(self) -> None:
        self.turns = 0
        self.seen = threading.Event()  # it has had three turns

    def one_moment(self) -> None:
        self.turns += 1
        assert threading.current_thread() is threading.main_thread()
        if self.turns == 3:
            self.seen.set()

    def work(self) -> str:
        assert threading.current_thread() is not threading.main_thread()
        assert self.seen.wait(PATIENCE_S), "the window had no turn"
        return "loaded"


def test_the_window_has_its_turns_until_the_work_is_done():
    """On the main thread, as macOS demands; then the result is there."""
    window = Window()
    assert meanwhile(window, window.work) == "loaded"
    assert window.turns >= 3


def test_an_error_of_the_work_comes_out_as_it_is():
    """Its line is written where all lines are."""

    def fail() -> None:
        raise ModelError("face.task: not a usable landmarker model")

    with pytest.raises(ModelError, match="not a usable"):
        meanwhile(Window(), fail)


def test_ctrl_c_waits_until_what_is_being_opened_can_be_closed():
    """Or a camera would stay on, and a model half made."""
    begun, opened = threading.Event(), []

    def load() -> None:
        begun.set()
        threading.Event().wait(0.05)  # it goes on for a while after the Ctrl-C
        opened.append("camera")

    class Interrupted(Window):
        def one_moment(self) -> None:
            assert begun.wait(PATIENCE_S)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        meanwhile(Interrupted(), load)
    assert opened == ["camera"]


def test_without_a_window_it_is_done_at_once_and_here():
    """Nobody looks."""
    assert meanwhile(NoDisplay(), threading.current_thread) is threading.current_thread()
