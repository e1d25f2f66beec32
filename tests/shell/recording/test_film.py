"""A film is right in time, its owner's alone, and costs the session nothing, whatever the disk does."""

from __future__ import annotations

import re
import stat
import sys
import threading
from datetime import datetime
from typing import get_args

import numpy as np
import pytest
from recorded import session
from waiting import until

from coach.coaching.screen import Screen
from coach.errors import CoachError, StoreError, UsageError
from coach.events import Attempt, CueGiven, Paused, Rep, Stage, StageName
from coach.replay.chapters import Chapter, Subtitle, chapter_titles, chapters, subtitles, web_vtt
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.recording import film_folders as films
from coach.shell.recording import film_writer
from coach.shell.recording.film import MOST_WAITING, Recording
from coach.shell.recording.film_reader import FilmReader
from coach.shell.recording.film_writer import FPS, FilmWriter
from coach.shell.recording.trace_reader import read_trace
from coach.shell.recording.trace_writer import TraceWriter
from coach.shell.store.event_log import read_events
from coach.types import Frame

SIZE = (64, 48)
SCREEN = Screen("rest")


def grey(level, size=SIZE):
    return np.full((size[1], size[0], 3), level, np.uint8)


def levels(path):
    """Return the brightness of every frame of a film, to the nearest ten."""
    import cv2

    capture = cv2.VideoCapture(str(path))
    assert capture.get(cv2.CAP_PROP_FPS) == FPS
    found = []
    while (got := capture.read())[0]:
        found.append(round(float(got[1].mean()), -1))
    return found


@pytest.fixture
def folder(tmp_path):
    return films.new_folder(tmp_path, datetime(2026, 3, 4, 5, 6, 7))  # noqa: DTZ001


def record(folder, style="plain", **options):
    recording = Recording(folder, style, load_phrase_book("en"), session="abc123", **options)
    return recording, session(recording)


class Window:
    """What a recording asks of a display."""

    def __init__(self, view="picture", canvas=None):
        self.view, self.canvas = view, canvas


def test_a_picture_stays_until_the_next_one_comes(tmp_path):
    """Frame n shows the session n / 30 s after the first picture, however irregular the camera is."""
    film = FilmWriter(tmp_path / "film.mp4")
    for t, level in ((5.0, 20), (5.01, 250), (5.1, 100), (5.4, 200)):
        film.put(t, grey(level))
    film.close()
    assert film.zero == 5.0
    assert levels(film.path) == [20] * 3 + [100] * 9 + [200]


def test_a_film_begins_with_its_first_picture_and_hides_what_is_hidden(tmp_path):
    """No picture at the start: nothing; no picture later: black."""
    film = FilmWriter(tmp_path / "film.mp4")
    for t, image in ((0.0, None), (1.0, grey(100)), (1.1, None), (1.2, grey(100))):
        film.put(t, image)
    film.close()
    assert film.zero == 1.0
    assert levels(film.path) == [100] * 3 + [0] * 3 + [100]


def test_pictures_of_another_shape_are_fitted_in(tmp_path):
    """A window may be resized, a camera may change its mind: the film's size stays, nothing is stretched."""
    import cv2

    film = FilmWriter(tmp_path / "film.mp4")
    film.put(0.0, grey(200, (65, 49)))
    film.put(1 / FPS, grey(200, (32, 96)))
    film.close()
    capture = cv2.VideoCapture(str(film.path))
    assert capture.read()[1].shape == (48, 64, 3)
    second = capture.read()[1]
    assert second[:, 28:36].mean() > 180
    assert second[:, :16].mean() < 20


def test_a_sleeping_laptop_ends_the_film_and_not_the_disk(tmp_path):
    """Hours without a picture are not written out."""
    film = FilmWriter(tmp_path / "film.mp4")
    film.put(0.0, grey(9))
    film.put(30_000.0, grey(9))
    assert film.frames == 1
    assert "ends there" in film.problem


def test_a_nearly_full_disk_ends_the_film_in_time(tmp_path, monkeypatch):
    """The history must stay writable; what was filmed can be watched."""
    film = FilmWriter(tmp_path / "film.mp4")
    film.put(0.0, grey(9))
    monkeypatch.setattr(film_writer, "LEAST_FREE", 1 << 62)
    film.put(5.0, grey(9))
    assert "disk is nearly full" in film.problem
    assert len(levels(film.path)) == film.frames <= film_writer.CHECK_EVERY


def test_a_film_that_is_broken_off_plays_up_to_there(tmp_path):
    """A kill, a power cut: the file was never closed, and all but its last second is there."""
    folder = films.new_folder(tmp_path, datetime(2026, 3, 4, 5, 6, 7))  # noqa: DTZ001
    recording, coached = record(folder, wait=True)
    for number in range(60):
        t = number / 10
        recording.frame(t, Frame(t, grey(10 * number % 250)), None, coached.process(t, None).screen)
    until(lambda: (folder / films.FACTS).exists() and (folder / films.FILM).stat().st_size >= 2000)
    broken = films.new_folder(tmp_path, datetime(2026, 3, 4, 5, 6, 8))  # noqa: DTZ001
    for name in (films.FILM, films.FACTS):
        (broken / name).write_bytes((folder / name).read_bytes())
    recording.close()
    assert len(levels(broken / films.FILM)) >= 30
    reader = FilmReader(broken)
    assert reader.style == "plain"
    assert reader.picture(0.5).mean() == pytest.approx(50, abs=5)
    reader.close()


def test_any_moment_of_a_film_can_be_sought(folder):
    """Forward, far forward and back."""
    recording, coached = record(folder, wait=True)
    for number in range(100):
        t = number / 10
        recording.frame(t, Frame(t, grey(2 * number)), None, coached.process(t, None).screen)
    coached.end(9.9, "stopped")
    recording.close()
    reader = FilmReader(folder)
    for t in (0.0, 0.2, 8.0, 8.1, 3.0, 9.9, 0.1, 5.0, 60.0):
        assert reader.picture(t).mean() == pytest.approx(20 * min(t, 9.9), abs=4), t
    assert reader.picture(-1.0) is None
    reader.close()


def test_a_recorded_session_leaves_film_words_marks_trace_and_log(folder):
    """And one line says how much room it all takes."""
    recording, coached = record(folder, wait=True)
    for number in range(40):
        t = number / 10
        output = coached.process(t, None)
        recording.frame(t, Frame(t, grey(120)), None, output.screen)
    coached.end(4.0, "stopped")
    line = recording.close()
    assert recording.close() == line
    assert "film of 4 s" in line
    assert "films take" in line
    german = load_phrase_book("de").notice(line)
    assert re.match(
        r"aufgenommen: ein Film von \d+ s, \d+ kB, in /.*; alle Filme zusammen belegen \d+ kB", german
    )
    assert "smile-coach forget" in line
    assert len(levels(folder / films.FILM)) == 39 * 3 + 1
    events = read_events(folder / films.EVENTS)
    assert events[0]["type"] == "session_start"
    assert events[-1]["type"] == "session_end"
    trace = read_trace(folder / films.TRACE)
    assert (len(trace.entries), trace.problem) == (41, "")
    assert "Relax your face" in (folder / films.SUBTITLES).read_text(encoding="utf-8")
    assert (folder / films.CHAPTERS).read_text(encoding="utf-8").startswith("WEBVTT")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps files to their owner by their folder")
def test_everything_recorded_is_its_owners_alone(folder):
    """Folder and files, while they are written and after."""
    recording, coached = record(folder, wait=True)
    output = coached.process(0.0, None)
    recording.frame(0.0, Frame(0.0, grey(120)), None, output.screen)
    recording.close()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert set(modes) == {films.FILM, films.SUBTITLES, films.CHAPTERS, films.TRACE, films.EVENTS, films.FACTS}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_slow_disk_costs_pictures_and_never_the_session(folder, monkeypatch):
    """While one picture is being written a few wait, the others are left out and counted."""
    gate, put = threading.Event(), FilmWriter.put
    monkeypatch.setattr(FilmWriter, "put", lambda *given: gate.wait(20) and put(*given))
    recording, coached = record(folder)
    for number in range(30):
        t = number / 30
        coached.process(t, None)
        recording.frame(t, Frame(t, grey(120)), None, SCREEN)
    gate.set()
    coached.end(1.0, "stopped")
    assert f"{30 - MOST_WAITING} pictures left out" in recording.close()
    assert len(read_trace(folder / films.TRACE).entries) == 31


def test_a_hidden_picture_is_not_filmed(folder):
    """Who does not want to be seen is not: signals only."""
    recording, coached = record(folder)
    coached.process(0.0, None)
    recording.frame(0.0, Frame(0.0, grey(120)), None, SCREEN, Window("hidden", grey(120)))
    assert "signals without a film" in recording.close()
    assert not (folder / films.FILM).exists()


def test_an_overlay_film_shows_the_windows_canvas(folder):
    """The film has each picture as the window showed it, not as the camera saw it."""
    recording, coached = record(folder, "overlay", wait=True)
    coached.process(0.0, None)
    window = Window(canvas=grey(200))
    recording.frame(0.0, Frame(0.0, grey(120)), None, SCREEN, window)
    window.canvas = grey(50)
    recording.frame(1 / FPS, Frame(1 / FPS, grey(120)), None, SCREEN, window)
    recording.close()
    assert levels(folder / films.FILM) == [200, 50]


def test_without_a_window_the_overlay_is_drawn_for_the_film_alone(folder):
    """A session on a machine without a display can be filmed all the same."""
    import cv2

    recording, coached = record(folder, "overlay", wait=True)
    output = coached.process(0.0, None)
    recording.frame(0.0, Frame(0.0, grey(120, (640, 480))), None, output.screen)
    recording.close()
    picture = cv2.VideoCapture(str(folder / films.FILM)).read()[1]
    assert picture.shape == (720, 1280, 3)
    assert picture.std() > 20


def test_a_disk_that_fails_ends_the_recording_and_not_the_session(folder, monkeypatch):
    """One line says so; the session is led to its end."""

    def full(*given):
        raise OSError(28, "No space left on device")

    recording, coached = record(folder)
    monkeypatch.setattr(TraceWriter, "write", full)
    for number in range(5):
        coached.process(number / 10, None)
    coached.end(0.5, "stopped")
    assert "No space left on device" in recording.close()
    assert "the session continues" in recording.problem


def test_a_fault_of_the_program_is_not_swallowed(folder, monkeypatch):
    """What the writing thread raises reaches the one who closes."""
    monkeypatch.setattr(FilmWriter, "put", lambda *given: 1 // 0)
    recording, coached = record(folder)
    coached.process(0.0, None)
    recording.frame(0.0, Frame(0.0, grey(9)), None, SCREEN)
    with pytest.raises(ZeroDivisionError):
        recording.close()


def test_subtitles_last_as_long_as_the_words_and_end_before_the_next():
    """Too short to read is made longer where there is room."""
    said = [CueGiven(t=t, text=text, kind="count") for t, text in ((1.0, "One"), (2.0, "Hold"), (9.0, "Two"))]
    lines = subtitles(said, 165)
    assert [(line.start, line.end) for line in lines] == [(1.0, 2.0), (2.0, 3.5), (9.0, 10.5)]


def test_chapters_begin_where_a_movement_began_and_say_what_came_of_it():
    """A repetition's chapter begins with its onset, not with the moment at which it was counted."""
    book, name = load_phrase_book("en"), "cheek_raiser"
    events = [
        CueGiven(t=2.0, exercise=name, text="Cheeks up", kind="instruction"),
        Attempt(t=6.0, exercise=name, start=4.0, end=5.5, hold_s=1.0, reason="too_short"),
        Attempt(t=7.5, exercise=name, start=7.0, end=7.4, hold_s=0.1, reason="asymmetric"),
        Rep(t=13.0, exercise=name, index=1, start=10.0, hold_s=3.0),
        Paused(t=14.0, cause="key"),
    ]
    found = chapters(events, book)
    assert [(m.t, m.kind) for m in found] == [
        (2.0, "exercise"),
        (4.0, "attempt"),
        (7.0, "attempt"),
        (10.0, "rep"),
        (14.0, "break"),
    ]
    assert found[1].title == "Cheek raiser: Hold it a little longer - good lift"
    assert "{" not in found[2].title
    assert found[3].title == "Cheek raiser: 1"
    assert [(c.start, c.end) for c in chapter_titles(found, 20.0)][-2:] == [(10.0, 14.0), (14.0, 20.0)]
    assert chapter_titles([], 20.0) == []
    assert chapter_titles([Chapter(5.0, "rep", "x")], 5.0)[0].end > 5.0


def test_the_stages_of_the_jaw_are_named_in_the_language_of_the_person():
    stages = [
        Stage(t=float(t), exercise="jaw_release", name=name, status="started")
        for t, name in enumerate(get_args(StageName))
    ]
    titles = [chapter.title for chapter in chapters(stages, load_phrase_book("de"))]
    assert titles[1] == "Kiefer lockern: Offen halten"
    assert not any(word in " ".join(titles) for word in ("open", "close", "circles", "breath"))


def test_web_vtt_is_what_the_standard_says():
    """Hours, milliseconds, escaped text, nothing before the film's beginning."""
    lines = [
        Subtitle(0.5, 1.5, "gone"),
        Subtitle(1.5, 3.0, "cut"),
        Subtitle(3662.0, 3663.25, "a < b &\n\nc --> d"),
    ]
    assert web_vtt(lines, 2.0) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\ncut\n\n"
        "01:01:00.000 --> 01:01:01.250\na &lt; b &amp; c --&gt; d\n"
    )


def test_a_recording_is_found_by_session_folder_or_last(tmp_path):
    """Whatever the list shows can be typed, shortened; what is not clear is asked back."""
    for day, name in ((1, "abc111"), (2, "abc222")):
        folder = films.new_folder(tmp_path, datetime(2026, 1, day, 8))  # noqa: DTZ001
        recording = Recording(folder, "plain", load_phrase_book("en"), session=name)
        session(recording).process(0.0, None)
        recording.close()
    assert films.find(tmp_path, "abc2").session == "abc222"
    assert films.find(tmp_path, "last").session == "abc222"
    assert films.find(tmp_path, "2026-01-01").session == "abc111"
    assert films.find(tmp_path, str(folder)).session == "abc222"
    for name, count in (("abc", "2 recordings match"), ("x", "no recording"), ("", "no recording")):
        with pytest.raises(UsageError, match=count):
            films.find(tmp_path, name)
    assert "deleted: 1 film (2026-01-01_080000)" in films.delete(tmp_path, films.recordings(tmp_path)[:1])
    assert [recorded.session for recorded in films.recordings(tmp_path)] == ["abc222"]
    with pytest.raises(CoachError, match="no recordings yet") as none:
        films.find(tmp_path / "other", "last")
    assert none.value.exit_status == 1  # rightly asked; there is nothing there


def test_two_recordings_in_one_second_have_two_folders(tmp_path):
    """None is written over."""
    at = datetime(2026, 1, 1, 8)  # noqa: DTZ001
    assert films.new_folder(tmp_path, at) != films.new_folder(tmp_path, at)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        films.new_folder(tmp_path / "file", at)


def test_sizes_read_well():
    """As on every other program's list."""
    assert [films.size_text(n) for n in (0, 4_300, 1_234_567, 140e6, 2.5e9)] == [
        "0 kB",
        "4 kB",
        "1.2 MB",
        "140 MB",
        "2.5 GB",
    ]
