"""What the tests share: the landmarker's model and small films made on the spot."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from coach.errors import ModelError
from coach.shell.model_file import default_cache_dir, find_model


@pytest.fixture(scope="session")
def model_path() -> Path:
    """Return the landmarker's model: `SMILE_COACH_MODEL`, or the user's cache, filled if need be."""
    cache = default_cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    # Two workers must not fetch at once. An SQLite file is a lock on every system and dies with its holder.
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


def numbered(number: int, size: tuple[int, int] = (80, 48)) -> np.ndarray:
    """Return a picture that shows `number`: brightness tells the tens, a bright column the units."""
    width, height = size
    image = np.full((height, width, 3), 20 + (number // 10) % 10 * 10, np.uint8)
    column = (number % 10) * width // 10
    image[:, column : column + width // 10] = 240
    return image
