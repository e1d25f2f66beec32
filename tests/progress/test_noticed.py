"""From which difference on a side is called the weaker one, for somebody whose smile is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coach.exercise.held_smile import SmileSpec
from coach.progress.history import History, SmileRecord
from coach.progress.noticed import noticed_mm
from coach.shell.profile.plan_files import load_plan
from coach.types import Bilateral

OTHERS = 3.0  # millimetres that others notice


def weeks(differences: list[float], days: int = 21) -> History:
    """Return one smile a session, whose left side travels so much further."""
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    step = timedelta(days=days) / (len(differences) - 1)
    return History(
        smiles=tuple(
            SmileRecord(
                str(n), start + n * step, "symmetry_drill", "even", 0.9, 0.0, Bilateral(10.0 + by, 10.0)
            )
            for n, by in enumerate(differences)
        )
    )


STEADY = [1.0, 1.2, 0.9, 1.1, 1.0, 1.3, 0.8, 1.1, 1.0, 1.2]


def test_a_smile_that_is_the_same_from_day_to_day_may_be_told_of_less_than_others_notice():
    """By what two of the days differ by chance, and never below what can be measured."""
    assert 0.5 <= noticed_mm(weeks(STEADY), OTHERS) < 1.0
    assert noticed_mm(weeks([1.0] * 10), OTHERS) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "history",
    [History(), weeks(STEADY[:5]), weeks(STEADY, days=10), weeks([-3.0, 3.0] * 5)],
    ids=["nothing", "five sessions", "ten days", "another smile every day"],
)
def test_else_it_is_what_others_notice(history):
    """Until two weeks are known, and where the days differ by as much."""
    assert noticed_mm(history, OTHERS) == OTHERS


def test_a_session_takes_it_from_the_history():
    """The same plan is stricter for a steady smile."""

    def noticed(history: History | None) -> float:
        _, (exercise,) = load_plan("symmetry_drill", history=history)
        assert isinstance(exercise.spec, SmileSpec)
        return exercise.spec.even.noticed_mm

    assert noticed(None) == OTHERS
    assert noticed(weeks(STEADY)) < 1.0
