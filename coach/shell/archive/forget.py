"""Forgetting one session, one memory, all photos or everything, and saying what was deleted."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from coach.errors import StoreError, UsageError
from coach.progress.history import SessionRecord
from coach.shell.archive.export import counted
from coach.shell.profile import memories_file
from coach.shell.store.row_models import CHILDREN
from coach.shell.store.store import Store

PHOTOS = "photos"
# Everything the program puts into a data folder; a folder is deleted with its contents.
OWN = ("history*.sqlite3*", f"{memories_file.NAME}*", PHOTOS, "smiles", "neutral.npz")


def session_list(store: Store) -> list[str]:
    """Return one line for each session, newest first: what to call it, when, which plan."""
    lines = []
    for session in reversed(store.history().sessions):
        length = "broken off" if session.duration_s is None else f"{session.duration_s:.0f} s"
        what = f"{session.plan}, {session.source}, {length}"
        lines.append(f"{session.id[:8]}  {session.started_at:%Y-%m-%d %H:%M}  {what}")
    return lines


def find_session(store: Store, name: str) -> SessionRecord:
    """Return the session a name refers to.

    Parameters
    ----------
    name
        Its id or the beginning of it, as `session_list` shows it; `last` for the newest.

    Raises
    ------
    UsageError
        No session, or more than one, matches.
    """
    sessions = store.history().sessions
    remedy = "give its letters as 'smile-coach forget session' lists them"
    if not name:
        raise UsageError(f"the session's name is empty; {remedy}, or last")
    if name == "last":
        if not sessions:
            raise UsageError("no sessions yet; nothing to forget")
        return sessions[-1]
    found = [one for one in sessions if one.id.startswith(name)]
    if not found:
        raise UsageError(f"no session matches '{name}'; {remedy}")
    if len(found) > 1:
        raise UsageError(f"{len(found)} sessions match '{name}', wanted one; {remedy}")
    return found[0]


def session_name(session: SessionRecord) -> str:
    """Return what a session is called where it is deleted, e.g. `0a1b2c3d of 2026-01-31 18:00`."""
    return f"{session.id[:8]} of {session.started_at:%Y-%m-%d %H:%M}"


def forget_session(store: Store, name: str) -> str:
    """Delete the session that `find_session` finds, and all that was measured in it.

    Raises
    ------
    UsageError
        No session, or more than one, matches.
    StoreError
        The history cannot be written.
    """
    session = find_session(store, name)
    counts = {}
    with store.transaction():
        for child in CHILDREN["sessions"]:
            cursor = store.connection.execute(f"DELETE FROM {child} WHERE session = ?", (session.id,))  # noqa: S608
            counts[child] = cursor.rowcount
        store.connection.execute("DELETE FROM sessions WHERE id = ?", (session.id,))
    _scrub(store)
    rows = ", ".join(counted(count, table.replace("_", " ")) for table, count in counts.items() if count)
    copies = _delete(store.folder, store.folder.glob("history.backup-*.sqlite3"))
    said = f"deleted: session {session_name(session)} ({rows or 'nothing in it'})"
    return said + (f"; older copies that held it: {', '.join(copies)}" if copies else "")


def forget_memory(store: Store, number: int) -> str:
    """Delete one memory's words, and its link to the recalls; the recalls themselves stay, unnamed.

    Raises
    ------
    UsageError
        No memory has this number.
    StoreError
        A file cannot be written.
    """
    memories = memories_file.load_memories(store.folder)
    left = memories.remove(number)
    (gone,) = {item.id for item in memories.items} - {item.id for item in left.items}
    with store.transaction():
        cursor = store.connection.execute("UPDATE recalls SET memory = '' WHERE memory = ?", (gone,))
    memories_file.save_memories(store.folder, left)
    _scrub(store)
    kept = f"{counted(cursor.rowcount, 'recalls')} {'is' if cursor.rowcount == 1 else 'are'} kept"
    return f"deleted: memory {number} and its words; {kept} without its name"


def forget_photos(store: Store) -> str:
    """Delete all photos; the scores stay.

    Raises
    ------
    StoreError
        A file cannot be deleted or written.
    """
    folder = store.folder / PHOTOS
    count = sum(1 for path in folder.rglob("*") if path.is_file())
    with store.transaction():
        store.connection.execute("UPDATE check_ins SET photo = NULL")
    _delete(store.folder, [folder])
    return f"deleted: {counted(count, 'photos')}; the scores are kept"


def forget_everything(folder: Path, also: Iterable[str] = ()) -> str:
    """Delete all that the program keeps in its data folder; files of others stay.

    Parameters
    ----------
    folder
        The data folder; close its store first.
    also
        Further names or patterns in it, e.g. `range.toml`.

    Raises
    ------
    StoreError
        Something cannot be deleted.
    """
    patterns = (*OWN, *also)
    names = _delete(folder, sorted({path for pattern in patterns for path in folder.glob(pattern)}))
    with contextlib.suppress(OSError):
        folder.rmdir()  # only an empty folder goes
    if not names:
        return f"nothing to delete in {folder}"
    stays = "" if not folder.exists() else f"; {folder} stays, it holds other files"
    return f"deleted from {folder}: {', '.join(names)}{stays}"


def _scrub(store: Store) -> None:
    """Empty the write-ahead log and the free pages, where deleted rows could still be read."""
    with contextlib.suppress(sqlite3.Error):  # a second copy is reading: its next close does the same
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.connection.execute("VACUUM")
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _delete(folder: Path, paths: Iterable[Path]) -> list[str]:
    """Delete files and folders; return their names."""
    names = []
    for path in paths:
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.exists() or path.is_symlink():
                path.unlink()
            else:
                continue
        except OSError as error:
            raise StoreError(f"{path}: cannot be deleted ({error.strerror}); delete it yourself") from error
        names.append(path.relative_to(folder).as_posix())
    return names
