"""The history file's tables, and the steps from each version of them to the next."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from coach.errors import StoreError

Migration: TypeAlias = Callable[[sqlite3.Connection], None]

APPLICATION_ID = 0x534D4331  # "SMC1" in the file's header: this database is a smile-coach history

# Every row of a session carries the session's own id, so that a row can be written again, to another
# file if need be, without asking the database anything first. Units are in the names: `_s` seconds,
# `_mm` millimetres; `t_s`, `start_s` and `end_s` count from the start of the session.
VERSION_1 = (
    """CREATE TABLE sessions (
        id TEXT PRIMARY KEY, started_at TEXT NOT NULL, plan TEXT NOT NULL, source TEXT NOT NULL,
        version TEXT NOT NULL, model TEXT NOT NULL, settings TEXT NOT NULL,
        neutral_s REAL, quality REAL, duration_s REAL, frames INTEGER, fps REAL, reason TEXT)""",
    """CREATE TABLE repetitions (
        id INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        exercise TEXT, t_s REAL, number INTEGER, start_s REAL, hold_s REAL, whole_hold_s REAL, end_s REAL)""",
    """CREATE TABLE attempts (
        id INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        exercise TEXT, t_s REAL, start_s REAL, end_s REAL, hold_s REAL, reason TEXT)""",
    """CREATE TABLE smiles (
        id INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        exercise TEXT, t_s REAL, start_s REAL, weaker_side TEXT, symmetry REAL, first_side TEXT, lag_s REAL,
        excursion_left_mm REAL, excursion_right_mm REAL)""",
    """CREATE TABLE recalls (
        id INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        exercise TEXT, t_s REAL, number INTEGER, memory TEXT, cue_s REAL, onset_s REAL, latency_s REAL,
        in_time INTEGER, eye_engaged INTEGER)""",
    """CREATE TABLE stages (
        id INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        exercise TEXT, t_s REAL, name TEXT, status TEXT)""",
    """CREATE TABLE jaw_circles (
        id INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        exercise TEXT, t_s REAL, number INTEGER, direction TEXT)""",
    """CREATE TABLE check_ins (
        id TEXT PRIMARY KEY, at TEXT NOT NULL, source TEXT NOT NULL, version TEXT NOT NULL,
        model TEXT NOT NULL, photo TEXT, details TEXT NOT NULL)""",
    """CREATE TABLE scores (
        id INTEGER PRIMARY KEY, check_in TEXT NOT NULL REFERENCES check_ins (id) ON DELETE CASCADE,
        name TEXT NOT NULL, value REAL NOT NULL, sem REAL, UNIQUE (check_in, name))""",
    *(
        f"CREATE INDEX {table}_session ON {table} (session)"
        for table in ("repetitions", "attempts", "smiles", "recalls", "stages", "jaw_circles")
    ),
)


def _create(connection: sqlite3.Connection) -> None:
    for statement in VERSION_1:
        connection.execute(statement)


def _feelings(connection: sqlite3.Connection) -> None:
    """Add how warm each recall was, 0..10, NULL where the person did not say."""
    connection.execute("ALTER TABLE recalls ADD COLUMN feeling INTEGER")


def _felt(connection: sqlite3.Connection) -> None:
    """Add how a session felt: `easy`, `right`, `hard` or `hurt`, NULL where the person did not say."""
    connection.execute("ALTER TABLE sessions ADD COLUMN felt TEXT")


# Step n leads from version n to n + 1; version 0 is an empty file. Append, never edit: files made by
# every released version are out there.
MIGRATIONS: tuple[Migration, ...] = (_create, _feelings, _felt)


def version(connection: sqlite3.Connection) -> int:
    """Return the version of the tables in the file; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(
    connection: sqlite3.Connection, path: Path | None, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """Bring the tables up to date, each step whole or not at all, with a copy made before it.

    Parameters
    ----------
    connection
        In autocommit mode (`isolation_level=None`).
    path
        The file; its copies are its neighbours `NAME.backup-vN.sqlite3`. None for a database in memory.
    migrations
        The steps, from version 0 on.

    Raises
    ------
    StoreError
        A step failed; the file is as it was before that step.
    """
    found = version(connection)
    for old in range(found, len(migrations)):
        try:
            if path is not None and found > 0:  # there is something to copy
                back_up(connection, path.with_name(f"{path.stem}.backup-v{old}.sqlite3"))
            connection.execute("BEGIN IMMEDIATE")
            if version(connection) == old:  # else a second copy was quicker
                migrations[old](connection)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {old + 1}")
            connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise StoreError(
                f"{path or 'history'}: cannot be brought from version {old} to {old + 1} ({error}); "
                "it is unchanged: free some space on the disk, or restore a backup, and start again"
            ) from error


def back_up(connection: sqlite3.Connection, copy: Path) -> None:
    """Copy a database into a file for its owner alone.

    Raises
    ------
    sqlite3.Error, OSError
        It cannot be read or written.
    """
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with contextlib.closing(sqlite3.connect(copy)) as target:
        connection.backup(target)
