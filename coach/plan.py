"""What a session consists of: exercises with their doses, fitted into a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from coach.errors import UsageError
from coach.exercise import ExerciseSpec
from coach.settings import Strict

READY_S = 6.0  # getting ready: framing and neutral face, when all is well
CHANGE_S = 0.8  # between two exercises


class PlanStep(Strict):
    """One exercise. `reps`: None = the exercise's own dose; `changes`: values over its TOML file."""

    exercise: str
    reps: Annotated[int, Field(ge=1, le=100)] | None = None
    changes: Annotated[dict[str, Any], Field(default_factory=dict)]


class PlanFile(Strict):
    """A file in `config/plans`. `budget_s`: the longest the session may take, 0 = as long as it takes."""

    budget_s: Annotated[float, Field(ge=0, le=7200)]
    steps: Annotated[list[PlanStep], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Step:
    """One exercise of a plan, ready to run. `seconds`: how long it is expected to take."""

    exercise: str
    reps: int
    seconds: float
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """A session's exercises in their order."""

    name: str
    steps: tuple[Step, ...]

    @property
    def seconds(self) -> float:
        """How long the whole session is expected to take for a person who performs as asked."""
        return READY_S + sum(step.seconds + CHANGE_S for step in self.steps)


Specs = Callable[[str, Mapping[str, Any]], ExerciseSpec]


def make_plan(name: str, file: PlanFile, specs: Specs, minutes: float | None = None) -> Plan:
    """Fit a plan's doses into its budget.

    Parameters
    ----------
    name
        For the log and for errors.
    file
        Exercises and doses.
    specs
        Gives an exercise's spec with changes laid over it.
    minutes
        Another budget than the file's: doses are scaled to fill it, none below one.

    Raises
    ------
    UsageError
        The plan takes longer than its own budget, or `minutes` is too short for one of each.
    """
    plan = Plan(name, tuple(_step(step, specs, step.reps) for step in file.steps))
    if minutes is not None:
        return _fitted(plan, file, specs, minutes * 60)
    if file.budget_s and plan.seconds > file.budget_s:
        raise UsageError(
            f"plan '{name}': takes {plan.seconds:.0f} s, its budget is {file.budget_s:.0f} s; "
            "lower reps or raise budget_s"
        )
    return plan


def _step(step: PlanStep, specs: Specs, reps: int | None) -> Step:
    spec = specs(step.exercise, step.changes)
    count = reps if reps is not None else spec.dose.reps
    return Step(step.exercise, count, spec.seconds(count), step.changes)


def _fitted(plan: Plan, file: PlanFile, specs: Specs, budget_s: float) -> Plan:
    """Take away or add repetitions, one at a time where the dose is farthest from its share."""
    counts = [step.reps for step in plan.steps]
    wanted = [float(count) for count in counts]

    def made() -> Plan:
        steps = zip(file.steps, counts, strict=True)
        return Plan(plan.name, tuple(_step(step, specs, count) for step, count in steps))

    scalable = [n for n, step in enumerate(file.steps) if specs(step.exercise, step.changes).dose.scales]
    counts = [1 if n in scalable else count for n, count in enumerate(counts)]
    if made().seconds > budget_s:
        raise UsageError(
            f"--minutes {budget_s / 60:g}: plan '{plan.name}' takes at least {made().seconds / 60:.1f}; "
            "give it more time or choose a single exercise"
        )
    while scalable:
        least = min(scalable, key=lambda n: counts[n] / wanted[n])
        counts[least] += 1
        if made().seconds > budget_s or counts[least] > 100:  # noqa: PLR2004  # PlanStep's own limit
            counts[least] -= 1
            scalable.remove(least)
    return made()
