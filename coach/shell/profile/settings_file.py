"""Writing a few choices into a person's own settings file; everything else in it stays as they wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coach.errors import StoreError, UsageError
from coach.settings import Settings
from coach.shell.profile.toml_files import config_dir, merged, read_toml, validated
from coach.shell.system.private_file import write_private

HEAD = "Your own settings. The program's coach.toml explains every key that there is."


def save_choices(path: Path, choices: Mapping[str, str | int]) -> None:
    """Set keys such as `camera.index`, keeping comments and order; the file is made where it is missing.

    Raises
    ------
    UsageError
        The file is not TOML, or a value does not suit its key; nothing is written.
    StoreError
        It cannot be written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        if path.is_file():
            document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
        else:
            document = tomlkit.document()
            document.add(tomlkit.comment(HEAD))
            document.add(tomlkit.nl())
        for key, value in choices.items():
            _set(document, key, value)
    except (TOMLKitError, ValueError) as error:
        raise UsageError(f"{path}: is not valid TOML: {error}; correct or remove it") from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); check its permissions") from error
    defaults = read_toml(config_dir() / "coach.toml")
    validated(Settings, merged(defaults, document.unwrap()), str(path))
    _write(path, tomlkit.dumps(document))


def _set(document: Any, key: str, value: str | int) -> None:
    import tomlkit

    *tables, last = key.split(".")
    place = document
    for name in tables:
        if name not in place:
            place[name] = tomlkit.table()
        place = place[name]
    place[last] = value


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, text.encode())
    except OSError as error:
        raise StoreError(
            f"{path}: your choices cannot be written ({error.strerror}); choose another file with --config"
        ) from error
