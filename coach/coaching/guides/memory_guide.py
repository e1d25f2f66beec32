"""The guide of the memories: name one, keep silent, say how the smile came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeAlias

from coach.coaching.cues import Cue, CueKind
from coach.coaching.guides.guide import Guidance, Moment
from coach.coaching.spec import MemoryGuideSpec
from coach.events import Recall

MemoryGuideStage: TypeAlias = Literal["intro", "ready", "silence", "resting", "done"]


@dataclass(frozen=True, slots=True)
class MemoryGuideState:
    """How far the guide has come. `number`: the last memory cued; `rest_since`: at rest since then."""

    stage: MemoryGuideStage = "intro"
    since: float = 0.0
    number: int = 0
    rest_since: float | None = None


class MemoryGuide:
    """Cues one memory after the other and leaves silence for each."""

    watches: ClassVar[bool] = False  # a busy machine is no reason to ask for a memory twice

    def __init__(self, exercise: str, spec: MemoryGuideSpec) -> None:
        self._exercise = exercise
        self._spec = spec

    def begin(self, t: float) -> MemoryGuideState:
        """Return the state at the exercise's start."""
        return MemoryGuideState(since=t)

    def again(self, state: MemoryGuideState, t: float) -> MemoryGuideState:
        """Return the state after an interruption: an unanswered memory is cued again."""
        number = state.number - 1 if state.stage == "silence" else state.number
        return MemoryGuideState("ready", t, max(number, 0))

    def step(self, state: MemoryGuideState, moment: Moment) -> tuple[MemoryGuideState, Guidance]:
        """Take in one frame."""
        recall = next((event for event in moment.events if isinstance(event, Recall)), None)
        if state.stage == "intro":
            said = moment.quiet and moment.t > state.since
            return replace(state, stage="ready") if said else state, Guidance(explains=True)
        first = state.number == 0  # without it, there was no use in beginning
        if (
            state.stage == "ready"
            and moment.quiet
            and self._rested(state, moment)
            and (first or not moment.late)
        ):
            number = state.number + 1
            return MemoryGuideState("silence", moment.t, number), Guidance(
                (self._name(moment, number),), give=True, asks=True, patient=True
            )
        if state.stage == "silence" and recall is not None:
            return MemoryGuideState("resting", moment.t, state.number), Guidance(
                (self._answer(moment, recall),)
            )
        if state.stage in ("ready", "resting") and moment.quiet and self._rested(state, moment):
            if not first and (state.number >= moment.target or moment.hurry or moment.late):
                return replace(state, stage="done"), Guidance(done=True)
            return replace(state, stage="ready", since=moment.t), Guidance()
        since = None if not moment.view.at_rest else state.rest_since or moment.t
        waits = state.stage == "silence"  # it is the person's turn: at rest, but not asked to rest
        return replace(state, rest_since=since), Guidance(asks=waits, patient=waits)

    def _rested(self, state: MemoryGuideState, moment: Moment) -> bool:
        if state.number == 0:
            return moment.view.at_rest
        return state.rest_since is not None and moment.t - state.rest_since >= self._spec.rest_s

    def _name(self, moment: Moment, number: int) -> Cue:
        name = moment.names[(number - 1) % len(moment.names)] if moment.names else ""
        values: dict[str, str | int] = {"n": number, "name": name} if name else {"n": number}
        key = "recall_named" if name else "recall"
        return Cue(moment.t, CueKind.INSTRUCTION, key, self._exercise, values)

    def _answer(self, moment: Moment, recall: Recall) -> Cue:
        values: dict[str, str | int] = {}
        if recall.latency_s is None:
            key = "turn_to_me" if moment.view.turned else "no_smile"
        elif not recall.in_time:
            key = "recalled_late"
        elif recall.eye_engaged:
            key, values = "recalled", {"seconds": max(round(recall.latency_s), 1)}
        else:
            key = "recalled_mouth"
        return Cue(moment.t, CueKind.PRAISE, key, self._exercise, values)
