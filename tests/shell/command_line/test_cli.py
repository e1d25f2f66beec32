"""The command line: every fault is one line and an exit status, and what is kept can be read and deleted."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import numpy as np
import pytest
from checkout import ROOT
from full_disk import FULL, full
from simulated_year import fill

from coach.__main__ import run
from coach.errors import SourceError
from coach.shell.app.check_in import CheckInResult
from coach.shell.capture.source import Signal
from coach.shell.drawn_face.face import FacePose, draw
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.recording import film_folders as films
from coach.shell.store.store import Store
from coach.types import Bilateral, Frame

pytestmark = pytest.mark.usefixtures("home")


class Cameras:
    """Stands in for `cv2.VideoCapture`: only the indices in `working` open."""

    working: tuple[int, ...] = ()

    def __init__(self, index, *_):
        self._open = index in self.working

    def isOpened(self):  # noqa: N802  # OpenCV's name
        return self._open

    def set(self, *_):
        return True

    def grab(self):
        return self._open

    def retrieve(self):
        return self._open, np.full((48, 64, 3), 90, np.uint8)

    def release(self):
        self._open = False


@pytest.fixture
def cameras(monkeypatch):
    """Replace the machine's cameras; returns the class, to say which of them work."""
    monkeypatch.setattr("cv2.VideoCapture", Cameras)
    monkeypatch.setattr("coach.shell.capture.cameras._indices", lambda: [0, 1])
    monkeypatch.setattr(Cameras, "working", ())
    return Cameras


def test_no_camera(cameras, ready, fails):
    """Without any camera the line says so, and names the demo that needs none."""
    status, line = fails("session", *ready)
    assert status == 1
    assert "no camera found" in line
    assert "smile-coach demo" in line


def test_a_camera_index_that_does_not_exist(cameras, ready, fails, monkeypatch):
    """Camera 7 is asked for and only camera 0 answers: the line names both."""
    monkeypatch.setattr(cameras, "working", (0,))
    status, line = fails("session", "--source", "webcam:7", *ready)
    assert status == 1
    assert "camera 7" in line
    assert "--source webcam:0" in line


@pytest.mark.parametrize("problem", ["", "no display"])
def test_a_first_session_is_led_up_to(problem, home, tmp_path, monkeypatch):
    """With a window the first session begins with the choices; later ones, and those without, do not."""
    led = []
    monkeypatch.setattr("coach.shell.window.window.display_problem", lambda: problem)
    monkeypatch.setattr(
        "coach.shell.welcome.setup.run_setup", lambda options, plan, minutes: led.append(plan) or 0
    )
    monkeypatch.setattr("coach.shell.app.session.run_session", lambda *_, **__: led.append("session") or 0)
    assert run(["--plan", "full"]) == 0
    assert run(["session", "--no-window"]) == 0
    with Store.open(home) as store:
        fill(store, sessions=1, check_ins=0)
    assert run([]) == 0
    assert led == ["session" if problem else "full", "session", "session"]


@pytest.mark.parametrize(
    ("words", "style"), [(["--record"], "plain"), (["--record", "overlay"], "overlay"), ([], None)]
)
def test_a_session_is_filmed_when_asked(words, style, monkeypatch):
    """`--record` alone films what the camera sees; without it nothing is filmed."""
    asked = []
    monkeypatch.setattr(
        "coach.shell.app.session.run_session", lambda *_, record, **__: asked.append(record) or 0
    )
    for command in ("session", "demo"):
        assert run([command, *words, "--no-window"]) == 0
    assert asked == [style, style]


def test_a_plan_is_checked_before_the_first_questions(monkeypatch, fails):
    """Nobody is led through a first run for a plan that does not exist."""
    monkeypatch.setattr("coach.shell.window.window.display_problem", lambda: "")
    assert fails("--plan", "nonsense")[0] == 2


@pytest.mark.parametrize("source", ["webcam:x", "webcam:-1", "webcam:64"])
def test_a_camera_that_is_no_number(source, ready, fails):
    """A camera is named by a number from 0 to 63."""
    status, line = fails("session", "--source", source, *ready)
    assert (status, "webcam:N" in line) == (2, True)


@full
@pytest.mark.parametrize("command", [["exercises"], ["--help"], ["progress"]])
def test_a_full_standard_output_is_one_line(command, home):
    """In a process of its own, which has a last word to say on standard output when it ends."""
    home.mkdir()
    with FULL.open("w") as nowhere:
        done = subprocess.run(
            [sys.executable, "-m", "coach", *command],
            stdout=nowhere, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "standard output: No space left on device; make room or write it elsewhere"
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--person Ada plans", "smile-coach plans --person Ada"),
        ("--minutes 1 demo --no-voice", "smile-coach demo --minutes 1 --no-voice"),
        ("memories --person Ada add", "smile-coach memories add --person Ada"),
    ],
)
def test_a_command_behind_its_options_is_told_its_place(typed, meant, fails):
    """As many other programs have it."""
    status, line = fails(*typed.split())
    assert (status, line.partition(" (see")[0]) == (2, f"a command comes before its options: {meant}")


@pytest.mark.parametrize(
    "command", [["analyze", "", "--exercise", "combined"], ["export", ""], ["config", "--data-dir", ""]]
)
def test_a_name_that_is_empty_is_not_the_present_folder(command, fails):
    """A variable of a script that was never set must not fill the folder one happens to be in."""
    status, line = fails(*command)
    assert (status, "it is empty" in line) == (2, True)


def test_a_film_of_nothing_is_not_kept(cameras, ready, fails, home):
    """It would be the last one, and hide the one before it."""
    assert fails("session", "--record", "plain", *ready)[0] == 1
    assert not films.recordings(home)


def test_a_session_that_cannot_write_its_log_is_not_in_the_history(ready, home, fails):
    """It never began."""
    status, _ = fails("demo", "--plan", "memory_anchor", "--events", home / "nowhere" / "log", *ready)
    assert status == 1
    with Store.open(home) as store:
        assert not store.history().sessions


@pytest.mark.parametrize("name", ["frown", "../coach", "", "x" * 5000])
def test_an_unknown_plan(name, ready, fails):
    """The line lists the plans there are; a path is not a plan."""
    status, line = fails("demo", f"--plan={name}", *ready) if name else fails("exercises", "frown")
    assert status == 2
    assert "cheek_raiser" in line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[camera]\nfsp = 30.0\n", "unknown key 'camera.fsp'; correct its spelling or remove it, or update"),
        ("[camera]\nfps = 'fast'\n", "camera.fps"),
        ("[camera]\nfps = 1000.0\n", "camera.fps"),
        ("[camera]\nindex = true\n", "camera.index"),
        ("[voice]\nvolume = nan\n", "voice.volume"),
        ("camera = 3\n", "camera"),
        ("[camera\n", "not valid TOML"),
        ("\x00", "not valid TOML"),
        ("language = 'xx'\n", "own.toml: language = 'xx': no words for it"),
        ("plan = 'all'\n", "plan 'all'"),
    ],
)
def test_wrong_settings(text, says, tmp_path, model_path, fails):
    """Each fault in a settings file is named with its key, whoever reads the file first."""
    file = tmp_path / "own.toml"
    file.write_text(f"{text}\n[model]\npath = {json.dumps(str(model_path))}\n", encoding="utf-8")
    for command in (["config", file], ["demo", "--no-window", "--config", file]):
        status, line = fails(*command)
        assert status == 2
        assert says in line


def test_settings_that_are_not_there(tmp_path, fails):
    """A settings file given by hand must exist."""
    status, line = fails("demo", "--config", tmp_path / "none.toml")
    assert (status, "none.toml" in line) == (2, True)


@pytest.mark.parametrize("command", [["demo"], ["memories", "add", "rain"], ["import", "x.json"]])
def test_a_data_folder_that_cannot_be_written(command, tmp_path, ready, fails):
    """A path below a file can be no folder: not begun rather than unsaved."""
    (tmp_path / "file").write_text("in the way")
    options = ready if command[0] == "demo" else []
    status, line = fails(*command, "--data-dir", tmp_path / "file" / "data", *options)
    assert status == 1
    assert "--data-dir" in line


def test_a_corrupt_model_file(tmp_path, fails):
    """A model file of one's own that is not the model is refused, not used and not overwritten."""
    model = tmp_path / "face.task"
    model.write_bytes(b"not a model" * 1000)
    file = tmp_path / "own.toml"
    file.write_text(f"[model]\npath = {json.dumps(str(model))}\n", encoding="utf-8")
    status, line = fails("demo", "--no-window", "--config", file)
    assert status == 1
    assert str(model) in line
    assert model.read_bytes().startswith(b"not a model")


@pytest.mark.parametrize(
    "arguments",
    [["dance"], ["demo", "--dance"], ["analyze"], ["demo", "--minutes", "0"], ["demo", "--speed", "slow"]],
)
def test_wrong_usage(arguments, fails):
    """What is not understood is named, with where to read on."""
    status, line = fails(*arguments)
    assert status == 2
    assert "--help" in line


@pytest.mark.parametrize("amount", ["five", "0", "61", "nan", "0,5", ""])
def test_an_amount_that_is_none_says_which_there_are(amount, fails):
    """Words, numbers outside and what is not a number get the same line."""
    status, line = fails("demo", f"--minutes={amount}")
    assert status == 2
    assert f"'{amount}' is not a number from 0.5 to 60" in line


def test_help_stays_light():
    """Asking for help loads nothing heavy: what a session needs is loaded by the session."""
    heavy = ["cv2", "mediapipe", "numpy", "pydantic", "matplotlib", "sounddevice", "pyttsx3", "sqlite3"]
    code = (
        "import sys; from coach.__main__ import run; run(['--help']); run(['forget', '--help']);"
        f"print(sorted(set(sys.modules) & set({heavy})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "progress" in done.stdout


def test_the_help_names_the_commands(capfd):
    """What can be done is listed, one line a command."""
    assert run(["--help"]) == 0
    out = capfd.readouterr().out
    names = ("session", "demo", "analyze", "progress", "memories", "export", "forget", "doctor", "config")
    assert all(f"\n  {name} " in out for name in names)


def test_whoever_sees_nothing_finds_their_option_in_the_help(capfd):
    """Eyes shut and screen readers are named, where a session is asked for."""
    assert run(["session", "--help"]) == 0
    said = " ".join(capfd.readouterr().out.split())
    assert "--no-window Lead by voice, sounds and text alone, for eyes shut or a screen reader." in said


@pytest.mark.parametrize("group", [[], ["plans"], ["people"], ["memories"], ["forget"]])
def test_a_short_ask_for_help_is_answered_like_a_long_one(group, capfd):
    """`-h` is no option of the command that runs when none is named."""
    assert run([*group, "--help"]) == 0
    long = capfd.readouterr().out
    assert run([*group, "-h"]) == 0
    assert capfd.readouterr().out == long
    assert "..." not in long.partition("Commands:")[2]  # no sentence is cut off


@pytest.mark.parametrize(
    ("command", "idle"),
    [
        ("analyze", ["--source", "--no-window", "--no-voice", "--speed"]),
        ("replay", ["--source", "--no-voice", "--speed"]),
        ("status", ["--source", "--events", "--force"]),
    ],
)
def test_help_leaves_out_the_options_that_do_nothing(command, idle, capfd):
    """All commands take the shared options; only those that change something there are listed."""
    assert run([command, "--help"]) == 0
    out = capfd.readouterr().out
    assert not [option for option in idle if f"  {option} " in out]
    assert "  --data-dir " in out


def test_analyze_says_from_when_its_times_count(capfd):
    """A film whose sound begins earlier than its pictures is seconds off in a player."""
    assert run(["analyze", "--help"]) == 0
    said = " ".join(capfd.readouterr().out.split())
    assert "All times are seconds from the film's first picture, even where its sound begins earlier" in said


def test_memories_are_added_edited_and_removed(home, capfd):
    """Three at most, by number, in a file only their owner can read."""
    assert run(["memories"]) == 0
    assert "No memories yet" in capfd.readouterr().out
    assert run(["memories", "add", "the rainy picnic"]) == 0
    assert run(["memories", "add"]) == 0
    assert run(["memories", "edit", "1", "the sunny picnic"]) == 0
    capfd.readouterr()
    assert run(["memories", "--data-dir", str(home)]) == 0
    assert capfd.readouterr().out == "1  the sunny picnic\n2  (only numbered)\n"
    if os.name == "posix":
        assert stat.S_IMODE((home / "memories.toml").stat().st_mode) == 0o600
    assert run(["memories", "remove", "1"]) == 0
    assert "picnic" not in (home / "memories.toml").read_text(encoding="utf-8")


def test_a_recording_that_is_not_there(fails):
    """The line says how to make one."""
    status, line = fails("replay", "last")
    assert (status, "--record" in line) == (1, True)


@pytest.mark.parametrize("change", [["edit", "1", "rain"], ["remove", "1"]])
def test_what_was_said_of_a_memory_goes_with_its_words(change, tmp_path, capfd):
    """The words of a memory were spoken too, so the sounds kept for next time are deleted."""
    run(["memories", "add", "picnic"])
    sounds = tmp_path / "user_cache_dir" / "sounds" / "en"
    sounds.mkdir(parents=True)
    (sounds / "0.wav").write_bytes(b"picnic, spoken")
    assert run(["memories", *change]) == 0
    assert not sounds.exists()


def test_a_memory_that_is_not_there(fails):
    """The line says which numbers there are."""
    status, line = fails("memories", "edit", "2", "x")
    assert (status, "no memory 2" in line) == (2, True)


def test_progress_without_and_with_a_history(home, capfd, tmp_path, monkeypatch):
    """An empty history says how to begin, and asking makes no folder; a full one has lines and a page."""
    monkeypatch.setenv("LC_ALL", "C")
    assert run(["progress"]) == 0
    assert "No sessions yet" in capfd.readouterr().out
    assert not home.exists()
    with Store.open(home) as store:
        fill(store, sessions=20, check_ins=3)
    assert run(["progress"]) == 0
    out = capfd.readouterr().out
    assert "20 sessions on 20 days" in out
    assert "It's time for a check-in" in out
    page = tmp_path / "page.html"
    assert run(["progress", "--html", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "It's time for a check-in" in text


@pytest.mark.parametrize("command", ["progress", "status", "memories", "export"])
def test_a_named_folder_that_does_not_exist_is_no_empty_history(command, tmp_path, monkeypatch, capfd):
    """A disk that is not plugged in: it is said, and what to type next names the folder again."""
    monkeypatch.chdir(tmp_path)
    gone = tmp_path / "disk" / "smile"
    run([command, "--data-dir", str(gone)])
    told, said = capfd.readouterr()
    assert f"{gone}: does not exist; perhaps its disk is not plugged in" in said
    assert command == "export" or f"--data-dir {gone}" in told
    monkeypatch.delenv("SMILE_COACH_HOME")
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_, **__: str(tmp_path / "usual"))
    run([command])
    assert "does not exist" not in capfd.readouterr().err


def test_a_page_that_cannot_be_written(tmp_path, fails, home):
    """A place that is no folder is named."""
    home.mkdir()
    (tmp_path / "none").write_text("a file")
    status, line = fails("progress", "--html", tmp_path / "none" / "page.html")
    assert (status, "page.html" in line) == (1, True)


def test_the_page_is_opened_when_asked(monkeypatch, home, fails):
    """`--open` hands the file to the browser; without one the line says where the page is."""
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    assert run(["progress", "--open"]) == 0
    assert opened == [(home / "progress.html").as_uri()]
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    assert fails("progress", "--open")[0] == 1


def test_a_history_goes_out_and_comes_back(home, tmp_path, capfd):
    """The kind of export follows the name; a JSON export fills an empty folder."""
    with Store.open(home) as store:
        fill(store, sessions=3, check_ins=1)
    assert run(["export", str(tmp_path / "tables")]) == 0
    assert (tmp_path / "tables" / "sessions.csv").is_file()
    file = tmp_path / "all.json"
    assert run(["export", str(file)]) == 0
    other = ["--data-dir", str(tmp_path / "other")]
    capfd.readouterr()
    assert run(["import", str(file), *other]) == 0
    assert "added 3 sessions and 1 check-in from" in capfd.readouterr().out
    with Store.open(tmp_path / "other", read_only=True) as store:
        assert len(store.history().sessions) == 3


def test_what_is_no_export_is_not_read(tmp_path, fails):
    """A file of another kind is refused by name."""
    file = tmp_path / "x.json"
    file.write_text("[]")
    status, line = fails("import", file)
    assert (status, "not a smile-coach export" in line) == (1, True)


def answer(monkeypatch, text):
    """Answer the next question with `text`; nothing is nobody there."""
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_forgetting_asks_first(home, monkeypatch, capfd, fails):
    """No answer and "no" delete nothing; "yes" deletes one session; everything leaves nothing."""
    with Store.open(home) as store:
        fill(store, sessions=2, check_ins=0)
    run(["forget", "session"])
    listed = capfd.readouterr().out.splitlines()
    assert len(listed) == 2
    answer(monkeypatch, "")
    assert fails("forget", "session", "last")[0] == 1
    answer(monkeypatch, "no\n")
    assert run(["forget", "session", "last"]) == 0
    assert "nothing was deleted" in capfd.readouterr().out
    answer(monkeypatch, "yes\n")
    assert run(["forget", "session", listed[0].split()[0]]) == 0
    assert "deleted: session" in capfd.readouterr().out
    run(["forget", "session"])
    assert capfd.readouterr().out.splitlines() == listed[1:]
    (home / "range.json").write_text("{}")
    run(["progress", "--html"])
    assert run(["forget", "photos", "--yes"]) == 0
    assert run(["forget", "everything", "--yes"]) == 0
    assert not home.exists()


def test_films_are_listed_and_go_one_at_a_time_or_with_their_session(home, monkeypatch, capfd, fails):
    """Films are told with their sizes; forgetting a session takes its film along, and no other."""
    with Store.open(home) as store:
        fill(store, sessions=2, check_ins=0)
        sessions = [session.id for session in store.history().sessions]
    assert run(["forget", "film"]) == 0
    assert "No films yet" in capfd.readouterr().out
    assert fails("forget", "film", "last", "--yes")[0] == 1
    for number, name in enumerate(["2026-01-01_070000", "2026-01-02_070000", "2026-01-03_070000"]):
        folder = home / films.FOLDER / name
        folder.mkdir(parents=True)
        (folder / films.FILM).write_bytes(bytes(1000 * (number + 1)))
    whose = dict(zip(sorted((home / films.FOLDER).iterdir()), [*sessions, "another"], strict=True))
    monkeypatch.setattr(films, "_recorded", lambda folder: films.Recorded(folder, whose[folder], "daily"))
    assert run(["forget", "film"]) == 0
    assert "3 films, 6 kB" in capfd.readouterr().out
    assert run(["forget", "session", sessions[0], "--yes"]) == 0
    assert "2026-01-01" in capfd.readouterr().out.splitlines()[0]  # it makes room for the rest
    assert run(["forget", "film", "last", "--yes"]) == 0
    assert [folder.name for folder in (home / films.FOLDER).iterdir()] == ["2026-01-02_070000"]


def test_forgetting_what_is_not_there(fails, home):
    """A session that nobody knows is named."""
    status, line = fails("forget", "session", "abc", "--yes")
    assert (status, "'abc'" in line) == (2, True)


def test_exercises_with_doses_and_files(capfd):
    """The list has a line each; one name shows its file, values included."""
    assert run(["exercises", "--language", "en"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 5
    assert any(line.startswith("cheek_raiser") and " 10 x 3 s, 0:" in line for line in lines)
    assert run(["exercises", "cheek_raiser"]) == 0
    out = capfd.readouterr().out
    assert "cheek_raiser.toml" in out.splitlines()[0]
    assert "hold_s = 3.0" in out


def test_settings_are_begun_changed_and_shown(tmp_path, capfd, fails):
    """A new file changes nothing until a `#` goes; what it says then is in force."""
    run(["config", "--path"])
    path = Path(capfd.readouterr().out.strip())
    assert path == tmp_path / "user_config_dir" / "coach.toml"
    run(["config"])
    before = capfd.readouterr().out.splitlines()[1:]
    assert run(["config", "--init"]) == 0
    capfd.readouterr()
    run(["config"])
    assert capfd.readouterr().out.splitlines()[1:] == before
    path.write_text(path.read_text(encoding="utf-8").replace("# rate = 165", "rate = 200"), encoding="utf-8")
    run(["config"])
    assert "rate = 200" in capfd.readouterr().out.splitlines()
    assert run(["config", str(path)]) == 0
    assert capfd.readouterr().out.strip() == f"{path}: ok"
    status, line = fails("config", "--init")
    assert (status, "already exists" in line) == (1, True)


def test_a_photo_that_is_not_there_and_one_without_a_face(tmp_path, ready, fails):
    """A picture is scored only if there is a face in it."""
    import cv2

    settings = ready[:2]
    status, line = fails("score", tmp_path / "none.jpg", *settings)
    assert (status, "no such file" in line) == (1, True)
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((240, 320, 3), 128, np.uint8))
    status, line = fails("score", tmp_path / "grey.png", *settings)
    assert (status, "no face" in line) == (1, True)


@pytest.mark.parametrize(
    ("head", "film"),
    [
        (b"\0\0\0\x20ftypisom", True),
        (b"\x1aE\xdf\xa3\x01\0\0\0", True),
        (b"RIFF\0\0\0\0AVI LIST", True),
        (b"\0\0\0\x20ftypheic", False),
        (b"RIFF\0\0\0\0WEBP", False),
    ],
)
def test_a_film_is_no_photo_and_says_what_reads_it(head, film, tmp_path, ready, fails):
    """A phone's own kind of picture comes in a film's container, and is none."""
    file = tmp_path / "one.mp4"
    file.write_bytes(head + bytes(100))
    status, line = fails("score", file, *ready[:2])
    assert status == 1
    assert ("'smile-coach analyze' reads films" in line) == film


def test_a_photo_is_scored(tmp_path, ready, capfd):
    """A drawn smile against the same face at rest has a mouth curve."""
    import cv2

    cv2.imwrite(str(tmp_path / "rest.png"), draw(FacePose()))
    cv2.imwrite(str(tmp_path / "smile.png"), draw(FacePose(smile=Bilateral(0.8, 0.8))))
    smile, rest = str(tmp_path / "smile.png"), str(tmp_path / "rest.png")
    assert run(["score", smile, "--neutral", rest, *ready[:2]]) == 0
    assert "mouth curve" in capfd.readouterr().out


def test_every_screen_is_drawn(tmp_path, ready, monkeypatch, capfd):
    """The hidden command draws into the folder it is given."""
    asked = []

    def render(folder, observe):
        asked.append(folder)
        return 7

    monkeypatch.setattr("coach.shell.command_line.gallery.render_gallery", render)
    assert run(["gallery", str(tmp_path / "screens"), *ready[:2]]) == 0
    assert asked == [tmp_path / "screens"]
    assert "7 pictures" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("result", "status", "says"),
    [
        (CheckInResult({}, {"smile": 61.2}, {"smile": 1.5}, finished=True), 0, ""),
        (CheckInResult({}, {}, {}), 1, "nothing was kept"),
        (CheckInResult({}, {"smile": 61.0}, {}, finished=True, problem="the disk is full"), 1, "is full"),
    ],
    ids=["finished", "stopped", "not saved"],
)
@pytest.mark.parametrize("source", ["demo", "webcam:0"])
def test_a_check_in_ends_with_its_scores_or_a_reason(source, result, status, says, ready, monkeypatch, capfd):
    """Scores with their errors, and the next date where this one counts; or one line on what was not kept."""
    given = []

    def lead(devices, *others, keep_photos):
        given.append((devices.source.name, keep_photos))
        return result

    monkeypatch.setattr("coach.shell.app.check_in.run_check_in", lead)
    monkeypatch.setattr("coach.shell.capture.simulated_person.SimulatedPerson.name", source)
    monkeypatch.setattr("sys.stdin", None)
    assert run(["check-in", "--source", "demo", *ready]) == status
    assert given == [(source, False)]
    out, err = capfd.readouterr()
    assert says in err
    assert len(err.splitlines()) == (1 if status else 0)
    assert ("Smile score: 61.2 ± 1.5" in out) == (status == 0)
    assert ("Next check-in: " in out) == (status == 0 and source != "demo")


class Blank:
    """A camera that shows a grey wall for two seconds and then nothing, or is gone for good."""

    name = "webcam:0"

    def __init__(self, *, gone: bool) -> None:
        self.count, self.gone = 0, gone

    def read(self):
        self.count += 1
        if self.count <= 20:
            return Frame(self.now(), np.full((48, 64, 3), 120, np.uint8))
        if self.gone:
            raise SourceError("the camera is gone")
        return Signal.ENDED

    def now(self):
        return self.count / 10

    def close(self):
        pass


@pytest.mark.parametrize(("gone", "reason"), [(False, "source_ended"), (True, "stopped")])
def test_a_check_in_can_be_read_along(gone, reason, ready, monkeypatch, capfd):
    """Its begin, what is said and its end, on standard output alone; a camera that is gone is an end, too."""
    monkeypatch.setattr("coach.shell.app.devices.open_source", lambda *_, **__: Blank(gone=gone))
    monkeypatch.setattr("sys.stdin", None)
    assert run(["check-in", "--events", "-", *ready]) == 1
    out, err = capfd.readouterr()
    start, *cues, end = [json.loads(line) for line in out.splitlines()]
    assert (start["type"], start["plan"], start["source"]) == ("session_start", "check_in", "webcam:0")
    first = next(cue["text"] for cue in cues if cue["type"] == "cue")
    assert first == "If your jaw or face hurts, stop at once"
    assert (end["type"], end["reason"], end["frames"]) == ("session_end", reason, 20)
    assert ("gone" if gone else "nothing was kept") in err


def test_the_scores_leave_standard_output_to_the_log(ready, monkeypatch, capfd):
    """With the events on standard output they are read on the other one."""
    result = CheckInResult({}, {"smile": 61.0}, {}, finished=True)
    monkeypatch.setattr("coach.shell.app.check_in.run_check_in", lambda *_, **__: result)
    monkeypatch.setattr("sys.stdin", None)
    assert run(["check-in", "--source", "demo", "--events", "-", *ready]) == 0
    out, err = capfd.readouterr()
    assert out == ""
    assert "Smile score: 61" in err


def test_photos_are_kept_when_asked_for(ready, monkeypatch):
    """`--keep-photos` is a yes."""
    given = []

    def lead(*others, keep_photos):
        given.append(keep_photos)
        return CheckInResult({}, {}, {}, finished=True)

    monkeypatch.setattr("coach.shell.app.check_in.run_check_in", lead)
    assert run(["check-in", "--keep-photos", "--source", "demo", *ready]) == 0
    assert given == [True]


def blocks(kind: str) -> list[str]:
    """Return the code of one kind in CONTRIBUTING.md, as someone would copy it."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.findall(rf"^   ```{kind}\n(.*?)^   ```", text, flags=re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for block in found]


def test_the_example_for_an_exercise_of_ones_own_works(tmp_path, monkeypatch, capfd):
    """Module, TOML, words and entry point from the guide are found, listed, and count a repetition."""
    module, trial = blocks("python")
    values, announcement, words = blocks("toml")
    english, german = tomllib.loads(words), {"title": "Brauen heben", "instruction": "Beide Brauen hoch"}
    (tmp_path / "brow_lift.en.toml").write_text(words, encoding="utf-8")
    lines = "\n".join(f'{key} = "{text}"' for key, text in german.items())
    (tmp_path / "brow_lift.de.toml").write_text(lines, encoding="utf-8")
    (tmp_path / "brow_lift.py").write_text(module, encoding="utf-8")
    (tmp_path / "brow_lift.toml").write_text(values, encoding="utf-8")
    info = tmp_path / "brow_lift-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: brow-lift\nVersion: 1.0\n", encoding="utf-8")
    (points,) = tomllib.loads(announcement)["project"]["entry-points"].items()
    lines = "\n".join(f"{name} = {target}" for name, target in points[1].items())
    (info / "entry_points.txt").write_text(f"[{points[0]}]\n{lines}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for language, own in (("en", english), ("de", german)):
        assert run(["exercises", "--language", language]) == 0
        listed = capfd.readouterr().out
        assert "brow_lift       5 x 2 s" in listed
        assert own["instruction"] in listed
        assert load_phrase_book(language).text("brow_lift", "title") == own["title"]
    assert english["go"] in load_phrase_book("en").spoken(["brow_lift"])
    assert load_phrase_book("fr").text("brow_lift", "title") == english["title"]
    assert run(["exercises", "brow_lift"]) == 0
    assert str(tmp_path / "brow_lift.toml") in capfd.readouterr().out
    said = {}
    exec(trial, said)
    assert [event.to_dict()["type"] for event in said["events"]] == ["rep", "released"]
    sys.modules.pop("brow_lift")


def test_the_readme_runs_what_is_checked():
    """Its commands are one line each, begin with a venv of their own, and end as promised; pictures load."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [line for line in text.splitlines() if line.startswith("python3 -m venv .venv && ")]
    assert [line.split(" && ")[-1] for line in commands] == [".venv/bin/smile-coach demo", ".venv/bin/pytest"]
    assert all(" -c constraints.txt " in line for line in commands)
    assert "`pipx install .` or `uv tool install .`" in text
    first = (ROOT / re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)[0]).read_bytes()
    assert first.startswith(b"GIF89a")
    assert first.count(b"\x21\xf9\x04") > 10, "it moves: so many pictures follow each other"
    assert len(first) <= 2_000_000
    folder = ROOT
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert all((folder / link).is_file() for link in links), links
