"""Noticing that the neutral face that was learnt is not the face at rest."""

from __future__ import annotations

from typing import Final

from coach.face.baseline import Baseline, neutral_baseline
from coach.face.features import Features
from coach.face.measures import measure_alone
from coach.face.neutral_capture import STILL_CHIN, STILL_CORNER
from coach.face.unrest import unrest
from coach.types import FaceObservation

BELOW_S: Final = 2.0  # nobody holds a face lower than its rest for this long
DOUBTED_S: Final = 1.0  # enough where the face that was learnt did not look like one at rest
BLINK_S: Final = 0.4
MOVED_S: Final = 7.0  # longer than anybody takes to answer an ask
AGAIN_S: Final = 30.0  # before the same is noticed again; twice as long each time
MOVED: Final = 0.6  # of the person's best: no face at rest drifts this far
BRIEF: Final = 10  # a movement that lasts a tenth of the time is one; half a blink is not
# As shares of the person's best: three and more standard deviations of a face at rest, drift included.
LOW_CORNERS: Final = -0.25
LOW_LIDS: Final = -0.6
LOW_JAW: Final = -0.12
STRAIGHT_DEG: Final = 8.0  # from the neutral pose; a turned head alone shifts the landmarks
BROWS: Final = 0.015  # length units; raised, they take the lids along
SHUT: Final = 0.12  # of the jaw's best: an open mouth lowers the corners as well


class NeutralCorrection:
    """Feed it every frame of an exercise; it returns the true neutral face once it has seen it.

    `doubted`: the known one looked like a movement, and was learnt because the face did not let go of it.

    Example::

        found = correction.step(t, face, features)
        if found is not None:
            perception.baseline = found
    """

    def __init__(self, *, doubted: bool = False) -> None:
        self._lasts_s = DOUBTED_S if doubted else BELOW_S
        self._below: list[FaceObservation] = []

    def step(self, t: float, face: FaceObservation | None, features: Features | None) -> Baseline | None:
        """Take in one frame; return the neutral face if the known one has been too high for a while."""
        if face is None or features is None or self._stale(t):
            self._below = []
        if face is None or features is None or not _below(features):
            return None
        self._below.append(face)
        if t - self._below[0].t < self._lasts_s:
            return None
        seen, self._below = self._below, []
        baseline = None if unrest(measure_alone(face)) else neutral_baseline(seen)
        if baseline is None or baseline.noise.corner > STILL_CORNER or baseline.noise.chin > STILL_CHIN:
            return None
        return baseline

    def _stale(self, t: float) -> bool:
        return bool(self._below) and t - self._below[-1].t > BLINK_S


def _below(features: Features) -> bool:
    """Whether both mouth corners, both lower lids or the jaw are clearly lower than the known neutral."""
    if not _alone(features):
        return False
    shut = abs(features.jaw_open) < SHUT
    corners = shut and features.lip_corner_pull.maximum < LOW_CORNERS
    open_eyes = features.closure.maximum < SHUT
    lids = open_eyes and features.cheek_raise.maximum < LOW_LIDS
    return corners or lids or features.jaw_open < LOW_JAW


def _alone(features: Features) -> bool:
    """Whether neither a turned head nor raised brows move what is measured."""
    return features.turn <= STRAIGHT_DEG and features.brow_raise.mean <= BROWS


class UnrecognisedMovement:
    """Notices, ever more rarely, a face that moves the way it was asked to while none of it is recognised.

    A face that turns, nods, blinks, yawns or talks does something else. Whoever still moves after a second
    look mostly does so too. Feed it every frame of an exercise that has asked for a movement::

        if moves.step(t, level, features, resting=view.phase == "neutral"):
            look_again()
    """

    def __init__(self) -> None:
        self._levels: list[tuple[float, float | None]] = []
        self._deaf_until, self._wait_s = 0.0, AGAIN_S

    def step(self, t: float, level: float, features: Features, *, resting: bool) -> bool:
        """Take in the size of the movement, 1 = the person's best; `resting`: the exercise sees none."""
        if t < self._deaf_until or not resting:
            self._levels = []
            return False
        calm = max(features.closure.maximum, features.jaw_open) < SHUT and _alone(features)
        self._levels = [(at, value) for at, value in self._levels if t - at <= MOVED_S]
        self._levels.append((t, level if calm else None))
        values = sorted(value for _, value in self._levels if value is not None)
        lasted = t - self._levels[0][0] >= MOVED_S - BLINK_S
        few = len(values) // BRIEF
        if not lasted or 2 * len(values) < len(self._levels) or values[-1 - few] - values[few] < MOVED:
            return False
        self._levels = []
        self._deaf_until, self._wait_s = t + self._wait_s, 2 * self._wait_s
        return True
