"""The drawn face that greets, while there is no picture from a camera yet."""

from __future__ import annotations

from coach.shell.drawn_face.face import draw
from coach.simulation.face_pose import FacePose
from coach.simulation.motion import ease
from coach.types import Bilateral, Frame, Image

SIZE = (640, 480)
RISE_S = 1.2  # a smile that comes as a person's does
STEPS = 12
SMILE, CHEEK = 0.7, 0.5


class Host:
    """Gives a picture of a face that begins to smile, drawn step by step and kept."""

    def __init__(self) -> None:
        self._pictures: dict[int, Image] = {}

    def tick(self, passed: float) -> Frame:
        """Return the picture at `passed` seconds of a question."""
        step = round(min(passed / RISE_S, 1.0) * STEPS)
        if step not in self._pictures:
            share = ease(step / STEPS)
            smile, cheek = SMILE * share, CHEEK * share
            pose = FacePose(smile=Bilateral(smile, smile), cheek=Bilateral(cheek, cheek))
            self._pictures[step] = draw(pose, SIZE)
        return Frame(passed, self._pictures[step])
