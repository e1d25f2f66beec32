"""An exercise that fails in the middle of a session costs itself only: the session goes on without it."""

from __future__ import annotations

import pytest
from led import SETTINGS, Acting, Faked, Led, book, hold, plan

from coach.session.session import Session
from coach.shell.capture.simulated_person import load_person
from coach.shell.profile.exercise_registry import load_exercise
from coach.simulation.person import Person
from exercises.cheek_raiser import CheekRaiser

STEPS = (("cheek_raiser", 2, hold(1.0)), ("symmetry_drill", 1, hold(1.0)))


class Breaking(CheekRaiser):
    """Somebody's exercise: one of its methods raises, from its second repetition's beginning on."""

    def __init__(self, spec, method):
        super().__init__(spec)
        self._method = method

    def _fails(self, method, state=None):
        if method == self._method and (state is None or (state.reps == 1 and state.rep.phase == "onset")):
            raise ZeroDivisionError("division by zero\nof somebody")

    def begin(self, context):
        self._fails("begin")
        return super().begin(context)

    def step(self, state, t, features):
        self._fails("step", state)
        return super().step(state, t, features)

    def view(self, state):
        self._fails("view", state)
        return super().view(state)

    def finish(self, state, t):
        self._fails("finish")
        return super().finish(state, t)


class BadlyLed(CheekRaiser):
    """Somebody's exercise whose own guide cannot be made."""

    def guide(self):
        raise ValueError


def broken_by(exercise):
    what = plan(*STEPS)
    session = Session(what, [exercise, load_exercise(*STEPS[1][::2])], book(), SETTINGS, source="test")
    session.perception = session._face_check._perception = Faked()
    run = Led(session, Acting(Person(load_person(), seed=1, script=())))
    run.notices = []
    while not run.ended and run.t < 90.0:
        run.notices.append(run.frame().notice)
    run.events += session.end(run.t, "finished")
    return run


@pytest.mark.parametrize(("method", "counted"), [("step", 1), ("view", 1), ("begin", 0), ("finish", 2)])
def test_the_session_goes_on_without_it(method, counted):
    """What it had counted stays; one line says what failed, one word that it is left; the next one comes."""
    run = broken_by(Breaking(load_exercise("cheek_raiser", hold(1.0)).spec, method))
    assert run.of("session_end")[0]["reps"] == {"cheek_raiser": counted, "symmetry_drill": 1}
    assert run.of("session_end")[0]["reason"] == "finished"
    assert [notice for notice in run.notices if notice] == [
        "exercise 'cheek_raiser' failed (ZeroDivisionError: division by zero); left out from here on"
    ]
    assert run.keys.count("broken") == 1


def test_a_guide_that_fails_costs_its_exercise_only():
    """Another package may bring one."""
    run = broken_by(BadlyLed(load_exercise("cheek_raiser").spec))
    assert run.of("session_end")[0]["reps"] == {"cheek_raiser": 0, "symmetry_drill": 1}
    assert [notice for notice in run.notices if notice] == [
        "exercise 'cheek_raiser' failed (ValueError); left out from here on"
    ]
