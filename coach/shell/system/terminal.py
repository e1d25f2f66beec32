"""Other people's text on its way to a terminal: characters that move the cursor or turn it are spelt out."""

from __future__ import annotations

import re

# Control characters but tab and line feed, directions of writing, line ends of Unicode, lone surrogates.
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def shown(text: object) -> str:
    r"""Return the text as it can be printed: an escape character becomes `\x1b`, written out."""
    return UNSAFE.sub(lambda found: ascii(found[0])[1:-1], str(text))


def many(number: int, noun: str) -> str:
    """Return a count of things in the command line's English."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
