"""Reminders and the status line know what was done, and say how to go on."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from simulated_year import fill, session

from coach.__main__ import run
from coach.check_in.machine import due_on
from coach.errors import UsageError
from coach.events import Rep
from coach.progress.history import SIMULATED
from coach.progress.words import ProgressWords
from coach.shell.app.check_in import load_check_in
from coach.shell.command_line import daily_commands
from coach.shell.profile.language_files import languages, load_phrase_book
from coach.shell.profile.toml_files import config_dir
from coach.shell.report.reminders import FOLD, Due, calendar
from coach.shell.report.status import anything_due, status_line, what_is_due
from coach.shell.store.store import Store

BOOK = load_phrase_book("en")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
SPEC = load_check_in()


def begins(text: str) -> list[str]:
    return [line.removeprefix("DTSTART:") for line in text.splitlines() if line.startswith("DTSTART")]


def due(*, done: bool = False, check_in: date = TODAY, person: str = "") -> Due:
    return Due(done, check_in, SPEC.every_days, person=person)


def test_the_check_in_begins_on_its_day_and_not_at_the_daily_minute():
    """Two alarms at the same minute would hide one another."""
    text = calendar("18:00", NOW, due(check_in=date(2026, 3, 9)), BOOK)
    assert begins(text) == ["20260301T180000", "20260309T181000"]
    assert text.count("BEGIN:VALARM") == 2
    assert "RRULE:FREQ=DAILY\r\n" in text
    assert f"RRULE:FREQ=DAILY;INTERVAL={SPEC.every_days}\r\n" in text


@pytest.mark.parametrize(
    ("at", "done", "first"), [("18:00", True, "02T18"), ("07:00", False, "02T07"), ("18:00", False, "01T18")]
)
def test_nobody_is_reminded_of_what_is_done_or_of_an_hour_that_is_past(at, done, first):
    """An overdue check-in is for today, or for tomorrow once its time is past."""
    text = calendar(at, NOW, due(done=done, check_in=date(2026, 1, 5)), BOOK)
    daily, check_in = begins(text)
    assert daily.startswith(f"202603{first}")
    assert check_in.startswith("20260302" if at == "07:00" else "20260301")


@pytest.mark.parametrize("language", languages())
def test_a_reminder_says_what_to_type_or_open(language):
    """In each language; commas are escaped and long lines folded, as calendars want it."""
    start = "'/somewhere, deep/below; a/folder/with a name/that is long/smile-coach'"
    wanted = Due(today_done=False, check_in=TODAY, every_days=14, start=start)
    text = calendar("18:00", NOW, wanted, load_phrase_book(language))
    assert all(len(line.encode()) <= FOLD for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "").replace("\\,", ",").replace("\\;", ";")
    assert whole.count(start) == 2  # in the entry and in its alarm
    assert whole.count("smile-coach check-in") == 2
    colon = " :" if language == "fr" else ":"
    assert f"{load_phrase_book(language).text('remind', 'daily')}{colon} " in whole


def test_two_people_have_reminders_of_their_own():
    """One calendar can hold both; an entry that is read again replaces itself alone."""
    ids = [
        {line for line in calendar("18:00", NOW, due(person=name), BOOK).splitlines() if "UID:" in line}
        for name in ("", "Ada")
    ]
    assert not ids[0] & ids[1]
    assert "SUMMARY:Smile check-in (Ada)" in calendar("18:00", NOW, due(person="Ada"), BOOK)


@pytest.mark.parametrize("at", ["25:00", "noon", "7", "7:30:00"])
def test_a_reminder_at_no_time(at):
    """What is no time of day is refused."""
    with pytest.raises(UsageError, match="HH:MM"):
        calendar(at, NOW, due(), BOOK)


def test_one_line_says_what_is_still_to_do(tmp_path):
    """Done today and checked in, then nothing is due; the simulated person's sessions do not count."""
    import numpy as np

    with Store.open(tmp_path) as store:
        fill(store, sessions=1, check_ins=1)
        before = store.history()
        last = max(score.day for score in before.scores)
        session(store, NOW, 0.5, np.random.default_rng(1))
        after = store.history()

    def told(history, today):
        found = what_is_due(history, today, SPEC, start="coach", start_check_in="coach check-in")
        return status_line(found, today, BOOK), anything_due(found, today)

    assert told(before, TODAY) == ("Not done yet today: coach; a check-in is due: coach check-in", True)
    assert told(after, TODAY) == ("Done today; a check-in is due: coach check-in", True)
    soon = last + timedelta(days=1)
    line, _ = told(after, soon)
    assert line.endswith(f"next check-in on {ProgressWords(BOOK).day(due_on(after, SPEC, soon), soon)}")
    assert not anything_due(due(done=True, check_in=TODAY + timedelta(days=1)), TODAY)


def test_the_simulated_persons_session_is_not_today_s(tmp_path):
    """Whoever watched the demo has not trained yet."""
    with Store.open(tmp_path) as store:
        key = store.begin_session("daily", SIMULATED, NOW)
        store.record(key, Rep(t=9.0, exercise="cheek_raiser", index=1, start=4.0, hold_s=5.0))
        assert not what_is_due(store.history(), TODAY, SPEC, start="a", start_check_in="b").today_done


@pytest.mark.usefixtures("home")
def test_status_prints_one_line_and_reminders_are_written(tmp_path, capfd):
    """Before the first session as well; the line names this copy's own command."""
    assert run(["status", "--language", "en"]) == 0
    line = capfd.readouterr().out
    assert line.count("\n") == 1
    assert line.startswith("Not done yet today: ")
    assert "; next check-in on " in line  # nobody measures before the first session
    assert "--data-dir" in line  # the folder was chosen: what is typed must find it again
    file = tmp_path / "mine.ics"
    assert run(["remind", str(file), "--at", "07:30", "--language", "de"]) == 0
    text = file.read_bytes().decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert "T073000\r\n" in text
    assert "Zwei Minuten" in text


def test_a_scheduler_is_told_only_of_what_is_still_to_do(home, monkeypatch, capfd):
    """With `--due` an empty answer means that nothing is left for today."""
    monkeypatch.setattr(daily_commands, "datetime", SimpleNamespace(now=lambda: NOW))
    assert run(["status", "--due", "--language", "en"]) == 0
    assert capfd.readouterr().out.startswith("Not done yet today: ")
    with Store.open(home) as store:
        key = store.begin_session("daily", "webcam:0", NOW)
        store.record(key, Rep(t=9.0, exercise="cheek_raiser", index=1, start=4.0, hold_s=5.0))
    assert run(["status", "--due", "--language", "en"]) == 0
    assert capfd.readouterr().out == ""
    assert run(["status", "--language", "en"]) == 0
    assert capfd.readouterr().out.startswith("Done today; next check-in on ")


def test_french_has_its_space_before_high_punctuation():
    """In every phrase, and where the status line joins two of them."""
    texts = re.findall(r"[^\n]+", (config_dir() / "languages" / "fr.toml").read_text(encoding="utf-8"))
    said = [text.partition(" = ")[2] for text in texts if not text.startswith("#")]  # keys may be English
    assert not [text for text in said if re.search(r"[^\s;:!?][;:!?]+(\s|\"|$)", text)]
    line = status_line(due(), TODAY, load_phrase_book("fr"))
    assert re.search(r"faite : .* ; un bilan est à faire : ", line)
