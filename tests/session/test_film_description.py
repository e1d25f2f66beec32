"""What is in a film, put together from what several exercises find in it."""

from __future__ import annotations

from dataclasses import replace

from coach.events import Calibrated, Event, JawCircle, SessionEnd
from coach.session.film_description import EXERCISES, EveryMovement, describe_film, described, smile_kind
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.report.description_report import MOST_ROWS, as_data, description_lines
from coach.testing import held, play, trace
from coach.types import Bilateral


def everything() -> EveryMovement:
    return EveryMovement([load_exercise(name, described(name)) for name in EXERCISES])


def film_of(duration_s: float, *, quality: float = 1.0, **moves):
    events: list[Event] = [
        Calibrated(t=0.0, neutral_s=1.0, quality=quality, neutral_start=0.0, neutral_end=1.0),
        *play(everything(), trace(duration_s, **moves)),
    ]
    end = SessionEnd(
        t=duration_s, reps={}, attempts={}, duration_s=duration_s, frames=0, fps=30.0, reason="source_ended"
    )
    return describe_film([*events, end])


def test_every_kind_of_movement_is_found_once():
    """A smile, a cheek raise and a wide opening, one after the other."""
    film = film_of(15.0, smile=held(1.0, 2.0), cheek=held(5.0, 2.0), jaw=held(10.0, 2.0))
    assert (len(film.smiles), len(film.cheek_raises), len(film.openings)) == (1, 1, 1)
    assert abs(film.cheek_raises[0].start - 5.0) < 0.2
    assert abs(film.openings[0].held_s - 2.4) < 0.3
    lines = description_lines(film)
    assert lines[0] == "15.0 s of video: 1 smile, 1 cheek raise, 1 wide opening, 0 jaw circles"
    assert "face at rest from 0.0 to 1.0 s" in lines[1]
    assert "even" in lines[2]


def test_a_one_sided_smile_is_told_in_millimetres():
    """With the weaker side, and how sure that is."""
    film = film_of(6.0, smile=held(1.0, 2.0, Bilateral(0.3, 1.2)))
    (smile,) = film.smiles
    assert smile_kind(smile) == "one-sided"
    (line,) = (line for line in description_lines(film) if "smile 1" in line)
    assert "left side weaker by" in line
    assert "+/-" in line
    data = as_data("film.mp4", film)["smiles"][0]
    assert data["weaker_side"] == "left"
    assert data["difference_mm"] < -3
    assert data["length_s"] > 2


def test_the_log_counts_the_raises_that_are_told():
    """Cheeks up for a second were none in the description, and a repetition in the events beside it."""
    moves = {"cheek": held(1.0, 0.7), "smile": held(20.0, 1.0)}
    assert film_of(24.0, **moves).cheek_raises == ()
    events = play(everything(), trace(24.0, **moves))
    assert not [event for event in events if event.type == "rep" and event.exercise == "cheek_raiser"]


def test_cheeks_that_are_up_for_a_moment_are_not_told():
    """As people talk, wink or raise their brows: a raise is meant to last."""
    assert not film_of(6.0, cheek=held(1.0, 0.8)).cheek_raises
    assert len(film_of(6.0, cheek=held(1.0, 1.8)).cheek_raises) == 1


def circling(*seen: tuple[float, int]):
    """Return the times of the circles that are told, of some that were seen at (t, number in their row)."""
    end = SessionEnd(t=9.0, reps={}, attempts={}, duration_s=9.0, frames=0, fps=30.0, reason="source_ended")
    rounds = [JawCircle(t=t, index=index, direction="clockwise") for t, index in seen]
    return [circle.t for circle in describe_film([*rounds, end]).circles]


def test_jaw_circles_come_in_rows():
    """One alone, or three within a second, is a mouth that talks."""
    assert circling((1.0, 1), (3.2, 2), (5.4, 3)) == [1.0, 3.2, 5.4]
    assert circling((1.0, 1), (4.0, 1)) == []
    assert circling((1.0, 1), (2.2, 2)) == [1.0, 2.2]
    assert circling((1.0, 1), (1.1, 2), (1.4, 3)) == []


def test_a_mouth_that_is_still_open_at_the_end_is_told():
    """As people film it: the camera is stopped first."""
    (opening,) = film_of(4.0, jaw=held(1.0, 5.0)).openings
    assert abs(opening.held_s - 2.8) < 0.3


def test_a_smile_with_the_eyes_closed_is_not_said_to_be_of_the_mouth_alone():
    """Nobody can tell how far eyes that are closed join in."""
    film = film_of(6.0, smile=held(1.0, 2.0), closure=[(0.8, 0.0), (1.0, 1.0), (4.0, 1.0), (4.2, 0.0)])
    (line,) = (line for line in description_lines(film) if "smile 1" in line)
    assert line.endswith("eyes closed")


def test_a_film_with_nothing_in_it_says_so():
    """In one line more."""
    assert "nothing that looks like" in description_lines(film_of(3.0))[-1]


def test_without_a_face_at_rest_the_sides_are_not_compared():
    """That is said; the smile is described all the same."""
    film = film_of(4.0, quality=0.0, smile=held(1.0, 2.0))
    film = replace(film, smiles=tuple(replace(smile, weaker_side="unclear") for smile in film.smiles))
    text = "\n".join(description_lines(film))
    assert "against a typical one" in text
    assert "sides cannot be compared" in text


def test_a_description_fits_on_one_screen():
    """However often somebody smiles."""
    (smile,) = film_of(4.0, smile=held(1.0, 2.0)).smiles
    film = replace(film_of(4.0), smiles=(smile,) * 60)
    lines = description_lines(film)
    assert len(lines) <= MOST_ROWS + 4
    assert "48 more" in lines[-1]
