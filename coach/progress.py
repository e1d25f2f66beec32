"""Progress in sentences: what was done, and what changed beyond the person's own noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from coach.history import History, streak, summarise, summarise_recalls
from coach.series import Series, all_series, title

IN_TIME_S = 5.0  # a recall within this is in time


def side_sentence(series: Series) -> str:
    """Return how the difference between the sides moved, in words for which side travels less."""
    moved = series.trend
    if moved is None:
        return f"Difference between the sides: {series.sentence().partition(': ')[2]}"

    def side(value: float) -> str:
        if abs(value) < series.resolution:
            return "even"
        return f"{'left' if value < 0 else 'right'} weaker by {series.amount(abs(value))}"

    verdict = "beyond" if moved.real else "no real change yet: within"
    noise = series.difference(moved.noise)
    return f"From {side(moved.start)} to {side(moved.now)}, {verdict} your own noise of {noise}"


def weaker_side_sentence(history: History) -> str:
    """Return how often each side was the weaker one; empty without smiles."""
    counts = Counter(row.weaker_side for row in history.smiles)
    if not counts:
        return ""
    share = {side: f"{100 * counts[side] / counts.total():.0f} %" for side in counts}
    parts = [
        f"the {side} side was weaker in {share[side]}" for side in ("left", "right") if side in share
    ] + ([f"both were even in {share['even']}"] if "even" in share else [])
    return f"Of {counts.total()} smiles, " + ", ".join(parts)


def tries_sentence(history: History) -> str:
    """Return how many tries did not count, and why, the most frequent reason first; empty without any."""
    reasons = Counter(row.reason for row in history.tries).most_common()
    words = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in reasons)
    return f"{_count(len(history.tries), 'try', 'tries')} did not count: {words}" if words else ""


def overview(history: History, today: date) -> str:
    """Return how much was done and how regularly, in one line."""
    days = history.active_days()
    week = [s for s in history.sessions if today - timedelta(days=7) < s.started_at.date() <= today]
    run = streak(days, today)
    return (
        f"{_count(len(history.sessions), 'session')} on {_count(len(days), 'day')}, {len(week)} in the last "
        f"7 days; streak {_count(run.current, 'day')}, longest {_count(run.longest, 'day')}"
    )


def exercise_lines(history: History, today: date) -> list[str]:
    """Return one line for each exercise: this week's work, best and median hold."""
    lines = []
    for name in history.exercises():
        so_far = summarise(history, name, today)
        if so_far is not None:
            lines.append(
                f"{title(name)}: {_count(so_far.week_repetitions, 'rep')} in "
                f"{_count(so_far.week_sessions, 'session')} in the last 7 days, {so_far.repetitions} in all; "
                f"best hold {so_far.best_hold_s:.1f} s, median {so_far.median_hold_s:.1f} s"
            )
    return lines


def memory_lines(history: History, memories: Mapping[str, str] | None = None) -> list[str]:
    """Return one line for each memory: reliability over its last 20 recalls, best and median latency.

    `memories`: what to call each memory, by id.
    """
    lines = []
    for number, so_far in enumerate(summarise_recalls(history.recalls), start=1):
        name = (memories or {}).get(so_far.memory) or (
            f"memory {number}" if so_far.memory else "your memories"
        )
        line = f"{name[0].upper()}{name[1:]}: {100 * so_far.reliability:.0f} % in time ({IN_TIME_S:.0f} s), "
        if so_far.best_latency_s is None or so_far.median_latency_s is None:
            line += f"{_count(so_far.recalls, 'recall')}, no smile seen lately"
        else:
            line += f"best {so_far.best_latency_s:.1f} s, median {so_far.median_latency_s:.1f} s"
            line += f" ({_count(so_far.recalls, 'recall')})"
        lines.append(line)
    return lines


def summary_lines(history: History, today: date, memories: Mapping[str, str] | None = None) -> list[str]:
    """Return progress for the terminal, the most important first.

    Parameters
    ----------
    history
        Everything; the simulated person's sessions are left out as soon as there are own ones.
    today
        By the person's clock.
    memories
        What to call each memory, by id.
    """
    own = history.own()
    if not own.sessions and not own.scores:
        return ["No sessions yet: start one with smile-coach"]
    lines = ["The simulated person's sessions (demo), not yours:"] if own.simulated else []
    lines += [overview(own, today), *exercise_lines(own, today), *memory_lines(own, memories)]
    if sentence := weaker_side_sentence(own):
        lines.append(sentence)
    series = all_series(own)
    real = [one for one in series if (moved := one.trend) and moved.real]
    return lines + [one.sentence() for one in (*real, *(one for one in series if one not in real))]


def _count(number: int, noun: str, nouns: str = "") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {nouns or noun + 's'}"
