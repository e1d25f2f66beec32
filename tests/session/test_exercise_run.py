"""Which guide leads through which exercise: its own, or the one that fits what the exercise is."""

from __future__ import annotations

import pytest

from coach.coaching.guides.guide import Guidance, Guide
from coach.coaching.guides.held_guide import HeldGuide
from coach.coaching.guides.jaw_guide import JawGuide
from coach.coaching.guides.memory_guide import MemoryGuide
from coach.coaching.spec import STANDARD
from coach.exercise.protocol import Context
from coach.session.exercise_run import ExerciseRun, guide_for
from coach.shell.profile.exercise_registry import load_exercise
from coach.testing import face, play
from exercises.cheek_raiser import CheekRaiser


class Silent:
    """A guide that says nothing and is done at once."""

    watches = False

    def begin(self, t):
        return t

    def again(self, state, t):
        del state
        return t

    def step(self, state, moment):
        del moment
        return state, Guidance(done=True)


class SelfLed(CheekRaiser):
    """An exercise of another package that brings its own guide."""

    def guide(self) -> Guide:
        return Silent()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("cheek_raiser", HeldGuide),
        ("symmetry_drill", HeldGuide),
        ("combined", HeldGuide),
        ("jaw_release", JawGuide),
        ("memory_anchor", MemoryGuide),
    ],
)
def test_an_exercise_is_led_by_the_guide_that_fits_it(name, kind):
    assert type(guide_for(load_exercise(name), STANDARD)) is kind


def test_an_exercise_that_brings_its_own_guide_is_led_by_it():
    run = ExerciseRun.begin(
        SelfLed(load_exercise("cheek_raiser").spec), Context(), target=3, t=0.0, coaching=STANDARD
    )
    run.step(0.1, face(0.1), quiet=True)
    assert run.guidance.done


def test_the_guide_of_the_memories_cues_the_exercise_it_leads():
    """A smile counts as the answer to what was just said, so the exercise must hear of each cue."""
    run = ExerciseRun.begin(load_exercise("memory_anchor"), Context(), target=1, t=0.0, coaching=STANDARD)
    for n in range(1, 5):
        run.step(n / 30, face(n / 30), quiet=True)
    assert run.state.cue_t is not None


def test_an_exercise_that_is_not_cued_says_so_when_it_is_tried_with_cues():
    with pytest.raises(TypeError, match="give"):
        play(load_exercise("cheek_raiser"), [(0.0, face())], cues=[0.0])
