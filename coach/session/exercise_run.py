"""The exercise under way: the recogniser and the guide that leads through it, kept together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

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

T = TypeVar("T")


@dataclass(slots=True)
class ExerciseRun:
    """One exercise under way.

    `target`: repetitions asked for. `reps`, `recalls`: before the last interruption, after which the
    exercise itself starts again and counts from one. `recalled`: the number of the last recall.
    `broken`: the error that it or its guide raised, one line; from then on neither is called.
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
    broken: str = ""

    @classmethod
    def begin(
        cls, exercise: AnyExercise, context: Context, target: int, t: float, coaching: CoachingSpec
    ) -> Self:
        """Begin an exercise at `t` seconds with what is known of the person."""
        run = cls(exercise, context, HeldGuide(exercise.name, coaching.held), target, None, None, View())
        run.guide = run._asked(lambda: guide_for(exercise, coaching), run.guide)
        run.guide_state = run._asked(lambda: run.guide.begin(t), None)
        run._restart()
        return run

    def step(
        self,
        t: float,
        features: Features | None,
        *,
        quiet: bool,
        hurry: bool = False,
        late: bool = False,
        leave: bool = False,
        names: tuple[str, ...] = (),
        lasts: Callable[[Cue], float] = lambda _: 0.0,
    ) -> tuple[Event, ...]:
        """Take in one frame; return what happened. What to say about it is in `guidance`."""
        nothing: tuple[Event, ...] = ()
        events = self._asked(lambda: self._recognise(t, features), nothing)
        moment = Moment(t, self.view, events, quiet, self.target, names, hurry, late, leave, lasts)
        self.guidance = self._asked(lambda: self._guide(moment), Guidance())
        return (*events, *self.guidance.events)

    def _recognise(self, t: float, features: Features | None) -> tuple[Event, ...]:
        self.state, found = self.exercise.step(self.state, t, features)
        events = tuple(map(self._numbered, found))
        self.view = self._seen()
        return events

    def _guide(self, moment: Moment) -> Guidance:
        self.guide_state, guidance = self.guide.step(self.guide_state, moment)
        if guidance.give and isinstance(self.exercise, Cued):
            self.state = self.exercise.give(self.state, moment.t)
        return guidance

    def _asked(self, ask: Callable[[], T], otherwise: T) -> T:
        """Ask the exercise or its guide, often another package's; its failure costs nothing else."""
        if self.broken:
            return otherwise
        try:
            return ask()
        except Exception as fault:  # noqa: BLE001  # whatever it is, the session goes on
            lines = str(fault).strip().splitlines()
            self.broken = f"{type(fault).__name__}: {lines[0]}" if lines else type(fault).__name__
            return otherwise

    def interrupt(self, t: float, cause: str) -> tuple[Event, ...]:
        """Break off at `t`: close what was counted, forget what was not.

        A hold whose face was lost is kept: the exercise has seen it go and will say so.
        """
        if cause == "face_lost" and isinstance(self.guide, HeldGuide):
            return ()
        recalled = self.recalled  # without the memory that is still open
        owed = tuple(event for event in self.finish(t) if isinstance(event, Released))
        self.reps, self.recalls, self.recalled = self.view.count, recalled, recalled
        self._restart()
        return owed

    def _restart(self) -> None:
        self.state = self._asked(lambda: self.exercise.begin(self.context), None)
        self.view = self._asked(self._seen, self.view)

    @property
    def fell_short(self) -> bool:
        """Whether less was done than asked for, in an exercise that goes by repetitions or memories."""
        if isinstance(self.guide, MemoryGuide):  # one that is waited for has been given
            return self.recalled + self.guidance.asks < self.target
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
        self.guide_state = self._asked(lambda: self.guide.again(self.guide_state, t), None)

    def finish(self, t: float) -> tuple[Event, ...]:
        """Return what is still owed when the exercise ends at `t`."""
        return self._asked(lambda: tuple(map(self._numbered, self.exercise.finish(self.state, t))), ())

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
    """Return the exercise's own guide if it brings one, else the guide for its kind."""
    if isinstance(exercise, OwnGuide):
        return exercise.guide()
    if isinstance(exercise, Cued):
        return MemoryGuide(exercise.name, coaching.memory)
    if isinstance(exercise.spec, CirclingSpec):
        return JawGuide(exercise.name, exercise.spec.circles.target, coaching.jaw)
    return HeldGuide(exercise.name, coaching.held)
