"""The commands for what is kept: progress, memories, scores, export, forgetting, reminders."""

from __future__ import annotations

import contextlib
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coach.errors import CoachError
from coach.shell.options import ListingGroup, Shared, filed

if TYPE_CHECKING:
    from coach.shell.home import Home
    from coach.shell.store import Store

PAGE = "progress.html"
# What stands in the data folder beside history, memories and photos.
ALSO = (PAGE, "range.json")


@click.command()
@click.option("--html", metavar="[FILE]", is_flag=False, flag_value="", help="Write a page with charts.")
@click.option("--open", "show", is_flag=True, help="Write the page and open it in the browser.")
@click.option("--words", is_flag=True, help="Call the memories by their words on the page.")
@filed
def progress(options: Shared, html: str | None, show: bool, words: bool) -> None:
    """Show what changed beyond your own noise, and what did not."""
    from coach.progress import summary_lines
    from coach.shell.memories_file import load_memories

    home = _home(options)
    labels = load_memories(home.data_dir).labels()
    with _reading(home) as store:
        history = store.history()
    today = datetime.now().astimezone().date()
    if html is None and not show:
        for line in summary_lines(history, today, labels):
            click.echo(line)
        return
    from coach.shell.page import progress_page

    path = Path(html) if html else home.make_data_dir() / PAGE
    write_private(path, progress_page(history, today, labels if words else None))
    click.echo(path)
    if show:
        import webbrowser

        if not webbrowser.open(path.resolve().as_uri()):
            raise CoachError(f"{path}: no browser could be started; open the file yourself")


@click.group(cls=ListingGroup)
def memories() -> None:
    """List, add, edit and remove the three memories that bring a smile."""


@memories.command("list")
@filed
def list_memories(options: Shared) -> None:
    """List them."""
    from coach.shell.memories_file import load_memories

    items = load_memories(_home(options).data_dir).items
    for number, item in enumerate(items, start=1):
        click.echo(f"{number}  {item.prompt or '(only numbered)'}")
    if not items:
        click.echo('No memories yet: add one with smile-coach memories add "the rainy picnic"')


@memories.command("add")
@click.argument("words", default="")
@filed
def add_memory(options: Shared, words: str) -> None:
    """Add one, in a few words of your own; without words it is only numbered."""
    from coach.shell.memories_file import load_memories, new_memory, save_memories

    folder = _home(options).make_data_dir()
    changed = load_memories(folder).add(new_memory(words))
    save_memories(folder, changed)
    number = len(changed.items)
    click.echo(f"{number}  {changed.items[-1].prompt or '(only numbered)'}")


@memories.command("edit")
@click.argument("number", type=int)
@click.argument("words")
@filed
def edit_memory(options: Shared, number: int, words: str) -> None:
    """Give one other words ("" for its number only); its statistics stay."""
    from coach.shell.memories_file import load_memories, save_memories

    home = _home(options)
    changed = load_memories(home.data_dir).edit(number, words)
    save_memories(home.data_dir, changed)
    _delete_speech(home)
    click.echo(f"{number}  {changed.items[number - 1].prompt or '(only numbered)'}")


@memories.command("remove")
@click.argument("number", type=int)
@filed
def remove_memory(options: Shared, number: int) -> None:
    """Remove one and its words, and its name in the history."""
    _forget_memory(_home(options), number)


@click.command()
@click.argument("to", required=False, type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), help="By default as TO ends, else csv.")
@filed
def export(options: Shared, to: Path | None, kind: str | None) -> None:
    """Write the history as a folder of CSV files, or as one JSON file.

    TO is the folder or the file; smile-coach-export in the present folder if not given.
    """
    from coach.shell.export import export_csv, export_json

    as_json = kind == "json" or (kind is None and to is not None and to.suffix.lower() == ".json")
    path = to or Path("smile-coach-export.json" if as_json else "smile-coach-export")
    with _reading(_home(options)) as store:
        written = [export_json(store, path)] if as_json else export_csv(store, path)
    for each in written:
        click.echo(each)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@filed
def import_(options: Shared, file: Path) -> None:
    """Read a JSON export back; what is there already is not added again."""
    from coach.shell.export import import_json
    from coach.shell.store import Store

    with Store.open(_home(options).make_data_dir()) as store:
        click.echo(import_json(store, file))


@click.group()
def forget() -> None:
    """Delete one session, one memory, all photos or everything."""


sure = click.option("--yes", is_flag=True, help="Do not ask before.")


@forget.command("session")
@click.argument("name", required=False)
@sure
@filed
def forget_session(options: Shared, name: str | None, yes: bool) -> None:
    """Delete one session by the beginning of its id, or "last"; without a NAME, list them."""
    from coach.shell import forget as forgetting
    from coach.shell.store import Store

    home = _home(options)
    if name is None:
        with _reading(home) as store:
            for line in forgetting.session_list(store) or ["No sessions yet"]:
                click.echo(line)
    elif _agreed(f"Delete session {name} and all that was measured in it?", yes):
        with Store.open(home.make_data_dir()) as store:
            click.echo(forgetting.forget_session(store, name))


@forget.command("memory")
@click.argument("number", type=int)
@sure
@filed
def forget_memory(options: Shared, number: int, yes: bool) -> None:
    """Delete one memory's words, and its name in the history."""
    if _agreed(f"Delete memory {number} and its words?", yes):
        _forget_memory(_home(options), number)


@forget.command("photos")
@sure
@filed
def forget_photos(options: Shared, yes: bool) -> None:
    """Delete all photos; the scores stay."""
    from coach.shell import forget as forgetting
    from coach.shell.store import Store

    home = _home(options)
    if _agreed("Delete all photos?", yes):
        with Store.open(home.make_data_dir()) as store:
            click.echo(forgetting.forget_photos(store))


@forget.command("everything")
@sure
@filed
def forget_everything(options: Shared, yes: bool) -> None:
    """Delete all that smile-coach keeps about you."""
    from coach.shell import forget as forgetting

    home = _home(options)
    if _agreed(f"Delete everything in {home.data_dir}?", yes):
        click.echo(forgetting.forget_everything(home.data_dir, ALSO))
        _delete_speech(home)


@click.command()
@click.argument("file", default="smile-coach.ics", type=click.Path(path_type=Path))
@click.option("--at", default="18:00", show_default=True, metavar="HH:MM", help="When, by your own clock.")
def remind(file: Path, at: str) -> None:
    """Write a calendar FILE with a daily and a fortnightly reminder.

    Nothing reminds you unless you open it with your calendar, and deleting the two entries there ends it.
    """
    from coach.shell.reminders import calendar

    write_private(file, calendar(at, datetime.now().astimezone()))
    click.echo(f"{file}: open it with your calendar; to stop, delete the two entries there")


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.option("--neutral", type=click.Path(path_type=Path), metavar="PHOTO", help="Your face at rest.")
@filed
def score(options: Shared, photo: Path, neutral: Path | None) -> None:
    """Score a picture file; with --neutral, against your own face at rest."""
    from coach.scores import score_lines
    from coach.shell.photo import score_photo

    home = _home(options)
    for line in score_lines(score_photo(photo, home.model(progress=True), neutral)):
        click.echo(line)


def write_private(path: Path, text: str) -> None:
    """Write a text file that its owner alone can read, whole or not at all.

    Raises
    ------
    CoachError
        It cannot be written.
    """
    import os
    import tempfile

    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise CoachError(
            f"{path}: cannot be written ({error.strerror}); choose a folder that exists and is yours"
        ) from error


def _home(options: Shared) -> Home:
    from coach.shell.home import Home

    return Home.find(options)


def _reading(home: Home) -> Store:
    from coach.shell.store import Store

    return Store.open(home.data_dir, read_only=True)


def _agreed(question: str, yes: bool) -> bool:
    """Ask, unless the answer was given; where nobody can answer, say how to give it."""
    if yes:
        return True
    if sys.stdin is not None and sys.stdin.isatty():
        agreed = click.confirm(question, err=True)
    elif answer := "" if sys.stdin is None else sys.stdin.readline():
        agreed = answer.strip().lower() in {"y", "yes"}
    else:
        raise CoachError("nothing was deleted: there is nobody to ask; give --yes")
    if not agreed:
        click.echo("nothing was deleted")
    return agreed


def _forget_memory(home: Home, number: int) -> None:
    from coach.shell import forget as forgetting
    from coach.shell.store import Store

    with Store.open(home.make_data_dir()) as store:
        click.echo(forgetting.forget_memory(store, number))
    _delete_speech(home)


def _delete_speech(home: Home) -> None:
    """Delete the speech kept for the next session: a memory's words were spoken, so they are in it."""
    with contextlib.suppress(OSError):
        shutil.rmtree(home.cache_dir / "sounds")


ALL: tuple[click.Command, ...] = (progress, memories, score, export, import_, forget, remind)
