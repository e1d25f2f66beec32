"""A recorded session replays to the identical log, and is watched from mark to mark, alone or in a pair."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from recorded import taped

from coach.errors import CoachError, UsageError
from coach.replay.timeline import BEFORE_S, Playhead, SessionPart, Timeline
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.toml_files import load_settings
from coach.shell.recording import film_folders as films
from coach.shell.recording.film import Recording
from coach.shell.recording.film_reader import FilmReader
from coach.shell.recording.replay import listing, run_replay
from coach.shell.recording.replay_window import BAR, SIZE, ReplayWindow
from coach.shell.recording.replayed import load
from coach.shell.recording.trace_reader import read_setup, read_trace
from coach.shell.recording.trace_writer import TraceWriter

LEFT, RIGHT = 65361, 65363  # X11's key symbols


@pytest.fixture(scope="module")
def home(tmp_path_factory, model_path):
    """Return a data folder with one filmed session in it."""
    folder = tmp_path_factory.mktemp("home")
    recording = Recording(
        films.new_folder(folder, datetime(2026, 5, 6, 7)),  # noqa: DTZ001
        "plain",
        load_phrase_book("en"),
        session="abc123",
        wait=True,
    )
    tape, seen = taped(model_path)
    recording.begin(tape.setup)
    for entry in tape.entries:
        recording.take(entry)
    recording.events(tuple(tape.answers))
    for frame, observation, screen in seen:
        recording.frame(frame.t, frame, observation, screen)
    recording.close()
    return folder


@pytest.fixture
def copy(home, tmp_path):
    """Return a copy of the data folder, to be spoilt."""
    shutil.copytree(home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def gui(monkeypatch):
    """Return OpenCV's window functions without a window: keys to come, pictures shown."""
    fake = SimpleNamespace(keys=[], shown=0, closed=False)

    def show(title, picture):
        fake.shown += 1

    for name in ("namedWindow", "resizeWindow", "pollKey", "destroyWindow"):
        monkeypatch.setattr(cv2, name, lambda *_: -1)
    monkeypatch.setattr(cv2, "imshow", show)
    monkeypatch.setattr(cv2, "waitKeyEx", lambda _: fake.keys.pop(0) if fake.keys else -1)
    monkeypatch.setattr(cv2, "getWindowProperty", lambda *_: 0.0 if fake.closed else 1.0)
    return fake


def options(data_dir, **other):
    values = {"window": False, "events": None, "data_dir": data_dir, "config": None, "language": None}
    return SimpleNamespace(**({"source": None, "person": None, "force": False} | values | other))


def test_a_trace_keeps_every_face_bit_for_bit(home, model_path):
    """Also the mirrored one, where there was one: a session compares the sides by it."""
    (folder,) = (home / films.FOLDER).iterdir()
    kept = read_trace(folder / films.TRACE).entries
    seen = taped(model_path)[0].entries
    assert len(kept) == len(seen)
    mirrored = 0
    for one, other in zip(kept, seen, strict=True):
        for now, before in ((one.observation, other.observation), (mirror_of(one), mirror_of(other))):
            assert (now is None) == (before is None)
            if now is not None and before is not None:
                assert (now.t, now.size) == (before.t, before.size)
                assert np.array_equal(now.landmarks, before.landmarks)
                assert np.array_equal(now.blendshapes, before.blendshapes)
        mirrored += mirror_of(one) is not None
    assert mirrored > 3


def mirror_of(entry):
    return None if entry.observation is None else entry.observation.mirrored


def test_the_log_computed_anew_is_the_recorded_one(home, tmp_path, capsys):
    """The whole way: film folder, trace, a new session, a log; no memory's words stand in either."""
    path = tmp_path / "again.jsonl"
    assert run_replay(options(home, events=str(path)), "last") == 0
    assert "identical to the recorded ones" in capsys.readouterr().err
    (folder,) = (home / films.FOLDER).iterdir()
    again = path.read_text(encoding="utf-8").splitlines()
    before = (folder / films.EVENTS).read_text(encoding="utf-8").splitlines()
    assert len(again) == len(before) > 20
    assert again == before
    assert "Number one: ..." in [json.loads(line).get("text") for line in again]


def test_a_log_that_is_another_is_told_apart(copy, capsys):
    """One line changed: exit status 1, and which line it is."""
    (folder,) = (copy / films.FOLDER).iterdir()
    lines = (folder / films.EVENTS).read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines) if '"rep"' in line)
    lines[number] = lines[number].replace('"index": 1', '"index": 2')
    (folder / films.EVENTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run_replay(options(copy, events="-"), "abc") == 1
    assert f"differs in line {number + 1}" in capsys.readouterr().err
    (folder / films.EVENTS).write_text("\n".join(lines[:5]) + "\n", encoding="utf-8")
    assert run_replay(options(copy, events="-"), "abc") == 1
    with pytest.raises(CoachError, match="is kept there"):
        run_replay(options(copy, events=str(folder / films.EVENTS)), "abc")


def test_a_recording_broken_off_replays_as_far_as_it_goes(copy, capsys):
    """After a kill: the trace's last half second, its end and the film's index are missing."""
    (folder,) = (copy / films.FOLDER).iterdir()
    trace, film = folder / films.TRACE, folder / films.FILM
    trace.write_bytes(trace.read_bytes()[: trace.stat().st_size * 2 // 3])
    film.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    assert run_replay(options(copy, events="-"), "abc") == 0
    said = capsys.readouterr().err
    assert "is cut off; read up to" in said
    assert "events, identical; the trace ends there" in said
    assert FilmReader(folder).picture(1.0) is None


def test_without_a_window_the_events_are_listed_with_their_times(home, capsys):
    """One a line; of two sessions side by side, each with its letter."""
    assert run_replay(options(home), "last") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("0:00.00  session_start")
    assert any(line.split()[1:3] == ["rep", "cheek_raiser"] for line in lines)
    one = load(films.find(home, "last"))
    both = listing([one, one])
    assert len(both) == 2 * len(lines)
    assert {line[:2] for line in both} == {"A ", "B "}


def test_a_trace_from_a_program_that_knew_more_is_refused_in_one_line(copy):
    """An exercise's value that this version does not know: said, not guessed."""
    (folder,) = (copy / films.FOLDER).iterdir()
    setup, extra = read_setup(folder / films.TRACE)
    setup.specs[0]["colour"] = "blue"
    (folder / films.TRACE).unlink()
    TraceWriter(folder / films.TRACE, setup, extra).close()
    with pytest.raises(UsageError, match="unknown key 'colour'"):
        run_replay(options(copy), "last")
    setup.specs[0].pop("colour")
    setup.flags["singing"] = True
    (folder / films.TRACE).unlink()
    TraceWriter(folder / films.TRACE, setup, extra).close()
    with pytest.raises(CoachError, match="cannot be replayed") as refusal:
        run_replay(options(copy), "last")
    assert "\n" not in str(refusal.value)


def test_each_moments_picture_is_the_one_that_was_seen_then(film, tmp_path):
    """Forwards, far ahead, back and past the end."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    film(frames=150).rename(folder / films.FILM)
    facts = {"style": "plain", "zero": 2.0, "fps": 30}
    (folder / films.FACTS).write_text(json.dumps(facts), encoding="utf-8")
    reader = FilmReader(folder)
    assert reader.picture(1.0) is None
    for number in (0, 1, 1, 4, 130, 21, 149, 400):
        picture = reader.picture(2.0 + number / 30)
        units = int(np.argmax(picture[0].mean(axis=1)[4::8]))
        assert units == min(number, 149) % 10, number
    reader.close()
    (folder / films.FACTS).write_text('{"style": "plain", "zero": "x"}', encoding="utf-8")
    assert FilmReader(folder).style == ""


def test_the_window_plays_pauses_jumps_and_ends(home, gui):
    """Space, arrows and their like on every keyboard, v, q; a closed window ends it as well."""
    clock = iter(np.arange(0.0, 100.0, 0.5))
    one = load(films.find(home, "last"))
    window = ReplayWindow([one], load_settings(None).window, clock=lambda: float(next(clock)))
    gui.keys = [-1, -1, ord(" "), -1, ord("Q")]
    window.run()
    assert gui.shown == 5
    assert window.head == Playhead(1.0, playing=False)
    rep = next(place for place, _, chapter in window.chapters if chapter.kind == "rep")
    window.head = Playhead(rep - 2.0, playing=False)
    for key, place in ((RIGHT, rep), (ord("."), None), (LEFT, rep), (ord(","), None), (RIGHT, rep)):
        assert window.obey(key)
        assert place is None or window.head.at == pytest.approx(place - BEFORE_S)
    window.head = Playhead(rep + 2.0, playing=False)
    shown = {}
    for view in ("overlay", "picture", "outline"):
        assert window.view == view
        shown[view] = window.draw()
        window.obey(ord("v"))
    assert shown["overlay"].shape == (SIZE[1] + BAR, SIZE[0], 3)
    assert 0 < np.abs(shown["overlay"].astype(int) - shown["picture"]).mean() < 5
    assert shown["outline"][100:500, 100:800].mean() < shown["picture"][100:500, 100:800].mean() / 2
    gui.closed = True
    window.run()
    window.close()
    window.close()


def test_two_sessions_stand_side_by_side(home, gui):
    """Left and right halves; the same session twice is the same picture twice."""
    one = load(films.find(home, "last"))
    window = ReplayWindow([one, one], load_settings(None).window)
    window.head = Playhead(11.0, playing=False)
    picture = window.draw()[: SIZE[1]]
    half = SIZE[0] // 2
    assert np.array_equal(picture[:, :half], picture[:, half:])
    assert picture.std() > 20
    window.close()


def test_the_same_exercise_begins_together_and_the_quicker_session_waits():
    """And what only one of them did is watched while the other waits."""
    one = [SessionPart("", 0, 4), SessionPart("cheek_raiser", 4, 34), SessionPart("jaw_release", 34, 50)]
    other = [
        SessionPart("", 1, 3),
        SessionPart("cheek_raiser", 3, 43),
        SessionPart("combined", 43, 53),
        SessionPart("jaw_release", 53, 60),
    ]
    line = Timeline(one, other)
    assert line.seconds == 4 + 40 + 10 + 16
    assert line.times(0) == (0, 1)
    assert line.times(3.5) == (3.5, 3)
    assert line.times(4) == (4, 3)
    assert line.times(40) == (34, 39)
    assert line.times(50) == (34, 49)
    assert line.times(55) == (35, 54)
    assert line.times(999) == (50, 60)
    assert line.place(0, 34) == 54
    assert line.place(1, 53) == 54
    assert line.place(1, 48) == 49


def test_the_playhead_stops_at_the_end_and_begins_anew_from_there():
    """Jumps stop a little before a chapter; going back twice in a row goes back twice."""
    head = Playhead().moved(9.0, 10.0)
    assert head.at == 9.0
    assert head.moved(2.0, 10.0) == Playhead(10.0, playing=False)
    assert Playhead(10.0, playing=False).toggled(10.0) == Playhead(0.0)
    assert Playhead(3.0).toggled(10.0).moved(1.0, 10.0).at == 3.0
    chapters = [0.2, 4.0, 8.0]
    assert Playhead(1.0).jumped(chapters, 1, 10.0).at == 3.5
    assert Playhead(8.0).jumped(chapters, 1, 10.0).at == 10.0
    back = Playhead(7.6).jumped(chapters, -1, 10.0)
    assert back.at == 3.5
    assert back.jumped(chapters, -1, 10.0).at == 0.0
    assert Playhead(7.6, playing=False).jumped(chapters, -1, 10.0).at == 7.5
