"""The two sides of the comparison: bare MediaPipe, and the program's own way from a frame to events."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
import mediapipe as mp
from mediapipe.tasks.python import BaseOptions, vision

from coach.coaching.screen import Screen
from coach.exercise.protocol import Context
from coach.exercise.view import View
from coach.face.baseline import OwnRange
from coach.face.features import Features
from coach.face.perception import Perception
from coach.session.analysis import Analysis
from coach.session.session import Session
from coach.shell.capture.video_file import VideoFile
from coach.shell.detection import landmarker
from coach.shell.detection.landmarker import Landmarker
from coach.shell.profile.exercise_registry import BUILT_IN, load_exercise
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.plan_files import load_plan
from coach.shell.profile.toml_files import load_settings
from coach.shell.system.native_stderr import native_stderr
from coach.shell.window.labels import Labels
from coach.shell.window.painter import Appearance, Painter
from coach.types import FaceObservation, Frame, Image, Light, Points

NEUTRAL_S = 3.0
GAP_S = 0.1  # between the clip's last frame and its first, when it starts again
WINDOW = (1280, 720)


class Bare:
    """The simplest possible loop: decode, convert, detect; the result is discarded."""

    def __init__(self, clip: Path, model: Path) -> None:
        self._clip = clip
        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model)),
            running_mode=vision.RunningMode.VIDEO,
            output_face_blendshapes=True,
            num_faces=1,
        )
        with native_stderr():
            self._landmarker: Any = vision.FaceLandmarker.create_from_options(options)
        self._capture = self._open()
        self._begun, self._ms = 0, -1

    def frame(self) -> None:
        """Process one frame; after its end the clip starts again."""
        done, image = self._capture.read()
        if not done:
            self._capture.release()
            self._capture = self._open()
            self._begun = self._ms + round(GAP_S * 1000)
            _, image = self._capture.read()
        stamp = self._begun + round(self._capture.get(cv2.CAP_PROP_POS_MSEC))
        self._ms = max(stamp, self._ms + 1)
        rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        self._landmarker.detect_for_video(mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb), self._ms)

    def close(self) -> None:
        """Close the model and the clip."""
        self._landmarker.close()
        self._capture.release()

    def _open(self) -> cv2.VideoCapture:
        software = [cv2.CAP_PROP_HW_ACCELERATION, cv2.VIDEO_ACCELERATION_NONE]  # as `VideoFile` does
        return cv2.VideoCapture(str(self._clip), cv2.CAP_FFMPEG, software)


class Loop:
    """The clip repeated as one long recording whose time never goes back."""

    def __init__(self, clip: Path) -> None:
        self._clip = clip
        self._video = VideoFile(clip)
        self._begun = self._t = 0.0

    def read(self) -> Frame:
        """Return the next frame."""
        frame = self._video.read()
        if not isinstance(frame, Frame):
            self._video.close()
            self._video = VideoFile(self._clip)
            self._begun = self._t + GAP_S
            frame = self._video.read()
            assert isinstance(frame, Frame)
        self._t = self._begun + frame.t
        return Frame(self._t, frame.image)


class Headless:
    """What `smile-coach analyze` does with every frame."""

    def __init__(self, clip: Path, model: Path, exercise: str) -> None:
        self._source = Loop(clip)
        self._landmarker = Landmarker(model)
        self._analysis = Analysis(load_exercise(exercise), neutral=(0.0, NEUTRAL_S))
        self.seen: tuple[Frame, FaceObservation | None] | None = None
        self.view = View()

    def frame(self) -> None:
        """Process one frame."""
        frame = self._source.read()
        observation = self._landmarker.detect(frame)
        for judged in self._analysis.process(frame.t, observation):
            self.view = judged.view
        self.seen = frame, observation

    def close(self) -> None:
        """Close the model."""
        self._landmarker.close()


class Watch:
    """A stopwatch with two hands: wall and processor time of named stages, seconds per frame."""

    def __init__(self) -> None:
        self.wall: dict[str, list[float]] = defaultdict(list)
        self.cpu: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Time the block inside."""
        begin = begun()
        yield
        self.note(name, begin, ended())

    def note(self, name: str, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Add the time that a stage took, from its start to its end."""
        self.wall[name].append(end[0] - begin[0])
        self.cpu[name].append(end[1] - begin[1])


def begun() -> tuple[float, float]:
    """Return wall and processor time at the start of a stage, seconds."""
    cpu = time.process_time()  # a system call, which takes 5 us and is not part of the stage
    return time.perf_counter(), cpu


def ended() -> tuple[float, float]:
    """Return wall and processor time at the end of a stage, seconds."""
    return time.perf_counter(), time.process_time()


class WatchedLandmarker(Landmarker):
    """The landmarker with its parts timed: inference, and the light on the face."""

    watch: Watch | None = None

    def _detect(self, frame: Frame) -> FaceObservation | None:
        if self.watch is None:
            return super()._detect(frame)
        infer = landmarker._infer  # noqa: SLF001  # its parts are what is timed

        def timed(native: Any, image: Image, ms: int) -> Any:
            with watch("inference"):
                return infer(native, image, ms)

        watch = self.watch
        with patch.object(landmarker, "_infer", timed):
            return super()._detect(frame)

    def _light_at(self, t: float, image: Image, landmarks: Points) -> Light | None:
        if self.watch is None:
            return super()._light_at(t, image, landmarks)
        with self.watch("light"):
            return super()._light_at(t, image, landmarks)


class Staged:
    """The same work in steps, each timed, with a window drawn as well.

    Each frame goes to a guided session and to every exercise, and only the first of them is timed: it alone
    finds the caches as the network left them. Every other time this is the session.
    """

    def __init__(self, clip: Path, model: Path) -> None:
        self.watch = Watch()
        self._source = Loop(clip)
        self._landmarker = WatchedLandmarker(model)
        self._perception = Perception()
        self._exercises = {name: load_exercise(name) for name in BUILT_IN}
        self._painter = Painter(Labels())
        self._learn()
        baseline = self._perception.baseline
        assert baseline is not None, f"{clip}: no face at rest in its first {NEUTRAL_S:g} s"
        context = Context(OwnRange(), baseline.noise)
        self._states = {name: one.begin(context) for name, one in self._exercises.items()}
        self._landmarker.watch = self.watch
        self._turn = 0
        self._session = a_session()

    def _learn(self) -> None:
        frame = self._source.read()
        while frame.t < NEUTRAL_S:
            face = self._perception.look(self._landmarker.detect(frame))
            if face is not None:
                self._perception.keep(face)
            frame = self._source.read()
        self._perception.learn()

    def frame(self) -> None:
        """Process one frame."""
        watch = self.watch
        with watch("decode"):
            frame = self._source.read()
        with watch("detect"):
            observation = self._landmarker.detect(frame)
        self._turn += 1
        if self._turn % 2:
            self._guide(frame.t, observation, timed=True)
            self._exercise(frame.t, observation)
        else:
            self._exercise(frame.t, observation, (*self._exercises,)[self._turn // 2 % len(self._exercises)])
            self._guide(frame.t, observation)
        view = self._exercises["symmetry_drill"].view(self._states["symmetry_drill"])
        with watch("drawing"):
            self._painter.paint(frame.image, observation, screen(frame.t, view), Appearance(WINDOW))

    def _guide(self, t: float, observation: FaceObservation | None, *, timed: bool = False) -> None:
        """Give the frame to the session: features, its exercise, what to say, what to show."""
        if self._session.finished:
            self._session = a_session()
        begin = begun()
        output = self._session.process(t, observation)
        end = ended()
        if timed and output.features is not None:
            self.watch.note("session", begin, end)

    def _exercise(self, t: float, observation: FaceObservation | None, timed: str = "") -> None:
        """Give the frame to every exercise, first to the one that is timed."""
        if timed:
            features = self._measure(t, observation, timed)
        else:
            features = self._perception.features(self._perception.look(observation))
        for name in self._exercises.keys() - {timed}:
            self._states[name], _ = self._exercises[name].step(self._states[name], t, features)

    def _measure(self, t: float, observation: FaceObservation | None, name: str) -> Features | None:
        """Give the frame to one exercise, and time it and the features it needs."""
        exercise, state = self._exercises[name], self._states[name]
        times = [begun()]
        features = self._perception.features(self._perception.look(observation))
        times += [ended(), begun()]
        self._states[name], _ = exercise.step(state, t, features)
        times.append(ended())
        (a, a_cpu), (b, b_cpu), (c, c_cpu), (d, d_cpu) = times
        self.watch.note("features", times[0], times[1])
        self.watch.note(f"exercise {name}", times[2], times[3])
        self.watch.note(f"features and {name}", (0.0, 0.0), (b - a + d - c, b_cpu - a_cpu + d_cpu - c_cpu))
        return features

    def close(self) -> None:
        """Close the model."""
        self._landmarker.close()


def a_session() -> Session:
    """Return a session of one held exercise with much to look at."""
    plan, exercises = load_plan("combined", None)
    return Session(plan, exercises, load_phrase_book("en"), load_settings(None), source="clip")


def screen(t: float, view: View) -> Screen:
    """Return what a session's window would show: a ring, bars, a count and words that change now and then."""
    held = view.hold_s / view.target_s if view.target_s else 0.0
    return Screen(
        phase="hold" if view.hold_s else "rest",
        title="Symmetry drill",
        instruction="Smile evenly, and hold",
        exercise="symmetry_drill",
        count=view.count,
        target=10,
        hold=min(held, 1.0),
        hold_left_s=max(view.target_s - view.hold_s, 0.0),
        bars=view.bars,
        caption=("Hold it there", "And let go")[int(t) // 4 % 2],
        progress=t % 120 / 120,
        time_left_s=120 - t % 120,
    )
