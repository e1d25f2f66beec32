"""Lines typed in the terminal, read by one thread for whoever asks: a read cannot be called off."""

from __future__ import annotations

import os
import queue
import sys
import threading


class TerminalLines:
    """The lines typed since somebody first asked for one."""

    def __init__(self) -> None:
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader: threading.Thread | None = None

    def take(self, patience_s: float = 0.0) -> str | None:
        """Return the next line, stripped; None if none is typed within so many seconds."""
        if self._reader is None:
            self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
            self._reader.start()
        try:
            return self._lines.get(block=patience_s > 0, timeout=patience_s or None).strip()
        except queue.Empty:
            return None

    def _read(self) -> None:
        for line in sys.stdin:
            self._lines.put(line)


TERMINAL = TerminalLines()


def somebody_types() -> bool:
    """Whether both ends of the terminal are a person's, and ours to read.

    A process in the background would be stopped by the system at its first read.
    """
    if sys.stdin is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
