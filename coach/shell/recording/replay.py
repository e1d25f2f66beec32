"""Replaying: a recorded session is watched, listed, or compared with its own log."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coach import __version__
from coach.errors import CoachError, UsageError
from coach.events import Event
from coach.replay.timeline import Timeline
from coach.replay.trace import veiled
from coach.shell.recording import film_folders as films
from coach.shell.recording.replayed import Replayed, load
from coach.shell.store.event_log import EventLog, read_events
from coach.shell.system.output_file import STANDARD_OUTPUT
from coach.shell.system.terminal import many

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared


def run_replay(options: Shared, session: str, other: str | None = None) -> int:
    """Replay one recorded session, or two side by side.

    With a window it is played; without one its events are listed. With `--events` the log is
    recomputed from the trace, written, and compared with the recorded one.

    Parameters
    ----------
    session, other
        See `films.find`.

    Returns
    -------
    0, or 1 where the log differs from the recorded one.

    Raises
    ------
    CoachError
        No such recording, or it cannot be read.
    """
    from coach.shell.profile.home import Home

    home = Home.find(options)
    names = [session] if other is None else [session, other]
    sessions = [load(films.find(home.data_dir, name)) for name in names]
    for each in sessions:
        if each.problem:
            click.echo(each.problem, err=True)
    if options.events and other is not None:
        raise UsageError("--events writes the log of one session; give only one")
    if options.events:
        return write_and_compare(sessions[0], options.events)
    if options.window and _watch(sessions, home):
        return 0
    for line in listing(sessions):
        click.echo(line)
    return 0


def write_and_compare(replayed: Replayed, path: str) -> int:
    """Write the recomputed log, say whether it matches the recorded one; return 0 if it does, else 1."""
    recorded = read_events(replayed.recorded.folder / films.EVENTS)
    if path != STANDARD_OUTPUT and _same_file(path, replayed.recorded.folder / films.EVENTS):
        raise CoachError(f"--events {path}: is the recorded log itself; give another file")
    with EventLog(path) as log:
        for event in replayed.events:
            log.write(event)
    said, same = verdict(recorded, replayed)
    click.echo(said, err=True)
    return 0 if same else 1


def verdict(recorded: Sequence[dict[str, Any]], replayed: Replayed) -> tuple[str, bool]:
    """Compare the recorded log with the recomputed one; return one line about it, and whether they match."""
    now = _in_order(replayed.events)
    name = replayed.recorded.folder.name
    if recorded == now:
        return f"{name}: {many(len(now), 'event')}, identical to the recorded ones", True
    for number, (before, after) in enumerate(zip_longest(recorded, now), start=1):
        if before is None or after is None:
            which = "recorded" if after is None else "recomputed"
            whole = not replayed.problem or after is not None
            if not whole:
                return f"{name}: {many(number - 1, 'event')}, identical; the trace ends there", True
            return f"{name}: differs from line {number} on, which only the {which} log has", False
        if _veiled(before) != _veiled(after):
            version = (
                "" if replayed.setup.version == __version__ else f", recorded by {replayed.setup.version}"
            )
            return f"{name}: differs in line {number}: recorded {before}, now {after}{version}", False
    words = "apart from the memories' words, which a trace does not keep"
    return f"{name}: {many(len(now), 'event')}, identical to the recorded ones ({words})", True


def listing(sessions: Sequence[Replayed]) -> list[str]:
    """Return every event with its time; of two sessions side by side, in the order of the common line."""
    line = Timeline(*(each.parts for each in sessions))
    rows: list[tuple[float, int, str]] = []
    for lane, each in enumerate(sessions):
        mark = "" if len(sessions) == 1 else f"{'AB'[lane]}  "
        rows += [(line.place(lane, event.t), lane, f"{mark}{_line(event)}") for event in each.events]
    return [text for _, _, text in sorted(rows, key=lambda row: row[:2])]


def _line(event: Event) -> str:
    values = event.to_dict()
    t, kind, exercise = values.pop("t"), values.pop("type"), values.pop("exercise", "")
    rest = ", ".join(f"{key} {_value(value)}" for key, value in values.items())
    return f"{int(t // 60)}:{t % 60:05.2f}  {kind:13} {exercise:15} {rest}".rstrip()


def _value(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key} {inner}" for key, inner in value.items())
    return "-" if value is None else f"{value}"


def _in_order(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return the events as the event log writes them: a late one has the last line's time."""
    lines, last = [], float("-inf")
    for event in events:
        line = event.to_dict()
        line["t"] = last = max(line["t"], last)
        lines.append(line)
    return lines


def _veiled(line: dict[str, Any]) -> dict[str, Any]:
    return line | {"text": veiled(str(line["text"]))} if line["type"] == "cue" else line


def _same_file(path: str, other: Path) -> bool:
    return Path(path).exists() and other.exists() and Path(path).samefile(other)


def _watch(sessions: list[Replayed], home: Any) -> bool:
    """Play in a window; return False where there can be none."""
    from coach.shell.recording.replay_window import ReplayWindow
    from coach.shell.window.window import display_problem

    problem = display_problem()
    if problem:
        print(f"no display: {problem}", file=sys.stderr)
        return False
    window = ReplayWindow(sessions, home.settings.window)
    try:
        window.run()
    finally:
        window.close()
    return True
