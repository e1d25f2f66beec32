"""Machines as people have them: odd environments, closed outputs, no memory; one line each, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from checkout import ROOT
from simulated_year import fill

from coach.__main__ import run
from coach.shell.recording import film_folders as films
from coach.shell.store.store import Store
from coach.shell.window.window import display_problem


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (MemoryError(), "not enough memory"),
        (ImportError("libQt5Gui.so.5: failed to map segment\nfrom shared object"), "failed to map segment"),
        (OSError(27, "File too large", "x.png"), "x.png: File too large; check"),
        (OSError(36, "File name too long", "y" * 5000), "y: File name too long; check"),
        (OSError(5, "Input/output error"), "the system: Input/output error; check"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_machine_refuses_is_one_line(monkeypatch, capfd, error, says):
    """Whatever it is, wherever it comes from."""

    def refuse(**_):
        raise error

    monkeypatch.setattr("coach.shell.command_line.cli.cli.main", refuse)
    assert run(["demo"]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert says in line
    assert len(line) < 520


def test_a_name_with_a_line_end_is_one_line(fails):
    """The line that repeats it stays one."""
    assert fails("score", "two\nlines.png") == (1, "two\\nlines.png: no such file; check the path")


@pytest.mark.parametrize("folder", ["~nosuchuser", "x" * 5000])
def test_a_data_folder_that_cannot_be(fails, folder):
    """A home of nobody, and a name no disk takes."""
    status, line = fails("progress", "--data-dir", folder)
    assert status in {1, 2}
    assert ";" in line


@pytest.mark.parametrize(
    ("command", "remedy"),
    [
        (["demo", "--plan", "x" * 5000], "memory_anchor"),
        (["status", "--person", "y" * 5000], "people add NAME adds a person"),
        (["forget", "session", "x y " * 1500], "lists them"),
        (["q" * 5000], "(see 'smile-coach --help')"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_name_of_thousands_of_letters_leaves_room_for_the_remedy(fails, home, command, remedy):
    """What was typed is repeated from its beginning, and the line still ends with what to do."""
    status, line = fails(*command)
    assert status in {1, 2}
    assert len(line) < 520
    assert line.endswith(remedy)


def test_a_closed_standard_output_is_said(fails, monkeypatch, home):
    """`>&-` with `--events -`: there is nothing to write to."""
    monkeypatch.setattr(sys, "stdout", None)
    status, line = fails("demo", "--events", "-", "--no-window", "--no-voice", "--speed", "max")
    assert (status, line) == (1, "--events -: standard output is closed; give a file")


@pytest.mark.skipif(os.name != "posix", reason="a closed pipe is another error on Windows")
@pytest.mark.parametrize(
    ("command", "status"),
    [(["--help"], 0), (["progress"], 0), (["forget", "session", "last", "--yes"], 0), (["nonsense"], 2)],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_reader_that_goes_away_ends_nothing(tmp_path, command, status):
    """`progress | head -1` has done what it was asked for; a film goes with its session, read or not."""
    with Store.open(tmp_path / "data") as store:
        fill(store, sessions=1, check_ins=0)
        (done,) = store.history().sessions
    film = films.new_folder(tmp_path / "data", done.started_at)
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-m", "coach", *command],
        cwd=tmp_path,
        env=os.environ | {"SMILE_COACH_HOME": "data"},
        stdout=writing,
        stderr=subprocess.PIPE if status == 0 else writing,
        check=False,
        timeout=100,
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr or b"") == (status, b"")
    assert film.exists() == (command[0] != "forget")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere names are always UTF-8")
@pytest.mark.parametrize("command", [["progress", "--data-dir", "Käthe"], ["memories", "add", "Käthe"]])
def test_letters_that_python_was_told_not_to_read_are_one_line(tmp_path, command):
    """`PYTHONUTF8=0` in a shell that knows ASCII alone: the remedy is not to rename anything."""
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "coach", *command],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("K\\udcc3\\udca4the: letters beyond ASCII cannot be read here; ")
    assert line.endswith("unset PYTHONUTF8, or set LC_ALL=C.UTF-8")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows does not go by TZ")
def test_a_time_zone_that_cannot_be_is_one_line(fails, monkeypatch, home):
    """`UTC+25` is no place on earth, and no date can be told there."""
    monkeypatch.setenv("TZ", "UTC+25")
    time.tzset()
    try:
        status, line = fails("status")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (status, line) == (2, "time zone UTC+25: lies a day or more from UTC; set TZ, e.g. to UTC")


def test_figures_are_ours_whatever_is_set(tmp_path, home):
    """A notebook's backend, LaTeX for every text, a settings file of Matplotlib's in the present folder."""
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nbackend: nothing\nno.such.key: 1\n")
    code = (
        "import sys; from coach.__main__ import run; from pathlib import Path;"
        "sys.path.insert(0, sys.argv[1]); from simulated_year import fill;"
        "from coach.shell.store.store import Store; store = Store.open(Path('data'));"
        "fill(store, sessions=3, check_ins=0); store.close();"
        "sys.exit(run(['export', 'report.pdf']) or run(['progress', '--html', 'page.html']))"
    )
    support = str(ROOT / "tests" / "support")
    environment = os.environ | {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "SMILE_COACH_HOME": str(tmp_path / "data"),
    }
    done = subprocess.run(
        [sys.executable, "-c", code, support],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("own", "wanted"), [(None, "1"), ("4", "4")])
def test_numpy_starts_no_threads_of_its_own(monkeypatch, home, own, wanted):
    """Under a limit on memory they ended the process without a line; who sets a number keeps it."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", own or "")
    if own is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    assert run(["memories"]) == 0
    assert os.environ["OPENBLAS_NUM_THREADS"] == wanted


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Qt's plugins are a Linux matter")
@pytest.mark.parametrize("value", ["wayland", "offscreen", "nonsense"])
def test_qts_own_wish_does_not_end_the_process(monkeypatch, value):
    """OpenCV brings the xcb plugin alone: with another value Qt would abort, status 134 and no line."""
    monkeypatch.setenv("QT_QPA_PLATFORM", value)
    display_problem()
    assert os.environ["QT_QPA_PLATFORM"] == "xcb"


def test_native_words_go_nowhere_where_no_temporary_file_can_be_made(monkeypatch):
    """A read-only disk, or a limit on files, must not keep the landmarker from starting."""
    from coach.shell.system import native_stderr as subject

    def refuse():
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(subject.tempfile, "TemporaryFile", refuse)
    with subject.native_stderr():
        os.write(2, b"noise")


def test_ctrl_c_while_the_commands_are_loaded_is_no_traceback(monkeypatch):
    """The first half second of every start."""

    class Interrupting:
        def find_spec(self, name, path=None, target=None):
            if name == "coach.shell.command_line.cli":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "coach.shell.command_line.cli", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    assert run(["status"]) == 130


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps a folder that is in use")
def test_a_deleted_current_folder_is_one_line(fails, monkeypatch, tmp_path, home):
    """Whatever needs to know where it is says that it is nowhere."""
    home.mkdir()
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    status, line = fails("export")
    assert status == 1
    assert line == "the current folder has been deleted; go to another one and try again"
