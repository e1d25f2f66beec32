"""Saying cues aloud: the protocol, and the silent voice that keeps what it was given."""

from __future__ import annotations

from typing import Protocol

from coach.cues import Cue


class Voice(Protocol):
    """Says one cue at a time; never blocks the caller."""

    @property
    def problem(self) -> str:
        """Why nothing is heard, one line, or empty while all is well."""
        ...

    def say(self, cue: Cue) -> None:
        """Start saying `cue.text`, stopping whatever is still being said."""
        ...

    def stop(self) -> None:
        """Fall silent at once."""
        ...

    def close(self) -> None:
        """Fall silent and let the sound device go; safe to call twice."""
        ...


class SilentVoice:
    """A voice for tests and for `--no-voice`: says nothing and remembers everything."""

    problem = ""

    def __init__(self) -> None:
        self.said: list[Cue] = []

    def say(self, cue: Cue) -> None:
        """Remember the cue."""
        self.said.append(cue)

    def stop(self) -> None:
        """Do nothing: it is silent already."""

    def close(self) -> None:
        """Do nothing: there is nothing to let go."""
