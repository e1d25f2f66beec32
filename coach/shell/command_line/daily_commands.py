"""The commands that bring a person back: reminders and what is still to do."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coach.shell.command_line.options import PLACE, filed, home_to_read, writing
from coach.shell.profile.shared_options import Shared

if TYPE_CHECKING:
    from coach.coaching.phrases import PhraseBook
    from coach.shell.report.reminders import Due


@click.command(short_help="Write reminders for your calendar.")
@click.argument("file", default="smile-coach.ics", type=PLACE)
@click.option("--at", default="18:00", show_default=True, metavar="HH:MM", help="Time of day, local time.")
@click.option("--open", "show", is_flag=True, help="Open it with your calendar.")
@writing
def remind(options: Shared, file: Path, at: str, show: bool) -> None:
    """Write a calendar FILE that reminds you each day, and when a check-in is due.

    You are only reminded if you open it with your calendar; to stop, delete the two entries there.
    """
    from coach.shell.profile.home import Home
    from coach.shell.report.reminders import write_calendar
    from coach.shell.system.output_file import CALENDAR
    from coach.shell.welcome.keepsakes import open_file

    now = datetime.now().astimezone()
    due, book = _due(options, now)
    Home.find(options).check_output(file, CALENDAR)
    write_calendar(file, at, now, due, book)
    click.echo(f"{file}: open it with your calendar; to stop, delete the two entries there")
    if show:
        open_file(str(file.resolve()))


@click.command(short_help="Say in one line what is still to do today.")
@click.option("--due", "only_due", is_flag=True, help="Print nothing when there is nothing to do.")
@filed
def status(options: Shared, only_due: bool) -> None:
    """Say in one line whether today's session is done and when a check-in is due.

    For your system's own scheduler: with --due it prints nothing when there is nothing to do.
    """
    from coach.shell.report.status import anything_due, status_line

    now = datetime.now().astimezone()
    due, book = _due(options, now)
    if not only_due or anything_due(due, now.date()):
        click.echo(status_line(due, now.date(), book))


def _due(options: Shared, now: datetime) -> tuple[Due, PhraseBook]:
    """Return what is still to do, and the words of the person's language."""
    from coach.shell.profile.language_files import language_for, load_phrase_book
    from coach.shell.welcome.keepsakes import due_now

    home = home_to_read(options)
    return due_now(options, home, now), load_phrase_book(language_for(home.settings.language))


ALL: tuple[click.Command, ...] = (status, remind)
