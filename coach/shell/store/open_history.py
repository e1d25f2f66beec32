"""The open history file, followed where its name leads: a sync program may delete or replace it meanwhile."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

from coach.shell.store import database as history_file
from coach.shell.store.replaced_history import FileId, file_id, merge, remove_ours, rescue

Became: TypeAlias = Literal["same", "new", "merged"]


class OpenHistory:
    """A connection to the history in `folder` that goes with the file's name, not with the file.

    Example::

        became = file.follow()  # before each write
        file.connection.execute(...)

    Parameters
    ----------
    folder
        The data folder.
    connection
        To its history, open.
    clock
        Gives the date for the name of a bad file that is moved aside.
    watched
        Whether to notice that the file is replaced; one that is only read is left alone.
    """

    def __init__(
        self,
        folder: Path,
        connection: sqlite3.Connection,
        clock: Callable[[], datetime],
        *,
        watched: bool,
    ) -> None:
        self.connection = connection
        self.path = folder / history_file.NAME
        self._folder = folder
        self._clock = clock
        self._rescued: Path | None = None  # a copy of the file that another computer's has replaced
        self._files = self._known(watched=watched)

    @property
    def replaced(self) -> bool:
        """Whether another file has the name of the open one: a sync program put it there."""
        known = self._files[0][1]
        return known is not None and file_id(self.path) not in {known, None}

    def follow(self) -> Became:
        """Go on in the file that has the history's name: SQLite would write to one that has lost it.

        In place of one that has vanished there is an empty new one. Where another computer's history was put
        in its place, that one is given all that this one holds: nothing of either is lost.

        Raises
        ------
        StoreError, sqlite3.Error, OSError
            It cannot be done (yet).
        """
        if self._rescued is None and self.replaced:
            self._rescued = rescue(self.connection, self._folder)
            remove_ours(self._files[1:])
        elif self._rescued is None and self.path.exists():
            return "same"
        elif self._rescued is None:
            with contextlib.suppress(sqlite3.Error):
                self.connection.close()
        self.connection, _ = history_file.open_for_writing(self._folder, self._clock().date())
        became: Became = "new"
        if self._rescued is not None:
            merge(self.connection, self._rescued)
            self._rescued.unlink(missing_ok=True)
            self._rescued, became = None, "merged"
        self._files = self._known(watched=True)
        return became

    def _known(self, *, watched: bool) -> list[tuple[Path, FileId | None]]:
        """Return the file and its companions, each with the id it has now."""
        paths = history_file.companions(self.path)
        return [(path, file_id(path) if watched else None) for path in paths]
