"""Where a file is wanted: links, pipes, names that promise another format, and names of what is not there."""

import errno
import io
import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from simulated_year import fill
from waiting import PATIENCE_S

from coach.__main__ import run
from coach.errors import CoachError, UsageError
from coach.shell.archive.forget import forget_session, session_list
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.recording import film_folders as films
from coach.shell.report.reminders import Due, write_calendar
from coach.shell.store.store import Store
from coach.shell.system.private_file import hand_over

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes with a name")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DUE = Due(today_done=False, check_in=NOW.date(), every_days=14)
BOOK = load_phrase_book("en")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with two sessions, which the commands use."""
    for name in ("user_config_dir", "user_cache_dir"):
        monkeypatch.setattr(f"platformdirs.{name}", lambda *_, name=name, **__: str(tmp_path / name))
    monkeypatch.setenv("SMILE_COACH_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    with Store.open(tmp_path / "data") as store:
        fill(store, sessions=2, check_ins=0)
    return tmp_path / "data"


def said(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run a command that must fail; return its status and its one line."""
    capfd.readouterr()
    status = run(list(arguments))
    (line,) = capfd.readouterr().err.splitlines()
    return status, line


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it points to is written, whether it was there or not, for its owner alone."""
    for number, name in enumerate(("there.json", "new.json")):
        link, target = tmp_path / f"link{number}", tmp_path / name
        link.symlink_to(target)
        if name == "there.json":
            target.write_text("before")
        hand_over(link, b"after")
        assert link.is_symlink()
        assert target.read_bytes() == b"after"
        assert target.stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_is_written_straight_to(tmp_path: Path, linked: bool) -> None:
    """Its reader gets all of it; the pipe, its mode and a link to it are as before."""
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe, 0o640)
    mode = pipe.stat().st_mode
    target = tmp_path / "stdout" if linked else pipe
    if linked:
        target.symlink_to(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reader.start()
    hand_over(target, b"all of it" * 20_000)
    reader.join(PATIENCE_S)
    assert got == [b"all of it" * 20_000]
    assert pipe.is_fifo()
    assert pipe.stat().st_mode == mode
    assert target.is_symlink() == linked


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="standard output's link leads to no name")
def test_a_link_that_leads_to_no_name_is_written_straight_to(tmp_path: Path) -> None:
    """As /dev/stdout in a shell's pipeline: the link resolves to `pipe:[123]`, which is nowhere."""
    end, begin = os.pipe()
    (tmp_path / "stdout").symlink_to(f"/proc/self/fd/{begin}")
    hand_over(tmp_path / "stdout", b"whole")
    os.close(begin)
    with os.fdopen(end, "rb") as pipe:
        assert pipe.read() == b"whole"
    assert (tmp_path / "stdout").is_symlink()


def test_an_export_is_not_lost_to_a_name_of_another_format(data: Path, tmp_path: Path, capfd) -> None:
    """A page or a calendar does not take a JSON export's place; the line names both."""
    file = tmp_path / "out.json"
    assert run(["export", str(file)]) == 0
    before = file.read_bytes()
    for kind in ("pdf", "csv"):
        status, line = said(capfd, "export", "--format", kind, str(file))
        assert status == 2
        assert f"ends in .json, but --format is {kind}" in line
    with pytest.raises(UsageError, match=r"ends in \.json, wanted \.ics"):
        write_calendar(file, "18:00", NOW, DUE, BOOK)
    assert file.read_bytes() == before
    assert run(["export", "--format", "json", str(tmp_path / "no_ending")]) == 0
    write_calendar(tmp_path / "mine.ICS", "18:00", NOW, DUE, BOOK)


@pytest.mark.parametrize("command", [["export"], ["export", "--format", "json"], ["remind"]])
def test_no_file_is_called_dash(data: Path, tmp_path: Path, capfd, command: list[str]) -> None:
    """Nothing called `-` appears, neither folder nor file."""
    status, line = said(capfd, *command, "-")
    assert status == 2
    assert "-: standard output is not supported" in line
    assert not (tmp_path / "-").exists()


def test_settings_on_a_full_disk_leave_no_half_a_file(data: Path, tmp_path, monkeypatch, capfd) -> None:
    """The next try would say that they are there already."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("coach.shell.system.private_file.os.fsync", full)
    status, line = said(capfd, "config", "--init", "--config", "own.toml")
    assert status == 1
    assert line.startswith("own.toml: cannot be written (No space left on device)")
    assert not [path for path in tmp_path.iterdir() if "own.toml" in path.name]


def test_a_memory_is_looked_for_before_the_question(data: Path, monkeypatch, capfd) -> None:
    """As a session is."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    status, line = said(capfd, "forget", "memory", "7")
    assert (status, line) == (2, "there is no memory 7; there are none yet: add one first")


@pytest.mark.parametrize("option", ["--source", "--events", "--plan"])
def test_an_empty_name_is_not_taken_for_none(data: Path, capfd, option: str) -> None:
    """`--events "$LOG"` where LOG is not set: a session without the log that was wanted."""
    status, line = said(capfd, "demo", option, "")
    assert status == 2
    assert "it is empty; give a name, or leave the option out" in line


def test_a_session_is_looked_for_before_the_question(data: Path, monkeypatch, capfd) -> None:
    """Nobody is asked about a session that is not there; the question tells which one is the last."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    status, line = said(capfd, "forget", "session", "nope")
    assert status == 2
    assert "no session matches 'nope'" in line
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda question, **_: asked.append(question))
    with Store.open(data, read_only=True) as store:
        newest = store.history().sessions[-1]
    assert run(["forget", "session", "last"]) == 0
    assert asked[0].startswith(f"Delete session {newest.id[:8]} of {newest.started_at:%Y-%m-%d %H:%M}, all")


def test_one_session_is_not_told_to_be_one(tmp_path: Path) -> None:
    """With one session there, an empty name is what is wrong, not the count; with none, there is no last."""
    with Store.open(tmp_path) as store:
        with pytest.raises(CoachError, match="no sessions yet") as none:
            forget_session(store, "last")
        assert none.value.exit_status == 1  # rightly asked; there is nothing there
        fill(store, sessions=1, check_ins=0)
        with pytest.raises(UsageError, match="name is empty"):
            forget_session(store, "")
        assert len(session_list(store)) == 1


def test_films_are_listed_newest_first_and_counted_in_words_that_agree(data: Path, capfd) -> None:
    """As sessions are; one film is one film."""
    for count, day in enumerate(("2026-01-01_070000", "2026-01-02_070000"), start=1):
        folder = data / films.FOLDER / day
        folder.mkdir(parents=True)
        (folder / films.FILM).write_bytes(bytes(2000))
        capfd.readouterr()
        assert run(["forget", "film"]) == 0
        *listed, total = capfd.readouterr().out.splitlines()
        assert total == ("1 film, 2 kB" if count == 1 else "2 films, 4 kB")
    assert [day in line for day, line in zip(("01-02", "01-01"), listed, strict=True)] == [True, True]
