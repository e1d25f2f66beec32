"""The plans there are: those in `config/plans`, the person's own, and every exercise alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coach.errors import StoreError, UsageError
from coach.exercise.held_smile import SmileSpec
from coach.exercise.protocol import AnyExercise
from coach.exercise.spec import ExerciseSpec
from coach.progress.history import History
from coach.progress.noticed import noticed_mm
from coach.session.adaptive_dose import adapted, eased
from coach.session.plan import JAW, Plan, PlanFile, PlanStep, loosened, loosens, make_plan
from coach.shell.profile.exercise_registry import exercise_names, load_exercise
from coach.shell.profile.own_command import quoted
from coach.shell.profile.people import DEVICES, people, person_folder
from coach.shell.profile.toml_files import config_dir, merged, read_toml, validated
from coach.shell.system.private_file import write_private

FOLDER = "plans"  # in the data folder, and in `config`
NAME = re.compile("[a-z][a-z0-9_-]{0,39}")
NEW = """# A plan of your own. Use it with: smile-coach --plan {name}
# Exercises: {exercises}

budget_s = 0.0             # the longest it may take, seconds; 0 = as long as it takes
adapts = false             # true: doses follow your earlier sessions

[[steps]]
exercise = "jaw_release"

[[steps]]
exercise = "cheek_raiser"
reps = 5
# changes = {{ repetition = {{ hold_s = 2.0 }} }}   # values over the exercise's own file

[[steps]]
exercise = "symmetry_drill"
reps = 5
"""


def plan_names(data_dir: Path | None = None) -> tuple[str, ...]:
    """Return the plans' names, the person's own last, then the exercises'."""
    return (*(path.stem for path in plan_files(data_dir)), *exercise_names())


def plan_files(data_dir: Path | None = None) -> list[Path]:
    """Return the plans' files: those that come with the program, then those in a person's data folder.

    A file of theirs that is called like one of the program's takes its place.
    """
    own = [] if data_dir is None else sorted((data_dir / FOLDER).glob("*.toml"))
    names = {path.stem for path in own}
    return [path for path in sorted((config_dir() / FOLDER).glob("*.toml")) if path.stem not in names] + own


def new_plan(data_dir: Path, name: str) -> Path:
    """Write a plan to start from into the person's data folder and return its file.

    Raises
    ------
    UsageError
        The name is no plan's name, or is taken.
    StoreError
        It cannot be written.
    """
    if not NAME.fullmatch(name) or DEVICES.fullmatch(name):
        raise UsageError(
            f"plan '{name}': no name for a plan; use small letters, digits, - and _, e.g. my-morning"
        )
    if name in plan_names(data_dir):
        raise UsageError(f"plan '{name}': the name is taken; choose another, or edit the file it has")
    path = data_dir / FOLDER / f"{name}.toml"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, NEW.format(name=name, exercises=", ".join(exercise_names())).encode())
    except OSError as error:
        raise StoreError(
            f"{path}: the plan cannot be written ({error.strerror}); "
            "free some space, or choose a folder you can write to with --data-dir"
        ) from error
    return path


def load_plan(
    name: str,
    minutes: float | None = None,
    *,
    history: History | None = None,
    explains: bool = True,
    data_dir: Path | None = None,
    loosen: bool = False,
    share: float = 1.0,
) -> tuple[Plan, tuple[AnyExercise, ...]]:
    """Return a plan and its exercises.

    Parameters
    ----------
    name
        A file's name, without its ending, or an exercise.
    minutes
        Another time budget than the plan's own.
    history
        Sets the doses, and the difference of the sides that is mentioned; None leaves both as they are.
    explains
        Each exercise is explained before it begins.
    data_dir
        Where the person's own plans are, in `plans`.
    loosen
        Begin with the jaw release where the plan lacks it; its time comes on top.
    share
        Of the doses, after sessions that hurt or were hard.

    Raises
    ------
    UsageError
        No such plan, a wrong file, or a time that does not fit.
    """
    path = next((path for path in plan_files(data_dir) if path.stem == name), None)
    if path is not None:
        file = validated(PlanFile, read_toml(path), str(path))
    elif name in exercise_names():
        file = PlanFile(budget_s=0.0, steps=[PlanStep(exercise=name, changes={})])
    else:
        raise UsageError(_unknown(name, data_dir))
    plan = make_plan(name, file, _spec, minutes, explains=explains)
    if history is not None and file.adapts and share == 1:
        plan = adapted(plan, history)
    if loosen and not loosens(plan):
        plan = loosened(plan, make_plan(name, PlanFile(budget_s=0.0, steps=[_JAW]), _spec, explains=explains))
    plan = eased(plan, share, _spec)
    return plan, tuple(_exercise(step.exercise, step.changes, history) for step in plan.steps)


def _unknown(name: str, data_dir: Path | None) -> str:
    """Return why there is no such plan; a session of nobody in particular does not see a person's own."""
    if data_dir is not None:
        for person in people(data_dir):
            if any(path.stem == name for path in plan_files(person_folder(data_dir, person))):
                return f"plan '{name}': is {person}'s own; add {quoted('--person', person)}"
    return f"plan '{name}': unknown; choose one of {', '.join(plan_names(data_dir))}"


def _exercise(name: str, changes: Mapping[str, Any], history: History | None) -> AnyExercise:
    """Return an exercise; of a smile's sides less is noticed where the person's own noise allows it."""
    exercise = load_exercise(name, dict(changes))
    if history is None or not isinstance(exercise.spec, SmileSpec):
        return exercise
    even = {"noticed_mm": noticed_mm(history, exercise.spec.even.noticed_mm)}
    return load_exercise(name, merged(dict(changes), {"even": even}))


_JAW = PlanStep(exercise=JAW, changes={})


def _spec(exercise: str, changes: Mapping[str, Any]) -> ExerciseSpec:
    return load_exercise(exercise, dict(changes)).spec
