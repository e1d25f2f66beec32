"""Whether a file is a sound history: ours, undamaged, of a known version, nothing in it that computes."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from coach.errors import StoreError
from coach.shell.store.migrations import APPLICATION_ID, Migration, migrate, version

# A name or a text in the file that is none: SQLite's message repeats it, and Python fails on the message.
UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
_BAD = {sqlite3.SQLITE_NOTADB: "is not a history file", sqlite3.SQLITE_CORRUPT: "is damaged"}


def examined(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> str:
    """Return a description of the fault in the file's content, or an empty string.

    Raises
    ------
    StoreError
        A newer program made it.
    sqlite3.Error
        It cannot be read, through no fault of its content.
    """
    try:
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        if tables and application != APPLICATION_ID:
            return "is another program's database"
        if (found := version(connection)) > len(migrations):
            raise StoreError(
                f"{path}: made by a newer smile-coach (version {found} of the tables, this one knows "
                f"{len(migrations)}); update smile-coach, or choose another folder with --data-dir"
            )
        if found < 0 or (fault := _schema_fault(connection, found, migrations)):
            return "holds tables that are not ours" if found < 0 else fault
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            return "is damaged"
    except UNREADABLE as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if "decode" in str(error):  # bytes that are not text: Python's own error, without a code
            return "is damaged"
        if code in _BAD:
            return _BAD[code]
        raise
    return ""


def _schema_fault(connection: sqlite3.Connection, found: int, migrations: Sequence[Migration]) -> str:
    """Return a line on odd tables: a view or a trigger in it may run for ever, or change anything."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        migrate(memory, None, migrations[:found])
        ours = {name for (name,) in memory.execute("SELECT name FROM sqlite_schema")}
        # One spoilt bit makes a blob of a text, which SQLite understands all the same.
        schema = "SELECT CAST(type AS TEXT), CAST(name AS TEXT), CAST(sql AS TEXT) FROM sqlite_schema"
        for kind, name, text in connection.execute(schema):
            if name.startswith("sqlite_"):
                continue
            if kind not in {"table", "index"} or name not in ours:
                return f"holds a {kind} that is not ours ({name!a})"
            if kind == "table" and not _plain(connection, name, text):
                return f"holds a table that is not ours ({name!a})"
            ours.discard(name)
    if missing := {name for name in ours if not name.startswith("sqlite_")}:
        return f"lacks tables ({min(missing)!a})"
    return ""


def _plain(connection: sqlite3.Connection, table: str, text: str) -> bool:
    """Whether a table computes nothing: no generated column, no check."""
    columns = "SELECT hidden FROM pragma_table_xinfo(?)"
    plain = text.upper().startswith("CREATE TABLE") and not re.search(r"\bCHECK\b", text.upper())
    return plain and not any(hidden for (hidden,) in connection.execute(columns, (table,)))
