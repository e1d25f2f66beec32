"""Files of plans: those that are shipped, and a person's own beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from coach.errors import UsageError
from coach.session.plan import loosens
from coach.shell.command_line.cli import cli
from coach.shell.profile.plan_files import load_plan, new_plan
from coach.shell.profile.toml_files import config_dir


def invoke(folder: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [*arguments, "--data-dir", str(folder)])
    return (1 if result.exception and not result.exit_code else result.exit_code), result.output


def test_a_plan_of_ones_own_can_be_begun_listed_and_used(tmp_path: Path) -> None:
    """The template is a plan that works, and stands beside the shipped ones."""
    assert invoke(tmp_path, "plans", "new", "morning")[0] == 0
    _, listed = invoke(tmp_path, "plans")
    assert "before-photo" in listed
    assert "1.9 min  jaw_release x1, cheek_raiser x5, symmetry_drill x5" in listed
    assert "\nmorning  " in listed
    mine, exercises = load_plan("morning", data_dir=tmp_path)
    assert [step.reps for step in mine.steps] == [1, 5, 5]
    assert len(exercises) == 3


@pytest.mark.parametrize("name", ["daily", "cheek_raiser", "Big", "../x", "", "a" * 41, "con"])
def test_a_name_that_is_taken_or_no_name_is_refused(tmp_path: Path, name: str) -> None:
    """No file is overwritten, and none is written elsewhere."""
    with pytest.raises(UsageError, match=r"taken|no name for a plan"):
        new_plan(tmp_path, name)
    assert not list(tmp_path.rglob("*.toml"))


def test_an_own_plan_is_not_overwritten(tmp_path: Path) -> None:
    """A second `plans new` of the same name leaves the person's work alone."""
    path = new_plan(tmp_path, "mine")
    path.write_text('budget_s = 0.0\n[[steps]]\nexercise = "combined"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="taken"):
        new_plan(tmp_path, "mine")
    assert [step.exercise for step in load_plan("mine", data_dir=tmp_path)[0].steps] == ["combined"]


def test_an_own_plan_called_like_a_shipped_one_takes_its_place(tmp_path: Path) -> None:
    """A person who rewrites `daily` gets theirs, and it is listed once."""
    new_plan(tmp_path, "mine").rename(tmp_path / "plans" / "daily.toml")
    assert [step.reps for step in load_plan("daily", data_dir=tmp_path)[0].steps] == [1, 5, 5]
    assert [line.split()[0] for line in invoke(tmp_path, "plans")[1].splitlines()].count("daily") == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("budget_s = ", "mine.toml"),
        ("budget_s = 0.0", "steps"),
        ("budget_s = 0.0\nsteps = []", "steps"),
        ('budget_s = 0.0\n[[steps]]\nexercise = "juggling"', "juggling"),
        ('budget_s = 0.0\n[[steps]]\nexercise = "combined"\nreps = 0', "reps"),
        ('budget_s = 0.0\nbugdet = 1\n[[steps]]\nexercise = "combined"', "bugdet"),
        ('budget_s = 5.0\n[[steps]]\nexercise = "combined"\nreps = 9', "budget"),
        (
            'budget_s = 0.0\n[[steps]]\nexercise = "combined"\nchanges = { repetition = { hold_s = -1.0 } }',
            "hold_s",
        ),
    ],
)
def test_a_plan_that_is_wrong_says_where_and_hides_no_other(tmp_path: Path, text: str, fault: str) -> None:
    """One line for it; the rest of the list stays."""
    new_plan(tmp_path, "mine").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=fault):
        load_plan("mine", data_dir=tmp_path)
    status, listed = invoke(tmp_path, "plans")
    assert status == 0
    assert "mine is left out" in listed
    assert "daily" in listed


@pytest.mark.parametrize("text", ["", 'budget_s = 0.0\n[[steps]]\nexercise = "combined"\n'])
def test_a_demonstration_says_whose_a_plan_is_that_it_does_not_see(tmp_path: Path, text: str) -> None:
    """It is nobody's in particular, while `plans` has just listed Ada's, who is alone on this machine."""
    invoke(tmp_path, "people", "add", "Ada")
    new_plan(tmp_path / "people" / "Ada", "mine").write_text(text, encoding="utf-8")
    assert "mine" in invoke(tmp_path, "plans")[1]
    with pytest.raises(UsageError, match="Ada's own; add --person Ada"):
        load_plan("mine", data_dir=tmp_path)


def test_plans_of_any_name_stand_in_columns(tmp_path: Path) -> None:
    """The minutes end below one another."""
    lines = invoke(tmp_path, "plans")[1].splitlines()
    assert len({line.index(" min  ") for line in lines}) == 1


def test_the_shipped_plans_are_what_their_names_say() -> None:
    """Before a photo: a minute with the memory within three seconds. Thirty cheeks: two minutes."""
    photo, exercises = load_plan("before-photo")
    assert [step.exercise for step in photo.steps] == ["jaw_release", "memory_anchor"]
    assert photo.seconds <= photo.budget_s == 60
    spec: Any = exercises[1].spec
    assert spec.recall.in_time_s == 3.0
    assert [(step.exercise, step.reps) for step in load_plan("duchenne-set")[0].steps] == [
        ("cheek_raiser", 10),
        ("symmetry_drill", 10),
        ("combined", 10),
    ]
    three = load_plan("three-part")[0]
    assert [step.exercise for step in three.steps] == ["jaw_release", "cheek_raiser", "memory_anchor"]
    thirty = load_plan("cheeks-30")[0]
    assert thirty.seconds <= thirty.budget_s == 120
    assert [(step.exercise, step.reps, step.hold_s) for step in thirty.steps] == [("cheek_raiser", 30, 1.0)]
    why = (config_dir() / "plans" / "cheeks-30.toml").read_text(encoding="utf-8")
    assert "each is held for one second" in why


def test_the_jaw_release_can_go_before_any_plan_that_lacks_it() -> None:
    """Its time comes on top, and nothing is done twice."""
    plain, loose = load_plan("cheeks-30")[0], load_plan("cheeks-30", loosen=True)[0]
    assert [step.exercise for step in loose.steps] == ["jaw_release", "cheek_raiser"]
    assert not loosens(plain)
    assert loose.fits
    assert loose.budget_s - plain.budget_s == pytest.approx(loose.seconds - plain.seconds)
    assert load_plan("daily", loosen=True)[0] == load_plan("daily")[0]
