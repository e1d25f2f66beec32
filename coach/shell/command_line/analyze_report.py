"""The lines that `analyze` prints, short and for a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coach.errors import CoachError, UsageError
from coach.events import Attempt, Event, JawCircle, Recall, Released, Rep, SessionEnd, Smile
from coach.progress.words import REASON
from coach.session.film_description import describe_film
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.report.description_report import as_data, description_lines, rest_lines, sides_of
from coach.shell.system.output_file import CSV, EVENTS, PDF, PHOTO, SVG
from coach.shell.system.terminal import many

if TYPE_CHECKING:
    from coach.shell.app.analyze import Request
    from coach.shell.profile.home import Home
    from coach.shell.profile.shared_options import Shared


def analyze_and_report(request: Request, options: Shared, *, as_json: bool = False) -> int:
    """Run `analyze` and print its findings (on standard error where events go to standard output)."""
    from coach.shell.app.analyze import analyze
    from coach.shell.profile.home import Home

    home = Home.find(options)
    _check_places(request, home)
    request = replace(request, own_range=home.own_range())
    events, problems = analyze(request, home.model(progress=True), progress=True)
    to_error = request.events == "-"
    if as_json:
        click.echo(json.dumps(as_data(request.video.name, describe_film(events)), indent=1))
    elif request.exercise is None:
        for line in description_lines(describe_film(events)):
            click.echo(line, err=to_error)
    else:
        for line in analysis_lines(request.exercise, events):
            click.echo(line, err=to_error)
    for line in problems:
        click.echo(line, err=True)
    return CoachError.exit_status if problems else 0


def _check_places(request: Request, home: Home) -> None:
    """Refuse, before all work, a place where a file would be lost.

    Raises
    ------
    UsageError
        It is the film, one of the person's files or of another kind, or it is named twice.
    """
    ending = "" if request.plot is None else request.plot.suffix.lower()
    drawn = {".svg": SVG, ".pdf": PDF}.get(ending, PHOTO)
    events = Path(request.events) if request.events not in {None, "-"} else None
    places = (
        ("--events", events, EVENTS),
        ("--features", request.features, CSV),
        ("--plot", request.plot, drawn),
    )
    seen: dict[Path, str] = {}
    for name, path, kind in places:
        if path is None:
            continue
        home.check_output(path, kind, request.video, name=name)
        other = seen.setdefault(path.absolute(), name)
        if other != name:
            raise UsageError(f"{name} {path}: is where {other} is written; give another name")


def analysis_lines(exercise: str, events: Sequence[Event]) -> list[str]:
    """Return the counts, one a line."""
    words = load_phrase_book("en")
    end = next(event for event in reversed(events) if isinstance(event, SessionEnd))
    reps = end.reps.get(exercise, 0)
    lines = [f"{exercise}: {many(reps, 'repetition')} in {end.duration_s:.1f} s of video"]
    lines += rest_lines(describe_film(events))
    head = len(lines)
    released = {event.index: event for event in events if isinstance(event, Released)}
    sides = {event.start: f"  {sides_of(event)}" for event in events if isinstance(event, Smile)}
    for event in events:
        if isinstance(event, Rep):
            whole = released.get(event.index)
            held = whole.whole_hold_s if whole is not None else event.hold_s
            even = sides.get(event.start, "")
            lines.append(f"  {event.index:2d}  from {event.start:6.2f} s  held {held:.2f} s{even}")
        elif isinstance(event, Attempt):
            even = sides.get(event.start, "")
            why = words.text(REASON, event.reason)
            lines.append(f"   -  from {event.start:6.2f} s  held {event.hold_s:.2f} s  {why}{even}")
        elif isinstance(event, Recall):
            came = "no smile" if event.latency_s is None else f"smile after {event.latency_s:.2f} s"
            eyes = ", eyes engaged" if event.eye_engaged else ""
            lines.append(f"  memory {event.index} at {event.cue_t:.2f} s: {came}{eyes}")
    for direction in ("clockwise", "counterclockwise"):
        circles = sum(isinstance(e, JawCircle) and e.direction == direction for e in events)
        if circles:
            lines.append(f"  {many(circles, 'jaw circle')} {direction}")
    if len(lines) == head:
        lines.append("  nothing that looks like a try of it")
    return lines
