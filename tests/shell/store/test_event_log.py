"""The event log: one JSON object a line, at once, in order."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from full_disk import full

from coach.errors import CoachError
from coach.events import Attempt, FaceLost, Rep, SessionStart, Smile
from coach.shell.store.event_log import EventLog, read_events
from coach.types import Bilateral

START = SessionStart(t=0.0, plan="daily", source="demo", version="0.1.0")
REP = Rep(t=9.5, exercise="cheek_raiser", index=1, start=4.25, hold_s=5.0)


def test_a_line_can_be_read_while_the_session_runs(tmp_path: Path) -> None:
    """Whoever follows the file sees a rep as soon as it is written, before the log is closed."""
    log = EventLog(tmp_path / "events.jsonl")
    log.write(START)
    log.write(REP)
    assert read_events(tmp_path / "events.jsonl") == [START.to_dict(), REP.to_dict()]
    log.close()
    log.close()


@pytest.mark.skipif(os.name != "posix", reason="other permissions")
def test_a_new_log_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Like everything else of the person's; one that is there keeps the permissions it has."""
    mine, shared = tmp_path / "e.jsonl", tmp_path / "shared.jsonl"
    shared.touch(0o644)
    shared.chmod(0o644)
    for path, mode in ((mine, 0o600), (shared, 0o644)):
        with EventLog(path) as log:
            log.write(START)
        assert path.stat().st_mode & 0o777 == mode


def test_a_late_event_does_not_break_the_order(tmp_path: Path) -> None:
    """An event that is stamped before the last line is written with the last line's time."""
    with EventLog(tmp_path / "e.jsonl") as log:
        for event in (START, REP, FaceLost(t=9.2), FaceLost(t=9.9)):
            log.write(event)
    assert [event["t"] for event in read_events(tmp_path / "e.jsonl")] == [0.0, 9.5, 9.5, 9.9]


def test_a_number_that_is_not_one_is_null(tmp_path: Path) -> None:
    """JSON knows no NaN: the line stays readable for every parser."""
    smile = Smile(
        t=2.0,
        exercise="combined",
        start=1.0,
        weaker_side="left",
        symmetry=math.nan,
        first_side="even",
        lag_s=0.1,
        excursion_mm=Bilateral(6.0, math.inf),
    )
    with EventLog(tmp_path / "e.jsonl") as log:
        log.write(smile)
    line = (tmp_path / "e.jsonl").read_text(encoding="utf-8")
    read = json.loads(line, parse_constant=pytest.fail)
    assert read["symmetry"] is None
    assert read["excursion_mm"] == {"left": 6.0, "right": None}


def test_dash_is_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """With `-` the lines go to standard output as UTF-8, after what was printed before them."""
    with EventLog("-") as log:
        log.write(START)
        log.write(Attempt(t=3.0, exercise="kä", start=2.0, end=3.0, hold_s=1.0, reason="too_short"))
    lines = capfdbinary.readouterr().out.decode("utf-8").splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["session_start", "attempt"]
    assert "kä" in lines[1]


@pytest.mark.parametrize("path", ["missing/events.jsonl", "file/events.jsonl", "."])
def test_an_unwritable_path_is_one_line(tmp_path: Path, path: str) -> None:
    """A missing folder, a file for a folder and a folder for a file are told at the start."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CoachError, match="--events") as caught:
        EventLog(tmp_path / path)
    assert "\n" not in str(caught.value)


@full
def test_a_full_disk_silences_the_log_and_not_the_session() -> None:
    """Writing on a full disk raises nothing, and the log says once why it stopped."""
    log = EventLog("/dev/full")
    log.write(START)
    log.write(REP)
    assert "No space left" in log.problem
    assert "\n" not in log.problem


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end differently there")
def test_a_closed_pipe_silences_the_log_and_not_the_session() -> None:
    """`... --events - | head -1` ends without a traceback and without Python's parting words."""
    script = (
        "import sys\n"
        "from coach.events import FaceLost\n"
        "from coach.shell.store.event_log import EventLog\n"
        "log = EventLog('-')\n"
        "sys.stdin.readline()\n"
        "for n in range(50): log.write(FaceLost(t=float(n)))\n"
        "sys.exit(3 if log.problem else 4)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin
    assert child.stdout
    assert child.stderr
    child.stdout.close()
    child.stdin.write(b"go\n")
    child.stdin.close()
    errors = child.stderr.read()
    child.stderr.close()
    assert child.wait() == 3
    assert errors == b""


def test_a_line_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    """The whole lines of a log whose process was killed can be read."""
    path = tmp_path / "e.jsonl"
    path.write_text(START.to_json() + "\n" + REP.to_json()[:20], encoding="utf-8")
    assert read_events(path) == [START.to_dict()]


@pytest.mark.parametrize("line", ["[1, 2]", "{}", "hello", '{"t": 1}'])
def test_what_is_not_a_log_is_said_with_its_line(tmp_path: Path, line: str) -> None:
    """A wrong line in the middle is an error that names it."""
    path = tmp_path / "e.jsonl"
    path.write_text(START.to_json() + "\n" + line + "\n" + REP.to_json() + "\n", encoding="utf-8")
    with pytest.raises(CoachError, match="line 2 is not an event"):
        read_events(path)
    with pytest.raises(CoachError, match="cannot be read"):
        read_events(tmp_path / "missing.jsonl")
