"""The stages of a held exercise as its guide sees them, and what leads from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from coach.coaching.guides.countdown import Countdown
from coach.coaching.guides.feedback import Rationing
from coach.coaching.guides.guide import Moment
from coach.coaching.spec import HeldGuideSpec
from coach.events import Attempt, Reason, Rep

HeldGuideStage: TypeAlias = Literal["intro", "ready", "waiting", "holding", "resting", "done"]
HeldGuideTrigger: TypeAlias = Literal[
    "said", "asked", "began", "held", "ended", "unanswered", "rested", "stayed", "enough"
]

TRANSITIONS: Final[dict[tuple[HeldGuideStage, HeldGuideTrigger], HeldGuideStage]] = {
    ("intro", "said"): "ready",
    ("intro", "began"): "waiting",  # impatient: nobody has asked yet
    ("ready", "began"): "waiting",
    ("ready", "asked"): "waiting",
    ("waiting", "held"): "holding",
    ("waiting", "stayed"): "waiting",
    ("waiting", "rested"): "ready",  # it had begun by itself, and was nothing; or the head has turned back
    ("waiting", "ended"): "resting",  # a try too short to have been held
    ("waiting", "unanswered"): "waiting",  # nothing came: ask in other words
    ("holding", "ended"): "resting",
    ("holding", "stayed"): "holding",  # let go too far, and up again: it is over
    ("resting", "rested"): "ready",
    ("resting", "stayed"): "resting",  # not at rest for a while: a reminder
    ("ready", "stayed"): "ready",
    ("resting", "enough"): "done",
    ("ready", "enough"): "done",
}

STEADY_S = 1.0  # a hold that has counted for this long is one, even if its form flickers


@dataclass(frozen=True, slots=True)
class HeldGuideState:
    """How far the guide has come.

    `stage`: since `since`, seconds. `asked`: how often a movement was asked for. `countdown`: of the hold.
    `right_since`: since when the form has been right in a movement; `best_s`: its longest hold so far, and
    `grown_t`: when that last grew; `fault`: the last one seen in it, at `fault_t`, since `fault_since`.
    `spoken`: it was corrected in this try; `told`: the reason was said, since "hold" if that was said;
    `early`: the movement began unasked. `failed`: failed tries in a row; `strained`: tries with the help of
    other muscles; `good`: repetitions in a row. `pause_s`: rest before the next is asked for. `side`: the
    weaker side of the last smile. `reminded`: reminders to rest since the face last was at rest.
    `unanswered`: how often the person was asked in vain since the last movement. `heard_t`: when something
    was last being said. `let_go_t`: when a hold ended that was not even a try. `faced`: the person was asked
    to face the camera, so that the sides can be compared. `away`: they were asked to turn back to it since
    the movement was last asked for.
    """

    stage: HeldGuideStage = "intro"
    since: float = 0.0
    asked: int = 0
    countdown: Countdown = Countdown()  # noqa: RUF009 - it is frozen
    rationing: Rationing = field(default_factory=Rationing)
    right_since: float | None = None
    best_s: float = 0.0
    grown_t: float = 0.0
    fault: Reason | None = None
    fault_t: float = 0.0
    fault_since: float | None = None
    spoken: bool = False
    told: bool = False
    early: bool = False
    failed: int = 0
    strained: int = 0
    good: int = 0
    pause_s: float = 0.0
    side: str = ""
    reminded: int = 0
    unanswered: int = 0
    heard_t: float = 0.0
    let_go_t: float = float("-inf")
    faced: bool = False
    away: bool = False


def seen(state: HeldGuideState, moment: Moment) -> HeldGuideState:
    """Note how the form and the hold are getting on, and when something was last being said."""
    view, t = moment.view, moment.t
    state = replace(
        state,
        reminded=0 if view.at_rest else state.reminded,
        heard_t=state.heard_t if moment.quiet else t,
    )
    if view.phase != "apex":
        grown_t = state.grown_t if view.phase == "offset" else t
        return replace(state, right_since=None, fault_since=None, fault=None, best_s=0.0, grown_t=grown_t)
    if view.hold_s > state.best_s:
        state = replace(state, best_s=view.hold_s, grown_t=t)
    if view.fault is None:
        since = state.right_since
        if since is None:  # right from half-way up on, unless something was wrong before
            since = t if state.fault is not None else t - view.hold_s
        return replace(state, right_since=since, fault_since=None)
    since = t if state.fault_since is None else state.fault_since
    return replace(state, right_since=None, fault_since=since, fault=view.fault, fault_t=t)


def trigger(state: HeldGuideState, moment: Moment, spec: HeldGuideSpec) -> HeldGuideTrigger | None:
    """Return what this frame means in the present stage; None if nothing."""
    find = TRIGGERS.get(state.stage)
    return None if find is None else find(state, moment, spec)


def moved(state: HeldGuideState, found: HeldGuideTrigger, t: float) -> HeldGuideState:
    """Return the state in the next stage, which begins at `t` seconds."""
    return replace(state, stage=TRANSITIONS[state.stage, found], since=t)


def over(moment: Moment) -> bool:
    """Whether a try was counted or has ended."""
    return any(isinstance(event, Rep | Attempt) for event in moment.events)


def _intro(state: HeldGuideState, moment: Moment, spec: HeldGuideSpec) -> HeldGuideTrigger | None:
    del spec
    if moment.t <= state.since:
        return None
    return "began" if _tries(moment) else "said" if moment.quiet else None


def _ready(state: HeldGuideState, moment: Moment, spec: HeldGuideSpec) -> HeldGuideTrigger | None:
    if _tries(moment):
        return "began"
    if not moment.view.at_rest:
        return "stayed" if _stays(state, moment, spec) else None
    if moment.late or moment.view.count >= moment.target:
        return "enough"
    return "asked" if moment.quiet and moment.t - state.since >= state.pause_s else None


def _waiting(state: HeldGuideState, moment: Moment, spec: HeldGuideSpec) -> HeldGuideTrigger | None:
    view = moment.view
    if over(moment):
        return "ended"
    right_s = 0.0 if state.right_since is None else moment.t - state.right_since
    growing = state.grown_t == moment.t and view.fault is None
    if right_s >= spec.hold_after_s or (growing and view.hold_s >= STEADY_S):
        return "held"
    if view.at_rest and (state.early or (state.away and not view.turned)):
        return "rested"
    if not view.at_rest:
        return "stayed" if view.phase == "offset" and _stays(state, moment, spec) else None
    waits = spec.unanswered_s
    patience = waits[min(state.unanswered, len(waits) - 1)]
    return "unanswered" if moment.quiet and moment.t - state.heard_t >= patience else None


def _holding(state: HeldGuideState, moment: Moment, spec: HeldGuideSpec) -> HeldGuideTrigger | None:
    if moment.view.at_rest or over(moment):
        return "ended"
    return "stayed" if moment.view.phase == "offset" and _stays(state, moment, spec) else None


def _resting(state: HeldGuideState, moment: Moment, spec: HeldGuideSpec) -> HeldGuideTrigger | None:
    view = moment.view
    if not view.at_rest:
        return "stayed" if _stays(state, moment, spec) else None
    tried = view.count > 0 or state.asked > 1
    return "enough" if view.count >= moment.target or (moment.hurry and tried) else "rested"


TRIGGERS: Final[
    dict[HeldGuideStage, Callable[[HeldGuideState, Moment, HeldGuideSpec], HeldGuideTrigger | None]]
] = {
    "intro": _intro,
    "ready": _ready,
    "waiting": _waiting,
    "holding": _holding,
    "resting": _resting,
}


def _tries(moment: Moment) -> bool:
    """Whether a movement is under way that may count."""
    return moment.view.phase == "apex"


def _stays(state: HeldGuideState, moment: Moment, spec: HeldGuideSpec) -> bool:
    """Whether it is time to remind the person to rest: soon where they hold up what cannot count."""
    waits, since = spec.remind_s, max(state.since, state.heard_t)
    wait_s = waits[min(state.reminded, len(waits) - 1)]
    if state.stage != "resting":
        since = max(since, state.grown_t)
        if not state.reminded and _full(moment):
            wait_s = min(wait_s, spec.stuck_s)
    return moment.quiet and moment.t - since >= wait_s


def _full(moment: Moment) -> bool:
    bars = moment.view.bars
    return bars is not None and bars.level.mean >= bars.band[0]
