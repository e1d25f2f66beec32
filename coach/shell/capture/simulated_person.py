"""The simulated person as a camera: paced like a webcam or as fast as it is read, and it hears the coach."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from coach.coaching.cues import Cue
from coach.shell.capture.source import Signal
from coach.shell.drawn_face.face import draw, grain
from coach.shell.profile.toml_files import config_dir, merged, read_toml, validated
from coach.simulation.ground_truth import IntendedMovement
from coach.simulation.person import Person
from coach.simulation.spec import Failing, PersonSpec
from coach.types import Frame

__all__ = ["Failing", "IntendedMovement", "PersonSpec", "SimulatedPerson", "load_person"]

LONGEST_WAIT_S = 0.05  # as every source promises
JITTER = 0.04  # of a frame's interval; real cameras are not clocks


class SimulatedPerson:
    """A drawn person in front of a camera, until closed.

    `hear` may be called from another thread than `read`.

    Parameters
    ----------
    settings
        Their speed, steadiness and mistakes.
    fps
        Frames a second.
    size
        (width, height) of the pictures in pixels.
    seed
        Of everything random.
    realtime
        True: frames come when they are due and late callers miss some, as with a webcam. False: the
        next frame comes at once.
    script
        See `coach.simulation.person.Person`.
    clock, sleep
        Seconds that pass by themselves, and waiting for some; used in real time only.
    """

    name = "demo"

    def __init__(
        self,
        settings: PersonSpec,
        *,
        fps: float = 30.0,
        size: tuple[int, int] = (640, 480),
        seed: int = 0,
        realtime: bool,
        script: Sequence[Failing | None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._person = Person(settings, seed=seed, script=script)
        self._interval = 1.0 / fps
        self._size = size
        self._realtime = realtime
        self._clock = clock
        self._sleep = sleep
        self._jitter = random.Random(seed)  # noqa: S311 - nothing here is a secret
        self._heard: deque[Cue] = deque()
        self._opened: float | None = None
        self._index = -1
        self._t = 0.0
        self._closed = False

    @property
    def intended(self) -> list[IntendedMovement]:
        """The person's intended movements so far, in the source's time."""
        return self._person.intended

    def read(self) -> Frame | Signal:
        """Return the next (in real time: the newest) frame; `WAITING` if none is due, `ENDED` if closed."""
        if self._closed:
            return Signal.ENDED
        if self._realtime:
            if not self._wait():
                return Signal.WAITING
            self._t = self._index * self._interval
        else:
            self._index += 1
            late = self._jitter.uniform(0, JITTER) if self._index else 0.0
            self._t = (self._index + late) * self._interval
        heard = [self._heard.popleft() for _ in range(len(self._heard))]
        picture = draw(self._person.step(self._t, heard), self._size)
        return Frame(self._t, grain(picture, self._index))

    def hear(self, cue: Cue) -> None:
        """Take in a cue; the person reacts to it from the next frame on."""
        self._heard.append(cue)

    def now(self) -> float:
        """Seconds since the first read; as fast as read, the last frame's time."""
        if not self._realtime:
            return self._t
        return 0.0 if self._opened is None else self._clock() - self._opened

    def close(self) -> None:
        """Leave; every later read says `ENDED`."""
        self._closed = True

    def _wait(self) -> bool:
        """Wait for a frame newer than the last; return whether there is one."""
        if self._opened is None:
            self._opened = self._clock()
        due = (self._index + 1) * self._interval - self.now()
        if due > 0:
            self._sleep(min(due, LONGEST_WAIT_S))
        # A hair of tolerance: a sleep that ends a rounding error early has still reached the frame.
        newest = int(self.now() / self._interval + 1e-6)
        if newest <= self._index:
            return False
        self._index = newest
        return True


def load_person(own: Path | None = None) -> PersonSpec:
    """Return `config/person.toml`, with your own file on top.

    Raises
    ------
    UsageError
        A file is unreadable or wrong.
    """
    default = config_dir() / "person.toml"
    data = read_toml(default)
    if own is not None:
        data = merged(data, read_toml(own))
    return validated(PersonSpec, data, str(own or default))
