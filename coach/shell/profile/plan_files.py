"""The plans there are: files in `config/plans`, and every exercise alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coach.errors import UsageError
from coach.exercise.protocol import AnyExercise
from coach.exercise.spec import ExerciseSpec
from coach.progress.history import History
from coach.session.adaptive_dose import adapted
from coach.session.plan import Plan, PlanFile, PlanStep, make_plan
from coach.shell.profile.exercise_registry import exercise_names, load_exercise
from coach.shell.profile.toml_files import config_dir, read_toml, validated


def plan_names() -> tuple[str, ...]:
    """Return the plans' names, then the exercises'."""
    return (*(path.stem for path in _files()), *exercise_names())


def _files() -> list[Path]:
    return sorted((config_dir() / "plans").glob("*.toml"))


def load_plan(
    name: str,
    minutes: float | None = None,
    *,
    history: History | None = None,
    explains: bool = True,
) -> tuple[Plan, tuple[AnyExercise, ...]]:
    """Return a plan and its exercises.

    Parameters
    ----------
    name
        A file in `config/plans` or an exercise.
    minutes
        Another time budget than the plan's own.
    history
        What was done so far, where the doses are to follow it.
    explains
        Each exercise is explained before it begins.

    Raises
    ------
    UsageError
        No such plan, a wrong file, or a time that does not fit.
    """
    path = next((path for path in _files() if path.stem == name), None)
    if path is not None:
        file = validated(PlanFile, read_toml(path), str(path))
    elif name in exercise_names():
        file = PlanFile(budget_s=0.0, steps=[PlanStep(exercise=name, changes={})])
    else:
        raise UsageError(f"plan '{name}': unknown; choose one of {', '.join(plan_names())}")
    plan = make_plan(name, file, _spec, minutes, explains=explains)
    if history is not None and file.adapts:
        plan = adapted(plan, history)
    return plan, tuple(load_exercise(step.exercise, dict(step.changes)) for step in plan.steps)


def _spec(exercise: str, changes: Mapping[str, Any]) -> ExerciseSpec:
    return load_exercise(exercise, dict(changes)).spec
