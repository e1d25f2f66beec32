"""Today's program: the plan with its doses, and all that is known of the person beforehand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from coach.progress.history import ExerciseRecord, History
from coach.progress.summary import known_weaker_side
from coach.session.adaptive_dose import Easing, easing
from coach.session.memories import Memories
from coach.session.occasion import EVEN, USUAL, Occasion
from coach.shell.profile.home import Home
from coach.shell.profile.memories_file import load_memories
from coach.shell.profile.plan_files import load_plan
from coach.shell.profile.toml_files import load_coaching
from coach.shell.store.store import Store

if TYPE_CHECKING:
    from coach.coaching.spec import CoachingSpec
    from coach.exercise.protocol import AnyExercise
    from coach.face.baseline import OwnRange
    from coach.session.plan import Plan

PATIENCE = 3.0  # nobody tells the simulated person to stop: a plan takes it this many times as long at most
KNOWN_AFTER = 3  # after this many sessions of their own people know the exercises


@dataclass(frozen=True, slots=True)
class Program:
    """Today's plan, and all that is known of the person. `first`: it is the first session of all.

    `coaching`: how the person is led. `occasion`: the words for today only.
    """

    plan: Plan
    exercises: tuple[AnyExercise, ...]
    memories: Memories
    own_range: OwnRange | None
    first: bool
    coaching: CoachingSpec
    occasion: Occasion = USUAL


def prepare(
    home: Home, store: Store, plan_name: str, minutes: float | None, *, simulated: bool, loosen: bool = False
) -> Program:
    """Return today's program for this person, as their history makes it.

    Parameters
    ----------
    home, store
        The person's settings, range, memories and history.
    plan_name, minutes
        As asked for.
    simulated
        It is for the simulated person: nothing of the person's own counts.
    loosen
        Begin with the jaw release where the plan lacks it.

    Raises
    ------
    UsageError
        There is no such plan or exercise, or a file of the person's is wrong.
    """
    past = store.history() if simulated else store.history().without_simulated()
    coaching = load_coaching()
    today = datetime.now().astimezone().date()
    eased = Easing() if simulated else easing(past, today, coaching.easing)
    plan, exercises = load_plan(
        plan_name,
        minutes,
        history=None if simulated else past,
        explains=simulated or len(past.sessions) < KNOWN_AFTER,
        data_dir=home.data_dir,
        loosen=loosen,
        share=eased.share,
    )
    if simulated and not plan.budget_s:  # it may not know the movement, as that of another package
        plan = replace(plan, budget_s=PATIENCE * plan.seconds)
    occasion = USUAL if simulated else replace(occasion_for(past, today), eased=eased.cause)
    own_range = None if simulated else home.own_range()
    memories = load_memories(home.data_dir)
    first = not past.sessions
    return Program(plan, tuple(exercises), memories, own_range, first, coaching, occasion)


def occasion_for(past: History, today: date) -> Occasion:
    """Return the words for today: a check-in that is due, a weaker side, and "no fingers" once."""
    from coach.check_in.machine import due_on
    from coach.shell.app.check_in import load_check_in

    waiting = due_on(past, load_check_in(), today) <= today
    tried: tuple[ExerciseRecord, ...] = (*past.repetitions, *past.attempts)
    fingers = not any(row.exercise in EVEN for row in tried)
    return Occasion(waiting, known_weaker_side(past, today), fingers)
