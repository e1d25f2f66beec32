"""Frames and their faces come in order, whether they are looked for when asked or ahead on a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from coach.coaching.flow import Output
from coach.coaching.screen import Screen
from coach.errors import ModelError, SourceError
from coach.shell.app.devices import Devices
from coach.shell.app.loop import Loop
from coach.shell.capture.source import Signal
from coach.shell.detection import detector as detector_module
from coach.shell.detection import landmarker as landmarker_module
from coach.shell.detection.detector import Detection, Detector, ThreadedDetector
from coach.shell.detection.landmarker import Landmarker
from coach.shell.drawn_face.face import draw, grain
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.sound.voice import SilentVoice
from coach.shell.window.display import Command, Display, NoDisplay
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral, Frame

BOOK = load_phrase_book("en")

BLACK = np.zeros((1, 1, 3), np.uint8)
PATIENCE_S = 30  # for another thread; a broken one fails the test, a slow machine does not


class Given:
    """A source that gives what it is told to, a tenth of a second each; a gate among it blocks until open."""

    name = "given"

    def __init__(self, *script: Frame | Signal | Exception | threading.Event) -> None:
        self.script = list(script)
        self.t = 0.0
        self.reads = 0
        self.threads: list[threading.Thread] = []
        self.stuck = threading.Event()

    def read(self) -> Frame | Signal:
        self.reads += 1
        self.threads.append(threading.current_thread())
        if not self.script:
            return Signal.ENDED
        self.t += 0.1
        got = self.script.pop(0)
        if isinstance(got, threading.Event):
            self.stuck.set()
            assert got.wait(PATIENCE_S)
            got = self.script.pop(0)
        if isinstance(got, Exception):
            raise got
        return got

    def now(self) -> float:
        return self.t

    def close(self) -> None:
        self.script.clear()


class Faces:
    """A landmarker to which the face in a frame is the frame's time; a gate in `gates` blocks until open."""

    def __init__(self, **gates: threading.Event) -> None:
        self.gates = gates
        self.detected: list[float] = []
        self.busy = threading.Event()

    def detect(self, frame: Frame) -> Any:
        gate = self.gates.get(f"at_{frame.t:.0f}")
        if gate is not None:
            self.busy.set()
            assert gate.wait(PATIENCE_S)
        self.detected.append(frame.t)
        return None if frame.t == 13 else ("face", frame.t)


def frame(t: float) -> Frame:
    return Frame(t, BLACK)


def news(detector: Detector) -> Iterator[Detection]:
    """Give all detections to the end; leave out the waiting of a loop that was faster than the thread."""
    t = -1.0
    while (seen := detector.read()).got is not Signal.ENDED:
        if seen.got is not Signal.WAITING or seen.t != t:
            yield seen
        t = seen.t


def ahead(source: Any, faces: Any) -> ThreadedDetector:
    """Return a detector of which the caller's own, the first, is made."""
    made = ThreadedDetector(source, faces)
    made.read()
    return made


@pytest.mark.parametrize("kind", [Detector, ThreadedDetector])
def test_everything_comes_once_in_order_with_its_own_face(kind: type[Detector]) -> None:
    """Frames with and without a face, nothing new, a lost camera: none is left out, doubled or mixed up."""
    script = [frame(n) for n in range(10, 40)]
    script[5:5] = [Signal.WAITING, Signal.LOST, Signal.LOST]
    script[20:20] = [Signal.WAITING]
    faces = Faces()
    detector = kind(Given(*script), faces)
    seen = list(news(detector))
    detector.close()
    assert [each.got for each in seen] == script
    assert faces.detected == [float(n) for n in range(10, 40)]
    for number, each in enumerate(seen, start=1):
        is_frame = isinstance(each.got, Frame)
        assert each.t == (each.got.t if is_frame else pytest.approx(number / 10))
        assert each.face == (("face", each.t) if is_frame and each.t != 13 else None)


def test_the_first_one_is_made_where_the_loop_is() -> None:
    """On macOS a camera is opened on the main thread or not at all; all others come from one other thread."""
    source = Given(*(frame(n) for n in range(1, 6)))
    detector = ThreadedDetector(source, Faces())
    list(news(detector))
    detector.close()
    assert source.threads[0] is threading.current_thread()
    (other,) = set(source.threads[1:])
    assert other is not threading.current_thread()
    assert not other.is_alive()


def test_a_slow_loop_finds_one_detection_and_no_work_was_in_vain() -> None:
    """While the loop is busy only one frame is read, and the next one not before that one was taken."""
    third = threading.Event()

    class Watched(Given):
        def read(self) -> Frame | Signal:
            if self.reads == 2:
                third.set()
            return super().read()

    faces = Faces()
    source = Watched(*(frame(n) for n in range(1, 9)))
    detector = ahead(source, faces)
    assert not third.wait(0.1), "it was read while one was waiting"
    assert [each.t for each in news(detector)] == list(range(2, 9))
    detector.close()


def test_a_fast_loop_is_told_to_wait_and_time_stands_still() -> None:
    """While a face is looked for, keys and cues go on; what comes then is not older than what was said."""
    gate = threading.Event()
    faces = Faces(at_2=gate)
    detector = ahead(Given(frame(1), frame(2), frame(3)), faces)
    waits = [detector.read() for _ in range(3)]
    assert [(each.t, each.got) for each in waits] == [(1, Signal.WAITING)] * 3
    gate.set()
    assert [each.t for each in news(detector)] == [2, 3]
    detector.close()


@pytest.mark.parametrize("kind", [Detector, ThreadedDetector])
@pytest.mark.parametrize("before", [0, 3])
@pytest.mark.parametrize("fault", [SourceError("unplugged"), ZeroDivisionError("a mistake")])
def test_a_fault_of_the_source_reaches_the_loop_in_its_turn(
    kind: type[Detector], before: int, fault: Exception
) -> None:
    """After the frames before it, as it was raised; also with the very first read."""
    detector = kind(Given(*(frame(n) for n in range(before)), fault), Faces())
    seen = news(detector)
    assert [next(seen).t for _ in range(before)] == list(range(before))
    with pytest.raises(type(fault)) as caught:
        next(seen)
    assert caught.value is fault
    detector.close()


@pytest.mark.parametrize("kind", [Detector, ThreadedDetector])
def test_a_fault_of_the_landmarker_reaches_the_loop(kind: type[Detector]) -> None:
    """Not as silence: a thread's traceback would reach nobody."""

    class Broken(Faces):
        def detect(self, frame: Frame) -> Any:
            if frame.t == 2:
                raise ModelError("no model any more")
            return super().detect(frame)

    detector = kind(Given(frame(1), frame(2)), Broken())
    with pytest.raises(ModelError, match="no model any more"):
        list(news(detector))
    detector.close()


def test_closing_does_not_wait_for_a_source_that_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread is left inside the driver; when that comes back the thread ends, and reads no more."""
    monkeypatch.setattr(detector_module, "CLOSE_WAIT_S", 0.01)
    gate = threading.Event()
    source = Given(frame(1), gate, frame(2), frame(3))
    detector = ahead(source, Faces())
    assert source.stuck.wait(PATIENCE_S)
    detector.close()
    detector.close()
    thread = source.threads[-1]
    assert thread.is_alive()
    gate.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert source.reads == 2


def test_closing_ends_the_thread_whether_it_waits_or_works() -> None:
    """Once before the first look, once with a detection that nobody takes."""
    ThreadedDetector(Given(frame(1)), Faces()).close()
    source = Given(*(frame(n) for n in range(9)))
    detector = ahead(source, Faces())
    detector.close()
    assert not detector._thread.is_alive()


# ---- with the real landmarker ------------------------------------------------------------------------


def smiles() -> list[Frame]:
    poses = [FacePose(smile=Bilateral(n / 8, n / 8)) for n in range(8)]
    return [Frame(n / 30, grain(draw(pose, (320, 240)), n)) for n, pose in enumerate(poses)]


def test_the_same_faces_are_found_on_another_thread(model_path: Path) -> None:
    """Made here, used there: every landmark and blendshape as without a thread, to the bit."""
    found = []
    for kind in (Detector, ThreadedDetector):
        with Landmarker(model_path) as landmarker:
            detector = kind(Given(*smiles()), landmarker)
            found.append([seen.face for seen in news(detector)])
            detector.close()
    for direct, threaded in zip(*found, strict=True):
        assert np.array_equal(direct.landmarks, threaded.landmarks)
        assert np.array_equal(direct.blendshapes, threaded.blendshapes)
        assert direct.light == threaded.light
    assert len(found[0]) == 8


def test_a_landmarker_in_use_is_not_closed(model_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread is inside it when the session ends: it stays open, the thread gets its answer and ends."""
    monkeypatch.setattr(detector_module, "CLOSE_WAIT_S", 0.01)
    inside, gate, answers = threading.Event(), threading.Event(), []
    landmarker = Landmarker(model_path)
    infer = landmarker_module._infer

    def slow(native: Any, image: Any, ms: int) -> Any:
        if threading.current_thread() is not threading.main_thread():
            inside.set()
            assert gate.wait(PATIENCE_S)
        answers.append(infer(native, image, ms))
        return answers[-1]

    monkeypatch.setattr(landmarker_module, "_infer", slow)
    detector = ahead(Given(*smiles()), landmarker)
    assert inside.wait(PATIENCE_S)
    detector.close()
    landmarker.close()
    gate.set()
    detector._thread.join(PATIENCE_S)
    assert len(answers) == 2
    assert all(answer is not None for answer in answers)
    landmarker.close()
    with pytest.raises(RuntimeError, match="closed"):
        landmarker.detect(smiles()[0])


# ---- in the loop -------------------------------------------------------------------------------------


@dataclass
class Fed:
    """A session that only notes what it is fed with."""

    finished: bool = False
    fed: list[tuple[str, float, Any]] = field(default_factory=list)

    def _note(self, kind: str, t: float, face: Any = None) -> Output:
        self.fed.append((kind, t, face))
        return Output((), None, Screen("ready"), ended=False)

    def process(self, t: float, observation: Any) -> Output:
        return self._note("frame", t, observation)

    def camera_lost(self, t: float) -> Output:
        return self._note("lost", t)

    def idle(self, t: float) -> Output:
        return self._note("idle", t)


@dataclass
class Seen:
    """A display that keeps what it shows and asks the test what to do."""

    ask: Callable[[float | None], Sequence[Command]] = lambda _: ()
    shown: list[tuple[float | None, Any]] = field(default_factory=list)

    def show(self, frame: Frame | None, observation: Any, screen: Screen) -> tuple[Command, ...]:
        t = None if frame is None else frame.t
        self.shown.append((t, observation))
        return tuple(self.ask(t))

    def close(self) -> None:
        pass


def looped(source: Given, faces: Faces, display: Display) -> Loop:
    recorder = SimpleNamespace(problem="", take=lambda events: None)
    devices = Devices(source, faces, display, SilentVoice(), BOOK)  # type: ignore[arg-type]
    return Loop(Fed(), devices, recorder, ahead=True)


def threads_of(source: Given) -> set[threading.Thread]:
    return set(source.threads) - {threading.current_thread()}


def test_picture_and_face_on_the_screen_belong_together() -> None:
    """Each frame is shown with the face found in it, a lost camera with neither; time goes forward."""
    source = Given(*(frame(n) for n in range(1, 20)), Signal.LOST, *(frame(n) for n in range(20, 30)))
    display = Seen()
    loop = looped(source, Faces(), display)
    assert loop.run() == "source_ended"
    fed = [each for each in loop.flow.fed if each[0] != "idle"]
    assert [t for kind, t, _ in fed if kind == "frame"] == list(range(1, 30))
    assert [kind for kind, _, _ in fed].index("lost") == 19
    times = [t for _, t, _ in loop.flow.fed]
    assert times == sorted(times)
    for t, face in display.shown:
        assert face == (None if t in (None, 13) else ("face", t))
    assert not any(thread.is_alive() for thread in threads_of(source))


def test_keys_are_heard_while_the_source_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver that blocks keeps neither the window nor its quit key from answering."""
    monkeypatch.setattr(detector_module, "CLOSE_WAIT_S", 0.01)
    gate = threading.Event()
    source = Given(frame(1), gate, frame(2))
    display = Seen(lambda _: [Command.QUIT] if source.stuck.is_set() else [])
    assert looped(source, Faces(), display).run() == "stopped"
    gate.set()
    for thread in threads_of(source):
        thread.join(PATIENCE_S)
    assert source.reads == 2


def test_an_interrupt_ends_the_loop_while_a_face_is_looked_for() -> None:
    """Ctrl-C comes while the landmarker is at work: the loop ends, and with it the thread."""
    gate = threading.Event()
    source, faces = Given(*(frame(n) for n in range(1, 9))), Faces(at_2=gate)
    loop = looped(source, faces, display := Seen())

    def interrupt(t: float | None) -> Sequence[Command]:
        if faces.busy.is_set() and not loop.interrupted:
            loop.interrupt()
            gate.set()
        return ()

    display.ask = interrupt
    assert loop.run() == "stopped"
    assert loop.interrupted
    assert not any(thread.is_alive() for thread in threads_of(source))


def test_a_camera_that_is_gone_ends_the_loop_and_the_thread() -> None:
    """What was read before is shown; then the error is raised where the session is led."""
    source = Given(frame(1), frame(2), SourceError("gone for good"))
    loop = looped(source, Faces(), display := Seen())
    with pytest.raises(SourceError, match="gone for good"):
        loop.run()
    assert {t for t, _ in display.shown} == {1, 2}
    assert not any(thread.is_alive() for thread in threads_of(source))


@pytest.mark.parametrize(
    ("name", "display", "expected"),
    [
        ("webcam:0", Seen(), True),
        ("webcam:0", NoDisplay(), False),
        ("demo", Seen(), False),
        ("webcam.mp4", Seen(), False),
    ],
)
def test_only_a_camera_with_a_window_is_looked_at_ahead(name: str, display: Any, expected: bool) -> None:
    """Everything else must happen in the same order each time."""
    source = Given()
    source.name = name
    assert Devices(source, Faces(), display, SilentVoice(), BOOK).live is expected  # type: ignore[arg-type]
