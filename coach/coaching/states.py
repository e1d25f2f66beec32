"""The states of the coach: one table for ring, bars, caption and voice.

| state | when | word (`[screen]`) | colour | the voice says |
|---|---|---|---|---|
| get ready | the neutral face is being learnt | ready | quiet | "relax your face", what to let go of |
| rest | nothing is asked for yet, or still to be let go | rest | quiet | the introduction, "and rest" |
| go | a movement was asked for | go | blue | "cheeks up" |
| waiting | ... in vain so far | waiting | blue | other words, the picture, an image, an offer |
| rising | what was asked for has begun, and its form has not been right yet | rising | blue | nothing |
| holding | the form is right, the clock runs | hold | green | "hold" after half a second, ticks |
| fix | the form is wrong or the head turned, the clock stands | the fault's own | amber | what to change |
| let go | it has counted, or a jaw may close | released | white | "and release", "that's three" |
| once more | it has not | attempt | amber | why |
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from coach.coaching.guides.guide import Guidance
from coach.coaching.screen import FaultySide, ScreenPhase
from coach.events import Reason
from coach.exercise.view import View

CoachingState: TypeAlias = Literal["rest", "go", "waiting", "rising", "holding", "fix", "let_go", "once_more"]

PHASES: Final[dict[CoachingState, ScreenPhase]] = {
    "rest": "rest",
    "go": "go",
    "waiting": "waiting",
    "rising": "rising",
    "holding": "hold",
    "fix": "fix",
    "let_go": "released",
    "once_more": "attempt",
}
ONE_SIDED: Final[frozenset[Reason]] = frozenset({"asymmetric"})


def state_of(
    view: View, guidance: Guidance, *, counted: bool, failed: bool, faulty: bool, right: bool
) -> CoachingState:
    """Return the state of an exercise that is held.

    Parameters
    ----------
    view, guidance
        The exercise and its guide in this frame.
    counted
        The movement under way has counted.
    failed
        A moment ago one has not.
    faulty
        The form has been wrong for so long that it should be told.
    right
        The form of the movement under way has been right.
    """
    down = view.phase in ("neutral", "offset")
    if failed and down:
        return "once_more"
    held = view.phase == "apex" and 0 < view.target_s <= view.hold_s
    if counted or held:  # an open jaw is held to its end before the closing makes it count
        return "let_go"
    if faulty or (view.turned and (guidance.asks or not view.at_rest)):
        return "fix"
    if view.phase == "apex" or (view.phase == "onset" and guidance.asks):  # unasked, it is a twitch so far
        return "holding" if right else "rising"
    if view.at_rest and guidance.asks:
        return "waiting" if guidance.patient else "go"
    return "rest"


def faulty_side(view: View) -> FaultySide:
    """Return whose bar shows the present fault: one side's where it is about the sides, else both."""
    if view.fault is None:
        return ""
    if view.fault in ONE_SIDED and view.bars is not None:
        return view.bars.level.weaker
    return "both"
