"""Work that takes a while: it is done on a thread of its own, so that the window stays alive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, runtime_checkable

TURN_S = 0.02  # from one turn of the window system to the next

Made = TypeVar("Made")


@runtime_checkable
class Waiting(Protocol):
    """A display that turns white or hangs unless it gets a turn now and then.

    Example::

        while loading:
            display.one_moment()
    """

    def one_moment(self) -> None:
        """Say that it takes a moment, and return at once."""
        ...


def meanwhile(display: object, work: Callable[[], Made]) -> Made:
    """Do the work and return its result, while the window says "one moment".

    Without a window the work is done right here. An exception on this thread, as by Ctrl-C, waits for the
    end of the work: whatever that has opened can then be closed, if it was put on an `ExitStack`.

    Raises
    ------
    Exception
        Whatever the work raises.
    """
    if not isinstance(display, Waiting):
        return work()
    from concurrent.futures import ThreadPoolExecutor, wait

    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(work)
        while wait([made], TURN_S).not_done:
            display.one_moment()
    return made.result()
