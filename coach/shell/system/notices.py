"""Notices: what is missing or has failed, one line each, printed once and shown for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

NOTICE_S = 8.0  # how long a notice is shown


class Notices:
    """Lines to print on standard error and to show one after the other.

    Example::

        notices = Notices(["no display: the session runs without a window"])
        notices.begin()
        notices.add("exercise 'whistle' failed; left out from here on")
        line = notices.line(t)

    Parameters
    ----------
    lines
        Those that are known before the start.
    said
        Puts a line into the person's language.
    """

    def __init__(self, lines: Iterable[str], said: Callable[[str], str]) -> None:
        self.said = said
        self._lines = list(map(said, lines))
        self._said = set(self._lines)
        self._begun = False
        self._since: float | None = None  # when the first line was first shown, seconds

    def begin(self) -> None:
        """Print the lines so far, once; from now on each new one is printed as it comes."""
        if not self._begun:
            self._begun = True
            for line in self._lines:
                click.echo(line, err=True)

    def add(self, line: str) -> None:
        """Print and show another line, if there is one and it is new."""
        if line and self.said(line) not in self._said:
            self._lines.append(self.said(line))
            self.say(line)

    def say(self, line: str) -> None:
        """Print another line, if there is one and it is new: somebody else shows it."""
        line = self.said(line)
        if not line or line in self._said:
            return
        self._said.add(line)
        if self._begun:
            click.echo(line, err=True)

    def line(self, t: float) -> str:
        """Return the line to show at `t` seconds; empty once each was shown for `NOTICE_S`."""
        if not self._lines:
            return ""
        if self._since is None:
            self._since = t
        if t - self._since < NOTICE_S:
            return self._lines[0]
        self._lines.pop(0)
        self._since = None
        return ""
