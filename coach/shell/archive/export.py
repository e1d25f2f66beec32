"""The history for others: CSV tables, one JSON file that can be read back, a page for a clinician."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import coach
from coach.errors import CoachError, StoreError, UsageError
from coach.progress.clinical_report import clinical_report
from coach.progress.words import ProgressWords
from coach.shell.store.migrations import MIGRATIONS
from coach.shell.store.row_models import CHILDREN, PARENT, fault
from coach.shell.store.rows import damaged_text, insertion, unsound
from coach.shell.store.store import Store
from coach.shell.system.private_file import hand_over, refuse_dash
from coach.shell.system.regular_file import require_regular_file

FORMAT = "smile-coach history"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")  # a spreadsheet may run these; the mark prevents it
LARGEST = 500_000_000  # bytes of a file that is read back; a hundred years of daily sessions take less
ENDINGS = {".csv": "csv", ".json": "json", ".pdf": "pdf"}  # what each promises
NOT_WRITTEN = frozenset({".doc", ".docx", ".html", ".ods", ".odt", ".tsv", ".txt", ".xls", ".xlsx", ".zip"})
_ORDER = {"sessions": "started_at, rowid", "check_ins": "at, rowid"}
TABLES = tuple(table for parent, children in CHILDREN.items() for table in (parent, *children))

TableRows: TypeAlias = list[dict[str, Any]]


def export_csv(store: Store, folder: Path) -> list[Path]:
    """Write one CSV file (UTF-8, comma, header) for each table; see `docs/history.md` for the columns.

    Returns
    -------
    list of Path
        The files written, empty tables included. The memories' words and photos are never exported.

    Raises
    ------
    UsageError
        The folder's name promises another format.
    CoachError
        The folder cannot be written.
    StoreError
        The history cannot be read.
    """
    check_target(folder, "csv")
    paths = []
    for table, rows in _tables(store).items():
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=_columns(store.connection, table), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: defused(value) for name, value in row.items()} for row in rows)
        paths.append(folder / f"{table}.csv")
        hand_over(paths[-1], text.getvalue().encode())
    return paths


def export_json(store: Store, path: Path) -> Path:
    """Write everything into one JSON file, which `import_json` reads back.

    Raises
    ------
    UsageError
        The file's name promises another format.
    CoachError
        The file cannot be written.
    StoreError
        The history cannot be read.
    """
    check_target(path, "json")
    text = json.dumps(as_json(store), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    hand_over(path, text.encode())
    return path


def as_json(store: Store) -> dict[str, Any]:
    """Return everything as plain JSON values: `format`, `tables_version`, `version` and `tables`."""
    return {
        "format": FORMAT,
        "tables_version": len(MIGRATIONS),
        "version": coach.__version__,
        "tables": _tables(store),
    }


def export_pdf(store: Store, path: Path, today: date, words: ProgressWords) -> Path:
    """Write one page for a clinician as a PDF; memories are numbered, their words stay here.

    Raises
    ------
    UsageError
        The file's name promises another format.
    CoachError
        The file cannot be written, or there is nothing to report yet.
    StoreError
        The history cannot be read.
    """
    from coach.shell.report.pdf_report import pdf

    check_target(path, "pdf")
    history = store.history()
    if not history.sessions and not history.scores:
        raise CoachError("nothing to report: no sessions and no check-ins yet; start with smile-coach")
    models = [row["model"] for table in CHILDREN for row in _tables(store)[table]]
    report = clinical_report(history, today, words, version=coach.__version__, models=models)
    hand_over(path, pdf(report, words))
    return path


def import_json(store: Store, path: Path) -> str:
    """Add the sessions and check-ins of an export that are not in the store yet; all or none.

    Returns
    -------
    str
        One line on the rows that were added, and those that were there already.

    Raises
    ------
    CoachError
        The file cannot be read, is not an export, or was made by a newer program.
    StoreError
        The history cannot be written.
    """
    tables, lost = _read(path)
    added = dict.fromkeys(CHILDREN, 0)
    try:
        with store.transaction():
            for parent, children in CHILDREN.items():
                known = {row[0] for row in store.connection.execute(f"SELECT id FROM {parent}")}  # noqa: S608
                new = [row for row in tables[parent] if row["id"] not in known]
                added[parent] = len(new)
                for row in new:
                    store.connection.execute(*insertion(parent, row))
                ids = {row["id"] for row in new}
                for child in children:
                    for row in tables[child]:
                        if row[PARENT[parent]] in ids:
                            store.connection.execute(*insertion(child, row))
    except StoreError as error:
        if isinstance(error.__cause__, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise CoachError(
                f"{path}: its rows contradict each other ({error.__cause__}); export it again"
            ) from error
        raise
    there = sum(len(tables[parent]) for parent in CHILDREN) - sum(added.values())
    said = (
        f"added {counted(added['sessions'], 'sessions')} and {counted(added['check_ins'], 'check-ins')} "
        f"from {path.name}; {there} {'was' if there == 1 else 'were'} there already"
    )
    if lost:
        said += f"; {counted(lost, 'rows')} left out, whose session or check-in is not in the file"
    return said


def defused(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: a text that begins like one gets a `'` first.

    One that begins with `'` gets another, so that taking one away gives every text back as it was.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def counted(count: int, things: str) -> str:
    """Return a count with its noun, given in the plural: `2 films`, `1 film`."""
    return f"{count} {things.removesuffix('s') if count == 1 else things}"


def check_target(path: Path, kind: str) -> None:
    """Refuse a name that promises another format: a file of that format may be there, and would be lost."""
    refuse_dash(path)
    ending = path.suffix.lower()
    if kind == "csv" and ending in NOT_WRITTEN and not path.is_dir():
        raise UsageError(
            f"{path}: smile-coach writes no {ending} files; give a folder for CSV, or a .json or .pdf file"
        )
    if kind == ending[1:] == "csv" and not path.is_dir():
        raise UsageError(f"{path}: CSV is one file a table, in a folder; give the folder's name")
    if ENDINGS.get(ending, kind) != kind:
        raise UsageError(
            f"{path}: ends in {ending}, but --format is {kind}; "
            f"give another name, or --format {ENDINGS[ending]}"
        )


def _tables(store: Store) -> dict[str, TableRows]:
    """Return every table's readable rows by column; a child's own number means nothing outside.

    What belongs to a session that cannot be read is left out with it.
    """
    try:
        with damaged_text(store.connection):
            bad = unsound(store.connection)
            tables = {table: _rows(store.connection, table, bad.get(table, ())) for table in TABLES}
    except sqlite3.Error as error:
        raise StoreError(f"{store.path}: cannot be read ({error}); restore a copy") from error
    _leave_out_orphans(tables)
    return tables


def _rows(connection: sqlite3.Connection, table: str, bad: Iterable[int]) -> TableRows:
    columns = _columns(connection, table)
    readable = f"rowid NOT IN ({', '.join(map(str, bad))})"
    query = f"""SELECT {", ".join(columns)} FROM {table}
        WHERE {readable} ORDER BY {_ORDER.get(table, "id")}"""  # noqa: S608
    return [dict(zip(columns, row, strict=True)) for row in connection.execute(query)]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    return names if table in CHILDREN else names[1:]


def _read(path: Path) -> tuple[dict[str, TableRows], int]:
    """Return a file's tables, checked whole, and how many rows belong to nothing in it and are not there."""
    try:
        require_regular_file(path, "a file made by smile-coach export")
        size = path.stat().st_size
        if size > LARGEST:
            raise CoachError(f"{path}: {size // 1_000_000} MB is too large for an export; check the path")
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        if isinstance(error, CoachError):
            raise
        raise CoachError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except (ValueError, RecursionError) as error:
        raise CoachError(f"{path}: is not JSON; give a file made by smile-coach export") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise CoachError(f"{path}: is not a smile-coach export; give a file made by smile-coach export")
    if data.get("tables_version") != len(MIGRATIONS):
        raise CoachError(
            f"{path}: version {ascii(data.get('tables_version'))[:20]} of the tables, this smile-coach has "
            f"{len(MIGRATIONS)}; import it with the smile-coach that wrote it"
        )
    tables = _checked(data.get("tables"), path)
    return tables, _leave_out_orphans(tables)


def _leave_out_orphans(tables: dict[str, TableRows]) -> int:
    """Take out the rows whose session or check-in is not there; return how many they were."""
    lost = 0
    for parent, children in CHILDREN.items():
        ids = {row["id"] for row in tables[parent]}
        for child in children:
            kept = [row for row in tables[child] if row[PARENT[parent]] in ids]
            lost += len(tables[child]) - len(kept)
            tables[child] = kept
    return lost


def _checked(tables: Any, path: Path) -> dict[str, TableRows]:
    """Return the tables if every row fits the model: nothing of a file with one bad row is taken over."""
    now = datetime.now().astimezone()
    for table in TABLES:
        rows = tables.get(table) if isinstance(tables, Mapping) else None
        if not isinstance(rows, list):
            raise CoachError(f"{path}: table '{table}' is missing; export it again")
        for n, row in enumerate(rows, start=1):
            if wrong := fault(table, row, now):
                joined = "" if wrong.startswith("has") else ":"
                raise CoachError(f"{path}: row {n} of '{table}'{joined} {wrong}; export it again")
    return {table: tables[table] for table in TABLES}
