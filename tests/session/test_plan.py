"""Plans fit their time, and the next dose follows from the last ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from led import plan

from coach.coaching.spec import EasingSpec
from coach.errors import UsageError
from coach.exercise.spec import CirclingSpec
from coach.progress.history import AttemptRecord, Felt, History, RepRecord, SessionRecord
from coach.session.adaptive_dose import Easing, adapted, easing
from coach.session.plan import Plan, PlanFile, PlanStep
from coach.shell.profile.plan_files import load_plan, plan_names

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
DAILY = load_plan("daily", explains=False)[0]


def reps(what: Plan) -> dict[str, int]:
    return {step.exercise: step.reps for step in what.steps}


def holds(what: Plan) -> dict[str, float]:
    return {step.exercise: step.hold_s for step in what.steps}


def done(*sessions: dict[str, str], source: str = "webcam:0") -> History:
    """Return a history, oldest session first: for each exercise its tries, `+` counted and `-` failed."""
    rows, repetitions, tries = [], [], []
    for number, session in enumerate(sessions):
        at, name = AT + timedelta(days=number), f"s{number}"
        rows.append(SessionRecord(name, at, "daily", source, "0.1.0", 110.0, "finished"))
        for exercise, marks in session.items():
            for place, mark in enumerate(marks):
                if mark == "+":
                    repetitions.append(RepRecord(name, at, exercise, 3.0, float(place)))
                else:
                    tries.append(AttemptRecord(name, at, exercise, "too_short", float(place)))
    return History(sessions=tuple(rows), repetitions=tuple(repetitions), attempts=tuple(tries))


# ---- fitting into a time -----------------------------------------------------------------------------


def test_daily_fits_into_two_minutes():
    """Expected, and with its explanations; every exercise is in it."""
    what, exercises = load_plan("daily")
    assert what.budget_s == 120.0
    assert 105.0 < what.seconds <= 120.0
    assert [e.name for e in exercises] == [
        *("jaw_release", "cheek_raiser", "symmetry_drill", "combined", "memory_anchor"),
    ]
    assert what.seconds > DAILY.seconds + 8


@pytest.mark.parametrize("name", plan_names())
def test_every_plan_can_be_loaded(name):
    """The shipped plans and each exercise alone stay within their budgets."""
    what, exercises = load_plan(name)
    assert what.fits
    assert len(what.steps) == len(exercises)


def test_thirty_cheeks_are_thirty_in_about_two_minutes():
    """The name says how many."""
    what, _ = load_plan("cheeks-30")
    assert reps(what) == {"cheek_raiser": 30}
    assert what.seconds < 130


def test_a_plan_over_its_budget_is_refused():
    """The error names the plan, both times and what to change."""
    with pytest.raises(UsageError, match=r"plan 'test': takes \d+ s, its budget is 30 s; lower reps"):
        plan(("cheek_raiser", 10, {}), budget_s=30.0)


@pytest.mark.parametrize("minutes", [1.5, 2.0, 3.0, 5.0])
def test_minutes_scale_the_doses(minutes):
    """As many as fit and no more, each exercise in its share; jaw circles and breaths are not scaled."""
    what, _ = load_plan("full", minutes)
    assert what.seconds <= minutes * 60
    assert what.seconds > minutes * 60 - 8.0
    assert all(count >= 1 for count in reps(what).values())
    assert reps(what)["jaw_release"] == 1
    assert abs(reps(what)["cheek_raiser"] - reps(what)["symmetry_drill"]) <= 2


def test_too_few_minutes_are_refused():
    """One of each takes longer than that, and the error says how long."""
    with pytest.raises(UsageError, match=r"--minutes 0.5: plan 'daily' takes at least 1\.\d"):
        load_plan("daily", 0.5)


def test_an_unknown_plan_lists_the_known_ones():
    """Exercises are plans, too."""
    with pytest.raises(UsageError, match=r"plan 'tomorrow': unknown; choose one of .*daily.*cheek_raiser"):
        load_plan("tomorrow")


def test_a_repetition_more_takes_its_time():
    """The estimate grows by what a repetition takes."""
    one, two = plan(("combined", 1, {})), plan(("combined", 2, {}))
    assert two.seconds - one.seconds == pytest.approx(one.steps[0].rep_s)


def test_a_plan_file_needs_a_step():
    """An empty plan is no plan; nor are no repetitions."""
    with pytest.raises(ValueError, match="steps"):
        PlanFile(budget_s=0.0, steps=[])
    with pytest.raises(ValueError, match="reps"):
        PlanStep(exercise="combined", reps=0, changes={})


# ---- following what was done -------------------------------------------------------------------------


def test_two_clean_sessions_bring_one_more():
    """For that exercise alone."""
    after = adapted(DAILY, done({"cheek_raiser": "+++++"}, {"cheek_raiser": "+++++"}))
    assert reps(after) == reps(DAILY) | {"cheek_raiser": reps(DAILY)["cheek_raiser"] + 1}
    assert holds(after) == holds(DAILY)


def test_one_clean_session_is_not_enough():
    """Nor is an older clean one before a failed try."""
    assert reps(adapted(DAILY, done({"combined": "+"}))) == reps(DAILY)
    mixed = done({"combined": "+"}, {"combined": "+-+"}, {"combined": "+"})
    assert reps(adapted(DAILY, mixed))["combined"] == reps(DAILY)["combined"] + 1  # as the weakest


def test_three_failed_in_a_row_make_the_holds_shorter():
    """By a fifth; a counted one between them is not in a row."""
    hard = adapted(DAILY, done({"symmetry_drill": "+---+"}))
    assert holds(hard)["symmetry_drill"] == pytest.approx(4.0)
    assert hard.steps[2].changes["repetition"]["hold_s"] == pytest.approx(4.0)
    mixed = adapted(DAILY, done({"symmetry_drill": "--+-+"}))
    assert holds(mixed)["symmetry_drill"] == 5.0


def test_holds_never_fall_below_three_fifths_and_come_back():
    """However hard it was; one session that was not hard, and the holds are whole again."""
    hard = [{"symmetry_drill": "---"}] * 6
    assert holds(adapted(DAILY, done(*hard)))["symmetry_drill"] == pytest.approx(3.0)
    assert holds(adapted(DAILY, done(*hard, {"symmetry_drill": "++"})))["symmetry_drill"] == 5.0


def test_the_weakest_exercise_comes_once_more():
    """The one that succeeded least often of late."""
    history = done({"cheek_raiser": "+++-++", "symmetry_drill": "-+-+", "combined": "+"})
    after = adapted(DAILY, history)
    assert reps(after) == reps(DAILY) | {"symmetry_drill": reps(DAILY)["symmetry_drill"] + 1}


def test_nothing_takes_the_plan_over_its_budget():
    """Where everything was clean, as much is added as there is time for."""
    clean = dict.fromkeys(("cheek_raiser", "symmetry_drill", "combined", "memory_anchor"), "++")
    after = adapted(DAILY, done(clean, clean))
    assert after.seconds <= 120.0
    assert sum(reps(after).values()) > sum(reps(DAILY).values())
    full = load_plan("daily")[0]
    assert adapted(full, done(clean, clean)).seconds <= 120.0


def test_the_simulated_persons_sessions_do_not_count():
    """They are nobody's training."""
    clean = {"cheek_raiser": "+++"}
    assert adapted(DAILY, done(clean, clean, source="demo")) == DAILY
    assert adapted(DAILY, History()) == DAILY


def test_a_shorter_hold_reaches_the_exercise():
    """What the planner changes is what the exercise asks for."""
    history = done({"cheek_raiser": "---"})
    what, exercises = load_plan("daily", history=history)
    assert exercises[1].spec.repetition.hold_s == pytest.approx(2.4)
    assert what.steps[1].hold_s == pytest.approx(2.4)
    _, plain = load_plan("cheek_raiser", history=history)
    assert plain[0].spec.repetition.hold_s == 3.0


def felt(*said: Felt | None, every_days: int = 1) -> History:
    """Return a history of sessions that felt so, the last one yesterday."""
    last = AT + timedelta(days=60)
    days = [last - timedelta(days=every_days * back) for back in range(len(said), 0, -1)]
    rows = zip(days, said, strict=True)
    return History(
        tuple(
            SessionRecord(str(n), at, "daily", "webcam:0", "1", 100.0, "finished", how)
            for n, (at, how) in enumerate(rows)
        )
    )


@pytest.mark.parametrize(
    ("said", "share", "cause"),
    [
        ((), 1.0, None),
        (("right", "hurt"), 0.5, "hurt"),
        (("hurt", None), 0.5, "hurt"),  # silence is no answer
        (("hurt", "right"), 0.75, "hurt"),
        (("hurt", "right", "easy"), 1.0, None),
        (("hurt", "right", "hurt"), 0.5, "hurt"),
        (("hard",), 1.0, None),
        (("hard", "right", "hard"), 1.0, None),
        (("hard", "hard"), 0.75, "hard"),
        (("hard", "hard", "easy"), 1.0, None),
        (("hurt", "hard", "hard"), 0.5, "hurt"),  # hard at half the dose makes it no larger
    ],
)
def test_what_hurt_or_was_hard_makes_the_next_doses_smaller(said, share, cause):
    """At once after pain, after two hard ones in a row; each easy or right one gives a quarter back."""
    today = (AT + timedelta(days=60)).date()
    assert easing(felt(*said), today, EasingSpec()) == Easing(share, cause)


def test_what_was_said_long_ago_and_by_the_simulated_person_counts_no_more():
    """Whoever never answers again is not kept at half the dose."""
    history = felt("hurt")
    today = (AT + timedelta(days=60)).date()
    assert easing(history, today + timedelta(days=14), EasingSpec()) == Easing()
    demo = replace(history, sessions=(replace(history.sessions[0], source="demo"),))
    assert easing(demo, today, EasingSpec()) == Easing()


def test_half_the_dose_is_half_of_everything_and_still_a_plan():
    """Repetitions, holds and circles; at least one of each, and never more than before."""
    usual, _ = load_plan("full")
    half, exercises = load_plan("full", share=0.5)
    for before, now in zip(usual.steps, half.steps, strict=True):
        assert 1 <= now.reps <= max(1, -(-before.reps // 2)) or not before.scales
        assert now.hold_s <= before.hold_s
        assert now.seconds <= before.seconds
    assert holds(half)["cheek_raiser"] == pytest.approx(0.6 * holds(usual)["cheek_raiser"])
    targets = [one.spec.circles.target for one in exercises if isinstance(one.spec, CirclingSpec)]
    assert targets == [3]


def test_smaller_doses_are_not_made_larger_again_by_clean_sessions():
    """What was counted says nothing of pain."""
    clean = done({"cheek_raiser": "+++++"}, {"cheek_raiser": "+++++"})
    assert load_plan("daily", history=clean, share=0.75)[0] == load_plan("daily", share=0.75)[0]
