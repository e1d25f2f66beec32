"""Ctrl-C, SIGTERM and a closed terminal: the first one ends the loop in order, the second at once."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from coach.errors import INTERRUPTED


class Interruptible(Protocol):
    """Something that runs for long and can be told to end.

    Example::

        with stopping(loop):
            while not loop.interrupted:
                ...
    """

    @property
    def interrupted(self) -> bool:
        """Whether it was told to end."""
        ...

    def interrupt(self) -> None:
        """End soon; everything done so far is kept."""
        ...


@contextmanager
def stopping(running: Interruptible) -> Iterator[None]:
    """Let the system's signals end a loop in order; a second one ends the program at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        if running.interrupted:
            sys.exit(INTERRUPTED)  # not as a KeyboardInterrupt, on which click writes an empty line
        running.interrupt()

    ends = [signal.SIGINT, signal.SIGTERM]
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:  # as nohup wants it
        ends.append(hang_up)
    before = {number: signal.signal(number, stop) for number in ends}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
