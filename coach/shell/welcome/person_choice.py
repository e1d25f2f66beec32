"""Whose session it is, where several people share a machine."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from coach.coaching.phrases import PhraseBook
from coach.errors import StoreError, UsageError
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import language_for, load_phrase_book
from coach.shell.profile.memories_file import load_memories
from coach.shell.profile.people import people
from coach.shell.store.store import Store
from coach.shell.window.prompt import PersonQuit, Question, WindowAsker

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared

SECTION = "people"
PATIENCE_S = 30.0
MOST = 9  # people with a key of their own
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def choose_person(options: Shared, *, led: bool = False) -> Shared:
    """Return the options with the person they are for, asked for where there are two or more.

    The person without a name was here before anybody was added; where nobody can be asked, it is theirs.

    Parameters
    ----------
    options
        Of the command line.
    led
        The command has a window, in which to ask.

    Raises
    ------
    UsageError
        There are several people and nobody to ask.
    click.exceptions.Exit
        The person has closed the window.
    """
    if options.person is not None or options.source == "demo":
        return options
    home = Home.find(options)
    if not people(home.data_dir):
        return options
    found = candidates(home, options)
    if len(found) == 1:
        return replace(options, person=found[0])
    book = load_phrase_book(language_for(home.settings.language))
    return replace(options, person=_asked(found, options, home, book, led=led))


def candidates(home: Home, options: Shared) -> list[str]:
    """Return the people there are, the last one to practise first; an empty name is nobody's in particular.

    Parameters
    ----------
    home
        Of nobody in particular.
    options
        As they were given, without a person.
    """
    last = {}
    for name in people(home.data_dir):
        last[name] = last_session(Home.find(replace(options, person=name))) or LONG_AGO
    unnamed = last_session(home)
    if unnamed or _remembers(home) or home.own_range() is not None:
        last[""] = unnamed or LONG_AGO
    return sorted(last, key=lambda name: last[name], reverse=True)


def last_session(home: Home) -> datetime | None:
    """Return when the person last began a session of their own; None before the first one."""
    try:
        with Store.open(home.data_dir, read_only=True) as store:
            times = [each.started_at for each in store.history().sessions if not each.simulated]
    except StoreError:  # there is a history; the session will report what is wrong with it
        return LONG_AGO
    return max(times, default=None)


def _remembers(home: Home) -> bool:
    """Whether there are memories; those that cannot be read count, or nothing could be forgotten any more."""
    try:
        return bool(load_memories(home.data_dir).items)
    except UsageError:
        return True


def _asked(found: list[str], options: Shared, home: Home, book: PhraseBook, *, led: bool) -> str:
    labels = [name or book.text(SECTION, "unnamed") for name in found]
    title = book.text(SECTION, "who")
    if led and options.window and len(found) <= MOST:
        from coach.shell.app.devices import open_display
        from coach.shell.window.display import NoDisplay

        display, _ = open_display(options, home, book)
        if not isinstance(display, NoDisplay):
            keys = [str(number) for number in range(1, len(found) + 1)]
            question = Question(
                title,
                book.text(SECTION, "who_keys"),
                tuple(zip(keys, labels, strict=True)),
                default=keys[0],
                patience_s=PATIENCE_S,
            )
            try:
                answer = WindowAsker(display).ask(question, lambda _: None)
            except PersonQuit:
                raise click.exceptions.Exit(0) from None
            finally:
                display.close()
            return found[int(answer) - 1]
    if sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty():
        return _typed(title, found, labels)
    if "" in found:
        return ""
    raise UsageError(f"whose is it? there are {', '.join(found)}; give --person NAME")


def _typed(title: str, found: list[str], labels: list[str]) -> str:
    """Ask on the terminal; Enter alone takes the first."""
    click.echo(title, err=True)
    for number, label in enumerate(labels, start=1):
        click.echo(f"  {number}  {label}", err=True)
    number = click.prompt("", type=click.IntRange(1, len(found)), default=1, err=True, prompt_suffix="> ")
    return found[int(number) - 1]
