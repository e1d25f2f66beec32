"""What can go wrong, said in one line: what, got, wanted, remedy."""

from __future__ import annotations

from typing import Self, TypeAlias

INTERRUPTED = 130  # exit status after Ctrl-C: 128 and the signal's number, as shells have it

Told: TypeAlias = "str | int | tuple[str, ...]"
"""A value of a notice; several are listed with commas."""


class Notice(str):
    """What is missing or has failed, one line: as text in English, in a phrase book in its own language.

    ::

        line = Notice("no sound: {player} does not answer; captions only", player="aplay")
        print(line)
        show(book.notice(line))

    `pattern` is its key in the language files' section `[notice]`. A value may be a notice, too.
    """

    __slots__ = ("pattern", "values")
    pattern: str
    values: dict[str, Told]

    def __new__(cls, pattern: str, **values: Told) -> Self:
        """Fill the pattern."""
        texts = {name: ", ".join(v) if isinstance(v, tuple) else v for name, v in values.items()}
        notice = super().__new__(cls, pattern.format_map(texts))
        notice.pattern, notice.values = pattern, values
        return notice


def reason_of(error: BaseException) -> str:
    """Return why something failed, in one line: a notice as it is, a system's reason without its number."""
    first = error.args[0] if error.args else ""
    if isinstance(first, Notice):
        return first
    return " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__


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
