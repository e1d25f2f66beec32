"""The guide of exercises that are held: ask, count the hold down, release, correct, ask again."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from coach.coaching.cues import Cue, CueKind
from coach.coaching.guides.countdown import Countdown
from coach.coaching.guides.feedback import FIXED, Rationing, ration
from coach.coaching.guides.guide import Guidance, Moment
from coach.coaching.guides.held_stages import (
    HeldGuideState,
    HeldGuideTrigger,
    moved,
    over,
    seen,
    trigger,
)
from coach.coaching.spec import HeldGuideSpec
from coach.events import Attempt, Released, Rep, Smile

ASKING_AGAIN: Final = ("another", "show", "image", "offer")
"""Said to a person who does not answer, one after the other; then the last two in turn."""
OFFER_AFTER = 2  # suggested rests that did not help; the neutral face may be wrong, or the exercise too hard
FLICKER_S = 0.3  # a fault that comes and goes within this time counts as lasting
AGAIN_S = 1.0  # a hold that is taken up again within this time is the same one
ASKING: Final = frozenset({"go", "again", *ASKING_AGAIN})
PAST: Final = frozenset({FIXED, "praise", "rest_suggested"})
"""Said of the try before; in the middle of a hold they would be taken for its end."""


class HeldGuide:
    """Asks for a movement, counts its hold down, releases it, corrects sparingly, and asks again."""

    watches: ClassVar[bool] = True

    def __init__(self, exercise: str, spec: HeldGuideSpec) -> None:
        self._exercise = exercise
        self._spec = spec
        self._offer_after = OFFER_AFTER * spec.tired_after  # failed tries in a row

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
        state = seen(state, moment)
        state = self._take(state, moment, cues)
        if state.stage in ("waiting", "holding"):
            state = self._correct_live(state, moment, cues)
        if state.stage == "holding":
            countdown, number = state.countdown.step(moment, self._spec)
            state = replace(state, countdown=countdown)
            if number:
                cues.append(self._cue(moment, CueKind.COUNTDOWN, number))
        found = trigger(state, moment, self._spec)
        if found is not None:
            state = self._move(state, moment, found, cues)
        new = state.asked <= 1 and not state.failed and not moment.view.count
        explains = state.stage == "intro" or (moment.view.at_rest and (new or state.unanswered > 1))
        return state, Guidance(
            tuple(cues),
            done=state.stage == "done",
            explains=explains,
            asks=state.stage == "waiting",
            patient=state.unanswered > 0,
            offers=self._offers(state),
            stale=self._stale(state, moment),
        )

    def _offers(self, state: HeldGuideState) -> bool:
        asked = state.unanswered >= len(ASKING_AGAIN) and not state.away
        return asked or state.failed >= self._offer_after

    def _cue(self, moment: Moment, kind: CueKind, key: str, **values: str | int) -> Cue:
        return Cue(moment.t, kind, key, self._exercise, dict(values))

    def _stale(self, state: HeldGuideState, moment: Moment) -> frozenset[str]:
        """Return the phrases that are no longer true, should they still be waiting to be said."""
        stale = frozenset[str]()
        if not moment.view.at_rest:
            stale |= ASKING
            if state.early:  # explained in mid-movement, it would be a call to begin
                stale |= {"intro"}
        if moment.view.phase == "apex":
            stale |= PAST
            if moment.t - state.let_go_t < AGAIN_S:
                stale |= {"too_short"}
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
        rest = "rest_suggested" if state.failed % self._offer_after else "offer"
        if tired or (fault == "compensation" and state.strained % self._spec.strained_after == 0):
            kind = CueKind.INSTRUCTION if due else CueKind.CORRECTION  # one of a kind: after the reason
            cues.append(self._cue(moment, kind, rest))
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

    def _move(
        self, state: HeldGuideState, moment: Moment, found: HeldGuideTrigger, cues: list[Cue]
    ) -> HeldGuideState:
        if found == "asked":
            cues.append(self._cue(moment, CueKind.INSTRUCTION, "go" if state.asked == 0 else "again"))
        if found in ("asked", "began"):
            state = replace(
                state,
                asked=state.asked + 1,
                unanswered=0 if state.away else state.unanswered,
                away=False,
                countdown=Countdown(),
                pause_s=self._spec.rest_s,
                spoken=False,
                told=False,
                early=found == "began",
            )
        if found == "held":
            if moment.t - moment.view.hold_s - state.let_go_t > AGAIN_S:
                cues.append(self._cue(moment, CueKind.HOLD, "hold"))
            state = replace(state, unanswered=0, told=False)
        elif found == "ended" and state.stage == "holding" and not over(moment):
            if not state.told:  # let go so soon that it was not even a try
                cues.append(self._cue(moment, CueKind.CORRECTION, "too_short"))
                state = replace(state, let_go_t=moment.t)
        elif found == "stayed":
            key = "turn_to_me" if moment.view.turned else "rest"  # a turned face is not seen to rest
            cues.append(self._cue(moment, CueKind.INSTRUCTION, key))
            state = replace(state, reminded=state.reminded + 1)
        elif found == "unanswered":
            turn = state.unanswered
            if turn >= len(ASKING_AGAIN):
                turn = len(ASKING_AGAIN) - 2 + turn % 2
            key = "turn_to_me" if moment.view.turned else ASKING_AGAIN[turn]
            cues.append(self._cue(moment, CueKind.INSTRUCTION, key))
            state = replace(state, unanswered=state.unanswered + 1, away=moment.view.turned)
        return moved(state, found, moment.t)
