"""The exercises there are: those that came with the program, and any that another package brings."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from coach.errors import UsageError
from coach.exercise import AnyExercise, ExerciseSpec
from coach.shell.config import config_dir, merged, read_toml, validated

GROUP = "coach.exercises"
BUILT_IN = {
    "jaw_release": "exercises.jaw_release:JawRelease",
    "cheek_raiser": "exercises.cheek_raiser:CheekRaiser",
    "symmetry_drill": "exercises.symmetry_drill:SymmetryDrill",
    "combined": "exercises.combined:Combined",
    "memory_anchor": "exercises.memory_anchor:MemoryAnchor",
}


def exercise_names() -> tuple[str, ...]:
    """Return the names, the built-in ones first in the order of a session."""
    added = sorted({point.name for point in entry_points(group=GROUP)} - BUILT_IN.keys())
    return (*BUILT_IN, *added)


def load_exercise(name: str, changes: dict[str, Any] | None = None) -> AnyExercise:
    """Make one exercise with its TOML file.

    Parameters
    ----------
    name
        As listed by `exercise_names`.
    changes
        Values to lay over the file's, table by table, e.g. another hold target.

    Raises
    ------
    UsageError
        There is no such exercise, or its file is missing or wrong.
    """
    target = BUILT_IN.get(name) or next((p.value for p in entry_points(group=GROUP) if p.name == name), None)
    if target is None:
        raise UsageError(f"exercise '{name}': unknown; choose one of {', '.join(exercise_names())}")
    module_name, _, attribute = target.partition(":")
    module = importlib.import_module(module_name)
    kind = getattr(module, attribute)
    path = _file(name, Path(str(module.__file__)).parent)
    spec = validated(kind.spec_type, merged(read_toml(path), changes or {}), str(path))
    exercise: AnyExercise = kind(spec)
    return exercise


def exercise_spec(name: str) -> ExerciseSpec:
    """Return the checked contents of an exercise's TOML file."""
    spec: ExerciseSpec = load_exercise(name).spec
    return spec


def _file(name: str, beside: Path) -> Path:
    """Return the exercise's TOML: ours in `config/exercises`, another package's beside its module."""
    own = config_dir() / "exercises" / f"{name}.toml"
    return own if own.is_file() else beside / f"{name}.toml"
