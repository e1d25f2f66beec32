"""A trace holds all a session was fed with, to the last bit, and a session gone through again is the same."""

from __future__ import annotations

import dataclasses
import json
import stat
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import MEMORIES, MemoryTape, session, taped

from coach.coaching.cue_scheduler import estimate_s
from coach.coaching.spec import STANDARD, CoachingSpec
from coach.errors import CoachError
from coach.replay.trace import Entry, SessionTrace, TapedSession, answers, veiled
from coach.session.session import Session
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.recording.trace_format import MAGIC
from coach.shell.recording.trace_reader import read_setup, read_trace
from coach.shell.recording.trace_setup import setup_from_json, setup_to_json
from coach.shell.recording.trace_writer import TraceWriter
from coach.types import Bilateral, FaceObservation, Light


@pytest.fixture(scope="module")
def tape(model_path):
    return taped(model_path)[0]


@pytest.fixture
def setup():
    tape = MemoryTape()
    session(tape)
    return tape.setup


def write(path, setup, entries, extra=None):
    writer = TraceWriter(path, setup, extra)
    for entry in entries:
        writer.write(entry)
    writer.close()
    return path


def again(trace: SessionTrace) -> list[dict]:
    exercises = [
        load_exercise(step.exercise, spec)
        for step, spec in zip(trace.setup.plan.steps, trace.setup.specs, strict=True)
    ]
    book = load_phrase_book(trace.setup.language)
    replayed = answers(trace.setup, trace.entries, exercises, book)
    return [event.to_dict() for answer in replayed for event in answer.events]


def same(a: Entry, b: Entry) -> bool:
    if (a.observation is None) != (b.observation is None):
        return False
    if a.observation is None or b.observation is None:
        return a == b or dataclasses.astuple(a) == dataclasses.astuple(b)
    return (
        (a.t, a.kind, a.observation.t, a.observation.size, a.observation.light)
        == (b.t, b.kind, b.observation.t, b.observation.size, b.observation.light)
        and a.observation.landmarks.tobytes() == b.observation.landmarks.tobytes()
        and a.observation.blendshapes.tobytes() == b.observation.blendshapes.tobytes()
    )


def face(t=0.0, scale=1.0, dtype=np.float32, seed=0):
    random = np.random.default_rng(seed)
    points = (random.random((478, 3)) * scale - 0.3).astype(dtype).astype(float)
    light = Light(120.3, Bilateral(1 / 3, 2.5), 90.1, 300.7) if seed % 2 else None
    return FaceObservation(t, points, random.random(52).astype(dtype).astype(float), (640, 480), light)


def test_a_session_is_the_same_when_it_is_gone_through_again_from_its_file(tape, tmp_path):
    """Written, read and replayed: the identical event log, with a pause, a stall and a restart in it."""
    trace = read_trace(write(tmp_path / "trace", tape.setup, tape.entries))
    assert trace.problem == ""
    assert len(trace.entries) == len(tape.entries)
    assert all(same(a, b) for a, b in zip(trace.entries, tape.entries, strict=True))
    kinds = {event.type for event in tape.answers}
    assert {"calibrated", "rep", "paused", "camera_lost", "camera_found", "session_end"} <= kinds
    recorded = [event.to_dict() for event in tape.answers]
    for event in recorded:
        for memory in MEMORIES:
            if event.get("text"):
                event["text"] = event["text"].replace(memory, veiled(memory))
    assert again(trace) == recorded


def test_nothing_reaches_a_session_past_its_tape():
    """Every method by which a session is fed is a taped one: a new one belongs in the trace."""
    fed = {name for name in dir(Session) if callable(getattr(Session, name)) and not name.startswith("_")}
    assert fed == {name for name in vars(TapedSession) if not name.startswith("_")}


def test_a_memorys_words_are_nowhere_in_the_trace(tape, tmp_path):
    """Their shape alone is kept, since the time it takes to say them belongs to the session."""
    path = write(tmp_path / "trace", tape.setup, tape.entries)
    packed = path.read_bytes()
    plain = zlib.decompressobj().decompress(packed[packed.index(b"\n") + 1 :])
    assert b"itchen" not in plain
    assert read_setup(path)[0].memories == ("xxxxxxx'x xxxxxxx, xx xxxxxx", "xxx 0xx xxx")


@given(st.text(max_size=40))
def test_veiled_words_take_as_long_to_say(text):
    """Whatever the language: the session's times depend on the words only through this."""
    assert estimate_s(veiled(text), 165) == estimate_s(text, 165)


def test_every_bit_of_a_face_is_kept_whatever_its_values_are(setup, tmp_path):
    """float32 as float32, anything else as float64; signs, zeros and leaps included."""
    faces = [
        face(0.0, seed=1),
        face(0.1, -1e30, seed=2),
        face(0.2, dtype=np.float64, seed=3),
        face(0.3, 1e-30),
    ]
    faces[3].landmarks[5] = (-0.0, 3e38, -1.0)
    entries = [Entry(f.t, "frame", f) for f in faces] + [
        Entry(0.4, "frame"),
        Entry(0.5, "end", reason="stopped"),
    ]
    trace = read_trace(write(tmp_path / "trace", setup, entries, {"session": "abc"}))
    assert all(same(a, b) for a, b in zip(trace.entries, entries, strict=True))
    assert read_setup(tmp_path / "trace") == (setup, {"session": "abc"})


def test_the_exercises_values_are_those_of_the_day_whatever_their_file_says_now(setup, tmp_path):
    """A longer hold in the trace than in the file stays the longer one."""
    specs = tuple({**spec, "repetition": {**spec["repetition"], "hold_s": 7.5}} for spec in setup.specs)
    read, _ = read_setup(write(tmp_path / "trace", dataclasses.replace(setup, specs=specs), []))
    assert load_exercise("cheek_raiser", read.specs[0]).spec.repetition.hold_s == 7.5


def test_what_was_written_before_a_kill_is_there(setup, tmp_path):
    """A writer that never closes: all but the last half second can be read while it still runs."""
    writer = TraceWriter(tmp_path / "trace", setup)
    for number in range(60):
        writer.write(Entry(number / 20, "frame", face(number / 20, seed=number)))
    trace = read_trace(tmp_path / "trace")
    assert trace.entries[-1].t >= 59 / 20 - 0.5
    assert "cut off; read up to" in trace.problem
    writer.close()


def test_a_file_cut_or_spoilt_anywhere_gives_one_line_and_all_before_it(setup, tmp_path):
    """Never a traceback, never a wrong face before the damage."""
    entries = [Entry(n / 10, "frame", face(n / 10, seed=n)) for n in range(12)]
    entries.append(Entry(1.3, "end", reason="stopped"))
    whole = write(tmp_path / "whole", setup, entries).read_bytes()
    read = []
    for cut in (len(whole) - 1, len(whole) * 2 // 3, len(whole) // 2):
        for name, data in (("cut", whole[:cut]), ("spoilt", whole[:cut] + b"\xff" * 40 + whole[cut + 40 :])):
            (tmp_path / name).write_bytes(data)
            trace = read_trace(tmp_path / name)
            before = [e for e in trace.entries if e.t < cut / len(whole) - 0.5]
            assert all(same(a, b) for a, b in zip(before, entries, strict=False))
            assert "\n" not in trace.problem
            read.append(len(trace.entries))
    assert min(read) > 3
    assert read_trace(tmp_path / "cut").problem.startswith(str(tmp_path / "cut"))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "is not a session's trace"),
        (b"\x00\x00\x00\x18ftypmp42", "is not a session's trace"),
        (MAGIC + b"9\n", "format 9, this program reads 1; use a newer"),
        (MAGIC + b"1\n", "its beginning cannot be read"),
        (MAGIC + b"1\n" + b"nonsense" * 9, "its beginning cannot be read"),
        (MAGIC + b"1\n" + zlib.compress(b"S" + bytes(8) + b"\xff" * 4), "its beginning cannot be read"),
        (MAGIC + b"1\n" + zlib.compress(bytes(50_000_000)), "its beginning cannot be read"),
        (MAGIC + b"1\n" + zlib.compress(b"S" + bytes(8) + b"\x02\0\0\0{}"), "its beginning cannot be read"),
        (MAGIC + b"1\n" + zlib.compress(b"S" + bytes(8) + b"\x02\0\0\0[["), "its beginning cannot be read"),
    ],
)
def test_a_file_that_is_no_trace_is_refused_in_one_line(data, line, tmp_path):
    """Empty, a film, a newer format, nonsense, lengths that lie, a bomb of zeros, no setup."""
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(CoachError, match=line) as refusal:
        read_trace(tmp_path / "x")
    assert "\n" not in str(refusal.value)
    with pytest.raises(CoachError):
        read_setup(tmp_path / "x")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps files to their owner by their folder")
def test_a_trace_is_its_owners_alone(setup, tmp_path):
    """It holds the shape of a face."""
    path = write(tmp_path / "trace", setup, [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_trace_keeps_how_the_coach_led_and_an_older_one_has_the_standard(setup):
    """A number that is changed later does not change the past, and what was recorded before still plays."""
    slow = dataclasses.replace(setup, coaching=CoachingSpec(breather_s=6.0))
    assert setup_from_json(setup_to_json(slow, {}))[0].coaching == slow.coaching
    stored = json.loads(setup_to_json(slow, {}))
    del stored["setup"]["coaching"]
    assert setup_from_json(json.dumps(stored).encode())[0].coaching == STANDARD


def test_a_trace_longer_than_any_session_is_read_so_far_and_no_further(tmp_path, setup, monkeypatch):
    """A file that unfolds to millions of entries takes neither the memory nor an hour."""
    path = write(tmp_path / "long.trace", setup, [Entry(float(t), "frame") for t in range(20)])
    assert len(read_trace(path).entries) == 20
    monkeypatch.setattr("coach.shell.recording.trace_reader.MOST_ENTRIES", 9)
    trace = read_trace(path)
    assert len(trace.entries) == 10
    assert trace.problem == f"{path}: is longer than any session; read up to 9.0 s"
