"""The count-in after a pause: three numbers, while checking that the face is still the known one."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from coach.face.baseline import Baseline
from coach.face.identity import Recognition
from coach.settings import Strict
from coach.types import FaceObservation

NUMBERS: Final = ("count_in_3", "count_in_2", "count_in_1")


class CountInSpec(Strict):
    """When each number is said and when the count-in is over, in seconds from its start."""

    three_s: Annotated[float, Field(ge=0, le=60)] = 0.0
    two_s: Annotated[float, Field(ge=0, le=60)] = 0.7
    one_s: Annotated[float, Field(ge=0, le=60)] = 1.4
    lasts_s: Annotated[float, Field(gt=0, le=60)] = 2.0


class CountIn:
    """One count-in that starts at `since` seconds; `baseline` is the known neutral face."""

    def __init__(self, since: float, baseline: Baseline, spec: CountInSpec) -> None:
        self._since = since
        self._lasts_s = spec.lasts_s
        self._times = tuple(zip((spec.three_s, spec.two_s, spec.one_s), NUMBERS, strict=True))
        self._recognition = Recognition(baseline)
        self._said = 0

    @property
    def fits(self) -> bool:
        """Whether the face is the known one, as far as it could be seen."""
        return self._recognition.fits

    def step(self, t: float, face: FaceObservation | None) -> tuple[str, ...]:
        """Take in one frame; return the phrases to say now."""
        self._recognition.look(face)
        due = [key for at, key in self._times[self._said :] if t - self._since >= at]
        self._said += len(due)
        return tuple(due)

    def over(self, t: float) -> bool:
        """Whether it is time to go on."""
        return t - self._since >= self._lasts_s
