"""A session's setup as JSON: the first record of a trace."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from coach.replay.trace import Setup
from coach.settings import ModelSettings


@dataclass(frozen=True, slots=True)
class _Stored:
    setup: Setup
    extra: dict[str, Any]


_STORED = TypeAdapter(_Stored)


def setup_to_json(setup: Setup, extra: dict[str, Any]) -> bytes:
    """Return the setup, without where this person keeps the model, and `extra`, plain values beside it."""
    settings = setup.settings.model_copy(update={"model": ModelSettings(path="")})
    return _STORED.dump_json(_Stored(replace(setup, settings=settings), extra), by_alias=True)


def setup_from_json(text: bytes) -> tuple[Setup, dict[str, Any]]:
    """Undo `setup_to_json`.

    Raises
    ------
    ValueError
        It is no setup; the message says why in one line.
    """
    try:
        stored = _STORED.validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise ValueError(f"no session's setup: {where} {fault['msg'].lower()}") from error
    if len(stored.setup.specs) != len(stored.setup.plan.steps):
        raise ValueError(f"{len(stored.setup.specs)} exercises for {len(stored.setup.plan.steps)} steps")
    return stored.setup, stored.extra
