"""Reading TOML: where the files are, how they are layered, and errors that name the key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from coach.coaching.spec import CoachingSpec
from coach.errors import UsageError
from coach.settings import Settings

M = TypeVar("M", bound=BaseModel)
MAX_BYTES = 1_000_000  # a configuration file is a few kB; a larger one is a mistake


def config_dir() -> Path:
    """Return the folder of the files that came with the program (inside the wheel, or the checkout)."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "config"
    return inside if inside.is_dir() else package.parent / "config"


def read_toml(path: Path) -> dict[str, Any]:
    """Read one TOML file.

    Raises
    ------
    UsageError
        The file cannot be read, is too large, is not UTF-8 or is not TOML.
    """
    if path.is_fifo():  # it would be waited for until somebody writes to it
        raise UsageError(f"{path}: is a pipe, not a settings file; check the path")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)  # not all of it: a device has no end
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: too large for a settings file (limit {MAX_BYTES} bytes); check the path")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text; save it as UTF-8") from error
    except RecursionError as error:
        raise UsageError(f"{path}: is not valid TOML: nested too deep; correct the brackets") from error
    except ValueError as error:  # `TOMLDecodeError`, and what an absurdly long number raises
        raise UsageError(f"{path}: is not valid TOML: {str(error).splitlines()[0]}; correct it") from error


def validated(model: type[M], data: Mapping[str, Any], where: str) -> M:
    """Check `data` against `model`; the first fault becomes one line naming file, key, value and remedy.

    Raises
    ------
    UsageError
        A key is unknown or missing, or a value has the wrong type or lies outside its range.
    """
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in fault["loc"]) or "(file)"
        if fault["type"] == "extra_forbidden":
            line = (
                f"{where}: unknown key '{key}'; correct its spelling or remove it, "
                "or update smile-coach if a newer one wrote it"
            )
        elif fault["type"] == "missing":
            line = f"{where}: key '{key}' is missing; add it"
        else:
            line = f"{where}: {key} = {fault['input']!r}: {fault['msg'].lower()}; correct this value"
        raise UsageError(line) from error


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with the values of `over`, table by table; `1` may stand for `1.0`."""
    out = dict(base)
    for key, value in over.items():
        old = out.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            out[key] = merged(old, value)
        elif isinstance(old, float) and isinstance(value, int) and not isinstance(value, bool):
            out[key] = float(value)
        else:
            out[key] = value
    return out


def load_settings(own: Path | None) -> Settings:
    """Return the defaults with a person's own file on top.

    Parameters
    ----------
    own
        A file with some of the keys of `config/coach.toml`, or None.

    Raises
    ------
    UsageError
        A file is unreadable or wrong.
    """
    default = config_dir() / "coach.toml"
    data: Mapping[str, Any] = read_toml(default)
    if own is not None:
        data = merged(data, read_toml(own))
    return validated(Settings, data, str(own or default))


def shipped(model: type[M], name: str) -> M:
    """Return a file of `config/` that nobody overrides, e.g. `check_in.toml`.

    Raises
    ------
    UsageError
        The file is unreadable or wrong.
    """
    path = config_dir() / name
    return validated(model, read_toml(path), str(path))


def load_coaching() -> CoachingSpec:
    """Return `config/coaching.toml`; raises as `shipped` does."""
    return shipped(CoachingSpec, "coaching.toml")
