"""What is shown and what is said come from one state and never contradict each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any, get_args

import pytest
from led import Led, hold, led, plan, posed

from coach.coaching.guides.guide import Guidance
from coach.coaching.states import PHASES, CoachingState, state_of
from coach.exercise.view import View
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral


@pytest.fixture(scope="module")
def uneven_at_first() -> Led:
    """Return a session in which a smile is uneven, then right, and the next ask is not answered at once."""
    run, _ = led(plan(("symmetry_drill", 2, hold(3.0))), seed=3, script=["asymmetric"])
    return run.run()


def phases(run: Led) -> list[str]:
    shown = [screen.phase for _, screen in run.screens if screen.exercise]
    return [shown[0], *(after for before, after in pairwise(shown) if after != before)]


def test_every_state_has_its_phase():
    assert set(PHASES) == set(get_args(CoachingState))


def test_hold_is_shown_whenever_it_is_said(uneven_at_first):
    said = [t for t, cue in uneven_at_first.given() if cue.key == "hold"]
    assert {uneven_at_first.screen_at(t).phase for t in said} == {"hold"}


def test_a_fault_is_named_at_the_ring_and_on_the_faulty_side(uneven_at_first):
    """The weaker side's bar shows it; the ring's fill does not grow meanwhile."""
    fixing = [screen for _, screen in uneven_at_first.screens if screen.phase == "fix"]
    assert {screen.word for screen in fixing} == {"uneven"}
    assert len({screen.faulty_side for screen in fixing}) == 1
    assert fixing[0].faulty_side in ("left", "right")
    assert max(screen.hold for screen in fixing) - min(screen.hold for screen in fixing) < 0.25


def test_what_was_asked_for_is_shown_until_it_begins(uneven_at_first):
    """Rest, go, and up, hold, let go, rest: in the person's order."""
    shown = phases(uneven_at_first)
    where = shown.index("go")
    assert shown[where + 1] == "rising"
    last = len(shown) - 1 - shown[::-1].index("released")
    assert shown[last - 1] == "hold"
    for rep in uneven_at_first.of("rep"):
        assert uneven_at_first.screen_at(rep["t"]).phase == "released"


def test_a_person_who_does_not_answer_sees_that_it_is_their_turn():
    run = posed(plan(("cheek_raiser", 1, hold(2.0))), lambda t, heard: FacePose()).run(20.0)
    assert "waiting" in phases(run)


def test_a_fault_of_both_sides_marks_both():
    wrong = FacePose(cheek=Bilateral(1.0, 1.0), smile=Bilateral(0.8, 0.8))
    run = posed(plan(("cheek_raiser", 1, hold(2.0))), lambda t, heard: wrong if t > 6 else FacePose()).run(
        10.0
    )
    assert {screen.faulty_side for _, screen in run.screens if screen.phase == "fix"} == {"both"}


@pytest.mark.parametrize(("asked", "state"), [(True, "rising"), (False, "rest")])
def test_a_twitch_between_two_repetitions_is_not_told_to_keep_going(asked, state):
    """While "that's one" is said nobody is to move; whoever was asked to is on the way."""
    begun, guidance = View("onset", at_rest=False), Guidance(asks=asked)
    assert state_of(begun, guidance, counted=False, failed=False, faulty=False, right=False) == state


WRONG = FacePose(cheek=Bilateral(1.0, 1.0), smile=Bilateral(0.8, 0.8))
RIGHT = FacePose(cheek=Bilateral(1.0, 1.0))


def raised(pose: Callable[[float], FacePose], *, since: float = 7.0, **how: Any) -> Led:
    """Return a session, led without words of explanation, whose cheeks are up from `since` seconds on."""
    what = plan(("cheek_raiser", 1, hold(3.0)), explains=False)
    return posed(what, lambda t, heard: pose(t) if t > since else FacePose(), **how)


def test_a_blink_mends_no_form():
    """Nobody knows the form while the eyes are shut: the fault stays named and the ring where it is."""
    run = raised(lambda t: replace(WRONG, lids=Bilateral(1.0, 1.0)) if 9.0 < t < 9.35 else WRONG).run(11.0)
    shown = [screen for t, screen in run.screens if t > 8.5]
    assert {screen.phase for screen in shown} == {"fix"}
    assert {screen.hold for screen in shown} == {0.0}


def test_a_fault_that_is_back_at_once_had_not_gone():
    """Right for a frame now and then: the fault is named again at once, not after another half second."""
    run = raised(lambda t: RIGHT if t % 1.0 < 0.1 else WRONG).run(12.0)
    shown = [screen.phase for t, screen in run.screens if t > 9.0]
    assert shown.count("fix") > 0.8 * len(shown)


def test_hold_is_not_shown_before_the_form_has_been_right():
    """Wrong from the beginning: up, then what to change."""
    run = raised(lambda t: WRONG).run(10.0)
    assert "rising" in phases(run)
    assert "hold" not in phases(run)
    assert {screen.hold for _, screen in run.screens} == {0.0}


def test_a_try_that_the_machine_lost_is_asked_for_once_more_on_the_screen_too():
    """No picture for two seconds in the middle of a hold."""
    run = raised(lambda t: FacePose() if t > 10.5 else RIGHT).run(8.5)
    assert run.screens[-1][1].phase == "hold"
    run.t += 2.0
    run.frame()
    assert run.screens[-1][1].phase == "attempt"
    assert run.screens[-1][1].word == ""  # nobody knows why; it was not the person


def test_a_try_that_did_not_count_is_named_with_its_reason(uneven_at_first):
    """Not every miss is commented on, and a reason that is only said is not seen by those without sound."""
    missed = [screen for _, screen in uneven_at_first.screens if screen.phase == "attempt"]
    assert {(screen.word, screen.faulty_side) for screen in missed} == {("uneven", "")}


def test_the_ring_stays_full_until_the_face_has_let_go(uneven_at_first):
    """It has counted, and still has while the smile fades."""
    let_go = [screen.hold for _, screen in uneven_at_first.screens if screen.phase == "released"]
    assert set(let_go) == {1.0}


def test_a_correction_reads_as_it_was_said():
    """Not "a little more on the left" beside the ring while the voice says to smile smaller."""
    run, _ = led(plan(("symmetry_drill", 3, hold(3.0))), seed=3, script=["asymmetric", None, "asymmetric"])
    run.run(60.0)
    said = [(t, cue.text) for t, cue in run.given() if cue.key == "asymmetric"]
    assert len({text for _, text in said}) == 2
    for t, text in said:
        screen = run.screen_at(t + 0.2)
        assert screen.phase != "fix" or screen.instruction == text
    assert any(run.screen_at(t + 0.2).phase == "fix" for t, _ in said[1:])


def test_a_turned_head_is_told_to_turn_back_and_not_to_rest():
    """Turned away in the middle of a hold: nobody can see whether the face rests."""
    run = raised(lambda t: replace(RIGHT, yaw=30.0) if 8.5 < t < 20.0 else RIGHT).run(20.0)
    shown = [screen for t, screen in run.screens if 10.5 < t < 20.0]
    assert {(screen.phase, screen.word) for screen in shown} == {("fix", "head turned")}
    assert {screen.instruction for screen in shown} == {"Turn your face to the camera"}
    assert {screen.bars.level.maximum for screen in shown if screen.bars} == {0.0}, "nothing is measured"
    assert "rest" not in run.keys
    assert "turn_to_me" in run.keys
