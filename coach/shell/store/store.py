"""The history store: what happens in a session is on the disk as soon as it has happened."""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

import coach
from coach import events
from coach.errors import Notice, StoreError, reason_of
from coach.progress.history import Felt, History
from coach.shell.store import database as history_file
from coach.shell.store.open_history import OpenHistory
from coach.shell.store.rows import (
    Statement,
    damaged_text,
    feeling,
    insertion,
    no_cycles,
    rating,
    read_history,
    statement,
)
from coach.shell.store.unreadable_rows import left_out_notice


def _today() -> datetime:
    return datetime.now().astimezone()


Content: TypeAlias = tuple[sqlite3.Connection, int, int]


class Store:
    """One person's history in one folder; made by `Store.open`.

    A failing disk does not stop a session: statements that cannot be written wait in memory, are tried again
    with every later event and at the end, and `problem` says so in one line meanwhile.

    Attributes
    ----------
    problem : str
        Why something is not on the disk (yet), or empty.
    remedy : str
        The way to help that.
    notice : str
        A line on the state of the file when it was opened, or empty.
    """

    def __init__(
        self,
        folder: Path,
        connection: sqlite3.Connection,
        notice: str,
        *,
        read_only: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self.folder = folder
        self.problem = self.remedy = ""
        self.notice = notice
        self.read_only = read_only
        self._file = OpenHistory(folder, connection, clock, watched=not read_only)
        self._journal: list[Statement] = []  # all of this run's statements, in order
        self._written = 0  # how many of them are on the disk
        self._sound: Content | None = None  # the content in which every row can be read
        with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):  # reading the history will say it
            left_out = left_out_notice(connection, self.path)
            self._sound = None if left_out else self._content()
            both = Notice("{first}; {second}", first=notice, second=left_out)
            self.notice = both if notice and left_out else notice or left_out

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False, clock: Callable[[], datetime] = _today) -> Self:
        """Open or make the history in `folder`.

        Parameters
        ----------
        folder
            The data folder; made, for its owner alone, where it is missing.
        read_only
            Write nothing at all, not even a missing folder: then the history is empty.
        clock
            Gives the date for the name of a bad file that is moved aside.

        Raises
        ------
        StoreError
            The folder cannot be written, the file is in use, or a newer program made it.
        """
        if read_only:
            return cls(folder, history_file.open_for_reading(folder), "", read_only=True, clock=clock)
        connection, notice = history_file.open_for_writing(folder, clock().date())
        return cls(folder, connection, notice, read_only=False, clock=clock)

    @property
    def path(self) -> Path:
        """The history file."""
        return self._file.path

    @property
    def connection(self) -> sqlite3.Connection:
        """The open database, for your own queries."""
        return self._file.connection

    def begin_session(
        self,
        plan: str,
        source: str,
        started_at: datetime,
        *,
        settings_json: str = "{}",
        version: str = coach.__version__,
        model: str = "",
    ) -> str:
        """Begin a session and return its id.

        Parameters
        ----------
        plan, source
            As in `session_start`.
        started_at
            With its offset from UTC, so that its date is the person's own.
        settings_json
            The settings used.
        version, model
            The program's; and the name or hash of the landmarker's model.
        """
        if started_at.tzinfo is None:
            raise ValueError("started_at needs a time zone: use datetime.now().astimezone()")
        session = uuid.uuid4().hex
        stamp = started_at.isoformat(timespec="seconds")
        row = {"id": session, "started_at": stamp, "plan": plan, "source": source, "version": version}
        self._write(insertion("sessions", row | {"model": model, "settings": settings_json}))
        return session

    def record(self, session: str, event: events.Event, *, memory: str = "") -> None:
        """Write one event of a session; those that history does not keep (cues, pauses) are passed over.

        `memory`: the id of the memory that a recall was about.
        """
        if kept := statement(session, event, memory):
            self._write(kept)

    def rate(self, session: str, warmth: int) -> None:
        """Write how warm a session's memories were, 0..10."""
        self._write(rating(session, warmth))

    def feel(self, session: str, felt: Felt) -> None:
        """Write how a session felt."""
        self._write(feeling(session, felt))

    def add_check_in(
        self,
        at: datetime,
        scores: Mapping[str, float],
        *,
        sem: Mapping[str, float] | None = None,
        details: Mapping[str, Any] | None = None,
        photo: str = "",
        source: str = "",
        version: str = coach.__version__,
        model: str = "",
    ) -> str:
        """Write one check-in, whole or not at all, and return its id.

        Parameters
        ----------
        at
            With its offset from UTC.
        scores
            By name, each in its own unit; values that are not finite are left out.
        sem
            Standard error of measurement of each score, from repeated takes, where known.
        details
            Anything else worth keeping, as plain JSON values.
        photo
            The photo's path inside the data folder, or empty.
        source
            Where the pictures came from, as in `session_start`.
        version, model
            As in `begin_session`.

        Raises
        ------
        StoreError
            It could not be written.
        """
        if at.tzinfo is None:
            raise ValueError("at needs a time zone: use datetime.now().astimezone()")
        check_in = uuid.uuid4().hex
        stamp = at.isoformat(timespec="seconds")
        plain = json.dumps(dict(details or {}), ensure_ascii=False, allow_nan=False)
        row = {"id": check_in, "at": stamp, "source": source, "version": version, "model": model}
        statements = [insertion("check_ins", row | {"photo": photo or None, "details": plain})]
        for name, value in scores.items():
            if math.isfinite(value):
                values = {"check_in": check_in, "name": name, "value": value, "sem": (sem or {}).get(name)}
                statements.append(insertion("scores", values))
        with self.transaction():
            for each in statements:
                self.connection.execute(*each)
        return check_in

    @contextlib.contextmanager
    def transaction(self) -> Any:
        """Group writes: all of them or none.

        Raises
        ------
        StoreError
            The history cannot be written; nothing was changed.
        """
        try:
            self._follow_file()
            self.connection.execute("BEGIN IMMEDIATE")
            yield
            self.connection.execute("COMMIT")
        except (sqlite3.Error, UnicodeError, OverflowError) as error:
            raise StoreError(f"{self.path}: cannot be written ({error}); nothing was changed") from error
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def history(self) -> History:
        """Return everything in the store.

        Raises
        ------
        StoreError
            It cannot be read.
        """
        try:
            with no_cycles():
                return self._read_history()
        except (sqlite3.Error, ValueError) as error:
            raise StoreError(f"{self.path}: cannot be read ({error}); restore a copy") from error

    def _read_history(self) -> History:
        examined = self._sound == self._content()
        try:
            return read_history(self.connection, examined=examined)
        except sqlite3.OperationalError as error:
            if "decode" not in str(error):
                raise
            with damaged_text(self.connection):
                return read_history(self.connection, examined=examined)

    @property
    def waiting(self) -> int:
        """How many writes are in memory only."""
        return len(self._journal) - self._written

    def retry(self) -> bool:
        """Try to write everything that waits in memory; return whether all is on the disk."""
        try:
            self._follow_file()
            while self._written < len(self._journal):
                self._execute(self._journal[self._written])
                self._written += 1
        except (sqlite3.Error, OSError) as error:
            self.problem = Notice(
                "history: not saved yet, kept in memory ({reason}); the session continues",
                reason=reason_of(error),
            )
            self.remedy = history_file.remedy_for(error)
            return False
        if self.problem:
            self.notice, self.problem = self.notice or Notice("history: saved after a delay"), ""
        return True

    def close(self) -> None:
        """Write everything that still waits and let the file go; safe to call twice."""
        if self.waiting or self._file.replaced:
            with contextlib.suppress(sqlite3.Error):
                self.connection.execute(f"PRAGMA busy_timeout = {int(history_file.OPENING_S * 1000)}")
            self.retry()
        with contextlib.suppress(sqlite3.Error):
            self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, kept: Statement) -> None:
        self._journal.append(kept)
        self.retry()

    def _execute(self, kept: Statement) -> None:
        try:
            self.connection.execute(*kept)
        except sqlite3.IntegrityError:
            # The session's row is gone (it was forgotten while it ran): this event has no session any more.
            return

    def _content(self) -> Content:
        """Return a value that differs as soon as the history has changed, here or from elsewhere."""
        foreign = self.connection.execute("PRAGMA data_version").fetchone()[0]
        return self.connection, self.connection.total_changes, foreign

    def _follow_file(self) -> None:
        """Go on in the file that has the history's name; see `OpenHistory.follow`."""
        if self.read_only:
            raise StoreError(f"{self.path}: was opened for reading only")
        became = self._file.follow()
        if became == "new":
            self._written = 0
        elif became == "merged":
            self.notice = Notice(
                "{path}: was replaced while it was open (by a sync program?); both are in it now",
                path=str(self.path),
            )
