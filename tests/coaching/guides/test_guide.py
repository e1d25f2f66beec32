"""Guides ask, count down, correct once and kindly, confirm, and never keep anyone waiting."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import led as led_module
import pytest
from led import Led, hold, led, plan, posed

from coach.coaching.cue_scheduler import estimate_s
from coach.session.occasion import Occasion
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
SMILING_CHEEKS = replace(CHEEKS, smile=Bilateral(0.8, 0.8))


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
    """Six tries in a row with a smile: a word at most every second time, and a rest suggested."""
    short = Answering(*[SMILING_CHEEKS] * 7, lasts_s=0.9)
    run = posed(plan(("cheek_raiser", 3, hold(3.0))), short).run(45.0)
    tries = len(run.of("attempt"))
    assert tries >= 5
    assert corrections(run).count("mouth_moved") <= math.ceil(tries / 2)
    assert "rest_suggested" in corrections(run)


def test_three_failed_tries_suggest_a_rest_and_leave_time_for_it():
    """After the third the next asking comes seconds later than otherwise."""
    face = Answering(*[SMILING_CHEEKS] * 5, lasts_s=0.9)
    run = posed(plan(("cheek_raiser", 3, hold(3.0))), face).run(40.0)
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


def test_six_failed_tries_bring_a_way_on_instead_of_another_rest():
    """Who cannot raise one side further is told to smile smaller, and may go on, or be looked at again."""
    face = Answering(*[uneven(0.6)] * 8, lasts_s=6.5)
    run = posed(plan(("symmetry_drill", 2, hold(5.0))), face)
    while "offer" not in run.keys and run.t < 120.0:
        run.frame()
    assert len(run.of("attempt")) == 6
    assert run.keys.count("rest_suggested") == 1
    assert len({cue.text for cue in run.said if cue.key == "asymmetric"}) == 2
    run.frame()
    assert run.session.plan_run.current.guidance.offers


# ---- asking ------------------------------------------------------------------------------------------


def test_whoever_looks_away_is_asked_to_turn_back_and_then_for_the_movement_again():
    """The camera sees no movement of theirs: other words, a picture or an image would be no help."""
    run = posed(
        plan(("cheek_raiser", 1, hold(2.0))), lambda t, heard: FacePose(yaw=40.0 if 8.0 < t < 26.0 else 0.0)
    ).run(30.0)
    asked = [(t, cue.key) for t, cue in run.given() if t > 4.0 and cue.key != "intro"]
    assert [key for _, key in asked] == ["go", "turn_to_me", "turn_to_me", "again"]
    assert asked[-1][0] < 28.0
    assert not run.session.plan_run.current.guidance.offers


@pytest.mark.parametrize("name", ["jaw_release", "memory_anchor"])
def test_whoever_looks_away_in_other_exercises_is_told_so_as_well(name):
    """Instead of other words for the jaw, and of a memory that brought nothing."""
    run = posed(plan((name, 1, {})), lambda t, heard: FacePose(yaw=40.0 if t > 8.0 else 0.0)).run(20.0)
    assert "turn_to_me" in run.keys
    assert not {"another", "show", "no_smile"} & set(run.keys)


def test_memories_that_bring_nothing_are_not_answered_with_one_sentence():
    """Three in a row: kind each time, in words of their own."""
    run = posed(plan(("memory_anchor", 3, {})), lambda t, heard: FacePose()).run(60.0)
    assert len({cue.text for cue in run.said if cue.key == "no_smile"}) == 3


def test_a_person_who_does_not_answer_is_asked_in_other_words():
    """Other words, the picture, an image, an offer, six seconds apart; then less often, and without blame."""
    run = posed(plan(("cheek_raiser", 1, hold(2.0))), lambda t, heard: FacePose()).run(110.0)
    asked = [(t, cue.key) for t, cue in run.given() if cue.exercise and cue.key != "intro"]
    keys = [key for _, key in asked]
    assert keys[:8] == ["go", "another", "show", "image", "offer", "image", "offer", "image"]
    waits = [after - before for (before, _), (after, _) in pairwise(asked)]
    assert waits[:6] == pytest.approx([6.0, 6.0, 6.0, 6.0, 12.0, 24.0], abs=3.0)  # and the words themselves
    assert run.screen_at(asked[2][0] + 1.0).demonstrate == "cheek_raiser"
    assert not corrections(run)


def test_a_movement_that_is_understood_at_last_is_counted_and_nothing_more_is_explained():
    """The first two asks meet a face that does nothing; the third is answered."""
    answers = iter([FacePose(), FacePose(), CHEEKS, CHEEKS])

    class Slow(Answering):
        def __call__(self, t, heard):
            for cue in heard:
                if cue.key in ("go", "again", "another", "show"):
                    self.now = next(answers)
                    self.since, self.until = t + 0.4, t + 30.0
            return super().__call__(t, [cue for cue in heard if cue.key == "release"])

    run = posed(plan(("cheek_raiser", 2, hold(2.0))), Slow()).run(60.0)
    assert len(run.of("rep")) == 2
    assert "image" not in run.keys


def test_a_face_that_stays_up_is_reminded_to_rest_and_less_often_each_time():
    """Nothing is asked until the face has rested."""

    def face(t, heard):
        up = 0.7 + 0.3 * math.sin(3 * t)
        down = t < 6 or 50 < t < 51 or t > 75
        return FacePose() if down else FacePose(cheek=Bilateral(up, up))

    run = posed(plan(("cheek_raiser", 3, hold(2.0))), face).run(80.0)
    reminded = [t for t, cue in run.given() if cue.key == "rest"]
    before = [t for t in reminded if t < 50]
    released = next(t for t, cue in run.given() if cue.key == "release")
    waits = [after - before for before, after in pairwise([released, *before])]
    assert waits[:3] == pytest.approx([4.0, 6.0, 12.0], abs=2.5)
    assert len([key for key in run.keys if key in ("go", "again")]) <= 3


def test_a_face_that_was_up_before_it_was_asked_is_told_to_rest_soon():
    """Begun before the exercise was, it cannot count: nobody holds it up for long without a word."""
    up = FacePose(cheek=Bilateral(1.0, 1.0))
    run = posed(
        plan(("cheek_raiser", 1, hold(2.0)), explains=False), lambda t, heard: up if t > 2.5 else FacePose()
    )
    run.run(8.0)
    told = next(t for t, cue in run.given() if cue.key == "rest")
    assert told - run.of("calibrated")[0]["t"] < 2.5


def test_an_impatient_person_is_led_like_any_other():
    """The movement begins before it is asked for: "hold", a countdown, a release, and no asking into it."""

    def face(t, heard):
        for cue in heard:
            if cue.key == "release":
                face.down_t = t + 0.3
        up = t > 4.3 and not face.down_t < t < face.down_t + 0.8
        return CHEEKS if up else FacePose()

    face.down_t = 1e9
    run = posed(plan(("cheek_raiser", 1, hold(3.0))), face).run(20.0)
    words = [cue.key for cue in run.said if cue.exercise == "cheek_raiser"]
    assert words[: words.index("release") + 1] in (
        ["intro", "hold", "two", "one", "release"],
        ["intro", "hold", "one", "release"],
    )
    assert len(run.of("rep")) == 1


@pytest.mark.parametrize("by_ear", [False, True])
def test_nothing_is_explained_into_a_movement_that_has_begun(by_ear):
    """The words before the first smile take a while, and the person smiles meanwhile."""
    run = posed(
        plan(("symmetry_drill", 1, hold(3.0))),
        lambda t, heard: FacePose(smile=Bilateral(1.0, 1.0)) if 3.6 < t < 9.0 else FacePose(),
        occasion=Occasion(fingers=True),
        by_ear=by_ear,
    ).run(9.0)
    words = run.keys[run.keys.index("no_fingers") + 1 :]
    assert words[0] == "hold"
    assert words[-2:] == ["release", "counted"]
    assert not {"intro", "dose_holds"} & set(words)


def test_no_dose_is_told_of_a_jaw_that_has_been_asked_to_open():
    """It opened before the words were over: "one hold" in the middle of the circles would puzzle anybody."""

    def face(t, heard):
        slowly = min(max((16.5 - t) / 2.0, 0.0), 1.0)
        return FacePose(jaw_open=1.0 if 4.0 < t < 9.0 else slowly if t > 11.0 else 0.0)

    run = posed(plan(("jaw_release", 1, hold(3.0))), face, by_ear=True).run(26.0)
    assert "circle_cw" in run.keys
    assert not [key for key in run.keys[run.keys.index("open") :] if key.startswith("dose")]


# ---- what is said and what counts --------------------------------------------------------------------


def uneven(low: float) -> FacePose:
    return FacePose(smile=Bilateral(1.0, low))


def test_hold_is_said_only_once_the_form_has_been_right_for_half_a_second():
    """An uneven smile is corrected, not told to hold."""
    run = posed(plan(("symmetry_drill", 1, hold(3.0))), Answering(uneven(0.4), lasts_s=6.0)).run(16.0)
    assert "asymmetric" in corrections(run)
    assert "hold" not in run.keys


def test_a_try_that_does_not_count_after_hold_always_gets_its_reason():
    """Each of them, though otherwise there is a word at most every second time."""
    run = posed(plan(("cheek_raiser", 3, hold(3.0))), Answering(*[CHEEKS] * 6, lasts_s=1.6)).run(45.0)
    given = [(t, cue.key) for t, cue in run.given() if cue.kind.name != "COUNTDOWN"]
    holds = [n for n, (_, key) in enumerate(given) if key == "hold"]
    assert len(holds) >= 4
    for n in holds:
        assert given[n + 1][1] == "too_short"


def test_a_face_let_go_right_after_hold_is_told_why():
    """The try is too short to be one in the log; the person heard "hold" all the same."""
    run = posed(plan(("cheek_raiser", 1, hold(3.0))), Answering(CHEEKS, CHEEKS, lasts_s=0.95)).run(12.0)
    words = [cue.key for cue in run.said if cue.kind.name != "COUNTDOWN"]
    assert words[words.index("hold") + 1] == "too_short"


def test_full_bars_that_count_nothing_bring_the_reason_each_time():
    """Held with a fault all the way: after a second and a half the reason is said, on every try."""
    face = Answering(SMILING_CHEEKS, SMILING_CHEEKS, lasts_s=5.0)
    run = posed(plan(("cheek_raiser", 2, hold(3.0))), face).run(26.0)
    assert not run.of("rep")
    told = [t for t, cue in run.given() if cue.key == "mouth_moved"]
    starts = [attempt["start"] for attempt in run.of("attempt")][:2]
    for start in starts:
        assert any(1.0 < t - start < 2.8 for t in told)


def test_a_correction_is_never_cut_off():
    """Mended while it is being said: the release waits for its end."""
    run = posed(plan(("cheek_raiser", 1, hold(1.5))), Mending()).run(20.0)
    given = run.given()
    for (t, cue), (later, _) in pairwise(given):
        if cue.kind.name == "CORRECTION":
            assert later >= t + estimate_s(cue.text, 165.0) - 1e-6
    assert "mouth_moved" in run.keys
    assert len(run.of("rep")) == 1


class Mending(Answering):
    """Cheeks with a smile that goes as soon as it is mentioned."""

    def __init__(self) -> None:
        super().__init__(SMILING_CHEEKS)

    def __call__(self, t, heard):
        if any(cue.key == "mouth_moved" for cue in heard):
            self.now = CHEEKS
        return super().__call__(t, heard)


def test_the_count_follows_the_release_as_a_sentence():
    """The countdown's numbers and the count cannot be taken for each other."""
    run, _ = led(plan(("cheek_raiser", 1, {})), seed=1)
    run.run()
    texts = [cue.text for cue in run.said if cue.kind.name in ("COUNTDOWN", "RELEASE", "COUNT")]
    assert texts == ["Two", "One", "And release", "That's one"]


@pytest.mark.parametrize("name", ["cheek_raiser", "jaw_release"])
def test_begun_again_in_mid_movement_it_first_asks_for_rest(name):
    """Nobody is asked to open an open mouth."""
    up = FacePose(cheek=Bilateral(1.0, 1.0), jaw_open=1.0)

    def face(t, heard):
        face.rests = face.rests or (t > 9 and any(cue.key == "rest" for cue in heard))
        return up if t > 8 and not face.rests else FacePose()

    face.rests = False
    run = posed(plan((name, 1, hold(2.0))), face).at(9.0, lambda run: run.session.move(run.t, 0)).run(20.0)
    after = [cue.key for t, cue in run.given() if t >= 9.0]
    assert after[0] == "rest"
    assert {"go", "open"} & set(after)


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


def test_a_countdown_whose_clock_stood_still_is_not_taken_up_again():
    """Numbers come a second apart, or not at all."""

    def face(t, heard):
        if any(cue.key == "three" for cue in heard):
            face.three_t = t
        return FacePose() if t < 6.0 else SMILING_CHEEKS if 0.1 < t - face.three_t < 0.9 else CHEEKS

    face.three_t = 1e9
    run = posed(plan(("cheek_raiser", 1, hold(5.0)), explains=False), face)
    while "release" not in run.keys and run.t < 20.0:
        run.frame()
    assert [key for key in run.keys if key in ("three", "two", "one")] == ["three"]
    assert "release" in run.keys


@pytest.mark.parametrize("wrong_t", [7.85, 7.95, 8.05])
def test_no_number_is_said_of_a_form_that_is_wrong(wrong_t):
    """The clock is about to stop, and the number would say that it runs."""
    wrong = (wrong_t, wrong_t + 0.7)
    run = posed(
        plan(("cheek_raiser", 1, hold(3.0)), explains=False),
        lambda t, heard: FacePose() if t < 7.0 else SMILING_CHEEKS if wrong[0] < t < wrong[1] else CHEEKS,
    ).run(10.5)
    assert not [
        cue.key for t, cue in run.given() if cue.kind.name == "COUNTDOWN" and wrong[0] + 0.1 < t < wrong[1]
    ]


def test_a_release_that_waited_is_not_said_to_a_face_that_has_let_go():
    """The correction before it took its time, and the person released without being told."""

    def face(t, heard):
        if any(cue.key == "mouth_moved" for cue in heard):
            face.told_t = t
        since = t - face.told_t
        return FacePose() if t < 7.0 or since > 1.6 else CHEEKS if since > 0.1 else SMILING_CHEEKS

    face.told_t = 1e9
    run = posed(plan(("cheek_raiser", 1, hold(1.0)), explains=False), face).run(16.0)
    assert len(run.of("rep")) == 1
    assert "release" not in run.keys


@pytest.mark.parametrize("hold_s", [3.6, 3.9, 4.2])
def test_a_number_that_would_come_late_is_left_out(hold_s):
    """A correction is still being said when the countdown is due; what is counted then is on time."""
    run = posed(plan(("cheek_raiser", 1, hold(hold_s)), explains=False), Mending()).run(20.0)
    release = next(t for t, cue in run.given() if cue.key == "release")
    numbers = {"three": 3, "two": 2, "one": 1}
    left = [(release - t) - numbers[cue.key] for t, cue in run.given() if cue.key in numbers]
    assert left
    assert left == pytest.approx([0.0] * len(left), abs=0.25)


def test_nothing_of_the_try_before_is_said_into_the_next():
    """Praise, or advice to rest, would sound like the end of the hold: it is said at rest or not at all."""

    def face(t, heard):
        since = (t - 7.0) % 4.5
        return CHEEKS if t > 7.0 and since < 2.2 else FacePose()

    run = posed(plan(("cheek_raiser", 9, hold(3.0)), explains=False), face).run(40.0)
    assert "too_short" in run.keys
    into = [cue.key for t, cue in run.given() if t > 7.0 and 0.3 < (t - 7.0) % 4.5 < 2.2]
    assert "hold" in into
    assert "rest_suggested" not in into


def test_a_face_that_sank_too_far_and_is_up_again_is_told_to_rest_soon():
    """The hold is over, and the bars are full: 1.5 s, not until the coach gives it up."""

    def face(t, heard):
        level = 1.0 if 7.0 < t < 8.5 or t > 9.2 else 0.35 if t > 7.0 else 0.0
        return FacePose(cheek=Bilateral(level, level))

    run = posed(plan(("cheek_raiser", 1, hold(5.0)), explains=False), face).run(14.0)
    told = next(t for t, cue in run.given() if cue.key == "rest" and t > 8.5)
    assert told < 9.2 + 2.0


def test_a_hold_that_is_taken_up_again_at_once_is_the_same_one():
    """A moment at rest in its midst: "hold" is said once, and nothing of one that was too short."""

    def face(t, heard):
        return CHEEKS if 7.0 < t < 7.6 or t > 7.9 else FacePose()

    brief = {"repetition": {"hold_s": 3.0, "least_s": 1.0}}
    run = posed(plan(("cheek_raiser", 1, brief), explains=False), face)
    while "release" not in run.keys and run.t < 20.0:
        run.frame()
    words = [key for key in run.keys if key in ("hold", "too_short", "release")]
    assert words == ["hold", "release"]


# ---- the jaw -----------------------------------------------------------------------------------------

JAW = plan(("jaw_release", 1, {**hold(1.5), "circles": {"target": 3}}))


def test_a_jaw_that_is_open_already_is_asked_to_rest_first():
    """Nobody can open an open mouth."""

    def face(t, heard):
        face.rests = face.rests or any(cue.key == "rest" for cue in heard)
        return FacePose(jaw_open=1.0 if t > 2.5 and not face.rests else 0.0)

    face.rests = False
    run = posed(JAW, face).run(14.0)
    assert [key for key in run.keys if key in ("rest", "open")] == ["rest", "open"]


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


def test_who_turns_round_in_the_midst_of_the_circles_is_told_so_and_not_left_in_silence():
    """One circle the right way, the others the wrong way, whatever is said: a word, then the next step."""
    run, acting = led(JAW, seed=1)
    wrong = Circling(acting)
    run.pose = lambda t, heard: acting(t, heard) if not run.of("jaw_circle") else wrong(t, [])
    while run.keys.count("circle_ccw") == 0 and run.t < 90.0:
        run.frame()
    given = run.given()
    asked = next(number for number, (_, cue) in enumerate(given) if cue.key == "circle_cw")
    words = [cue.key for _, cue in given[asked:]]
    assert words[:3] == ["circle_cw", "circled", "other_way"]
    assert max(after - before for (before, _), (after, _) in pairwise(given[asked:])) < 9.0


def test_a_jaw_that_does_nothing_is_asked_in_other_words_and_then_left_alone():
    """Other words, the picture, an image, an offer; then the circles, and of those only once more."""
    run = posed(JAW, lambda t, heard: FacePose()).run(120.0)
    assert run.ended
    words = [cue.key for cue in run.said if cue.exercise == "jaw_release"]
    opening = ["open", "another", "show", "image", "offer"]
    circling = ["circle_cw", "circle_another", "circle_show", "circle_image", "offer"]
    assert words[1:13] == [*opening, *circling, "circle_ccw", "circle_another"]
    asked = [t for t, cue in run.given() if cue.key in words[1:13]]
    assert max(later - t for t, later in pairwise(asked)) <= 6.5
    skipped = [stage["name"] for stage in run.of("stage") if stage["status"] == "skipped"]
    assert skipped == ["circles_clockwise", "circles_counterclockwise"]
    assert not corrections(run)
    assert words[-1] == "breathe_out"  # no praise for a jaw that was not moved


def test_while_a_jaw_is_asked_in_vain_its_movement_is_shown_and_space_looks_again():
    """The window says whose turn it is; after the offer Space learns the face anew."""
    run = posed(JAW, lambda t, heard: FacePose())
    while "show" not in run.keys:
        run.frame()
    assert run.screens[-1][1].phase == "waiting"
    assert run.screens[-1][1].demonstrate == "jaw_release"
    while "offer" not in run.keys:
        run.frame()
    run.session.toggle_pause(run.t)
    run.frame()
    assert run.screens[-1][1].phase == "ready"


def test_a_jaw_that_closed_in_a_pause_is_asked_to_open_again():
    """Nobody saw it close, so it cannot count; nobody waits to be told what is next."""

    def face(t, heard):
        return FacePose(jaw_open=1.0 if 5.0 < t < 8.4 else 0.0)

    run = posed(JAW, face)
    while "close" not in run.keys:
        run.frame()
    run.session.toggle_pause(run.t)
    run.run(run.t + 3.0)
    run.session.toggle_pause(run.t)
    before = len(run.said)
    run.run(run.t + 6.0)
    assert [cue.key for cue in run.said[before:]] == ["resume", "open"]


def test_a_jaw_that_stays_open_is_asked_to_close_in_other_words():
    """Once; then the circles come."""
    stays = posed(JAW, lambda t, heard: FacePose(jaw_open=min(max(t - 9.0, 0.0), 1.0))).run(40.0)
    words = [key for key in stays.keys if key.startswith(("close", "circle"))]
    assert words[:3] == ["close", "close_another", "circle_cw"]


def test_where_time_is_short_a_jaw_is_asked_once_more_only():
    """A plan's other exercises have their share of its two minutes."""
    what = plan(("jaw_release", 1, {}), ("cheek_raiser", 1, {}), budget_s=60.0)
    run = posed(what, lambda t, heard: FacePose()).run(70.0)
    assert [cue.key for cue in run.said if cue.exercise == "jaw_release"][1:4] == [
        "open",
        "another",
        "circle_cw",
    ]


def test_a_jaw_that_snaps_shut_gets_another_try():
    """One correction, one more opening, and then it counts."""
    run, _ = led(JAW, seed=1, script=["snapped_shut"])
    run.run()
    assert [attempt["reason"] for attempt in run.of("attempt")] == ["snapped_shut"]
    assert corrections(run) == ["snapped_shut"]
    assert run.of("session_end")[0]["reps"] == {"jaw_release": 1}
