"""Figures look the same on every machine, whatever a person's own Matplotlib settings say."""

from __future__ import annotations


def own_style() -> None:
    """Put Matplotlib's settings back to its defaults: the person's own `text.usetex` would want LaTeX."""
    import matplotlib as mpl

    mpl.rcdefaults()
    mpl.rcParams["text.parse_math"] = False  # "$" in a memory's words is a price, not a formula
