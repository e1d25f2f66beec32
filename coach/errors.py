"""What can go wrong, said in one line: what, got, wanted, remedy."""

from __future__ import annotations

INTERRUPTED = 130  # exit status after Ctrl-C: 128 and the signal's number, as shells have it


class CoachError(Exception):
    """The task could not be done. Its text is the one line the person reads; exit status 1."""

    exit_status = 1


class UsageError(CoachError, ValueError):
    """Wrong usage or an invalid configuration; exit status 2."""

    exit_status = 2


class SourceError(CoachError, OSError):
    """The camera or the file gives no pictures."""


class ModelError(CoachError, OSError):
    """The landmarker's model file cannot be had or is not the right one."""


class StoreError(CoachError, OSError):
    """History cannot be read or written."""
