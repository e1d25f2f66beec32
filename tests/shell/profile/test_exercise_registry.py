"""Exercises that other packages bring: a broken one costs itself, and none is run for a list."""

from __future__ import annotations

import sys
import textwrap

import pytest

from coach.__main__ import run
from coach.errors import UsageError
from coach.shell.profile import exercise_registry as registry
from coach.shell.profile.language_files import load_phrase_book

SOUND_TOML = """
[dose]
reps = 4
[pace]
intro_s = 5.0
rep_s = 4.0
[head]
max_turn_deg = 20.0
max_yaw_deg = 20.0
"""
SOUND = """
from typing import ClassVar
from coach.exercise.spec import ExerciseSpec
from coach.exercise.view import View

class Drill:
    name: ClassVar[str] = "my_drill"
    spec_type = ExerciseSpec
    def __init__(self, spec): self.spec = spec
    def begin(self, context): return None
    def step(self, state, t, features): return None, ()
    def finish(self, state, t): return ()
    def view(self, state): return View("rest", 0, 0.0)
"""


@pytest.fixture(autouse=True)
def said_anew():
    registry.leave_out.cache_clear()


@pytest.fixture
def brings(tmp_path, monkeypatch):
    """Return a maker of installed packages that announce exercises."""
    before = set(sys.modules)

    def bring(announced, files=None, package="other-drills"):
        folder = tmp_path / package
        info = folder / f"{package}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        lines = "".join(f"{name} = {target}\n" for name, target in announced.items())
        (info / "entry_points.txt").write_text(f"[coach.exercises]\n{lines}")
        for name, text in (files or {}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")
        monkeypatch.syspath_prepend(str(folder))

    yield bring
    for name in set(sys.modules) - before:
        if name.startswith("drills"):
            del sys.modules[name]


def lists(capfd):
    """Return what `exercises` lists beyond our own, and what it says on standard error."""
    assert run(["exercises", "--language", "en"]) == 0
    out, err = capfd.readouterr()
    return [line.split()[0] for line in out.splitlines()][len(registry.BUILT_IN) :], err.splitlines()


def test_a_sound_one_is_listed_without_being_run_and_loads(brings, home, capfd):
    """Its dose stands in its TOML file; only who uses it runs its code."""
    brings({"my_drill": "drills:Drill"}, {"drills.py": SOUND, "my_drill.toml": SOUND_TOML})
    assert lists(capfd) == (["my_drill"], [])
    assert "drills" not in sys.modules
    assert registry.load_exercise("my_drill").spec.dose.reps == 4


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("import nothing_like_it", "ModuleNotFoundError"),
        ("class Other: pass", "AttributeError"),
        ("class Drill: pass", "AttributeError"),
        (SOUND.replace("def step", "def other"), "it has no step"),
        (SOUND.replace("self.spec = spec", "raise ValueError('broken')"), "ValueError: broken"),
    ],
    ids=["raises", "exits", "wants more", "no class", "no exercise", "no step", "cannot be made"],
)
def test_broken_code_is_one_line_where_it_is_used_and_nothing_elsewhere(brings, home, capfd, code, says):
    """Today's own session, the list and the progress do not even notice."""
    home.mkdir()
    brings({"my_drill": "drills:Drill"}, {"drills.py": code, "my_drill.toml": SOUND_TOML})
    assert lists(capfd) == (["my_drill"], [])
    assert run(["progress", "--language", "en"]) == 0
    assert capfd.readouterr().err == ""
    with pytest.raises(UsageError, match="exercise 'my_drill': its package fails") as caught:
        registry.load_exercise("my_drill")
    assert says in str(caught.value)
    assert "update or uninstall it" in str(caught.value)


def test_one_that_prints_prints_nothing(brings, capfd):
    """Standard output may be an event log."""
    code = "import sys\nprint('hello')\nprint('there', file=sys.stderr)\n" + SOUND
    brings({"my_drill": "drills:Drill"}, {"drills.py": code, "my_drill.toml": SOUND_TOML})
    registry.load_exercise("my_drill")
    assert capfd.readouterr() == ("", "")


def test_one_that_hangs_is_not_waited_for(brings, monkeypatch):
    """It is left to itself after a while."""
    monkeypatch.setattr(registry, "LOADING_S", 0.05)
    code = "import time\ntime.sleep(3)"
    brings({"my_drill": "drills_that_hang:Drill"}, {"drills_that_hang.py": code, "my_drill.toml": SOUND_TOML})
    with pytest.raises(UsageError, match="does not load within"):
        registry.load_exercise("my_drill")


def test_a_package_around_it_that_raises_ends_nothing(brings, home, capfd):
    """To find its words the package is not imported."""
    brings(
        {"my_drill": "drills_pack.inner.code:Drill"},
        {
            "drills_pack/__init__.py": "raise SystemExit('no')",
            "drills_pack/inner/__init__.py": "raise SystemExit('no')",
            "drills_pack/inner/code.py": SOUND,
            "drills_pack/inner/my_drill.toml": SOUND_TOML,
            "drills_pack/inner/my_drill.en.toml": 'title = "Mine"\n',
        },
    )
    assert load_phrase_book("en").text("my_drill", "title") == "Mine"
    assert run(["progress"]) == 0
    capfd.readouterr()
    assert lists(capfd)[0] == ["my_drill"]


@pytest.mark.parametrize(
    ("announced", "says"),
    [
        ({"cheek_raiser": "drills:Drill"}, "'cheek_raiser' of other-drills is left out: the name is taken"),
        ({"{0.real}": "drills:Drill"}, "'{0.real}' of other-drills is left out: its name is not of small"),
        ({"my_drill": "drills"}, "announces 'drills', wanted module:Class"),
    ],
    ids=["a name of ours", "a name with format characters", "no class"],
)
def test_what_is_announced_wrongly_is_named_once_and_left_out(brings, home, capfd, announced, says):
    """However often the names are asked for."""
    brings(announced)
    added, errors = lists(capfd)
    assert added == []
    assert len(errors) == 1
    assert says in errors[0]
    assert registry.exercise_names() == tuple(registry.BUILT_IN)
    assert capfd.readouterr().err == ""


def test_of_two_packages_with_one_name_the_first_is_kept(brings, home, capfd):
    """The other is named."""
    brings({"my_drill": "drills_a:Drill"}, {"drills_a.py": SOUND, "my_drill.toml": SOUND_TOML}, "a-drills")
    brings({"my_drill": "drills_b:Drill"}, {"drills_b.py": SOUND, "my_drill.toml": SOUND_TOML}, "b-drills")
    added, errors = lists(capfd)
    assert added == ["my_drill"]
    assert ["'my_drill' of b-drills is left out" in line for line in errors] == [True]


def test_bad_files_of_values_and_words_are_named_and_left_out(brings, home, capfd):
    """The list goes on without the one, the words without the other."""
    brings(
        {"my_drill": "drills:Drill"},
        {"drills.py": SOUND, "my_drill.toml": "[dose", "my_drill.en.toml": "title = 3"},
    )
    added, errors = lists(capfd)
    assert added == []
    assert sorted(line.split(" is left out: ")[0] for line in errors) == [
        "exercise 'my_drill'",
        "file of words for exercise 'my_drill'",
    ]
    with pytest.raises(UsageError, match="is not valid TOML"):
        registry.load_exercise("my_drill")


@pytest.mark.parametrize(
    "phrase",
    ["{0} times", "hold {", "{n.__class__}", "{n!r}", "{n:>9999999}"],
    ids=["by place", "a brace", "an attribute", "a conversion", "a width"],
)
def test_words_that_cannot_be_filled_are_named_and_left_out(brings, home, capfd, phrase):
    """Said in the middle of a session they would end it; the exercise itself stays."""
    brings(
        {"my_drill": "drills:Drill"},
        {
            "drills.py": SOUND,
            "my_drill.toml": SOUND_TOML,
            "my_drill.en.toml": f'title = "Mine"\ngo = ["{{n}} more", "{phrase}"]\n',
        },
    )
    assert load_phrase_book("en").text("my_drill", "title") == "My drill"
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("file of words for exercise 'my_drill' is left out: ")
    assert "go.1 = " in line
