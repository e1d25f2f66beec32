"""How far apart two colours are to the eye (WCAG 2.2)."""

from __future__ import annotations


def luminance(colour):
    """Relative luminance of BGR in sRGB, 0..1 (WCAG 2.2)."""
    blue, green, red = (c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
