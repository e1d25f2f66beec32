"""A player that plays nothing and remembers what it was asked for."""

from __future__ import annotations

from pathlib import Path

from coach.shell.sound.player import NoPlayer


class RecordingPlayer(NoPlayer):
    """Remembers every file it was asked to play, and `None` for each stop."""

    def __init__(self) -> None:
        super().__init__("")
        self.played: list[Path | None] = []

    def play(self, path: Path, *, gently: bool = False) -> None:
        """Remember the file."""
        self.played.append(path)

    def stop(self) -> None:
        """Remember the stop."""
        self.played.append(None)
