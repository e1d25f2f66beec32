"""Keepers of events: a session's go into the history and then the log, any other flow's into the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from coach.events import Event, Recall

if TYPE_CHECKING:
    from coach.shell.store.event_log import EventLog
    from coach.shell.store.store import Store


class Keeper(Protocol):
    """Keeps events.

    Example::

        keeper.take(flow.process(t, observation).events)
        if keeper.problem:
            show(keeper.problem)
    """

    @property
    def problem(self) -> str:
        """Why something is not on the disk, or empty."""
        ...

    def take(self, events: tuple[Event, ...]) -> None:
        """Keep the events at once."""
        ...


class LogKeeper:
    """Writes to the event log alone, where there is one."""

    def __init__(self, log: EventLog | None) -> None:
        self._log = log

    def take(self, events: tuple[Event, ...]) -> None:
        """Write the events at once."""
        if self._log is not None:
            for event in events:
                self._log.write(event)

    @property
    def problem(self) -> str:
        """Why the log has stopped, or empty."""
        return "" if self._log is None else self._log.problem


class Recorder:
    """Writes the events of a session to the history and the event log.

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

    @property
    def problem(self) -> str:
        """Why something is not on the disk, or empty; the history before the log."""
        return self._store.problem or ("" if self._log is None else self._log.problem)
