"""The plan of a session: exercises with their doses, fitted into a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import Field

from coach.errors import UsageError
from coach.exercise.spec import ExerciseSpec, RepeatedSpec
from coach.settings import Strict

# Measured on 16 sessions of the simulated person, seconds.
READY_S = 4.0  # getting ready: framing and neutral face, when all is well
CHANGE_S = 1.7  # from one exercise to the next, while it is announced, and before it is explained
CARD_S = 3.0  # the same where the card alone announces it
END_S = 2.2  # the last words
LEAVING_S = 3.0  # from "time is up" to the next announcement
RESERVE_S = 2.0  # kept in case later exercises need more attempts
MOST_REPS = 100
JAW = "jaw_release"


class PlanStep(Strict):
    """One exercise. `reps`: None = the exercise's own dose; `changes`: values over its TOML file."""

    exercise: str
    reps: Annotated[int, Field(ge=1, le=MOST_REPS)] | None = None
    changes: Annotated[dict[str, Any], Field(default_factory=dict)]


class PlanFile(Strict):
    """A file in `config/plans`.

    `budget_s`: the longest the session may take, 0 = as long as it takes. `adapts`: doses follow
    the sessions before.
    """

    budget_s: Annotated[float, Field(ge=0, le=7200)]
    adapts: bool = False
    steps: Annotated[list[PlanStep], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Step:
    """One exercise of a plan, ready to run.

    `seconds`: how long it is expected to take; `rep_s`: how much one more repetition adds.
    `hold_s`: the hold target, 0 if nothing is held. `scales`: the dose may be changed.
    """

    exercise: str
    reps: int
    seconds: float
    rep_s: float = 0.0
    hold_s: float = 0.0
    scales: bool = True
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """A session's exercises in their order.

    `budget_s`: the longest it may take, 0 = as long as it takes. `explains`: each exercise is explained
    before it begins, in words and with a picture.
    """

    name: str
    steps: tuple[Step, ...]
    budget_s: float = 0.0
    explains: bool = True

    @property
    def seconds(self) -> float:
        """How long the whole session is expected to take if the person does as asked."""
        changes = self.change_s * (len(self.steps) - 1)
        return READY_S + sum(step.seconds for step in self.steps) + changes + END_S

    @property
    def change_s(self) -> float:
        """From one exercise to the next, beyond its explanation."""
        return CHANGE_S if self.explains else CARD_S

    @property
    def fits(self) -> bool:
        """Whether it is expected to stay within its budget."""
        return not self.budget_s or self.seconds <= self.budget_s

    def short_of_time(self, index: int, elapsed_s: float) -> bool:
        """Whether one more repetition of step `index` would take the session over its budget."""
        if not self.budget_s:
            return False
        rest = self.steps[index + 1 :]
        still = self.steps[index].rep_s + sum(self.change_s + step.seconds for step in rest) + END_S
        return elapsed_s + still + (RESERVE_S if rest else 0.0) > self.budget_s

    def affordable(self, index: int, elapsed_s: float) -> int:
        """Return how many repetitions of step `index` there is time for before it begins, one at least.

        By the same reckoning as `short_of_time`.
        """
        step = self.steps[index]
        for reps in range(step.reps, 1, -1):
            before_last_s = elapsed_s + with_reps(step, reps).seconds - step.rep_s
            if not self.short_of_time(index, before_last_s):
                return reps
        return 1

    def must_leave(self, index: int, elapsed_s: float) -> bool:
        """Whether step `index` must end now for the steps after it to have the least they need."""
        rest = range(index + 1, len(self.steps))
        if not self.budget_s or not rest:
            return False
        still = sum(self.change_s + self._least_s(step) for step in rest) + END_S
        return elapsed_s + still + LEAVING_S > self.budget_s

    def allows(self, index: int, elapsed_s: float, *, more: bool = False) -> bool:
        """Whether there is time for the least of step `index`, if nothing comes after it.

        `more`: the step has begun; for one more repetition.
        """
        if not self.budget_s:
            return True
        least_s = self.steps[index].rep_s if more else self._least_s(index)
        return elapsed_s + least_s + END_S <= self.budget_s

    def _least_s(self, index: int) -> float:
        """Return what step `index` takes with one repetition."""
        step = self.steps[index]
        return step.seconds - (step.reps - 1) * step.rep_s


Specs = Callable[[str, Mapping[str, Any]], ExerciseSpec]


def make_plan(
    name: str, file: PlanFile, specs: Specs, minutes: float | None = None, *, explains: bool = True
) -> Plan:
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
    explains
        The exercises are explained before they begin, which takes time.

    Raises
    ------
    UsageError
        The plan takes longer than its own budget, or `minutes` is too short for one of each.
    """
    steps = tuple(_step(step, specs, explains=explains) for step in file.steps)
    plan = Plan(name, steps, file.budget_s, explains)
    if minutes is not None:
        return _fitted(plan, minutes * 60)
    if not plan.fits:
        raise UsageError(
            f"plan '{name}': takes {plan.seconds:.0f} s, its budget is {file.budget_s:.0f} s; "
            "lower reps or raise budget_s"
        )
    return plan


def with_reps(step: Step, reps: int) -> Step:
    """Return the step with another number of repetitions."""
    return replace(step, reps=reps, seconds=step.seconds + (reps - step.reps) * step.rep_s)


def loosens(plan: Plan) -> bool:
    """Whether the jaw release is part of the plan."""
    return any(step.exercise == JAW for step in plan.steps)


def loosened(plan: Plan, jaw: Plan) -> Plan:
    """Return a plan with the steps of `jaw` before its own; their time comes on top of its budget."""
    more_s = sum(step.seconds + jaw.change_s for step in jaw.steps)
    budget_s = plan.budget_s + more_s if plan.budget_s else 0.0
    return replace(plan, steps=(*jaw.steps, *plan.steps), budget_s=budget_s)


def _step(step: PlanStep, specs: Specs, *, explains: bool) -> Step:
    spec = specs(step.exercise, step.changes)
    reps = step.reps if step.reps is not None else spec.dose.reps
    return Step(
        step.exercise,
        reps,
        seconds=spec.seconds(reps) - (0.0 if explains else spec.pace.intro_s),
        rep_s=spec.seconds(2) - spec.seconds(1),
        hold_s=spec.repetition.hold_s if isinstance(spec, RepeatedSpec) else 0.0,
        scales=spec.dose.scales,
        changes=step.changes,
    )


def _fitted(plan: Plan, budget_s: float) -> Plan:
    """Take away or add repetitions, one at a time where the dose is farthest from its share."""
    wanted = [step.reps for step in plan.steps]
    scalable = [n for n, step in enumerate(plan.steps) if step.scales]
    steps = [with_reps(step, 1) if step.scales else step for step in plan.steps]

    def made() -> Plan:
        return Plan(plan.name, tuple(steps), budget_s, plan.explains)

    if not made().fits:
        raise UsageError(
            f"--minutes {budget_s / 60:g}: plan '{plan.name}' takes at least {made().seconds / 60:.1f}; "
            "give it more time or choose a single exercise"
        )
    while scalable:
        least = min(scalable, key=lambda n: steps[n].reps / wanted[n])
        before = steps[least]
        steps[least] = with_reps(before, before.reps + 1)
        if not made().fits or steps[least].reps > MOST_REPS:
            steps[least] = before
            scalable.remove(least)
    return made()
