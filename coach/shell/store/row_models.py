"""The one model of a history's rows, column by column: exports and files from elsewhere must fit it."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo

FIRST_YEAR, LAST_YEAR = 1970, 2100
AHEAD = timedelta(days=1)  # a clock may be wrong, and the world is round
LONGEST_S = 1e7  # four months: nothing within a session lasts longer
SHOWN = 60  # characters of a wrong value that are shown

CHILDREN = {
    "sessions": ("repetitions", "attempts", "smiles", "recalls", "stages", "jaw_circles"),
    "check_ins": ("scores",),
}
PARENT = {"sessions": "session", "check_ins": "check_in"}  # the column of a child that names it


def _name(value: str) -> str:
    if not re.fullmatch("[0-9A-Za-z_][0-9A-Za-z_ .+-]*", value):
        raise ValueError("no name: letters, digits, blanks and . + - are understood")
    return value


def _moment(value: str, info: ValidationInfo) -> str:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("has no offset from UTC")
    if not FIRST_YEAR <= at.year < LAST_YEAR:
        raise ValueError(f"lies outside of {FIRST_YEAR} to {LAST_YEAR}")
    now = (info.context or {}).get("now")
    if now is not None and at.astimezone(UTC) > now.astimezone(UTC) + AHEAD:
        raise ValueError("lies in the future")
    return value


IdColumn = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]
# Half a surrogate pair, with which no file could be written, is no `str` to pydantic.
TextColumn = Annotated[str, Field(max_length=4096)]
DocumentColumn = Annotated[str, Field(max_length=1_000_000)]
NameColumn = Annotated[str, Field(max_length=80), AfterValidator(_name)]
MomentColumn = Annotated[str, Field(max_length=40), AfterValidator(_moment)]
SecondsColumn = Annotated[float, Field(ge=-LONGEST_S, le=LONGEST_S)]
NumberColumn = Annotated[float, Field(ge=-1e9, le=1e9)]
CountColumn = Annotated[int, Field(ge=0, le=1_000_000_000)]


# SQLite sorts numbers first, then texts, then blobs; comparing is quicker than asking for the type.
# The plus keeps a column of texts from turning the limits into texts.
_NUMBER = "(+{0} BETWEEN -1e9 AND 1e9)"
_TEXT = "({0} >= '' AND {0} < x'' AND length({0}) <= 1000000)"
_MINUTE = "[0-9]" * 4 + "-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]*[-+Z]*"
# Each different name is looked at once, of which a long history has few; with the limit SQLite does so.
_NAMES = "SELECT DISTINCT {0} AS name FROM {table} LIMIT -1"
_ODD_NAME = f"NOT ({_TEXT.format('name')} AND name NOT GLOB '*[^0-9A-Za-z_ .+-]*')"
_SOUND: tuple[tuple[Any, str], ...] = (
    (SecondsColumn, _NUMBER),
    (NumberColumn, _NUMBER),
    (CountColumn, _NUMBER),
    (bool | CountColumn, _NUMBER),
    (IdColumn, _TEXT),
    (TextColumn, _TEXT),
    (DocumentColumn, _TEXT),
    (NameColumn, f"({{0}} NOT IN (SELECT name FROM ({_NAMES}) WHERE {_ODD_NAME}))"),  # noqa: S608
    (
        MomentColumn,
        f"({_TEXT} AND {{0}} GLOB '{_MINUTE}' AND {{0}} BETWEEN '{FIRST_YEAR}' AND '{LAST_YEAR}')",
    ),
)


class HistoryRow(BaseModel):
    """One row: exactly these columns, and numbers that are finite."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


class SessionRow(HistoryRow):
    """A session."""

    id: IdColumn
    started_at: MomentColumn
    plan: TextColumn
    source: TextColumn
    version: TextColumn
    model: TextColumn
    settings: DocumentColumn
    neutral_s: SecondsColumn | None
    quality: NumberColumn | None
    duration_s: SecondsColumn | None
    frames: CountColumn | None
    fps: NumberColumn | None
    reason: TextColumn | None
    felt: NameColumn | None


class RowInSession(HistoryRow):
    """A row that belongs to a session."""

    session: IdColumn
    exercise: NameColumn | None
    t_s: SecondsColumn | None


class RepetitionRow(RowInSession):
    """A repetition."""

    number: CountColumn | None
    start_s: SecondsColumn | None
    hold_s: SecondsColumn
    whole_hold_s: SecondsColumn | None
    end_s: SecondsColumn | None


class AttemptRow(RowInSession):
    """A try that was none."""

    start_s: SecondsColumn | None
    end_s: SecondsColumn | None
    hold_s: SecondsColumn | None
    reason: NameColumn


class SmileRow(RowInSession):
    """A smile, side by side."""

    start_s: SecondsColumn | None
    weaker_side: NameColumn | None
    symmetry: NumberColumn | None
    first_side: NameColumn | None
    lag_s: SecondsColumn | None
    excursion_left_mm: NumberColumn | None
    excursion_right_mm: NumberColumn | None


class RecallRow(RowInSession):
    """A recall of a memory."""

    number: CountColumn | None
    memory: TextColumn | None
    cue_s: SecondsColumn | None
    onset_s: SecondsColumn | None
    latency_s: SecondsColumn | None
    in_time: bool | CountColumn | None
    eye_engaged: bool | CountColumn | None
    feeling: CountColumn | None


class StageRow(RowInSession):
    """A stage of the jaw release."""

    name: NameColumn | None
    status: NameColumn | None


class JawCircleRow(RowInSession):
    """A full circle of the jaw."""

    number: CountColumn | None
    direction: NameColumn | None


class CheckInRow(HistoryRow):
    """A check-in."""

    id: IdColumn
    at: MomentColumn
    source: TextColumn
    version: TextColumn
    model: TextColumn
    photo: TextColumn | None
    details: DocumentColumn


class ScoreRow(HistoryRow):
    """One score of a check-in."""

    check_in: IdColumn
    name: NameColumn
    value: NumberColumn
    sem: NumberColumn | None


MODELS: dict[str, type[HistoryRow]] = {
    "sessions": SessionRow,
    "repetitions": RepetitionRow,
    "attempts": AttemptRow,
    "smiles": SmileRow,
    "recalls": RecallRow,
    "stages": StageRow,
    "jaw_circles": JawCircleRow,
    "check_ins": CheckInRow,
    "scores": ScoreRow,
}


def fault(table: str, row: Any, now: datetime | None = None) -> str:
    """Return what is wrong with a row, e.g. `hold_s = 'long': input should be a valid number`; else nothing.

    `now`: no date may lie more than a day after it.
    """
    try:
        MODELS[table].model_validate(row, context={"now": now})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"] in {"missing", "extra_forbidden", "model_type"}:
            return "has other columns"
        column = str(first["loc"][0])
        value = ascii(row[column])
        shown = value if len(value) <= SHOWN else f"{value[: SHOWN - 3]}..."
        return f"{column} = {shown}: {first['msg'].removeprefix('Value error, ').lower()}"
    return ""


@functools.cache  # asked of each table several times whenever a history is opened
def sound(table: str) -> str:
    """Return the SQL condition that a table's row fits its model: quick, and coarse for dates and texts."""
    checks = []
    for column, hint in get_type_hints(MODELS[table], include_extras=True).items():
        if column == "session":  # must be one of the sessions' ids, which the foreign keys are asked for
            continue
        check = next((check for kind, check in _SOUND if hint in (kind, kind | None)), None)
        if column == "id":  # a row whose own name is damaged can be neither named nor deleted
            check = f"({check} AND {{0}} NOT GLOB '*[^0-9A-Za-z_-]*')"
        if check is not None:  # else it is the model's own configuration
            check = check.format(f"{table}.{column}", table=table)
            missing = "IS NULL OR" if hint == hint | None else "IS NOT NULL AND"
            checks.append(f"({table}.{column} {missing} {check})")
    return " AND ".join(checks)
