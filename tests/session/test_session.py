"""A session leads from the neutral face to the summary, and stands still while it cannot see."""

from __future__ import annotations

from itertools import pairwise

import pytest
from led import FPS, SETTINGS, Acting, Led, hold, led, plan, posed, session

from coach.coaching.cue_scheduler import estimate_s
from coach.coaching.cues import CueKind
from coach.coaching.spec import STANDARD
from coach.shell.capture.simulated_person import load_person
from coach.shell.profile.plan_files import load_plan
from coach.simulation.face_pose import FacePose
from coach.simulation.person import Person
from coach.simulation.spec import FAILINGS, Span
from coach.types import Bilateral

ALL = (
    ("jaw_release", 1, {**hold(1.5), "circles": {"target": 2}}),
    ("cheek_raiser", 2, hold(2.0)),
    ("symmetry_drill", 1, hold(3.0)),
    ("combined", 1, hold(2.0)),
    ("memory_anchor", 2, {}),
)
CHEEK = (("cheek_raiser", 2, hold(2.0)),)
RATE = 165.0


def nobody(t, heard):
    return None


def pause(run):
    run.session.toggle_pause(run.t)


@pytest.fixture(scope="module")
def whole() -> Led:
    """Return a session of all five exercises, done without a mistake."""
    run, acting = led(plan(*ALL), seed=1)
    run.run()
    run.intended = acting.intended
    return run


# ---- from beginning to end ---------------------------------------------------------------------------


def test_every_exercise_is_done_in_its_order(whole):
    """One start, one calibration, the doses asked for, one end; times never go back."""
    (end,) = whole.of("session_end")
    recalled = end["reps"].pop("memory_anchor")
    assert end["reps"] == {name: reps for name, reps, _ in ALL[:-1]}
    assert recalled == len([recall for recall in whole.of("recall") if recall["eye_engaged"]])
    assert sum(end["attempts"].values()) == 0
    assert end["reason"] == "finished"
    assert end["frames"] == len(whole.screens)
    assert end["duration_s"] == pytest.approx(whole.screens[-1][0], abs=1.1 / whole.fps)
    assert (whole.events[0].type, whole.events[-1].type) == ("session_start", "session_end")
    assert len(whole.of("calibrated")) == 1
    assert [e.t for e in whole.events] == sorted(e.t for e in whole.events)
    order = list(dict.fromkeys(e.exercise for e in whole.events if e.exercise))
    assert order == [name for name, _, _ in ALL]


def test_what_was_counted_is_what_was_meant(whole):
    """Each repetition, circle and recall lies in the movement the person meant it to be."""
    meant = [i for i in whole.intended if i.kind in ("cheek_raise", "smile", "smile_with_eyes", "open_hold")]
    reps = [rep for rep in whole.of("rep") if rep["exercise"] != "memory_anchor"]
    assert len(reps) == len(meant)
    for rep, intended in zip(reps, meant, strict=True):
        assert rep["start"] == pytest.approx(intended.start, abs=0.2)
    circles = [(c["direction"], c["index"]) for c in whole.of("jaw_circle")]
    assert circles == [(way, n) for way in ("clockwise", "counterclockwise") for n in (1, 2)]
    recalls = [i for i in whole.intended if i.kind == "recall"]
    for recall, intended in zip(whole.of("recall"), recalls, strict=True):
        assert recall["latency_s"] == pytest.approx(intended.start - intended.cue_t, abs=0.3)
        assert recall["eye_engaged"] == intended.eyes
    assert {stage["name"] for stage in whole.of("stage") if stage["status"] == "done"} >= {
        *("open_hold", "slow_close", "circles_clockwise", "circles_counterclockwise", "breath_out"),
    }


def test_it_ends_with_a_summary(whole):
    """The last screen lists what was done; the last words say so."""
    assert whole.screens[-1][1].phase == "summary"
    assert any("2" in value for _, value in whole.screens[-1][1].lines)
    assert whole.keys[-1] == "finished"


# ---- what is said ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [5, 9])
def test_cues_neither_overlap_nor_come_late(seed):
    """Only what cannot wait cuts something off, and only what is less urgent; nothing is said when stale."""
    run, _ = led(plan(*ALL), seed=seed, script=None)
    run.run()
    given = run.given()
    for (t, cue), (later, following) in pairwise(given):
        if later < t + estimate_s(cue.text, RATE) - 1e-6:
            assert following.kind < cue.kind, (cue, following)
            assert following.kind <= CueKind.COUNTDOWN, (cue, following)
    assert all(t - cue.t <= STANDARD.expiry.of(cue.kind) + 1e-6 for t, cue in given)


def test_the_count_spoken_is_the_count_shown(whole):
    """In the frame in which a number is said, the window shows it; that frame is the repetition's."""
    reps = {round(rep["t"], 3): rep["index"] for rep in whole.of("rep") if rep["exercise"] != "memory_anchor"}
    spoken = [(t, cue) for t, cue in whole.given() if cue.key == "release"]
    assert len(spoken) == len(reps)
    for t, cue in spoken:
        assert reps[round(t, 3)] == cue.values["n"]
        screen = whole.screen_at(t)
        assert (screen.count, screen.exercise) == (cue.values["n"], cue.exercise)


def test_three_two_one_come_before_the_holds_end(whole):
    """The numbers stand that many seconds, give or take three frames, before the repetition."""
    release = {"cheek_raiser": "rep", "symmetry_drill": "rep", "combined": "rep"}
    given = [(t, cue) for t, cue in whole.given() if cue.exercise in release]
    numbers = {"three": 3, "two": 2, "one": 1}
    counted = [(t, cue) for t, cue in given if cue.key in numbers]
    assert {cue.key for _, cue in counted if cue.exercise == "symmetry_drill"} == {"two", "one"}
    for t, cue in counted:
        end = next(at for at, other in given if other.key == "release" and at > t)
        assert end - t == pytest.approx(numbers[cue.key], abs=3.1 / FPS)


# ---- what is shown -----------------------------------------------------------------------------------


def test_the_window_shows_a_hold_only_where_something_is_held(whole):
    """While the jaw circles, the ring fills with circles; breathing and remembering are not held."""
    shown = [screen for _, screen in whole.screens]
    circling = [screen for screen in shown if "small circles" in screen.instruction and screen.target == 2]
    assert circling[0].instruction == "2 small circles, clockwise. Follow the dot with your chin."
    assert {(screen.phase, screen.count) for screen in circling} == {("go", 0), ("moving", 1)}
    assert list(dict.fromkeys(screen.hold for screen in circling)) == [0.0, 0.5]
    assert not any(screen.bars for screen in circling)
    breathing = [screen for screen in shown if "let it out" in screen.instruction]
    remembering = [screen for screen in shown if screen.exercise == "memory_anchor"]
    assert breathing
    inhaling = [(t, s) for t, s in whole.screens if "Breathe in" in s.instruction and s.swell is not None]
    rising = [screen.swell for _, screen in inhaling]
    assert rising == sorted(rising)
    assert (rising[0], rising[-1]) == (pytest.approx(0.0, abs=0.02), pytest.approx(1.0, abs=0.02))
    assert inhaling[-1][0] - inhaling[0][0] == pytest.approx(4.0, abs=0.2)
    assert inhaling[0][1].hold_left_s == pytest.approx(4.0, abs=0.1)
    swells = [screen.swell for screen in breathing]
    assert swells == sorted(swells, reverse=True)
    assert swells[-1] == pytest.approx(0.0, abs=0.01)  # breathed out to the end
    left_s = breathing[0].hold_left_s
    assert left_s == pytest.approx(6.0, abs=0.1)
    assert {(screen.word, screen.target) for screen in breathing} == {("breathe out", 0)}
    assert not [screen for screen in (*breathing, *remembering) if screen.phase == "hold"]


def test_the_time_that_is_left_runs_from_the_first_second(whole):
    """While the face at rest is learnt, too; it neither stands still then nor leaps afterwards."""
    left = [screen.time_left_s for t, screen in whole.screens if t < 8.0]
    assert all(0 <= before - after < 2.1 for before, after in pairwise(left))
    assert left[0] - left[20] == pytest.approx(1.0, abs=0.2)


def test_the_time_that_is_left_is_never_more_than_the_plan_may_take():
    """Somebody who does nothing at all: the clock does not stand still while the exercise waits."""
    run = posed(plan(*CHEEK, ALL[1], budget_s=40.0), lambda t, heard: FacePose()).run(34.0)
    left = [screen.time_left_s for t, screen in run.screens if t > 27.0]
    assert left[0] - left[-1] == pytest.approx(7.0, abs=0.5)


def test_a_memory_that_was_named_is_the_persons_turn(whole):
    """Until the smile comes nothing says "rest": that would be the opposite of what was asked."""
    named = [cue.t for cue in whole.said if cue.key in ("recall", "recall_named")]
    assert named
    assert {whole.screen_at(t + 0.3).phase for t in named} == {"waiting"}


def test_a_dot_leads_round_the_ring_in_circles_the_right_way_and_at_one_pace(whole):
    """Clockwise as the person sees it, then the other way round; there is none in anything else."""
    led_round = [(t, screen) for t, screen in whole.screens if screen.dot is not None]
    assert {screen.exercise for _, screen in led_round} == {"jaw_release"}
    ways = {}
    for (t, screen), (later, following) in pairwise(led_round):
        if screen.instruction == following.instruction and later - t < 0.2:
            moved = (following.dot - screen.dot + 0.5) % 1.0 - 0.5
            ways.setdefault(screen.instruction, []).append(moved / (later - t))
    there, back = ways.values()
    assert min(there) > 0
    assert max(back) < 0
    assert max(there) == pytest.approx(min(there), rel=0.05)
    assert max(there) == pytest.approx(1 / STANDARD.jaw.dot_s, rel=0.05)
    assert max(there) == pytest.approx(-min(back), rel=0.05)


def test_the_last_circle_is_counted_like_the_others(whole):
    """It is said, and stands there with a full ring until the next words: to let go, not to keep going."""
    counted = [(t, cue.values["n"]) for t, cue in whole.given() if cue.key == "circled"]
    assert [n for _, n in counted] == [1, 2, 1, 2]
    for t, n in counted:
        screen = whole.screen_at(t + 0.2)
        phase = "released" if n == 2 else "moving"
        assert (screen.phase, screen.count, screen.target, screen.hold) == (phase, n, 2, n / 2)


def test_a_breath_is_never_cut_short():
    """Where time is short, later exercises give way: six seconds out, though the jaw was back sooner."""
    run, _ = led(plan(ALL[0], CHEEK[0], budget_s=70.0), seed=1)
    said = {cue.key: t for t, cue in run.run().given()}
    assert said["begin"] - said["breathe_out"] > 6.0 - 0.5 / run.fps
    assert said["breathe_out"] - said["breathe_in"] == pytest.approx(4.0, abs=2 / run.fps)


def test_an_open_jaw_that_was_held_may_close(whole):
    """It counts once it has closed slowly; until then nobody is shown "hold" or "rest"."""
    jaw = [screen for _, screen in whole.screens if screen.exercise == "jaw_release"]
    closing = [screen for screen in jaw if screen.instruction == "Now close slowly"]
    assert len(closing) > 10
    assert {screen.phase for screen in closing} == {"released"}
    assert {screen.bars.single for screen in jaw if screen.bars} == {True}


def test_a_bar_never_leaves_its_band_at_the_top(whole):
    """More than the usual best is no fault, and does not look like one."""
    bars = [screen.bars for _, screen in whole.screens if screen.bars is not None]
    assert max(max(b.level.left, b.level.right) - b.band[1] for b in bars) <= 0


def test_between_two_exercises_the_next_one_is_shown(whole):
    """Its name and dose stand there while they are announced."""
    announced = [t for t, cue in whole.given() if cue.key == "begin"]
    screen = whole.screen_at(announced[0] + 0.5)
    assert (screen.title, screen.count, screen.target) == ("Cheek raiser", 0, 2)
    assert screen.instruction


def test_the_time_that_is_left_runs_down_like_a_clock(whole):
    """It never rises, and never stands still for long, not even while the next exercise is announced."""
    left = [(t, screen.time_left_s) for t, screen in whole.screens]
    assert all(after <= before + 1e-6 for (_, before), (_, after) in pairwise(left))
    assert left[-1][1] == 0.0
    by_second = {int(t): seconds for t, seconds in left}
    held_up = [t for t in by_second if t + 3 in by_second and t > 5 and by_second[t + 3] == by_second[t] > 0]
    assert not held_up


def test_the_summary_stands_while_the_last_words_are_said(whole):
    """Nobody looks at an empty panel meanwhile."""
    (last,) = [t for t, cue in whole.given() if cue.key == "finished"]
    assert whole.screen_at(last).phase == "summary"


# ---- pausing -----------------------------------------------------------------------------------------


def paused_in_a_hold(at: float = 6.2) -> Led:
    run, _ = led(plan(*CHEEK), seed=1)
    return run.at(at, pause)


def test_a_key_pauses_and_the_same_key_goes_on():
    """What was being held is forgotten; the person gets a moment and is asked again; all repetitions come."""
    run = paused_in_a_hold().at(12.0, pause).run()
    (paused,), (resumed,) = run.of("paused"), run.of("resumed")
    assert paused["cause"] == "key"
    assert run.screen_at(9.0).paused
    assert not [e for e in run.events if paused["t"] + 0.01 < e.t < resumed["t"] - 0.01 and e.type != "cue"]
    words = run.keys[run.keys.index("paused") :]
    assert words[1] == "resume"
    assert words[2] in ("go", "again"), "nobody is counted down to nothing"
    assert "Space" in run.screen_at(9.0).paused, "and a pause says how to go on"
    assert [rep["index"] for rep in run.of("rep")] == [1, 2]
    assert run.of("rep")[0]["start"] > resumed["t"] + STANDARD.resume_wait.lasts_s
    assert not run.of("attempt")


def test_whoever_goes_on_is_shown_to_get_ready():
    """Until asked again nothing looks as if it ran: no circles that went on, no dot to follow."""
    run, _ = led(plan(ALL[0]), seed=1)
    circling = next(t for t, cue in run.run().given() if cue.key == "circled")
    run, _ = led(plan(ALL[0]), seed=1)
    run.at(circling + 0.5, pause).at(circling + 3.0, pause).run(circling + 4.0)
    screen = run.screen_at(circling + 3.5)
    assert (screen.phase, screen.count, screen.hold, screen.dot) == ("ready", 0, 0.0, None)
    assert screen.instruction
    held = paused_in_a_hold().at(12.0, pause).run(13.0)
    assert (held.screen_at(12.5).phase, held.screen_at(12.5).target) == ("ready", 2)


def test_going_on_at_once_takes_the_words_of_the_pause_away():
    """Pressed twice within a second: "Paused" is neither heard nor read any more, and what follows is."""
    run, _ = led(plan(*CHEEK), seed=1)
    run.at(8.0, pause).at(8.6, pause).run(12.0)
    assert run.keys[run.keys.index("paused") + 1] == "resume"
    assert run.screen_at(8.3).caption == run.screen_at(8.3).paused
    assert "Pause" not in run.screen_at(8.8).caption


def test_a_hold_kept_up_through_a_pause_is_no_repetition():
    """However long the face stays up, nothing is counted until it has rested and been asked again."""
    cheeks = FacePose(cheek=Bilateral(1.0, 1.0))
    run = posed(plan(*CHEEK), lambda t, heard: cheeks if 5.5 < t < 20 else FacePose())
    run.at(6.5, pause).at(15.0, pause).run(24.0)
    assert not run.of("rep")


def test_a_repetition_that_was_counted_stays_counted():
    """Paused right after the release: the count goes on from there, and its release is closed."""
    run, _ = led(plan(*CHEEK), seed=1)
    first = run.run(30.0).of("rep")[0]["t"]
    run, _ = led(plan(*CHEEK), seed=1)
    run.at(first + 0.1, pause)
    run.at(first + 4.0, pause).run()
    assert [rep["index"] for rep in run.of("rep")] == [1, 2]
    assert [released["index"] for released in run.of("released")] == [1, 2]
    assert run.screens[-1][1].phase == "summary"


def test_a_lost_face_pauses_and_its_return_resumes():
    """Gone for more than a second: paused, said, nothing counted; back: counted in."""
    run, acting = led(plan(*CHEEK), seed=1)
    run.pose = lambda t, heard: acting(t, heard) if not 6.0 <= t < 10.0 else acting(t, heard) and None
    run.run()
    kinds = [e.type for e in run.events if e.type in ("face_lost", "paused", "face_found", "resumed")]
    assert kinds == ["face_lost", "paused", "face_found", "resumed"]
    assert run.of("face_lost")[0]["t"] == pytest.approx(7.0, abs=0.1)
    assert run.of("paused")[0]["cause"] == "face_lost"
    meanwhile = {e.exercise for e in run.events if e.type in (*kinds, "cue") and 7.0 <= e.t < 12.0}
    assert meanwhile == {"cheek_raiser"}, "it is the one that is running, whatever happens"
    assert run.events[-1].exercise is None
    assert len(run.of("rep")) == 2
    assert not [rep for rep in run.of("rep") if 6.0 <= rep["t"] <= 10.0 + STANDARD.resume_wait.lasts_s]


def test_a_face_gone_for_half_a_second_is_not_worth_a_word():
    """A hand before the camera does not stop a session."""
    run, acting = led(plan(*CHEEK), seed=1)
    run.pose = lambda t, heard: acting(t, heard) if not 6.0 <= t < 6.5 else acting(t, heard) and None
    run.run()
    assert not run.of("paused")
    assert not run.of("face_lost")


def test_a_minute_without_frames_is_never_a_hold():
    """The machine slept in the middle of a hold: paused and counted in, and the hold begins again."""

    def sleep(run):
        run.t += 60.0

    cheeks = FacePose(cheek=Bilateral(1.0, 1.0))
    run = posed(plan(*CHEEK), lambda t, heard: cheeks if 5.5 < t < 70 else FacePose()).at(6.5, sleep)
    run.run(80.0)
    assert not run.of("rep")
    assert [e.type for e in run.events if e.type in ("face_lost", "face_found", "paused", "resumed")] == [
        *("face_lost", "face_found", "paused", "resumed"),
    ]
    assert run.session.plan_run.active_s < 20


def slept(seconds: float, at: float) -> Led:
    """Return a session whose machine stood still for a while, with the cheeks up since 5.8 s."""

    def sleep(run):
        run.t += seconds

    cheeks = FacePose(cheek=Bilateral(1.0, 1.0))
    up = (5.8, at + seconds + 0.5)
    return posed(plan(*CHEEK), lambda t, heard: cheeks if up[0] < t < up[1] else FacePose()).at(at, sleep)


@pytest.mark.parametrize("gap_s", [0.6, 1.0, 1.5])
@pytest.mark.parametrize("at", [5.0, 6.0, 6.8, 8.0])
def test_a_stutter_costs_nothing(at, gap_s):
    """The pictures stop at rest, in a rise or in a hold, and go on in time: nothing is lost."""

    def stutter(run):
        run.t += gap_s

    cheeks = FacePose(cheek=Bilateral(1.0, 1.0))
    what = plan(("cheek_raiser", 1, hold(2.0)))
    run = posed(what, lambda t, heard: cheeks if 5.8 < t < 9 else FacePose())
    run.at(at, stutter).run(14.0)
    assert len(run.of("rep")) == 1
    assert not {"face_lost", "paused", "attempt"} & {event.type for event in run.events}
    assert not {"stuck", "face_lost", "paused_face"} & set(run.keys)


def test_after_a_long_stutter_the_machine_takes_the_blame():
    """A hold that nobody saw is asked for again, and the picture was what got stuck, not the person."""
    run = slept(2.0, 6.5).run(14.0)
    assert run.keys.count("stuck") == 1
    assert run.keys.index("stuck") < run.keys.index("again")
    assert slept(2.0, 5.0).run(14.0).keys.count("stuck") == 0, "nothing was going on"


@pytest.mark.parametrize("at", [5.0, 6.5])
def test_a_machine_that_stands_still_is_no_missing_face(at):
    """Two seconds without a frame, at rest and in a hold: nothing is said of it, and it is never a hold."""
    run = slept(2.0, at).run(14.0)
    assert not {"face_lost", "paused", "attempt", "rep"} & {event.type for event in run.events}
    assert not {"paused_face", "face_lost"} & set(run.keys)
    assert "again" in run.keys or at < 5.8  # what was not seen to its end is asked for again


def test_a_machine_that_slept_counts_in_without_blaming_the_person():
    """A minute later it may be somebody else: counted in, but nobody was out of sight."""
    run = slept(60.0, 6.5).run(72.0)
    assert [e.type for e in run.events if e.type in ("face_lost", "resumed")] == ["face_lost", "resumed"]
    assert "paused_face" not in run.keys
    assert "resume" in run.keys


def test_a_lost_camera_pauses_until_it_is_found():
    """The key cannot resume what cannot be seen; the camera's return does."""
    run, _ = led(plan(*CHEEK), seed=1)
    run.run(6.0)
    for _ in range(60):
        run.take(run.session.camera_lost(run.t))
    run.session.toggle_pause(run.t)
    assert run.screens[-1][1].paused
    run.run()
    assert [e.type for e in run.events if e.type in ("camera_lost", "paused", "camera_found", "resumed")] == [
        *("camera_lost", "paused", "camera_found", "resumed"),
    ]
    assert run.of("paused")[0]["cause"] == "camera_lost"
    assert len(run.of("rep")) == 2


def test_a_pause_by_key_outlasts_a_face_that_comes_and_goes():
    """Who paused on purpose goes on on purpose."""
    run, acting = led(plan(*CHEEK), seed=1)
    run.pose = lambda t, heard: acting(t, heard) if not 8.0 <= t < 11.0 else acting(t, heard) and None
    run.at(6.0, pause).run(14.0)
    assert not run.of("resumed")
    assert run.screens[-1][1].paused


def test_a_memory_that_was_interrupted_is_cued_again_under_its_number():
    """The recall that was broken off leaves no trace; the names stay with their numbers."""
    run, _ = led(plan(("memory_anchor", 2, {})), seed=1, memories=("the first", "the second"))
    run.run(30.0)
    cue_t = run.of("recall")[0]["cue_t"]
    run, _ = led(plan(("memory_anchor", 2, {})), seed=1, memories=("the first", "the second"))
    run.at(cue_t + 0.3, pause)
    run.at(cue_t + 4.0, pause).run()
    assert [recall["index"] for recall in run.of("recall")] == [1, 2]
    names = [cue.text for cue in run.said if cue.key == "recall_named"]
    assert [name.split(": ")[1] for name in names] == ["the first", "the first", "the second"]


# ---- moving about ------------------------------------------------------------------------------------


def test_next_back_and_again():
    """Each key goes where it says; what was done before stays counted."""
    what = plan(("cheek_raiser", 2, hold(2.0)), ("symmetry_drill", 1, hold(2.0)))
    run, _ = led(what, seed=1)
    run.at(4.0, lambda run: run.session.move(run.t, 1))
    run.at(6.0, lambda run: run.session.move(run.t, -1))
    run.at(8.0, lambda run: run.session.move(run.t, -1))
    run.at(20.0, lambda run: run.session.move(run.t, 0))
    run.run()
    shown = [run.screen_at(t).exercise for t in (3.9, 5.0, 7.0, 9.0)]
    assert shown == ["cheek_raiser", "symmetry_drill", "cheek_raiser", "cheek_raiser"]
    assert run.screen_at(20.1).count == 0
    assert run.of("session_end")[0]["reps"]["cheek_raiser"] == len(
        [rep for rep in run.of("rep") if rep["exercise"] == "cheek_raiser"]
    )
    assert run.of("session_end")[0]["reps"]["symmetry_drill"] == 1


def test_what_was_skipped_is_not_shown_as_done_until_it_has_been_done():
    """Skipped, gone back to, and done: `done` grows by what was led to its end alone."""
    run, _ = led(plan(*[("cheek_raiser", 1, hold(1.0))] * 2, ("symmetry_drill", 1, hold(1.0))), seed=1)
    run.at(4.0, lambda run: run.session.move(run.t, 1))
    run.at(6.0, lambda run: run.session.move(run.t, -1))
    run.run()
    assert [run.screen_at(t).done for t in (5.0, 7.0)] == [frozenset()] * 2
    assert run.session.plan_run.done == {0, 1, 2}
    assert run.session.plan_run.index == 3
    again, _ = led(plan(*[("cheek_raiser", 1, hold(1.0))] * 2), seed=1)
    again.at(4.0, lambda run: run.session.move(run.t, 1)).run()
    assert again.session.plan_run.done == {1}


def test_moving_on_while_paused_resumes():
    """Next in a pause goes on with the next exercise at once."""
    run, _ = led(plan(("cheek_raiser", 1, hold(2.0)), ("symmetry_drill", 1, hold(2.0))), seed=1)
    run.at(5.0, pause)
    run.at(6.0, lambda run: run.session.move(run.t, 1)).run()
    assert len(run.of("resumed")) == 1
    assert run.screen_at(6.1).exercise == "symmetry_drill"
    assert not run.screen_at(6.1).paused
    assert run.of("session_end")[0]["reps"] == {"cheek_raiser": 0, "symmetry_drill": 1}


def test_moving_on_from_the_last_exercise_ends_with_the_summary():
    """Nothing is left to do: the session is finished."""
    run, _ = led(plan(*CHEEK), seed=1)
    run.at(5.0, lambda run: run.session.move(run.t, 1)).run()
    assert run.keys[-1] == "finished"
    assert run.seconds < 10


def test_who_stops_keeps_what_was_done():
    """The end says why, and what was counted so far."""
    run, _ = led(plan(*CHEEK), seed=1)
    while not run.of("rep"):
        run.frame()
    end = run.session.end(run.t, "stopped")
    assert [e.type for e in end] == ["released", "session_end"]
    assert end[-1].to_dict()["reps"] == {"cheek_raiser": 1}
    assert end[-1].to_dict()["reason"] == "stopped"


# ---- getting ready -----------------------------------------------------------------------------------


def test_a_first_session_says_what_to_watch_out_for_before_any_effort():
    """Once, while getting ready, which shows it throughout; the first exercise waits for it."""
    run, _ = led(plan(*CHEEK), seed=1, safety=True)
    run.run(8.0)
    assert [cue.kind for cue in run.said[:2]] == [CueKind.INSTRUCTION, CueKind.SAFETY]
    assert "palsy" in run.screen_at(1.0).instruction
    first = next(t for t, cue in run.given() if cue.exercise)
    assert first > 4.0


def test_nobody_in_the_picture_is_told_so_now_and_then():
    """No exercise begins without a face, and the hint is repeated less and less often."""
    run = posed(plan(*CHEEK), nobody).run(100.0)
    assert not run.of("calibrated")
    hints = [t for t, cue in run.given() if cue.key == "no_face"]
    waits = [after - before for before, after in pairwise(hints)]
    assert waits == pytest.approx([6.0, 12.0, 24.0, 24.0, 24.0][: len(waits)], abs=0.2)
    assert len(waits) >= 4
    assert run.screens[-1][1].framing == "no_face"
    assert run.screens[-1][1].fix


def test_who_knows_the_exercises_is_spared_the_words():
    """No introduction and no demonstration; the first asking comes earlier."""
    new, _ = led(plan(*CHEEK), seed=1)
    old, _ = led(plan(*CHEEK, explains=False), seed=1)
    new.run()
    old.run()
    assert "intro" in new.keys
    assert new.screen_at(4.0).demonstrate == "cheek_raiser"
    assert "intro" not in old.keys
    assert not any(screen.demonstrate for _, screen in old.screens)
    assert old.seconds < new.seconds - 2
    shown = [t for t, screen in new.screens if screen.demonstrate]
    assert max(shown) < new.of("rep")[0]["t"] - 2.0


def test_who_knows_the_exercises_is_shown_the_movement_when_told_to_look_at_it():
    """Without the picture, "watch the picture" would be a riddle."""
    run = posed(plan(*CHEEK, explains=False), lambda t, heard: FacePose())
    while "show" not in run.keys:
        run.frame()
    assert run.screens[-1][1].demonstrate == "cheek_raiser"


# ---- between two exercises ---------------------------------------------------------------------------

TWO = (("cheek_raiser", 1, hold(1.5)), ("symmetry_drill", 2, hold(3.0)))


@pytest.mark.parametrize(("explains", "seconds"), [(True, 4.7), (False, 3.2)])
def test_a_card_says_what_comes_next_and_nothing_counts_meanwhile(explains, seconds):
    """Name, dose and an image, with the movement, for three seconds at least; then it is asked for."""
    run, _ = led(plan(*TWO, explains=explains), seed=1)
    run.run()
    shown = [(t, screen) for t, screen in run.screens if screen.coming is not None]
    card = shown[0][1].coming
    assert card is not None
    assert (card.title, card.dose) == ("Even smile", "2 holds of 3 seconds")
    assert card.image == "As if a friend came round the corner"
    assert {screen.demonstrate for _, screen in shown} == {"symmetry_drill"}
    assert {(screen.step, screen.steps, screen.done) for _, screen in shown} == {(1, 2, frozenset({0}))}
    begun, over = shown[0][0], shown[-1][0]
    assert over - begun == pytest.approx(seconds, abs=0.9)
    assert over - begun > STANDARD.card_s - 2 / run.fps
    assert len(shown) == pytest.approx((over - begun) * run.fps, abs=2)  # all the time between
    assert not [e for e in run.events if e.type in ("rep", "attempt") and begun < e.t < over]
    go = next(t for t, cue in run.given() if t > begun and cue.key == "go")
    assert over <= go < over + 0.5
    said = [cue.key for t, cue in run.given() if begun <= t < go and cue.key != "counted"]
    assert said == (["begin", "intro"] if explains else ["begin"])


def test_the_card_can_be_left_early():
    """The exercise begins at once, explained only where the card had not come to that."""
    run, _ = led(plan(*TWO), seed=1)
    while run.frame().screen.coming is None:
        pass
    early = run.t + 0.5
    run.at(early, lambda led: led.session.move(led.t, 0)).run()
    assert run.screen_at(early + 0.1).coming is None
    assert run.screen_at(early + 0.1).exercise == "symmetry_drill"
    assert run.keys.count("intro") == 2
    assert run.of("session_end")[0]["reps"] == {"cheek_raiser": 1, "symmetry_drill": 2}


def test_a_pause_between_two_exercises_comes_back_to_the_card():
    """What is explained is explained once."""
    run, _ = led(plan(*TWO), seed=1)
    while run.frame().screen.coming is None:
        pass
    at = run.t
    run.at(at + 2.5, lambda led: led.session.toggle_pause(led.t))
    run.at(at + 4.0, lambda led: led.session.toggle_pause(led.t)).run()
    assert run.screen_at(at + 3.0).coming is None
    assert run.screen_at(at + 7.0).coming is not None
    assert run.keys.count("intro") == 2


# ---- memories and time -------------------------------------------------------------------------------


def test_nothing_is_asked_while_memories_go_on():
    """How warm they were is asked once, at the end, with time to answer."""
    run, _ = led(plan(("memory_anchor", 2, {})), seed=1, script=())
    run.run()
    assert run.of("recall")
    assert not any("warm were" in screen.instruction for _, screen in run.screens)


def test_a_key_goes_past_the_last_words():
    """There is nothing left to pause."""
    run, _ = led(plan(("cheek_raiser", 1, hold(1.5))), seed=1)
    while "finished" not in run.keys:
        run.frame()
    said = run.t
    run.at(said + 0.2, lambda led: led.session.toggle_pause(led.t)).run()
    assert run.t < said + 1.5
    assert not run.of("paused")


def test_a_failed_try_costs_a_repetition_rather_than_the_plans_time():
    """The budget is kept, and every exercise still comes."""
    steps = (("cheek_raiser", 3, {}), ("symmetry_drill", 2, {}), ("memory_anchor", 1, {}))
    what = plan(*steps, budget_s=60.0)
    run, _ = led(what, seed=2, script=[FAILINGS["cheek_raiser"][0], None, "too_short"])
    run.run()
    reps = run.of("session_end")[0]["reps"]
    assert run.seconds <= 60.0
    assert all(reps.values())
    assert sum(reps.values()) < 6


@pytest.mark.parametrize("seed", [2, 14, 16, 22])
def test_daily_is_over_within_two_minutes(seed):
    """Whatever fails by chance, and with the word on safety of a first session: the close is in time."""
    what, _ = load_plan("daily")
    run, _ = led(what, seed=seed, script=None, fps=10.0, safety=True)
    run.run()
    assert run.seconds <= 120.0
    assert run.seconds > 100.0
    assert run.screens[-1][1].phase == "summary"
    assert len(run.of("jaw_circle")) == 10


def test_daily_closes_in_time_for_who_fails_or_does_not_answer():
    """Tries that all fail, and a face that never moves: exercises are left out, not the last words."""
    what, _ = load_plan("daily")
    fails = ["mouth_moved", "too_short", "asymmetric", "no_smile"] * 9
    failing, _ = led(what, seed=1, script=fails, fps=10.0)
    still_face = posed(what, lambda t, heard: FacePose(), fps=10.0)
    for run in (failing, still_face):
        run.run()
        assert run.seconds <= 120.0
        assert run.keys[-1] == "finished"
    assert {"left_out", "left_out_more"} & set(still_face.keys)
    assert "memory_anchor" in failing.of("session_end")[0]["reps"]


def test_the_jaw_leaves_the_memory_its_time_before_a_photo():
    """Very slow circles, few pictures, nobody who moves at all: the memory still comes, within the minute."""
    what, _ = load_plan("before-photo")
    usual = load_person()
    pace = usual.pace.model_copy(update={"circle_s": Span(low=3.0, high=3.4)})
    slow = Person(usual.model_copy(update={"pace": pace}), seed=1, script=())
    turning = Led(session(what), Acting(slow), 15.0)
    for run in (turning, posed(what, lambda t, heard: FacePose(), fps=5.0)):
        run.run()
        assert len(run.of("recall")) == 1
        assert run.seconds <= 60.0
        assert "time_up_none" in run.keys
    assert "breath_out" in [event["name"] for event in run.of("stage") if event["status"] == "skipped"]


def test_an_exercise_that_there_is_no_time_for_is_named():
    """The first one took long to be understood: nobody waits for the second, which is left out."""
    steps = (("cheek_raiser", 1, hold(2.0)), ("jaw_release", 1, {}), ("symmetry_drill", 1, hold(2.0)))
    up = FacePose(cheek=Bilateral(1.0, 1.0))
    what = plan(*steps, budget_s=58.0, explains=False)
    run = posed(what, lambda t, heard: up if 16.0 < t < 18.6 else FacePose(), fps=10.0).run(26.0)
    said = [(cue.key, cue.values.get("title")) for cue in run.said if cue.key in ("left_out", "begin")]
    assert said == [("left_out", "jaw_release"), ("begin", "symmetry_drill")]


def test_several_exercises_that_there_is_no_time_for_are_one_word():
    """Of two, one was named, and the other silently gone."""
    steps = (("cheek_raiser", 1, hold(2.0)), ("symmetry_drill", 1, hold(2.0)), ("jaw_release", 1, {}))
    what = plan(*steps, budget_s=plan(*steps).seconds)
    run = posed(what, lambda t, heard: FacePose(), fps=10.0).run()
    assert [key for key in run.keys if key.startswith(("left_out", "time_up"))] == ["left_out_more"]
    assert run.seconds <= what.budget_s


CHEEK_AND_MEMORIES = plan(("cheek_raiser", 1, hold(2.0)), ("memory_anchor", 2, {}), budget_s=33.0)


def promised(run):
    """Return the last card's dose."""
    return [screen.coming.dose for _, screen in run.screens if screen.coming is not None][-1]


@pytest.mark.parametrize(
    ("failing", "dose"), [(None, "2 memories"), ("too_short", "One memory · time is short today")]
)
def test_a_card_promises_what_there_is_time_for(failing, dose):
    """Where the first exercise took long, the card and the memories agree; less is called less."""
    run, _ = led(CHEEK_AND_MEMORIES, seed=1, script=[failing])
    run.run()
    assert promised(run) == dose
    assert len(run.of("recall")) == (1 if failing else 2)
    assert not [key for key in run.keys if key.startswith("time_up")]
    assert run.seconds <= 33.0


def test_a_promised_memory_that_time_runs_out_for_is_not_dropped_without_a_word():
    """Nothing came to the first, which took the second one's time: the card had promised two."""
    run, _ = led(CHEEK_AND_MEMORIES, seed=1, script=[None, "no_smile", None])
    run.run()
    assert promised(run) == "2 memories"
    assert len(run.of("recall")) == 1
    assert run.keys[-2:] == ["time_up_none", "finished"]
    assert run.seconds <= 33.0


def test_whoever_sees_no_window_hears_that_the_dose_is_smaller():
    """The card would have said it."""
    run, _ = led(CHEEK_AND_MEMORIES, seed=1, script=["too_short"], by_ear=True)
    run.run()
    told = [(cue.key, cue.values.get("n")) for cue in run.said if cue.key in ("time_short", "dose_memories")]
    assert told == [("time_short", None), ("dose_memories", 1)]


def test_a_slow_voice_says_its_last_words_in_time():
    """Where everything takes longer to say, the close begins earlier."""
    what, _ = load_plan("daily")
    slow = SETTINGS.model_copy(update={"voice": SETTINGS.voice.model_copy(update={"rate": 90})})
    run = posed(what, lambda t, heard: FacePose(), fps=10.0, settings=slow).run()
    assert run.seconds <= 120.0


@pytest.mark.parametrize(("fps", "times"), [(30.0, 0), (9.0, 1)])
def test_slow_pictures_are_said_once_with_the_remedy_and_shown(fps, times):
    """Everything counts all the same."""
    run, _ = led(plan(*CHEEK), seed=1, fps=fps)
    run.run()
    assert run.keys.count("slow_pictures") == times
    assert (run.screens[-30][1].framing == "slow_pictures") == bool(times)
    assert len(run.of("rep")) == 2


def test_an_ask_that_waits_dies_when_the_person_begins():
    """Said in the middle of a hold, "again" would mean the next one."""
    cheeks = FacePose(cheek=Bilateral(1.0, 1.0))
    run = posed(plan(*CHEEK), lambda t, heard: cheeks if t > 8.0 else FacePose()).run(8.6)
    current = run.session.plan_run.current
    assert not current.view.at_rest
    assert {"go", "again", "another"} <= current.guidance.stale


def test_slow_pictures_are_not_spoken_of_while_something_is_counted_or_remembered():
    """A count that had to wait for that sentence would be replaced by the next, and never be heard."""

    def slower(run: Led) -> None:
        run.fps = 9.0

    run, _ = led(plan(("jaw_release", 1, hold(1.5)), ("memory_anchor", 2, {})), seed=1)
    run.at(6.0, slower).run()
    circles = len(run.of("jaw_circle"))
    assert run.keys.count("circled") == circles == 10
    said = run.keys.index("slow_pictures")
    assert said > run.keys.index("breathe_out")
    assert "recall" not in run.keys[said - 1 : said]


def test_slow_pictures_are_spoken_of_before_the_person_is_asked_a_third_time():
    """At two pictures a second nothing may be recognised at all: that is not for want of trying."""
    run = posed(plan(*CHEEK), lambda t, heard: FacePose(), fps=2.0).run(40.0)
    assert "slow_pictures" in run.keys
    assert run.keys.index("slow_pictures") < run.keys.index("show")


def test_an_exercise_that_ends_before_its_dose_says_so():
    """Time was up: what was good is said, then what comes next; a plan's time is kept all the same."""
    what = plan(("cheek_raiser", 4, {}), ("symmetry_drill", 1, {}), budget_s=48.0)
    run, _ = led(what, seed=2, script=["too_short", None] * 8)
    run.run()
    done = run.of("session_end")[0]["reps"]["cheek_raiser"]
    assert 0 < done < 4
    assert next(cue.values["n"] for cue in run.said if cue.key == "time_up") == done
    assert run.keys.index("time_up") < run.keys.index("begin")
    assert run.seconds <= 48.0


def test_what_was_skipped_is_called_so():
    """By key, in the middle of the circles: they are not done, and a word says that they were left."""
    run, _ = led(plan(("jaw_release", 1, hold(1.5)), ("cheek_raiser", 1, hold(1.0))), seed=1)
    while len(run.of("jaw_circle")) < 2 and run.t < 60.0:
        run.frame()
    run.session.move(run.t, 1)
    run.run()
    last = [stage for stage in run.of("stage") if stage["name"] == "circles_clockwise"][-1]
    assert last["status"] == "skipped"
    assert "skipped" in run.keys


def test_the_open_hold_starts_when_it_does():
    """Not with its end."""
    run, _ = led(plan(("jaw_release", 1, hold(3.0))), seed=1)
    run.run(30.0)
    at = {stage["status"]: stage["t"] for stage in run.of("stage") if stage["name"] == "open_hold"}
    assert 2.0 < at["done"] - at["started"] < 3.5
