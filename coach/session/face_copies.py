"""Faces to keep for long, side by side and away from the pictures that come and go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.types import FaceObservation

BLOCK = 512  # faces


class FaceCopies:
    """Copies faces into blocks of memory.

    A face's arrays are made between two pictures. Kept there, they settle in the room that a picture leaves,
    the next picture no longer fits, and the program grows by a picture a frame: 850 MB in a minute's film.
    """

    def __init__(self) -> None:
        self._landmarks = _Block()
        self._blendshapes = _Block()

    def of(self, face: FaceObservation) -> FaceObservation:
        """Return a copy of a face, and of the mirrored one in it."""
        return replace(
            face,
            landmarks=self._landmarks.copy(face.landmarks),
            blendshapes=self._blendshapes.copy(face.blendshapes),
            mirrored=None if face.mirrored is None else self.of(face.mirrored),
        )


class _Block:
    """Room for many arrays of one shape; a new one is begun when it is full."""

    def __init__(self) -> None:
        self._room: NDArray[Any] = np.empty(0)
        self._used = 0

    def copy(self, values: NDArray[Any]) -> NDArray[Any]:
        if self._used == len(self._room) or self._room.shape[1:] != values.shape:
            self._room, self._used = np.empty((BLOCK, *values.shape), values.dtype), 0
        out: NDArray[Any] = self._room[self._used]
        out[...] = values
        self._used += 1
        return out
