"""The history's rows: which row keeps an event, and rows as the records of `coach.progress.history`."""

from __future__ import annotations

import contextlib
import gc
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias, TypeVar

from coach import events
from coach.progress.history import (
    FELT,
    AttemptRecord,
    ExerciseRecord,
    Felt,
    History,
    RecallRecord,
    RepRecord,
    Score,
    SessionRecord,
    SmileRecord,
    TypeRecord,
)
from coach.shell.store.row_models import MODELS, fault, sound
from coach.shell.system.terminal import shown
from coach.types import Bilateral

Statement: TypeAlias = tuple[str, tuple[Any, ...]]
R = TypeVar("R", bound=ExerciseRecord)


class _Table(NamedTuple):
    name: str
    columns: dict[str, str]  # column: the event's attribute


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_TABLES: dict[type[events.Event], _Table] = {
    events.Rep: _Table("repetitions", {"number": "index", "start_s": "start", "hold_s": "hold_s"}),
    events.Attempt: _Table("attempts", {"start_s": "start", "end_s": "end"} | _same("hold_s", "reason")),
    events.Smile: _Table(
        "smiles",
        {"excursion_left_mm": "excursion_mm.left", "excursion_right_mm": "excursion_mm.right"}
        | {"start_s": "start"}
        | _same("weaker_side", "symmetry", "first_side", "lag_s"),
    ),
    events.Recall: _Table(
        "recalls",
        {"number": "index", "cue_s": "cue_t", "onset_s": "onset_t"}
        | _same("latency_s", "in_time", "eye_engaged"),
    ),
    events.Stage: _Table("stages", _same("name", "status")),
    events.JawCircle: _Table("jaw_circles", {"number": "index"} | _same("direction")),
}
_RELEASED = """UPDATE repetitions SET whole_hold_s = ?, end_s = ? WHERE id = (SELECT max(id) FROM repetitions
    WHERE session = ? AND exercise IS ? AND number = ?)"""
_CALIBRATED = "UPDATE sessions SET neutral_s = ?, quality = ? WHERE id = ?"
_ENDED = "UPDATE sessions SET duration_s = ?, frames = ?, fps = ?, reason = ? WHERE id = ?"

_RATED = "UPDATE recalls SET feeling = ? WHERE session = ? AND latency_s IS NOT NULL"
_FELT = "UPDATE sessions SET felt = ? WHERE id = ?"


def statement(session: str, event: events.Event, memory: str = "") -> Statement | None:
    """Return the SQL that keeps one event of a session; None for cues, pauses and the like."""
    match event:
        case events.Released():
            key = (session, event.exercise, event.index)
            return _RELEASED, (event.whole_hold_s, event.end, *key)
        case events.Calibrated():
            return _CALIBRATED, (event.neutral_s, event.quality, session)
        case events.SessionEnd():
            return _ENDED, (event.duration_s, event.frames, event.fps, event.reason, session)
    table = _TABLES.get(type(event))
    if table is None:
        return None
    values: dict[str, Any] = {"session": session, "exercise": event.exercise, "t_s": event.t}
    values |= {column: attrgetter(name)(event) for column, name in table.columns.items()}
    if isinstance(event, events.Recall):
        values["memory"] = memory
    return insertion(table.name, values)


def rating(session: str, feeling: int) -> Statement:
    """Return the SQL that keeps how warm a session's memories were, 0..10: of those that brought a smile."""
    return _RATED, (feeling, session)


def feeling(session: str, felt: Felt) -> Statement:
    """Return the SQL that keeps how a session felt."""
    return _FELT, (felt, session)


def insertion(table: str, values: Mapping[str, Any]) -> Statement:
    """Return the SQL that inserts one row; names come from this program, never from a person."""
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values())  # noqa: S608


def unsound(connection: sqlite3.Connection) -> dict[str, dict[int, str]]:
    """Return the rows that cannot be read: by table, the row's number and a line on what is wrong."""
    found: dict[str, dict[int, str]] = {}
    with damaged_text(connection):
        for table in MODELS:
            rows = connection.execute(f"SELECT rowid, * FROM {table} WHERE NOT ({sound(table)})")  # noqa: S608
            columns = [column[0] for column in rows.description]
            for row in rows:
                number, values = row[0], dict(zip(columns[1:], row[1:], strict=True))
                told = fault(table, {name: values[name] for name in MODELS[table].model_fields})
                found.setdefault(table, {})[number] = f"{table} row {number}: {told or 'cannot be read'}"
        for table, column in (("sessions", "started_at"), ("check_ins", "at")):
            for number, at in connection.execute(f"SELECT rowid, {column} FROM {table}"):  # noqa: S608
                if number not in found.get(table, {}) and _moment(at) is None:
                    found.setdefault(table, {})[number] = f"{table} row {number}: {column} = {at!a}"
        for table, number, owner, _ in connection.execute("PRAGMA foreign_key_check"):
            found.setdefault(table, {}).setdefault(number, f"{table} row {number}: not in the table {owner}")
    return found


@contextlib.contextmanager
def damaged_text(connection: sqlite3.Connection) -> Iterator[None]:
    """Read bytes that are no text as "\ufffd", which is slower; else they end the reading."""
    usual, connection.text_factory = connection.text_factory, partial(str, encoding="utf-8", errors="replace")
    try:
        yield
    finally:
        connection.text_factory = usual


def _moment(at: str) -> datetime | None:
    """Return the date where the text is one with its offset from UTC."""
    try:
        moment = datetime.fromisoformat(at)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None


@contextlib.contextmanager
def no_cycles() -> Iterator[None]:
    """Make many objects none of which refers to itself, without Python's looking for such then or later.

    Ten years are 100,000 objects.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


def read_history(connection: sqlite3.Connection, *, examined: bool = False) -> History:
    """Return everything in the database that can be read, each kind in order of time.

    `examined`: all rows are known to be sound, which need not be found out again.
    """

    def readable(table: str) -> str:
        return "TRUE" if examined else sound(table)

    sessions = _read_sessions(connection, readable("sessions"))
    began = {session.id: (session.id, session.started_at) for session in sessions}

    def read(table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Return one table's rows that belong to a session: its id and time, the exercise, `columns`."""
        query = f"""SELECT session, coalesce(exercise, ''), {", ".join(columns)} FROM {table}
            WHERE {readable(table)} ORDER BY id"""  # noqa: S608
        return (began[row[0]] + row[1:] for row in connection.execute(query) if row[0] in began)

    place = {session.id: number for number, session in enumerate(sessions)}

    def in_order(records: Iterable[R]) -> tuple[R, ...]:
        """Return records by session: quicker than a join, as they are in this order but for a few."""
        return tuple(sorted(records, key=lambda record: place[record.session]))

    holds = read("repetitions", "coalesce(whole_hold_s, hold_s)", "coalesce(t_s, 0.0)")
    attempts = read("attempts", "reason", "coalesce(t_s, 0.0)")
    smiles = read("smiles", "weaker_side", "symmetry", "lag_s", "excursion_left_mm", "excursion_right_mm")
    recalls = read("recalls", "coalesce(memory, '')", "latency_s", "in_time", "eye_engaged", "feeling")
    scores, types = _read_check_ins(connection, readable("scores"), readable("check_ins"))
    return History(
        sessions=sessions,
        repetitions=in_order(map(RepRecord._make, holds)),
        attempts=in_order(map(AttemptRecord._make, attempts)),
        smiles=in_order(
            SmileRecord(session, at, exercise, weaker, symmetry, lag_s, Bilateral(left, right))
            for session, at, exercise, weaker, symmetry, lag_s, left, right in smiles
            if None not in (weaker, symmetry, lag_s, left, right)
        ),
        recalls=in_order(
            RecallRecord(session, at, exercise, memory, latency_s, bool(timely), bool(eyes), feeling)
            for session, at, exercise, memory, latency_s, timely, eyes, feeling in recalls
        ),
        scores=scores,
        types=types,
    )


def _read_sessions(connection: sqlite3.Connection, readable: str) -> tuple[SessionRecord, ...]:
    """Return the sessions for which the SQL condition holds, in order of time."""
    rows = connection.execute(
        f"""SELECT id, started_at, plan, source, version, duration_s, reason, felt FROM sessions
        WHERE {readable} ORDER BY started_at, rowid"""  # noqa: S608
    ).fetchall()
    return tuple(
        SessionRecord(
            id=session,
            started_at=at,
            plan=shown(plan),
            source=shown(source),
            version=version,
            duration_s=duration_s,
            reason=reason,
            felt=felt if felt in FELT else None,
        )
        for session, started_at, plan, source, version, duration_s, reason, felt in rows
        if (at := _moment(started_at)) is not None
    )


def _read_check_ins(
    connection: sqlite3.Connection, scores_readable: str, check_ins_readable: str
) -> tuple[tuple[Score, ...], tuple[TypeRecord, ...]]:
    """Return the scores and types of the check-ins for which the SQL conditions hold, in order of time."""
    scores = connection.execute(
        f"""SELECT at, source, scores.name, value, sem FROM scores
        JOIN check_ins ON check_ins.id = check_in WHERE {scores_readable} AND {check_ins_readable}
        ORDER BY at, scores.id"""  # noqa: S608
    )
    details = connection.execute(
        f"SELECT at, source, details FROM check_ins WHERE {check_ins_readable} ORDER BY at, rowid"  # noqa: S608
    )
    types = ((_moment(at), source, _smile_type(text)) for at, source, text in details)
    return (
        tuple(Score(at, *row[1:]) for row in scores if (at := _moment(row[0])) is not None),
        tuple(TypeRecord(at, source or "", kind) for at, source, kind in types if at and kind),
    )


def _smile_type(details: str) -> str:
    """Return the type of the biggest smile as a check-in's details have it; empty if they do not."""
    try:
        kind = json.loads(details)["faces"]["biggest"]["type"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    return kind if isinstance(kind, str) else ""
