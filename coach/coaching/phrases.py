"""The phrase book: the words of cues and labels in the person's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from string import Formatter
from typing import Any

from coach.coaching.cues import Cue
from coach.errors import Notice

SESSION = "session"
SCREEN = "screen"
NOTICE = "notice"
NOT_SPOKEN = frozenset({"title", "instruction"})  # keys that are shown and never said
SETUP = "setup"
ASKED = ("sound_check", "camera", "memory", "remind", "ready")  # said in the first run only
BY_EAR = "_by_ear"  # ends the key of a phrase for people who see no window
ONE = "_one"  # ends the key of a phrase with a single thing in it
NAMED = "_named"  # ends the key of a phrase with the person's own words in it
Words = Mapping[str, Any]
"""A language file: `numbers`, a list of number words from zero on, `singular`, a pattern of the figures that
take the singular, and sections of phrases or variants."""


class _Placeholders(dict[str, str]):
    """Values for `str.format_map`: an unknown placeholder stays empty instead of ending the session."""

    def __missing__(self, key: str) -> str:
        del key
        return ""


class PhraseBook:
    """The phrases of one language; English stands in for missing ones.

    Parameters
    ----------
    language
        Two letters, e.g. `de`.
    words
        The language's file, as read from TOML.
    english
        The English file, used where `words` has no such key.
    by_ear
        Nobody sees a window, so that its keys and pictures are not spoken of.
    """

    def __init__(
        self, language: str, words: Words, english: Words | None = None, *, by_ear: bool = False
    ) -> None:
        self.language = language
        self._by_ear = by_ear
        self._books: tuple[Words, ...] = (words,) if english is None else (words, english)
        self._turns: dict[tuple[str, str], int] = {}
        self._texts: dict[tuple[Any, ...], str] = {}  # the window asks for the same texts in every frame

    def for_ears(self) -> PhraseBook:
        """Return the same book for somebody who sees no window."""
        return PhraseBook(self.language, *self._books, by_ear=True)

    def fill(self, cue: Cue, otherwise: str = SESSION) -> Cue:
        """Return the cue with its text: the exercise's phrase, else the session's, else its key, readable.

        `otherwise`: the section of a cue that belongs to no exercise.

        Variants take turns, each phrase by its own count. `{n}` and `{seconds}` become number words,
        `{side}` the word for the side, `{title}` the title of the exercise it names. Where `n` or `seconds`
        is 1, a key with `_one` at its end goes first.
        """
        section = cue.exercise or otherwise
        key = cue.key
        if 1 in (cue.values.get("seconds"), cue.values.get("n")) and self._find(section, f"{key}{ONE}"):
            key = f"{key}{ONE}"
        key = self._for_ears(section, key)
        variants = self._find(section, key) or (_readable(section, key),)
        turn = self._turns.get((section, key), 0)
        self._turns[section, key] = turn + 1
        plain = self._find(section, key.removesuffix(NAMED)) if key.endswith(NAMED) else ()
        spare = self._filled(plain[0], cue.values) if plain else ""
        return replace(cue, text=self._filled(variants[turn % len(variants)], cue.values), spare=spare)

    def text(self, section: str, key: str, **values: str | int) -> str:
        """Return a text for the screen, the first of its variants. Numbers stay digits.

        If there are no words, the key is made readable: the title of `my_drill` is "My drill".
        """
        asked = (section, key, *values.items())
        if asked not in self._texts:
            key = self._for_ears(section, key)
            variants = self._find(section, key) or (_readable(section, key),)
            filling = _Placeholders({name: str(value) for name, value in values.items()})
            self._texts[asked] = variants[0].format_map(filling)
        return self._texts[asked]

    def lately(self, section: str, key: str, **values: str | int) -> str:
        """Return the text that `fill` last gave for a key, else the first of its variants: for the screen."""
        variants = self._find(section, key)
        turn = self._turns.get((section, key), 0)
        if turn < 1 or len(variants) < 2:  # noqa: PLR2004
            return self.text(section, key, **values)
        filling = _Placeholders({name: str(value) for name, value in values.items()})
        return variants[(turn - 1) % len(variants)].format_map(filling)

    def counted(self, section: str, key: str, number: int | str, **values: str | int) -> str:
        """Return a text with `number` for its `{n}`, that of the key with `_one` where it takes the singular.

        `number`: as it is shown. "1.0" is plural in English, and "0" and "1,5" are singular in French.
        """
        singular = re.fullmatch(self._books[0].get("singular", "1"), str(number))
        one = singular is not None and self._find(section, f"{key}{ONE}")
        return self.text(section, f"{key}{ONE}" if one else key, n=number, **values)

    def _for_ears(self, section: str, key: str) -> str:
        """Return the key, or that of the same phrase for people who see no window, if it is for them."""
        other = f"{key}{BY_EAR}"
        return other if self._by_ear and self._find(section, other) else key

    def notice(self, line: str) -> str:
        """Return a line on what is missing or has failed in this language, as far as it has words for it."""
        pattern, values = (line.pattern, line.values) if isinstance(line, Notice) else (line, {})
        filling = {
            name: ", ".join(map(self.notice, (value,) if isinstance(value, str) else value))
            for name, value in values.items()
            if not isinstance(value, int)
        }
        words = self._books[0].get(NOTICE, {}).get(pattern)
        if words is None:
            return str(line)
        return str(words).format_map(values | filling)

    def has(self, section: str, key: str) -> bool:
        """Whether there are words for a key."""
        return bool(self._find(section, key))

    def number(self, value: int) -> str:
        """Return the number as a word, or as digits beyond the list of words."""
        words = self._books[0].get("numbers", ())
        return str(words[value]) if 0 <= value < len(words) else str(value)

    def spoken(self, exercises: Iterable[str], up_to: int = 10) -> tuple[str, ...]:
        """Return every text that a session of these exercises may say, each once, in order of first use.

        Texts with the person's own words (`{name}`) are left out. `up_to`: the highest count.
        """
        names = tuple(exercises)
        numbers = tuple(self.number(n) for n in range(1, up_to + 1))
        fillings: dict[str, Sequence[str]] = {
            "n": numbers,
            "seconds": numbers[1:],
            "side": tuple(self.text(SCREEN, side) for side in ("left", "right")),
            "title": tuple(self.text(name, "title") for name in names),
        }
        texts = (
            capital(phrase.format_map(dict(zip(fields, filling, strict=True))))
            for phrase in self._phrases((SESSION, *names))
            if (fields := placeholders(phrase)) <= fillings.keys()
            for filling in product(*(fillings[field] for field in fields))
        )
        return tuple(dict.fromkeys(texts))

    def asked(self) -> tuple[str, ...]:
        """Return every text of the first run that no session says, in order."""
        return tuple(capital(self.text(SETUP, key)) for key in ASKED)

    def spoken_names(self, exercises: Iterable[str], names: Sequence[str], up_to: int = 6) -> tuple[str, ...]:
        """Return the texts with a person's own words in them that a session of these exercises may say.

        `names`: the memories' names, in turn. `up_to`: highest count.
        """
        phrases = [phrase for phrase in self._phrases(exercises) if "name" in placeholders(phrase)]
        return tuple(
            self._filled(phrase, {"n": n, "name": names[(n - 1) % len(names)]})
            for n in range(1, up_to + 1 if names else 1)
            if names[(n - 1) % len(names)]
            for phrase in phrases
        )

    @property
    def pace(self) -> float:
        """How fast this language is spoken, as a share of the rate that is set."""
        return float(self._books[0].get("pace", 1.0))

    def _phrases(self, sections: Iterable[str]) -> Iterator[str]:
        for section in sections:
            for key in dict.fromkeys(key for book in self._books for key in book.get(section, {})):
                if key not in NOT_SPOKEN:
                    yield from self._find(section, key)

    def _find(self, section: str, key: str) -> tuple[str, ...]:
        for book in self._books:
            for name in (section, SESSION, SCREEN):
                found = book.get(name, {}).get(key)
                if found:
                    return (found,) if isinstance(found, str) else tuple(found)
        return ()

    def _filled(self, phrase: str, values: Mapping[str, str | int]) -> str:
        return capital(
            phrase.format_map(_Placeholders({name: self._said(name, v) for name, v in values.items()}))
        )

    def _said(self, name: str, value: str | int) -> str:
        if isinstance(value, int):
            return str(value) if name == "count" else self.number(value)
        if name == "side":
            return self.text(SCREEN, value)
        if name == "title":
            return self.text(value, "title")
        return value


def placeholders(phrase: str) -> frozenset[str]:
    """Return the names of the `{placeholders}` in a phrase."""
    return frozenset(name for _, name, _, _ in Formatter().parse(phrase) if name)


def _readable(section: str, key: str) -> str:
    """Return a text for a key without words: the exercise's name, or the key itself; no instruction."""
    if key == "instruction":
        return ""
    return capital((section if key in ("title", "intro") else key).replace("_", " "))


def capital(text: str) -> str:
    """Return a text that begins with a capital letter, the rest as it is."""
    return text[:1].upper() + text[1:]
