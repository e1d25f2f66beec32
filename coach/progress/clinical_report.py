"""One page for a clinician: what was done, what was measured, and which changes are real."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import TypeAlias

from coach.coaching.phrases import SCREEN
from coach.progress.history import ExerciseRecord, History
from coach.progress.series import Series, all_series, monday, per_session, side_series
from coach.progress.summary import (
    attempts_sentence,
    memory_names,
    overview,
    recall_facts,
    type_sentence,
    weaker_side_sentence,
)
from coach.progress.words import REPORT, ProgressWords

ReportRow: TypeAlias = tuple[str, ...]

# keys of the words at the head of each table, and of the notes below
EXERCISE_HEAD: ReportRow = ("exercise", "sessions", "repetitions", "counted", "hold", "longest")
CHANGE_HEAD: ReportRow = ("measure", "first", "now", "noise", "change")
NOTES = ("measuring", "noise_note", "limits")


@dataclass(frozen=True, slots=True)
class ClinicalReport:
    """The page's words and numbers, before they are laid out.

    `exercises`: rows under `EXERCISE_HEAD`; `changes`: rows under `CHANGE_HEAD`; `sentences`: what fits
    no table; `excursion_mm`: each side's excursion, a median a session; `weeks`: repetitions in each
    week, by its Monday; `made`: with what and when.
    """

    period: str
    overview: str
    exercises: tuple[ReportRow, ...]
    changes: tuple[ReportRow, ...]
    sentences: tuple[str, ...]
    excursion_mm: dict[str, list[tuple[datetime, float]]]
    weeks: dict[date, int]
    made: str


def clinical_report(
    history: History, today: date, words: ProgressWords, *, version: str, models: Iterable[str]
) -> ClinicalReport:
    """Put the page together.

    Parameters
    ----------
    history
        Everything; the simulated person's sessions are left out as soon as there are own ones.
    today
        By the person's clock.
    words
        Of the person's language.
    version, models
        Of this program; and the landmarker models that measured, as the sessions name them.

    Raises
    ------
    ValueError
        There is neither a session nor a check-in.
    """
    own = history.own()
    days = [*(session.started_at.date() for session in own.sessions), *(score.day for score in own.scores)]
    if not days:
        raise ValueError("no sessions and no check-ins yet")
    program = f"smile-coach {version}"
    if known := ", ".join(dict.fromkeys(model for model in models if model)):
        program = words.say("with_model", REPORT, program=program, model=known)
    return ClinicalReport(
        period=words.say(
            "period" if min(days) < max(days) else "period_day",
            REPORT,
            first=words.day(min(days)),
            last=words.day(max(days)),
        ),
        overview=_overview(own, today, words),
        exercises=tuple(_exercise(own, name, words) for name in own.exercises),
        changes=tuple(
            _change(series, words) for series in (*all_series(own), side_series(own)) if series.values
        ),
        sentences=tuple(_sentences(own, words)),
        excursion_mm={
            "left": per_session(own.smiles, lambda rows: median(r.excursion_mm.left for r in rows)),
            "right": per_session(own.smiles, lambda rows: median(r.excursion_mm.right for r in rows)),
        },
        weeks=_weeks(own),
        made=words.say("made", REPORT, date=words.day(today), program=program),
    )


def _overview(own: History, today: date, words: ProgressWords) -> str:
    """Return whose it is and how much was done; empty after the person's check-ins alone."""
    told, simulated = overview(own, today, words) if own.sessions else "", words.say("simulated", REPORT)
    if own.simulated:
        told = words.line(simulated, told) if told else simulated
    return f"{told}." if told else ""


def _exercise(own: History, name: str, words: ProgressWords) -> ReportRow:
    holds = [row.whole_hold_s for row in own.repetitions if row.exercise == name]
    attempts = sum(row.exercise == name for row in own.attempts)
    attempts += sum(row.exercise == name and not row.counted for row in own.recalls)
    rows: tuple[ExerciseRecord, ...] = (*own.repetitions, *own.attempts, *own.recalls)
    sessions = {row.session for row in rows if row.exercise == name}
    counted = (
        words.say("of", SCREEN, count=len(holds), target=len(holds) + attempts) if holds or attempts else ""
    )
    if not holds:
        return words.title(name), str(len(sessions)), "", counted, "", ""
    return (
        words.title(name),
        str(len(sessions)),
        str(len(holds)),
        counted,
        words.seconds(median(holds)),
        words.seconds(max(holds)),
    )


def _change(series: Series, words: ProgressWords) -> ReportRow:
    moved = series.trend
    if moved is None:
        first, last = words.amount(series, series.values[0]), words.amount(series, series.values[-1])
        return words.label(series), first, last, "", words.short_verdict(series)
    ends = words.amount(series, moved.start), words.amount(series, moved.now)
    return words.label(series), *ends, words.difference(series, moved.noise), words.short_verdict(series)


def _sentences(own: History, words: ProgressWords) -> list[str]:
    lines = [sentence] if (sentence := weaker_side_sentence(own, words)) else []
    if sentence := attempts_sentence(own, words):
        lines.append(sentence)
    if sentence := type_sentence(own, words):
        lines.append(sentence)
    # memories are numbered: their words are the person's own
    names = memory_names(own, words)
    return lines + [
        words.line(words.say("recall", REPORT, memory=names[memory]), fact)
        for memory, fact in recall_facts(own, words).items()
    ]


def _weeks(own: History) -> dict[date, int]:
    """Return the repetitions of every week from the first session to the last, empty ones too."""
    mondays = [monday(session.started_at.date()) for session in own.sessions]
    if not mondays:
        return {}
    counts = Counter(monday(row.at.date()) for row in own.repetitions)
    first, last = min(mondays).toordinal(), max(mondays).toordinal()
    return {day: counts[day] for day in map(date.fromordinal, range(first, last + 1, 7))}
