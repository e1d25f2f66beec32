"""From the session's state to what the window shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from coach.events import Attempt, Event, Rep
from coach.exercise import View
from coach.phrases import SCREEN, SESSION, PhraseBook
from coach.running import Running
from coach.screen import Framing, Phase, Screen

CAPTION_S = 1.5  # a caption stays this long after it was said
ATTEMPT_S = 1.2  # and the sign of a try that was not a repetition this long
RATING_KEYS = "(0-9, X = 10)"
FAULT_S = 0.5  # a fault is shown when it has lasted this long


@dataclass(frozen=True, slots=True)
class Scene:
    """What of the recent past still shows. Times in seconds."""

    caption: str = ""
    caption_until: float = float("-inf")
    counted: bool = False
    attempt_until: float = float("-inf")
    fault_since: float | None = None

    def spoken(self, t: float, text: str, until: float) -> Scene:
        """Return the scene with a new caption."""
        return replace(self, caption=text, caption_until=max(until, t) + CAPTION_S)

    def after(self, t: float, view: View, events: Sequence[Event]) -> Scene:
        """Return the scene after one frame of an exercise."""
        counted = self.counted and view.phase != "neutral"
        attempt_until = self.attempt_until
        for event in events:
            counted = counted or isinstance(event, Rep)
            if isinstance(event, Attempt):
                attempt_until = t + ATTEMPT_S
        since = None if view.fault is None else self.fault_since if self.fault_since is not None else t
        return replace(self, counted=counted, attempt_until=attempt_until, fault_since=since)


def draw(
    scene: Scene,
    t: float,
    *,
    book: PhraseBook,
    stage: str,
    run: Running | None,
    framing: Framing,
    paused: str,
    plan_s: float,
    done_s: float,
    step_s: float,
    safety: bool,
    explain: bool,
    rating: bool,
    lines: tuple[tuple[str, str], ...],
) -> Screen:
    """Say what the window shows in this frame, in the person's language.

    Parameters
    ----------
    scene
        What of the recent past still shows.
    t
        Seconds.
    book, stage, run, framing
        Words; the session's stage; the exercise under way, if any; how the face is placed.
    paused
        The phrase that says why the session waits, or empty.
    plan_s, done_s, step_s
        Expected seconds of the whole plan, of its steps that are done, and of the present one.
    safety, explain
        Show the safety note while getting ready; demonstrate each movement.
    rating
        The last memory may be rated.
    lines
        The summary.
    """
    caption = scene.caption if t < scene.caption_until else ""
    if stage == "ended":
        title = book.text(SCREEN, "summary")
        return Screen("summary", title=title, caption=caption, progress=1.0, lines=lines)
    common = Screen(
        "ready" if stage == "ready" else "rest",
        framing=framing,
        fix="" if framing == "good" else book.text(SESSION, framing),
        caption=caption,
        paused=book.text(SESSION, paused) if paused else "",
    )
    if run is None:
        ready = stage == "ready"
        neutral = book.text(SCREEN, "safety_note") if safety else book.text(SESSION, "neutral")
        return replace(
            common,
            title=book.text(SCREEN, "calibrating") if ready else "",
            instruction=neutral if ready else "",
            **_progress(plan_s, done_s),
        )
    view, guidance = run.view, run.guidance
    count, of = guidance.count or (view.count, run.target)
    share = min(count / of, 1.0) if of else 0.0
    hold = min(view.hold_s / view.target_s, 1.0) if view.target_s else 0.0
    return replace(
        common,
        phase=_phase(scene, t, view),
        title=book.text(run.exercise.name, "title"),
        instruction=_instruction(scene, t, book, run, rating=rating),
        exercise=run.exercise.name,
        count=count,
        target=of,
        hold=1.0 if scene.counted and view.phase == "apex" else hold,
        hold_left_s=max(view.target_s - view.hold_s, 0.0) if view.phase == "apex" else view.target_s,
        bars=view.bars,
        demonstrate=run.exercise.name if explain and guidance.explains and not paused else None,
        **_progress(plan_s, done_s + share * step_s),
    )


def _progress(plan_s: float, done_s: float) -> dict[str, Any]:
    return {"progress": done_s / plan_s if plan_s else 0.0, "time_left_s": max(plan_s - done_s, 0.0)}


def _phase(scene: Scene, t: float, view: View) -> Phase:
    if t < scene.attempt_until and view.phase in ("neutral", "offset"):
        return "attempt"
    if scene.counted:
        return "released"
    return _PHASES[view.phase]


_PHASES: dict[str, Phase] = {"neutral": "rest", "onset": "rising", "apex": "hold", "offset": "rest"}


def _instruction(scene: Scene, t: float, book: PhraseBook, run: Running, *, rating: bool) -> str:
    """Say what to do now, or what is nearly right while a fault stays."""
    view, exercise = run.view, run.exercise.name
    if view.fault is not None and scene.fault_since is not None and t - scene.fault_since >= FAULT_S:
        side = book.text(SCREEN, view.bars.level.weaker) if view.bars is not None else ""
        return book.text(exercise, view.fault, side=side)
    if rating and view.at_rest:
        return f"{book.text(exercise, 'rate')} {RATING_KEYS}"
    return book.text(exercise, run.guidance.key)
