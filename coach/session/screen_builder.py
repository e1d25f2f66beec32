"""From the session's state to what the window shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from coach.coaching.phrases import SCREEN, SESSION, PhraseBook
from coach.coaching.screen import Screen, ScreenPhase
from coach.events import Attempt, Event, Rep
from coach.exercise.view import Bars, View
from coach.face.framing import Framing
from coach.session.exercise_run import ExerciseRun
from coach.session.plan_run import PlanRun
from coach.types import Bilateral

CAPTION_S = 1.5  # a caption stays this long after it was said
ATTEMPT_S = 1.2  # and the sign of a try that was not a repetition this long
RATING_KEYS = "(0-9, X = 10)"
FAULT_S = 0.5  # a fault is shown when it has lasted this long

Edges: TypeAlias = tuple[Framing, str, str, float, float, str]
"""A screen's edges, from `framing` to `paused`, the same whatever is in the middle."""


class Scene(NamedTuple):
    """What of the recent past still shows. Times in seconds."""

    caption: str = ""
    caption_until: float = float("-inf")
    counted: bool = False
    attempt_until: float = float("-inf")
    fault_since: float | None = None

    def spoken(self, t: float, text: str, until: float) -> Scene:
        """Return the scene with a new caption."""
        return self._replace(caption=text, caption_until=max(until, t) + CAPTION_S)

    def faulty(self, t: float, view: View) -> bool:
        """Whether a fault has lasted long enough to be shown."""
        since = self.fault_since
        return view.fault is not None and since is not None and t - since >= FAULT_S

    def after(self, t: float, view: View, events: Sequence[Event]) -> Scene:
        """Return the scene after one frame of an exercise."""
        counted = self.counted and view.phase != "neutral"
        attempt_until = self.attempt_until
        for event in events:
            counted = counted or isinstance(event, Rep)
            if isinstance(event, Attempt):
                attempt_until = t + ATTEMPT_S
        since = None if view.fault is None else self.fault_since if self.fault_since is not None else t
        if not events and since == self.fault_since and counted == self.counted:
            return self
        return self._replace(counted=counted, attempt_until=attempt_until, fault_since=since)


def draw(
    scene: Scene,
    t: float,
    *,
    book: PhraseBook,
    stage: str,
    plan_run: PlanRun,
    framing: Framing,
    paused: str,
    safety: bool,
    lines: tuple[tuple[str, str], ...],
) -> Screen:
    """Say what the window shows in this frame, in the person's language.

    Parameters
    ----------
    scene
        What of the recent past still shows.
    t
        Seconds.
    book, stage, plan_run, framing
        Words; the session's stage; how far it has come; how the face is placed.
    paused
        The phrase that says why the session waits, or empty.
    safety
        Show the safety note while getting ready.
    lines
        The summary.
    """
    caption = scene.caption if t < scene.caption_until else ""
    ready, coming = stage == "ready", plan_run.next
    if stage == "ended" or (coming is None and not paused):
        title = book.text(SCREEN, "summary")
        return Screen("summary", title=title, caption=caption, progress=1.0, lines=lines)
    whole_s, gone_s = plan_run.whole_s, plan_run.gone_s
    fix = "" if framing == "good" else book.text(SESSION, framing)
    progress, left_s = gone_s / whole_s if whole_s else 0.0, max(whole_s - gone_s, 0.0)
    edges: Edges = framing, fix, caption, progress, left_s, book.text(SESSION, paused) if paused else ""
    if ready:
        neutral = book.text(SCREEN, "safety_note") if safety else book.text(SESSION, "neutral")
        return _waiting("ready", book.text(SCREEN, "calibrating"), neutral, 0, edges)
    if plan_run.current is not None:
        explains = plan_run.plan.explains and plan_run.current.guidance.explains and not paused
        return _at_it(edges, scene, t, book, plan_run.current, explains=explains, rating=plan_run.ratable)
    if coming is None:
        return _waiting("rest", "", "", 0, edges)
    title, instruction = book.text(coming.name, "title"), book.text(coming.name, "instruction")
    return _waiting("rest", title, instruction, plan_run.plan.steps[plan_run.index].reps, edges)


def _waiting(phase: ScreenPhase, title: str, instruction: str, target: int, edges: Edges) -> Screen:
    """Show a page without an exercise under way."""
    return Screen(phase, title, instruction, None, 0, target, 0.0, 0.0, None, *edges)


def _at_it(
    edges: Edges, scene: Scene, t: float, book: PhraseBook, run: ExerciseRun, *, explains: bool, rating: bool
) -> Screen:
    """Show the exercise under way."""
    view, guidance, name = run.view, run.guidance, run.exercise.name
    count, of = guidance.count or (view.count, run.target)
    phase: ScreenPhase = "moving"  # then nothing is held, whatever the movement looks like
    hold, left_s, bars = min(count / of, 1.0) if guidance.count and of else 0.0, 0.0, None
    if not guidance.moves:
        held, apex = min(view.hold_s / view.target_s, 1.0) if view.target_s else 0.0, view.phase == "apex"
        phase, hold = _phase(scene, t, view), 1.0 if scene.counted and apex else held
        left_s = max(view.target_s - view.hold_s, 0.0) if apex else view.target_s
        bars = _capped(view.bars)
    title, instruction = book.text(name, "title"), _instruction(scene, t, book, run, rating=rating)
    shown = name if explains else None
    return Screen(phase, title, instruction, name, count, of, hold, left_s, bars, *edges, shown)


def _capped(bars: Bars | None) -> Bars | None:
    """Keep the bars within their band: nobody does too much of a good thing."""
    if bars is None or bars.level.maximum <= bars.band[1]:
        return bars
    top = bars.band[1]
    return Bars(Bilateral(min(bars.level.left, top), min(bars.level.right, top)), bars.band)


def _phase(scene: Scene, t: float, view: View) -> ScreenPhase:
    if t < scene.attempt_until and view.phase in ("neutral", "offset"):
        return "attempt"
    if scene.counted:
        return "released"
    if scene.faulty(t, view):  # its clock stands still meanwhile
        return "attempt"
    if view.phase == "apex" and not view.target_s:
        return "moving"
    return _PHASES[view.phase]


_PHASES: dict[str, ScreenPhase] = {"neutral": "rest", "onset": "rising", "apex": "hold", "offset": "rest"}


def _instruction(scene: Scene, t: float, book: PhraseBook, run: ExerciseRun, *, rating: bool) -> str:
    """Say what to do now, or what is nearly right while a fault stays."""
    view, exercise = run.view, run.exercise.name
    if view.fault is not None and scene.faulty(t, view):
        side = book.text(SCREEN, view.bars.level.weaker) if view.bars is not None else ""
        return book.text(exercise, view.fault, side=side)
    if rating and view.at_rest:
        return f"{book.text(exercise, 'rate')} {RATING_KEYS}"
    asked_for = run.target if run.guidance.count is None else run.guidance.count[1]
    return book.text(exercise, run.guidance.key, n=asked_for)
