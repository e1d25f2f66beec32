"""The figure of a recording: what was found in it, and how sure that is."""

from __future__ import annotations

from coach.events import Attempt, Event, SessionEnd
from coach.exercise.protocol import Context
from coach.session.analysis import Analysed
from coach.session.film_description import EXERCISES, EveryMovement
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.report.analysis_plot import draw_analysis
from coach.testing import held, trace
from coach.types import Bilateral


def test_a_described_film_has_its_smiles_with_their_uncertainty(tmp_path):
    """Without an exercise too: each smile's verdict, and the band that others do not notice."""
    exercise = EveryMovement([load_exercise(name) for name in EXERCISES])
    state, frames, events = exercise.begin(Context()), [], list[Event]()
    for t, features in trace(5.0, 10.0, smile=held(1.0, 2.0, Bilateral(0.3, 1.2))):
        state, found = exercise.step(state, t, features)
        frames.append(Analysed(t, features, exercise.view(state), found))
        events += found
    end = SessionEnd(t=5.0, reps={}, attempts={}, duration_s=5.0, frames=50, fps=10.0, reason="source_ended")
    picture = tmp_path / "film.svg"
    draw_analysis(picture, exercise, frames, [*events, end])
    text = picture.read_text(encoding="utf-8")
    for words in ("1 smile", "left weaker", "uncertainty", "others do not notice", "smile 1"):
        assert words in text
    assert "asymmetric" not in text  # a description tells no tries


def test_why_a_try_did_not_count_is_said_in_words(tmp_path):
    """As `analyze` says it, not as the event log writes it; so are the signals' names."""
    exercise = load_exercise("cheek_raiser")
    state, frames = exercise.begin(Context()), []
    for t, features in trace(2.0, 10.0):
        state, found = exercise.step(state, t, features)
        frames.append(Analysed(t, features, exercise.view(state), found))
    failed = Attempt(t=1.0, start=0.5, end=1.0, hold_s=0.2, reason="mouth_moved")
    picture = tmp_path / "film.svg"
    draw_analysis(picture, exercise, frames, [failed])
    text = picture.read_text(encoding="utf-8")
    for words in ("mouth moved", "jaw down", "lip gap"):
        assert words in text
    assert "_moved" not in text
