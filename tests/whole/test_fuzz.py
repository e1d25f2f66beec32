"""Whatever is in a file, and whatever happens in whichever order: a result or one line, never a crash."""

from __future__ import annotations

import json
import math
import os
import string
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from led import features_of, hold, plan, session, still
from recorded import MemoryTape
from recorded import session as taped
from waiting import PATIENCE_S

from coach import events
from coach.__main__ import run
from coach.errors import CoachError, SourceError, StoreError, UsageError
from coach.face.baseline import OwnRange
from coach.replay.trace import Entry
from coach.session.memories import LONGEST, Memories
from coach.settings import Settings
from coach.shell.capture.video_file import VideoFile
from coach.shell.profile.memories_file import NAME as MEMORIES
from coach.shell.profile.memories_file import load_memories, new_memory, save_memories
from coach.shell.profile.range_file import FILE, read_own_range
from coach.shell.profile.toml_files import config_dir, load_settings, read_toml
from coach.shell.recording.trace_reader import read_setup, read_trace
from coach.shell.recording.trace_writer import TraceWriter
from coach.shell.store.database import NAME
from coach.shell.store.event_log import EventLog, read_events
from coach.shell.store.store import Store
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral, FaceObservation

fuzz = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
DEFAULTS = (config_dir() / "coach.toml").read_text(encoding="utf-8")


def one_line(error: BaseException) -> None:
    assert str(error)
    assert "\n" not in str(error)


# -- settings


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        ("language = 'en'".encode("utf-16"), "UTF-8"),
        (b"\x00\x01\x02", "not valid TOML"),
        (b"language =", "not valid TOML"),
        (b"a = " + b"[" * 50_000, "nested too deep"),
        (b"a = " + b"9" * 5000, "not valid TOML"),
        (b"# " + b"x" * 10_000_000, "too large"),
        (b"langauge = 'en'", "unknown key 'langauge'"),
        (b"[camera]\nfsp = 30.0", "unknown key 'camera.fsp'"),
        (b"language = 3", "language"),
        (b"camera = 3", "camera"),
        (b"[camera]\nindex = true", "camera.index"),
        (b"[camera]\nindex = '0'", "camera.index"),
        (b"[camera]\nindex = -1", "camera.index"),
        (b"[camera]\nfps = nan", "camera.fps"),
        (b"[camera]\nfps = inf", "camera.fps"),
        (b"[camera]\nwidth = 1e400", "camera.width"),
        (b"[voice]\nvolume = 1.5", "voice.volume"),
        (b"[voice]\nrate = 165.5", "voice.rate"),
        (b"[voice]\nmode = 2026-01-01", "voice.mode"),
        (b"[window]\nview = 'Picture'", "window.view"),
        (b"[framing]\nmargin = []", "framing.margin"),
        (b"[[camera]]\nindex = 0", "camera"),
        (b"plan = 'none of these'", "plan 'none of these'"),
        (b"language = 'xx'", "no words for it"),
    ],
)
def test_wrong_settings_are_one_line_and_status_2(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], content: bytes, says: str
) -> None:
    """Types, ranges, unknown keys, no numbers, no text, too much of it: file, key and remedy in one line."""
    path = tmp_path / "own.toml"
    path.write_bytes(content)
    options = ["--no-window", "--no-voice", "--data-dir", str(tmp_path / "data")]
    assert run(["demo", "--config", str(path), *options]) == 2
    said = capfd.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_settings_with_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    """What a text editor on Windows saves is a settings file too."""
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xef\xbb\xbf" + b"[voice]\r\nrate = 120\r\n")
    assert load_settings(path).voice.rate == 120


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a device without an end")
def test_settings_without_an_end_are_not_read_for_ever() -> None:
    """A device is read up to the limit and no further."""
    with pytest.raises(UsageError, match="too large"):
        read_toml(Path("/dev/zero"))


@fuzz
@given(st.binary(max_size=200))
@example(b"\r")
@example(b'a="\\ud800"')
def test_any_bytes_are_settings_or_one_line(tmp_path: Path, content: bytes) -> None:
    """A settings file of anything whatever is read, or refused with one line."""
    path = tmp_path / "own.toml"
    path.write_bytes(content)
    try:
        assert isinstance(load_settings(path), Settings)
    except UsageError as error:
        one_line(error)


values = st.one_of(
    st.sampled_from(("true", "nan", "-inf", "1e999", "0x10", "'en'", "''", "[]", "{}", "07:30:00", "-0.0")),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(repr),
    st.text(string.ascii_letters, max_size=8).map(lambda text: f'"{text}"'),
)


@fuzz
@given(st.data())
def test_the_real_settings_with_any_one_value_keep_their_limits(tmp_path: Path, data: st.DataObject) -> None:
    """One value of the defaults replaced by anything: within its limits, or one line that names it."""
    lines = DEFAULTS.splitlines()
    numbers = [n for n, line in enumerate(lines) if "=" in line and not line.startswith("#")]
    number = data.draw(st.sampled_from(numbers))
    key = lines[number].partition("=")[0].strip()
    lines[number] = f"{key} = {data.draw(values)}"
    path = tmp_path / "own.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        read = load_settings(path)
    except UsageError as error:
        one_line(error)
        named = key in str(error)
    else:
        named = True
        assert 80 <= read.voice.rate <= 320
        assert 0 <= read.voice.volume <= 1
        assert 0 <= read.camera.index <= 63
    assert named


# -- what a person keeps


plain = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("cheek", "smile", "jaw")), inner)
    ),
    max_leaves=6,
)


@fuzz
@given(st.binary(max_size=80) | plain.map(lambda value: json.dumps(value).encode()))
@example(b"[" * 100_000)
@example(b'{"cheek": 0.02, "smile": 1e999, "jaw": 0.2}')
def test_any_range_file_is_a_range_or_none(tmp_path: Path, content: bytes) -> None:
    """A damaged range is made again by the next calibration; it never stops a session."""
    (tmp_path / FILE).write_bytes(content)
    read = read_own_range(tmp_path)
    assert read is None or all(0 < value < 2 for value in (read.cheek, read.smile, read.jaw))
    assert read is None or isinstance(read, OwnRange)


@fuzz
@given(st.text(max_size=LONGEST + 5))
@example("\x7f")
@example('a "quoted" \\ word \u2028')
def test_any_words_of_a_memory_come_back_or_are_refused(tmp_path: Path, words: str) -> None:
    """What can be kept is read back as it was said."""
    try:
        memories = Memories().add(new_memory(words))
    except UsageError as error:
        one_line(error)
        return
    save_memories(tmp_path, memories)
    assert load_memories(tmp_path) == memories


@fuzz
@given(st.binary(max_size=120))
@example(b"[[memory]]\nid = 'a'\n[[memory]]\nid = 'a'\n")
def test_any_memories_file_is_read_or_one_line(tmp_path: Path, content: bytes) -> None:
    """A file edited by hand is read, or refused with one line."""
    (tmp_path / MEMORIES).write_bytes(content)
    try:
        assert isinstance(load_memories(tmp_path), Memories)
    except UsageError as error:
        one_line(error)


# -- the event log


@fuzz
@given(st.binary(max_size=200))
@example(b"[" * 100_000)
@example(b'{"t": 1, "type": "rep"}\n{"t": 2')
def test_any_log_is_read_or_one_line(tmp_path: Path, content: bytes) -> None:
    """A log of anything whatever gives its events, or one line."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(content)
    try:
        assert all("type" in event for event in read_events(path))
    except CoachError as error:
        one_line(error)


@fuzz
@given(st.lists(st.tuples(st.floats(), st.floats(), st.text(max_size=10)), min_size=1, max_size=5))
@example([(1.0, float("nan"), "\udcff")])
def test_any_event_is_one_line_of_json_in_order(tmp_path: Path, rows: list[tuple[float, float, str]]) -> None:
    """Numbers and text that are not: each event is a line, times never go back."""
    path = tmp_path / "events.jsonl"
    with EventLog(path) as log:
        for t, number, text in rows:
            if math.isfinite(t):  # a source stamps frames with numbers
                log.write(events.CueGiven(t=t, text=text, kind="hold"))
                excursion = Bilateral(number, 1.0)
                log.write(
                    events.Smile(
                        t=t, start=number, weaker_side="left", symmetry=number, first_side="even",
                        lag_s=number, excursion_mm=excursion,
                    )
                )  # fmt: skip
    read = read_events(path)
    assert all(a["t"] <= b["t"] for a, b in pairwise(read))
    assert b"NaN" not in path.read_bytes()
    assert b"Infinity" not in path.read_bytes()


def test_a_film_whose_name_is_no_text_is_one_line(film: Callable[..., Path], tmp_path: Path) -> None:
    """On Linux a file's name may be any bytes; OpenCV would end the process over it."""
    try:
        odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.avi"))
        film("film.avi", codec="MJPG", frames=3).rename(odd)
    except OSError:
        pytest.skip("this system's names are text")
    with pytest.raises(SourceError, match="rename the file") as caught:
        VideoFile(odd)
    one_line(caught.value)
    str(caught.value).encode()


# -- history and traces


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a history with a few sessions in it."""
    folder = tmp_path_factory.mktemp("history")
    with Store.open(folder) as store:
        for day in range(1, 20):
            one = store.begin_session("daily", "demo", datetime(2026, 1, day, tzinfo=UTC))
            for n in range(1, 6):
                rep = events.Rep(t=n, exercise="cheek_raiser", index=n, start=n - 0.5, hold_s=3.0)
                store.record(one, rep)
    return (folder / NAME).read_bytes()


edits = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255), st.integers(1, 64)), max_size=6
)


def edited(content: bytes, changes: list[tuple[float, int, int]], cut: float) -> bytes:
    """Return the bytes with runs of them overwritten, cut off somewhere."""
    out = bytearray(content[: int(len(content) * cut)])
    for place, value, length in changes:
        start = int(len(out) * place)
        out[start : start + length] = bytes([value]) * len(out[start : start + length])
    return bytes(out)


@fuzz
@given(edits, st.sampled_from((1.0, 1.0, 0.9, 0.3, 0.01, 0.0)))
def test_any_damage_to_the_history_leaves_one_that_can_be_used(
    tmp_path_factory: pytest.TempPathFactory, history: bytes, changes: Any, cut: float
) -> None:
    """Opened, or moved aside and begun again, or one line; and what is opened takes a session."""
    folder = tmp_path_factory.mktemp("damaged")
    (folder / NAME).write_bytes(edited(history, changes, cut))
    try:
        with Store.open(folder) as store:
            one = store.begin_session("daily", "demo", datetime(2026, 2, 1, tzinfo=UTC))
            store.record(one, events.Rep(t=1.0, exercise="cheek_raiser", index=1, start=0.5, hold_s=3.0))
            try:
                store.history()
            except StoreError as error:
                one_line(error)
    except StoreError as error:
        one_line(error)


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a short trace."""
    tape = MemoryTape()
    taped(tape).process(0.0, None)
    assert tape.setup is not None
    path = tmp_path_factory.mktemp("trace") / "a.trace"
    writer = TraceWriter(path, tape.setup, {})
    face, noise = still(), np.random.default_rng(0)
    for n in range(16):  # with noise, so that the file has more than one piece
        landmarks = face.landmarks + noise.normal(0, 0.001, face.landmarks.shape)
        observation = FaceObservation(n / 10, landmarks, face.blendshapes, face.size)
        writer.write(Entry(n / 10, "frame", observation if n % 4 else None))
    writer.write(Entry(1.7, "end", reason="stopped"))
    writer.close()
    return path.read_bytes()


@fuzz
@given(edits, st.sampled_from((1.0, 1.0, 0.95, 0.6, 0.1, 0.0)))
def test_any_damage_to_a_trace_is_read_as_far_as_it_goes(
    tmp_path: Path, trace: bytes, changes: Any, cut: float
) -> None:
    """Entries up to the damage and a line about it, or one line alone."""
    path = tmp_path / "a.trace"
    path.write_bytes(edited(trace, changes, cut))
    try:
        read_setup(path)
        read = read_trace(path)
    except CoachError as error:
        one_line(error)
        return
    assert "\n" not in read.problem
    for entry in read.entries:
        assert entry.observation is None or np.isfinite(entry.observation.landmarks).all()


@fuzz
@given(st.binary(max_size=300))
def test_any_bytes_are_a_trace_or_one_line(tmp_path: Path, content: bytes) -> None:
    """What is no trace says so, whether it looks like one at its beginning or not."""
    path = tmp_path / "a.trace"
    for head in (b"", b"smile-coach trace 1\n"):
        path.write_bytes(head + content)
        try:
            read_trace(path)
        except CoachError as error:
            one_line(error)


# -- a session

steps = st.lists(
    st.tuples(
        st.sampled_from(("face", "face", "raise", "nobody", "other", "lost", "idle", "pause", "move")),
        st.sampled_from((1, 3, 20, 70)),
        st.sampled_from((1 / 60, 1 / 30, 0.2, 1.2)),
    ),
    max_size=12,
)


@settings(parent=fuzz, max_examples=30)
@given(steps, st.sampled_from((-1, 0, 1)))
def test_whatever_happens_in_a_session_its_log_is_whole(happenings: Any, by: int) -> None:
    """Faces, losses, pauses and moves in any order: times go forward, counts agree, the end is the end."""
    made = session(plan(("cheek_raiser", 1, hold(0.5)), ("symmetry_drill", 1, hold(0.5))))
    t, face = 0.0, still()
    seen = [*made.process(t, None).events]  # keys are heard after the first picture
    for what, count, dt in happenings:
        for _ in range(count if what in {"face", "raise", "nobody", "other", "lost", "idle"} else 1):
            t += dt
            pose = FacePose(cheek=Bilateral(1.0, 1.0)) if what == "raise" else FacePose()
            made.perception.told = features_of(t, pose)  # type: ignore[attr-defined]  # a fake
            shift = 0.3 if what == "other" else 0.0
            observation = FaceObservation(t, face.landmarks + (shift, 0.0, 0.0), face.blendshapes, face.size)
            if what in {"face", "raise", "other"}:
                seen += made.process(t, observation).events
            elif what == "nobody":
                seen += made.process(t, None).events
            elif what == "lost":
                seen += made.camera_lost(t).events
            elif what == "idle":
                seen += made.idle(t).events
            elif what == "pause":
                made.toggle_pause(t)
            else:
                made.move(t, by)
    seen += made.end(t, "stopped")
    assert isinstance(seen[0], events.SessionStart)
    end = seen[-1]
    assert isinstance(end, events.SessionEnd)
    for exercise, count in end.reps.items():
        assert count == sum(isinstance(e, events.Rep) and e.exercise == exercise for e in seen)
    state = [e.type for e in seen if e.type in {"paused", "resumed"}]
    assert all(a != b for a, b in pairwise(state)), "paused twice in a row"
    for event in seen:
        event.to_json()


# -- films

# Each in a process of its own kind: a crash of the native decoder would otherwise end the tests.
PLAY = """
import sys
from pathlib import Path
from coach.errors import SourceError
from coach.shell.capture.source import Signal
from coach.shell.capture.video_file import VideoFile
for name in sys.argv[1:]:
    last = -1.0
    try:
        video = VideoFile(Path(name))
        for _ in range(400):
            got = video.read()
            if got is Signal.ENDED:
                break
            assert got.t > last, (name, got.t, last)
            last = got.t
        _ = video.duration_hint_s
    except SourceError as error:
        assert str(error) and "\\n" not in str(error), name
print("all", len(sys.argv) - 1)
"""


def played(paths: list[Path]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PLAY, *map(str, paths)],
        capture_output=True, text=True, check=False, timeout=PATIENCE_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout.strip()


def test_hostile_films_are_played_or_one_line(film: Callable[..., Path], tmp_path: Path) -> None:
    """Cut off, no frames, absurd sizes and rates, sound alone: times go forward, or there is one line."""
    whole = film("whole.avi", codec="MJPG", frames=20).read_bytes()
    odd = {"headless": whole[100:], "header": whole[:300], "cut": whole[: len(whole) // 3]}
    main, stream, picture = whole.index(b"avih") + 8, whole.index(b"strh") + 8, whole.index(b"strf") + 8
    for label, value in (("zero", 0), ("one", 1), ("most", 2**31 - 1), ("negative", 2**32 - 1)):
        for part, place in (
            ("interval", main), ("frames", main + 16), ("width", main + 32), ("height", main + 36),
            ("scale", stream + 20), ("rate", stream + 24), ("length", stream + 32),
            ("picture_width", picture + 4), ("picture_height", picture + 8), ("bits", picture + 14),
        ):  # fmt: skip
            data = bytearray(whole)
            data[place : place + 4] = value.to_bytes(4, "little")
            odd[f"{part}_{label}"] = bytes(data)
    header = b"RIFF\xc4\x0f\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\xa0\x0f\0\0"
    odd["sound"] = header + bytes(4000)
    chance = np.random.default_rng(1)
    mp4 = film("whole.mp4", frames=20).read_bytes()
    for n in range(20):
        data = bytearray(mp4)
        for place in chance.integers(0, len(data), 30):
            data[place] = chance.integers(0, 256)
        odd[f"bits{n}"] = bytes(data)
    paths = []
    for name, data in odd.items():
        paths.append(tmp_path / f"{name}.{'mp4' if name.startswith('bits') else 'avi'}")
        paths[-1].write_bytes(data)
    assert played(paths) == f"all {len(odd)}"


def test_dates_of_bad_files_never_collide(tmp_path: Path) -> None:
    """Three bad histories on one day: each is kept under a name of its own."""
    for n in range(3):
        (tmp_path / NAME).write_bytes(b"no history %d" % n * 50)
        Store.open(tmp_path, clock=lambda: datetime(2026, 1, 5, tzinfo=UTC)).close()
    assert len(list(tmp_path.glob(f"history.bad-{date(2026, 1, 5)}*.sqlite3"))) == 3
