"""The exercises there are: those that came with the program, and any that another package brings."""

from __future__ import annotations

import importlib
from contextlib import suppress
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from coach.errors import UsageError
from coach.exercise.protocol import AnyExercise
from coach.shell.profile.toml_files import config_dir, merged, read_toml, validated

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
    module, _, attribute = _target(name).partition(":")
    kind = getattr(importlib.import_module(module), attribute)
    path = exercise_file(name)
    spec = validated(kind.spec_type, merged(read_toml(path), changes or {}), str(path))
    exercise: AnyExercise = kind(spec)
    return exercise


def exercise_file(name: str) -> Path:
    """Return the exercise's TOML: ours in `config/exercises`, another package's beside its module.

    Raises
    ------
    UsageError
        There is no such exercise, or its module is not to be found.
    """
    if name in BUILT_IN:
        return config_dir() / "exercises" / f"{name}.toml"
    return _beside(name) / f"{name}.toml"


def word_files(language: str) -> dict[str, Path]:
    """Return the files of words that other packages bring for their exercises, by exercise.

    They lie beside the module: `my_drill.de.toml` has the words of `my_drill` in German.
    """
    files: dict[str, Path] = {}
    for name in exercise_names():
        if name not in BUILT_IN:
            with suppress(UsageError):  # who asks for the exercise itself will hear of it
                files[name] = _beside(name) / f"{name}.{language}.toml"
    return {name: path for name, path in files.items() if path.is_file()}


def _target(name: str) -> str:
    """Return `module:class` of an exercise."""
    target = BUILT_IN.get(name) or next((p.value for p in entry_points(group=GROUP) if p.name == name), None)
    if target is None:
        raise UsageError(f"exercise '{name}': unknown; choose one of {', '.join(exercise_names())}")
    return target


def _beside(name: str) -> Path:
    """Return the folder of an exercise's module, which is not imported for it."""
    module = _target(name).partition(":")[0]
    try:
        found = find_spec(module)
    except ImportError:
        found = None
    if found is None or found.origin is None:
        raise UsageError(f"exercise '{name}': its module {module} is missing; install its package again")
    return Path(found.origin).parent
