"""Counting a recording from the command line: what is wrong with it is one line, what was counted is told."""

from __future__ import annotations

import csv
import json

import cv2
import numpy as np
import pytest
from full_disk import FULL, full
from led import still

from coach.__main__ import run
from coach.session.analysis import Analysis
from coach.shell.drawn_face.face import draw
from coach.shell.profile.exercise_registry import load_exercise
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral, FaceObservation

pytestmark = pytest.mark.usefixtures("home")


def test_a_file_that_is_not_a_video(tmp_path, ready, fails):
    """A text with a film's name is not taken for one."""
    path = tmp_path / "film.mp4"
    path.write_text("not a film\n" * 100)
    status, line = fails("analyze", path, "--exercise", "combined", *ready)
    assert status == 1
    assert str(path) in line
    assert "not a video" in line


def test_an_empty_and_a_missing_video(tmp_path, ready, fails):
    """A zero-length file and one that is not there are told apart."""
    path = tmp_path / "film.mp4"
    assert "no such file" in fails("analyze", path, "--exercise", "combined", *ready)[1]
    path.write_bytes(b"")
    status, line = fails("analyze", path, "--exercise", "combined", *ready)
    assert (status, "0 bytes" in line) == (1, True)


def test_a_video_cut_off_before_its_index(tmp_path, film, ready, fails):
    """An MP4 whose end is missing cannot be read at all, and the line says why."""
    whole = film("whole.mp4", frames=60)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    status, line = fails("analyze", cut, "--exercise", "combined", *ready)
    assert status == 1
    assert "incomplete" in line


def test_a_video_cut_off_in_its_middle(tmp_path, face_film, ready, fails):
    """What is there of a recording is analysed, and one line says what is missing."""
    cut = tmp_path / "cut.avi"
    cut.write_bytes(face_film.read_bytes()[: face_film.stat().st_size // 2])
    status, line = fails("analyze", cut, "--exercise", "combined", "--neutral", "0:1", *ready)
    assert status == 0
    assert "cut off" in line


def written(path, image_of):
    """Write two seconds, ten pictures a second, each from its number."""
    writer = None
    for number in range(20):
        image = image_of(number)
        if writer is None:
            size = image.shape[1::-1]
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, size)
        writer.write(image)
    writer.release()
    return path


def test_a_film_on_its_side_is_turned_and_that_is_said(tmp_path, ready, capfd):
    """Turned it has a face; as it is it has none."""

    def lying(number):
        face = draw(FacePose(smile=Bilateral(0.01 * (number % 2), 0.0)), size=(320, 240))
        return np.ascontiguousarray(np.rot90(face))

    film = written(tmp_path / "film.avi", lying)
    assert run(["analyze", str(film), "--exercise", "cheek_raiser", *ready]) == 0
    assert capfd.readouterr().err.splitlines() == [f"{film}: the film is on its side; it is turned upright"]


def test_a_film_of_black_pictures_is_called_black(tmp_path, ready, fails):
    """Better light would not help."""
    film = written(tmp_path / "film.avi", lambda _: np.zeros((240, 320, 3), np.uint8))
    status, line = fails("analyze", film, *ready)
    assert (status, line) == (1, f"{film}: nothing but black in 20 pictures; uncover the lens and film again")


def test_a_video_without_a_face(film, ready, fails):
    """A film of a moving bar has no face in it."""
    status, line = fails("analyze", film(frames=20), "--exercise", "combined", "--neutral", "0:0.3", *ready)
    assert status == 1
    assert "no face in 20 pictures" in line
    assert fails("analyze", film(frames=1), *ready)[1].endswith(
        "no face in 1 picture; film the face from the front, in good light"
    )


@pytest.mark.parametrize(
    ("window", "says"),
    [
        ("50:53", "outside the clip"),
        ("3:1", "A < B"),
        ("-1:2", "A < B"),
        ("now", "A:B"),
        ("nan:3", "A < B"),
        ("0:inf", "A < B"),
    ],
)
def test_neutral_outside_the_clip(window, says, face_film, ready, fails):
    """The seconds at rest must be seconds, in order, and of this clip."""
    status, line = fails("analyze", face_film, "--exercise", "combined", f"--neutral={window}", *ready)
    assert status == 2
    assert says in line


@full
@pytest.mark.parametrize("option", ["--features", "--events", "--plot"])
def test_a_full_disk_does_not_cost_the_counts(option, face_film, ready, tmp_path, capfd):
    """What was counted is told, and one line says what could not be written."""
    place = FULL
    if option == "--plot":
        place = tmp_path / "full.png"
        place.symlink_to(FULL)
    status = run(["analyze", str(face_film), "--exercise", "combined", option, str(place), *ready])
    out, err = capfd.readouterr()
    assert status == 1
    assert out.startswith("combined: 0 repetitions")
    assert len(err.splitlines()) == 1
    assert "No space left" in err


@pytest.mark.parametrize("ends", ["without a face", "outside", "interrupted"])
def test_the_last_line_of_a_log_is_the_end(ends, face_film, film, ready, tmp_path, monkeypatch, capfd):
    """However counting ends, whoever reads along learns that it has, and an older table is not lost."""
    video, neutral = (film(frames=20), "0:0.3") if ends == "without a face" else (face_film, "0:1")
    if ends == "outside":
        neutral = "50:60"
    if ends == "interrupted":
        seen = Analysis.process

        def process(self, t, observation):
            if t > 1.5:
                raise KeyboardInterrupt
            return seen(self, t, observation)

        monkeypatch.setattr(Analysis, "process", process)
    log = tmp_path / "log.jsonl"
    table = tmp_path / "signals.csv"
    table.write_text("t,older\n")
    command = ["analyze", str(video), "--exercise", "combined", "--neutral", neutral, "--events", str(log)]
    assert (
        run([*command, "--features", str(table), *ready])
        == {"without a face": 1, "outside": 2, "interrupted": 130}[ends]
    )
    first, *_, last = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert (first["type"], last["type"], last["reason"]) == ("session_start", "session_end", "stopped")
    assert table.read_text() == "t,older\n"
    assert not list(tmp_path.glob(".*"))


def test_the_table_of_signals_has_a_row_for_every_frame(face_film, ready, tmp_path):
    """Those from which the neutral face is learnt too, each once, in order of time."""
    table = tmp_path / "signals.csv"
    command = ["analyze", str(face_film), "--exercise", "combined", "--neutral", "0.5:1.5"]
    assert run([*command, "--features", str(table), *ready]) == 0
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert [float(row["t"]) for row in rows] == pytest.approx([n / 10 for n in range(20)], abs=1e-3)
    assert all(abs(float(row["lid_lift_left"])) < 0.05 for row in rows)
    assert {"smile_lift_right", "jaw_open", "phase", "count", "hold_s"} <= rows[0].keys()


def test_a_face_that_goes_and_comes_back_is_in_the_log():
    """After a second without it, as in a session; a shorter gap does not count."""
    analysis = Analysis(load_exercise("combined"), neutral=(0.0, 2.0))
    happened = []
    for number in range(270):
        t = number / 30
        face = None if 2.0 < t < 3.5 or 4.0 <= t < 4.5 or 5.0 <= t < 6.5 else still()
        seen = None if face is None else FaceObservation(t, face.landmarks, face.blendshapes, face.size)
        happened += [event for judged in analysis.process(t, seen) for event in judged.events]
    gone = [(e.type, round(e.t, 1), e.exercise) for e in happened if e.type.startswith("face_")]
    assert gone == [
        ("face_lost", 3.0, "combined"), ("face_found", 3.5, "combined"),
        ("face_lost", 6.0, "combined"), ("face_found", 6.5, "combined"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--cue-at", "nan"], "--cue-at nan"),
        (["--cue-at=-3"], "--cue-at -3"),
        (["--hold-s", "nan"], "'nan' is not a number from 0.1 to 120"),
        (["--language", "xx"], "choose auto"),
        (["--plot", "signals.txt"], "name a .png"),
        (["--plot", "nowhere/signals.png"], "in a folder that exists"),
    ],
)
def test_what_is_wrong_is_said_before_all_the_work(options, says, ready, fails, tmp_path, monkeypatch):
    """The film is not even there: nothing was begun."""
    monkeypatch.chdir(tmp_path)
    status, line = fails("analyze", tmp_path / "none.mp4", "--exercise", "combined", *ready, *options)
    assert (status, says in line) == (2, True), line


def test_an_unknown_exercise(face_film, ready, fails):
    """The line lists the exercises there are."""
    status, line = fails("analyze", face_film, "--exercise", "frown", *ready)
    assert status == 2
    assert "cheek_raiser" in line


def test_a_recording_is_counted_and_said(face_film, ready, capfd, tmp_path):
    """A face at rest is no error: zero repetitions, and the log is whole."""
    log = tmp_path / "log.jsonl"
    arguments = ["analyze", face_film, "--exercise", "combined", "--neutral", "0:1", "--events", log, *ready]
    assert run([str(each) for each in arguments]) == 0
    assert "combined: 0 repetitions" in capfd.readouterr().out
    types = [json.loads(line)["type"] for line in log.read_text().splitlines()]
    assert types[0] == "session_start"
    assert types[-1] == "session_end"


def test_a_film_is_described_without_an_exercise(face_film, ready, capfd):
    """A drawn face at rest: nothing is in it, and where it rests is said."""
    assert run(["analyze", str(face_film), *ready]) == 0
    out = capfd.readouterr().out
    assert "0 smiles" in out
    assert "face at rest" in out
    assert run(["analyze", str(face_film), "--json", *ready]) == 0
    data = json.loads(capfd.readouterr().out)
    assert data["smiles"] == []
    assert data["rest"]["guessed"] is False


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--exercise", "memory_anchor"], "needs --cue-at"),
        (["--exercise", "memory_anchor", "--cue-at", "500"], "after the end"),
        (["--exercise", "memory_anchor", "--cue-at", "0", "--hold-s", "2"], "--hold-s"),
        (["--exercise", "combined", "--cue-at", "1"], "memory_anchor"),
        (["--cue-at", "1"], "memory_anchor"),
        (["--hold-s", "2"], "--hold-s"),
        (["--exercise", "combined", "--json"], "--json"),
        (["--source", "demo"], "--source"),
        (["--speed", "real"], "--speed"),
        (["--neutral", "some"], "auto"),
    ],
)
def test_options_without_a_meaning_are_refused(options, says, face_film, ready, fails):
    """One line, and the status of wrong usage."""
    status, line = fails("analyze", face_film, *options, *ready)
    assert status == 2
    assert says in line
