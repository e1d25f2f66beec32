"""The smiles filmed so far, `smiles/smiles.json` in the data folder: numbers to compare the next one with."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from coach.check_in.scores import SmileType
from coach.check_in.smile_card import SmileFinding
from coach.errors import StoreError
from coach.events import SideOrEven
from coach.progress.history import SIMULATED
from coach.settings import Strict
from coach.shell.system.private_file import write_private

FOLDER, FILE, DAMAGED = "smiles", "smiles.json", "smiles.bad.json"
NUMBERS = frozenset({FILE, DAMAGED})  # the other files in the folder show the face


class _KeptSmile(Strict):
    day: date
    source: str
    numbers: dict[str, float]
    sem: dict[str, float]
    kind: SmileType | None
    first_side: SideOrEven | None
    lag_s: float


class _SmilesFile(Strict):
    smiles: Annotated[list[_KeptSmile], Field(default_factory=list)]


def last_smile(data_dir: Path, source: str) -> SmileFinding | None:
    """Return the last smile of the same person, real or simulated; None without one."""
    kept = [one for one in _read(data_dir) if (one.source == SIMULATED) == (source == SIMULATED)]
    if not kept:
        return None
    last = kept[-1]
    return SmileFinding(last.day, last.numbers, last.sem, last.kind, last.first_side, last.lag_s)


def add_smile(data_dir: Path, finding: SmileFinding, source: str) -> None:
    """Store one smile behind the others. A damaged file is kept beside the new one.

    Raises
    ------
    StoreError
        The folder cannot be written.
    """
    kept = _KeptSmile(
        day=finding.day,
        source=source,
        numbers={name: round(value, 3) for name, value in finding.numbers.items()},
        sem={name: round(value, 3) for name, value in finding.sem.items()},
        kind=finding.kind,
        first_side=finding.first_side,
        lag_s=round(finding.lag_s, 3),
    )
    path = data_dir / FOLDER / FILE
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = _read(data_dir)
        if not before and path.exists():
            path.replace(path.with_name(DAMAGED))
        write_private(path, _SmilesFile(smiles=[*before, kept]).model_dump_json(indent=1).encode())
    except OSError as error:
        raise StoreError(
            f"{path}: the smile cannot be kept ({error.strerror}); "
            "free some space, or choose a folder you can write to with --data-dir"
        ) from error


def _read(data_dir: Path) -> list[_KeptSmile]:
    try:
        text = (data_dir / FOLDER / FILE).read_text(encoding="utf-8")
        return _SmilesFile.model_validate_json(text).smiles
    except (OSError, ValueError, RecursionError, ValidationError):
        return []
