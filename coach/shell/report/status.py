"""The tasks still open, in one line, for a person or for a system's own scheduler."""

from __future__ import annotations

from datetime import date

from coach.check_in.machine import CheckInSpec, due_on
from coach.coaching.phrases import PhraseBook
from coach.progress.history import History
from coach.progress.words import ProgressWords
from coach.shell.report.reminders import SECTION, Due


def what_is_due(
    history: History, today: date, spec: CheckInSpec, *, start: str, start_check_in: str, person: str = ""
) -> Due:
    """Return the tasks that are still open; the simulated person's sessions do not count.

    Parameters
    ----------
    history
        The person's.
    today
        By the person's own clock.
    spec
        `config/check_in.toml`.
    start, start_check_in
        The commands to type.
    person
        Whose it is, empty for the only one.
    """
    done = today in history.without_simulated().active_days
    check_in = due_on(history, spec, today)
    return Due(done, check_in, spec.every_days, start, start_check_in, person)


def status_line(due: Due, today: date, book: PhraseBook) -> str:
    """Return the one line: whether today's session is done, and when the next check-in is due."""
    session = (
        book.text(SECTION, "done_today")
        if due.today_done
        else book.text(SECTION, "not_yet", command=due.start)
    )
    check_in = (
        book.text(SECTION, "next_check_in", date=ProgressWords(book).day(due.check_in, today))
        if due.check_in > today
        else book.text(SECTION, "check_in_due", command=due.start_check_in)
    )
    return book.text(SECTION, "both", session=session, check_in=check_in)


def anything_due(due: Due, today: date) -> bool:
    """Whether there is something to do today."""
    return not due.today_done or due.check_in <= today
