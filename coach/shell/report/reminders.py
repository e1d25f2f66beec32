"""Reminders as a calendar file (iCalendar, RFC 5545): the person's own calendar does the reminding."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time
from pathlib import Path

from coach.errors import UsageError
from coach.shell.system.private_file import hand_over

CHECK_IN_DAYS = 14
# (name, minutes, rule, text)
ENTRIES = (
    ("daily", 2, "FREQ=DAILY", "Two minutes of smile-coach"),
    ("check-in", 5, f"FREQ=DAILY;INTERVAL={CHECK_IN_DAYS}", "smile-coach check-in"),
)


def write_calendar(file: Path, at: str, now: datetime) -> None:
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
    hand_over(file, calendar(at, now).encode())


def calendar(at: str, now: datetime) -> str:
    """Return a calendar with a daily and a fortnightly entry, each with an alarm, from today on.

    Parameters
    ----------
    at
        `HH:MM`; the entries follow the person wherever the clock does (no time zone).
    now
        The date of the first entry, with its offset from UTC.

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
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//smile-coach//EN"]
    for name, minutes, rule, text in ENTRIES:
        lines += [
            "BEGIN:VEVENT",
            # The same every time, so that a calendar that reads the file again changes its entry.
            f"UID:{uuid.uuid5(uuid.NAMESPACE_DNS, name + '.smile-coach.invalid')}",
            f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART:{first:%Y%m%dT%H%M%S}",
            f"DURATION:PT{minutes}M",
            f"RRULE:{rule}",
            f"SUMMARY:{text}",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{text}",
            "TRIGGER:PT0M",
            "END:VALARM",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])
