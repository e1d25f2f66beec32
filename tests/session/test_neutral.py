"""The neutral face can be trusted: it is asked for, it is at rest, and a wrong one does not last."""

from __future__ import annotations

from dataclasses import replace

import pytest
from led import SETTINGS, Led, hold, plan, seen, still

from coach.coaching.cue_scheduler import estimate_s
from coach.face.measures import measure_alone
from coach.face.unrest import unrest
from coach.session.occasion import Occasion
from coach.shell.capture.simulated_person import load_person
from coach.simulation.face_pose import FacePose
from coach.simulation.person import Person
from coach.types import Bilateral

CHEEKS = plan(("cheek_raiser", 2, hold(2.0)))
SMILES = plan(("symmetry_drill", 2, hold(2.0)))
SMILE = FacePose(smile=Bilateral(0.8, 0.8))
OPEN = FacePose(jaw_open=0.8)
LIFTED = FacePose(cheek=Bilateral(0.8, 0.8))


class Beginning:
    """The simulated person, who makes a face until some time, or until a phrase is heard."""

    def __init__(self, pose: FacePose, until_s: float = 1e9, key: str = "") -> None:
        self.pose, self.until_s, self.key = pose, until_s, key
        self.person = Person(load_person(), seed=3, script=())

    def __call__(self, t, heard):
        if any(cue.key == self.key for cue in heard):
            self.until_s = t + 0.6
        now = self.person.step(t, heard)
        if t >= self.until_s:
            return now
        worn = self.pose
        return replace(now, smile=worn.smile, cheek=worn.cheek, jaw_open=worn.jaw_open)


def counted(run: Led) -> int:
    return len(run.of("rep"))


@pytest.mark.parametrize(
    ("pose", "key"), [(SMILE, "let_smile_go"), (OPEN, "close_mouth")], ids=["smile", "open mouth"]
)
def test_a_face_that_is_not_at_rest_is_asked_kindly_to_let_go(pose, key):
    """Once; and what is learnt then is the face at rest, in good time."""
    run = seen(SMILES, Beginning(pose, key=key)).run(40.0)
    assert run.keys.count(key) == 1
    assert run.of("calibrated")[0]["t"] < 8.0
    assert counted(run) == 2
    assert not run.of("attempt")


def test_a_smile_in_the_first_seconds_does_not_become_the_neutral():
    """It ends by itself: the session counts as if it had never been."""
    run = seen(SMILES, Beginning(SMILE, until_s=3.0)).run(40.0)
    assert [event["t"] < 6.0 for event in run.of("calibrated")] == [True]
    assert counted(run) == 2


@pytest.mark.parametrize(
    "worn", [SMILE, FacePose(smile=Bilateral(0.6, 0.0))], ids=["smiling", "one corner up"]
)
def test_a_face_that_is_so_by_nature_is_accepted_on_the_second_time(worn):
    """It is asked once, does not change, and is learnt as it is; its movements count."""

    def face(t, heard):
        now = person.step(t, heard)
        smile = Bilateral(max(worn.smile.left, now.smile.left), max(worn.smile.right, now.smile.right))
        return replace(now, smile=smile)

    person = Person(load_person(), seed=3, script=())
    run = seen(CHEEKS, face).run(40.0)
    assert run.keys.count("let_smile_go") == 1
    assert run.of("calibrated")[0]["t"] < 9.0
    assert counted(run) == 2


@pytest.mark.parametrize("what", [SMILES, CHEEKS], ids=["smiles", "cheeks"])
def test_a_wrong_neutral_is_noticed_and_learnt_again_with_a_sentence_at_most(what):
    """A face too slightly lifted for anyone to see comes to rest later: two seconds of that are enough."""
    slight = FacePose(smile=Bilateral(0.3, 0.3), cheek=Bilateral(0.8, 0.8))
    run = seen(what, Beginning(slight, until_s=6.0)).run(60.0)
    assert 2 <= len(run.of("calibrated")) <= 3
    assert run.of("calibrated")[1]["t"] < 11.0
    assert run.keys.count("neutral") <= 2
    assert "other_face" not in run.keys
    assert counted(run) == 2


def test_a_smile_that_ends_just_before_it_is_learnt_is_not_part_of_the_neutral():
    """It stayed after it was asked to go, and was kept; then it went."""
    run = seen(SMILES, lambda t, heard: SMILE if t < 6.2 else FacePose()).run(9.0)
    (learnt,) = run.of("calibrated")
    assert learnt["t"] > 6.2 + 0.9


def test_a_smile_that_was_learnt_because_it_stayed_is_given_up_after_a_second_of_rest():
    """The person was slow to let go, rests for a moment, and smiles as the exercise asks."""

    def face(t, heard):
        return SMILE if t < 8.5 or t >= 10.2 else FacePose()

    run = seen(SMILES, face).run(12.0)
    assert run.keys.count("let_smile_go") == 1
    learnt = [event["t"] for event in run.of("calibrated")]
    assert len(learnt) == 2
    assert learnt[0] < 8.5 < learnt[1] < 10.2


def test_a_right_neutral_is_left_alone():
    """Whatever the face does in all exercises, it is learnt once."""
    every = [
        ("jaw_release", 1, hold(1.5)),
        ("cheek_raiser", 1, {}),
        ("combined", 1, {}),
        ("memory_anchor", 1, {}),
    ]
    run = seen(plan(*every), Beginning(FacePose(), until_s=0.0)).run(120.0)
    assert run.ended
    assert len(run.of("calibrated")) == 1


@pytest.mark.parametrize(
    ("first_words", "how"),
    [
        (["safety"], {"safety": True}),
        (["eased_hurt"], {"occasion": Occasion(eased="hurt")}),
        (["due"], {"occasion": Occasion(check_in_due=True)}),
        (["safety", "eased_hard"], {"safety": True, "occasion": Occasion(eased="hard")}),
    ],
)
def test_the_neutral_is_learnt_as_soon_as_the_person_has_been_asked_and_nothing_is_said_before(
    first_words, how
):
    """Who has to listen first does not rest; all other words come after it, one by one, before the intro."""
    run = seen(CHEEKS, Beginning(FacePose(), until_s=0.0), **how).run(14.0)
    assert run.keys[: len(first_words) + 3] == ["neutral", *first_words, "intro", "go"]
    given = {cue.key: t for t, cue in run.given()}
    learnt = run.of("calibrated")[0]["t"]
    assert given["neutral"] + 2.0 < learnt < 3.5
    assert learnt <= given[first_words[0]]


def test_who_begins_during_the_words_before_the_first_exercise_is_counted():
    """They go on once the face is at rest again; the intro comes too late then."""
    once = Beginning(FacePose(), until_s=0.0)

    def impatient(t, heard):
        return LIFTED if 4.5 < t < 9.0 else once(t, [])

    run = seen(CHEEKS, impatient, safety=True, occasion=Occasion(eased="hurt")).run(14.0)
    assert [rep["index"] for rep in run.of("rep")] == [1]
    given = {cue.key: t for t, cue in run.given()}
    assert given["safety"] < 4.5
    assert given["eased_hurt"] > 9.0
    assert "intro" not in run.keys


def test_the_clock_starts_when_the_person_has_been_asked_in_full():
    """A slow voice takes four seconds for it: nobody relaxes before having heard what to relax."""
    slow = SETTINGS.model_copy(update={"voice": SETTINGS.voice.model_copy(update={"rate": 95})})
    run = seen(CHEEKS, lambda t, heard: FacePose(), settings=slow).run(9.0)
    asked = next(t for t, cue in run.given() if cue.key == "neutral")
    assert run.of("calibrated")[0]["t"] >= asked + estimate_s(run.said[0].text, 95)


def test_a_mouth_learnt_a_little_open_is_learnt_again_when_it_is_shut():
    """Too little to be asked about; the jaw's bar would start below nothing."""
    jaw = plan(("jaw_release", 1, hold(1.5)))
    run = seen(jaw, lambda t, heard: FacePose(jaw_open=0.15 if t < 4.0 else 0.0)).run(12.0)
    assert "close_mouth" not in run.keys
    assert len(run.of("calibrated")) == 2


@pytest.mark.parametrize(
    ("squint", "asked"), [(0.9, "soften"), (0.7, None)], ids=["squints", "narrow by nature"]
)
def test_a_squint_is_asked_to_soften(squint, asked):
    """Eyes at rest read up to 0.65; no drawn face squints more, so the blendshape is set here."""
    measured = measure_alone(still())
    assert unrest(replace(measured, squint=Bilateral(squint, squint))) == asked


def test_space_looks_at_the_face_again_once_that_was_offered():
    """Nothing is recognised: the face is asked to relax and learnt again, and the exercise goes on."""
    run = seen(CHEEKS, lambda t, heard: FacePose())
    while "offer" not in run.keys and run.t < 60.0:
        run.frame()
    run.session.toggle_pause(run.t)
    before = len(run.said)
    run.run(run.t + 8.0)
    assert not run.of("paused")
    assert len(run.of("calibrated")) == 2
    assert run.said[before].key == "neutral"
    assert {cue.key for cue in run.said[before:]} & {"go", "again"}


def test_a_face_that_moves_and_is_not_recognised_is_looked_at_again_with_one_sentence():
    """Learnt with the cheeks up; never at rest for long enough to show it, until asked to relax."""

    class Restless:
        relaxes_t = -1e9

        def __call__(self, t, heard):
            if t > 6.0 and any(cue.key == "neutral" for cue in heard):
                self.relaxes_t = t
            if t - self.relaxes_t < 7.0:
                return FacePose()
            return LIFTED if t < 6.0 or t % 3.0 < 1.6 else FacePose()

    run = seen(CHEEKS, Restless()).run(24.0)
    assert run.keys.count("neutral") == 2
    last = run.of("calibrated")[-1]["t"]
    assert 6.0 < last < 22.0
    assert not run.of("paused")
