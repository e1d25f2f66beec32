"""How today's dose follows from the last sessions: the counts in them, and how they felt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from coach.coaching.spec import EasingSpec
from coach.exercise.spec import CirclingSpec
from coach.progress.history import AttemptRecord, Felt, History, RepRecord
from coach.progress.today import MEMORY
from coach.session.plan import MOST_REPS, Plan, Specs, Step, with_reps

CLEAN_SESSIONS = 2
FAILED_IN_A_ROW = 3
SHORTER, SHORTEST = 0.8, 0.6  # of the hold target: each time, and at most

Tries = Sequence[bool]
"""One session's tries of one exercise in their order: whether each was a repetition."""


def adapted(plan: Plan, history: History) -> Plan:
    """Return the plan with today's doses.

    One repetition more of an exercise whose last two sessions were clean. Holds a fifth shorter for each of
    the last sessions in which three tries in a row failed, never below three fifths. One repetition more
    of the exercise that succeeded least often. Nothing that takes the plan over its budget.

    Parameters
    ----------
    plan
        As its file has it. Exercises whose dose does not scale stay as they are.
    history
        The person's own; the simulated person's sessions are passed over.
    """
    own = {session.id for session in history.sessions if not session.simulated}
    done = {step.exercise: _sessions(step.exercise, history, own) for step in plan.steps if step.scales}
    plan = replace(plan, steps=tuple(_shorter(step, done.get(step.exercise, ())) for step in plan.steps))
    for exercise in [name for name, tries in done.items() if _clean(tries)]:
        plan = _one_more(plan, exercise)
    weakest = _weakest(done)
    return plan if weakest is None else _one_more(plan, weakest)


@dataclass(frozen=True, slots=True)
class Easing:
    """Today's share of the usual dose. `cause`: `hurt` or `hard` while it is smaller, else None."""

    share: float = 1.0
    cause: Felt | None = None


def easing(history: History, today: date, spec: EasingSpec) -> Easing:
    """Return how much smaller today's doses are, after how the last sessions felt.

    A session that hurt makes them smaller at once, hard ones when there were several in a row; each that
    felt easy or right gives a part back. A session without an answer changes nothing.

    Parameters
    ----------
    history
        The person's own; the simulated person's sessions are passed over.
    today
        By the person's own clock.
    spec
        `[easing]` in `config/coaching.toml`.
    """
    now, hard = Easing(), 0
    for session in history.sessions:
        if session.simulated or (today - session.started_at.date()).days > spec.lasts_days:
            continue
        if session.felt == "hurt":
            now, hard = Easing(spec.hurt, "hurt"), 0
        elif session.felt == "hard":
            hard += 1
            if hard >= spec.hard_after and now.share > spec.hard:
                now = Easing(spec.hard, "hard")
        elif session.felt is not None:
            hard, share = 0, now.share + spec.back
            now = Easing() if share >= 1 else replace(now, share=share)
    return now


def eased(plan: Plan, share: float, specs: Specs) -> Plan:
    """Return the plan with a share of its repetitions, circles and holds; of everything at least one.

    Parameters
    ----------
    plan
        As its file has it.
    share
        0..1; holds are never shortened below three fifths.
    specs
        Gives an exercise's spec with changes laid over it.
    """
    return plan if share >= 1 else replace(plan, steps=tuple(_eased(one, share, specs) for one in plan.steps))


def _eased(step: Step, share: float, specs: Specs) -> Step:
    if step.scales:
        step = with_reps(step, math.ceil(step.reps * share))
    if step.hold_s and step.exercise != MEMORY:
        step = _holding(step, round(step.hold_s * max(share, SHORTEST), 2))
    spec = specs(step.exercise, step.changes)
    if isinstance(spec, CirclingSpec):
        changes: dict[str, Any] = dict(step.changes)
        fewer = {"target": math.ceil(spec.circles.target * share)}
        changes["circles"] = dict(changes.get("circles", {})) | fewer
        step = replace(step, changes=changes)
    return step


def _sessions(exercise: str, history: History, own: set[str]) -> tuple[Tries, ...]:
    """Return the sessions in which the exercise was tried, the last one first."""
    rows: list[RepRecord | AttemptRecord] = [*history.repetitions, *history.attempts]
    rows = [row for row in rows if row.exercise == exercise and row.session in own]
    rows.sort(key=lambda row: (row.at, row.session, row.t_s))
    tries = [
        [isinstance(row, RepRecord) for row in group]
        for _, group in groupby(rows, key=lambda row: row.session)
    ]
    return tuple(reversed(tries))


def _clean(sessions: Sequence[Tries]) -> bool:
    return len(sessions) >= CLEAN_SESSIONS and all(all(tries) for tries in sessions[:CLEAN_SESSIONS])


def _hard(tries: Tries) -> bool:
    runs = (len(list(run)) for good, run in groupby(tries) if not good)
    return max(runs, default=0) >= FAILED_IN_A_ROW


def _weakest(done: Mapping[str, Sequence[Tries]]) -> str | None:
    """Return the exercise that failed most often in the last sessions, None if none did."""
    shares: dict[str, float] = {}
    for name, sessions in done.items():
        tries = [good for session in sessions[:CLEAN_SESSIONS] for good in session]
        if tries and not all(tries):
            shares[name] = sum(tries) / len(tries)
    return min(shares, key=lambda name: shares[name], default=None)


def _shorter(step: Step, sessions: Sequence[Tries]) -> Step:
    """Shorten the holds by a fifth for each of the last sessions that was hard."""
    hard = next((n for n, tries in enumerate(sessions) if not _hard(tries)), len(sessions))
    if not hard or not step.hold_s or step.exercise == MEMORY:
        return step
    return _holding(step, round(step.hold_s * max(SHORTER**hard, SHORTEST), 2))


def _holding(step: Step, hold_s: float) -> Step:
    """Return the step with a shorter hold."""
    changes: dict[str, Any] = dict(step.changes)
    changes["repetition"] = dict(changes.get("repetition", {})) | {"hold_s": hold_s}
    saved = step.hold_s - hold_s if step.scales else 0.0  # a fixed dose is as long as it is planned
    seconds, rep_s = step.seconds - step.reps * saved, step.rep_s - saved
    return replace(step, hold_s=hold_s, seconds=seconds, rep_s=rep_s, changes=changes)


def _one_more(plan: Plan, exercise: str) -> Plan:
    """Return the plan with one more repetition of the exercise, where there is time for it."""
    steps = [
        with_reps(step, min(step.reps + 1, MOST_REPS)) if step.exercise == exercise else step
        for step in plan.steps
    ]
    more = replace(plan, steps=tuple(steps))
    return more if more.fits else plan
