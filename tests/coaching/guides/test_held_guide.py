"""Which words of a held exercise are still true, frame by frame."""

from __future__ import annotations

from dataclasses import replace

from coach.coaching.guides.guide import Moment
from coach.coaching.guides.held_guide import HeldGuide
from coach.coaching.spec import STANDARD
from coach.events import Event, Released, Rep
from coach.exercise.view import View

UP = View(phase="apex", count=1, hold_s=3.0, target_s=3.0, at_rest=False)
REP = Rep(t=5.0, exercise="cheek_raiser", index=1, start=2.0, hold_s=3.0)
RELEASED = Released(t=6.0, exercise="cheek_raiser", index=1, whole_hold_s=3.4, end=5.9)


def stale(view: View, *events: Event) -> frozenset[str]:
    """Return the words that a guide in the middle of a hold takes back in one frame."""
    guide = HeldGuide("cheek_raiser", STANDARD.held)
    state = replace(guide.begin(0.0), stage="holding", asked=1)
    return guide.step(state, Moment(6.0, view, events, quiet=False, target=2))[1].stale


def test_a_release_waits_for_a_correction_that_is_being_said() -> None:
    """In the frame that counts, and while the movement lasts, "release" and "hold" stay true."""
    assert not {"hold", "release"} & stale(UP, REP)
    assert not {"hold", "release"} & stale(UP)


def test_nobody_is_asked_to_let_go_of_what_is_over() -> None:
    """Once the face is back at rest, words that had to wait are dropped."""
    assert {"hold", "release"} <= stale(View(count=1), RELEASED)
