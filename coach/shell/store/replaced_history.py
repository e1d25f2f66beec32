"""Another computer's history put in the place of the open one: both are kept, in the new file."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from coach.shell.store.row_models import CHILDREN, MODELS, PARENT
from coach.shell.store.rows import insertion

FileId = tuple[int, int]


def file_id(path: Path) -> FileId | None:
    """Return which file has a name (device and number), None if no file has it."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


def rescue(connection: sqlite3.Connection, folder: Path) -> Path:
    """Copy an open database, whose file has lost its name, into a file of its own, and let it go.

    Raises
    ------
    OSError, sqlite3.Error
        It cannot be written; the connection is still open.
    """
    path = folder / f"history.rescued-{os.getpid()}.sqlite3"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with contextlib.closing(sqlite3.connect(path)) as copy:
        connection.backup(copy)
    connection.close()
    return path


def remove_ours(companions: Iterable[tuple[Path, FileId | None]]) -> None:
    """Delete the write-ahead files of the file that was replaced: SQLite would apply them to the new one."""
    for path, known in companions:
        if known is not None and file_id(path) == known:
            with contextlib.suppress(OSError):
                path.unlink()


def merge(connection: sqlite3.Connection, rescued: Path) -> None:
    """Add the sessions and check-ins of a rescued copy that a history does not have; all of them or none.

    Raises
    ------
    sqlite3.Error
        It cannot be read or written; nothing was changed.
    """
    with contextlib.closing(sqlite3.connect(rescued)) as source:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for parent, children in CHILDREN.items():
                known = {row[0] for row in connection.execute(f"SELECT id FROM {parent}")}  # noqa: S608
                for table, key in ((parent, "id"), *((child, PARENT[parent]) for child in children)):
                    names = tuple(MODELS[table].model_fields)
                    for row in source.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY rowid"):  # noqa: S608
                        values = dict(zip(names, row, strict=True))
                        if values[key] not in known:
                            connection.execute(*insertion(table, values))
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
