"""Without a window the terminal hears keys, and answers questions, through one reader."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest
from waiting import PATIENCE_S

from coach.coaching.screen import Screen
from coach.shell.system.terminal_lines import TerminalLines
from coach.shell.window.display import Command, TerminalKeys
from coach.shell.window.prompt import Question, TerminalAsker

QUESTION = Question("Which?", "Press", (("1", "this"), ("2", "that")), default="1", patience_s=PATIENCE_S)


class Typed(TerminalLines):
    """Lines that are typed already."""

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self.waiting = list(lines)

    def take(self, patience_s: float = 0.0) -> str | None:
        return self.waiting.pop(0) if self.waiting else None


def test_enter_pauses_and_a_letter_does_what_its_key_does():
    """One a frame; what would only change the window does nothing."""
    keys = TerminalKeys(Typed("", "n", "Quit please", "v", "5"))
    got = [keys.show(None, None, Screen("rest")) for _ in range(6)]
    assert got == [(Command.PAUSE,), (Command.NEXT,), (Command.QUIT,), (), (Command.DIGIT_5,), ()]


def test_a_question_is_answered_by_the_same_lines(capsys):
    """What is no answer is passed over; Enter alone takes the default; words are words."""
    asker = TerminalAsker(Typed("what?", "2", "", "the sea"))
    assert asker.ask(QUESTION, lambda _: None) == "2"
    assert asker.ask(QUESTION, lambda _: None) == "1"
    assert asker.ask_text(QUESTION, lambda _: None, longest=5) == "the s"
    assert "2  that" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
@pytest.mark.parametrize("answer", [True, False])
def test_only_a_terminal_that_is_ours_is_read(answer):
    """Behind a pipe nobody types; in a session of its own a process owns its terminal."""
    import pty

    told = "from coach.shell.system.terminal_lines import somebody_types as s; import sys; sys.exit(40 + s())"
    command = [sys.executable, "-c", told]
    if not answer:
        assert subprocess.run(command, stdin=subprocess.PIPE, check=False).returncode == 40
        return
    child, terminal = pty.fork()
    if child == 0:
        os.execv(command[0], command)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 41
    os.close(terminal)


def test_lines_are_read_in_the_background(monkeypatch):
    """Nobody waits for a line that is not typed."""
    monkeypatch.setattr("sys.stdin", io.StringIO("  first \n\n"))
    lines = TerminalLines()
    assert lines.take(PATIENCE_S) == "first"
    assert lines.take(PATIENCE_S) == ""
    assert lines.take() is None
