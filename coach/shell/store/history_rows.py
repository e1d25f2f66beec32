"""Reading the history file's rows into the values of `coach.progress.history`."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from coach.progress.history import Evenness, History, Recollection, Repetition, Score, Session, Try
from coach.types import Bilateral


def read_history(connection: sqlite3.Connection) -> History:
    """Return everything in the database, each kind in order of time."""
    rows = connection.execute(
        """SELECT id, started_at, plan, source, version, duration_s, reason FROM sessions
        ORDER BY started_at, rowid"""
    ).fetchall()
    sessions = tuple(Session(row[0], datetime.fromisoformat(row[1]), *row[2:]) for row in rows)
    at = {session.id: session.started_at for session in sessions}

    def read(table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Rows of one table: session, time of the session, exercise, and then `columns`."""
        names = ", ".join(f"{table}.{column}" for column in columns)
        query = f"""SELECT session, coalesce(exercise, ''), {names} FROM {table}
            JOIN sessions ON sessions.id = session ORDER BY started_at, sessions.rowid, {table}.id"""  # noqa: S608
        return [(row[0], at[row[0]], *row[1:]) for row in connection.execute(query)]

    holds = read("repetitions", "hold_s", "whole_hold_s", "t_s")
    smiles = read("smiles", "weaker_side", "symmetry", "lag_s", "excursion_left_mm", "excursion_right_mm")
    recalls = read("recalls", "memory", "latency_s", "in_time", "eye_engaged", "feeling")
    scores = connection.execute(
        """SELECT at, source, name, value, sem FROM scores JOIN check_ins ON check_ins.id = check_in
        ORDER BY at, scores.id"""
    )
    return History(
        sessions=sessions,
        repetitions=tuple(
            Repetition(session, when, exercise, hold_s if whole_hold_s is None else whole_hold_s, t_s or 0.0)
            for session, when, exercise, hold_s, whole_hold_s, t_s in holds
        ),
        tries=tuple(
            Try(session, when, exercise, reason, t_s or 0.0)
            for session, when, exercise, reason, t_s in read("attempts", "reason", "t_s")
        ),
        smiles=tuple(
            Evenness(session, when, exercise, weaker, symmetry, lag_s, Bilateral(left, right))
            for session, when, exercise, weaker, symmetry, lag_s, left, right in smiles
            if None not in {weaker, symmetry, lag_s, left, right}
        ),
        recalls=tuple(
            Recollection(session, when, exercise, memory or "", latency_s, bool(timely), bool(eyes), feeling)
            for session, when, exercise, memory, latency_s, timely, eyes, feeling in recalls
        ),
        scores=tuple(Score(datetime.fromisoformat(row[0]), *row[1:]) for row in scores),
    )
