"""Reminders as a calendar file (iCalendar, RFC 5545): the person's own calendar does the reminding."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from coach.coaching.phrases import PhraseBook
from coach.errors import UsageError
from coach.progress.words import ProgressWords
from coach.shell.system.private_file import hand_over
from coach.shell.system.terminal import shown

SECTION = "remind"
AFTER_DAILY = timedelta(minutes=10)  # two alarms at once would hide one another
FOLD = 75  # octets in a line, RFC 5545, 3.1


@dataclass(frozen=True, slots=True)
class Due:
    """The tasks that are still open, and how to start them.

    `today_done`: today's session was done. `check_in`: the day of the next check-in, which may be past.
    `every_days`: days from one check-in to the next. `start`, `start_check_in`: the commands. `person`: whose
    reminders they are, empty for the only one.
    """

    today_done: bool
    check_in: date
    every_days: int
    start: str = "smile-coach"
    start_check_in: str = "smile-coach check-in"
    person: str = ""


def write_calendar(file: Path, at: str, now: datetime, due: Due, book: PhraseBook) -> None:
    """Write the calendar; a name that ends otherwise is refused, it may be an export that would be lost.

    Raises
    ------
    UsageError
        `at` is not a time of day, or the name is not a calendar file's.
    CoachError
        The file cannot be written.
    """
    if file.suffix.lower() not in {"", ".ics"}:
        raise UsageError(f"{file}: ends in {file.suffix}, wanted .ics; give a calendar's name")
    hand_over(file, calendar(at, now, due, book).encode())


def calendar(at: str, now: datetime, due: Due, book: PhraseBook) -> str:
    """Return a calendar with a daily entry and one for the check-ins, each with an alarm.

    The daily one begins today, or tomorrow where today's session is done or its time is past; the check-ins
    begin on the day the next one is due, ten minutes after the daily time.

    Parameters
    ----------
    at
        `HH:MM`; the entries follow the person wherever the clock does (no time zone).
    now
        The present, with its offset from UTC.
    due
        The tasks that are still open.
    book
        Words in the person's language.

    Raises
    ------
    UsageError
        `at` is not a time of day.
    """
    try:
        hour, minute = (int(part) for part in at.split(":"))
        first = datetime.combine(now.date(), time(hour, minute))
    except ValueError:
        raise UsageError(f"--at {at}: no time of day; write HH:MM, e.g. 18:00") from None
    here, day = now.replace(tzinfo=None), timedelta(days=1)
    daily = first + day if due.today_done or first <= here else first
    check_in = datetime.combine(max(due.check_in, now.date()), first.time()) + AFTER_DAILY
    check_in += day if check_in <= here else timedelta()
    every = f"FREQ=DAILY;INTERVAL={due.every_days}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//smile-coach//EN",
        *_entry("daily", 2, daily, "FREQ=DAILY", now, due, book, due.start),
        *_entry("check-in", 5, check_in, every, now, due, book, due.start_check_in),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _entry(
    name: str,
    minutes: int,
    first: datetime,
    rule: str,
    now: datetime,
    due: Due,
    book: PhraseBook,
    command: str,
) -> list[str]:
    title = book.text(SECTION, name.replace("-", "_"))
    title = f"{title} ({due.person})" if due.person else title
    how = book.text(SECTION, "how", command=command)
    whose = f"{due.person}." if due.person else ""
    return [
        "BEGIN:VEVENT",
        # The same every time, so that a calendar that reads the file again changes its entry.
        f"UID:{uuid.uuid5(uuid.NAMESPACE_DNS, f'{whose}{name}.smile-coach.invalid')}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART:{first:%Y%m%dT%H%M%S}",
        f"DURATION:PT{minutes}M",
        f"RRULE:{rule}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(how)}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(ProgressWords(book).line(title, how))}",
        "TRIGGER:PT0M",
        "END:VALARM",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return shown(text.replace("\n", "\\n"))


def _folded(line: str) -> str:
    """Break a line that is too long; each further piece begins with a space."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > FOLD:
            pieces.append(piece)
            piece = " "
        piece += character
    return "\r\n".join([*pieces, piece])
