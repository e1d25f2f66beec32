"""Plain text tables: columns as wide as they need, and figures as people write them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

NOTHING = "-"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown that is also readable as plain text; the first column is left-aligned."""
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    lines = [_line(head, widths), _rule(widths), *(_line(row, widths) for row in rows)]
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
    return f"| {' | '.join(cells)} |"


def _rule(widths: Sequence[int]) -> str:
    return "|".join(("", "-" * (widths[0] + 2), *("-" * (w + 1) + ":" for w in widths[1:]), ""))


def spread(errors: Sequence[float], digits: int = 2) -> str:
    """Return median / 95th percentile of the absolute values."""
    if not errors:
        return NOTHING
    size = np.abs(errors)
    return f"{np.median(size):.{digits}f} / {np.percentile(size, 95):.{digits}f}"


def share(right: Sequence[bool]) -> str:
    """Return how many are true, out of how many."""
    return f"{sum(right)}/{len(right)}" if right else NOTHING
