"""The history store: nothing done is lost, and no fault of the disk ends a session."""

import contextlib
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from coach import events
from coach.errors import StoreError
from coach.shell.archive.export import export_json, import_json
from coach.shell.archive.forget import forget_session, history_to_delete_from
from coach.shell.store import database as history_file
from coach.shell.store.migrations import MIGRATIONS, VERSION_1, migrate, version
from coach.shell.store.store import Store
from coach.shell.store.unreadable_rows import mend
from coach.types import Bilateral

AT = datetime(2026, 3, 1, 7, 30, tzinfo=timezone(timedelta(hours=2)))
NAME = history_file.NAME


def rep(index: int) -> events.Rep:
    return events.Rep(
        t=index * 10.0, exercise="cheek_raiser", index=index, start=index * 10 - 5.0, hold_s=5.0
    )


def rows(folder: Path, query: str) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(folder / NAME)) as connection:
        return connection.execute(query).fetchall()


def begin(store: Store) -> str:
    return store.begin_session("daily", "webcam:0", AT, settings_json='{"plan": "daily"}', model="6418")


class Failing:
    """A connection whose writes fail as long as `error` is set, as a full disk's do."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.error: sqlite3.Error | None = None

    def execute(self, *statement):
        if self.error:
            raise self.error
        return self.connection.execute(*statement)

    def close(self) -> None:
        self.connection.close()


def test_every_kind_of_event_is_kept(tmp_path: Path) -> None:
    """A session's events come back as values, on the person's own day and with the person's own sides."""
    with Store.open(tmp_path) as store:
        session = begin(store)
        for event in (
            events.Calibrated(t=3.0, neutral_s=3.0, quality=0.9),
            rep(1),
            events.Released(t=17.5, exercise="cheek_raiser", index=1, whole_hold_s=6.5, end=17.5),
            rep(2),
            events.Attempt(
                t=30.0, exercise="combined", start=28.0, end=30.0, hold_s=2.0, reason="asymmetric"
            ),
            events.Smile(
                t=30.0,
                exercise="combined",
                start=28.0,
                weaker_side="left",
                symmetry=0.8,
                first_side="right",
                lag_s=0.07,
                excursion_mm=Bilateral(6.4, 8.0),
            ),
            events.Stage(t=40.0, exercise="jaw_release", name="open_hold", status="done"),
            events.JawCircle(t=44.0, exercise="jaw_release", index=1, direction="clockwise"),
            events.CueGiven(t=45.0, text="And release", kind="release"),
        ):
            store.record(session, event)
        recall = events.Recall(
            t=52.0,
            exercise="memory_anchor",
            index=1,
            cue_t=50.0,
            onset_t=51.5,
            latency_s=1.5,
            in_time=True,
            eye_engaged=False,
        )
        store.record(session, recall, memory="m1")
        end = events.SessionEnd(
            t=60.0, reps={}, attempts={}, duration_s=60.0, frames=1800, fps=30.0, reason="finished"
        )
        store.record(session, end)
        assert store.problem == ""
        assert store.waiting == 0
    with Store.open(tmp_path, read_only=True) as store:
        history = store.history()
    assert [(r.exercise, r.whole_hold_s, r.at.date()) for r in history.repetitions] == [
        ("cheek_raiser", 6.5, date(2026, 3, 1)),
        ("cheek_raiser", 5.0, date(2026, 3, 1)),
    ]
    assert history.sessions[0].duration_s == 60.0
    assert history.sessions[0].started_at == AT
    assert history.attempts[0].reason == "asymmetric"
    assert history.smiles[0].excursion_mm == Bilateral(6.4, 8.0)
    assert history.smiles[0].weaker_side == "left"
    assert (history.recalls[0].memory, history.recalls[0].latency_s) == ("m1", 1.5)
    assert history.recalls[0].in_time
    assert not history.recalls[0].eye_engaged
    assert rows(tmp_path, "SELECT neutral_s, quality, settings, model, frames, reason FROM sessions") == [
        (3.0, 0.9, '{"plan": "daily"}', "6418", 1800, "finished")
    ]
    assert rows(tmp_path, "SELECT name, status FROM stages") == [("open_hold", "done")]
    assert rows(tmp_path, "SELECT number, direction FROM jaw_circles") == [(1, "clockwise")]


def test_a_second_block_of_the_same_exercise_starts_its_count_again(tmp_path: Path) -> None:
    """A release belongs to the latest rep of its number, not to the first block's."""
    with Store.open(tmp_path) as store:
        session = begin(store)
        for hold_s in (6.0, 9.0):
            store.record(session, rep(1))
            released = events.Released(
                t=20.0, exercise="cheek_raiser", index=1, whole_hold_s=hold_s, end=20.0
            )
            store.record(session, released)
        assert [r.whole_hold_s for r in store.history().repetitions] == [6.0, 9.0]


def test_a_check_in_is_kept_whole(tmp_path: Path) -> None:
    """Scores, their errors and the photo's name come back; what is not a number is left out."""
    with Store.open(tmp_path) as store:
        scores = {"mouth": 61.5, "cheek": float("nan")}
        store.add_check_in(AT, scores, sem={"mouth": 1.2}, details={"takes": 3}, photo="photos/a.jpg")
        (score,) = store.history().scores
    assert (score.name, score.value, score.sem, score.day) == ("mouth", 61.5, 1.2, date(2026, 3, 1))
    assert rows(tmp_path, "SELECT photo, details FROM check_ins") == [("photos/a.jpg", '{"takes": 3}')]


@pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
def test_only_the_owner_can_read(tmp_path: Path) -> None:
    """The folder is 0700; the file and SQLite's companions are 0600."""
    folder = tmp_path / "a" / "data"
    with Store.open(folder) as store:
        begin(store)
        modes = {part.name: stat.S_IMODE(part.stat().st_mode) for part in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3


@pytest.mark.skipif(os.name == "nt", reason="no such signal")
def test_a_killed_session_keeps_every_rep(tmp_path: Path) -> None:
    """After kill -9 every rep that was recorded is there, and the next start is clean."""
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from test_store import Store, begin, rep\n"
        "store = Store.open(Path(sys.argv[1]))\n"
        "session = begin(store)\n"
        "for n in range(1, 8): store.record(session, rep(n))\n"
        "print('recorded', flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"recorded\n"
        child.send_signal(signal.SIGKILL)
    with Store.open(tmp_path) as store:
        assert store.notice == ""
        history = store.history()
    assert len(history.repetitions) == 7
    assert history.sessions[0].reason is None


@pytest.mark.parametrize("folder", ["file", "file/data"])
def test_a_folder_that_cannot_be_written_is_one_line_at_the_start(tmp_path: Path, folder: str) -> None:
    """The line names the folder and the way out."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="SMILE_COACH_HOME") as caught:
        Store.open(tmp_path / folder)
    assert "\n" not in str(caught.value)
    assert str(tmp_path / folder) in str(caught.value)


def test_a_full_disk_does_not_end_the_session(tmp_path: Path) -> None:
    """What a full disk refuses waits in memory, is said in one line, and is written when there is room."""
    store = Store.open(tmp_path)
    session = begin(store)
    store.record(session, rep(1))
    disk = Failing(store.connection)
    store._file.connection = disk
    disk.error = sqlite3.OperationalError("database or disk is full")
    store.record(session, rep(2))
    store.record(session, rep(3))
    assert "disk is full" in store.problem
    assert "\n" not in store.problem
    assert store.waiting == 2
    disk.error = None
    store.record(session, rep(4))
    assert store.problem == ""
    store.close()
    assert rows(tmp_path, "SELECT number FROM repetitions ORDER BY id") == [(1,), (2,), (3,), (4,)]


def test_a_disk_that_is_full_from_the_start_to_the_end_keeps_its_problem(tmp_path: Path) -> None:
    """The problem can still be told after closing, when nothing more can be done."""
    store = Store.open(tmp_path)
    disk = Failing(store.connection)
    store._file.connection = disk
    disk.error = sqlite3.OperationalError("disk I/O error")
    store.record(begin(store), rep(1))
    store.close()
    assert "disk I/O error" in store.problem
    assert store.waiting == 2


def test_a_second_copy_that_holds_the_file_is_waited_for(tmp_path: Path) -> None:
    """A rep recorded while another copy writes is written once that copy lets go."""
    store = Store.open(tmp_path)
    session = begin(store)
    other = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.record(session, rep(1))
    assert "locked" in store.problem
    other.execute("ROLLBACK")
    other.close()
    store.close()
    assert store.problem == ""
    assert rows(tmp_path, "SELECT number FROM repetitions") == [(1,)]


def test_two_copies_can_write_in_turn(tmp_path: Path) -> None:
    """A second copy adds its own session to the same history."""
    with Store.open(tmp_path) as one, Store.open(tmp_path) as two:
        first, second = begin(one), begin(two)
        one.record(first, rep(1))
        two.record(second, rep(1))
        one.record(first, rep(2))
    assert len(rows(tmp_path, "SELECT 1 FROM repetitions")) == 3


def test_a_file_held_for_good_is_refused_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that locks the file outright leads to one line, and to no second history."""
    monkeypatch.setattr(history_file, "OPENING_S", 0.01)
    Store.open(tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="another smile-coach is using it"):
            Store.open(tmp_path)
    assert list(tmp_path.glob("*bad*")) == []


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be deleted there")
def test_a_history_deleted_during_the_session_is_begun_again(tmp_path: Path) -> None:
    """The running session is whole in the new file, not lost in the deleted one."""
    with Store.open(tmp_path) as store:
        session = begin(store)
        store.record(session, rep(1))
        for part in history_file.companions(tmp_path / NAME):
            part.unlink()
        store.record(session, rep(2))
        assert store.problem == ""
    assert rows(tmp_path, "SELECT number FROM repetitions") == [(1,), (2,)]


def test_a_session_forgotten_while_it_runs_does_not_block_the_next(tmp_path: Path) -> None:
    """Rows that belong nowhere are dropped; the rest is written."""
    with Store.open(tmp_path) as store:
        session = begin(store)
        with store.transaction():
            store.connection.execute("DELETE FROM sessions")
        store.record(session, rep(1))
        store.record(begin(store), rep(1))
        assert store.problem == ""
        assert len(store.history().repetitions) == 1


def damaged(path: Path) -> None:
    """Overwrite the pages behind the first."""
    with Store.open(path.parent) as store:
        session = begin(store)
        for n in range(50):
            store.record(session, rep(n))
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


def spoilt_names(path: Path) -> None:
    """Make a name in the list of tables no text: SQLite gives the bytes, and they are not UTF-8."""
    Store.open(path.parent).close()
    data = path.read_bytes()
    path.write_bytes(data.replace(b"repetitions_session", b"repetitions_\xbb\xbb\xbb\xbb\xbb\xbb\xbb"))


def spoilt_statement(path: Path) -> None:
    """Make a table's statement no text: what SQLite says of it cannot be decoded either."""
    Store.open(path.parent).close()
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE repetitions", b"CREATE TABL\xff repetitions"))


def foreign(path: Path) -> None:
    """Put another program's database there."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.commit()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b"not a database at all" * 99), "is not a history file"),
        (damaged, "is damaged"),
        (spoilt_names, "is damaged"),
        (spoilt_statement, "is damaged"),
        (foreign, "is another program's database"),
    ],
)
def test_a_bad_file_is_moved_aside_and_said(tmp_path: Path, spoil, said: str) -> None:
    """Nothing is thrown away: the bad file is kept under a dated name and a new history is begun."""
    spoil(tmp_path / NAME)
    before = (tmp_path / NAME).read_bytes()
    with Store.open(tmp_path, clock=lambda: AT) as store:
        assert said in store.notice
        assert "history.bad-2026-03-01.sqlite3" in store.notice
        assert "\n" not in store.notice
        store.record(begin(store), rep(1))
        assert store.problem == ""
    assert (tmp_path / "history.bad-2026-03-01.sqlite3").read_bytes() == before
    (tmp_path / NAME).write_bytes(b"bad again")
    Store.open(tmp_path, clock=lambda: AT).close()
    assert (tmp_path / "history.bad-2026-03-01.sqlite3").read_bytes() == before
    assert (tmp_path / "history.bad-2026-03-01-2.sqlite3").read_bytes() == b"bad again"


def later_version(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are listed there on Linux alone")
@pytest.mark.parametrize("spoil", [damaged, foreign, later_version])
def test_a_history_that_is_refused_is_let_go(tmp_path: Path, spoil) -> None:
    """Windows moves no file aside, and lets nobody mend or delete it, while it is open."""
    Store.open(tmp_path).close()
    spoil(tmp_path / NAME)
    for read_only in (True, False):
        with contextlib.suppress(StoreError):
            Store.open(tmp_path, read_only=read_only).close()
        left_open = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        assert not [link for link in left_open if str(link.readlink()).startswith(str(tmp_path))]


def test_an_empty_file_is_said_and_filled(tmp_path: Path) -> None:
    """SQLite would take a file of zero bytes for a new database without a word."""
    (tmp_path / NAME).touch()
    with Store.open(tmp_path) as store:
        assert "0 bytes" in store.notice
        store.record(begin(store), rep(1))
    assert len(rows(tmp_path, "SELECT 1 FROM repetitions")) == 1
    assert list(tmp_path.glob("*bad*")) == []


def test_a_newer_history_is_refused_and_untouched(tmp_path: Path) -> None:
    """An older program does not open what it cannot understand, for writing or for reading."""
    Store.open(tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / NAME)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = (tmp_path / NAME).read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError, match="newer smile-coach"):
            Store.open(tmp_path, read_only=read_only)
    assert (tmp_path / NAME).read_bytes() == before
    assert list(tmp_path.glob("*bad*")) == []


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (sqlite3.SQLITE_BUSY, "close that one and try again"),
        (sqlite3.SQLITE_CORRUPT, "restore a copy"),
        (sqlite3.SQLITE_FULL, "free some space"),
        (sqlite3.SQLITE_IOERR, "check the folder and its disk"),
    ],
)
def test_the_remedy_fits_the_fault(tmp_path: Path, monkeypatch, code: int, remedy: str) -> None:
    """Room helps against a full disk only."""
    error = sqlite3.OperationalError("something")
    error.sqlite_errorcode = code
    Store.open(tmp_path).close()

    def refuse(path: Path) -> None:
        raise error

    monkeypatch.setattr(history_file, "_connect_read_only", refuse)
    with pytest.raises(StoreError, match=remedy) as told:
        Store.open(tmp_path, read_only=True)
    assert ("space" in str(told.value)) == (code == sqlite3.SQLITE_FULL)


def test_reading_leaves_no_trace(tmp_path: Path) -> None:
    """Where there is no history, reading finds an empty one and makes nothing."""
    with Store.open(tmp_path / "nowhere", read_only=True) as store:
        assert store.history().sessions == ()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / NAME).write_bytes(b"garbage" * 100)
    with pytest.raises(StoreError, match="is not a history file"):
        Store.open(tmp_path, read_only=True)
    assert (tmp_path / NAME).read_bytes() == b"garbage" * 100


def test_a_read_only_disk_can_still_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite cannot open a WAL database there except as immutable; the store does."""
    with Store.open(tmp_path) as store:
        store.record(begin(store), rep(1))
    connect = sqlite3.connect

    def on_a_read_only_disk(address, **options):
        connection = connect(address, **options)
        if "mode=ro" not in str(address):
            return connection
        connection.close()
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        failing = Failing(connection)
        failing.error = error
        return failing

    monkeypatch.setattr(sqlite3, "connect", on_a_read_only_disk)
    with Store.open(tmp_path, read_only=True) as store:
        assert len(store.history().repetitions) == 1
        store.record("any", rep(2))
        assert "reading only" in store.problem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE sessions SET started_at = 'yesterday' WHERE id = 'bad'", "started_at = 'yesterday'"),
        ("UPDATE sessions SET started_at = '0001-01-01T00:00:00+00:00' WHERE id = 'bad'", "1970 to 2100"),
        ("UPDATE sessions SET started_at = '2026-02-31T00:00:00+00:00' WHERE id = 'bad'", "2026-02-31"),
        ("UPDATE sessions SET started_at = x'00ff' WHERE id = 'bad'", "started_at = b'\\x00\\xff'"),
        (
            "UPDATE sessions SET started_at = CAST(x'31ff0a' AS TEXT) WHERE id = 'bad'",
            "started_at = '1\\ufffd",
        ),
        ("UPDATE repetitions SET hold_s = 9e999 WHERE session = 'bad'", "hold_s = inf"),
        ("UPDATE repetitions SET hold_s = 'long' WHERE session = 'bad'", "hold_s = 'long'"),
        ("UPDATE repetitions SET hold_s = NULL WHERE session = 'bad'", "hold_s = None"),
        ("UPDATE repetitions SET exercise = x'6a6177' WHERE session = 'bad'", "exercise = b'jaw'"),
        ("UPDATE repetitions SET exercise = '{0.real}' WHERE session = 'bad'", "exercise = '{0.real}'"),
        ("UPDATE repetitions SET exercise = char(27) || 'x' WHERE session = 'bad'", "exercise = '\\x1bx'"),
        (
            "UPDATE repetitions SET session = CAST(x'61ff0a' AS TEXT) WHERE session = 'bad'",
            "not in the table",
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_said_left_out_and_mended(
    tmp_path: Path, change: str, said: str
) -> None:
    """The rest of the history is all there; taking the row out keeps a copy of how it was."""
    with Store.open(tmp_path) as store:
        store.record(begin(store), rep(1))
        bad = begin(store)
        store.record(bad, rep(1))
        store.connection.execute("PRAGMA foreign_keys = OFF")
        store.connection.execute("UPDATE sessions SET id = 'bad' WHERE id = ?", (bad,))
        store.connection.execute("UPDATE repetitions SET session = 'bad' WHERE session = ?", (bad,))
        store.connection.execute(change)
    for read_only in (True, False):
        with Store.open(tmp_path, read_only=read_only) as store:
            assert "1 row cannot be read and is left out" in store.notice
            assert said in store.notice
            assert "smile-coach doctor --mend" in store.notice
            assert store.notice.isprintable()
            assert len(store.history().repetitions) == 1
            export_json(store, tmp_path / "out.json")
    with Store.open(tmp_path / "other") as other:  # an export holds nothing that an import refuses
        assert "left out" not in import_json(other, tmp_path / "out.json")
        assert len(other.history().repetitions) == 1
    with Store.open(tmp_path) as store:
        taken, copy = mend(store.connection, store.path, AT)
        assert said in taken
        assert "history.backup-2026-03-01" in copy
        assert mend(store.connection, store.path, AT) == []
    with Store.open(tmp_path) as store:
        assert store.notice == ""
        assert len(store.history().repetitions) == 1
    (kept,) = tmp_path.glob("history.backup-*")
    with contextlib.closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (2,)


def test_a_session_whose_own_name_is_damaged_can_be_mended(tmp_path: Path) -> None:
    """It could be neither named nor forgotten; what was in it belongs to nothing any more."""
    with Store.open(tmp_path) as store:
        store.record(begin(store), rep(1))
        bad = begin(store)
        store.record(bad, rep(1))
        store.connection.execute("PRAGMA foreign_keys = OFF")
        store.connection.execute("UPDATE sessions SET id = CAST(x'39ff0a31' AS TEXT) WHERE id = ?", (bad,))
    with Store.open(tmp_path) as store:
        assert "2 rows cannot be read and are left out (sessions row 2: id = '9" in store.notice
        assert len(store.history().sessions) == 1
        assert len(mend(store.connection, store.path, AT)) == 3
        assert len(store.history().repetitions) == 1


def test_damaged_letters_in_a_history_do_not_cost_what_else_is_in_it(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.record(begin(store), rep(1))
        store.connection.execute("UPDATE sessions SET plan = CAST(x'6461ff6c79' AS TEXT)")
    with Store.open(tmp_path) as store:
        history = store.history()
    assert [session.plan for session in history.sessions] == ["da\ufffdly"]
    assert len(history.repetitions) == 1


ENDLESS = (
    """CREATE VIEW more AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"""
)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (ENDLESS, "a view that is not ours"),
        ("CREATE TRIGGER t AFTER INSERT ON repetitions BEGIN DELETE FROM sessions; END", "a trigger"),
        ("ALTER TABLE scores ADD COLUMN twice AS (value * 2)", "a table that is not ours"),
        ("DROP TABLE smiles", "lacks tables"),
        ("PRAGMA user_version = -5", "tables that are not ours"),
        ("PRAGMA user_version = -1", "tables that are not ours"),
    ],
)
def test_tables_that_compute_or_are_not_ours_are_kept_aside(
    tmp_path: Path, statement: str, said: str
) -> None:
    """A view may run for ever, a trigger change anything; nothing of such a file is asked."""
    Store.open(tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as connection:
        connection.execute(statement)
    with pytest.raises(StoreError, match=said):
        Store.open(tmp_path, read_only=True)
    with Store.open(tmp_path, clock=lambda: AT) as store:
        assert said in store.notice
        assert "history.bad-2026-03-01.sqlite3" in store.notice


@pytest.mark.parametrize("column", ["type", "name", "sql"])
def test_a_spoilt_bit_that_makes_a_blob_of_a_tables_words_costs_nothing(tmp_path: Path, column: str) -> None:
    """SQLite reads them as the same words."""
    with Store.open(tmp_path) as store:
        store.record(begin(store), rep(1))
    with contextlib.closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        spoil = f"UPDATE sqlite_schema SET {column} = CAST({column} AS BLOB) WHERE name = 'repetitions'"
        connection.execute(spoil)
    with Store.open(tmp_path, read_only=True) as store:
        assert len(store.history().repetitions) == 1


class NoSharedMemory(sqlite3.Connection):
    """A connection on a file system without shared memory, as SQLite was seen to behave there.

    Turning WAL on succeeds; the first read after it fails, and then everything on this connection does. One
    that asks to be alone before it reads anything can leave WAL.
    """

    alone = refused = False

    def execute(self, statement, *values):
        if statement.startswith("PRAGMA locking_mode"):
            self.alone = statement.endswith("EXCLUSIVE")
        elif not self.alone and (not statement.startswith("PRAGMA") or statement.endswith("user_version")):
            self.refused |= super().execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        if self.refused:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMMAP
            raise error
        return super().execute(statement, *values)


def test_without_shared_memory_a_rollback_journal_is_used(tmp_path: Path, monkeypatch) -> None:
    """A new history, one that another machine left in WAL, and one that is only read."""
    with Store.open(tmp_path / "old") as store:
        store.record(begin(store), rep(1))
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k, factory=NoSharedMemory))
    with Store.open(tmp_path / "old", read_only=True) as store:
        assert len(store.history().repetitions) == 1
    with contextlib.closing(connect(tmp_path / "old" / NAME)) as again:
        again.execute("PRAGMA journal_mode = WAL")  # another machine had it meanwhile
    for folder in (tmp_path / "old", tmp_path / "new"):
        with Store.open(folder) as store:
            store.record(begin(store), rep(2))
            assert store.problem == ""
            assert store.connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        with Store.open(folder, read_only=True) as store:
            assert len(store.history().repetitions) == (2 if folder.name == "old" else 1)
    (tmp_path / "tried").mkdir()
    assert history_file.journal_mode(tmp_path / "tried") == "delete"


class NoRoom(NoSharedMemory):
    """The same on a disk that is full to the last byte, as SQLite was seen to behave there: nothing may grow.

    No index, no log and no rollback journal beside the file; in place it can be written.
    """

    def execute(self, statement, *values):
        now = "" if self.refused else sqlite3.Connection.execute(self, "PRAGMA journal_mode").fetchone()[0]
        switches = statement.startswith("PRAGMA journal_mode = ") and not statement.endswith(now.upper())
        writes = statement == "COMMIT" or (statement.startswith("INSERT") and not self.in_transaction)
        if now != "memory" and (writes or (switches and not statement.endswith("MEMORY"))):
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return super().execute(statement, *values)


def test_on_a_full_disk_a_history_is_read_and_sessions_are_forgotten(tmp_path: Path, monkeypatch) -> None:
    """Whoever makes room must be able to, and more than once; nothing is left beside the file."""
    with Store.open(tmp_path) as store:
        for _ in range(3):
            store.record(begin(store), rep(1))
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=NoRoom))
    monkeypatch.setattr("coach.shell.archive.forget.shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    for left in (2, 1):
        with history_to_delete_from(tmp_path) as store:
            assert forget_session(store, "last").startswith("deleted: session ")
        assert [path.name for path in tmp_path.iterdir()] == [NAME]
        with Store.open(tmp_path, read_only=True) as store:
            assert len(store.history().repetitions) == left
    with Store.open(tmp_path) as store:
        store.record(begin(store), rep(1))
        assert "kept in memory (database or disk is full)" in store.problem
    monkeypatch.undo()
    with Store.open(tmp_path) as store:
        assert store.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert len(store.history().repetitions) == 1


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be replaced on Windows")
@pytest.mark.parametrize("at_the_end", [False, True], ids=["between two repetitions", "after the last"])
def test_a_history_that_a_sync_program_replaces_loses_nothing_of_either(tmp_path: Path, at_the_end) -> None:
    """Another computer's history is renamed over the open one: this run and what was here go into it."""
    here, there = tmp_path / "here", tmp_path / "there"
    with Store.open(there) as other:
        theirs = begin(other)
        other.record(theirs, rep(1))
    with Store.open(here) as store:
        store.record(begin(store), rep(1))
    store = Store.open(here)
    session = begin(store)
    store.record(session, rep(1))
    store.add_check_in(AT, {"mouth": 50.0})
    if at_the_end:
        store.record(session, rep(2))
    (there / NAME).replace(here / NAME)
    if not at_the_end:
        store.record(session, rep(2))
        assert "was replaced while it was open" in store.notice
    assert store.problem == ""
    store.close()
    assert sorted(path.name for path in here.iterdir()) == [NAME]
    with Store.open(here, read_only=True) as store:
        history = store.history()
        assert len(history.sessions) == 3
        assert [row.session for row in history.repetitions].count(session) == 2
        assert theirs in {row.session for row in history.repetitions}
        assert len(history.scores) == 1
        assert store.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps files to their owner by their folder")
def test_a_file_system_without_permissions_is_said_once(tmp_path: Path, monkeypatch) -> None:
    """On a memory stick (exFAT) or a network drive chmod is refused: it works, and others may read it."""

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    real = Path.stat
    monkeypatch.setattr(Path, "chmod", refuse)

    def loose(path, **options):
        about = list(real(path, **options))
        about[0] |= 0o055
        return os.stat_result(about)

    monkeypatch.setattr(Path, "stat", loose)
    with Store.open(tmp_path) as store:
        assert "others on this machine may read it" in store.notice
        store.record(begin(store), rep(1))
    with Store.open(tmp_path) as store:
        assert store.notice == ""


def version_0(path: Path) -> None:
    """Write the history of a made-up older program: sessions without a model."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as old:
        for statement in VERSION_1:
            old.execute(statement.replace("model TEXT NOT NULL, settings", "settings"))
        old.execute(
            "INSERT INTO sessions (id, started_at, plan, source, version, settings) VALUES (?,?,?,?,?,?)",
            ("old", AT.isoformat(), "daily", "webcam:0", "0.0.1", "{}"),
        )
        old.execute(f"PRAGMA application_id = {0x534D4331}")
        old.execute("PRAGMA user_version = 1")


def add_model(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE sessions ADD COLUMN model TEXT NOT NULL DEFAULT ''")


def test_an_older_history_is_brought_up_to_date_after_a_copy(tmp_path: Path) -> None:
    """The old session is there afterwards; the copy made before is the old file, for the owner alone."""
    version_0(tmp_path / NAME)
    steps = (MIGRATIONS[0], add_model)
    connection = history_file.open_for_reading(tmp_path, steps)
    assert connection.execute("SELECT id, model FROM sessions").fetchall() == [("old", "")]
    assert rows(tmp_path, "PRAGMA user_version") == [(1,)]  # reading has changed nothing on the disk

    connection, notice = history_file.open_for_writing(tmp_path, AT.date(), steps)
    assert connection.execute("SELECT id, model FROM sessions").fetchall() == [("old", "")]
    assert version(connection) == 2
    assert notice == ""
    connection.close()
    copy = tmp_path / "history.backup-v1.sqlite3"
    if os.name != "nt":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with contextlib.closing(sqlite3.connect(copy)) as old:
        assert version(old) == 1
        assert "model" not in [row[1] for row in old.execute("PRAGMA table_info(sessions)")]
        assert old.execute("SELECT id FROM sessions").fetchall() == [("old",)]


def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    """Half a step is no step: the file is as it was, and the line says so."""
    version_0(tmp_path / NAME)

    def broken(connection: sqlite3.Connection) -> None:
        add_model(connection)
        connection.execute("INSERT INTO nowhere VALUES (1)")

    with contextlib.closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as connection:
        with pytest.raises(StoreError, match="it is unchanged"):
            migrate(connection, tmp_path / NAME, (MIGRATIONS[0], broken))
        assert version(connection) == 1
        assert "model" not in [row[1] for row in connection.execute("PRAGMA table_info(sessions)")]


def test_memories_can_be_rated(tmp_path: Path) -> None:
    """The warmth goes to those of the session that brought a smile; the others stay without one."""
    recall = events.Recall(
        t=9.0, exercise="memory_anchor", index=1, cue_t=1.0, onset_t=2.0, latency_s=1.0, in_time=True,
        eye_engaged=True,
    )  # fmt: skip
    with Store.open(tmp_path) as store:
        first, second = begin(store), begin(store)
        for session in (first, second):
            store.record(session, recall, memory="a")
            store.record(session, replace(recall, index=2, onset_t=None, latency_s=None), memory="b")
        store.rate(second, 8)
        found = {(row.session, row.memory): row.feeling for row in store.history().recalls}
    assert found == {(first, "a"): None, (first, "b"): None, (second, "a"): 8, (second, "b"): None}


def test_how_a_session_felt_is_kept(tmp_path: Path) -> None:
    """Of that session alone, also in a history made before anybody asked; an unknown word is nobody's."""
    with contextlib.closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as connection:
        migrate(connection, None, MIGRATIONS[:2])
    with Store.open(tmp_path) as store:
        first, second, third = begin(store), begin(store), begin(store)
        store.feel(second, "hurt")
        store.connection.execute("UPDATE sessions SET felt = 'fine' WHERE id = ?", (third,))
        found = {row.id: row.felt for row in store.history().sessions}
    assert found == {first: None, second: "hurt", third: None}


def test_a_time_without_a_zone_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    """Without an offset the day of a session would depend on where it is read."""
    with Store.open(tmp_path) as store:
        with pytest.raises(ValueError, match="time zone"):
            store.begin_session("daily", "demo", AT.replace(tzinfo=None))
        with pytest.raises(ValueError, match="time zone"):
            store.add_check_in(AT.replace(tzinfo=None), {})


def test_a_check_in_on_a_full_disk_is_all_or_nothing(tmp_path: Path) -> None:
    """A failing score leaves no half a check-in behind."""
    with Store.open(tmp_path) as store:
        store.connection.execute("DROP TABLE scores")
        with pytest.raises(StoreError, match="nothing was changed"):
            store.add_check_in(AT.astimezone(UTC), {"mouth": 50.0}, details=json.loads("{}"))
        assert rows(tmp_path, "SELECT 1 FROM check_ins") == []


def test_a_row_that_another_program_spoils_after_the_opening_is_left_out(tmp_path: Path) -> None:
    """All rows were sound when they were looked at; once anything has changed they are looked at again."""
    with Store.open(tmp_path) as store:
        key = store.begin_session("daily", "webcam:0", AT)
        store.record(key, events.Rep(t=5.0, exercise="cheek_raiser", index=1, start=1.0, hold_s=4.0))
    with Store.open(tmp_path, read_only=True) as reader, sqlite3.connect(tmp_path / NAME) as other:
        assert len(reader.history().repetitions) == 1
        other.execute("UPDATE repetitions SET hold_s = 'long'")
        other.commit()
        assert reader.history().repetitions == ()
