"""The keepsakes of a first run, besides the range: one warm memory, and a reminder in the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from coach.coaching.phrases import PhraseBook
from coach.errors import CoachError
from coach.session.memories import LONGEST
from coach.shell.app.check_in import load_check_in
from coach.shell.profile.home import Home
from coach.shell.profile.memories_file import change_memories, load_memories, new_memory
from coach.shell.profile.own_command import typed
from coach.shell.profile.places import REMINDERS
from coach.shell.report.reminders import Due, write_calendar
from coach.shell.report.status import what_is_due
from coach.shell.store.store import Store
from coach.shell.welcome.first_questions import SECTION, Tick
from coach.shell.window.prompt import Asker, Question

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared

MEMORY_S, REMINDER_S = 20.0, 15.0  # how long to wait for a first key, and for an answer
TIMES = {"1": "08:00", "2": "18:00"}
NO = "3"


def ask_for_memory(asker: Asker, book: PhraseBook, home: Home, tick: Tick) -> bool:
    """Have the first warm memory typed, and keep it; return whether there is a new one.

    Raises
    ------
    PersonQuit
        The person wants to go.
    StoreError
        It cannot be written.
    """
    if load_memories(home.data_dir).items:
        return False
    question = Question(
        book.text(SECTION, "memory"),
        book.text(SECTION, "memory_keys"),
        patience_s=MEMORY_S,
        caption=book.text(SECTION, "memory_stays"),
    )
    words = asker.ask_text(question, tick, LONGEST)
    if words:
        change_memories(home.data_dir, lambda memories: memories.add(new_memory(words)))
    return bool(words)


def offer_reminder(asker: Asker, book: PhraseBook, options: Shared, home: Home, tick: Tick) -> bool:
    """Offer a daily reminder, write it and open it; return whether one was wanted.

    Raises
    ------
    PersonQuit
        The person wants to go.
    CoachError
        It cannot be written.
    """
    answers = [(key, book.text(SECTION, "remind_at", time=time)) for key, time in TIMES.items()]
    question = Question(
        book.text(SECTION, "remind"),
        book.text(SECTION, "remind_keys"),
        (*answers, (NO, book.text(SECTION, "remind_no"))),
        default=NO,
        patience_s=REMINDER_S,
    )
    answer = asker.ask(question, tick)
    if answer == NO:
        return False
    now = datetime.now().astimezone()
    file = home.data_dir / REMINDERS
    write_calendar(file, TIMES[answer], now, due_now(options, home, now), book)
    try:
        open_file(str(file))
    except CoachError as error:  # no reason to end a first run
        click.echo(str(error), err=True)
    return True


def open_file(path: str) -> None:
    """Open a file with the program that the system has for it.

    Raises
    ------
    CoachError
        There is no such program.
    """
    if click.launch(path):
        raise CoachError(f"{path}: no calendar could be started; open the file yourself")


def due_now(options: Shared, home: Home, now: datetime) -> Due:
    """Return the tasks that are still open, with the commands for them."""
    with Store.open(home.data_dir, read_only=True) as store:
        history = store.history()
    theirs = replace(options, person=home.person)
    start, check_in = typed(theirs), typed(theirs, "check-in")
    return what_is_due(
        history, now.date(), load_check_in(), start=start, start_check_in=check_in, person=home.person
    )
