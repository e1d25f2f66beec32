"""The ways to make a sound that a machine may have: PortAudio, Windows' own, a command line player."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from coach.errors import Notice

COMMANDS = (("pw-play",), ("paplay",), ("aplay", "-q"))  # Linux, in this order
_KILL_S = 0.5


class SoundOutput(Protocol):
    """One way to make a sound, used from a single thread; each method may raise OSError.

    Example::

        output.start(path)
        while output.playing():
            time.sleep(0.05)
    """

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
            raise OSError(Notice("{player} ended with status {status}", player=self.name, status=status))
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
            child.wait(_KILL_S)


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
        """Stop playing."""
        self._winsound.PlaySound(None, 0)


def find_outputs() -> tuple[SoundOutput, ...]:
    """Return every way this machine has to play, best first."""
    outputs: list[SoundOutput] = []
    if importlib.util.find_spec("sounddevice") is not None:
        with contextlib.suppress(OSError):
            outputs.append(DeviceOutput())
    if sys.platform == "win32":
        outputs.append(WindowsOutput())
    commands = (("afplay",),) if sys.platform == "darwin" else COMMANDS
    outputs.extend(CommandOutput(command) for command in commands if shutil.which(command[0]))
    return tuple(outputs)
