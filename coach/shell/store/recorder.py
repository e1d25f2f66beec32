"""What keeps a session: history first, then the event log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.events import Event, Recall

if TYPE_CHECKING:
    from coach.shell.store.event_log import EventLog
    from coach.shell.store.store import Store


class Recorder:
    """Writes what happened as soon as it has happened.

    Parameters
    ----------
    store
        The history.
    session
        The session's id in it.
    log
        The event log, where one is wanted.
    memory_ids
        The person's memories in the order in which they are cued.
    """

    def __init__(self, store: Store, session: str, log: EventLog | None, memory_ids: Sequence[str]) -> None:
        self._store = store
        self._session = session
        self._log = log
        self._memory_ids = memory_ids

    def take(self, events: tuple[Event, ...]) -> None:
        """Write the events at once."""
        for event in events:
            memory = ""
            if isinstance(event, Recall) and self._memory_ids:
                memory = self._memory_ids[(event.index - 1) % len(self._memory_ids)]
            self._store.record(self._session, event, memory=memory)
            if self._log is not None:
                self._log.write(event)

    def rate(self, recall: int, feeling: int) -> None:
        """Write how warm a recall was, 0..10; `recall` is its number in this session."""
        self._store.rate(self._session, recall, feeling)

    @property
    def problem(self) -> str:
        """Why something is not on the disk, or empty; the history before the log."""
        return self._store.problem or ("" if self._log is None else self._log.problem)
