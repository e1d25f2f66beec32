"""The language files: which exist, which one `auto` means, and reading one."""

from __future__ import annotations

import locale
import os
from functools import cache
from string import Formatter
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, RootModel

from coach.coaching.phrases import PhraseBook
from coach.errors import UsageError
from coach.shell.profile.exercise_registry import leave_out, word_files
from coach.shell.profile.toml_files import config_dir, read_toml, validated

ENGLISH = "en"


def languages() -> tuple[str, ...]:
    """Return the languages that have a language file, in order of name."""
    return tuple(sorted(path.stem for path in (config_dir() / "languages").glob("*.toml")))


def language_for(setting: str) -> str:
    """Return the language to speak: the one set, or for `auto` the system's, English if that has no words.

    Raises
    ------
    UsageError
        No language file exists for the language that was set.
    """
    known = languages()
    if setting != "auto":
        if setting not in known:
            raise UsageError(f"'{setting}': no words for it; choose auto, {', '.join(known)}")
        return setting
    tags = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    own = next(filter(None, tags), "") or locale.getlocale()[0] or ""
    first = own.lower().replace("-", "_").split("_")[0].split(".")[0]
    code = {"english": "en", "german": "de", "spanish": "es", "french": "fr"}.get(
        first, first
    )  # Windows' names
    return code if code in known else ENGLISH


def load_phrase_book(language: str) -> PhraseBook:
    """Read the words of one language, with English behind them.

    Exercises of other packages bring their own words, see `exercise_registry.word_files`; where those
    are no words they are named on standard error and left out.

    Raises
    ------
    UsageError
        A file is missing or is not TOML.
    """
    return PhraseBook(language, _words(language), None if language == ENGLISH else _words(ENGLISH))


def _fillable(phrase: str) -> str:
    """Return a phrase whose braces can be filled; saying one with any but `{name}` would end the session."""
    for _, name, form, conversion in Formatter().parse(phrase):
        if name is not None and (not name.isidentifier() or form or conversion):
            raise ValueError(f"{{{name}}} is no placeholder; use plain ones such as {{n}}")
    return phrase


_Phrase = Annotated[str, AfterValidator(_fillable)]
_Variants = Annotated[list[_Phrase], BeforeValidator(lambda text: [text] if isinstance(text, str) else text)]


class _Section(RootModel[dict[str, Annotated[_Variants, Field(min_length=1)]]]):
    """An exercise's words: each phrase a text, or variants that take turns."""


@cache
def _shipped(language: str) -> dict[str, Any]:
    """Read a language's file; English is behind every book, and reading it takes 4 ms."""
    return read_toml(config_dir() / "languages" / f"{language}.toml")


def _words(language: str) -> dict[str, Any]:
    brought = {}
    for name, path in word_files(language).items():
        try:
            brought[name] = validated(_Section, read_toml(path), str(path)).root
        except UsageError as error:
            leave_out(f"file of words for exercise '{name}'", str(error))
    return brought | _shipped(language)
