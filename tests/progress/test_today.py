"""A session beside the usual ones: three figures, which side was behind, and one true sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coach.progress.history import (
    AttemptRecord,
    History,
    RecallRecord,
    RepRecord,
    SessionRecord,
    SmileRecord,
)
from coach.progress.today import Figure, Today, today
from coach.types import Bilateral

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def past(holds, symmetry=0.85, *, weaker="left", plan="daily", eyes=(2, 2), source="webcam:0", last=None):
    """Return a history with a session a day: so many holds, smiles of this symmetry, memories with eyes."""
    last = last or {}
    sessions, reps, smiles, recalls = [], [], [], []
    for day, count in enumerate(holds):
        at, name = START + timedelta(days=day), f"s{day}"
        final = day == len(holds) - 1
        even = last.get("symmetry", symmetry) if final else symmetry + 0.02 * (day % 3 - 1)
        joined, of = last.get("eyes", eyes) if final else eyes
        plan_ = last.get("plan", plan) if final else plan
        origin = last.get("source", source) if final else source
        sessions.append(SessionRecord(name, at, plan_, origin, "1", 100.0, None if final else "finished"))
        reps += [RepRecord(name, at, "cheek_raiser", 3.0, float(n)) for n in range(count)]
        smiles += [SmileRecord(name, at, "symmetry_drill", weaker, even, 0.1, Bilateral(9, 10))] * 3
        recalls += [
            RecallRecord(name, at, "memory_anchor", "", 1.0, True, number < joined) for number in range(of)
        ]
    return History(tuple(sessions), tuple(reps), (), tuple(smiles), tuple(recalls))


def ended(history: History) -> Today:
    session = history.sessions[-1]
    return today(history, session.id, session.started_at.date())


@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(days=-10)])
def test_a_session_counts_on_the_day_on_which_it_began(later):
    """It goes past midnight, or somebody sets the clock back meanwhile: that was not nothing."""
    history = past([10, 11])
    session = history.sessions[-1]
    found = today(history, session.id, (session.started_at + later).date())
    assert found == ended(history)
    assert found.run == 2


def test_each_figure_stands_beside_the_median_of_the_sessions_before():
    """Holds, evenness, eyes; today is not part of its own usual."""
    found = ended(past([10, 11, 12, 10, 11, 11, 14], eyes=(1, 2), last={"symmetry": 0.86}))
    assert [figure.name for figure in found.figures] == ["holds", "evenness", "eyes"]
    holds, evenness, eyes = found.figures
    assert (holds.value, holds.usual) == (14, 11)
    assert (evenness.value, evenness.usual) == (0.86, pytest.approx(0.85))
    assert (eyes.value, eyes.usual) == (0.5, 0.5)
    assert found.earlier == 6
    assert found.run == 7
    assert found.week == ("counted",) * 7


@pytest.mark.parametrize(("sessions", "sentence"), [(1, "first"), (3, "early"), (4, "early"), (7, "usual")])
def test_without_a_usual_nothing_is_compared(sessions, sentence):
    """The first sessions are told as such; from the fourth on there is a usual, then a verdict."""
    found = ended(past([10] * sessions))
    assert found.told == sentence
    assert all((figure.usual is None) == (sessions < 4) for figure in found.figures)


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        ({"symmetry": 0.97}, "more_evenness"),
        ({"symmetry": 0.70}, "less_evenness"),
        ({"symmetry": 0.87}, "usual"),  # within what the days differ by anyway
        ({"eyes": (0, 2)}, "less_eyes"),
    ],
)
def test_only_what_lies_beyond_the_own_variation_is_spoken_of(last, sentence):
    """Better or worse; a difference that chance makes is as usual."""
    assert ended(past([10] * 9, last=last)).told == sentence


def test_of_several_differences_the_better_one_is_told():
    """One sentence, and a kind one where a true kind one can be had."""
    assert ended(past([10] * 8 + [5], symmetry=0.8, last={"symmetry": 0.97})).told == "more_evenness"


def test_fewer_holds_in_another_plan_are_no_difference():
    """What is usual for two minutes says nothing of ten."""
    found = ended(past([10] * 8 + [30], last={"plan": "full"}))
    assert found.figures[0] == Figure("holds", 30)
    assert found.told == "usual"  # evenness and eyes can be compared


def test_a_session_in_which_nothing_counted_is_not_praised():
    """Tries alone: no day in a row, and the figure is an honest zero."""
    at = START
    tries = (AttemptRecord("s", at, "cheek_raiser", "too_short", 9.0),)
    found = ended(History((SessionRecord("s", at, "daily", "webcam:0", "1", 90.0, None),), (), tries))
    assert (found.told, found.run) == ("nothing", 0)
    assert found.figures == (Figure("holds", 0.0),)
    assert set(found.week) == {"missed"}


@pytest.mark.parametrize(
    ("verdicts", "side", "behind"),
    [
        (["left"] * 5 + ["even"], "left", 5),
        (["right"] * 2 + ["unclear"], "right", 2),
        (["even"] * 3, "even", 3),
        (["left", "right", "even"], "mixed", 1),
        (["unclear"] * 3, "unclear", 0),
        ([], "", 0),
    ],
)
def test_the_side_behind_is_the_one_of_most_smiles_that_could_be_compared(verdicts, side, behind):
    """Smiles with the head turned say nothing about the sides."""
    at = START
    smiles = tuple(SmileRecord("s", at, "combined", one, 0.8, 0.1, Bilateral(9, 10)) for one in verdicts)
    found = ended(History((SessionRecord("s", at, "daily", "webcam:0", "1", 90.0, None),), smiles=smiles))
    assert (found.side, found.behind, found.smiles) == (side, behind, len(verdicts))


def test_the_simulated_person_is_nobodys_usual():
    """Neither theirs for the person, nor the person's for theirs."""
    own = past([10] * 6)
    demo = past([20] * 7, last={"source": "demo"})
    assert ended(demo).told == "first"
    assert ended(past([20] * 7, source="demo")).figures[0].usual == 20
    assert ended(own).earlier == 5


def test_of_a_session_that_is_not_on_the_disk_nothing_is_told():
    """A full disk takes the comparison, not the end; and nobody hears that nothing counted."""
    unknown = today(past([10]), "other", START.date())
    assert unknown == Today(START.date(), known=False)
    assert unknown.told == ""
