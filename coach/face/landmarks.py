"""Indices of the parts of the face in MediaPipe's 478 landmarks and 52 blendshapes, each named once.

`right` is the person's right, which is the left of an unmirrored picture. Indices: MediaPipe's
canonical face model (google-ai-edge/mediapipe, `face_model_with_iris.obj`, Apache-2.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

# Points that expressions hardly move: hairline, temples, bridge and sides of the nose, eye corners.
# Brows, lids, cheeks, mouth and chin are left out on purpose: a head pose fitted on them would
# follow the expression. On rendered people, including the hairline only shifts the lids downwards in brow
# raises, which is the harmless direction.
RIGID: Final = (
    *(10, 67, 109, 338, 297, 103, 332, 54, 284),
    *(21, 251, 162, 389, 127, 356, 234, 454),
    *(168, 6, 197, 195, 5, 4, 1, 122, 351, 196, 419),
    *(133, 362, 33, 263),
)


@dataclass(frozen=True, slots=True)
class SideIndices:
    """One side's landmark indices; tuples are averaged."""

    outer_eye: int
    inner_eye: int
    lower_lid: tuple[int, ...]
    upper_lid: tuple[int, ...]
    brow: tuple[int, ...]
    cheek: tuple[int, ...]
    nasolabial: int  # beside the wing of the nose, which a smile lifts
    mouth_corner: int
    iris: tuple[int, int]  # the two ends of the horizontal diameter


LEFT: Final = SideIndices(
    outer_eye=263,
    inner_eye=362,
    lower_lid=(374, 380, 373),
    upper_lid=(386, 385, 387),
    brow=(295, 282, 283),
    cheek=(280, 425, 330, 347, 348, 346),
    nasolabial=423,
    mouth_corner=291,
    iris=(474, 476),
)
RIGHT: Final = SideIndices(
    outer_eye=33,
    inner_eye=133,
    lower_lid=(145, 153, 144),
    upper_lid=(159, 158, 160),
    brow=(65, 52, 53),
    cheek=(50, 205, 101, 118, 119, 117),
    nasolabial=203,
    mouth_corner=61,
    iris=(469, 471),
)
CHIN: Final = 152
UPPER_LIP: Final = 13
LOWER_LIP: Final = 14
FOREHEAD: Final = 10


def _indices(side: SideIndices) -> tuple[int, ...]:
    return (
        *(*side.lower_lid, *side.upper_lid, *side.brow, *side.cheek),
        *(side.nasolabial, side.mouth_corner, *side.iris),
    )


USED: Final = tuple(sorted({*RIGID, CHIN, UPPER_LIP, LOWER_LIP, *_indices(LEFT), *_indices(RIGHT)}))
_PLACE: Final = {index: place for place, index in enumerate(USED)}


def places(*indices: int) -> NDArray[np.intp]:
    """Return the positions of landmarks among the `USED` ones."""
    return np.array([_PLACE[index] for index in indices], dtype=np.intp)


class Blendshape(IntEnum):
    """The blendshapes in use, by their index in MediaPipe's list."""

    BROW_DOWN_LEFT = 1
    BROW_DOWN_RIGHT = 2
    EYE_SQUINT_LEFT = 19
    EYE_SQUINT_RIGHT = 20
    MOUTH_SMILE_LEFT = 44
    MOUTH_SMILE_RIGHT = 45
