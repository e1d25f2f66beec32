"""The short wait after a pause: the person gets ready, and is checked to be the same person still."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from coach.face.baseline import Baseline
from coach.face.identity import Recognition
from coach.settings import Strict
from coach.types import FaceObservation


class ResumeWaitSpec(Strict):
    """How long it lasts, seconds."""

    lasts_s: Annotated[float, Field(gt=0, le=60)] = 2.0


class ResumeWait:
    """One such wait, from `since` seconds on; `baseline` is the known neutral face."""

    def __init__(self, since: float, baseline: Baseline, spec: ResumeWaitSpec) -> None:
        self._since = since
        self._lasts_s = spec.lasts_s
        self._recognition = Recognition(baseline)

    @property
    def fits(self) -> bool:
        """Whether the face is the known one, as far as it could be seen."""
        return self._recognition.fits

    def step(self, face: FaceObservation | None) -> None:
        """Take in one frame."""
        self._recognition.look(face)

    def over(self, t: float) -> bool:
        """Whether it is time to go on."""
        return t - self._since >= self._lasts_s
