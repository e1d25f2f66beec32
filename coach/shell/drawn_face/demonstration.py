"""The demonstration in the corner: the drawn face doing each movement, drawn once and shown in a loop."""

from __future__ import annotations

from collections.abc import Iterable

from coach.shell.drawn_face.face import draw
from coach.simulation.face_pose import FacePose
from coach.simulation.motion import ease
from coach.types import Bilateral, Image

SIZE = (480, 360)
RISE_S, HOLD_S, REST_S = 0.7, 1.2, 0.6
STEPS = 10  # pictures from rest to the full movement

_SMILE, _CHEEK = Bilateral(0.9, 0.9), Bilateral(1.0, 1.0)
MOVEMENTS = {
    "cheek_raiser": FacePose(cheek=_CHEEK),
    "symmetry_drill": FacePose(smile=_SMILE),
    "combined": FacePose(smile=_SMILE, cheek=_CHEEK),
    "jaw_release": FacePose(jaw_open=0.85),
    "memory_anchor": FacePose(smile=_SMILE, cheek=_CHEEK),
}


class Demonstration:
    """Pictures of some exercises' movements; an exercise that is not known has none.

    Each is drawn when it is first shown, one in a frame, and kept: the session begins without waiting.
    """

    def __init__(self, exercises: Iterable[str]) -> None:
        self._known = frozenset(exercises) & MOVEMENTS.keys()
        self._drawn: dict[tuple[str, int], Image] = {}

    def picture(self, exercise: str | None, t: float) -> Image | None:
        """Return the picture at `t` seconds, (360, 480, 3) uint8 BGR, or None."""
        if exercise is None or exercise not in self._known:
            return None
        key = exercise, round(_share(t) * STEPS)
        if key not in self._drawn:
            self._drawn[key] = draw(_part(MOVEMENTS[exercise], ease(key[1] / STEPS)), SIZE)
        return self._drawn[key]


def _share(t: float) -> float:
    """Return how far the movement has come in its time, 0..1: up, held, down, at rest, and again."""
    at = t % (2 * RISE_S + HOLD_S + REST_S)
    return max(min(at / RISE_S, (2 * RISE_S + HOLD_S - at) / RISE_S, 1.0), 0.0)


def _part(pose: FacePose, share: float) -> FacePose:
    return FacePose(
        smile=Bilateral(pose.smile.left * share, pose.smile.right * share),
        cheek=Bilateral(pose.cheek.left * share, pose.cheek.right * share),
        jaw_open=pose.jaw_open * share,
    )
