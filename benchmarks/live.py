"""The session's own loop with a window: how old a frame is when it is shown, and how many are.

Runs in a process of its own (`python live.py FPS SECONDS`) and prints one JSON object. The simulated
person is the camera; a frame's age counts from when the source handed it over, as it would for a webcam.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from coach.screen import Screen
from coach.session import Session
from coach.shell.config import load_settings
from coach.shell.demonstration import Demonstration
from coach.shell.display import Command, Display
from coach.shell.labels import Labels
from coach.shell.landmarker import Landmarker
from coach.shell.loop import Loop
from coach.shell.model_file import default_cache_dir, find_model
from coach.shell.plans import load_plan
from coach.shell.recorder import Recorder
from coach.shell.simulated_person import SimulatedPerson, load_person
from coach.shell.source import Signal
from coach.shell.store import Store
from coach.shell.voice import SilentVoice
from coach.shell.window import OpenCvWindow
from coach.shell.words import load_phrase_book
from coach.types import FaceObservation, Frame

SETTLE_S = 3.0  # windows open, fonts load, the landmarker finds the face
SCREEN = "1600x1000x24"


class WatchedSource:
    """A simulated person who notes when each frame was handed over."""

    def __init__(self, person: SimulatedPerson) -> None:
        self._person = person
        self.name = person.name
        self.hear = person.hear
        self.now = person.now
        self.close = person.close
        self.given: dict[float, float] = {}

    def read(self) -> Frame | Signal:
        """Return the next frame."""
        got = self._person.read()
        if isinstance(got, Frame):
            self.given[got.t] = self.now()
        return got


class WatchedWindow:
    """The window, which notes how old each frame is once it is on the screen, and closes after a while."""

    def __init__(self, window: Display, source: WatchedSource, seconds: float) -> None:
        self._window = window
        self._source = source
        self._until = SETTLE_S + seconds
        self._last = -1.0
        self.ages: list[float] = []
        self.cpu_s = self.begun_cpu_s = 0.0

    def show(
        self, frame: Frame | None, observation: FaceObservation | None, screen: Screen
    ) -> tuple[Command, ...]:
        """Show, and note."""
        commands = self._window.show(frame, observation, screen)
        if frame is not None and frame.t > self._last:
            self._last = frame.t
            if frame.t < SETTLE_S:
                self.begun_cpu_s = time.process_time()
            else:
                self.ages.append(self._source.now() - self._source.given[frame.t])
                self.cpu_s = time.process_time() - self.begun_cpu_s
        return (*commands, Command.QUIT) if self._last >= self._until else commands

    def close(self) -> None:
        """Close the window."""
        self._window.close()


def watch(fps: float, seconds: float) -> dict[str, float]:
    """Run a session with a window for some seconds and return what was seen."""
    settings = load_settings(None)
    plan, exercises = load_plan(settings.plan, None)
    source = WatchedSource(SimulatedPerson(load_person(), fps=fps, realtime=True))
    book = load_phrase_book("en")
    window = OpenCvWindow(settings.window, "smile-coach", Labels.from_book(book), source.now)
    shown = WatchedWindow(window, source, seconds)
    model = find_model(settings.model.path, default_cache_dir(), progress=False)
    with TemporaryDirectory() as home, Landmarker(model) as landmarker, Store.open(Path(home)) as store:
        begun = store.begin_session(plan.name, source.name, datetime.now(UTC))
        session = Session(plan, exercises, book, settings, source=source.name)
        recorder = Recorder(store, begun, None, [])
        films = Demonstration(step.exercise for step in plan.steps)
        Loop(session, source, landmarker, shown, SilentVoice(), recorder, demonstration=films).run()
        shown.close()
    ages = np.array(shown.ages) * 1000
    return {
        "fps offered": fps,
        "fps shown": len(ages) / seconds,
        "age median, ms": float(np.median(ages)),
        "age p95, ms": float(np.percentile(ages, 95)),
        "age p99, ms": float(np.percentile(ages, 99)),
        "cpu, share of one core": shown.cpu_s / seconds,
    }


def live(rates: tuple[float, ...], seconds: float) -> dict[str, Any]:
    """Return `watch` for each rate, each in a process of its own, or why it could not be run."""
    try:
        with _display() as display:
            results = {}
            for fps in rates:
                command = (sys.executable, __file__, str(fps), str(seconds))
                env = os.environ | {"DISPLAY": display}
                ran = subprocess.run(command, check=True, env=env, capture_output=True, text=True)
                results[f"{fps:g} fps"] = json.loads(ran.stdout.splitlines()[-1])
            return results
    except OSError as error:
        return {"not run": f"no display and no Xvfb ({error.strerror})"}
    except subprocess.CalledProcessError as error:
        return {"not run": (error.stderr.strip().splitlines() or ["ended without a word"])[-1]}


@contextmanager
def _display() -> Iterator[str]:
    """Give the display there is, else one in memory."""
    if os.environ.get("DISPLAY") or not sys.platform.startswith("linux"):
        yield os.environ.get("DISPLAY", "")
        return
    command = ("Xvfb", "-displayfd", "1", "-screen", "0", SCREEN)
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    print(json.dumps(watch(float(sys.argv[1]), float(sys.argv[2]))))
