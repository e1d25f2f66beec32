"""The part of a flow that is the same for a session, a calibration and a check-in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from coach.coaching.flow import Output
from coach.coaching.led import Led
from coach.events import EndReason, Event


class LedFlow(ABC):
    """A `Flow` on a camera, without the steps that the person is led through.

    A subclass adds `process`, `move`, `toggle_pause`, `finished` and the steps below::

        class Lesson(LedFlow):
            def _begin(self, t):
                if self.led.begin(t):
                    self.led.enqueue(t, CueKind.INSTRUCTION, "hello")
                self.led.advance(t)

    Parameters
    ----------
    led
        The log, the queue of cues, the presence of camera and face.
    """

    def __init__(self, led: Led) -> None:
        self.led = led

    def camera_lost(self, t: float) -> Output:
        """Take in that the source gives no pictures at the moment."""
        self._begin(t)
        self.led.no_camera(t)
        self._heed(t)
        return self._output(t)

    def idle(self, t: float) -> Output:
        """Let time go on with nothing new to see."""
        self._begin(t)
        return self._output(t)

    def end(self, t: float, reason: EndReason) -> tuple[Event, ...]:
        """Close; return the last events, `session_end` at the very end."""
        self._begin(t)
        names = self._close(self.led.t)
        self.led.log.end(self.led.t, names, self.led.frames, reason)
        return self._events()

    @abstractmethod
    def _begin(self, t: float) -> None:
        """Note the time; the first time, say the first words as well."""

    @abstractmethod
    def _heed(self, t: float) -> None:
        """Pause when nothing can be seen, and go on when it can be seen again."""

    @abstractmethod
    def _output(self, t: float) -> Output:
        """Return the output of this moment."""

    def _close(self, t: float) -> Sequence[str]:
        """End what is under way; return the names of the exercises that the last event counts."""
        del t
        return ()

    def _events(self) -> tuple[Event, ...]:
        """Return what happened since this was last asked."""
        return self.led.log.taken()
