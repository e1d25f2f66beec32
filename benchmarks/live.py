"""The session's own loop with a window: how old each frame is when it is shown, and how many are shown.

Runs in a process of its own (`python live.py FPS SECONDS`) and prints one JSON object. The camera is
the program's own `Webcam` with a stand-in for the driver, which delivers pictures drawn beforehand at a
real camera's rate. A frame's age counts from when the driver delivers it.
"""

from __future__ import annotations

import json
import math
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

from coach.coaching.screen import Screen
from coach.session.session import Session
from coach.shell.app.devices import Devices
from coach.shell.app.loop import Loop
from coach.shell.capture.webcam import Webcam
from coach.shell.detection.landmarker import LIVE_MIRROR_PICTURES, LIVE_MIRROR_S, Landmarker
from coach.shell.drawn_face.demonstration import Demonstration
from coach.shell.drawn_face.face import draw, grain
from coach.shell.model_file import default_cache_dir, find_model
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.plan_files import load_plan
from coach.shell.profile.toml_files import load_settings
from coach.shell.sound.voice import SilentVoice
from coach.shell.store.recorder import Recorder
from coach.shell.store.store import Store
from coach.shell.window.display import Command, Display, WindowView
from coach.shell.window.labels import Labels
from coach.shell.window.window import OpenCvWindow
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral, FaceObservation, Frame, Image

SETTLE_S = 3.0  # windows open, fonts load, the landmarker finds the face
SCREEN = "1600x1000x24"
SIZE = (1280, 720)  # of the camera's pictures, in pixels
AT_REST_S = 6.0  # until the session knows the neutral face
AT_REST, SMILING = 15, 45  # pictures drawn beforehand and repeated: a still face, then a smile and back


class Driver:
    """A stand-in for `cv2.VideoCapture`: a picture at regular intervals, even if nobody waits for it."""

    def __init__(self, fps: float) -> None:
        smiles = (0.5 - 0.5 * math.cos(2 * math.pi * number / SMILING) for number in range(SMILING))
        poses = (FacePose(smile=Bilateral(smile, smile)) for smile in (*[0.0] * AT_REST, *smiles))
        self._pictures = [grain(draw(pose, SIZE), seed) for seed, pose in enumerate(poses)]
        self._interval = 1.0 / fps
        self._due = time.perf_counter()
        self.count = 0

    def grab(self) -> bool:
        """Wait for the next picture; any that nobody was waiting for are lost."""
        now = time.perf_counter()
        missed = max(0, int((now - self._due) / self._interval))
        self._due += (missed + 1) * self._interval
        self.count += missed + 1
        time.sleep(max(0.0, self._due - now))
        return True

    def retrieve(self) -> tuple[bool, Image]:
        """Return a copy of the picture, as a driver does."""
        resting = self.count * self._interval < AT_REST_S
        number = self.count % AT_REST if resting else AT_REST + self.count % SMILING
        return True, self._pictures[number].copy()

    def release(self) -> None:
        """Do nothing: there is no device to close."""


class WatchedWindow:
    """A window that notes how old each frame is once it is on the screen, and closes after a while."""

    def __init__(self, window: Display, source: Webcam, driver: Driver, seconds: float) -> None:
        self._window = window
        self._source = source
        self._driver = driver
        self._until = SETTLE_S + seconds
        self._last = -1.0
        self._offered_before = 0
        self.offered = 0
        self.ages: list[float] = []
        self.cpu_s = self.begun_cpu_s = 0.0

    @property
    def view(self) -> WindowView:
        """How the person is shown now."""
        return self._window.view

    @property
    def canvas(self) -> Image | None:
        """The picture in the window."""
        return self._window.canvas

    def show(
        self, frame: Frame | None, observation: FaceObservation | None, screen: Screen
    ) -> tuple[Command, ...]:
        """Show the frame and note its age."""
        commands = self._window.show(frame, observation, screen)
        if frame is not None and frame.t > self._last:
            self._last = frame.t
            if frame.t < SETTLE_S:
                self.begun_cpu_s = time.process_time()
                self._offered_before = self._driver.count
            else:
                self.ages.append(self._source.now() - frame.t)
                self.offered = self._driver.count - self._offered_before
                self.cpu_s = time.process_time() - self.begun_cpu_s
        return (*commands, Command.QUIT) if self._last >= self._until else commands

    def close(self) -> None:
        """Close the window."""
        self._window.close()


def watch(fps: float, seconds: float) -> dict[str, float]:
    """Run a session with a window for some seconds and return what was seen."""
    settings = load_settings(None)
    plan, exercises = load_plan(settings.plan, None)
    driver = Driver(fps)
    source = Webcam(settings.camera, opener=lambda _: driver)
    book = load_phrase_book("en")
    window = OpenCvWindow(settings.window, "smile-coach", Labels.from_book(book), source.now)
    shown = WatchedWindow(window, source, driver, seconds)
    model = find_model(settings.model.path, default_cache_dir(), progress=False)
    with (
        TemporaryDirectory() as home,
        Landmarker(model, LIVE_MIRROR_S, LIVE_MIRROR_PICTURES) as landmarker,
        Store.open(Path(home)) as store,
    ):
        begun = store.begin_session(plan.name, source.name, datetime.now(UTC))
        session = Session(plan, exercises, book, settings, source=source.name)
        recorder = Recorder(store, begun, None, [])
        films = Demonstration(step.exercise for step in plan.steps)
        devices = Devices(source, landmarker, shown, SilentVoice(), book)
        Loop(session, devices, recorder, demonstration=films, ahead=True).run()
        shown.close()
    ages = np.array(shown.ages) * 1000
    return {
        "fps offered": fps,
        "fps shown": len(ages) / seconds,
        "dropped, %": max(0.0, 100 * (1 - len(ages) / shown.offered)),
        "age median, ms": float(np.median(ages)),
        "age p95, ms": float(np.percentile(ages, 95)),
        "age p99, ms": float(np.percentile(ages, 99)),
        "cpu, share of one core": shown.cpu_s / seconds,
    }


def live(rates: tuple[float, ...], seconds: float) -> dict[str, Any]:
    """Return the results of `watch` for each rate, each in a process of its own, or why it could not run."""
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
    """Yield an environment with the present display, or else with one in memory."""
    if os.environ.get("DISPLAY") or not sys.platform.startswith("linux"):
        yield os.environ.get("DISPLAY", "")
        return
    command = ("Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "-noreset")
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    print(json.dumps(watch(float(sys.argv[1]), float(sys.argv[2]))))
