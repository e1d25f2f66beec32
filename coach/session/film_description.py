"""All that is in a recording: every smile, cheek raise, wide opening and jaw circle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

from coach.events import Attempt, Calibrated, Event, JawCircle, Released, Rep, SessionEnd, Smile
from coach.exercise.protocol import AnyExercise, Context
from coach.exercise.spec import ExerciseSpec
from coach.exercise.view import View
from coach.face.features import Features

EXERCISES = ("symmetry_drill", "cheek_raiser", "jaw_release")  # between them they know every movement
HOLD_S = 0.8  # a movement held this long was meant
# Of a cheek raise half of what the exercise asks: lids narrow for up to 1.4 s as people talk, wink or raise
# their brows (43 films of real people).
RAISED_S = 1.5
# Jaws of people who talk or puff their cheeks go round once, or several times in a second; whoever circles
# the jaw does so again and again, each time for 2 s or more.
SERIES, ROUND_S = 2, 1.0
ENGAGED = 0.4  # share of the smile from which on the eyes have joined in, as in the combined exercise
ONE_SIDED = 0.6  # weaker over stronger side below which a smile is one-sided

SmileKind: TypeAlias = Literal["one-sided", "eyes engaged", "mouth only", "closed"]


def described(exercise: str) -> dict[str, Any]:
    """Return what is changed about one of `EXERCISES` for a description: how long it has to be held."""
    held_s = {"cheek_raiser": RAISED_S, "jaw_release": HOLD_S}.get(exercise)
    return {} if held_s is None else {"repetition": {"hold_s": held_s}}


class EveryMovement:
    """Several exercises as one: each sees all frames, and what they find is put together.

    Parameters
    ----------
    exercises
        At least one; the first one's view is shown.
    """

    name: ClassVar[str] = "description"
    spec_type: ClassVar[type[ExerciseSpec]] = ExerciseSpec

    def __init__(self, exercises: Sequence[AnyExercise]) -> None:
        self.exercises = tuple(exercises)

    @property
    def spec(self) -> ExerciseSpec:
        """The first exercise's."""
        return self.exercises[0].spec

    def begin(self, context: Context) -> tuple[Any, ...]:
        """Return all exercises' states at the start."""
        return tuple(exercise.begin(context) for exercise in self.exercises)

    def step(
        self, state: tuple[Any, ...], t: float, features: Features | None
    ) -> tuple[tuple[Any, ...], tuple[Event, ...]]:
        """Take in one frame."""
        pairs = zip(self.exercises, state, strict=True)
        stepped = [exercise.step(own, t, features) for exercise, own in pairs]
        return tuple(own for own, _ in stepped), tuple(event for _, found in stepped for event in found)

    def finish(self, state: tuple[Any, ...], t: float) -> tuple[Event, ...]:
        """Return what all exercises still owe."""
        pairs = zip(self.exercises, state, strict=True)
        return tuple(event for exercise, own in pairs for event in exercise.finish(own, t))

    def view(self, state: tuple[Any, ...]) -> View:
        """Return the first exercise's view."""
        return self.exercises[0].view(state[0])


@dataclass(frozen=True, slots=True)
class HeldMovement:
    """One movement that is no smile, seconds. `held_s`: how long it stayed up."""

    start: float
    end: float
    held_s: float


@dataclass(frozen=True, slots=True)
class FilmDescription:
    """The movements in a recording. `rest`: between which seconds the face was taken to be at rest, or None.

    `guessed`: the face is never at rest; smiles are measured against a typical face.
    """

    duration_s: float
    rest: tuple[float, float] | None
    guessed: bool
    smiles: tuple[Smile, ...]
    cheek_raises: tuple[HeldMovement, ...]
    openings: tuple[HeldMovement, ...]
    circles: tuple[JawCircle, ...]


def describe_film(events: Sequence[Event]) -> FilmDescription:
    """Put together what `EveryMovement` found."""
    known = next((event for event in events if isinstance(event, Calibrated)), None)
    end = next(event for event in reversed(events) if isinstance(event, SessionEnd))
    rest = None
    if known is not None and known.neutral_start is not None and known.neutral_end is not None:
        rest = known.neutral_start, known.neutral_end
    return FilmDescription(
        duration_s=end.duration_s,
        rest=rest,
        guessed=known is not None and known.quality == 0.0,
        smiles=tuple(event for event in events if isinstance(event, Smile)),
        cheek_raises=_held(events, "cheek_raiser", ("too_short", "cut_off"), RAISED_S),
        openings=_held(events, "jaw_release", ("too_short", "cut_off", "snapped_shut"), HOLD_S / 2),
        circles=_in_series([event for event in events if isinstance(event, JawCircle)]),
    )


def smile_kind(smile: Smile) -> SmileKind:
    """Name a smile: one-sided, else by the eyes, else by the lips."""
    if smile.weaker_side in ("left", "right") and smile.symmetry < ONE_SIDED:
        return "one-sided"
    if smile.eye_engagement is not None and smile.eye_engagement >= ENGAGED:
        return "eyes engaged"
    return "mouth only" if smile.lips_apart else "closed"


def _in_series(circles: Sequence[JawCircle]) -> tuple[JawCircle, ...]:
    """Return the circles that follow one another at a pace at which a jaw can be circled."""
    series: list[list[JawCircle]] = []
    for circle in circles:
        if circle.index == 1 or not series:
            series.append([])
        series[-1].append(circle)
    found = []
    for one in series:
        if len(one) >= SERIES and one[-1].t - one[0].t >= ROUND_S * (len(one) - 1):
            found += one
    return tuple(found)


def _held(
    events: Sequence[Event], exercise: str, right: tuple[str, ...], least_s: float
) -> tuple[HeldMovement, ...]:
    """Return an exercise's movements in right form: all that counted, others from `least_s` on."""
    own = [event for event in events if event.exercise == exercise]
    starts = {event.index: event.start for event in own if isinstance(event, Rep)}
    found = []
    for event in own:
        if isinstance(event, Released):
            found.append(HeldMovement(starts[event.index], event.end, event.whole_hold_s))
        elif isinstance(event, Attempt) and event.reason in right and event.hold_s >= least_s:
            found.append(HeldMovement(event.start, event.end, event.hold_s))
    return tuple(found)
