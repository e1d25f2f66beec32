"""The session's screen, made from its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from coach.coaching.guides.guide import Guidance
from coach.coaching.guides.held_guide import FLICKER_S
from coach.coaching.phrases import SCREEN, SESSION, PhraseBook
from coach.coaching.screen import NextCard, Screen, ScreenPhase
from coach.coaching.spec import ShownSpec
from coach.coaching.states import PHASES, CoachingState, faulty_side, state_of
from coach.events import Attempt, Event, Reason, Rep
from coach.exercise.view import Bars, View
from coach.session.dose import dose_text
from coach.session.exercise_run import ExerciseRun
from coach.session.plan_run import PlanRun
from coach.session.transitions import SessionStage
from coach.types import Bilateral

REASON = "reason"  # the section of the faults' short names
TURNED: Final[Reason] = "head_turned"


class Scene(NamedTuple):
    """The part of the recent past that still shows. Times in seconds.

    `counted`, and `right`: the movement and its form, so far. Of its fault: since when, and when last seen.
    `missed`: why the last try did not count, where that is known.
    """

    shown: ShownSpec
    counted: bool = False
    right: bool = False
    attempt_until: float = float("-inf")
    missed: Reason | None = None
    fault_since: float | None = None
    fault_t: float = float("-inf")

    def faulty(self, t: float, view: View) -> bool:
        """Whether a fault has lasted long enough to be shown."""
        since = self.fault_since
        return view.fault is not None and since is not None and t - since >= self.shown.fault_s

    def after(self, t: float, view: View, events: Sequence[Event]) -> Scene:
        """Return the scene after one frame of an exercise."""
        moves = view.phase != "neutral"
        counted = moves and self.counted
        right = moves and (self.right or (view.phase == "apex" and view.fault is None))
        attempt_until, missed = self.attempt_until, self.missed
        for event in events:
            counted = counted or isinstance(event, Rep)
            if isinstance(event, Attempt):
                attempt_until, missed = t + self.shown.attempt_s, event.reason
        since, fault_t = self.fault_since, self.fault_t
        if view.fault is not None:
            since, fault_t = t if since is None else since, t
        elif t - fault_t > FLICKER_S:
            since = None
        return Scene(self.shown, counted, right, attempt_until, missed, since, fault_t)

    def failed(self, t: float) -> Scene:
        """Return the scene after a try that was broken off."""
        return self._replace(counted=False, right=False, attempt_until=t + self.shown.attempt_s, missed=None)


def summary_screen(book: PhraseBook, lines: tuple[tuple[str, str], ...], caption: str) -> Screen:
    """Return the last screen: the facts, (label, value), and the last words."""
    return Screen("summary", title=book.text(SCREEN, "summary"), caption=caption, progress=1.0, lines=lines)


def build_screen(scene: Scene, t: float, stage: SessionStage, plan_run: PlanRun, book: PhraseBook) -> Screen:
    """Return the screen of this frame, in the person's language.

    Parameters
    ----------
    scene
        The part of the recent past that still shows.
    t
        Seconds.
    stage, plan_run, book
        Where the session is; how far the plan has come; words.
    """
    screen = _middle(scene, t, stage, plan_run, book)
    progress = plan_run.gone_s / plan_run.whole_s if plan_run.whole_s else 0.0
    return replace(
        screen,
        progress=progress,
        time_left_s=plan_run.left_s,
        step=0 if stage == "ready" and plan_run.current is None else plan_run.index,
        steps=len(plan_run.plan.steps),
        done=plan_run.done,
    )


def _middle(scene: Scene, t: float, stage: SessionStage, plan_run: PlanRun, book: PhraseBook) -> Screen:
    warns = plan_run.safety and plan_run.words.for_today(t)
    if stage == "ready" or warns:
        neutral = book.text(SCREEN, "safety_note") if warns else book.text(SESSION, "neutral")
        return Screen("ready", title=book.text(SCREEN, "calibrating"), instruction=neutral)
    if plan_run.current is not None:
        guidance = plan_run.current.guidance
        new = plan_run.plan.explains or guidance.patient  # whoever knows the movement is shown it when stuck
        explains = new and guidance.explains and stage != "paused"
        screen = _exercising(scene, t, book, plan_run.current, explains=explains)
        return screen if stage != "resuming" else _before_going_on(screen, guidance)
    coming = plan_run.next
    if coming is None:
        return Screen("rest")
    title, step = book.text(coming.name, "title"), plan_run.step_to_come
    dose = dose_text(step, coming, book)
    if plan_run.lessened:
        dose = f"{dose} · {book.text(SCREEN, 'time_short')}"
    card = NextCard(title, dose, book.text(coming.name, "image"))
    return Screen(
        "rest",
        title=title,
        instruction=book.text(coming.name, "instruction"),
        target=step.reps,
        demonstrate=coming.name,
        coming=None if stage == "paused" else card,
    )


def _before_going_on(screen: Screen, guidance: Guidance) -> Screen:
    """Let the person get ready after a pause: what was broken off begins again, and not yet."""
    count = 0 if guidance.count else screen.count
    return replace(
        screen, phase="ready", word="", faulty_side="", count=count, hold=0.0, dot=None, swell=None
    )


def _exercising(scene: Scene, t: float, book: PhraseBook, run: ExerciseRun, *, explains: bool) -> Screen:
    """Show the exercise under way."""
    view, guidance, name = run.view, run.guidance, run.exercise.name
    breathes = guidance.swell is not None
    count, target = (0, 0) if breathes else guidance.count or (view.count, run.target)
    screen = Screen(
        "moving",  # nothing is held in it, whatever the movement looks like
        title=book.text(name, "title"),
        instruction=_instruction(scene, t, book, run),
        exercise=name,
        count=count,
        target=target,
        hold=min(count / target, 1.0) if guidance.count and target else 0.0,
        word=book.text(name, f"{guidance.key}_word") if breathes else "",
        hold_left_s=guidance.left_s,
        demonstrate=name if explains else None,
        dot=guidance.dot,
        swell=guidance.swell,
    )
    if guidance.moves:
        return replace(screen, phase=_moving(guidance))
    state, apex = _state(scene, t, run), view.phase == "apex"
    shows = view.target_s > 0 and state != "rising"  # it is not known yet whether the form is right
    held = min(view.hold_s / view.target_s, 1.0) if shows else 0.0
    wrong = {"fix": TURNED if view.turned else view.fault, "once_more": scene.missed}.get(state)
    return replace(
        screen,
        phase="moving" if state == "holding" and not view.target_s else PHASES[state],
        word="" if wrong is None else book.text(REASON, wrong),
        faulty_side=faulty_side(view) if state == "fix" else "",
        hold=1.0 if state == "let_go" else held,
        hold_left_s=max(view.target_s - view.hold_s, 0.0) if apex else view.target_s,
        bars=_shown(view),
    )


def _moving(guidance: Guidance) -> ScreenPhase:
    """Return the phase of circles and breaths: to be begun, under way, or all done until the next words."""
    if guidance.count is None or guidance.dot is None:
        return "moving" if guidance.count is None else "released"
    if guidance.count[0]:
        return "moving"
    return "waiting" if guidance.patient else "go"


def _shown(view: View) -> Bars | None:
    """Return the bars within their band, for nobody does too much of a good thing; empty while unseen."""
    bars = view.bars
    if bars is None:
        return None
    top = 0.0 if view.turned else bars.band[1]
    level = Bilateral(min(bars.level.left, top), min(bars.level.right, top))
    return bars if level == bars.level else replace(bars, level=level)


def _state(scene: Scene, t: float, run: ExerciseRun) -> CoachingState:
    return state_of(
        run.view,
        run.guidance,
        counted=scene.counted or run.guidance.key == "close",  # a jaw counts only once it has closed
        failed=t < scene.attempt_until,
        faulty=scene.faulty(t, run.view),
        right=scene.right,
    )


def _instruction(scene: Scene, t: float, book: PhraseBook, run: ExerciseRun) -> str:
    """Return the instruction for now; while a fault lasts, its correction."""
    view, exercise = run.view, run.exercise.name
    if view.turned and (run.guidance.asks or not view.at_rest):
        return book.text(exercise, "turn_to_me")
    if view.fault is not None and scene.faulty(t, view):
        side = book.text(SCREEN, view.bars.level.weaker) if view.bars is not None else ""
        return book.lately(exercise, view.fault, side=side)  # not another variant than the one that is said
    asked_for = run.target if run.guidance.count is None else run.guidance.count[1]
    what = book.text(exercise, run.guidance.key, n=asked_for)
    return what if run.guidance.dot is None else f"{what}. {book.text(exercise, 'circle_show')}."
