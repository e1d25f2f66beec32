"""Faces made of numbers: traces of features built from keyframes, to try an exercise without a camera.

Public API for anyone who adds an exercise::

    frames = trace(12.0, cheek=held(1.0, 3.5))
    events = play(CheekRaiser(spec), frames)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from coach.events import Event
from coach.exercise.protocol import AnyExercise, Context, Cued
from coach.face.baseline import OwnRange
from coach.face.features import LID_COUPLING, NARROWING_OF_FULL_RAISE, NASOLABIAL_WEIGHT, Features
from coach.types import Bilateral

Level: TypeAlias = float | Bilateral
Keyframes: TypeAlias = Sequence[tuple[float, Level]]
FeatureTrace: TypeAlias = list[tuple[float, Features | None]]

MM = 90.0  # millimetres in one length unit, the distance of the outer eye corners, on most adult faces
APERTURE = 0.12  # neutral lid aperture in length units
UP, FOLD = 0.6, 0.3  # how far mouth corner and nasolabial fold rise with a corner's pull


def face(
    t: float = 0.0,
    *,
    cheek: Level = 0.0,
    smile: Level = 0.0,
    closure: Level = 0.0,
    jaw: float = 0.0,
    jaw_side: float = 0.0,
    lip_gap: float | None = None,
    brows: Level = 0.0,
    frown: float = 0.0,
    yaw: float = 0.0,
    pitch: float = 0.0,
    own_range: OwnRange | None = None,
) -> Features:
    """Return the features of one frame; without arguments, those of the neutral face.

    Parameters
    ----------
    t
        Seconds.
    cheek, smile, jaw
        Cheek raise, corner pull and jaw drop as shares of the person's best; `cheek` and `smile` may be
        one `Bilateral` instead of a number for both sides.
    closure
        0 open .. 1 closed by the upper lid, which pulls the lower lid along a little.
    jaw_side
        Length units, + = to the person's left.
    lip_gap
        Length units; None: as far as the open jaw parts the lips.
    brows, frown
        Brows up, length units; brows drawn down, as the blendshape above neutral.
    yaw, pitch
        Degrees; the neutral pose is 0.
    own_range
        The person's own range; None: the default one.
    """
    own_range = own_range or OwnRange()
    lift, pull = _times(_pair(cheek), own_range.cheek), _times(_pair(smile), own_range.smile)
    drop = _times(_pair(closure), APERTURE)
    lower = Bilateral(lift.left + LID_COUPLING * drop.left, lift.right + LID_COUPLING * drop.right)
    travel = Bilateral(abs(pull.left), abs(pull.right))
    aperture = Bilateral(1 - (drop.left + lower.left) / APERTURE, 1 - (drop.right + lower.right) / APERTURE)
    chin = jaw * own_range.jaw
    return Features(
        t=t,
        lid_lift=lift,
        cheek_raise=_pair(cheek),
        lower_lid_rise=lower,
        upper_lid_drop=drop,
        cheek_lift=lift,
        brow_raise=_pair(brows),
        closure=_pair(closure),
        eye_engagement=lift.mean / own_range.cheek + (1 - aperture.mean) / NARROWING_OF_FULL_RAISE,
        eye_aperture=aperture,
        corner_pull=pull,
        lip_corner_pull=_pair(smile),
        smile_lift=_times(pull, UP + NASOLABIAL_WEIGHT * FOLD),
        corner_travel=travel,
        excursion_mm=_times(travel, MM),
        jaw_down=chin,
        jaw_side=jaw_side,
        jaw_open=jaw,
        lip_gap=0.8 * chin if lip_gap is None else lip_gap,
        smile=_times(_drawn_together(_pair(smile)), 0.8),
        squint=_times(_pair(cheek), 0.2),
        brow_down=frown,
        yaw=yaw,
        pitch=pitch,
        roll=0.0,
        turn=max(abs(yaw), abs(pitch)),
        size=0.25,
    )


def held(
    start: float, plateau_s: float, top: Level = 1.0, *, rise_s: float = 0.4, fall_s: float = 0.4
) -> Keyframes:
    """Return the keyframes of a movement: from rest at `start` up to `top`, held, and back to rest."""
    up = start + rise_s
    return [(start, 0.0), (up, top), (up + plateau_s, top), (up + plateau_s + fall_s, 0.0)]


def trace(
    duration_s: float, fps: float = 30.0, *, away: Iterable[tuple[float, float]] = (), **moves: Keyframes
) -> FeatureTrace:
    """Return the frames of a face that moves in straight lines between keyframes.

    Parameters
    ----------
    duration_s, fps
        Seconds, and frames a second.
    away
        (start, end) in seconds: no face is visible from `start` until before `end`.
    moves
        For any argument of `face`: keyframes (seconds, level) in order of time. Before the first and
        after the last one the level stays the same.

    Returns
    -------
    (seconds, features) for each frame; features are None when no face is visible.
    """
    gaps = list(away)
    frames: FeatureTrace = []
    for number in range(round(duration_s * fps)):
        t = number / fps
        seen = not any(start <= t < end for start, end in gaps)
        levels = {name: level_at(points, t) for name, points in moves.items()}
        frames.append((t, face(t, **levels) if seen else None))  # type: ignore[arg-type]
    return frames


def play(
    exercise: AnyExercise, frames: FeatureTrace, context: Context | None = None, cues: Iterable[float] = ()
) -> list[Event]:
    """Return every event of an exercise that sees `frames`, including those of its `finish`.

    `cues`: seconds at which memories are cued.

    Raises
    ------
    TypeError
        There are cues, and the exercise is not one that is `Cued`.
    """
    state = exercise.begin(context or Context())
    for cue in cues:
        if not isinstance(exercise, Cued):
            raise TypeError(f"{exercise.name}: has no method give(state, t); leave out cues, or add one")
        state = exercise.give(state, cue)
    events: list[Event] = []
    for t, features in frames:
        state, fresh = exercise.step(state, t, features)
        events += fresh
    return [*events, *exercise.finish(state, frames[-1][0])] if frames else events


def level_at(points: Keyframes, t: float) -> Level:
    """Return the level at `t` seconds, interpolated between keyframes."""
    after = bisect_right([at for at, _ in points], t)
    if after == 0:
        return points[0][1]
    if after == len(points):
        return points[-1][1]
    (t0, a), (t1, b) = points[after - 1], points[after]
    share = (t - t0) / (t1 - t0)
    if isinstance(a, Bilateral) or isinstance(b, Bilateral):
        a, b = _pair(a), _pair(b)
        return Bilateral(a.left + share * (b.left - a.left), a.right + share * (b.right - a.right))
    return a + share * (b - a)


def _pair(level: Level) -> Bilateral:
    return level if isinstance(level, Bilateral) else Bilateral(level, level)


def _drawn_together(pair: Bilateral) -> Bilateral:
    """Return what the smile blendshape makes of two sides: half of their difference."""
    return Bilateral((pair.mean + pair.left) / 2, (pair.mean + pair.right) / 2)


def _times(pair: Bilateral, factor: float) -> Bilateral:
    return Bilateral(pair.left * factor, pair.right * factor)
