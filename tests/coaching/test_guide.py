"""Guides ask, count down, correct once and kindly, confirm, and never keep anyone waiting."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import led as led_module
import pytest
from led import Led, hold, led, plan, posed

from coach.simulation.face_pose import FacePose
from coach.types import Bilateral

REASONS = {
    ("cheek_raiser", "mouth_moved"),
    ("cheek_raiser", "too_short"),
    ("cheek_raiser", "eyes_closed"),
    ("symmetry_drill", "asymmetric"),
    ("symmetry_drill", "too_short"),
    ("combined", "eyes_uninvolved"),
    ("combined", "asymmetric"),
}
CHEEKS = FacePose(cheek=Bilateral(1.0, 1.0))


class Answering:
    """A face that answers each asking with the next of `answers`, until it is released or its time is up."""

    def __init__(self, *answers: FacePose, lasts_s: float = 30.0, delay_s: float = 0.4) -> None:
        self.answers, self.lasts_s, self.delay_s = list(answers), lasts_s, delay_s
        self.now, self.since, self.until = FacePose(), 0.0, 0.0

    def __call__(self, t, heard):
        for cue in heard:
            if cue.key in ("go", "again") and self.answers:
                self.now = self.answers.pop(0)
                self.since, self.until = t + self.delay_s, t + self.delay_s + self.lasts_s
            elif cue.key == "release":
                self.until = min(self.until, t + self.delay_s)
        level = min(max((t - self.since) / 0.3, 0), 1) * min(max((self.until + 0.3 - t) / 0.3, 0), 1)
        cheek, smile = self.now.cheek, self.now.smile
        return FacePose(
            cheek=Bilateral(cheek.left * level, cheek.right * level),
            smile=Bilateral(smile.left * level, smile.right * level),
            brows=self.now.brows * level,
        )


def corrections(run: Led) -> list[str]:
    return [cue.key for cue in run.said if cue.kind.name == "CORRECTION"]


# ---- what went wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "reason"), sorted(REASONS))
def test_a_failed_try_gets_its_one_correction_and_the_next_good_one_a_word(name, reason):
    """The right reason in the log and in words, once; then the confirmation, once."""
    run, acting = led(plan((name, 2, {})), seed=3, script=[None, reason])
    run.run()
    assert [attempt["reason"] for attempt in run.of("attempt")] == [reason]
    assert corrections(run) == [reason]
    assert run.keys.count("fixed") == 1
    assert run.keys.index("fixed") > run.keys.index(reason)
    assert run.of("session_end")[0]["reps"] == {name: 2}
    assert [i.reason for i in acting.intended if not i.valid] == [reason]


def test_the_weaker_side_is_named():
    """The person's own side, as the smile was."""
    run, acting = led(plan(("symmetry_drill", 1, hold(3.0))), seed=3, script=["asymmetric"])
    run.run()
    side = next(i.side for i in acting.intended if not i.valid)
    assert next(cue.values["side"] for cue in run.said if cue.key == "asymmetric") == side


def test_corrections_do_not_rain():
    """Six tries in a row that are too short: a word at most every second time, and a rest suggested."""
    short = Answering(*[CHEEKS] * 7, lasts_s=1.2)
    run = posed(plan(("cheek_raiser", 3, hold(3.0))), short).run(45.0)
    tries = len(run.of("attempt"))
    assert tries >= 5
    assert corrections(run).count("too_short") <= math.ceil(tries / 2)
    assert "rest_suggested" in corrections(run)


def test_three_failed_tries_suggest_a_rest_and_leave_time_for_it():
    """After the third the next asking comes seconds later than otherwise."""
    run = posed(plan(("cheek_raiser", 3, hold(3.0))), Answering(*[CHEEKS] * 5, lasts_s=1.2)).run(40.0)
    given = run.given()
    rest = next(t for t, cue in given if cue.key == "rest_suggested")
    assert len([a for a in run.of("attempt") if a["t"] <= rest + 0.1]) == 3
    following = next(t for t, cue in given if cue.key == "again" and t > rest)
    assert following - rest > 4.0


def test_help_from_other_muscles_twice_suggests_a_rest(monkeypatch):
    """The first time there is a word about the forehead, the second time a rest."""
    plain = led_module.features_of

    def with_brows(t, pose):
        return replace(plain(t, pose), brow_raise=Bilateral(pose.brows, pose.brows))

    monkeypatch.setattr(led_module, "features_of", with_brows)
    strained = FacePose(cheek=Bilateral(1.0, 1.0), brows=0.1)
    face = Answering(strained, CHEEKS, strained, CHEEKS, CHEEKS, lasts_s=3.5)
    run = posed(plan(("cheek_raiser", 2, hold(2.0))), face).run(60.0)
    assert [a["reason"] for a in run.of("attempt")] == ["compensation", "compensation"]
    assert corrections(run) == ["compensation", "rest_suggested"]


# ---- asking ------------------------------------------------------------------------------------------


def test_who_does_not_answer_is_asked_again():
    """Not at once, less and less often, and without a word of blame."""
    run = posed(plan(("cheek_raiser", 1, hold(2.0))), lambda t, heard: FacePose()).run(110.0)
    asked = [t for t, cue in run.given() if cue.key in ("go", "again")]
    waits = [after - before for before, after in pairwise(asked)]
    assert waits == pytest.approx([8.0, 16.0, 32.0, 32.0], abs=1.5)
    assert not corrections(run)


def test_a_face_that_stays_up_is_reminded_to_rest_twice_and_not_again_until_it_has():
    """Nothing is asked until the face has rested; that is said after four seconds, after ten more, enough."""

    def face(t, heard):
        up = 0.7 + 0.3 * math.sin(3 * t)
        down = t < 6 or 50 < t < 51 or t > 75
        return FacePose() if down else FacePose(cheek=Bilateral(up, up))

    run = posed(plan(("cheek_raiser", 3, hold(2.0))), face).run(80.0)
    reminded = [t for t, cue in run.given() if cue.key == "rest"]
    before = [t for t in reminded if t < 50]
    released = next(t for t, cue in run.given() if cue.key == "release")
    assert [before[0] - released, before[1] - before[0]] == pytest.approx([4.0, 10.0], abs=1.5)
    assert len(before) == 2
    assert len(reminded) == 4  # it has rested once, and is told again twice
    assert len([key for key in run.keys if key in ("go", "again")]) <= 3


@pytest.mark.parametrize(
    ("hold_s", "numbers"),
    [(1.0, []), (2.0, ["one"]), (3.0, ["two", "one"]), (5.0, ["three", "two", "one"])],
)
def test_the_countdown_leaves_room_for_hold(hold_s, numbers):
    """Numbers that would fall on top of "hold" are left out."""
    run, _ = led(plan(("cheek_raiser", 1, hold(hold_s))), seed=1)
    run.run()
    assert [key for key in run.keys if key in ("three", "two", "one")] == numbers
    assert "release" in run.keys


# ---- the jaw -----------------------------------------------------------------------------------------

JAW = plan(("jaw_release", 1, {**hold(1.5), "circles": {"target": 3}}))


class Circling:
    """The simulated person, whose circles go the other way round until somebody says so."""

    def __init__(self, acting) -> None:
        self.acting, self.way = acting, -1

    def __call__(self, t, heard):
        if any(cue.key == "other_way" for cue in heard):
            self.way = 1
        pose = self.acting(t, heard)
        return replace(pose, jaw_side=pose.jaw_side * self.way)


def test_circles_the_wrong_way_round_get_one_kind_word():
    """And no more than one; the exercise goes on all the same."""
    run, acting = led(JAW, seed=1)
    run.pose = Circling(acting)
    run.run()
    assert corrections(run) == ["other_way"]
    assert run.ended
    assert {c["direction"] for c in run.of("jaw_circle")} == {"clockwise", "counterclockwise"}


def test_a_jaw_that_does_nothing_is_asked_twice_and_bores_nobody():
    """Every stage has its time; those without anything are named as skipped."""
    run = posed(JAW, lambda t, heard: FacePose()).run(90.0)
    assert run.ended
    assert run.keys.count("open") == 2
    skipped = [stage["name"] for stage in run.of("stage") if stage["status"] == "skipped"]
    assert skipped == ["circles_clockwise", "circles_counterclockwise"]
    assert run.seconds < 50.0
    assert not corrections(run)


def test_a_jaw_that_snaps_shut_gets_another_try():
    """One correction, one more opening, and then it counts."""
    run, _ = led(JAW, seed=1, script=["snapped_shut"])
    run.run()
    assert [attempt["reason"] for attempt in run.of("attempt")] == ["snapped_shut"]
    assert corrections(run) == ["snapped_shut"]
    assert run.of("session_end")[0]["reps"] == {"jaw_release": 1}
