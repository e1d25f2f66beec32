"""The commands that delete: each asks first and then says what it deleted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from coach.errors import CoachError
from coach.shell.command_line.options import filed, home_of, reading
from coach.shell.profile.shared_options import Shared

if TYPE_CHECKING:
    from coach.shell.profile.home import Home


@click.group()
def forget() -> None:
    """Delete a session, a memory, a film, all photos or everything."""


sure = click.option("--yes", is_flag=True, help="Do not ask for confirmation.")


@forget.command("session")
@click.argument("name", required=False)
@sure
@filed
def forget_session(options: Shared, name: str | None, yes: bool) -> None:
    """Delete a session by its id or "last"; no NAME lists them."""
    from coach.shell.archive import forget as forgetting

    home = home_of(options)
    if name is None:
        with reading(home) as store:
            for line in forgetting.session_list(store) or ["No sessions yet"]:
                click.echo(line)
        return
    with reading(home) as store:
        session = forgetting.find_session(store, name)
    which = forgetting.session_name(session)
    if _agreed(f"Delete session {which}, all that was measured in it, and its film?", yes):
        from coach.shell.recording import film_folders as films

        # The film first: on a full disk it makes the room that deleting the rows may need.
        if filmed := films.films_of(home.data_dir, session.id, session.started_at):
            click.echo(films.delete(home.data_dir, filmed))
        with forgetting.history_to_delete_from(home.make_data_dir()) as store:
            click.echo(forgetting.forget_session(store, session.id))


@forget.command("memory")
@click.argument("number", type=int)
@sure
@filed
def forget_memory(options: Shared, number: int, yes: bool) -> None:
    """Delete one memory's words, and its name in the history."""
    from coach.shell.profile.memories_file import load_memories

    home = home_of(options)
    load_memories(home.data_dir).remove(number)  # nobody is asked about one that is not there
    if _agreed(f"Delete memory {number} and its words?", yes):
        forget_one_memory(home, number)


@forget.command("photos")
@sure
@filed
def forget_photos(options: Shared, yes: bool) -> None:
    """Delete all photos, and smiles' films and cards; scores stay."""
    from coach.shell.archive import forget as forgetting

    home = home_of(options)
    if _agreed("Delete all photos, and the films and cards of smiles?", yes):
        with forgetting.history_to_delete_from(home.make_data_dir()) as store:
            click.echo(forgetting.forget_photos(store))


@forget.command("film")
@click.argument("name", required=False)
@sure
@filed
def forget_film(options: Shared, name: str | None, yes: bool) -> None:
    """Delete a film by its name or "last"; no NAME lists them."""
    from coach.shell.archive.export import counted
    from coach.shell.recording import film_folders as films

    folder = home_of(options).data_dir
    if name is None:
        there = films.recordings(folder)
        for film in reversed(there):
            click.echo(film.line)
        size = films.size_text(films.folder_size(folder / films.FOLDER))
        click.echo(f"{counted(len(there), 'films')}, {size}" if there else "No films yet")
    elif _agreed(f"Delete the film {films.find(folder, name).folder.name}?", yes):
        click.echo(films.delete(folder, [films.find(folder, name)]))


@forget.command("everything")
@sure
@filed
def forget_everything(options: Shared, yes: bool) -> None:
    """Delete all that smile-coach keeps about you."""
    from coach.shell.archive import forget as forgetting
    from coach.shell.profile.home import Home
    from coach.shell.profile.people import people
    from coach.shell.system.launcher import launcher

    home = home_of(options)
    if _agreed(f"Delete everything in {home.data_dir}?", yes):
        click.echo(forgetting.forget_everything(home.data_dir, home.cache_dir))
        if entry := launcher():
            click.echo(f"{entry}: still starts smile-coach from your applications; delete it to be rid of it")
        if others := people(Home.base(options)):
            click.echo(f"still here: {', '.join(others)}; --person NAME deletes theirs")


def _agreed(question: str, yes: bool) -> bool:
    """Ask for confirmation, unless it was given; where asking is impossible, say how to give it."""
    if yes:
        return True
    if sys.stdin is not None and sys.stdin.isatty():
        agreed = click.confirm(question, err=True)
    elif answer := "" if sys.stdin is None else sys.stdin.readline():
        agreed = answer.strip().lower() in {"y", "yes"}
    else:
        raise CoachError("nothing was deleted: cannot ask for confirmation here; give --yes")
    if not agreed:
        click.echo("nothing was deleted")
    return agreed


def forget_one_memory(home: Home, number: int) -> None:
    """Delete one memory, its name in the history, and its rendered speech."""
    from coach.shell.archive import forget as forgetting

    with forgetting.history_to_delete_from(home.make_data_dir()) as store:
        click.echo(forgetting.forget_memory(store, number))
    for name in forgetting.forget_words(home.data_dir, home.cache_dir):
        click.echo(f"deleted: {name}, which could hold its words")
