"""The person's own range on disk: `range.json` in the data folder, readable by its owner alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from coach.calibration.range_update import RangeWatch
from coach.errors import StoreError
from coach.face.baseline import OwnRange
from coach.progress.history import SIMULATED
from coach.settings import Strict
from coach.shell.system.private_file import require_room_for, write_private

FILE = "range.json"


class StoredRange(Strict):
    """The file's contents: lengths in outer-eye-corner distances, and where they are from.

    `date`: of the calibration, ISO 8601. `widened`: when a later session last added to it. `measured`:
    the movements that were usable; the others are as known before. Files without these are older.
    """

    cheek: Annotated[float, Field(gt=0.001, lt=2)]
    smile: Annotated[float, Field(gt=0.001, lt=2)]
    jaw: Annotated[float, Field(gt=0.001, lt=2)]
    date: str = ""
    widened: str = ""
    source: str = ""
    measured: Annotated[list[str], Field(default_factory=list)]

    @property
    def own_range(self) -> OwnRange:
        """The range itself."""
        return OwnRange(self.cheek, self.smile, self.jaw)

    @property
    def simulated(self) -> bool:
        """Whether the simulated person was measured."""
        return self.source == SIMULATED


def read_stored_range(data_dir: Path) -> StoredRange | None:
    """Return the file's contents; None if it is missing or not a range (a new one is written then)."""
    try:
        return StoredRange.model_validate(json.loads((data_dir / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError, ValidationError):
        return None


def read_own_range(data_dir: Path) -> OwnRange | None:
    """Return the person's range; None before a calibration, or if the simulated person was measured."""
    stored = read_stored_range(data_dir)
    return None if stored is None or stored.simulated else stored.own_range


def write_own_range(
    data_dir: Path,
    own_range: OwnRange,
    *,
    on: date | None = None,
    source: str = "",
    measured: Sequence[str] = (),
) -> None:
    """Store the range of a calibration, whole or not at all.

    Raises
    ------
    StoreError
        The folder cannot be written.
    """
    day = "" if on is None else on.isoformat()
    _write(data_dir, StoredRange(**asdict(own_range), date=day, source=source, measured=list(measured)))


def widen_own_range(data_dir: Path, watch: RangeWatch, on: date) -> bool:
    """Store a calibrated range as a session has widened it; return whether it has.

    Raises
    ------
    StoreError
        The folder cannot be written.
    """
    stored = read_stored_range(data_dir)
    if stored is None or stored.simulated:
        return False
    own_range = watch.own_range()
    if own_range == stored.own_range:
        return False
    _write(data_dir, stored.model_copy(update={**asdict(own_range), "widened": on.isoformat()}))
    return True


def require_room(data_dir: Path) -> None:
    """Make sure that a range can be written: nobody is to be measured for nothing.

    Raises
    ------
    StoreError
        The disk is full, or the folder cannot be written.
    """
    path = data_dir / FILE
    try:
        require_room_for(path)
    except OSError as error:
        raise _unwritten(path, error) from error


def _write(data_dir: Path, stored: StoredRange) -> None:
    path = data_dir / FILE
    try:
        write_private(path, stored.model_dump_json().encode())
    except OSError as error:
        raise _unwritten(path, error) from error


def _unwritten(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path}: your range cannot be written ({error.strerror}); "
        "free some space, or choose a folder you can write to with --data-dir"
    )
