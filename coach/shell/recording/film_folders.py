"""The recordings: their folders in the data folder, their sizes, finding one by name, deleting."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from coach.errors import CoachError, StoreError, UsageError
from coach.shell.recording.trace_reader import read_setup
from coach.shell.system.terminal import shown

FOLDER = "films"  # in the data folder
TRACE, EVENTS, FILM = "session.trace", "events.jsonl", "film.mp4"
SUBTITLES, CHAPTERS, FACTS = "film.vtt", "film.chapters.vtt", "film.json"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording's folder. `session`: the session's id in the history, empty if unknown."""

    folder: Path
    session: str = ""
    plan: str = ""

    @property
    def line(self) -> str:
        """One line to choose it by."""
        what = self.plan or "unreadable"
        size = size_text(folder_size(self.folder))
        return shown(f"{self.session[:8] or '-':8}  {self.folder.name}  {what}, {size}")


def new_folder(data_dir: Path, at: datetime) -> Path:
    """Make the folder of a new recording, for its owner alone.

    Raises
    ------
    StoreError
        It cannot be made.
    """
    stamp = f"{at:%Y-%m-%d_%H%M%S}"
    try:
        (data_dir / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (stamp, *(f"{stamp}-{n}" for n in range(2, 100))):
            folder = data_dir / FOLDER / name
            if not folder.exists():
                folder.mkdir(mode=0o700)
                return folder
    except OSError as error:
        raise StoreError(
            f"{data_dir / FOLDER}: cannot be made ({error.strerror}); free some space, or leave out --record"
        ) from error
    raise StoreError(f"{data_dir / FOLDER / stamp}: already exists; wait a second and start again")


def recordings(data_dir: Path) -> list[Recorded]:
    """Return the recordings, oldest first."""
    folders = sorted(path for path in (data_dir / FOLDER).glob("*") if path.is_dir())
    return [_recorded(folder) for folder in folders]


def find(data_dir: Path, name: str) -> Recorded:
    """Return the recording a name refers to.

    Parameters
    ----------
    name
        `last`, a folder, the beginning of a folder's name in `films`, or of a session's id.

    Raises
    ------
    CoachError
        There are no recordings.
    UsageError
        None of them, or more than one, matches.
    """
    if name != "last" and (Path(name) / TRACE).is_file():
        return _recorded(Path(name))
    there = recordings(data_dir)
    if name == "last":
        found = there[-1:]
    else:
        found = [r for r in there if name and (r.folder.name.startswith(name) or r.session.startswith(name))]
    if len(found) == 1:
        return found[0]
    if not there:
        raise CoachError("no recordings yet; make one with 'smile-coach session --record plain'")
    listed = "; ".join(f"{r.session[:8]} {r.folder.name}" for r in reversed(there[-5:]))
    count = f"{len(found)} recordings match" if found else "no recording matches"
    raise UsageError(f"{count} '{name}', wanted one; the newest are {listed}")


def films_of(data_dir: Path, session: str, started_at: datetime) -> list[Recorded]:
    """Return a session's recordings: by its id, or by its time where the trace cannot be read any more."""
    near = {f"{started_at + timedelta(seconds=n):%Y-%m-%d_%H%M%S}" for n in (-2, -1, 0, 1, 2)}
    return [
        each
        for each in recordings(data_dir)
        if each.session == session or (not each.session and each.folder.name[:17] in near)
    ]


def delete(data_dir: Path, which: Iterable[Recorded]) -> str:
    """Delete recordings and say which.

    Raises
    ------
    StoreError
        A folder cannot be deleted.
    """
    names, freed = [], 0
    for recorded in which:
        freed += folder_size(recorded.folder)
        try:
            shutil.rmtree(recorded.folder)
        except OSError as error:
            raise StoreError(
                f"{recorded.folder}: cannot be deleted ({error.strerror}); close the program that uses it"
            ) from error
        names.append(recorded.folder.name)
    if not names:
        return f"nothing to delete in {data_dir / FOLDER}"
    count = "1 film" if len(names) == 1 else f"{len(names)} films"
    return f"deleted: {count} ({', '.join(names)}), {size_text(freed)}"


def folder_size(folder: Path) -> int:
    """Return the bytes in a folder and all below it."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def size_text(size: int) -> str:
    """Return bytes as a person reads them, e.g. `12 MB`."""
    for unit, least in (("GB", 1e9), ("MB", 1e6)):
        if size >= least:
            return f"{size / least:.1f} {unit}" if size < 10 * least else f"{size / least:.0f} {unit}"
    return f"{size / 1e3:.0f} kB"


def _recorded(folder: Path) -> Recorded:
    try:
        setup, extra = read_setup(folder / TRACE)
    except CoachError:
        return Recorded(folder, _session_of_facts(folder))
    return Recorded(folder, str(extra.get("session", "")), setup.plan.name)


def _session_of_facts(folder: Path) -> str:
    """Return the session's id that was kept beside the film, empty if none was."""
    try:
        with (folder / FACTS).open("rb") as file:
            facts = json.loads(file.read(10_000))
    except (OSError, ValueError, RecursionError):
        return ""
    return str(facts.get("session", "")) if isinstance(facts, dict) else ""
