"""Progress in sentences: what was done, and what changed beyond the person's own noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from coach.coaching.phrases import capital
from coach.coaching.screen import DayMark
from coach.events import SideVerdict
from coach.progress.history import History, summarise, summarise_recalls
from coach.progress.series import Series, all_series
from coach.progress.streak import streak
from coach.progress.trends import LEAST
from coach.progress.words import ProgressWords
from coach.types import Side

# When a weaker side is named before a set.
RECENT, WEEKS = timedelta(days=42), timedelta(days=14)
LEAST_SMILES, MOSTLY = 10, 0.6
CHECK_IN = "check_in"  # where its words are
END = "end"  # and those of a session's end
LAST_FELT = 20  # sessions whose feeling is told
DOTS: Mapping[DayMark, str] = {"counted": "●", "forgiven": "◐", "missed": "○"}
IN_TIME_S = 5.0  # a recall within this is in time


def side_sentence(series: Series, words: ProgressWords) -> str:
    """Return how the difference between the sides moved, in words for which side travels less."""
    moved = series.trend
    if moved is None:
        return words.line(words.say("sides"), words.verdict(series))

    def side(value: float) -> str:
        if abs(value) < series.resolution:
            return words.say("sides_even")
        key = "left_weaker_by" if value < 0 else "right_weaker_by"
        return words.say(key, amount=words.amount(series, abs(value)))

    return words.say(
        "sides_moved" if moved.real else "sides_still",
        start=side(moved.start),
        now=side(moved.now),
        noise=words.difference(series, moved.noise),
    )


def weaker_side_sentence(history: History, words: ProgressWords) -> str:
    """Return how often each side was the weaker one; empty without smiles."""
    keys: dict[SideVerdict, str] = {"left": "left_weaker_in", "right": "right_weaker_in", "even": "even_in"}
    counts = Counter(row.weaker_side for row in history.smiles if row.weaker_side in keys)
    total = counts.total()
    if not total:
        return ""
    parts = [
        words.say(key, share=words.share(counts[side] / total))
        for side, key in keys.items()
        if side in counts
    ]
    return words.count("of_smiles", total, parts=", ".join(parts))


def type_sentence(history: History, words: ProgressWords) -> str:
    """Return the type of the latest check-in's biggest smile, and of the first one's; empty without any.

    A type that has no words is left out.
    """
    kinds = [words.smile_type(one.kind) for one in history.types]
    kinds = [kind for kind in kinds if kind]
    if not kinds:
        return ""
    if kinds[0] == kinds[-1]:
        return words.line(words.say("smile_type"), kinds[-1])
    return words.line(words.say("smile_type"), words.say("type_was", now=kinds[-1], first=kinds[0]))


def felt_sentence(history: History, words: ProgressWords) -> str:
    """Return how the last sessions felt, the most frequent first; empty if nobody said."""
    said = [row.felt for row in history.sessions if row.felt is not None][-LAST_FELT:]
    counts = Counter(said).most_common()
    listed = ", ".join(f"{words.say(felt, END)} {count}" for felt, count in counts)
    return words.count("felt", len(said), listed=listed) if said else ""


def known_weaker_side(history: History, today: date) -> Side | None:
    """Return the side that has been the weaker one for weeks, None if there is none.

    Smiles of the last `RECENT` days count, once they reach back over `WEEKS`; one side must be the weaker
    one in `MOSTLY` of at least `LEAST_SMILES` of them.
    """
    recent = [row for row in history.smiles if today - RECENT <= row.at.date() <= today]
    if len(recent) < LEAST_SMILES or today - min(row.at.date() for row in recent) < WEEKS:
        return None
    counts = Counter(row.weaker_side for row in recent)
    sides: tuple[Side, Side] = ("left", "right")
    return next((side for side in sides if counts[side] >= MOSTLY * len(recent)), None)


def attempts_sentence(history: History, words: ProgressWords) -> str:
    """Return how many attempts did not count, and why, the most frequent reason first; empty without any."""
    reasons = Counter(row.reason for row in history.attempts).most_common()
    listed = ", ".join(f"{words.reason(reason)} {count}" for reason, count in reasons)
    return words.count("tries_not_counted", len(history.attempts), reasons=listed) if reasons else ""


def overview(history: History, today: date, words: ProgressWords) -> str:
    """Return how much was done and how regularly, in one line."""
    days = history.active_days
    week = [s for s in history.sessions if today - timedelta(days=7) < s.started_at.date() <= today]
    run = streak(history.streak_days(), today)
    return words.say(
        "overview",
        sessions=words.count("sessions", len(history.sessions)),
        days=words.count("on_days", len(days)),
        week=len(week),
        run=words.count("days", run.current),
        longest=words.count("days", run.longest),
    )


def headline(series: Iterable[Series], words: ProgressWords) -> str:
    """Return in one sentence what has really changed: the series that moved furthest beyond its noise."""
    moved = [(one, one.trend) for one in series]
    known = [(one, found) for one, found in moved if found is not None]
    real = [(one, found) for one, found in known if found.real]
    if not real:
        return words.say("nothing_yet") if known else words.say("too_soon", least=LEAST)
    best, found = max(real, key=lambda pair: abs(pair[1].change) / (pair[1].noise or 1.0))
    span = {"start": words.amount(best, found.start), "now": words.amount(best, found.now)}
    return words.say("really", label=words.label(best), **span)


def next_sentence(day: date | None, today: date, words: ProgressWords) -> str:
    """Return when the next check-in is due; empty if it is not known."""
    if day is None:
        return ""
    if day <= today:
        return words.say("due", CHECK_IN)
    return words.say("next_on", CHECK_IN, date=words.day(day, today))


def early_sentence(series: Iterable[Series], words: ProgressWords) -> str:
    """Return one line that names the series too short for a verdict; empty if there are none.

    Also where it is too early for everything: the headline says that.
    """
    every = tuple(series)
    if all(one.changed is None for one in every):
        return ""
    labels = [words.label(one) for one in every if one.changed is None and one.sem is None]
    return words.line(words.say("early_for", least=LEAST), "; ".join(labels)) if labels else ""


def week_marks(history: History, today: date) -> tuple[DayMark, ...]:
    """Return the marks of the last seven days, today last."""
    active, forgiven = history.active_days, streak(history.streak_days(), today).forgiven
    days = (today - timedelta(days=back) for back in range(6, -1, -1))
    return tuple("counted" if d in active else "forgiven" if d in forgiven else "missed" for d in days)


def exercise_lines(history: History, today: date, words: ProgressWords) -> list[str]:
    """Return one line for each exercise: this week's work, best and median hold."""
    lines = []
    for name in history.exercises:
        so_far = summarise(history, name, today)
        if so_far is not None:
            text = words.say(
                "exercise",
                reps=words.count("reps", so_far.week_repetitions),
                sessions=words.count("sessions", so_far.week_sessions),
                all=so_far.repetitions,
                best=words.seconds(so_far.best_hold_s),
                median=words.seconds(so_far.median_hold_s),
            )
            lines.append(words.line(words.title(name), text))
    return lines


def memory_names(
    history: History, words: ProgressWords, memories: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the name of each memory of the history, by id, in the order in which they came first.

    `memories`: the person's own words, by id; the others are numbered.
    """
    ids = dict.fromkeys(row.memory for row in history.recalls)
    return {
        memory: (memories or {}).get(memory)
        or (words.memory(number) if memory else words.say("your_memories"))
        for number, memory in enumerate(ids, start=1)
    }


def recall_facts(history: History, words: ProgressWords) -> dict[str, str]:
    """Return for each memory, by id, its reliability over the last 20 recalls, best and median latency."""
    facts = {}
    for so_far in summarise_recalls(history.recalls):
        values = {
            "share": words.share(so_far.reliability),
            "eyes": words.share(so_far.eyes),
            "limit": words.seconds(IN_TIME_S, 0),
            "recalls": words.count("recalls", so_far.recalls),
        }
        if so_far.best_latency_s is None or so_far.median_latency_s is None:
            facts[so_far.memory] = words.say("not_recalled", **values)
        else:
            best, middle = words.seconds(so_far.best_latency_s), words.seconds(so_far.median_latency_s)
            facts[so_far.memory] = words.say("recalled", best=best, median=middle, **values)
    return facts


def memory_lines(
    history: History, words: ProgressWords, memories: Mapping[str, str] | None = None
) -> list[str]:
    """Return one line for each memory. `memories`: as for `memory_names`."""
    names = memory_names(history, words, memories)
    return [words.line(capital(names[id_]), fact) for id_, fact in recall_facts(history, words).items()]


def summary_lines(
    history: History,
    today: date,
    words: ProgressWords,
    memories: Mapping[str, str] | None = None,
    next_check_in: date | None = None,
    *,
    start: str = "smile-coach",
) -> list[str]:
    """Return progress for the terminal, the most important first.

    Parameters
    ----------
    history
        Everything; the simulated person's sessions are left out as soon as there are own ones.
    today
        By the person's clock.
    words
        Of the person's language.
    memories
        The name of each memory, by id.
    next_check_in
        When the next one is due, None if it is not known.
    start
        The command that begins a session.
    """
    own = history.own()
    if not own.sessions and not own.scores:
        return [words.say("none_yet", command=start)]
    series = all_series(own)
    lines = [words.say("simulated")] if own.simulated else []
    if own.sessions:
        week = week_text(week_marks(own, today), words)
        lines += [overview(own, today, words), words.line(words.say("week"), week)]
    lines += [
        headline(series, words),
        *([due] if (due := next_sentence(next_check_in, today, words)) else []),
        *exercise_lines(own, today, words),
        *memory_lines(own, words, memories),
    ]
    if sentence := weaker_side_sentence(own, words):
        lines.append(sentence)
    if sentence := type_sentence(own, words):
        lines.append(sentence)
    if sentence := felt_sentence(own, words):
        lines.append(sentence)
    lines += [words.sentence(one) for one in series if one.changed]
    lines += [words.sentence(one) for one in series if one.changed is False]
    lines += [words.value(one) for one in series if one.changed is None and one.sem is not None]
    early = early_sentence(series, words)
    return lines + [early] if early else lines


def week_text(week: Sequence[DayMark], words: ProgressWords) -> str:
    """Return days as dots: full where they count, half where they are forgiven, which is said as well."""
    dots = "".join(DOTS[mark] for mark in week)
    return f"{dots} ({DOTS['forgiven']} {words.say('day_off')})" if "forgiven" in week else dots
