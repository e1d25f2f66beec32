"""The wheel holds all the program needs, and runs from a folder that knows nothing of this one."""

from __future__ import annotations

import os
import subprocess
import sys
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
