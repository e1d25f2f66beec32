"""The way through a plan: which exercise is on, how far it has come, and whether there is time for more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from coach.coaching.cues import Cue, CueKind
from coach.coaching.led import Led, PauseCause
from coach.coaching.spec import CoachingSpec
from coach.coaching.words_before import WordsBefore
from coach.events import Event, Stage
from coach.exercise.protocol import AnyExercise, Context
from coach.face.features import Features
from coach.session.dose import dose_cue
from coach.session.exercise_run import ExerciseRun
from coach.session.occasion import EVEN, USUAL, Occasion
from coach.session.plan import READY_S, Plan, Step, with_reps

FRAMES_S = 0.5  # a few frames at the slowest rate: each step of the close waits for one
READY_MOST_S = 9.0  # beyond this, getting ready does not use up the plan's time


class PlanRun:
    """One exercise after the other, within the plan's time.

    Parameters
    ----------
    plan, exercises
        The plan and one exercise for each of its steps, in order.
    led
        Logs the events and queues the cues.
    memories
        The person's own words for their memories; empty for numbers alone.
    coaching
        `config/coaching.toml`.
    safety
        The person is to be told what to watch out for.
    by_ear
        Nobody sees the window: say each exercise's dose.
    occasion
        The words for today only.

    Attributes
    ----------
    whole_s
        How long the plan is expected to take.
    index
        The step that is on or comes next; the number of steps when all are done.
    current
        The exercise under way.
    promised
        The repetitions of the step that is on or comes next: as many as there is time for.
    done
        The steps that were done to their end; those that were skipped, left out or failed are not.
    ready_s, active_s
        Seconds it took to get ready, and of guiding since.
    words, safety
        What is said before an exercise, and whether that is first what to watch out for.
    """

    def __init__(
        self,
        plan: Plan,
        exercises: Sequence[AnyExercise],
        led: Led,
        memories: tuple[str, ...] = (),
        *,
        coaching: CoachingSpec,
        safety: bool = False,
        by_ear: bool = False,
        occasion: Occasion = USUAL,
    ) -> None:
        self.plan = plan
        self.whole_s = plan.seconds
        self.exercises = tuple(exercises)
        self.index = 0
        self.current: ExerciseRun | None = None
        self.done: frozenset[int] = frozenset()
        self.ready_s = 0.0
        self.active_s = 0.0
        self._led = led
        self._memories = memories
        self._coaching = coaching
        self.safety = safety
        self._by_ear = by_ear
        self.words = WordsBefore(led.cues, occasion.first_words(safety=safety))
        self._introduced: int | None = None
        self._even_words = occasion.even_words
        self.promised = plan.steps[0].reps
        self._begins_at_s = 0.0  # on the clock of `active_s`: when the present step was to begin
        names = [exercise.name for exercise in exercises]
        left_out = [self._left_out(0.0, name) for name in (*names, "")]
        self._left_out_s = max(map(led.cues.lasts_cue, left_out), default=0.0) + FRAMES_S
        self._time_up_s = led.cues.lasts("time_up_none") + FRAMES_S
        self._close_s = led.cues.lasts("finished") + FRAMES_S
        self._begins_s = (0.0, *accumulate(step.seconds + plan.change_s for step in plan.steps))

    @property
    def names(self) -> list[str]:
        """The exercises' names, in the plan's order."""
        return [exercise.name for exercise in self.exercises]

    @property
    def over(self) -> bool:
        """Whether no exercise is left."""
        return self.index >= len(self.exercises)

    @property
    def spent_s(self) -> float:
        """Seconds of the plan's time that are gone. Pauses cost nothing."""
        return min(self.ready_s, READY_MOST_S) + self.active_s

    @property
    def out_of_time(self) -> bool:
        """Whether there is just time enough for the last words."""
        return self._runs_out(0.0)

    def _runs_out(self, more_s: float) -> bool:
        saying_s = max(self._led.cues.until - self._led.t, 0.0)
        last_s = self.spent_s + saying_s + more_s + self._close_s
        if self.index + 1 < len(self.exercises):  # to be said of those that will be left out
            last_s += self._left_out_s
        elif self.current is not None and self.current.fell_short:
            last_s += self._time_up_s
        return bool(self.plan.budget_s) and last_s >= self.plan.budget_s

    @property
    def next(self) -> AnyExercise | None:
        """The exercise that is on or comes next."""
        return None if self.over else self.exercises[self.index]

    @property
    def step_to_come(self) -> Step:
        """The step that is on or comes next, with the repetitions that were promised."""
        return with_reps(self.plan.steps[self.index], self.promised)

    @property
    def lessened(self) -> bool:
        """Whether that is less than the plan has, because time is short."""
        return self.promised < self.plan.steps[self.index].reps

    @property
    def gone_s(self) -> float:
        """How far the plan has come, in the seconds it was expected to take."""
        if self.over:
            return self.whole_s
        getting_ready = self.current is None and not self.index
        ready_s = min(self.ready_s, READY_S) if getting_ready else READY_S
        step_s = min(self.active_s - self._begins_at_s, self.plan.steps[self.index].seconds)
        return self._begins_s[self.index] + ready_s + step_s

    @property
    def left_s(self) -> float:
        """Seconds until the end: as the plan expects, and never more than its budget has left."""
        expected_s = self.whole_s - self.gone_s
        return max(min(expected_s, (self.plan.budget_s or math.inf) - self.spent_s), 0.0)

    def begin(self, t: float, context: Context) -> None:
        """Begin the present exercise at `t` seconds with what the exercise may know of the person."""
        exercise = self.exercises[self.index]
        self.current = ExerciseRun.begin(exercise, context, self.promised, t, self._coaching)
        self.introduce()
        self._introduced = None

    def introduce(self) -> None:
        """Line up what is said before the exercise that is on or comes next, once."""
        coming = self.next
        if coming is None or self._introduced == self.index:
            return
        self._introduced = self.index
        words: list[Cue] = []
        if coming.name in EVEN:
            words, self._even_words = [*self._even_words], ()
        if self.plan.explains:
            words.append(Cue(0.0, CueKind.INSTRUCTION, "intro", coming.name))
        if self._by_ear:
            if self.lessened:
                words.append(Cue(0.0, CueKind.INSTRUCTION, "time_short"))
            words.append(dose_cue(0.0, self.step_to_come, coming))
        self.words.line_up(words)

    def step(self, t: float, run: ExerciseRun, features: Features | None) -> tuple[Event, ...]:
        """Give one frame to the exercise under way; log, say and return what comes of it."""
        if run.view.at_rest and not run.guidance.asks:
            self.words.say(t)
        events = run.step(
            t,
            features,
            quiet=self._led.cues.quiet(t),
            hurry=self.plan.short_of_time(self.index, self.spent_s),
            late=not self.plan.allows(self.index, self.spent_s, more=True),
            leave=self.plan.must_leave(self.index, self.spent_s),
            names=self._memories,
            lasts=self._led.cues.lasts_cue,
        )
        self._led.log.add(*events)
        self._led.cues.drop(run.guidance.stale)
        if run.guidance.asks:  # whoever has begun, or was asked to, needs no introduction any more
            self.words.line_up(())
        self._led.cues.add(*filter(self._in_time, run.guidance.cues))
        return events

    def _in_time(self, cue: Cue) -> bool:
        """Whether there is time for a word.

        Kind ones are left out before the plan takes too long, and after an exercise if another must still
        come in time: its announcement follows at once.
        """
        if cue.kind is not CueKind.PRAISE:
            return True
        run = self.current
        ends = run is not None and run.guidance.done
        others = bool(self.plan.budget_s) and self.index + 1 < len(self.exercises)
        return not (ends and others) and not self._runs_out(self._led.cues.lasts_cue(cue))

    def interrupt(self, t: float, cause: PauseCause) -> None:
        """Break off the exercise under way, see `ExerciseRun.interrupt`."""
        if self.current is not None:
            self._led.log.add(*self.current.interrupt(t, cause))

    def stalled(self, t: float) -> bool:
        """Take in that no frame came for a while, see `ExerciseRun.stalled`.

        Returns whether it cost a try; then a word says so.
        """
        run = self.current
        if run is None:
            return False
        trying, owed = run.trying, run.stalled(t)
        self._led.log.add(*owed)
        if trying:
            self._led.cues.hush()
        lost = trying and not owed  # it had not counted yet
        if lost:
            self._led.enqueue(t, CueKind.CORRECTION, "stuck", run.exercise.name)
        return lost

    def relearn(self, t: float, context: Context) -> None:
        """Take in that the neutral face has been learnt again, see `ExerciseRun.relearn`."""
        if self.current is not None:
            self._led.log.add(*self.current.relearn(t, context))

    def finish(self, t: float, *, skipped: bool = False) -> None:
        """End the exercise under way, done or not; log what is still owed.

        `skipped`: the person has left it; a stage that was under way is not done.
        """
        run, self.current = self.current, None
        if run is not None:
            owed = run.finish(t)
            if skipped:
                owed = tuple(replace(e, status="skipped") if isinstance(e, Stage) else e for e in owed)
            self._led.log.add(*owed)

    def advance(self, t: float, run: ExerciseRun | None = None) -> None:
        """Announce the next exercise there is time for, or close; leave out those there is no time for.

        `run`: the exercise that has just ended; the words say so if it ran out of time or failed.
        """
        if run is not None and not run.broken:
            self.done |= {self.index}
        self.index += 1
        self._change()
        left: list[str] = []
        while not self.over and not self.plan.allows(self.index, self.spent_s + self.plan.change_s):
            left.append(self.exercises[self.index].name)
            self.index += 1
        self._promise()
        word = self._word_on(t, run, left)
        if word is not None and self._in_time(word):
            self._led.cues.add(word)
        coming = self.next
        if coming is None:
            if self._runs_out(self._led.cues.waiting_s):
                self._led.cues.clear()
            self._led.enqueue(t, CueKind.INSTRUCTION, "finished")
        else:
            self._led.enqueue(t, CueKind.INSTRUCTION, "begin", title=coming.name)

    def _word_on(self, t: float, run: ExerciseRun | None, left: Sequence[str]) -> Cue | None:
        """Return the word on what is left out: exercises, or a part of the one that has just ended."""
        short = run is not None and run.fell_short
        if run is not None and run.broken:
            return Cue(t, CueKind.PRAISE, "broken")
        if left:
            return self._left_out(t, "" if short or len(left) > 1 else left[0])
        if run is not None and short:
            key = "time_up" if run.view.count else "time_up_none"
            return Cue(t, CueKind.PRAISE, key, values={"n": run.view.count})
        return None

    def _left_out(self, t: float, name: str) -> Cue:
        """Return the word on what is left out: an exercise by its name, or, without one, several things."""
        if not name:
            return Cue(t, CueKind.PRAISE, "left_out_more")
        return Cue(t, CueKind.PRAISE, "left_out", values={"title": name})

    def _promise(self) -> None:
        """Fix how many repetitions of the step that comes next are asked for: no card promises more."""
        if not self.over:
            self.promised = self.plan.affordable(self.index, self.spent_s + self.plan.change_s)

    def _change(self) -> None:
        """Let the time of the step that comes next begin where that of the change to it ends."""
        self._begins_at_s = self.active_s + self.plan.change_s

    def move(self, t: float, by: int) -> None:
        """Go to another exercise, as the person wishes; past the last one, close."""
        resting = self.current is None or self.current.view.at_rest
        self.finish(t, skipped=by > 0)
        self._led.cues.hush()
        if not resting:  # nobody can be asked for a movement in the middle of another
            self._led.enqueue(t, CueKind.RELEASE, "rest")
        self.index = max(self.index + by, 0)
        self._change()
        self._promise()
        if by > 0:
            self._led.enqueue(t, CueKind.PRAISE, "skipped")
        if self.over:
            self._led.enqueue(t, CueKind.INSTRUCTION, "finished")
