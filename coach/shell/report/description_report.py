"""A recording described: on one screen for a person, or as data for other programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from coach.events import Smile
from coach.session.film_description import FilmDescription, HeldMovement, SmileKind, smile_kind
from coach.shell.system.terminal import many

MOST_ROWS = 12  # of a kind: all of it fits on one screen
KINDS: dict[SmileKind, str] = {
    "one-sided": "one-sided",
    "eyes engaged": "eyes engaged",
    "mouth only": "mouth only",
    "closed": "mouth only, lips closed",
}


def rest_lines(film: FilmDescription) -> list[str]:
    """Say which face everything is measured against."""
    if film.rest is None:
        return []
    start, end = film.rest
    if film.guessed:
        return [
            "  this face is never at rest: it is measured against a typical one, and no side is called weaker"
        ]
    return [f"  face at rest from {start:.1f} to {end:.1f} s"]


def description_lines(film: FilmDescription) -> list[str]:
    """Return the movements in a film, one a line."""
    counts = [
        many(len(film.smiles), "smile"),
        many(len(film.cheek_raises), "cheek raise"),
        many(len(film.openings), "wide opening"),
        many(len(film.circles), "jaw circle"),
    ]
    lines = [f"{film.duration_s:.1f} s of video: {', '.join(counts)}", *rest_lines(film)]
    lines += _rows([_smile(number, smile) for number, smile in enumerate(film.smiles, start=1)])
    lines += _rows([_movement("cheek raise", raise_) for raise_ in film.cheek_raises])
    lines += _rows([_movement("wide opening", opening) for opening in film.openings])
    for direction in ("clockwise", "counterclockwise"):
        circles = [circle for circle in film.circles if circle.direction == direction]
        if circles:
            lines.append(
                f"  {many(len(circles), 'jaw circle')} {direction}, the first at {circles[0].t:.1f} s"
            )
    if not (film.smiles or film.cheek_raises or film.openings or film.circles):
        lines.append("  nothing that looks like a smile, a cheek raise, a wide opening or a jaw circle")
    return lines


def as_data(name: str, film: FilmDescription) -> dict[str, Any]:
    """Return the description as plain JSON values."""
    rest = (
        None if film.rest is None else {"start": film.rest[0], "end": film.rest[1], "guessed": film.guessed}
    )
    return {
        "film": name,
        "duration_s": round(film.duration_s, 3),
        "rest": rest,
        "smiles": [_smile_data(smile) for smile in film.smiles],
        "cheek_raises": [asdict(raise_) for raise_ in film.cheek_raises],
        "wide_openings": [asdict(opening) for opening in film.openings],
        "jaw_circles": [{"t": circle.t, "direction": circle.direction} for circle in film.circles],
    }


def _smile_data(smile: Smile) -> dict[str, Any]:
    data = {key: value for key, value in smile.to_dict().items() if key not in ("t", "type", "exercise")}
    length_s = None if smile.end is None else round(smile.end - smile.start, 3)
    return data | {"length_s": length_s, "kind": smile_kind(smile)}


def _smile(number: int, smile: Smile) -> str:
    length = "" if smile.end is None else f", {smile.end - smile.start:.1f} s long"
    eyes = ""
    if smile.eye_engagement is not None:
        eyes = f"; eyes {100 * min(max(smile.eye_engagement, 0.0), 1.0):.0f}%"
    first = "" if smile.first_side == "even" else f"; {smile.first_side} corner first by {smile.lag_s:.2f} s"
    kind = smile_kind(smile)
    said = KINDS[kind] if kind == "one-sided" or smile.eye_engagement is not None else "eyes closed"
    return f"  smile {number} from {smile.start:.1f} s{length}: {sides_of(smile)}{first}{eyes}; {said}"


def sides_of(smile: Smile) -> str:
    """Say how even a smile is, in millimetres and how sure that is."""
    apart = ""
    if smile.difference_mm is not None and smile.uncertainty_mm is not None:
        apart = f" by {abs(smile.difference_mm):.1f} +/- {smile.uncertainty_mm:.1f} mm"
    if smile.weaker_side == "unclear":
        return "sides cannot be compared; face the camera in even light"
    if smile.weaker_side == "even":
        return f"even (sides differ{apart})" if apart else "even"
    return f"{smile.weaker_side} side weaker{apart}, {100 * smile.symmetry:.0f}% even"


def _movement(name: str, movement: HeldMovement) -> str:
    return f"  {name} from {movement.start:.1f} s, held {movement.held_s:.1f} s"


def _rows(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_ROWS:
        return lines
    return [*lines[:MOST_ROWS], f"  ... and {len(lines) - MOST_ROWS} more; --json lists them all"]
