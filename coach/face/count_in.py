"""The count-in after a pause: three numbers, and a look at whether the face is still the known one."""

from __future__ import annotations

from typing import Final

from coach.face.baseline import Baseline
from coach.face.identity import Recognition
from coach.types import FaceObservation

NUMBERS: Final = ((0.0, "count_in_3"), (0.7, "count_in_2"), (1.4, "count_in_1"))
COUNT_IN_S: Final = 2.0


class CountIn:
    """One count-in from `since` seconds on; `baseline` is the neutral face that is known."""

    def __init__(self, since: float, baseline: Baseline) -> None:
        self._since = since
        self._recognition = Recognition(baseline)
        self._said = 0

    @property
    def fits(self) -> bool:
        """Whether the face is the known one, as far as could be seen."""
        return self._recognition.fits

    def step(self, t: float, face: FaceObservation | None) -> tuple[str, ...]:
        """Take in one frame; return the phrases that are due."""
        self._recognition.look(face)
        due = [key for at, key in NUMBERS[self._said :] if t - self._since >= at]
        self._said += len(due)
        return tuple(due)

    def over(self, t: float) -> bool:
        """Whether it is time to go on."""
        return t - self._since >= COUNT_IN_S
