"""The end of a session: two questions, a card that stays until a key, and words that are true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from led import book

from coach.coaching.phrases import capital
from coach.events import Attempt, JawCircle, Recall, Rep
from coach.progress.history import History
from coach.progress.today import Figure, Today, today
from coach.progress.words import ProgressWords
from coach.session.ending import FEELINGS, TRANSITIONS, WARMTHS, Ending, begin, end_card, press, told
from coach.session.tally import Tally
from coach.shell.profile.language_files import languages

DAY = date(2026, 3, 7)  # a Saturday
FIGURES = (Figure("holds", 12, 11), Figure("evenness", 0.91, 0.84, 1), Figure("eyes", 0.5))
COUNTED, WEEK = "counted", ("counted",) * 7
ODD_WEEK = ("missed", "counted", "missed", *WEEK[:4])
TODAY = Today(DAY, FIGURES, "left", 5, 6, 30, 12, ODD_WEEK)


def after(keys: str, *, warm: bool = False) -> Ending:
    ending = begin(warm=warm)
    for key in keys:
        ending = press(ending, key)
    return ending


@pytest.mark.parametrize(
    ("keys", "warm", "ending"),
    [
        ("", True, Ending("warmth")),
        ("7", True, Ending("felt", warmth=7)),
        ("x", True, Ending("felt", warmth=10)),
        ("71", True, Ending("card", warmth=7, felt="easy")),
        (" 4", True, Ending("card", felt="hurt")),
        ("3", False, Ending("card", felt="hard")),
        ("n7q3", False, Ending("card", felt="hard")),  # a key that answers nothing changes nothing
        ("  ", True, Ending("card")),
        ("2z", False, Ending("over", felt="right")),
        ("22", False, Ending("over", felt="right")),  # any key closes the card, an answer's too
        ("2  ", False, Ending("over", felt="right")),
    ],
)
def test_each_question_is_asked_once_and_the_card_stays_until_a_key(keys, warm, ending):
    """Space goes on without an answer."""
    assert after(keys, warm=warm) == ending


def test_every_stage_leads_on():
    """Going on ends it, from wherever."""
    stages = {stage for stage, _ in TRANSITIONS}
    assert {(stage, key) for stage, key in product(stages, ("answer", "go_on"))} <= TRANSITIONS.keys()


@pytest.mark.parametrize("language", languages())
def test_the_card_says_all_of_it_in_words(language):
    """Three figures beside their usual, the weaker side, the week, the streak, what is next."""
    words = book(language)
    card = end_card(TODAY, begin(warm=True), words)
    even, usual, eyes = map(ProgressWords(words).share, (0.91, 0.84, 0.5))
    assert [value for _, value, _ in card.figures] == ["12", even, eyes]
    assert ["11" in card.figures[0][2], usual in card.figures[1][2], card.figures[2][2]] == [True, True, ""]
    assert card.said[0] == words.text("end", "more_evenness")
    assert "5" in card.said[1]
    assert "12" in card.streak
    assert card.week[-1] == (words.text("weekday", "6"), COUNTED)
    assert card.coming == words.text("end", "tomorrow")
    assert [key for key, _ in card.answers] == list(WARMTHS)
    felt = end_card(TODAY, Ending("felt"), words)
    assert [key for key, _ in felt.answers] == list(FEELINGS)
    assert felt.ask != card.ask
    stays = end_card(TODAY, Ending("card", felt="right"), words, "smile-coach check-in")
    assert (stays.ask, stays.answers, stays.advice) == ("", (), "")
    assert "smile-coach check-in" in stays.coming
    for key in ("nothing", "first", "early", "usual"):
        assert words.has("end", key)
    for side in ("left", "right", "even", "mixed", "unclear"):
        assert end_card(replace(TODAY, side=side), None, words).said[1]
    assert not [text for text in (*card.said, card.streak, card.hint, card.ask) if "{" in text]


@pytest.mark.parametrize(
    ("language", "label", "side"),
    [
        ("en", "hold", "Your left side was behind in the one smile there was"),
        ("de", "Wiederholung", "Links blieb bei dem einen Lächeln etwas zurück"),
        ("es", "repetición", "Tu lado izquierdo fue por detrás en la única sonrisa"),
        ("fr", "tenue", "Ton côté gauche était en retrait dans ton seul sourire"),
    ],
)
def test_one_hold_and_one_smile_are_singular(language, label, side):
    """Whoever did little reads no "1 of 1 smiles"; and of six smiles one is still one of six."""
    few = replace(TODAY, figures=(Figure("holds", 1.0),), behind=1, smiles=1)
    card = end_card(few, None, book(language))
    assert (card.figures[0][:2], card.said[1]) == ((label, "1"), side)
    of_six = end_card(replace(few, smiles=6), None, book(language)).said[1]
    assert ("1" in of_six, "6" in of_six) == (True, True)


def test_whoever_was_hurt_is_told_to_stop_and_not_to_come_tomorrow():
    """Before anything else, also before a check-in that is due."""
    card = end_card(TODAY, Ending("card", felt="hurt"), book(), "smile-coach check-in")
    assert card.advice.startswith("Please stop")
    assert "tomorrow" not in card.coming
    assert "check-in" not in card.coming


def test_the_first_day_in_a_row_has_its_own_words_and_no_day_has_none():
    """Nothing counted: no streak, no figure but a zero."""
    assert end_card(replace(TODAY, run=1), None, book()).streak == "Day one"
    assert end_card(Today(DAY, (Figure("holds", 0.0),)), None, book()).streak == ""


@pytest.mark.parametrize("language", languages())
def test_a_streak_over_a_missed_day_says_that_it_is_forgiven(language):
    """Twelve days in a row over a week with a gap would be a riddle, or a lie."""
    words = book(language)
    plain = end_card(replace(TODAY, week=WEEK), None, words)
    over = end_card(replace(TODAY, week=(*WEEK[:3], "forgiven", *WEEK[:3])), None, words)
    assert [mark for _, mark in over.week].count("forgiven") == 1
    assert over.streak.startswith(plain.streak)
    assert over.streak != plain.streak
    assert over.streak in told(over, words)


def test_a_session_that_the_disk_has_not_taken_has_an_end_as_well():
    """Nothing is known of it or of the days before: no figure is made up, and none is said not to count."""
    card = end_card(today(History(), "s", DAY), None, book())
    assert [mark for _, mark in card.week] == ["missed"] * 7
    assert (card.figures, card.streak, card.said) == ((), "", ())
    assert end_card(Today(DAY), None, book()).said == ("Nothing counted today - tomorrow is a new day",)


@pytest.mark.parametrize("language", languages())
def test_all_lines_of_the_summary_begin_alike(language):
    """Exercises, counts and measures stand in one list, each with a capital."""
    tally = Tally()
    tally.add(
        [
            JawCircle(t=1.0, exercise="jaw_release", index=1, direction="clockwise"),
            Recall(t=9.0, index=1, cue_t=5.0, onset_t=6.0, latency_s=1.0, in_time=True, eye_engaged=True),
        ]
    )
    labels = [label for label, _ in tally.lines(["jaw_release"], book(language), 60.0)]
    assert len(labels) == 5
    assert labels == [capital(label) for label in labels]


def test_the_eyes_are_counted_in_lines_as_on_the_card():
    """Two smiles with the eyes, one without, and a memory that brought none: two of three."""
    tally, both = Tally(), "combined"
    came = Recall(t=9.0, index=1, cue_t=5.0, onset_t=6.0, latency_s=1.0, in_time=True, eye_engaged=True)
    tally.add(
        [
            Rep(t=1.0, exercise=both, index=1, start=0.0, hold_s=5.0),
            Attempt(t=2.0, exercise=both, start=1.0, end=2.0, hold_s=0.0, reason="eyes_uninvolved"),
            Attempt(t=3.0, exercise=both, start=2.0, end=3.0, hold_s=1.0, reason="too_short"),
            came,
            replace(came, index=2, onset_t=None, latency_s=None, in_time=False, eye_engaged=False),
        ]
    )
    assert ("Eyes engaged", "67%") in tally.lines([both], book(), 60.0)


def test_in_lines_for_those_who_see_nothing():
    """Beside what was done only the figures that have a usual; where it is not read, all of them."""
    card = end_card(TODAY, None, book())
    beside = told(card, book())
    assert beside == [
        "Holds: 12 (usually 11)",
        "Evenness: 91% (usually 84%)",
        "Your sides were more even than usual",
        "Your left side was behind in 5 of 6 smiles",
        "12 days in a row",
        "Next: tomorrow",
    ]
    assert told(card, book(), alone=True) == [*beside[:2], "Eyes engaged: 50%", *beside[2:]]
    assert told(end_card(TODAY, None, book("fr")), book("fr"))[0].startswith("Tenues : 12")
