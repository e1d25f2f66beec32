"""Playing WAV files: whichever way this machine has, interruptible, never in the caller's way."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

COMMANDS = (("pw-play",), ("paplay",), ("aplay", "-q"))  # Linux, in this order
GRACE_S = 2.0  # beyond the sound's own duration: then the player hangs
FAILURES = 3  # then no more is tried
_POLL_S = 0.02
_CLOSE_S = 0.5
_UNKNOWN_S = 3.0  # taken for the duration of what cannot be read


class Player(Protocol):
    """Plays one file at a time; no method ever waits for the sound."""

    @property
    def problem(self) -> str:
        """Why nothing is heard, one line, or empty while all is well."""
        ...

    def play(self, path: Path) -> None:
        """Start playing, stopping whatever still plays."""
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

    def play(self, path: Path) -> None:
        """Play nothing."""

    def stop(self) -> None:
        """Do nothing: it is silent already."""

    def close(self) -> None:
        """Do nothing: there is nothing to let go."""


class RecordingPlayer(NoPlayer):
    """A player for tests: remembers every file it was asked to play, and `None` for each stop."""

    def __init__(self) -> None:
        super().__init__("")
        self.played: list[Path | None] = []

    def play(self, path: Path) -> None:
        """Remember the file."""
        self.played.append(path)

    def stop(self) -> None:
        """Remember the stop."""
        self.played.append(None)


class Output(Protocol):
    """One way to make a sound, used from a single thread; each method may raise OSError."""

    name: str

    def start(self, path: Path) -> None:
        """Begin to play and return."""
        ...

    def playing(self) -> bool:
        """Whether it still plays."""
        ...

    def stop(self) -> None:
        """Fall silent, whatever it takes."""
        ...


class CommandOutput:
    """A command line player, one child process a file in a process group of its own."""

    def __init__(self, command: Sequence[str]) -> None:
        self.name = command[0]
        self._command = tuple(command)
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, path: Path) -> None:
        """Start the child."""
        self._child = subprocess.Popen(
            [*self._command, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def playing(self) -> bool:
        """Whether the child runs; one that ended with an error raises OSError."""
        status = None if self._child is None else self._child.poll()
        if status is None:
            return self._child is not None
        self._child = None
        if status:
            raise OSError(f"{self.name} ended with status {status}")
        return False

    def stop(self) -> None:
        """Kill the child and all it started."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):  # it cannot be killed while its driver hangs
            child.wait(_CLOSE_S)


class DeviceOutput:
    """PortAudio by way of sounddevice.

    Raises
    ------
    OSError
        The library is missing or there is no output device.
    """

    name = "sounddevice"

    def __init__(self) -> None:
        import sounddevice  # raises OSError where PortAudio is missing

        self._sd: Any = sounddevice
        try:
            sounddevice.query_devices(kind="output")
        except (sounddevice.PortAudioError, ValueError) as error:
            raise OSError(f"no sound output device ({error})") from error

    def start(self, path: Path) -> None:
        """Read the file and hand it to the device."""
        import numpy as np

        with wave.open(str(path), "rb") as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            samples = samples.reshape(-1, file.getnchannels())
            rate = file.getframerate()
        try:
            self._sd.play(samples, rate)
        except self._sd.PortAudioError as error:
            raise OSError(str(error)) from error

    def playing(self) -> bool:
        """Whether the stream is active."""
        return bool(self._sd.get_stream().active)

    def stop(self) -> None:
        """Abort the stream."""
        try:
            self._sd.stop()
        except self._sd.PortAudioError as error:
            raise OSError(str(error)) from error


class WindowsOutput:
    """Windows' own player; it does not tell when it is done, so it counts as playing until replaced."""

    name = "winsound"

    def __init__(self) -> None:
        import winsound

        self._winsound: Any = winsound

    def start(self, path: Path) -> None:
        """Start asynchronously."""
        flags = self._winsound.SND_FILENAME | self._winsound.SND_ASYNC | self._winsound.SND_NODEFAULT
        try:
            self._winsound.PlaySound(str(path), flags)
        except RuntimeError as error:
            raise OSError(str(error)) from error

    def playing(self) -> bool:
        """Return False: nothing needs watching."""
        return False

    def stop(self) -> None:
        """Stop what plays."""
        self._winsound.PlaySound(None, 0)


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
        outputs: Sequence[Output],
        grace_s: float = GRACE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.problem = ""
        self._outputs = outputs
        self._grace_s = grace_s
        self._clock = clock
        self._index = 0
        self._failures = 0  # in a row
        self._hung_at: float | None = None  # when what plays counts as hanging
        self._wake = threading.Condition()
        self._request: tuple[Path | None] | None = None  # the newest one the thread has not taken yet
        self._asked_at = 0.0  # when the thread should have taken it
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="player", daemon=True)
        self._thread.start()

    def play(self, path: Path) -> None:
        """Ask the thread to play."""
        self._ask(path)

    def stop(self) -> None:
        """Ask the thread to fall silent."""
        self._ask(None)

    def close(self) -> None:
        """Fall silent and end the thread; a thread that hangs in its device is left behind."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join(_CLOSE_S)

    def _ask(self, path: Path | None) -> None:
        with self._wake:
            if self._request is None:
                self._asked_at = self._clock()
            elif self._clock() - self._asked_at > self._grace_s and not self.problem:
                self.problem = f"no sound: {self._output.name} does not answer; captions only"
            self._request = (path,)
            self._wake.notify()

    @property
    def _output(self) -> Output:
        return self._outputs[self._index % len(self._outputs)]

    def _work(self) -> None:
        while True:
            with self._wake:
                if self._request is None and not self._closed:
                    self._wake.wait(None if self._hung_at is None else _POLL_S)
                request, self._request, closed = self._request, None, self._closed
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
            raise TimeoutError(f"{self._output.name} hangs")

    def _fail(self, error: Exception) -> None:
        with contextlib.suppress(OSError):
            self._output.stop()
        self._hung_at = None
        self._index += 1
        self._failures += 1
        if self._failures >= FAILURES and not self.problem:
            self.problem = f"no sound: {' '.join(str(error).split())}; captions only"


def duration_s(path: Path) -> float:
    """Return the duration of a WAV file, seconds; of anything else a guess."""
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError):
        return _UNKNOWN_S


def find_outputs() -> tuple[Output, ...]:
    """Return every way this machine has to play, best first."""
    outputs: list[Output] = []
    if importlib.util.find_spec("sounddevice") is not None:
        with contextlib.suppress(OSError):
            outputs.append(DeviceOutput())
    if sys.platform == "win32":
        outputs.append(WindowsOutput())
    commands = (("afplay",),) if sys.platform == "darwin" else COMMANDS
    outputs.extend(CommandOutput(command) for command in commands if shutil.which(command[0]))
    return tuple(outputs)


def make_player() -> Player:
    """Return a player for this machine, or one that says what is missing."""
    outputs = find_outputs()
    if outputs:
        return WatchedPlayer(outputs)
    remedy = (
        "install pipewire-bin, pulseaudio-utils or alsa-utils" if sys.platform == "linux" else "connect one"
    )
    return NoPlayer(f"no sound: no output device or player found ({remedy}); captions only")
