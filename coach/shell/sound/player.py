"""Playing WAV files: whichever way this machine has, interruptible, never in the caller's way."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from coach.errors import Notice, reason_of
from coach.shell.sound.outputs import SoundOutput, find_outputs

GRACE_S = 2.0  # beyond the sound's own duration: then the player hangs
GENTLE_S = 0.6  # so much of a sound may be left to be heard to its end: some begin at its first word
_STARTING_S = 0.05  # that an output may take to begin
FAILURES = 3  # then the player gives up
_POLL_S = 0.02
_CLOSE_S = 0.5
_UNKNOWN_S = 3.0  # taken for the duration of a file that cannot be read


class Player(Protocol):
    """Plays one file at a time; no method ever waits for the sound.

    Example::

        player.play(path)
        player.stop()
    """

    @property
    def problem(self) -> str:
        """Why nothing is heard, one line, or empty while all is well."""
        ...

    def play(self, path: Path, *, gently: bool = False) -> None:
        """Start playing, stopping whatever still plays; `gently` lets its last syllable be heard first."""
        ...

    def stop(self) -> None:
        """Fall silent at once."""
        ...

    def close(self) -> None:
        """Fall silent and let the device go; safe to call twice."""
        ...


class NoPlayer:
    """The player of a machine that cannot play; `problem` says why."""

    def __init__(self, problem: str) -> None:
        self.problem = problem

    def play(self, path: Path, *, gently: bool = False) -> None:
        """Play nothing."""

    def stop(self) -> None:
        """Do nothing: it is silent already."""

    def close(self) -> None:
        """Do nothing: it holds nothing."""


class WatchedPlayer:
    """Plays through the first output that works, from a thread of its own.

    A sound that has not ended `grace_s` after it should is killed. Each failure moves on to the next
    output; after `FAILURES` in a row nothing more is tried and `problem` says so.

    Parameters
    ----------
    outputs
        At least one, best first.
    grace_s
        Seconds.
    clock
        Seconds, monotonic.
    """

    def __init__(
        self,
        outputs: Sequence[SoundOutput],
        grace_s: float = GRACE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.problem = ""
        self._outputs = outputs
        self._grace_s = grace_s
        self._clock = clock
        self._index = 0
        self._failures = 0  # in a row
        self._hung_at: float | None = None  # when the player counts as hanging
        self._wake = threading.Condition()
        self._request: tuple[Path | None, bool] | None = None  # the newest one the thread has not taken yet
        self._asked_at = 0.0  # when the thread should have taken it
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="player", daemon=True)
        self._thread.start()

    def play(self, path: Path, *, gently: bool = False) -> None:
        """Ask the thread to play."""
        self._ask(path, gently=gently)

    def stop(self) -> None:
        """Ask the thread to fall silent."""
        self._ask(None, gently=False)

    def close(self) -> None:
        """Fall silent and end the thread; a thread that hangs in its device is left behind."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join(_CLOSE_S)

    def _ask(self, path: Path | None, *, gently: bool) -> None:
        with self._wake:
            if self._request is None:
                self._asked_at = self._clock()
            elif self._clock() - self._asked_at > self._grace_s and not self.problem:
                self.problem = Notice(
                    "no sound: {player} does not answer; captions only", player=self._output.name
                )
            self._request = (path, gently)
            self._wake.notify()

    @property
    def _output(self) -> SoundOutput:
        return self._outputs[self._index % len(self._outputs)]

    def _work(self) -> None:
        while True:
            with self._wake:
                if self._request is None and not self._closed:
                    self._wake.wait(None if self._hung_at is None else _POLL_S)
                request, self._request, closed = self._request, None, self._closed
                if request is not None and request[1] and self._last_words():
                    continue
            try:
                if request is not None or closed:
                    self._silence()
                if request is not None and request[0] is not None and not closed:
                    self._start(request[0])
                self._watch()
            except (OSError, ValueError, wave.Error, EOFError) as error:
                self._fail(error)
            if closed:
                return

    def _start(self, path: Path) -> None:
        if self._failures >= FAILURES:
            return
        self._hung_at = self._clock() + duration_s(path) + self._grace_s
        self._output.start(path)

    def _last_words(self) -> bool:
        """Let a sound that is nearly over end; return whether something newer was asked for."""
        left = 0.0 if self._hung_at is None else self._hung_at - self._grace_s + _STARTING_S - self._clock()
        if not 0 < left <= GENTLE_S:
            return False
        return self._wake.wait_for(lambda: self._request is not None or self._closed, left)

    def _silence(self) -> None:
        self._hung_at = None
        self._output.stop()

    def _watch(self) -> None:
        if self._hung_at is None:
            return
        if not self._output.playing():
            self._hung_at = None
            self._failures = 0
        elif self._clock() > self._hung_at:
            raise TimeoutError(Notice("{player} hangs", player=self._output.name))

    def _fail(self, error: Exception) -> None:
        with contextlib.suppress(OSError):
            self._output.stop()
        self._hung_at = None
        self._index += 1
        self._failures += 1
        if self._failures >= FAILURES and not self.problem:
            self.problem = Notice("no sound: {reason}; captions only", reason=reason_of(error))


def duration_s(path: Path) -> float:
    """Return the duration of a WAV file, seconds; of anything else a guess."""
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError):
        return _UNKNOWN_S


def make_player() -> Player:
    """Return a player for this machine, or one whose `problem` says why there is no sound."""
    outputs = find_outputs()
    if outputs:
        return WatchedPlayer(outputs)
    if sys.platform == "linux":
        remedy = Notice("install pipewire-bin, pulseaudio-utils or alsa-utils")
    else:
        remedy = Notice("connect one")
    return NoPlayer(
        Notice("no sound: no output device or player found ({remedy}); captions only", remedy=remedy)
    )
