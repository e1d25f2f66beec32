"""Gaps between frames, and what may have happened in them: in doubt, for the person.

A machine that stutters shows nothing for a while. Nobody rests and is back within 1.5 s unseen, so a hold
goes on over such a gap where the face is in the same state before and after it. A rise or a fall inside a
gap is placed by a straight line, which is a guess.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise

from coach.exercise import kinematics
from coach.exercise.kinematics import LevelTrace
from coach.exercise.repetition import RepState

GAP_S = 1.6  # between two frames: 1.5 s without pictures and a slow frame; a longer gap interrupts
SEEN_S = 0.3  # between two frames; a longer interval may hide a movement
FALL_S = 0.5  # nobody takes longer to let go, once it is under way
RISE_S = 0.5  # the same for the rise
UNDER_WAY = 0.8  # of the plateau; below it, and on from frame to frame, a fall or a rise is under way
UNDER_WAY_FRAMES = 3
ON_THE_WAY = 0.6
BLINK_S = 0.7  # levels that cannot be trusted for longer than this are more than a blink


def gap_around(trace: LevelTrace, t: float) -> tuple[float, float]:
    """Return the frames' times before and after the gap that `t` lies in; (t, t) if it is in none."""
    after = bisect_left(trace, t, key=lambda point: point[0])
    if not 0 < after < len(trace):
        return t, t
    before_t, after_t = trace[after - 1][0], trace[after][0]
    return (before_t, after_t) if after_t - before_t > SEEN_S else (t, t)


def onset(trace: LevelTrace, floor: float, start: float) -> float:
    """Return when the movement left rest; one that was still low before a gap or a blink left it in there.

    The line drawn through what is hidden is flatter than the rise, and would lead back to before it.
    """
    begun = kinematics.onset(trace, floor, start)
    before_t, after_t = gap_around(trace, kinematics.low_crossing(trace, floor, start))
    return max(begun, before_t) if after_t > before_t else begun


def half_risen(trace: LevelTrace, floor: float, start: float, plateau: float, share: float) -> float:
    """Return when the rise crossed `share` of the plateau.

    In a gap behind which it was still under way, shortly before its end.
    """
    crossed = kinematics.crossing(trace, floor, start, plateau, share)
    before_t, after_t = gap_around(trace, crossed)
    if after_t > before_t and _rising(trace, after_t, floor, UNDER_WAY * plateau):
        return max(crossed, after_t - RISE_S / 2)
    return crossed


def _rising(trace: LevelTrace, t: float, floor: float, below: float) -> bool:
    """Whether the rise was still under way in the frames from `t` on, the first of them `below` a height."""
    first = bisect_left(trace, t, key=lambda point: point[0])
    heights = [level - floor for _, level in trace[first : first + UNDER_WAY_FRAMES]]
    return _under_way(heights) and heights[0] < below


def _falling(trace: LevelTrace, t: float, floor: float, below: float) -> bool:
    """Whether letting go was under way in the frames up to `t`, the last of them `below` a height."""
    last = bisect_right(trace, t, key=lambda point: point[0])
    heights = [level - floor for _, level in trace[max(last - UNDER_WAY_FRAMES, 0) : last]]
    return _under_way(heights[::-1]) and heights[-1] < below


def _under_way(heights: list[float]) -> bool:
    return len(heights) == UNDER_WAY_FRAMES and all(a < b for a, b in pairwise(heights))


def fallen(trace: LevelTrace, floor: float, threshold: float, plateau: float) -> float:
    """Return when the last two levels crossed `threshold` downwards; heights above `floor`.

    In a gap that began while the face was letting go, soon after its beginning.
    """
    crossed = kinematics.fall(trace, floor, threshold)
    before_t = trace[-2][0]
    if trace[-1][0] - before_t > SEEN_S and _falling(trace, before_t, floor, UNDER_WAY * plateau):
        return min(crossed, before_t + FALL_S / 2)
    return crossed


def came_to_rest(state: RepState, t: float, height: float, share: float) -> bool:
    """Whether a movement came to rest in the gap before `t`: long enough to let go in, and low behind it.

    What is seen then may be higher than rest: the next movement may have begun.

    Parameters
    ----------
    state
        Before this frame.
    t
        Of this frame, seconds.
    height
        Of this frame's level above rest.
    share
        Of the plateau; what is below has let go. Where the face was on its way down before the gap, less is
        low enough.
    """
    trusted_t = state.trace[-1][0] if state.trace else t
    gap = t - state.t >= FALL_S or t - trusted_t > BLINK_S  # a blink may lengthen it at either end
    if _falling(state.trace, trusted_t, state.floor, UNDER_WAY * state.plateau):
        share = UNDER_WAY  # whoever had left the plateau, and is not on it again, has been down
    elif state.counted and state.below_since is not None:
        share = max(share, ON_THE_WAY)
    return gap and height < share * state.plateau


def rose_in_gap(state: RepState, enter: float) -> bool:
    """Whether a movement on its way down came back up in a gap or right behind it: it is another movement."""
    trace = state.trace
    first = max(bisect_left(trace, state.t - RISE_S, key=lambda point: point[0]), 1)
    for (before_t, before), (after_t, _) in pairwise(trace[first - 1 :]):
        if after_t - before_t > SEEN_S and after_t > state.since:
            return state.level > enter and trace[-1][1] - before > enter
    return False
