"""The same film of a real person in another shape: begun later, ended sooner, backwards, fewer pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from measuring.real_films import RealScore, Row, Seen

Film: TypeAlias = tuple[Seen, list[Row]]
OTHER_SIDE = {"image_left": "image_right", "image_right": "image_left"}


def cut(later_s: float, sooner_s: float) -> Callable[[Seen, Sequence[Row]], Film]:
    """Leave out some seconds of the film's beginning and of its end."""

    def change(seen: Seen, rows: Sequence[Row]) -> Film:
        begin, end = seen[0][0] + later_s, seen[-1][0] - sooner_s
        kept = [(t - begin, face and replace(face, t=t - begin)) for t, face in seen if begin <= t <= end]
        spans = [(max(row["t"][0] - begin, 0.0), min(row["t"][1], end) - begin) for row in rows]
        return kept, [{**row, "t": span} for row, span in zip(rows, spans, strict=True) if span[0] < span[1]]

    return change


def backwards(seen: Seen, rows: Sequence[Row]) -> Film:
    """Run the film from its end to its beginning."""
    end = seen[-1][0]
    turned = [(end - t, face and replace(face, t=end - t)) for t, face in reversed(seen)]
    return turned, [{**row, "t": (max(end - row["t"][1], 0.0), end - row["t"][0])} for row in rows]


def slower(fps: float) -> Callable[[Seen, Sequence[Row]], Film]:
    """Keep `fps` pictures a second; a film that has no more keeps all."""

    def change(seen: Seen, rows: Sequence[Row]) -> Film:
        kept: Seen = []
        for t, face in seen:
            if not kept or t >= seen[0][0] + len(kept) / fps - 1e-6:
                kept.append((t, face))
        return kept, list(rows)

    return change


def mirrored(rows: Sequence[Row]) -> list[Row]:
    """Exchange the sides of what is annotated."""
    return [{**row, "side": OTHER_SIDE.get(row.get("side", ""), row.get("side"))} for row in rows]


IN_TIME: dict[str, Callable[[Seen, Sequence[Row]], Film]] = {
    "0.2 s later": cut(0.2, 0.0),
    "0.5 s later": cut(0.5, 0.0),
    "0.3 s sooner": cut(0.0, 0.3),
    "0.7 s sooner": cut(0.0, 0.7),
    "backwards": backwards,
    "12 a second": slower(12.0),
    "15 a second": slower(15.0),
}


def changed(before: RealScore, after: RealScore) -> str:
    """Return how many verdicts on smiles are others than before, out of those that both have."""
    both = before.verdicts.keys() & after.verdicts.keys()
    return f"{sum(before.verdicts[smile] != after.verdicts[smile] for smile in both)}/{len(both)}"
