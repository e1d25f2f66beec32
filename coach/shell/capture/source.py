"""Where pictures come from: one protocol for the webcam, a file and the simulated person."""

from __future__ import annotations

from enum import Enum
from typing import Protocol, runtime_checkable

from coach.coaching.cues import Cue
from coach.types import Frame

MAX_WAIT_S = 0.05  # how long `Source.read` waits at most, about


class Signal(Enum):
    """A source's answer when it has no new frame."""

    WAITING = "waiting"  # nothing new yet; ask again
    LOST = "lost"  # stalled, unplugged or frozen; ask again, it may come back
    ENDED = "ended"  # no more frames will come


class Source(Protocol):
    """A stream of frames that owns its clock.

    Example::

        while (got := source.read()) is not Signal.ENDED:
            if isinstance(got, Frame):
                process(got)
    """

    @property
    def name(self) -> str:
        """The source's name in the event log, e.g. `webcam:0`, `demo` or a file's name."""
        ...

    def read(self) -> Frame | Signal:
        """Return the next (webcam: the newest) frame, waiting about `MAX_WAIT_S` for one at most.

        Raises
        ------
        SourceError
            The source cannot be used at all: no such camera, not a video, no pictures in it.
        """
        ...

    def now(self) -> float:
        """Seconds since the source opened, on the clock that stamps its frames."""
        ...

    def close(self) -> None:
        """Let the device or the file go; safe to call twice."""
        ...


@runtime_checkable
class Shrinking(Protocol):
    """A source that can give smaller pictures, as cameras do.

    Example::

        if isinstance(source, Shrinking):
            source.shrink()
    """

    def shrink(self) -> None:
        """Give smaller pictures from now on, after a short break, if there are any worth having."""
        ...


@runtime_checkable
class Listener(Protocol):
    """A source that hears the coach, as the simulated person does.

    Example::

        if isinstance(source, Listener):
            source.hear(cue)
    """

    def hear(self, cue: Cue) -> None:
        """Take in a cue that has just been said and shown."""
        ...
