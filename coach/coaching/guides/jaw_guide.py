"""The guide of the jaw release: open, close slowly, circles each way, breathe in, breathe out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal, TypeAlias

from coach.coaching.cues import Cue, CueKind
from coach.coaching.guides.countdown import Countdown
from coach.coaching.guides.guide import Guidance, Moment
from coach.coaching.spec import JawGuideSpec
from coach.events import Attempt, JawCircle, Rep, Stage, StageName

JawStep: TypeAlias = Literal[
    "intro", "open", "close", "circle_cw", "circle_ccw", "breathe_in", "breathe_out", "done"
]
NEXT: Final[dict[JawStep, JawStep]] = {
    "intro": "open",
    "open": "close",
    "close": "circle_cw",
    "circle_cw": "circle_ccw",
    "circle_ccw": "breathe_in",
    "breathe_in": "breathe_out",
    "breathe_out": "done",
}
CIRCLES: Final[dict[JawStep, StageName]] = {
    "circle_cw": "circles_clockwise",
    "circle_ccw": "circles_counterclockwise",
}
STAGES: Final[dict[JawStep, StageName]] = {
    "open": "open_hold",
    "close": "slow_close",
    **CIRCLES,
    "breathe_in": "breath_in",
    "breathe_out": "breath_out",
}
BREATHS: Final[frozenset[JawStep]] = frozenset({"breathe_in", "breathe_out"})
ASKING_AGAIN: Final[dict[JawStep, tuple[str, ...]]] = {
    "open": ("another", "show", "image", "offer"),
    "close": ("close_another",),
    "circle_cw": ("circle_another", "circle_show", "circle_image", "offer"),
    "circle_ccw": ("circle_another", "circle_show", "circle_image", "offer"),
}
"""Said to a person who does not answer, one after the other; then the next step comes."""
MOVING: Final[frozenset[JawStep]] = frozenset({*CIRCLES, *BREATHS})


@dataclass(frozen=True, slots=True)
class JawGuideState:
    """How far the guide has come.

    `since`: when the step was asked for, seconds; `moved`: when a circle was last seen. `asked`: the step's
    cue has been given; `held`: "hold" has been said; `countdown`: of the hold.
    `circles`: done in the direction asked for, in this step or, until it is asked for, in the one before;
    `astray`: since then in the other one. `tries`: failed tries of opening and closing. `unanswered`: how
    often the step was asked for in vain; `lost`: no circle came in the first direction; `turned`: the
    direction was corrected.
    """

    step: JawStep = "intro"
    since: float = 0.0
    asked: bool = False
    held: bool = False
    countdown: Countdown = Countdown()  # noqa: RUF009 - it is frozen
    tries: int = 0
    circles: int = 0
    astray: int = 0
    moved: float = 0.0
    unanswered: int = 0
    lost: bool = False
    turned: bool = False


class JawGuide:
    """Asks for one step after the other, and goes on once it is recognised or its time is up."""

    watches: ClassVar[bool] = True

    def __init__(self, exercise: str, circles: int, spec: JawGuideSpec) -> None:
        self._exercise = exercise
        self._circles = circles
        self._spec = spec
        self._waits_s: dict[JawStep, float] = {
            "open": spec.open_s,
            "close": spec.close_s,
            "circle_cw": spec.circles_s,
            "circle_ccw": spec.circles_s,
            "breathe_in": spec.breathe_in_s,
            "breathe_out": spec.breathe_out_s,
        }

    def begin(self, t: float) -> JawGuideState:
        """Return the state at the exercise's start."""
        return JawGuideState(since=t)

    def again(self, state: JawGuideState, t: float) -> JawGuideState:
        """Return the state after an interruption; an open jaw that was not seen to close is opened again."""
        step: JawStep = "open" if state.step == "close" else state.step
        return JawGuideState(step, t, tries=state.tries, turned=state.turned, lost=state.lost)

    def step(self, state: JawGuideState, moment: Moment) -> tuple[JawGuideState, Guidance]:
        """Take in one frame."""
        cues: list[Cue] = []
        if moment.leave and self._may_leave(state, moment):
            left = tuple(self._left_out(state, moment))
            return replace(state, step="done"), Guidance(
                (Cue(moment.t, CueKind.RELEASE, "time_up_none"),), left, done=True
            )
        if not state.asked:
            if moment.quiet and moment.t > state.since:
                state = self._ask(state, moment, cues)
            events: tuple[Stage, ...] = ()
        else:
            events = tuple(self._skipped(state, moment))
            state = self._lead(state, moment, cues)
        circled = state.circles > 0 and not state.asked  # all of them, until the next step's words
        circling = circled or (state.asked and state.step in CIRCLES)
        count = (state.circles, self._circles) if circling else None
        return state, Guidance(
            tuple(cues),
            events,
            done=state.step == "done",
            key=self._key(state),
            count=count,
            explains=self._explains(state, moment),
            moves=circled or state.step == "breathe_out" or (state.asked and state.step in MOVING),
            asks=state.step == "open" and not state.held,
            patient=state.unanswered > 0,
            offers=state.unanswered >= len(ASKING_AGAIN["open"]),
            dot=self._dot(state, moment.t),
            swell=self._swell(state, moment.t),
            left_s=self._left_s(state, moment.t),
        )

    def _may_leave(self, state: JawGuideState, moment: Moment) -> bool:
        """Whether there is something left to leave out, and no hold or closing would be broken off."""
        return state.step not in ("close", "done") and (state.step in MOVING or moment.view.at_rest)

    def _left_out(self, state: JawGuideState, moment: Moment) -> list[Stage]:
        """Return that the stages which have not begun are skipped."""
        begun = state.asked and (state.circles > 0 or state.step in BREATHS)
        step = NEXT[state.step] if begun else state.step
        left: list[Stage] = []
        while step != "done":
            if step in STAGES:
                left.append(Stage(t=moment.t, exercise=self._exercise, name=STAGES[step], status="skipped"))
            step = NEXT[step]
        return left

    def _dot(self, state: JawGuideState, t: float) -> float | None:
        """Return where the dot to follow is, turns clockwise from the top."""
        if not state.asked or state.step not in CIRCLES:
            return None
        turns = (t - state.since) / self._spec.dot_s
        return turns if state.step == "circle_cw" else -turns

    def _swell(self, state: JawGuideState, t: float) -> float | None:
        """Return how far the ring is breathed in."""
        if state.step == "breathe_out" and not state.asked:
            return 1.0
        if not state.asked or state.step not in BREATHS:
            return None
        left = self._left_s(state, t) / max(self._waits_s[state.step], 0.1)
        return 1 - left if state.step == "breathe_in" else left

    def _left_s(self, state: JawGuideState, t: float) -> float:
        """Return how much of the breath is left; 0 in any other step."""
        if not state.asked or state.step not in BREATHS:
            return 0.0
        return max(self._waits_s[state.step] - (t - state.since), 0.0)

    def _explains(self, state: JawGuideState, moment: Moment) -> bool:
        new = state.step == "open" and (not state.tries or state.unanswered > 1)
        return state.step == "intro" or (new and moment.view.at_rest)

    def _key(self, state: JawGuideState) -> str:
        if state.step in MOVING and not state.asked:
            return "breathe_in" if state.step == "breathe_out" else "rest"
        if state.step == "open" and state.held:
            return "hold"
        return "instruction" if state.step in ("intro", "done") else state.step

    def _cue(self, moment: Moment, kind: CueKind, key: str, **values: str | int) -> Cue:
        return Cue(moment.t, kind, key, self._exercise, dict(values))

    def _ask(self, state: JawGuideState, moment: Moment, cues: list[Cue]) -> JawGuideState:
        if state.step in ("intro", "open") and not moment.view.at_rest:
            if moment.t - state.since < self._spec.remind_s:
                return state
            key = "turn_to_me" if moment.view.turned else "rest"
            cues.append(self._cue(moment, CueKind.INSTRUCTION, key))
            return replace(state, since=moment.t)
        asked = replace(
            state, asked=True, since=moment.t, moved=moment.t, countdown=Countdown(), held=False, circles=0
        )
        if state.step == "intro":
            return replace(state, step="open")
        if state.step != "close":  # the end of the hold has asked for it
            values = {"n": self._circles} if state.step in CIRCLES else {}
            cues.append(self._cue(moment, CueKind.INSTRUCTION, state.step, **values))
        return asked

    def _lead(self, state: JawGuideState, moment: Moment, cues: list[Cue]) -> JawGuideState:
        if state.step == "open":
            return self._open(state, moment, cues)
        if state.step == "close":
            return self._close(state, moment, cues)
        if state.step in CIRCLES:
            state = self._circle(state, moment, cues)
            if self._may_ask_again(state, moment):
                return self._ask_again(state, moment, cues)
            return self._next(state, moment) if self._round_off(state, moment) else state
        # Seen or not, a breath has its time: nobody who lets go for long is hurried.
        if moment.t - state.since >= self._waits_s[state.step]:
            state = self._next(state, moment)
            if state.step == "done" and (moment.view.count or not state.lost):
                cues.append(self._cue(moment, CueKind.PRAISE, "done"))
        return state

    def _next(self, state: JawGuideState, moment: Moment, step: JawStep | None = None) -> JawGuideState:
        lost = state.lost or (state.step == "circle_cw" and not state.circles)
        circles = state.circles if state.step in CIRCLES else 0
        step = step or NEXT[state.step]
        return JawGuideState(
            step, moment.t, tries=state.tries, circles=circles, turned=state.turned, lost=lost
        )

    def _may_ask_again(self, state: JawGuideState, moment: Moment) -> bool:
        """Whether it is time to ask for this step in other words; once only where time is short."""
        if state.circles or not self._late(state, moment):
            return False
        brief = moment.hurry or state.lost
        words = ASKING_AGAIN.get(state.step, ())[: 1 if brief else None]
        return state.unanswered < len(words)

    def _ask_again(self, state: JawGuideState, moment: Moment, cues: list[Cue]) -> JawGuideState:
        words = ASKING_AGAIN[state.step]
        key = "turn_to_me" if moment.view.turned else words[state.unanswered]
        cues.append(self._cue(moment, CueKind.INSTRUCTION, key))
        return replace(state, since=moment.t, unanswered=state.unanswered + 1)

    def _late(self, state: JawGuideState, moment: Moment) -> bool:
        return moment.t - max(state.since, state.moved) >= self._waits_s[state.step]

    def _circle(self, state: JawGuideState, moment: Moment, cues: list[Cue]) -> JawGuideState:
        """Count circles; if they go the other way round, say so once."""
        wanted = "clockwise" if state.step == "circle_cw" else "counterclockwise"
        seen = [event.direction == wanted for event in moment.events if isinstance(event, JawCircle)]
        if not seen:
            return state
        circles = state.circles + sum(seen)
        astray = 0 if seen[-1] else state.astray + len(seen) - sum(seen)
        heeded = seen[-1] or not state.turned  # else the next step comes when this one's time is up
        state = replace(state, circles=circles, astray=astray, moved=moment.t if heeded else state.moved)
        if seen[-1]:
            cues.append(self._cue(moment, CueKind.COUNT, "circled", n=circles))
        if astray >= self._spec.wrong_way and not state.turned:
            cues.append(self._cue(moment, CueKind.CORRECTION, "other_way"))
            return replace(state, turned=True)
        return state

    def _round_off(self, state: JawGuideState, moment: Moment) -> bool:
        """Whether to go on from the circles: all done, none for a while, or very slow ones."""
        slow = moment.t - state.since >= (self._circles + 1) * self._spec.circle_s
        return state.circles >= self._circles or slow or self._late(state, moment)

    def _open(self, state: JawGuideState, moment: Moment, cues: list[Cue]) -> JawGuideState:
        view = moment.view
        if _done("open_hold", moment):
            cues.append(self._cue(moment, CueKind.RELEASE, "close"))
            return replace(self._next(state, moment), asked=True)  # "close" has asked for it
        failed = [event for event in moment.events if isinstance(event, Attempt)]
        if failed:
            return self._retry(state, moment, failed[0].reason, cues)
        if not state.held and view.phase == "apex" and view.hold_s >= self._spec.hold_after_s:
            cues.append(self._cue(moment, CueKind.HOLD, "hold"))
            return replace(state, held=True)
        if view.at_rest and self._may_ask_again(state, moment):
            return self._ask_again(state, moment, cues)
        if view.at_rest and self._late(state, moment):
            return self._next(state, moment, "circle_cw")
        return self._count_down(state, moment, cues) if state.held else state

    def _count_down(self, state: JawGuideState, moment: Moment, cues: list[Cue]) -> JawGuideState:
        if moment.view.at_rest:  # let go so soon that it was not even a try
            return self._retry(state, moment, "too_short", cues)
        countdown, number = state.countdown.step(moment, self._spec)
        if number:
            cues.append(self._cue(moment, CueKind.COUNTDOWN, number))
        return replace(state, countdown=countdown)

    def _close(self, state: JawGuideState, moment: Moment, cues: list[Cue]) -> JawGuideState:
        rep = next((event for event in moment.events if isinstance(event, Rep)), None)
        if rep is not None:
            cues.append(self._cue(moment, CueKind.COUNT, "release", n=rep.index))
            return self._next(state, moment)
        failed = [event for event in moment.events if isinstance(event, Attempt)]
        if failed:
            return self._retry(state, moment, failed[0].reason, cues)
        if self._may_ask_again(state, moment):
            return self._ask_again(state, moment, cues)
        return self._next(state, moment) if self._late(state, moment) else state

    def _retry(self, state: JawGuideState, moment: Moment, reason: str, cues: list[Cue]) -> JawGuideState:
        cues.append(self._cue(moment, CueKind.CORRECTION, reason))
        tries = state.tries + 1
        step: JawStep = "open" if tries < self._spec.tries and not moment.hurry else "circle_cw"
        return JawGuideState(step, moment.t, tries=tries, turned=state.turned, lost=state.lost)

    def _skipped(self, state: JawGuideState, moment: Moment) -> list[Stage]:
        """Return that the circles were skipped, if none came in time."""
        name = CIRCLES.get(state.step)
        if name is None or state.circles > 0 or self._may_ask_again(state, moment):
            return []
        if not self._round_off(state, moment):
            return []
        return [Stage(t=moment.t, exercise=self._exercise, name=name, status="skipped")]


def _done(name: StageName, moment: Moment) -> bool:
    """Whether a stage was completed in this frame."""
    return any(isinstance(e, Stage) and e.name == name and e.status == "done" for e in moment.events)
