"""The guide of exercises that are held: ask, count the hold down, release, correct, ask again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Literal, TypeAlias

from coach.coaching.cues import Cue, CueKind
from coach.coaching.feedback import FIXED, Rationing, ration
from coach.coaching.guide import Guidance, Moment
from coach.coaching.spec import HeldGuideSpec
from coach.events import Attempt, Released, Rep, Smile

HeldGuideStage: TypeAlias = Literal["intro", "ready", "waiting", "holding", "resting", "done"]
HeldGuideTrigger: TypeAlias = Literal[
    "said", "asked", "held", "ended", "unanswered", "rested", "stayed", "enough"
]

TRANSITIONS: Final[dict[tuple[HeldGuideStage, HeldGuideTrigger], HeldGuideStage]] = {
    ("intro", "said"): "ready",
    ("ready", "asked"): "waiting",
    ("waiting", "held"): "holding",
    ("waiting", "ended"): "resting",  # a try too short to have been held
    ("waiting", "unanswered"): "ready",  # nothing came: ask again
    ("holding", "ended"): "resting",
    ("resting", "rested"): "ready",
    ("resting", "stayed"): "resting",  # not at rest for a while: a reminder
    ("ready", "stayed"): "ready",
    ("resting", "enough"): "done",
    ("ready", "enough"): "done",
}

COUNTDOWN = {3: "three", 2: "two", 1: "one"}


@dataclass(frozen=True, slots=True)
class HeldGuideState:
    """How far the guide has come.

    `stage`: since `since`, seconds. `asked`: how often a movement was asked for. `count_from`: the next
    number of the countdown. `fault_since`: when the present fault was first seen; `spoken`: it was corrected
    in this try. `failed`: failed tries in a row; `strained`: tries with the help of other muscles; `good`:
    repetitions in a row. `pause_s`: rest before the next is asked for. `side`: the weaker side of the last
    smile. `reminded`: reminders to rest since the face last was at rest. `unanswered`: how often
    the person was asked in vain since the last hold.
    """

    stage: HeldGuideStage = "intro"
    since: float = 0.0
    asked: int = 0
    count_from: int = 3
    rationing: Rationing = field(default_factory=Rationing)
    fault_since: float | None = None
    spoken: bool = False
    failed: int = 0
    strained: int = 0
    good: int = 0
    pause_s: float = 0.0
    side: str = ""
    reminded: int = 0
    unanswered: int = 0


class HeldGuide:
    """Asks for a movement, counts its hold down, releases it, corrects sparingly, and asks again."""

    watches: ClassVar[bool] = True

    def __init__(self, exercise: str, spec: HeldGuideSpec) -> None:
        self._exercise = exercise
        self._spec = spec

    def begin(self, t: float) -> HeldGuideState:
        """Return the state at the exercise's start."""
        return HeldGuideState(since=t, pause_s=self._spec.rest_s)

    def again(self, state: HeldGuideState, t: float) -> HeldGuideState:
        """Return the state after an interruption."""
        return replace(state, stage="ready", since=t, fault_since=None, spoken=False)

    def step(self, state: HeldGuideState, moment: Moment) -> tuple[HeldGuideState, Guidance]:
        """Take in one frame."""
        cues: list[Cue] = []
        if state.reminded and moment.view.at_rest:
            state = replace(state, reminded=0)
        state = self._take(state, moment, cues)
        if state.stage in ("waiting", "holding"):
            state = self._correct_live(state, moment, cues)
        if state.stage == "holding":
            state = self._count_down(state, moment, cues)
        trigger = self._trigger(state, moment)
        if trigger is not None:
            state = self._move(state, moment, trigger, cues)
        new = state.asked <= 1 and not state.failed and not moment.view.count
        explains = state.stage == "intro" or (new and moment.view.at_rest)
        return state, Guidance(tuple(cues), done=state.stage == "done", explains=explains)

    def _cue(self, moment: Moment, kind: CueKind, key: str, **values: str | int) -> Cue:
        return Cue(moment.t, kind, key, self._exercise, dict(values))

    def _take(self, state: HeldGuideState, moment: Moment, cues: list[Cue]) -> HeldGuideState:
        """Turn the exercise's events into words."""
        for event in moment.events:
            if isinstance(event, Smile) and event.weaker_side != "even":
                state = replace(state, side=event.weaker_side)
            elif isinstance(event, Rep):
                cues.append(self._cue(moment, CueKind.RELEASE, "release", n=event.index))
                state = replace(state, failed=0, good=state.good + 1, count_from=0)
            elif isinstance(event, Released):
                state = self._praise(state, moment, cues)
            elif isinstance(event, Attempt):
                strained = state.strained + (event.reason == "compensation")
                state = replace(state, failed=state.failed + 1, good=0, strained=strained)
                state = self._correct(state, moment, event.reason, cues)
        return state

    def _praise(self, state: HeldGuideState, moment: Moment, cues: list[Cue]) -> HeldGuideState:
        """Confirm a corrected fault; praise now and then."""
        if state.spoken:  # corrected within this try, and held all the same: it is fixed
            state = replace(state, rationing=Rationing(state.rationing.corrected, 0, None), spoken=False)
        rationing, word = ration(state.rationing, None)
        if word == FIXED:
            cues.append(self._cue(moment, CueKind.PRAISE, FIXED))
        elif state.good and state.good % self._spec.praise_every == 0 and moment.view.count < moment.target:
            cues.append(self._cue(moment, CueKind.PRAISE, "praise"))
        return replace(state, rationing=rationing)

    def _correct(self, state: HeldGuideState, moment: Moment, fault: str, cues: list[Cue]) -> HeldGuideState:
        """Correct a fault, but not too often; suggest a rest if tries keep failing."""
        rationing, word = ration(state.rationing, fault)
        tired = state.failed % self._spec.tired_after == 0
        if tired or (fault == "compensation" and state.strained % self._spec.strained_after == 0):
            cues.append(self._cue(moment, CueKind.CORRECTION, "rest_suggested"))
            return replace(state, rationing=rationing, spoken=False, pause_s=self._spec.rest_suggested_s)
        if state.spoken:  # while it lasted
            return replace(state, spoken=False)
        if word is not None:
            cues.append(self._cue(moment, CueKind.CORRECTION, word, side=self._side(state, moment)))
        return replace(state, rationing=rationing)

    def _side(self, state: HeldGuideState, moment: Moment) -> str:
        bars = moment.view.bars
        return bars.level.weaker if bars is not None and moment.view.phase == "apex" else state.side or "left"

    def _correct_live(self, state: HeldGuideState, moment: Moment, cues: list[Cue]) -> HeldGuideState:
        """Correct a fault that lasts while there is still time to mend it."""
        fault = moment.view.fault
        if fault is None:
            return state if state.fault_since is None else replace(state, fault_since=None)
        if state.fault_since is None:
            return replace(state, fault_since=moment.t)
        strained = fault == "compensation" and (state.strained + 1) % self._spec.strained_after == 0
        if state.spoken or strained or moment.t - state.fault_since < self._spec.fault_s:
            return state  # said already, or a rest is about to be suggested, or too early to say
        rationing, word = ration(state.rationing, fault)
        if word is not None:
            cues.append(self._cue(moment, CueKind.CORRECTION, word, side=self._side(state, moment)))
        return replace(state, rationing=rationing, spoken=True)

    def _count_down(self, state: HeldGuideState, moment: Moment, cues: list[Cue]) -> HeldGuideState:
        """Say three, two, one before the hold ends, if the hold is long enough."""
        view = moment.view
        left = view.target_s - view.hold_s
        number = state.count_from
        if number not in COUNTDOWN or view.fault is not None or left > number:
            return state
        room = view.target_s - number >= self._spec.hold_after_s + self._spec.settle_s - 1e-9
        if room and left > number - 0.5:
            cues.append(self._cue(moment, CueKind.COUNTDOWN, COUNTDOWN[number]))
        return replace(state, count_from=number - 1)

    def _trigger(self, state: HeldGuideState, moment: Moment) -> HeldGuideTrigger | None:
        """Return what this frame means in the present stage."""
        if state.stage == "intro":
            return "said" if moment.quiet and moment.t > state.since else None
        if state.stage == "ready":
            return self._ready(state, moment)
        if state.stage == "waiting":
            return self._waiting(state, moment)
        if state.stage == "holding":
            return "ended" if moment.view.at_rest or _over(moment) else None
        return self._resting(state, moment) if state.stage == "resting" else None

    def _ready(self, state: HeldGuideState, moment: Moment) -> HeldGuideTrigger | None:
        if not moment.view.at_rest:
            return "stayed" if self._stays(state, moment) else None
        if moment.late:
            return "enough"
        return "asked" if moment.quiet and moment.t - state.since >= state.pause_s else None

    def _waiting(self, state: HeldGuideState, moment: Moment) -> HeldGuideTrigger | None:
        view = moment.view
        if _over(moment):
            return "ended"
        if view.phase == "apex" and view.hold_s >= self._spec.hold_after_s and view.fault is None:
            return "held"
        waits = self._spec.unanswered_s
        patience = waits[min(state.unanswered, len(waits) - 1)]
        return "unanswered" if view.at_rest and moment.t - state.since >= patience else None

    def _resting(self, state: HeldGuideState, moment: Moment) -> HeldGuideTrigger | None:
        view = moment.view
        if not view.at_rest:
            return "stayed" if self._stays(state, moment) else None
        tried = view.count > 0 or state.asked > 1
        return "enough" if view.count >= moment.target or (moment.hurry and tried) else "rested"

    def _move(
        self, state: HeldGuideState, moment: Moment, trigger: HeldGuideTrigger, cues: list[Cue]
    ) -> HeldGuideState:
        if trigger == "asked":
            cues.append(self._cue(moment, CueKind.INSTRUCTION, "go" if state.asked == 0 else "again"))
            state = replace(
                state,
                asked=state.asked + 1,
                count_from=3,
                pause_s=self._spec.rest_s,
                fault_since=None,
                spoken=False,
            )
        elif trigger == "held":
            cues.append(self._cue(moment, CueKind.HOLD, "hold"))
            state = replace(state, unanswered=0)
        elif trigger == "stayed":
            cues.append(self._cue(moment, CueKind.INSTRUCTION, "rest"))
            state = replace(state, reminded=state.reminded + 1)
        elif trigger == "unanswered":
            state = replace(state, unanswered=state.unanswered + 1)
        return replace(state, stage=TRANSITIONS[state.stage, trigger], since=moment.t)

    def _stays(self, state: HeldGuideState, moment: Moment) -> bool:
        """Whether it is time to remind the person to rest."""
        waits = self._spec.remind_s
        due = state.reminded < len(waits) and moment.t - state.since >= waits[state.reminded]
        return moment.quiet and due


def _over(moment: Moment) -> bool:
    """Whether a try was counted or has ended."""
    return any(isinstance(event, Rep | Attempt) for event in moment.events)
