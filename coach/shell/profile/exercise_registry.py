"""The known exercises: the built-in ones, and those that other packages bring."""

from __future__ import annotations

import importlib
import io
import re
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel, ConfigDict

from coach.errors import CoachError, UsageError
from coach.exercise.protocol import AnyExercise
from coach.exercise.spec import Dose, Pace
from coach.shell.profile.toml_files import config_dir, merged, read_toml, validated

GROUP = "coach.exercises"
BUILT_IN = {
    "jaw_release": "exercises.jaw_release:JawRelease",
    "cheek_raiser": "exercises.cheek_raiser:CheekRaiser",
    "symmetry_drill": "exercises.symmetry_drill:SymmetryDrill",
    "combined": "exercises.combined:Combined",
    "memory_anchor": "exercises.memory_anchor:MemoryAnchor",
}


NAME = re.compile("[a-z][a-z0-9_]{0,39}")
LOADING_S = 5.0  # how long another package's exercise may take to load
METHODS = ("begin", "step", "finish", "view")


class _Hold(BaseModel):
    model_config = ConfigDict(extra="ignore")
    hold_s: float


class ExerciseDose(BaseModel):
    """How much a full session asks for, as any exercise's TOML file has it."""

    model_config = ConfigDict(extra="ignore")
    dose: Dose
    pace: Pace
    repetition: _Hold | None = None

    @property
    def seconds(self) -> float:
        """Seconds it takes when everything goes as asked."""
        hold_s = self.repetition.hold_s if self.repetition else 0.0
        return self.pace.intro_s + self.dose.reps * (self.pace.rep_s + hold_s)


def exercise_names() -> tuple[str, ...]:
    """Return the names, the built-in ones first in the order of a session.

    Wrong announcements of other packages are named on standard error, once, and left out.
    """
    return (*BUILT_IN, *_brought())


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
        The exercise is unknown, its file is missing or wrong, or another package's code fails.
    """
    module, _, attribute = _target(name).partition(":")
    path = exercise_file(name)

    def make() -> AnyExercise:
        kind = getattr(importlib.import_module(module), attribute)
        spec = validated(kind.spec_type, merged(read_toml(path), changes or {}), str(path))
        exercise: AnyExercise = kind(spec)
        if missing := [each for each in METHODS if not callable(getattr(exercise, each, None))]:
            raise TypeError(f"it has no {', '.join(missing)}")
        return exercise

    return make() if name in BUILT_IN else _carefully(name, make)


def exercise_file(name: str) -> Path:
    """Return the exercise's TOML: ours in `config/exercises`, another package's beside its module.

    Raises
    ------
    UsageError
        The exercise is unknown, or its module cannot be found.
    """
    if name in BUILT_IN:
        return config_dir() / "exercises" / f"{name}.toml"
    return _beside(name) / f"{name}.toml"


def word_files(language: str) -> dict[str, Path]:
    """Return the files of words that other packages bring for their exercises, by exercise.

    They lie beside the module: `my_drill.de.toml` has the words of `my_drill` in German.
    """
    files: dict[str, Path] = {}
    for name in _brought():
        with suppress(UsageError):  # reported when the exercise itself is loaded
            files[name] = _beside(name) / f"{name}.{language}.toml"
    return {name: path for name, path in files.items() if path.is_file()}


def brought_dose(name: str) -> ExerciseDose | None:
    """Return the dose of another package's exercise by its TOML file alone, no code is run for a list.

    One whose file cannot be read is named on standard error, once, and None.
    """
    try:
        path = exercise_file(name)
        return validated(ExerciseDose, read_toml(path), str(path))
    except UsageError as error:
        leave_out(f"exercise '{name}'", str(error))
        return None


@cache
def leave_out(what: str, why: str) -> None:
    """Say on standard error, once, that something another package brings is left out."""
    click.echo(f"{what} is left out: {why}", err=True)


def _brought() -> dict[str, EntryPoint]:
    """Return the exercises that other packages announce, by name and in order; none is imported."""
    found: dict[str, EntryPoint] = {}
    points = [point for point in entry_points(group=GROUP) if BUILT_IN.get(point.name) != point.value]
    for point in sorted(points, key=lambda point: (point.name, _package(point))):
        taken = point.name in BUILT_IN or (point.name in found and found[point.name].value != point.value)
        if taken:
            why = f"the name is taken; uninstall {_package(point)}, or ask its author for another name"
        elif not NAME.fullmatch(point.name):
            why = f"its name is not of small letters, digits and _; ask the author of {_package(point)}"
        elif not re.fullmatch(r"\w+(\.\w+)*:\w+", point.value):
            why = f"{_package(point)} announces {point.value!r}, wanted module:Class; ask its author"
        else:
            found.setdefault(point.name, point)
            continue
        leave_out(f"exercise {point.name!r} of {_package(point)}", why)
    return found


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "another package"


def _target(name: str) -> str:
    """Return `module:class` of an exercise."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    brought = _brought()
    if name not in brought:
        raise UsageError(f"exercise '{name}': unknown; choose one of {', '.join((*BUILT_IN, *brought))}")
    return brought[name].value


def _carefully(name: str, make: Callable[[], AnyExercise]) -> AnyExercise:
    """Run another package's code: it may not print, end the program or take longer than `LOADING_S`."""
    made: list[AnyExercise | BaseException] = []

    def work() -> None:
        try:
            made.append(make())
        except BaseException as error:  # noqa: BLE001 also SystemExit; raised again below
            made.append(error)

    thread = threading.Thread(target=work, name=f"exercise {name}", daemon=True)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        thread.start()
        thread.join(LOADING_S)
    result = made[0] if made else TimeoutError(f"does not load within {LOADING_S:.0f} s")
    if isinstance(result, CoachError):
        raise result
    if isinstance(result, BaseException):
        said = (str(result).strip().splitlines() or [""])[0]
        raise UsageError(
            f"exercise '{name}': its package fails ({type(result).__name__}: {said}); update or uninstall it"
        ) from result
    return result


def _beside(name: str) -> Path:
    """Return the folder of an exercise's module; neither it nor the packages around it are imported."""
    module = _target(name).partition(":")[0]
    found, path = None, None
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        found = _found(".".join(parts[:depth]), path)
        if found is None:
            break
        path = found.submodule_search_locations
    if found is None or found.origin is None:
        raise UsageError(f"exercise '{name}': its module {module} is missing; install its package again")
    return Path(found.origin).parent


def _found(module: str, path: Any) -> ModuleSpec | None:
    """Find one module without importing what is around it, as `importlib.util.find_spec` would."""
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        with suppress(Exception):  # another package's finder may fail
            spec: ModuleSpec | None = None if find is None else find(module, path)
            if spec is not None:
                return spec
    return None
