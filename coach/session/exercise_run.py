"""The exercise under way: the recogniser and the guide that leads through it, kept together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from coach.coaching.cues import Cue
from coach.coaching.guides.guide import Guidance, Guide, Moment, OwnGuide
from coach.coaching.guides.held_guide import HeldGuide
from coach.coaching.guides.jaw_guide import JawGuide
from coach.coaching.guides.memory_guide import MemoryGuide
from coach.coaching.spec import CoachingSpec
from coach.events import Event, Recall, Released, Rep
from coach.exercise.protocol import AnyExercise, Context, Cued
from coach.exercise.spec import CirclingSpec
from coach.exercise.view import View
from coach.face.features import Features


@dataclass(slots=True)
class ExerciseRun:
    """One exercise under way.

    `target`: repetitions asked for. `reps`, `recalls`: before the last interruption, after which the
    exercise itself starts again and counts from one. `recalled`: the number of the last recall.
    """

    exercise: AnyExercise
    context: Context
    guide: Guide
    target: int
    state: Any
    guide_state: Any
    view: View
    guidance: Guidance = field(default_factory=Guidance)
    reps: int = 0
    recalls: int = 0
    recalled: int = 0

    @classmethod
    def begin(
        cls, exercise: AnyExercise, context: Context, target: int, t: float, coaching: CoachingSpec
    ) -> Self:
        """Begin an exercise at `t` seconds with what is known of the person."""
        guide, state = guide_for(exercise, coaching), exercise.begin(context)
        return cls(exercise, context, guide, target, state, guide.begin(t), exercise.view(state))

    def step(
        self,
        t: float,
        features: Features | None,
        *,
        quiet: bool,
        hurry: bool = False,
        late: bool = False,
        names: tuple[str, ...] = (),
        lasts: Callable[[Cue], float] = lambda _: 0.0,
    ) -> tuple[Event, ...]:
        """Take in one frame; return what happened. What to say about it is in `guidance`."""
        self.state, found = self.exercise.step(self.state, t, features)
        events = tuple(map(self._numbered, found))
        self.view = self._seen()
        moment = Moment(t, self.view, events, quiet, self.target, names, hurry, late, lasts)
        self.guide_state, self.guidance = self.guide.step(self.guide_state, moment)
        if self.guidance.give and isinstance(self.exercise, Cued):
            self.state = self.exercise.give(self.state, t)
        return (*events, *self.guidance.events)

    def interrupt(self, t: float, cause: str) -> tuple[Event, ...]:
        """Break off at `t`: close what was counted, forget what was not.

        A hold whose face was lost is kept: the exercise has seen it go and will say so.
        """
        if cause == "face_lost" and isinstance(self.guide, HeldGuide):
            return ()
        recalled = self.recalled  # without the memory that is still open
        owed = tuple(event for event in self.finish(t) if isinstance(event, Released))
        self.reps, self.recalls, self.recalled = self.view.count, recalled, recalled
        self.state = self.exercise.begin(self.context)
        self.view = self._seen()
        return owed

    @property
    def fell_short(self) -> bool:
        """Whether fewer repetitions were done than asked for, in an exercise that goes by them."""
        return isinstance(self.guide, HeldGuide) and self.view.count < self.target

    @property
    def trying(self) -> bool:
        """Whether a movement is under way that must be seen to its end."""
        return self.guide.watches and self.view.phase in ("onset", "apex")

    def stalled(self, t: float) -> tuple[Event, ...]:
        """Take in that no frame came for a while: a movement in the middle of it is asked for again.

        Returns the release of a movement that had counted.
        """
        if not self.trying:
            if isinstance(self.guide, HeldGuide):  # whatever is going on now, its beginning was not seen
                self.interrupt(t, "stall")
            return ()
        owed = self.interrupt(t, "stall")
        self.again(t)
        return owed

    def relearn(self, t: float, context: Context) -> tuple[Event, ...]:
        """Begin to recognise again with another neutral face; what was counted stays counted.

        A movement that is asked for stays asked for. Returns the release of a movement that had counted.
        """
        self.context = context
        return self.interrupt(t, "relearn")

    def again(self, t: float) -> None:
        """Go on after an interruption by asking for the present step again."""
        self.guide_state = self.guide.again(self.guide_state, t)

    def finish(self, t: float) -> tuple[Event, ...]:
        """Return what is still owed when the exercise ends at `t`."""
        return tuple(self._numbered(event) for event in self.exercise.finish(self.state, t))

    def _seen(self) -> View:
        view = self.exercise.view(self.state)
        return replace(view, count=view.count + self.reps) if self.reps else view

    def _numbered(self, event: Event) -> Event:
        """Let the numbers go on where they stood before an interruption."""
        if isinstance(event, Rep | Released):
            return replace(event, index=event.index + self.reps)
        if isinstance(event, Recall):
            self.recalled = event.index + self.recalls
            return replace(event, index=self.recalled)
        return event


def guide_for(exercise: AnyExercise, coaching: CoachingSpec) -> Guide:
    """Return the exercise's own guide where it brings one, else the one that fits what it is."""
    if isinstance(exercise, OwnGuide):
        return exercise.guide()
    if isinstance(exercise, Cued):
        return MemoryGuide(exercise.name, coaching.memory)
    if isinstance(exercise.spec, CirclingSpec):
        return JawGuide(exercise.name, exercise.spec.circles.target, coaching.jaw)
    return HeldGuide(exercise.name, coaching.held)
