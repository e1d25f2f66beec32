"""Recordings of real people are scored as an observer sees them."""

from __future__ import annotations

from measuring.real_films import score_smiles

REPORTED = [{"type": "smile", "start": 1.2, "t": 3.0, "weaker_side": "even"}]
SMILE = {"type": "smile", "t": [1.0, 3.0], "side": "both"}


def test_a_smile_that_is_seen_and_reported_is_found():
    """And is not a false one."""
    score = score_smiles("film", [SMILE], REPORTED)
    assert (score.found, score.called_even, score.false_smiles) == (1, 1, 0)


def test_a_smile_that_nobody_sees_is_false():
    """Unless the observer leaves open whether there is one."""
    neutral = [{"type": "neutral", "t": [0.0, 4.0]}]
    assert score_smiles("film", neutral, REPORTED).false_smiles == 1
    assert score_smiles("film", neutral, REPORTED, open_question=True).false_smiles == 0
