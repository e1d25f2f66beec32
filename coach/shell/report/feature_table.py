"""The table of `analyze --features`: every signal of every frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from coach.errors import UsageError
from coach.face.features import Features
from coach.session.analysis import Analysed
from coach.shell.system.private_file import FileBeside
from coach.types import Bilateral


class FeatureTable:
    """Every signal of every frame as CSV; sides in two columns, `_left` and `_right`.

    It takes its place when it is whole (`keep`): a film that ends in an error costs no older table.

    Attributes
    ----------
    problem : str
        Why it could not be written, or empty.

    Raises
    ------
    UsageError
        The file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._beside = FileBeside(path)
        except OSError as error:
            raise UsageError(
                f"--features {path}: cannot be written ({error.strerror}); "
                "give a file in a folder that exists and is yours"
            ) from error
        self._text = io.TextIOWrapper(self._beside.file, encoding="utf-8", newline="")
        self._path = path
        self._t = float("-inf")
        self.problem = ""
        self._row([*COLUMNS, "phase", "count", "hold_s"])

    def write(self, result: Analysed) -> None:
        """Add one frame; frames without a face have empty cells."""
        if result.t <= self._t:  # the last results have no frame of their own
            return
        self._t = result.t
        values = [] if result.features is None else flat(result.features)
        cells = [f"{value:.6g}" for value in values] or [""] * len(COLUMNS)
        cells[0] = f"{result.t:.4f}"
        self._row([*cells, result.view.phase, str(result.view.count), f"{result.view.hold_s:.3f}"])

    def keep(self) -> None:
        """Put the table in its place."""
        if self.problem:
            return
        try:
            self._text.flush()
            self._beside.keep()
        except OSError as error:
            self._lost(error)

    def close(self) -> None:
        """Drop what was not kept; safe to call twice."""
        self._beside.close()

    def _row(self, cells: Sequence[str]) -> None:
        if self.problem:
            return
        try:
            csv.writer(self._text).writerow(cells)
        except OSError as error:
            self._lost(error)

    def _lost(self, error: OSError) -> None:
        self.problem = self.problem or (
            f"--features {self._path}: not written ({error.strerror}); make room or give another file"
        )


def flat(features: Features) -> list[float]:
    """Return the features' numbers, in the order of `COLUMNS`."""
    row: list[float] = []
    for field in fields(features):
        value = getattr(features, field.name)
        if field.name in MEASURED:
            row += (value.left, value.right) if isinstance(value, Bilateral) else (value,)
    return row


# Columns that are named otherwise than their feature: files written so far are read by their names.
COLUMN_OF = {"excursion_mm": "commissure_excursion_mm"}


def _columns(name: str, *, bilateral: bool) -> tuple[str, ...]:
    column = COLUMN_OF.get(name, name)
    return (f"{column}_left", f"{column}_right") if bilateral else (column,)


# the look at the mirrored picture comes only now and then
MEASURED = tuple(field.name for field in fields(Features) if field.name != "mirrored")
COLUMNS = tuple(
    column
    for field in fields(Features)
    if field.name in MEASURED
    for column in _columns(field.name, bilateral=field.type == Bilateral.__name__)
)
