"""The person's own range on disk: `range.json` in the data folder, readable by its owner alone."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from coach.baseline import OwnRange
from coach.settings import Strict

FILE = "range.json"
Length = Annotated[float, Field(gt=0.001, lt=2)]


class _Stored(Strict):
    cheek: Length
    smile: Length
    jaw: Length


def read_own_range(data_dir: Path) -> OwnRange | None:
    """Return the stored range; None where there is none or the file is no range (it is made anew then)."""
    try:
        stored = _Stored.model_validate(json.loads((data_dir / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError):
        return None
    return OwnRange(stored.cheek, stored.smile, stored.jaw)


def write_own_range(data_dir: Path, best: OwnRange) -> None:
    """Store the range, whole or not at all.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    path = data_dir / FILE
    partial = path.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(best), file)
    partial.replace(path)
