"""Movements that belong together, and the face they make at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from coach.simulation.face_pose import FacePose
from coach.simulation.motion import CircleMotion, Movement
from coach.types import Bilateral


@dataclass(slots=True)
class Act:
    """The movements that carry out one intention, by its `index`. `snaps`: the jaw falls shut at the end."""

    index: int
    parts: list[Movement]
    circles: CircleMotion | None = None
    snaps: bool = False

    @property
    def end(self) -> float:
        """When it is let go, seconds."""
        return self.circles.end if self.circles else self.parts[0].end

    @property
    def rest(self) -> float:
        """When the face is at rest again, seconds."""
        return self.circles.rest if self.circles else max(part.rest for part in self.parts)


def posed(face: FacePose, acts: Iterable[Act], t: float, *, steadiness: float, blink: float) -> FacePose:
    """Return a face with what is acted on it at `t` seconds.

    Parameters
    ----------
    face
        Its head and gaze, otherwise neutral.
    acts
        Under way; where two move the same part, the larger movement shows.
    steadiness
        What smile and cheeks are multiplied by, near 1: nobody holds quite still.
    blink
        How far a blink has closed the eyes, 0..1.
    """
    smile = cheek = lids = (0.0, 0.0)
    jaw_open, jaw_side = 0.0, 0.0
    for act in acts:
        for part in act.parts:
            level, shape = part.level(t), part.shape
            smile = _larger(smile, shape.smile, level)
            cheek = _larger(cheek, shape.cheek, level)
            lids = _larger(lids, shape.lids, level)
            jaw_open = max(jaw_open, shape.jaw_open * level.mean)
        if act.circles:
            opened, jaw_side = act.circles.jaw(t)
            jaw_open = max(jaw_open, opened)
    return replace(
        face,
        smile=_times(smile, steadiness),
        cheek=_times(cheek, steadiness),
        lids=Bilateral(max(lids[0], blink), max(lids[1], blink)),
        jaw_open=jaw_open,
        jaw_side=jaw_side,
    )


def _larger(best: tuple[float, float], shape: Bilateral, level: Bilateral) -> tuple[float, float]:
    return max(best[0], shape.left * level.left), max(best[1], shape.right * level.right)


def _times(sides: tuple[float, float], factor: float) -> Bilateral:
    return Bilateral(min(sides[0] * factor, 1.0), min(sides[1] * factor, 1.0))
