"""What the tests share: the landmarker's model, small films made on the spot, a home for the commands."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from numbered_frame import numbered

from coach.__main__ import run
from coach.errors import ModelError
from coach.shell.drawn_face.face import draw
from coach.shell.model_file import default_cache_dir, find_model
from coach.shell.system.native_stderr import hush_opencv
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral

# Made-up examples are the same in every run, however busy the machine is.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def opencv_is_hushed() -> None:
    """Have OpenCV hushed before any test writes a film, as every command does before it opens one.

    FFmpeg takes its log level when it is first used and keeps it, so the first test would decide for all.
    """
    hush_opencv()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that looks for tests that lean on one another."""
    parser.addoption("--shuffle", type=int, metavar="SEED", help="run the tests in a random order")


def pytest_configure(config: pytest.Config) -> None:
    """Keep bytecode in pytest's cache where Python must not leave it beside the sources.

    The tests start a hundred processes, each of which would compile the program for itself.
    """
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = str(config.rootpath / ".pytest_cache" / "bytecode")
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle the tests of each file, and the files, where that is asked for.

    Else the files that look at faces come first: they take the longest, and one that a worker begins last
    would keep the others waiting.
    """
    seed = config.getoption("--shuffle")
    if seed is None:
        long = {item.path for item in items if "model_path" in getattr(item, "fixturenames", ())}
        items.sort(key=lambda item: item.path not in long)
        return
    files = sorted({item.path for item in items})
    order = random.Random(seed)
    order.shuffle(files)
    order.shuffle(items)
    items.sort(key=lambda item: files.index(item.path))


@pytest.fixture(scope="session")
def model_path() -> Path:
    """Return the landmarker's model: `SMILE_COACH_MODEL`, or the user's cache, filled if need be."""
    cache = default_cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    # Workers must not fetch at once. An SQLite file is a lock on every system and dies with its holder.
    lock = sqlite3.connect(cache / "tests.lock", timeout=600, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        return find_model(os.environ.get("SMILE_COACH_MODEL", ""), cache, progress=False)
    except ModelError as error:
        pytest.fail(str(error), pytrace=False)
    finally:
        lock.close()


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Path]:
    """Return a maker of small films: frame `n` has a bar that has moved `n` steps, so frames differ."""

    def make(
        name: str = "film.mp4",
        *,
        frames: int = 30,
        fps: float = 30.0,
        size: tuple[int, int] = (80, 48),
        codec: str = "mp4v",
    ) -> Path:
        import cv2

        path = tmp_path / name
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, size)
        assert writer.isOpened()
        for number in range(frames):
            writer.write(numbered(number, size))
        writer.release()
        return path

    return make


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Give the test a data folder, settings folder and cache of its own, and return the data folder."""
    folder = tmp_path / "data"
    monkeypatch.setenv("SMILE_COACH_HOME", str(folder))
    for name in ("user_config_dir", "user_cache_dir"):
        monkeypatch.setattr(f"platformdirs.{name}", lambda *_, name=name, **__: str(tmp_path / name))
    return folder


@pytest.fixture
def ready(tmp_path, model_path):
    """Return the options that make a session run anywhere: a settings file that names the model."""
    file = tmp_path / "own.toml"
    file.write_text(f"[model]\npath = {json.dumps(str(model_path))}\n", encoding="utf-8")
    return ["--config", str(file), "--no-window", "--no-voice", "--language", "en"]


@pytest.fixture
def face_film(tmp_path):
    """Return a film of a drawn face at rest: two seconds, ten pictures a second."""
    import cv2

    path = tmp_path / "face.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (320, 240))
    for number in range(20):
        writer.write(draw(FacePose(smile=Bilateral(0.01 * (number % 2), 0.0)), size=(320, 240)))
    writer.release()
    return path


@pytest.fixture
def fails(capfd):
    """Return a runner for commands that must fail: gives status and the one line on standard error."""

    def run_it(*arguments) -> tuple[int, str]:
        capfd.readouterr()
        status = run([str(argument) for argument in arguments])
        lines = capfd.readouterr().err.splitlines()
        assert len(lines) == 1, lines
        assert "Traceback" not in lines[0]
        return status, lines[0]

    return run_it
