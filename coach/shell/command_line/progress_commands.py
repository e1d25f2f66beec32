"""The commands for the history: progress, memories, scores, export."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coach.errors import CoachError, UsageError
from coach.shell.command_line.forget_commands import forget, forget_one_memory
from coach.shell.command_line.options import (
    PLACE,
    ListingGroup,
    filed,
    home_of,
    home_to_read,
    reading,
    writing,
)
from coach.shell.profile.places import PAGE
from coach.shell.profile.shared_options import Shared

if TYPE_CHECKING:
    from coach.progress.words import ProgressWords
    from coach.shell.profile.home import Home


def _words(home: Home) -> ProgressWords:
    """Return the words of the person's language."""
    from coach.progress.words import ProgressWords
    from coach.shell.profile.language_files import language_for, load_phrase_book

    return ProgressWords(load_phrase_book(language_for(home.settings.language)))


@click.command()
@click.option("--html", metavar="[FILE]", is_flag=False, flag_value="", help="Write a page with charts.")
@click.option("--open", "show", is_flag=True, help="Write the page and open it in the browser.")
@click.option("--words", is_flag=True, help="Show the memories' own words on the page.")
@click.option("--photos/--no-photos", default=True, help="Show the first and latest photo, if kept.")
@writing
def progress(options: Shared, html: str | None, show: bool, words: bool, photos: bool) -> None:
    """Say what you did and what has changed.

    A difference is called a change only if it is larger than your own usual variation.
    """
    from coach.progress.summary import summary_lines
    from coach.shell.profile.memories_file import load_memories

    home = home_to_read(options)
    words_for = _words(home)
    labels = load_memories(home.data_dir).labels(words_for.memory)
    with reading(home) as store:
        history = store.history()
    today = datetime.now().astimezone().date()
    from coach.check_in.machine import due_on
    from coach.shell.app.check_in import load_check_in

    due = due_on(history, load_check_in(), today)
    if html is None and not show:
        from coach.shell.profile.own_command import typed

        start = typed(replace(options, person=home.person))
        for line in summary_lines(history, today, words_for, labels, due, start=start):
            click.echo(line)
        return
    from coach.shell.report.before_after import first_and_latest
    from coach.shell.report.progress_page import progress_page
    from coach.shell.system.output_file import HTML
    from coach.shell.system.private_file import hand_over

    path = Path(html) if html else home.make_data_dir() / PAGE
    home.check_output(path, HTML, name="--html")
    pair = first_and_latest(home.data_dir) if photos else None
    hand_over(path, progress_page(history, today, words_for, labels if words else None, pair, due).encode())
    click.echo(path)
    if show:
        import webbrowser

        if not webbrowser.open(path.resolve().as_uri()):
            raise CoachError(f"{path}: no browser could be started; open the file yourself")


@click.group(cls=ListingGroup)
def memories() -> None:
    """List, add, edit and remove the memories that bring a smile."""


@memories.command("list")
@filed
def list_memories(options: Shared) -> None:
    """List your memories."""
    from coach.shell.profile.memories_file import load_memories
    from coach.shell.profile.own_command import typed

    home = home_to_read(options)
    items = load_memories(home.data_dir).items
    for number, item in enumerate(items, start=1):
        click.echo(f"{number}  {item.prompt or '(only numbered)'}")
    if not items:
        theirs = replace(options, person=home.person)
        click.echo(f"No memories yet: add one with {typed(theirs, 'memories', 'add', 'the rainy picnic')}")


@memories.command("add")
@click.argument("words", default="")
@filed
def add_memory(options: Shared, words: str) -> None:
    """Add a memory in your own words, or without any.

    A memory without words only has a number.
    """
    from coach.shell.profile.memories_file import change_memories, new_memory

    added = new_memory(words)
    changed = change_memories(home_of(options).make_data_dir(), lambda memories: memories.add(added))
    number = len(changed.items)
    click.echo(f"{number}  {changed.items[-1].prompt or '(only numbered)'}")


@memories.command("edit")
@click.argument("number", type=int)
@click.argument("words")
@filed
def edit_memory(options: Shared, number: int, words: str) -> None:
    """Reword a memory ("" for none); its statistics are kept."""
    from coach.shell.archive.forget import forget_words
    from coach.shell.profile.memories_file import change_memories

    home = home_of(options)
    changed = change_memories(home.data_dir, lambda memories: memories.edit(number, words))
    forget_words(home.data_dir, home.cache_dir)  # the old ones
    click.echo(f"{number}  {changed.items[number - 1].prompt or '(only numbered)'}")


@memories.command("remove")
@click.argument("number", type=int)
@filed
def remove_memory(options: Shared, number: int) -> None:
    """Remove a memory, its words and its name in the history."""
    forget_one_memory(home_of(options), number)


@click.command()
@click.argument("to", required=False, type=PLACE)
@click.option("--format", "kind", type=click.Choice(["csv", "json", "pdf"]),
              help="Default: by TO's ending, otherwise csv.")  # fmt: skip
@writing
def export(options: Shared, to: Path | None, kind: str | None) -> None:
    """Write your history as CSV, JSON, or a PDF for a clinician.

    TO is the folder or the file; by default smile-coach-export in the current folder.
    """
    from coach.shell.archive.export import TABLES, check_target, export_csv, export_json, export_pdf
    from coach.shell.system.output_file import CSV, JSON, PDF

    ending = to.suffix.lower() if to else ""
    kind = kind or {".json": "json", ".pdf": "pdf"}.get(ending, "csv")
    home = home_to_read(options)
    name = f"smile-coach-export-{home.person}" if home.person else "smile-coach-export"
    path = to or Path(name if kind == "csv" else f"{name}.{kind}")
    check_target(path, kind)
    written_to = [path / f"{table}.csv" for table in TABLES] if kind == "csv" else [path]
    for place in written_to:
        home.check_output(place, {"csv": CSV, "json": JSON, "pdf": PDF}[kind])
    with reading(home) as store:
        if kind == "csv":
            written = export_csv(store, path)
        elif kind == "json":
            written = [export_json(store, path)]
        else:
            written = [export_pdf(store, path, datetime.now().astimezone().date(), _words(home))]
    for each in written:
        if each.is_file():  # a pipe gets the export itself and nothing else
            click.echo(each)


@click.command("import")
@click.argument("file", type=PLACE)
@filed
def import_(options: Shared, file: Path) -> None:
    """Read a JSON export back; nothing is added twice."""
    from coach.shell.archive.export import import_json
    from coach.shell.store.store import Store

    with Store.open(home_of(options).make_data_dir()) as store:
        click.echo(import_json(store, file))


@click.command()
@click.argument("photo", type=PLACE)
@click.option("--neutral", type=PLACE, metavar="PHOTO", help="Your face at rest.")
@click.option("--alone", is_flag=True, help="By itself, e.g. a picture of someone else.")
@filed
def score(options: Shared, photo: Path, neutral: Path | None, *, alone: bool) -> None:
    """Score a picture against your face at rest.

    That face is known from your last check-in or smile, unless --neutral gives a picture of it.
    """
    from coach.check_in.score_lines import SCORE, range_lines, score_lines
    from coach.shell.app.score import score_photo
    from coach.shell.profile.neutral_file import read_neutral

    if alone and neutral is not None:
        raise UsageError("--alone, --neutral: wanted one of them; leave the other out")
    home = home_of(options)
    kept = None if alone or neutral is not None else read_neutral(home.data_dir)
    scores = score_photo(photo, home.model(progress=True), neutral, kept[0] if kept else ())
    words, own_range = _words(home), None if alone else home.own_range()
    for line in (*score_lines(scores, words), *range_lines(scores, own_range, words)):
        click.echo(line)
    if kept:
        click.echo(words.say("kept", SCORE, date=words.day(kept[1])))


ALL: tuple[click.Command, ...] = (progress, memories, score, export, import_, forget)
