"""Rows of a history that cannot be read: said where it is opened, taken out where that is asked for."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from coach.errors import Notice, StoreError, Told
from coach.shell.store.migrations import back_up
from coach.shell.store.rows import unsound


def left_out_notice(connection: sqlite3.Connection, path: Path) -> str:
    """Return one line on the rows that cannot be read, with the remedy; empty if all can.

    Raises
    ------
    sqlite3.Error, UnicodeDecodeError
        They cannot be looked at.
    """
    lines = [line for rows in unsound(connection).values() for line in rows.values()]
    if not lines:
        return ""
    remedy = Notice("'smile-coach doctor --mend' takes such rows out and keeps a copy")
    values: dict[str, Told] = {"path": str(path), "n": len(lines), "first": lines[0], "remedy": remedy}
    if len(lines) == 1:
        return Notice("{path}: {n} row cannot be read and is left out ({first}); {remedy}", **values)
    return Notice("{path}: {n} rows cannot be read and are left out ({first}); {remedy}", **values)


def mend(connection: sqlite3.Connection, path: Path, now: datetime) -> list[str]:
    """Take out the rows that cannot be read, after a copy; return a line on each, and on the copy.

    Raises
    ------
    StoreError
        It cannot be written; nothing was changed.
    """
    found = unsound(connection)
    if not found:
        return []
    copy = path.with_name(f"{path.stem}.backup-{now:%Y-%m-%d-%H%M%S}.sqlite3")
    try:
        back_up(connection, copy)
        connection.execute("BEGIN IMMEDIATE")
        for table, rows in found.items():
            for number in rows:
                connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (number,))  # noqa: S608
        connection.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: cannot be mended ({error}); nothing was changed") from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    lines = [f"taken out: {line}" for rows in found.values() for line in rows.values()]
    return [*lines, f"the history as it was is kept as {copy.name}"]
