"""What `analyze --exercise` says of one exercise."""

from __future__ import annotations

from synthetic import load

from coach.events import SessionEnd
from coach.shell.command_line.analyze_report import analysis_lines
from coach.testing import held, play, trace
from coach.types import Bilateral


def lines(exercise: str, **moves):
    frames = trace(9.0, **moves)
    end = SessionEnd(
        t=9.0, reps={exercise: 1}, attempts={}, duration_s=9.0, frames=270, fps=30.0, reason="source_ended"
    )
    return analysis_lines(exercise, [*play(load(exercise), frames), end])


def test_a_smile_says_which_side_was_weaker():
    """Counted or not: a reason alone does not tell what to train."""
    (uneven,) = lines("symmetry_drill", smile=held(1.0, 6.0, Bilateral(0.3, 1.2)))[1:]
    assert "uneven  left side weaker by" in uneven, "in words"
    (even,) = lines("symmetry_drill", smile=held(1.0, 6.0))[1:]
    assert "even (sides differ by 0.0" in even


def test_other_exercises_say_nothing_of_sides():
    """A cheek raise is no smile."""
    (raised,) = lines("cheek_raiser", cheek=held(1.0, 4.0))[1:]
    assert raised.split()[-1] == "s"
