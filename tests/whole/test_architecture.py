"""The core is pure, every module says what it knows, and tables and files name only what exists."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from checkout import ROOT
from synthetic import NAMES

import coach
import exercises
from coach.events import Reason
from coach.exercise.rep_phases import TRANSITIONS, RepTrigger
from coach.exercise.repetition import RepPhase
from coach.shell.profile.toml_files import config_dir, read_toml

COACH, EXERCISES = Path(coach.__file__).parent, Path(exercises.__file__).parent
COMMAND_LINE = {COACH / "__main__.py"}  # where the edges are put together
SHELL = {*(COACH / "shell").rglob("*.py")}
CORE = sorted({*COACH.rglob("*.py"), *EXERCISES.glob("*.py")} - SHELL - COMMAND_LINE)
ROOMS = (
    "face",
    "exercise",
    "coaching",
    "progress",
    "session",
    "calibration",
    "check_in",
    "replay",
    "simulation",
)
EDGES = {
    *("cv2", "mediapipe", "pyttsx3", "sounddevice", "matplotlib", "sqlite3"),
    *("time", "threading", "socket", "subprocess", "asyncio", "coach.shell"),
}
CAMEL_CASE = re.compile(r"[A-Z]+[a-z]\w*$")
CLOCKS = {(kind, asked) for kind in ("date", "datetime") for asked in ("now", "today", "utcnow")}
TESTS = ROOT / "tests"
PRODUCT = sorted({*COACH.rglob("*.py"), *EXERCISES.rglob("*.py")})
MODULES = 15  # in one folder, besides its __init__: more can no longer be taken in at a glance


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> frozenset[str]:
    """Return the full name of everything a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by full name"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def test_there_is_a_core():
    """Were a room left out, the tests below would prove nothing about it."""
    assert len(CORE) > 60
    inside = {path.relative_to(COACH).parts for path in CORE if path.is_relative_to(COACH)}
    assert {parts[0] for parts in inside if len(parts) > 1} == set(ROOMS)
    assert {f"exercises/{exercise}.py" for exercise in NAMES} <= {name(path) for path in CORE}


def test_the_core_never_imports_an_edge():
    """No camera, window, voice, file base, clock or thread in what decides: values in, events out."""
    wrong = {(name(path), m) for path in CORE for m in imports(path) if any(within(m, e) for e in EDGES)}
    assert not wrong


def test_no_folder_holds_more_than_can_be_taken_in_at_a_glance():
    """One that grows beyond this holds two subjects."""
    modules = Counter(path.parent for path in PRODUCT if path.name != "__init__.py")
    assert {folder.name: count for folder, count in modules.items() if count > MODULES} == {}


def declared_types(path: Path) -> set[str]:
    """Return the names of the classes and type aliases at the top of a module."""
    names: set[str] = set()
    for node in parsed(path).body:
        if isinstance(node, ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {each.id for each in targets if isinstance(each, ast.Name) and CAMEL_CASE.match(each.id)}
    return names


def test_a_type_has_a_name_of_its_own():
    """Whoever reads a name in an error or a search finds one thing, whatever the package."""
    places: dict[str, set[str]] = {}
    for path in PRODUCT:
        for each in declared_types(path):
            places.setdefault(each, set()).add(path.relative_to(COACH.parent).as_posix())
    assert len(places) > 200
    assert {each: where for each, where in places.items() if len(where) > 1} == {}


def test_mypy_sees_what_is_used():
    """No `hasattr` and no `cast`: a protocol says what is there, and mypy holds both sides to it."""
    blind = [
        (name(path), node.func.id)
        for path in PRODUCT
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"hasattr", "cast"}
    ]
    assert blind == []


def test_the_core_never_asks_what_time_it_is():
    """Dates are values like any other; the present one is handed in."""
    asked = [
        name(path)
        for path in CORE
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in CLOCKS
    ]
    assert not asked


def test_an_exercise_needs_nothing_of_other_exercises():
    """A third party's exercise stands where ours stand: beside the core, knowing no other."""
    files = EXERCISES.glob("*.py")
    wrong = {(name(path), m) for path in files for m in imports(path) if within(m, "exercises")}
    assert not wrong


def test_the_coach_finds_exercises_only_through_the_registry():
    """Nobody in `coach` names an exercise's module."""
    wrong = {(name(path), m) for path in COACH.rglob("*.py") for m in imports(path) if within(m, "exercises")}
    assert not wrong


def test_no_child_process_of_ours_looks_into_the_present_folder():
    """A pip.py or a folder `coach` where the person happens to stand would be run in our place."""
    commands = [
        node.elts
        for path in COACH.rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.List | ast.Tuple)
        and node.elts
        and ast.unparse(node.elts[0]) == "sys.executable"
    ]
    assert len(commands) >= 2
    assert all(ast.unparse(first) in {"'-P'", "'-I'"} for _, first, *_ in commands)
    assert not [name(path) for path in COACH.rglob("*.py") if "multiprocessing" in imports(path)]


def test_every_child_process_of_ours_runs_in_a_folder_of_ours():
    """Only programs of the system's own run where the person stands: players, converters, shells."""
    theirs = {"outputs.py", "system_engine.py", "launcher.py"}
    anywhere = {
        path.name
        for path in COACH.rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"subprocess.run", "subprocess.Popen"}
        and "cwd" not in {keyword.arg for keyword in node.keywords}
    }
    assert anywhere == theirs


def test_every_module_opens_by_saying_what_it_knows():
    """The first line of the docstring is one sentence."""
    silent = []
    for path in (*COACH.rglob("*.py"), *EXERCISES.rglob("*.py"), *TESTS.rglob("*.py")):
        first = (ast.get_docstring(parsed(path)) or "").partition("\n")[0]
        if len(first) <= 15 or not first.endswith((".", ":")):
            silent.append(name(path))
    assert not silent


def test_the_transitions_name_only_known_phases_and_happenings():
    """And every trigger and every phase is used."""
    assert {phase for phase, _ in TRANSITIONS} == set(get_args(RepPhase))
    assert set(TRANSITIONS.values()) <= set(get_args(RepPhase))
    assert {trigger for _, trigger in TRANSITIONS} == set(get_args(RepTrigger))


def test_every_table_of_transitions_names_what_its_module_declares():
    """Whoever adds a machine with a table: its phases and happenings are among the module's literals."""
    for path in CORE:
        if "TRANSITIONS" not in path.read_text(encoding="utf-8"):
            continue
        module = importlib.import_module(".".join(path.relative_to(COACH.parent).with_suffix("").parts))
        literals = [value for value in vars(module).values() if get_origin(value) is Literal]
        declared = {word for value in literals for word in get_args(value)}
        for key, target in getattr(module, "TRANSITIONS", {}).items():
            assert {*key, target} <= declared, path


def test_every_exercise_has_a_file_and_every_file_an_exercise():
    """Registered, configured and written are the same set; the name is the same everywhere."""
    points = {point.name: point.load() for point in entry_points(group="coach.exercises")}
    files = {path.stem for path in (config_dir() / "exercises").glob("*.toml")}
    assert files == set(NAMES) <= set(points)
    for exercise in NAMES:
        assert points[exercise].name == exercise
        assert points[exercise].__module__ == f"exercises.{exercise}"


@pytest.mark.parametrize("exercise", NAMES)
def test_an_exercises_file_is_what_its_spec_says(exercise):
    """Every file that ships validates, with nothing missing and nothing unknown."""
    kind = entry_points(group="coach.exercises")[exercise].load()
    kind.spec_type.model_validate(read_toml(config_dir() / "exercises" / f"{exercise}.toml"))


def test_every_reason_has_words_in_every_language():
    """What an attempt can be called, a person can be told."""
    for path in sorted((config_dir() / "languages").glob("*.toml")):
        words = path.read_text(encoding="utf-8")
        assert not {reason for reason in get_args(Reason) if reason not in words}, path.name
