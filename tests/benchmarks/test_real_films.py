"""Recordings of real people are scored as an observer sees them."""

from __future__ import annotations

import pytest
from measuring.altered import backwards, changed, cut, mirrored, slower
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


def film(frames: int = 40) -> list:
    """Four seconds at ten pictures a second, in which nobody is seen."""
    return [(number / 10, None) for number in range(frames)]


def test_a_film_that_begins_later_keeps_what_is_still_in_it():
    """The blink is gone with the first half second, and the smile is that much earlier."""
    rows = [SMILE, {"type": "blink", "t": [0.1, 0.3]}, {"type": "neutral", "t": [3.0, 4.0]}]
    seen, kept = cut(0.5, 0.25)(film(), rows)
    assert (seen[0][0], len(seen)) == (0.0, 32)
    assert [row["t"] for row in kept] == [(0.5, 2.5), (2.5, pytest.approx(3.15))]


def test_a_film_backwards_twice_is_the_film():
    """With everything that is annotated in it."""
    seen, rows = backwards(*backwards(film(), [SMILE]))
    assert [t for t, _ in seen] == pytest.approx([t for t, _ in film()])
    assert rows[0]["t"] == pytest.approx(SMILE["t"])


def test_fewer_pictures_a_second_cover_the_same_time():
    """Every fourth of ten a second, or all where there are no more."""
    assert [t for t, _ in slower(2.5)(film(), [])[0]] == pytest.approx([0.4 * number for number in range(10)])
    assert slower(24.0)(film(), [])[0] == film()


def test_a_mirrored_film_that_swaps_sides_changes_no_verdict():
    """One that does not swap them changes one."""
    smile = {"type": "smile", "t": [1.0, 3.0], "side": "image_left"}
    said = [{"type": "smile", "start": 1.2, "t": 3.0, "weaker_side": "left"}]
    swapped = [{**said[0], "weaker_side": "right"}]
    plain, other = score_smiles("film", [smile], said), mirrored([smile])
    assert plain.side_right == 1
    assert changed(plain, score_smiles("film", other, swapped)) == "0/1"
    assert changed(plain, score_smiles("film", other, said)) == "1/1"
    assert changed(plain, score_smiles("film", other, [])) == "1/1"
