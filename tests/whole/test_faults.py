"""What breaks in mid-session does not break the session: nothing false is counted, nothing is lost."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import endurance
import numpy as np
import pytest
from full_disk import full
from led import SETTINGS, Faked, Led, hold, led, plan, still
from waiting import PATIENCE_S, until

import coach
from coach import events
from coach.__main__ import run
from coach.coaching.cues import Cue
from coach.coaching.screen import Screen
from coach.errors import StoreError
from coach.face.baseline import neutral_baseline
from coach.face.head_frame import used_points
from coach.face.identity import TOLERANCE, Recognition, difference, jumped
from coach.face.landmarks import CHIN, FOREHEAD, LEFT, RIGHT, RIGID
from coach.progress.summary import summary_lines
from coach.progress.words import ProgressWords
from coach.session.session import Session
from coach.shell.app import devices, program
from coach.shell.capture.simulated_person import SimulatedPerson, load_person
from coach.shell.capture.source import Signal
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.sound.player import WatchedPlayer
from coach.shell.store.event_log import EventLog, read_events
from coach.shell.store.recorder import Recorder
from coach.shell.store.store import Store
from coach.shell.system.stop_signals import stopping
from coach.shell.testing.faults import FaultyOutput, FaultySource, InjectedFault, full_disk
from coach.shell.window.layout import canvas_size
from coach.shell.window.painter import Appearance, Painter
from coach.simulation.face_pose import FacePose
from coach.types import FaceObservation, Frame, Points

SIZE = (320, 240)
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
HOLD_S = 1.5
HOLD = {"repetition": {"hold_s": HOLD_S}}
PICTURES = ("black", "frozen", "garbage", "empty", "grey", "alpha", "half", "none")


class Ticking:
    """A source of ten numbered frames a second, for eight seconds."""

    name = "ticking"

    def __init__(self) -> None:
        self.count = 0

    def read(self) -> Frame | Signal:
        if self.count == 80:
            return Signal.ENDED
        self.count += 1
        return Frame(self.count / 10, np.full((4, 6, 3), self.count, np.uint8))

    def now(self) -> float:
        return self.count / 10

    def close(self) -> None:
        self.count = 80


def drained(source: FaultySource) -> list[Frame | Signal]:
    """Return all that a source gives until its end."""
    given: list[Frame | Signal] = []
    while (got := source.read()) is not Signal.ENDED:
        given.append(got)
    return given


@pytest.mark.parametrize("kind", [*PICTURES, "nobody", "another", "beside", "wide", "pair"])
def test_a_spoilt_picture_is_spoilt_while_the_script_says_so(kind: Any) -> None:
    """Only the frames inside the fault differ, and time goes on as before."""
    given = drained(FaultySource(Ticking(), [InjectedFault(kind, 2.0, 3.0)]))
    frames = [got for got in given if isinstance(got, Frame)]
    assert [frame.t for frame in frames] == pytest.approx([n / 10 for n in range(1, 81)])
    good = [n + 1 for n, f in enumerate(frames) if np.array_equal(f.image, np.full((4, 6, 3), n + 1))]
    touched = set(range(20, 30))
    if kind == "another":
        touched = set()  # a picture of one colour does not become broader
    assert good == [n for n in range(1, 81) if n not in touched]


def test_a_spoilt_flow_keeps_time_going_forward() -> None:
    """Held back, slowed, jittered or leapt over: stamps strictly increase, and nothing comes up again."""
    script = [
        InjectedFault("silent", 1.0, 2.0), InjectedFault("lost", 2.0, 3.0),
        InjectedFault("slow", 3.0, 4.0, amount=5.0),
        InjectedFault("burst", 4.0, 4.65, amount=0.5), InjectedFault("jitter", 5.0, 6.0, amount=0.08),
        InjectedFault("gap", 6.0, 7.0, amount=60.0), InjectedFault("ended", 7.9),
    ]  # fmt: skip
    given = drained(FaultySource(Ticking(), script))
    frames = [got for got in given if isinstance(got, Frame)]
    assert given.count(Signal.LOST) == 10
    assert np.all(np.diff([frame.t for frame in frames]) > 0)
    assert np.max(np.diff([frame.t for frame in frames])) == pytest.approx(60.1, abs=0.1)
    shown = [int(frame.image[0, 0, 0]) for frame in frames]
    assert shown == sorted(set(shown)), "a frame came twice or out of order"
    assert {40, 45, 49} <= set(shown), "frames of a burst are late, not lost"
    slow = [f.t for f in frames if 3.0 <= f.t < 4.0]
    assert len(slow) == 5


@dataclass
class Told:
    """A session that is over: its exit status, its log, and what its person meant to do."""

    status: int
    log: list[dict[str, Any]]
    person: SimulatedPerson

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        return [event for event in self.log if event["type"] in kinds]

    @property
    def reps(self) -> int:
        return self.log[-1]["reps"]["cheek_raiser"]

    @property
    def cues(self) -> str:
        return " | ".join(event["text"] for event in self.of("cue"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data folder with a session in it, so that nothing has to be explained any more."""
    with Store.open(tmp_path / "data") as store:
        store.begin_session("daily", "demo", datetime(2026, 1, 5, 9, tzinfo=UTC))
    return tmp_path / "data"


@pytest.fixture
def own(tmp_path: Path, model_path: Path) -> Path:
    """Return a settings file that names the model."""
    path = tmp_path / "own.toml"
    path.write_text(f"[model]\npath = {json.dumps(str(model_path))}\n", encoding="utf-8")
    return path


@pytest.fixture
def lead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: Path, data: Path) -> Callable[..., Told]:
    """Return a leader of short sessions with the simulated person, whose frames are spoilt by a script."""
    log = tmp_path / "events.jsonl"
    load_plan = program.load_plan

    def run_it(*script: InjectedFault, reps: int = 1, fps: float = 8.0) -> Told:
        person = SimulatedPerson(load_person(), fps=fps, size=SIZE, realtime=False, script=[])
        whole = [*script, InjectedFault("ended", 60.0)]  # a session that never ends fails, and ends
        monkeypatch.setattr(devices, "open_source", lambda *_, **__: FaultySource(person, whole))

        def short(*arguments: Any, **options: Any) -> Any:
            plan, _ = load_plan(*arguments, **{**options, "explains": False})
            steps = tuple(replace(step, reps=reps) for step in plan.steps)
            return replace(plan, steps=steps), (load_exercise("cheek_raiser", HOLD),)

        monkeypatch.setattr(program, "load_plan", short)
        status = run(
            ["demo", "--plan", "cheek_raiser", "--no-window", "--no-voice", "--language", "en"]
            + ["--config", str(own), "--data-dir", str(data), "--events", str(log)]
        )
        return Told(status, [json.loads(line) for line in log.read_text().splitlines()], person)

    return run_it


def kept(data: Path) -> int:
    """Return how many repetitions the history holds; it is whole, or this fails."""
    with contextlib.closing(sqlite3.connect(data / "history.sqlite3")) as history:
        assert history.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(history.execute("SELECT count(*) FROM repetitions").fetchone()[0])


def test_a_hard_day_costs_no_repetition(lead: Callable[..., Told], data: Path) -> None:
    """Spoilt pictures of every kind, a camera unplugged, an empty chair: each good rep counts, once.

    The camera's loss and the face's are said, waited out and counted in again; the person is still known.
    """
    spoilt = [InjectedFault(kind, 0.5 + 0.8 * n, 0.7 + 0.8 * n) for n, kind in enumerate(PICTURES)]
    told = lead(*spoilt, InjectedFault("lost", 9.0, 11.0), InjectedFault("nobody", 14.5, 16.0), reps=2)
    assert told.status == 0
    assert told.log[-1]["reason"] == "finished"
    assert told.reps == kept(data) == 2
    meant = [i for i in told.person.intended if i.valid]
    for rep in told.of("rep"):
        assert any(i.start - 0.5 <= rep["start"] <= i.apex + 0.5 for i in meant), rep
    flow = [event["type"] for event in told.of("camera_lost", "camera_found", "paused", "resumed")]
    assert flow[:4] == ["camera_lost", "paused", "camera_found", "resumed"]
    assert [event["cause"] for event in told.of("paused")] == ["camera_lost", "face_lost"]
    assert "camera has stopped" in told.cues
    assert "can't see your face" in told.cues
    assert len(told.of("calibrated")) == 1, "the same face was taken for another"


@pytest.mark.parametrize("kind", ["black", "garbage"])
def test_pictures_without_a_face_are_said_and_never_counted(lead: Callable[..., Told], kind: Any) -> None:
    """Whatever is not a face gives no repetition; the person hears that they are not seen."""
    told = lead(InjectedFault("ended", 4.5), InjectedFault(kind, 0.0))
    assert told.status == 0
    assert told.log[-1]["reason"] == "source_ended"
    assert told.reps == 0
    assert "can't see your face" in told.cues


def test_a_minute_asleep_is_no_long_hold(lead: Callable[..., Told]) -> None:
    """The process stood still for 60 s inside a hold: no rep came of it, and the session continues."""
    told = lead(InjectedFault("gap", 4.9, 5.4, amount=60.0))
    assert told.person.intended[0].start < 4.9
    assert told.of("face_lost")[0]["t"] > 60
    assert told.of("paused")
    assert told.of("resumed")
    assert told.reps == 1
    (rep,) = told.of("rep")
    assert rep["start"] > 60
    assert rep["hold_s"] < 5


def test_a_second_without_a_picture_is_the_machine_s_and_no_lost_face(lead: Callable[..., Told]) -> None:
    """The process was stopped or the machine was busy: nobody is told that they went away."""
    told = lead(InjectedFault("gap", 3.0, 3.5, amount=1.3))
    assert not told.of("face_lost")
    assert not told.of("paused")
    assert told.reps == 1


@pytest.mark.parametrize(
    "script",
    [
        [InjectedFault("slow", 0.0, amount=5.0)],
        [InjectedFault("jitter", 0.0, 4.0, amount=0.06), InjectedFault("burst", 4.0, amount=0.4)],
    ],
)
def test_holds_are_timed_in_seconds_whatever_the_rate(
    lead: Callable[..., Told], script: list[InjectedFault]
) -> None:
    """At 5 frames a second, or jittered and then in bursts: the rep counts, after its own seconds."""
    told = lead(*script)
    (rep,) = told.of("rep")
    meant = told.person.intended[0]
    assert rep["t"] - (meant.start + meant.apex) / 2 == pytest.approx(HOLD_S, abs=0.5)


def test_a_camera_that_is_gone_for_good_leaves_what_was_done(
    lead: Callable[..., Told], data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The source fails in mid-session: one line, status 1, and log and history are closed properly."""
    told = lead(InjectedFault("gone", 4.0))
    assert told.status == 1
    assert capfd.readouterr().err == "the camera is gone for good; connect it and start again\n"
    assert told.log[-1]["type"] == "session_end"
    assert told.log[-1]["reason"] == "stopped"
    assert kept(data) == 0


def test_even_a_mistake_of_the_program_closes_the_log(lead: Callable[..., Told], tmp_path: Path) -> None:
    """An error that nobody foresaw is not hidden, and does not take the record of the session along."""
    with pytest.raises(RuntimeError, match="a mistake"):
        lead(InjectedFault("broken", 1.0))
    assert read_events(tmp_path / "events.jsonl")[-1]["type"] == "session_end"


def test_a_second_face_beside_is_not_followed(lead: Callable[..., Told]) -> None:
    """Somebody joins and keeps still: the person is followed as before, and their repetition counts."""
    told = lead(InjectedFault("wide", 0.0, 5.0), InjectedFault("pair", 5.0, 20.0))
    assert told.reps == 1
    assert not told.of("face_lost", "attempt")
    assert len(told.of("calibrated")) == 1


def test_the_face_beside_takes_over_and_is_noticed_at_once(lead: Callable[..., Told]) -> None:
    """The landmarker goes over to a second face without a gap: that is a lost face, not the same one."""
    told = lead(InjectedFault("ended", 12.5), InjectedFault("beside", 5.5), reps=2)
    (jump,) = told.of("face_lost")
    assert 5.5 <= jump["t"] < 6.5
    assert "look different" in told.cues
    again = told.of("calibrated")[1]["t"]
    assert not [rep for rep in told.of("rep") if 5.5 < rep["t"] < again]


class Seats(Faked):
    """A perception whose face is broader from `swap_t` on, and stretched by a grin in `grin`."""

    def __init__(self, swap_t: float = float("inf"), grin: tuple[float, float] = (0.0, 0.0)) -> None:
        super().__init__()
        self.swap_t, self.grin = swap_t, grin

    def look(self, observation: FaceObservation | None) -> FaceObservation | None:
        face = super().look(observation)
        if face is None:
            return None
        if face.t >= self.swap_t:
            return reshaped(face, face.landmarks * (1.15, 1.0, 1.0))
        if self.grin[0] <= face.t < self.grin[1]:
            landmarks, (width, height) = face.landmarks.copy(), face.size
            landmarks[[LEFT.mouth_corner, RIGHT.mouth_corner], 0] += (12.0 / width, -12.0 / width)
            landmarks[CHIN, 1] += 40.0 / height
            return reshaped(face, landmarks)
        return face


def reshaped(face: FaceObservation, landmarks: Points) -> FaceObservation:
    return FaceObservation(face.t, landmarks, face.blendshapes, face.size, face.light)


def seated(away: tuple[float, float], seats: Seats, reps: int = 3) -> Led:
    """Return a session that is over, in which the chair was empty from `away[0]` to `away[1]`."""
    leading, acting = led(plan(("cheek_raiser", reps, hold(2.0))))
    leading.session.perception = leading.session._face_check._perception = seats

    def pose(t: float, heard: list[Cue]) -> FacePose | None:
        there = acting(t, heard)  # who is away still hears
        return None if away[0] <= t < away[1] else there

    leading.pose = pose
    return leading.run()


def test_somebody_else_sits_down_and_is_told_so() -> None:
    """After an empty chair another face: its own neutral face, a word about it, and the exercise again."""
    told = seated((14.0, 16.0), Seats(swap_t=15.0))
    assert len(told.of("calibrated")) == 2
    assert "other_face" in told.keys
    again = told.of("calibrated")[1]["t"]
    assert not [rep for rep in told.of("rep") if 14.0 < rep["t"] < again]
    assert [rep["index"] for rep in told.of("rep") if rep["t"] > again] == [1, 2, 3]


def test_the_same_person_comes_back_and_goes_on() -> None:
    """After an empty chair the same face: counted in, no word about it, and the set goes on."""
    told = seated((14.0, 16.0), Seats())
    assert told.of("face_found")
    assert len(told.of("calibrated")) == 1
    assert "other_face" not in told.keys
    assert [rep["index"] for rep in told.of("rep")] == [1, 2, 3]


def test_coming_back_with_a_grin_is_no_other_person() -> None:
    """A face that is not at rest is looked at again until it is; then the old neutral face still holds."""
    told = seated((14.0, 16.0), Seats(grin=(16.0, 18.3)))
    assert told.keys.count("neutral") == 2
    assert len(told.of("calibrated")) == 1
    assert "other_face" not in told.keys
    assert [rep["index"] for rep in told.of("rep")] == [1, 2, 3]


def test_a_swap_between_two_exercises_still_gets_to_the_second() -> None:
    """The chair changes hands after the first exercise: the second one is led with the new neutral face."""
    leading, acting = led(plan(("cheek_raiser", 1, hold(2.0)), ("symmetry_drill", 1, hold(2.0))))
    leading.session.perception = leading.session._face_check._perception = seats = Seats()
    gone = [float("inf")]

    def pose(t: float, heard: list[Cue]) -> FacePose | None:
        if gone[0] == float("inf") and any(event.type == "released" for event in leading.events):
            gone[0], seats.swap_t = t, t + 1.5
        there = acting(t, heard)
        return None if gone[0] <= t < gone[0] + 2.0 else there

    leading.pose = pose
    told = leading.run()
    assert "other_face" in told.keys
    assert told.of("session_end")[0]["reps"] == {"cheek_raiser": 1, "symmetry_drill": 1}


def coinciding(points: Points, index: int | list[int], place: Points) -> Points:
    points[index] = place
    return points


DAMAGED: dict[str, Callable[[Points], Points]] = {
    "eye corners on each other": lambda p: coinciding(p, RIGHT.outer_eye, p[LEFT.outer_eye]),
    "chin on the forehead": lambda p: coinciding(p, CHIN, p[FOREHEAD]),
    "chin beside the forehead": lambda p: coinciding(
        p, CHIN, p[FOREHEAD] + p[LEFT.outer_eye] - p[RIGHT.outer_eye]
    ),
    "all on a slanting line": lambda p: p[:, :1] * (1, 1, 0),
    "the head's own points on each other": lambda p: coinciding(p, [*RIGID], p[FOREHEAD]),
    "all but one on a point": lambda p: np.vstack([p[:1], np.full((477, 3), 0.5)]),
    "next to nothing": lambda p: p * 1e-200,
    "beyond all bounds": lambda p: p * 1e200,
}


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.parametrize("from_s", [0.0, 6.0])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_face_out_of_shape_neither_counts_nor_ends_the_session(damage: str, from_s: float) -> None:
    """Landmarks as no landmarker gives them, but a damaged trace may hold: on it goes."""
    drill = load_exercise("combined")
    one = Session(plan(("combined", 3, {})), [drill], load_phrase_book("en"), SETTINGS, source="damaged")
    told: list[events.Event] = []
    for number in range(300):
        t, face = number / 30, still()
        landmarks = DAMAGED[damage](face.landmarks.copy()) if t >= from_s else face.landmarks
        told += one.process(t, FaceObservation(t, landmarks, face.blendshapes, face.size)).events
    assert not [event for event in told if isinstance(event, events.Rep)]
    assert one.frames == 300


def test_two_resting_faces_are_told_apart_by_their_proportions() -> None:
    """Size, place, distance and pose are not proportions; a face 8 per cent broader is another one."""
    points = used_points(still())
    baseline = neutral_baseline([replace(still(), t=n / 30) for n in range(40)])
    assert baseline is not None
    angle = np.radians(9)
    turned = points @ np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    assert difference(baseline.reference, points * 1.7 + 40) < 1e-6
    assert difference(baseline.reference, turned) < 1e-6
    assert difference(baseline.reference, points * (1.08, 1.0, 1.0)) > TOLERANCE
    never = Recognition(baseline)
    never.look(None)
    assert not never.fits, "nobody was seen: nothing can be said"


def test_a_jump_is_told_from_a_movement() -> None:
    """Leaning and swaying is one face; one that stands elsewhere or is much larger at once is another."""
    face = still()

    def moved(by: float, scale: float = 1.0) -> FaceObservation:
        return replace(face, landmarks=face.landmarks * scale + (by, 0.0, 0.0))

    width = float(np.ptp(face.landmarks[:, 0]))
    assert not jumped(face, moved(0.3 * width))
    assert not jumped(face, moved(0.0, 1.15))
    assert not jumped(face, replace(face, size=(face.size[0] * 2, face.size[1] * 2))), "a finer picture"
    assert jumped(face, moved(1.5 * width))
    assert jumped(face, moved(-0.2, 1.7))


@pytest.mark.parametrize("kind", ["black", "garbage", "empty", "grey", "alpha", "half", "none"])
def test_a_spoilt_picture_can_still_be_shown(kind: Any) -> None:
    """The window draws its words and bars whatever the camera hands over."""
    (frame,) = [got for got in drained(FaultySource(Ticking(), [InjectedFault(kind, 0.0)])) if got][:1]
    assert isinstance(frame, Frame)
    look = Appearance(canvas_size(1280, 720), "overlay")
    canvas = Painter(None).paint(frame.image, None, Screen("hold", title="Cheek raiser", count=1), look)
    assert canvas.shape == (720, 1280, 3)
    assert canvas.std() > 1


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Return a short WAV file."""
    with wave.open(str(tmp_path / "one.wav"), "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes(b"\0\1" * 220)
    return tmp_path / "one.wav"


def test_a_hanging_sound_output_keeps_nobody_waiting(sound: Path) -> None:
    """Asking for a sound returns although the device never does; then captions are all there is."""
    now = [0.0]
    output = FaultyOutput("hangs")
    player = WatchedPlayer([output], clock=lambda: now[0])
    player.play(sound)
    until(lambda: output.started)
    for _ in range(3):
        player.play(sound)
        now[0] += 60.0
    assert "does not answer" in player.problem
    output.release()
    player.close()


def test_a_sound_output_that_crashes_is_given_up(sound: Path) -> None:
    """A device that fails each time is tried three times, then there are captions."""
    output = FaultyOutput("crashes")
    player = WatchedPlayer([output])

    def tried() -> bool:
        player.play(sound)
        return bool(player.problem)

    until(tried)
    player.close()
    assert "the sound device is gone" in player.problem
    assert output.started == 3


def test_a_full_disk_keeps_repetitions_in_memory_until_there_is_room(tmp_path: Path) -> None:
    """What could not be written is said in one line and written as soon as there is room again."""
    with Store.open(tmp_path) as store:
        session = store.begin_session("daily", "demo", datetime(2026, 1, 5, 9, tzinfo=UTC))
        with full_disk(store.connection):
            store.record(session, events.Rep(t=1.0, exercise="cheek_raiser", index=1, start=0.0, hold_s=1.0))
            assert "kept in memory" in store.problem
            assert store.waiting == 1
        store.record(session, events.Rep(t=2.0, exercise="cheek_raiser", index=2, start=1.2, hold_s=1.0))
        assert not store.problem
    assert kept(tmp_path) == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 2 MB, where that is permitted, and return its folder."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=2m", "smile-coach-test", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not permitted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_really_full(small_disk: Path) -> None:
    """On a full file system reps wait; once something is deleted all are there, in order, and whole."""
    store = Store.open(small_disk)
    session = store.begin_session("daily", "demo", datetime(2026, 1, 5, 9, tzinfo=UTC))
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 1024)
    for n in range(1, 101):
        store.record(session, events.Rep(t=n, exercise="cheek_raiser", index=n, start=n - 0.5, hold_s=0.5))
    assert "full" in store.problem
    assert store.waiting
    ballast.unlink()
    store.close()
    assert not store.problem
    assert kept(small_disk) == 100


def test_a_disk_that_can_only_be_read(small_disk: Path) -> None:
    """Nothing new is begun there, which is said in one line; what is there can be read."""
    with Store.open(small_disk) as store:
        session = store.begin_session("daily", "demo", datetime(2026, 1, 5, 9, tzinfo=UTC))
        store.record(session, events.Rep(t=1.0, exercise="cheek_raiser", index=1, start=0.0, hold_s=1.0))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreError, match="--data-dir"):
        Store.open(small_disk)
    with Store.open(small_disk, read_only=True) as store:
        assert len(store.history().repetitions) == 1


@full
def test_a_log_that_has_stopped_is_said_and_the_history_goes_on(tmp_path: Path) -> None:
    """The event log's disk is full: one line in the window, and each repetition is in the history."""
    with Store.open(tmp_path) as store, EventLog("/dev/full") as log:
        session = store.begin_session("daily", "demo", datetime(2026, 1, 5, 9, tzinfo=UTC))
        recorder = Recorder(store, session, log, [])
        assert not recorder.problem
        recorder.take((events.Rep(t=1.0, exercise="cheek_raiser", index=1, start=0.0, hold_s=1.0),))
        assert "session continues" in recorder.problem
    assert kept(tmp_path) == 1


def test_a_clock_set_back_spoils_no_history(tmp_path: Path) -> None:
    """Sessions whose dates go backwards, or lie in the future, are read, summed up and never lost."""
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    with Store.open(tmp_path) as store:
        for when in (at, at - timedelta(days=400), at + timedelta(days=400)):
            session = store.begin_session("daily", "webcam:0", when)
            store.record(session, events.Rep(t=1.0, exercise="cheek_raiser", index=1, start=0.0, hold_s=1.0))
        history = store.history()
    assert len(history.repetitions) == 3
    assert summary_lines(history, at.date(), ProgressWords(load_phrase_book("en")))


def test_session_time_is_no_wall_clock() -> None:
    """Only dates and the age of files ask for the time of day: sessions run on clocks that go forward."""
    for path in Path(coach.__file__).parent.rglob("*.py"):
        if path.name == "private_file.py":  # how old a leftover is can only be told by the time of day
            continue
        assert "time.time(" not in path.read_text(encoding="utf-8"), path


# The simulated person's sessions are explained at length, in fine pictures; these are not.
UNEXPLAINED = """
import sys
from coach.shell.app import devices, program
from coach.shell.capture.simulated_person import SimulatedPerson, load_person
load_plan = program.load_plan
program.load_plan = lambda *a, **k: load_plan(*a, **{**k, 'explains': False})
devices.open_source = lambda text, home, *, real, seed=0: SimulatedPerson(
    load_person(), fps=10.0, size=(320, 240), realtime=real)
from coach.__main__ import main
main(sys.argv[1:])
"""


class Started:
    """A session of the simulated person in a process of its own, in real time."""

    def __init__(self, folder: Path, own: Path, *options: str, **environment: str) -> None:
        self.log = folder / "events.jsonl"
        self.data = folder / "data"
        command = [sys.executable, "-c", UNEXPLAINED, "demo", "--plan", "cheek_raiser", "--language", "en"]
        command += ["--events", str(self.log), "--data-dir", str(self.data), "--config", str(own)]
        self.process = subprocess.Popen(
            [*command, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
            # a shell that starts something in the background has it ignore Ctrl-C
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )

    def events(self) -> list[dict[str, Any]]:
        return read_events(self.log) if self.log.exists() else []

    def wait_for(self, kind: str, after: int = 0, of: str = "type") -> None:
        """Wait for an event of a kind, beyond the first `after`, that has a field `of`."""
        until(
            lambda: (
                self.process.poll() is not None
                or any(event["type"] == kind and of in event for event in self.events()[after:])
            )
        )
        assert self.process.poll() is None, self.process.communicate()[1]

    def end(self) -> tuple[int, str]:
        """Wait for the end; return exit status and what was said on standard error."""
        _, said = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, said


HANG_UP = getattr(signal, "SIGHUP", signal.SIGTERM)  # Windows has none


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, HANG_UP])
def test_a_signal_ends_a_session_in_order(tmp_path: Path, own: Path, number: int) -> None:
    """Ctrl-C, SIGTERM, a closed terminal: status 130, log and history are whole; no traceback."""
    session = Started(tmp_path, own, "--no-window", "--no-voice", "--speed", "real")
    session.wait_for("cue")
    session.process.send_signal(number)
    status, said = session.end()
    assert (status, said) == (130, "")
    assert session.events()[-1]["type"] == "session_end"
    assert session.events()[-1]["reason"] == "stopped"
    assert kept(session.data) == 0


@posix
def test_a_session_that_was_to_outlive_its_terminal_does() -> None:
    """`nohup smile-coach`: the signal was ignored before, and stays so."""

    class Running:
        interrupted = False

        def interrupt(self) -> None:
            self.interrupted = True

    running, before = Running(), signal.signal(HANG_UP, signal.SIG_IGN)
    try:
        with stopping(running):
            signal.raise_signal(HANG_UP)
    finally:
        signal.signal(HANG_UP, before)
    assert not running.interrupted


@posix
@pytest.mark.usefixtures("data")
def test_a_stopped_process_goes_on_and_ctrl_c_twice_ends_it_at_once(tmp_path: Path, own: Path) -> None:
    """Stopped and woken, it goes on with the next cue; impatience leaves no traceback."""
    session = Started(tmp_path, own, "--no-window", "--no-voice", "--speed", "real")
    session.wait_for("cue", of="exercise")
    session.process.send_signal(signal.SIGSTOP)
    os.waitpid(session.process.pid, os.WUNTRACED)
    before = len(session.events())
    session.process.send_signal(signal.SIGCONT)
    session.wait_for("cue", before)
    session.process.send_signal(signal.SIGINT)
    session.process.send_signal(signal.SIGINT)
    status, said = session.end()
    assert (status, said) == (130, "")
    assert session.events()[-1]["type"] == "session_end"


@pytest.fixture
def x_server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start an X server of its own where there is one; return its display and its process."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("no Xvfb here")
    reading, writing = os.pipe()
    command = [program, "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-noreset"]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    yield f":{number}", server
    server.kill()
    server.wait()


@posix
def test_a_display_that_goes_away_takes_no_repetition_along(
    tmp_path: Path, own: Path, data: Path, x_server: tuple[str, subprocess.Popen[bytes]]
) -> None:
    """The X server dies in mid-session: the session ends, and what was counted is in the history."""
    display, server = x_server
    session = Started(tmp_path, own, "--no-voice", "--speed", "max", DISPLAY=display)
    session.wait_for("rep")
    server.kill()
    status, said = session.end()
    assert status != 0
    assert "Traceback" not in said
    counted = sum(event["type"] == "rep" for event in session.events())
    assert counted <= kept(data) <= counted + 1


@posix
def test_repetitions_outlive_a_kill_at_any_moment() -> None:
    """A writer is killed in full swing: what it had said was done is in the history, which is whole."""
    figures = endurance.kills(1, sessions=0)
    assert figures["repetitions"] > 1
    assert figures["lost"] == 0
    assert figures["damaged"] == 0
