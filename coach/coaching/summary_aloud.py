"""The summary's lines as they are said: units and signs in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from coach.coaching.phrases import PhraseBook

SECTION = "ear"
_CLOCK = re.compile(r"\b(\d+):([0-5]\d)\b")
_UNIT = re.compile(r"(\d+(?:[.,]\d+)?) (s|mm)\b")
_SHARE = re.compile(r"(?<=\d) ?/ ?(?=\d)")
_SILENT = re.compile(r"[^\w\s.,;:!?%'\u2019+±-]")  # ticks, arrows, dots: an engine reads their names


def aloud(lines: Iterable[tuple[str, str]], book: PhraseBook) -> list[str]:
    """Return one sentence for each line of the summary, (label, value), in the person's language."""
    return [sentence for label, value in lines if (sentence := _sentence(label, value, book))]


def _sentence(label: str, value: str, book: PhraseBook) -> str:
    def counted(number: int | str, key: str) -> str:
        return book.counted(SECTION, key, number)

    def clock(found: re.Match[str]) -> str:
        minutes, seconds = int(found[1]), int(found[2])
        parts = [counted(minutes, "minutes")] if minutes else []
        return " ".join([*parts, *([counted(seconds, "seconds")] if seconds or not parts else [])])

    text = _CLOCK.sub(clock, value.replace(" · ", ", "))
    text = _UNIT.sub(lambda found: counted(found[1], {"s": "seconds", "mm": "millimetres"}[found[2]]), text)
    text = _SHARE.sub(f" {book.text(SECTION, 'out_of')} ", text)
    spoken = [" ".join(_SILENT.sub(" ", part).split()) for part in (label, text)]
    return ": ".join(part for part in spoken if part)
