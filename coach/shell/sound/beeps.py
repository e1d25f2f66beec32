"""The voice of tones: each kind of cue has its own short melody, and no words."""

from __future__ import annotations

from collections.abc import Sequence

from coach.coaching.cues import Cue
from coach.shell.sound.chimes import Chimes
from coach.shell.sound.player import Player


class BeepVoice:
    """Plays a cue's sound.

    Parameters
    ----------
    player
        Plays them.
    chimes
        Makes them.
    """

    def __init__(self, player: Player, chimes: Chimes) -> None:
        self._player = player
        self._chimes = chimes

    @property
    def problem(self) -> str:
        """Why nothing is heard, one line, or empty while all is well."""
        return self._player.problem

    def say(self, cue: Cue) -> None:
        """Start the sound of the cue, stopping whatever still sounds."""
        path = self._chimes.alone(cue)
        if path is not None:
            self._player.play(path)

    def prepare(self, texts: Sequence[str], patience_s: float) -> None:
        """Do nothing: a tone has no words."""

    def stop(self) -> None:
        """Fall silent at once."""
        self._player.stop()

    def close(self) -> None:
        """Fall silent and let the device go; safe to call twice."""
        self._player.close()
