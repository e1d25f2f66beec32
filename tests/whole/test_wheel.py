"""The wheel holds all the program needs, and runs from a folder that knows nothing of this one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from checkout import ROOT

from coach import __version__
from coach.shell.profile.exercise_registry import BUILT_IN

builders = pytest.importorskip("hatchling.builders.wheel", reason="comes with the extra dev")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel's contents, as an installer would unpack them."""
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = builders.WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_carries_words_plans_exercises_and_recordings(installed: Path) -> None:
    """All that stands in `config` here is inside the package there."""
    inside = installed / "coach" / "config"
    wanted = {path.relative_to(ROOT / "config") for path in (ROOT / "config").rglob("*.toml")}
    assert wanted
    assert wanted == {path.relative_to(inside) for path in inside.rglob("*.toml")}
    assert {path.name for path in installed.rglob("*.opus")} == {
        path.name for path in (ROOT / "coach").rglob("*.opus")
    }
    assert not list(installed.rglob("test_*.py"))


def test_it_runs_from_anywhere(installed: Path, tmp_path: Path) -> None:
    """It finds its own exercises and words: nothing of this checkout is on its path."""
    told = "import coach, sys; sys.stderr.write(coach.__file__); from coach.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", told, "exercises", "--language", "fr", "--data-dir", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == str(installed / "coach" / "__init__.py")
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(BUILT_IN)
    assert "joues" in done.stdout
    assert (installed / f"smile_coach-{__version__}.dist-info" / "entry_points.txt").is_file()


def test_nothing_is_required_twice() -> None:
    """Of two lines on one package only one is kept up to date."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for lines in (project["dependencies"], *project["optional-dependencies"].values(), pinned):
        names = [re.match(r"[\w-]+", line)[0].lower() for line in lines if re.match(r"\w", line)]
        assert len(names) > 1
        assert len(names) == len(set(names))


def test_where_it_installs_is_said_and_checked() -> None:
    """The README's systems and Pythons are those of the workflow, and of the package's own list."""
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "os: [ubuntu-latest, windows-latest, macos-latest]" in workflow
    assert "| Linux x86-64, Windows x86-64, Macs with Apple silicon | installs" in readme
    assert "| Linux and Windows on arm64, Macs with an Intel processor | does not install" in readme
    assert 'python: ["3.11", "3.12", "3.13", "3.14"]' in workflow
    assert "| system | Python 3.11 to 3.14 |" in readme
    assert project["requires-python"] == ">=3.11"


def test_the_workflow_runs_code_that_nobody_can_change_afterwards() -> None:
    """Every action by its commit, read access alone, and no credentials left in the checkout."""
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)", workflow)
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", each)] == []
    assert "permissions:\n  contents: read\n" in workflow
    assert workflow.count("persist-credentials: false") == workflow.count("actions/checkout@")
