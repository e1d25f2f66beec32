"""Leading through the jaw release: open, close slowly, circles each way, a breath in and a breath out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from coach.cues import Cue, Kind
from coach.events import Attempt, JawCircle, Rep, Stage, StageName
from coach.guide import COUNTDOWN, HOLD_AFTER_S, Guidance, Moment

Step: TypeAlias = Literal[
    "intro", "open", "close", "circle_cw", "circle_ccw", "breathe_in", "breathe_out", "done"
]
NEXT: Final[dict[Step, Step]] = {
    "intro": "open",
    "open": "close",
    "close": "circle_cw",
    "circle_cw": "circle_ccw",
    "circle_ccw": "breathe_in",
    "breathe_in": "breathe_out",
    "breathe_out": "done",
}
CIRCLES: Final[dict[Step, StageName]] = {
    "circle_cw": "circles_clockwise",
    "circle_ccw": "circles_counterclockwise",
}
BREATH_S: Final[dict[Step, float]] = {"breathe_in": 3.2, "breathe_out": 4.0}
OPEN_S, CLOSE_S = 14.0, 6.0  # when to go on although nothing was recognised
CIRCLE_S = 2.8  # a slow circle
TRIES = 2


@dataclass(frozen=True, slots=True)
class JawGuideState:
    """Where in the release. `asked`: this step's cue is given; `round`: circles done in it."""

    step: Step = "intro"
    since: float = 0.0
    asked: bool = False
    held: bool = False
    count_from: int = 3
    tries: int = 0
    circles: int = 0


class JawGuide:
    """Asks for one stage after the other and goes on when it is recognised, or its time is up."""

    def __init__(self, exercise: str, circles: int) -> None:
        self._exercise = exercise
        self._circles = circles

    def begin(self, t: float) -> JawGuideState:
        """Return the state at the exercise's start."""
        return JawGuideState(since=t)

    def again(self, state: JawGuideState, t: float) -> JawGuideState:
        """Return the state after an interruption."""
        return replace(state, since=t, asked=False, held=False, circles=0)

    def step(self, state: JawGuideState, moment: Moment) -> tuple[JawGuideState, Guidance]:
        """Take in one frame."""
        cues: list[Cue] = []
        if not state.asked:
            if moment.quiet and moment.t > state.since:
                state = self._ask(state, moment, cues)
            return state, Guidance(tuple(cues), key=self._key(state))
        events = tuple(self._skipped(state, moment))
        state = self._lead(state, moment, cues)
        count = (state.circles, self._circles) if state.step in CIRCLES else None
        done = state.step == "done"
        return state, Guidance(tuple(cues), events, done=done, key=self._key(state), count=count)

    def _key(self, state: JawGuideState) -> str:
        return "instruction" if state.step in ("intro", "done") else state.step

    def _cue(self, moment: Moment, kind: Kind, key: str, **values: str | int) -> Cue:
        return Cue(moment.t, kind, key, self._exercise, dict(values))

    def _ask(self, state: JawGuideState, moment: Moment, cues: list[Cue]) -> JawGuideState:
        asked = replace(state, asked=True, since=moment.t, count_from=3, held=False)
        if state.step == "intro":
            return replace(state, step="open")
        if state.step != "close":  # the close is asked for by the release of the hold
            values = {"n": self._circles} if state.step in CIRCLES else {}
            cues.append(self._cue(moment, Kind.INSTRUCTION, state.step, **values))
        return asked

    def _lead(self, state: JawGuideState, moment: Moment, cues: list[Cue]) -> JawGuideState:
        long = moment.t - state.since
        if state.step == "open":
            return self._open(state, moment, cues)
        if state.step == "close":
            return self._close(state, moment, cues)
        if state.step in CIRCLES:
            wanted = "clockwise" if state.step == "circle_cw" else "counterclockwise"
            fresh = sum(isinstance(e, JawCircle) and e.direction == wanted for e in moment.events)
            state = replace(state, circles=state.circles + fresh)
            if state.circles >= self._circles or long >= self._circles * CIRCLE_S + CIRCLE_S:
                return self._next(state, moment)
            return state
        breathed = state.step == "breathe_out" and _done("breath_out", moment)
        if breathed or long >= BREATH_S[state.step]:
            state = self._next(state, moment)
            if state.step == "done":
                cues.append(self._cue(moment, Kind.PRAISE, "done"))
        return state

    def _next(self, state: JawGuideState, moment: Moment) -> JawGuideState:
        return JawGuideState(step=NEXT[state.step], since=moment.t, tries=state.tries)

    def _open(self, state: JawGuideState, moment: Moment, cues: list[Cue]) -> JawGuideState:
        view = moment.view
        if _done("open_hold", moment):
            cues.append(self._cue(moment, Kind.RELEASE, "close"))
            return replace(self._next(state, moment), asked=True)
        failed = [event for event in moment.events if isinstance(event, Attempt)]
        if failed:
            return self._retry(state, moment, failed[0].reason, cues)
        if not state.held and view.phase == "apex" and view.hold_s >= HOLD_AFTER_S:
            cues.append(self._cue(moment, Kind.HOLD, "hold"))
            return replace(state, held=True)
        left = view.target_s - view.hold_s
        if state.held and state.count_from in COUNTDOWN and left <= state.count_from:
            cues.append(self._cue(moment, Kind.COUNTDOWN, COUNTDOWN[state.count_from]))
            return replace(state, count_from=state.count_from - 1)
        if view.at_rest and moment.t - state.since >= OPEN_S:
            return replace(self._next(state, moment), step="circle_cw")
        return state

    def _close(self, state: JawGuideState, moment: Moment, cues: list[Cue]) -> JawGuideState:
        rep = next((event for event in moment.events if isinstance(event, Rep)), None)
        if rep is not None:
            cues.append(self._cue(moment, Kind.COUNT, "release", n=rep.index))
            return self._next(state, moment)
        failed = [event for event in moment.events if isinstance(event, Attempt)]
        if failed:
            return self._retry(state, moment, failed[0].reason, cues)
        if moment.t - state.since >= CLOSE_S:
            return self._next(state, moment)
        return state

    def _retry(self, state: JawGuideState, moment: Moment, reason: str, cues: list[Cue]) -> JawGuideState:
        cues.append(self._cue(moment, Kind.CORRECTION, reason))
        tries = state.tries + 1
        step: Step = "open" if tries < TRIES else "circle_cw"
        return JawGuideState(step=step, since=moment.t, tries=tries)

    def _skipped(self, state: JawGuideState, moment: Moment) -> list[Stage]:
        """Circles that did not come in their time are named as skipped."""
        name = CIRCLES.get(state.step)
        late = moment.t - state.since >= self._circles * CIRCLE_S + CIRCLE_S
        if name is None or not late or state.circles > 0:
            return []
        return [Stage(t=moment.t, exercise=self._exercise, name=name, status="skipped")]


def _done(name: StageName, moment: Moment) -> bool:
    """Whether a stage was recognised as done in this frame."""
    return any(isinstance(e, Stage) and e.name == name and e.status == "done" for e in moment.events)
