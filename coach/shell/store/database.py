"""The history file on the disk: made private, moved aside when bad, opened."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from coach.errors import Notice, StoreError
from coach.shell.store.examination import UNREADABLE, examined
from coach.shell.store.migrations import MIGRATIONS, Migration, migrate, version
from coach.shell.system.private_file import make_private, readable_by_others

NAME = "history.sqlite3"
OPENING_S = 1.0  # how long to wait at the start for a second copy to let the file go
WRITING_S = 0.05  # the same inside a session, where a frame is waiting
# A file system without shared memory (WSL's drives, virtiofs, some network mounts) cannot hold a WAL index.
_NO_SHARED_MEMORY = {
    sqlite3.SQLITE_IOERR_SHMMAP,
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMLOCK,
}


def open_for_writing(
    folder: Path, today: date, migrations: Sequence[Migration] = MIGRATIONS
) -> tuple[sqlite3.Connection, str]:
    """Open the history in `folder`, which is made where it is missing.

    Returns
    -------
    connection
        In autocommit mode: every statement is on the disk's way when `execute` returns, and survives
        the end of the process at any moment.
    notice
        A line for the person (e.g. that a bad file was moved aside), or empty.

    Raises
    ------
    StoreError
        The folder cannot be written, a second copy holds the file, or a newer program made it.
    """
    path = folder / NAME
    existed = _make_private(folder, path)
    notice = ""
    fault = _fault(path, migrations) if existed else ""
    if fault:
        kept = _move_aside(path, today)
        notice = Notice("{path} {fault}; a new history was started", path=str(path), fault=fault)
        if kept:
            notice = Notice("{first}, the old file is now {kept}", first=notice, kept=str(kept))
        _make_private(folder, path)
    with contextlib.ExitStack() as opened:
        try:
            connection = opened.enter_context(contextlib.closing(_connect(path)))
            connection = opened.enter_context(contextlib.closing(_choose_journal(connection, path)))
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # overwrite deleted rows, do not only unlink them
        except sqlite3.Error as error:
            raise _unusable(path, error) from error
        migrate(connection, path, migrations)
        opened.pop_all()  # it is the caller's
    if not existed and readable_by_others(path):
        notice = Notice(
            "{path}: this file system keeps no permissions: others on this machine may read it",
            path=str(path),
        )
    connection.execute(f"PRAGMA busy_timeout = {int(WRITING_S * 1000)}")
    return connection, notice


def open_for_reading(folder: Path, migrations: Sequence[Migration] = MIGRATIONS) -> sqlite3.Connection:
    """Open the history in `folder` without writing anything there; an empty history where no file exists.

    Raises
    ------
    StoreError
        The file is not a history, is damaged, or was made by a newer program.
    """
    path = folder / NAME
    memory = sqlite3.connect(":memory:", isolation_level=None)
    if _size(path):
        with contextlib.ExitStack() as opened:
            try:
                connection = opened.enter_context(contextlib.closing(_connect_read_only(path)))
                fault = examined(connection, path, migrations)
            except sqlite3.Error as error:
                raise _unusable(path, error) from error
            if fault:
                remedy = "restore a copy, or start a session to create a new history"
                raise StoreError(f"{path}: {fault}; {remedy}")
            if version(connection) == len(migrations):
                opened.pop_all()  # it is the caller's
                return connection
            connection.backup(memory)  # an older file is brought up to date in memory only
    migrate(memory, None, migrations)
    return memory


def journal_mode(folder: Path) -> str:
    """Try a history in an empty folder; return how it keeps what is being written: `wal` or `delete`.

    Raises
    ------
    StoreError
        None can be kept there.
    """
    connection, _ = open_for_writing(folder, date.min)
    with contextlib.closing(connection):
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def companions(path: Path) -> tuple[Path, ...]:
    """Return the database and the two files SQLite keeps beside it while it is in use."""
    return path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def _make_private(folder: Path, path: Path) -> bool:
    """Make folder (0700) and file (0600) where missing; return whether the file was there."""
    try:
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        existed = path.exists()
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if readable_by_others(path):
            make_private(path)
    except OSError as error:
        raise StoreError(
            f"data folder {folder}: cannot be written ({error.strerror}); "
            "choose another with --data-dir or SMILE_COACH_HOME"
        ) from error
    return existed


def _fault(path: Path, migrations: Sequence[Migration]) -> str:
    if not _size(path):
        return "was empty (0 bytes)"
    try:
        with contextlib.closing(_connect(path)) as connection:
            return examined(connection, path, migrations)
    except sqlite3.Error as error:
        raise _unusable(path, error) from error


def _move_aside(path: Path, today: date) -> str:
    """Rename the file and its companions; return the new name, empty if there was nothing to keep."""
    if not any(_size(part) for part in companions(path)):
        return ""
    kept, n = path.with_name(f"{path.stem}.bad-{today.isoformat()}.sqlite3"), 1
    while kept.exists():
        n += 1
        kept = path.with_name(f"{path.stem}.bad-{today.isoformat()}-{n}.sqlite3")
    try:
        for part, new in zip(companions(path), companions(kept), strict=True):
            if part.exists():
                part.rename(new)
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be moved aside ({error.strerror}); move it away yourself"
        ) from error
    return kept.name


def _connect(path: Path) -> sqlite3.Connection:
    """Connect; without shared memory, turn a WAL database left by another machine into a plain one."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=OPENING_S)
    try:
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    except UNREADABLE as error:  # any other fault is reported by the connection's user
        if getattr(error, "sqlite_errorcode", 0) in _NO_SHARED_MEMORY:
            return _without_index(connection, path)
    return connection


def _without_index(refused: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """Connect where the index beside the file cannot be: its place has no shared memory, or no room."""
    try:
        return _with_rollback_journal(refused, path)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_FULL:
            raise
    connection = sqlite3.connect(path, isolation_level=None, timeout=OPENING_S)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # its index is in this process's own memory
    return connection


def _choose_journal(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """Write ahead where the file system can, else with a rollback journal; return the connection to use.

    On a full disk all stays as it is: the history can be read, and is told of when something is written.
    """
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code in _NO_SHARED_MEMORY:
            return _with_rollback_journal(connection, path)
        if code & 0xFF != sqlite3.SQLITE_FULL:
            raise
    return connection


def _with_rollback_journal(refused: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """Leave WAL by a new connection: one that was refused shared memory once cannot do anything any more.

    One process alone needs no shared memory for it, if it asks to be alone before it reads anything.
    """
    refused.close()
    connection = sqlite3.connect(path, isolation_level=None, timeout=OPENING_S)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA locking_mode = NORMAL")
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()  # lets the lock go
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """Connect without writing; `immutable` is the only way to a WAL database on a read-only disk."""
    address = path.absolute().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None, timeout=OPENING_S)
    try:
        connection.execute("PRAGMA user_version")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in _NO_SHARED_MEMORY:
            connection.close()
            return _connect(path)
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
            raise
        connection.close()
        return sqlite3.connect(f"{address}?immutable=1", uri=True, isolation_level=None)
    except UNREADABLE:
        return connection  # not a database: the examination says so
    return connection


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def remedy_for(error: Exception) -> str:
    """Return what to do about a fault of the history."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return Notice("another smile-coach is using it: close that one and try again")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}:
        return Notice("it is damaged: restore a copy, or move it away to begin a new history")
    if code == sqlite3.SQLITE_FULL:
        return Notice("free some space, or choose another folder with --data-dir or SMILE_COACH_HOME")
    return Notice("check the folder and its disk, or choose another with --data-dir or SMILE_COACH_HOME")


def _unusable(path: Path, error: sqlite3.Error) -> StoreError:
    return StoreError(f"{path}: cannot be used ({error}); {remedy_for(error)}")
