"""The options that every command takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Shared:
    """The options that every command takes."""

    source: str | None
    window: bool
    voice: bool
    events: str | None
    data_dir: Path | None
    config: Path | None
    language: str | None
    speed: str | None
    person: str | None = None
    force: bool = False
