"""Text typed in the window: from the window system's key codes to characters."""

from __future__ import annotations

ENTER = "\n"
BACKSPACE = "\b"
_ENTER = {10, 13, 0xFF0D, 0xFF8D}  # also X11's, of both Enter keys
_BACKSPACE = {8, 127, 0xFF08}
_SHIFT = {0xFFE1, 0xFFE2}
_LATIN_END = 0xFF
_UNICODE = 0x01000000  # X11 adds this to characters beyond Latin-1


class TypingKeys:
    """Turns key codes into text. Qt's letters are small ones, and Shift a key before them."""

    def __init__(self) -> None:
        self._shift = False

    def character(self, key: int) -> str:
        """Return the effect of a key: a character, `ENTER`, `BACKSPACE`, or nothing."""
        shifted, self._shift = self._shift, key in _SHIFT
        if key in _ENTER:
            return ENTER
        if key in _BACKSPACE:
            return BACKSPACE
        code = key - _UNICODE if key > _UNICODE else key
        if _LATIN_END < key < _UNICODE:  # arrows, function keys
            return ""
        try:
            text = chr(code)
        except (ValueError, OverflowError):
            return ""
        return (text.upper() if shifted else text) if text.isprintable() else ""


def typed_on(text: str, typed: str, longest: int) -> tuple[str, bool]:
    """Return a text after more was typed, and whether Enter ended it.

    Parameters
    ----------
    text
        The text so far.
    typed
        Characters, `BACKSPACE` and `ENTER`.
    longest
        Further characters are left out.
    """
    for character in typed:
        if character == ENTER:
            return text, True
        if character == BACKSPACE:
            text = text[:-1]
        elif len(text) < longest:
            text += character
    return text, False
