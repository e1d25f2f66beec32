"""Forgetting one session, one memory, all photos or everything; each says what it deleted."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from coach.errors import CoachError, StoreError, UsageError
from coach.progress.history import SessionRecord
from coach.shell.archive.export import counted
from coach.shell.profile import memories_file
from coach.shell.profile.people import FOLDER
from coach.shell.profile.places import PAGE, PHOTOS, PLACES, SMILES, found, with_words
from coach.shell.profile.smiles_file import NUMBERS
from coach.shell.store.row_models import CHILDREN
from coach.shell.store.store import Store
from coach.shell.system.folder_lock import alone_in

ROOM = 4_000_000  # bytes that SQLite may need to delete a long session


@contextlib.contextmanager
def history_to_delete_from(folder: Path) -> Iterator[Store]:
    """Open the history, also on a disk that is full to the last byte: whoever makes room must be able to.

    There nothing may grow, so that the way back is kept in memory: a crash within these milliseconds would
    damage the file. Where another copy has the history open it stays as it is.

    Raises
    ------
    StoreError
        It cannot be used.
    """
    with Store.open(folder) as store:
        if shutil.disk_usage(folder).free < ROOM:
            with contextlib.suppress(sqlite3.Error):
                store.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
                store.connection.execute("PRAGMA journal_mode = MEMORY")
        yield store


def session_list(store: Store) -> list[str]:
    """Return one line for each session, newest first: its short id, when, which plan."""
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
    CoachError
        There are no sessions.
    UsageError
        None of them, or more than one, matches.
    """
    sessions = store.history().sessions
    remedy = "give its letters as 'smile-coach forget session' lists them"
    if not name:
        raise UsageError(f"the session's name is empty; {remedy}, or last")
    if name == "last":
        if not sessions:
            raise CoachError("no sessions yet; nothing to forget")
        return sessions[-1]
    found = [one for one in sessions if one.id.startswith(name)]
    if not found:
        raise UsageError(f"no session matches '{name}'; {remedy}")
    if len(found) > 1:
        raise UsageError(f"{len(found)} sessions match '{name}', wanted one; {remedy}")
    return found[0]


def session_name(session: SessionRecord) -> str:
    """Return the name of a session in messages, e.g. `0a1b2c3d of 2026-01-31 18:00`."""
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
    counts = take_out(store, session.id)
    _scrub(store)
    rows = ", ".join(counted(count, table.replace("_", " ")) for table, count in counts.items() if count)
    held = ("history.backup-*.sqlite3", PAGE, f".{PAGE}.*")  # a chart has a dot for it
    copies = _delete(store.folder, (path for pattern in held for path in store.folder.glob(pattern)))
    said = f"deleted: session {session_name(session)} ({rows or 'nothing in it'})"
    said += f"; older copies that held it: {', '.join(copies)}" if copies else ""
    bad = sorted(path.name for path in store.folder.glob("history.bad-*.sqlite3"))
    stays = f"; {', '.join(bad)} may hold it too, and cannot be searched: delete it yourself" if bad else ""
    return said + stays


def take_out(store: Store, session: str) -> dict[str, int]:
    """Delete a session's rows by its whole id; return how many of each table, beside its own.

    Raises
    ------
    StoreError
        The history cannot be written.
    """
    counts = {}
    with store.transaction():
        for child in CHILDREN["sessions"]:
            cursor = store.connection.execute(f"DELETE FROM {child} WHERE session = ?", (session,))  # noqa: S608
            counts[child] = cursor.rowcount
        store.connection.execute("DELETE FROM sessions WHERE id = ?", (session,))
    return counts


def forget_memory(store: Store, number: int) -> str:
    """Delete one memory's words, and its link to the recalls; the recalls themselves stay, unnamed.

    Raises
    ------
    UsageError
        No memory has this number.
    StoreError
        A file cannot be written.
    """
    with alone_in(store.folder):
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
    """Delete all photos: of check-ins, on the page, and the films and cards of smiles; the scores stay.

    Raises
    ------
    StoreError
        A file cannot be deleted or written.
    """
    photos, smiles = store.folder / PHOTOS, store.folder / SMILES
    stays = [said for said in map(linked_folder, (photos, smiles)) if said]
    count = sum(1 for path in photos.rglob("*") if path.is_file())
    shown = [] if smiles.is_symlink() else [path for path in smiles.glob("*") if path.name not in NUMBERS]
    with store.transaction():
        store.connection.execute("UPDATE check_ins SET photo = NULL")
    _delete(store.folder, [photos, *shown, store.folder / PAGE, *store.folder.glob(f".{PAGE}.*")])
    if stays:
        return "; ".join(["no photo is shown any more", *stays])
    gone = [counted(count, "photos"), *([f"{len(shown)} of smiles (films, cards)"] if shown else [])]
    return f"deleted: {', '.join(gone)}; the scores are kept"


def forget_words(data_dir: Path, cache_dir: Path) -> list[str]:
    """Delete every file with words of memories in it: the page, spoken sentences, files a kill left behind.

    Raises
    ------
    StoreError
        Something cannot be deleted.
    """
    return [path.name for path in with_words(data_dir, cache_dir) if _delete(path.parent, [path])]


def forget_everything(data_dir: Path, cache_dir: Path) -> str:
    """Delete all that `places.PLACES` has of the person; the settings, the models and files of others stay.

    Parameters
    ----------
    data_dir, cache_dir
        Close the data folder's store first.

    Raises
    ------
    StoreError
        Something cannot be deleted.
    """
    names: list[str] = []
    stays: list[str] = []
    for place in PLACES:
        for path in found(place, data_dir, cache_dir):
            stays += filter(None, [linked_folder(path)])
            names += _delete(path.parent, [path])
    for folder in (data_dir / FOLDER, data_dir):
        with contextlib.suppress(OSError):
            folder.rmdir()  # only an empty one goes
    if not names:
        return f"nothing to delete in {data_dir}"
    if data_dir.exists():
        stays.append(f"{data_dir} stays, it holds other files")
    return "; ".join([f"deleted from {data_dir}: {', '.join(names)}", *stays])


def linked_folder(path: Path) -> str:
    """Return a line on a folder that is a link: its target stays, others' files may be in it."""
    if not (path.is_symlink() and path.is_dir()):
        return ""
    return f"{path.name} is a link: the files in {path.resolve()} STAY, delete them yourself"


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
                if path.is_symlink() and path.is_file():
                    path.resolve().unlink()  # the data is in the target, not in the link
                path.unlink()
            else:
                continue
        except OSError as error:
            raise StoreError(f"{path}: cannot be deleted ({error.strerror}); delete it yourself") from error
        names.append(path.relative_to(folder).as_posix())
    return names
