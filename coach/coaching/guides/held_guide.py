"""The guide of exercises that are held: ask, count the hold down, release, correct, ask again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Literal, TypeAlias

from coach.coaching.cues import Cue, CueKind
from coach.coaching.guides.countdown import Countdown
from coach.coaching.guides.feedback import FIXED, Rationing, ration
from coach.coaching.guides.guide import Guidance, Moment
from coach.coaching.spec import HeldGuideSpec
from coach.events import Attempt, Reason, Released, Rep, Smile

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
    ("waiting", "rested"): "ready",  # it had begun by itself, and was nothing
    ("waiting", "ended"): "resting",  # a try too short to have been held
    ("waiting", "unanswered"): "waiting",  # nothing came: ask in other words
    ("holding", "ended"): "resting",
    ("resting", "rested"): "ready",
    ("resting", "stayed"): "resting",  # not at rest for a while: a reminder
    ("ready", "stayed"): "ready",
    ("resting", "enough"): "done",
    ("ready", "enough"): "done",
}

ASKING_AGAIN: Final = ("another", "show", "image", "offer")
"""What is said to a person who does not answer, one after the other; then the last two by turns."""
FLICKER_S = 0.3  # a fault that comes and goes within this time is there
STEADY_S = 1.0  # a hold that has counted for this long is one, even if its form flickers
ASKING: Final = frozenset({"go", "again", *ASKING_AGAIN})


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
    was last being said. `faced`: the person was asked to face the camera, so that the sides can be compared.
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
    faced: bool = False


class HeldGuide:
    """Asks for a movement, counts its hold down, releases it, corrects sparingly, and asks again."""

    watches: ClassVar[bool] = True

    def __init__(self, exercise: str, spec: HeldGuideSpec) -> None:
        self._exercise = exercise
        self._spec = spec

    def begin(self, t: float) -> HeldGuideState:
        """Return the state at the exercise's start."""
        return HeldGuideState(since=t, heard_t=t, pause_s=self._spec.rest_s)

    def again(self, state: HeldGuideState, t: float) -> HeldGuideState:
        """Return the state after an interruption."""
        return replace(
            state,
            stage="ready",
            since=t,
            heard_t=t,
            right_since=None,
            fault_since=None,
            fault=None,
            spoken=False,
            told=False,
            unanswered=0,
        )

    def step(self, state: HeldGuideState, moment: Moment) -> tuple[HeldGuideState, Guidance]:
        """Take in one frame."""
        cues: list[Cue] = []
        state = self._look(state, moment)
        state = self._take(state, moment, cues)
        if state.stage in ("waiting", "holding"):
            state = self._correct_live(state, moment, cues)
        if state.stage == "holding":
            countdown, number = state.countdown.step(moment, self._spec)
            state = replace(state, countdown=countdown)
            if number:
                cues.append(self._cue(moment, CueKind.COUNTDOWN, number))
        trigger = self._trigger(state, moment)
        if trigger is not None:
            state = self._move(state, moment, trigger, cues)
        new = state.asked <= 1 and not state.failed and not moment.view.count
        explains = state.stage == "intro" or (moment.view.at_rest and (new or state.unanswered > 1))
        return state, Guidance(
            tuple(cues),
            done=state.stage == "done",
            explains=explains,
            asks=state.stage == "waiting",
            patient=state.unanswered > 0,
            offers=state.unanswered >= len(ASKING_AGAIN),
            stale=self._stale(state, moment),
        )

    def _cue(self, moment: Moment, kind: CueKind, key: str, **values: str | int) -> Cue:
        return Cue(moment.t, kind, key, self._exercise, dict(values))

    def _look(self, state: HeldGuideState, moment: Moment) -> HeldGuideState:
        """Note how the form and the hold are getting on, and when something was last being said."""
        view, t = moment.view, moment.t
        state = replace(
            state,
            reminded=0 if view.at_rest else state.reminded,
            heard_t=state.heard_t if moment.quiet else t,
        )
        if view.phase != "apex":
            return replace(state, right_since=None, fault_since=None, fault=None, best_s=0.0, grown_t=t)
        if view.hold_s > state.best_s:
            state = replace(state, best_s=view.hold_s, grown_t=t)
        if view.fault is None:
            since = state.right_since
            if since is None:  # right from half-way up on, unless something was wrong before
                since = t if state.fault is not None else t - view.hold_s
            return replace(state, right_since=since, fault_since=None)
        since = t if state.fault_since is None else state.fault_since
        return replace(state, right_since=None, fault_since=since, fault=view.fault, fault_t=t)

    def _stale(self, state: HeldGuideState, moment: Moment) -> frozenset[str]:
        """Return the phrases that are no longer true, should they still be waiting to be said."""
        stale = frozenset[str]()
        if not moment.view.at_rest:
            stale |= ASKING
        if state.stage != "holding" and any(isinstance(e, Released | Attempt) for e in moment.events):
            stale |= {"hold", "release"}
        return stale

    def _take(self, state: HeldGuideState, moment: Moment, cues: list[Cue]) -> HeldGuideState:
        """Turn the exercise's events into words."""
        for event in moment.events:
            if isinstance(event, Smile):
                state = self._compare(state, moment, event, cues)
            elif isinstance(event, Rep):
                cues.append(self._cue(moment, CueKind.RELEASE, "release", n=event.index))
                cues.append(self._cue(moment, CueKind.COUNT, "counted", n=event.index))
                state = replace(state, failed=0, unanswered=0, good=state.good + 1)
            elif isinstance(event, Released):
                state = self._praise(state, moment, cues)
            elif isinstance(event, Attempt):
                strained = state.strained + (event.reason == "compensation")
                state = replace(state, failed=state.failed + 1, unanswered=0, good=0, strained=strained)
                state = self._correct(state, moment, event.reason, cues)
        return state

    def _compare(
        self, state: HeldGuideState, moment: Moment, smile: Smile, cues: list[Cue]
    ) -> HeldGuideState:
        """Remember the weaker side; ask once for a better view where the sides cannot be compared."""
        if smile.weaker_side == "unclear" and not state.faced:
            cues.append(self._cue(moment, CueKind.INSTRUCTION, "face_me"))
            return replace(state, faced=True)
        return replace(state, side=smile.weaker_side) if smile.weaker_side in ("left", "right") else state

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
        """Correct a fault, not too often unless "hold" was said; suggest a rest if tries keep failing."""
        rationing, word = ration(state.rationing, fault)
        due = state.stage == "holding" and not state.told
        if due:
            cues.append(self._cue(moment, CueKind.CORRECTION, fault, side=self._side(state, moment)))
            rationing = Rationing(fault, 0, fault)
        tired = state.failed % self._spec.tired_after == 0
        if tired or (fault == "compensation" and state.strained % self._spec.strained_after == 0):
            kind = CueKind.INSTRUCTION if due else CueKind.CORRECTION  # one of a kind: after the reason
            cues.append(self._cue(moment, kind, "rest_suggested"))
            return replace(state, rationing=rationing, spoken=False, pause_s=self._spec.rest_suggested_s)
        if state.spoken:  # while it lasted
            return replace(state, spoken=False, rationing=rationing if due else state.rationing)
        if word is not None and not due:
            cues.append(self._cue(moment, CueKind.CORRECTION, word, side=self._side(state, moment)))
        return replace(state, rationing=rationing)

    def _side(self, state: HeldGuideState, moment: Moment) -> str:
        bars = moment.view.bars
        return bars.level.weaker if bars is not None and moment.view.phase == "apex" else state.side or "left"

    def _correct_live(self, state: HeldGuideState, moment: Moment, cues: list[Cue]) -> HeldGuideState:
        """Correct a fault that lasts: sparingly while it can be mended in time, for certain after that."""
        fault, t = state.fault, moment.t
        if fault is None or moment.view.phase != "apex" or t - state.fault_t > FLICKER_S:
            return state
        since = t if state.fault_since is None else state.fault_since
        lasted_s = t - min(since, state.grown_t)  # a fault that comes and goes may cost the hold as well
        if state.grown_t == t:
            lasted_s = 0.0
        strained = fault == "compensation" and (state.strained + 1) % self._spec.strained_after == 0
        if strained or lasted_s < self._spec.fault_s or not moment.quiet:
            return state  # a rest is about to be suggested, or too early to say
        if state.told and t - state.heard_t < self._spec.silence_s:
            return state
        cue = self._cue(moment, CueKind.CORRECTION, fault, side=self._side(state, moment))
        left_s = moment.view.target_s - moment.view.hold_s
        rationing, word = ration(state.rationing, fault)
        hasty = moment.lasts(cue) > left_s + self._spec.fault_s  # it would still be said at the release
        if lasted_s < self._spec.stuck_s and (hasty or word is None):
            return state
        if word is None:
            rationing = Rationing(fault, 0, fault)
        cues.append(cue)
        return replace(state, rationing=rationing, spoken=True, told=True)

    def _trigger(self, state: HeldGuideState, moment: Moment) -> HeldGuideTrigger | None:
        """Return what this frame means in the present stage."""
        look = {
            "intro": self._intro,
            "ready": self._ready,
            "waiting": self._waiting,
            "holding": self._holding,
            "resting": self._resting,
        }.get(state.stage)
        return None if look is None else look(state, moment)

    def _intro(self, state: HeldGuideState, moment: Moment) -> HeldGuideTrigger | None:
        if moment.t <= state.since:
            return None
        return "began" if _tries(moment) else "said" if moment.quiet else None

    def _holding(self, state: HeldGuideState, moment: Moment) -> HeldGuideTrigger | None:
        del state
        return "ended" if moment.view.at_rest or _over(moment) else None

    def _ready(self, state: HeldGuideState, moment: Moment) -> HeldGuideTrigger | None:
        if _tries(moment):
            return "began"
        if not moment.view.at_rest:
            return "stayed" if self._stays(state, moment) else None
        if moment.late or moment.view.count >= moment.target:
            return "enough"
        return "asked" if moment.quiet and moment.t - state.since >= state.pause_s else None

    def _waiting(self, state: HeldGuideState, moment: Moment) -> HeldGuideTrigger | None:
        view = moment.view
        if _over(moment):
            return "ended"
        right_s = 0.0 if state.right_since is None else moment.t - state.right_since
        growing = state.grown_t == moment.t and view.fault is None
        if right_s >= self._spec.hold_after_s or (growing and view.hold_s >= STEADY_S):
            return "held"
        if view.at_rest and state.early:
            return "rested"
        if not view.at_rest:
            return "stayed" if view.phase == "offset" and self._stays(state, moment) else None
        waits = self._spec.unanswered_s
        patience = waits[min(state.unanswered, len(waits) - 1)]
        return "unanswered" if moment.quiet and moment.t - state.heard_t >= patience else None

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
        if trigger in ("asked", "began"):
            state = replace(
                state,
                asked=state.asked + 1,
                countdown=Countdown(),
                pause_s=self._spec.rest_s,
                spoken=False,
                told=False,
                early=trigger == "began",
            )
        if trigger == "held":
            cues.append(self._cue(moment, CueKind.HOLD, "hold"))
            state = replace(state, unanswered=0, told=False)
        elif trigger == "ended" and state.stage == "holding" and not _over(moment):
            if not state.told:  # let go so soon that it was not even a try
                cues.append(self._cue(moment, CueKind.CORRECTION, "too_short"))
        elif trigger == "stayed":
            cues.append(self._cue(moment, CueKind.INSTRUCTION, "rest"))
            state = replace(state, reminded=state.reminded + 1)
        elif trigger == "unanswered":
            turn = state.unanswered
            if turn >= len(ASKING_AGAIN):
                turn = len(ASKING_AGAIN) - 2 + turn % 2
            cues.append(self._cue(moment, CueKind.INSTRUCTION, ASKING_AGAIN[turn]))
            state = replace(state, unanswered=state.unanswered + 1)
        return replace(state, stage=TRANSITIONS[state.stage, trigger], since=moment.t)

    def _stays(self, state: HeldGuideState, moment: Moment) -> bool:
        """Whether it is time to remind the person to rest."""
        waits = self._spec.remind_s
        wait_s = waits[min(state.reminded, len(waits) - 1)]
        return moment.quiet and moment.t - max(state.since, state.heard_t) >= wait_s


def _tries(moment: Moment) -> bool:
    """Whether a movement is under way that may count."""
    return moment.view.phase == "apex"


def _over(moment: Moment) -> bool:
    """Whether a try was counted or has ended."""
    return any(isinstance(event, Rep | Attempt) for event in moment.events)
