"""The format of a trace: a line to know it by, then one compressed stream of records, readable up to any cut.

Format 1. The line `smile-coach trace 1`, then a zlib stream, flushed every half second of the session.
In it records: kind (1 byte), t (8 bytes, float64, seconds), length (4 bytes), contents; all little-endian.

=====  ==================================================================================
kind   contents
=====  ==================================================================================
``S``  the setup as JSON; the first record
``F``  a face: flags (1 byte), width, height (4 bytes each), light (5 float64, if flag 1),
       then landmarks (478, 3) and blendshapes (52,), see `packed`
``V``  before an ``F``: its face in the mirrored picture, in the same way, in a chain of its own
``N``  a frame without a face
``L``  no pictures; ``I`` nothing new; ``P`` pause or resume; ``R`` the last memory was rated
``M``  another exercise: -1, 0 or 1 (1 byte)
``E``  the end: its reason as text
=====  ==================================================================================

MediaPipe gives float32, so float32 is kept, bit for bit; values that are no float32 are kept as float64.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coach.replay.trace import EntryKind

FORMAT = 1
MAGIC = b"smile-coach trace "
LANDMARKS, BLENDSHAPES = 478, 52
VALUES = LANDMARKS * 3 + BLENDSHAPES
LIGHT, DOUBLE = 1, 2  # flags
HEAD, FACE, LIGHTS = struct.Struct("<BdI"), struct.Struct("<BII"), struct.Struct("<5d")
KINDS: Final[dict[bytes, EntryKind]] = {
    b"L": "lost", b"I": "idle", b"P": "pause", b"M": "move", b"E": "end",
}  # fmt: skip

Values = NDArray[np.uint32]


def packed(bits: Values, before: Values) -> bytes:
    """Return a face's float32 bits as steps from the face before: smallest numbers, bytes of a rank together.

    A float's bits, read as an integer, grow with it, so neighbours in time differ in the low bytes alone.
    The sign goes into the lowest bit (zigzag), then all first bytes come first: half the size of floats.
    """
    step = bits - before
    zigzag = (step << np.uint32(1)) ^ (np.uint32(0) - (step >> np.uint32(31)))
    return zigzag.astype("<u4").view(np.uint8).reshape(-1, 4).T.tobytes()


def unpacked(data: bytes, before: Values) -> Values:
    """Undo `packed`."""
    zigzag = np.ascontiguousarray(np.frombuffer(data, np.uint8).reshape(4, -1).T).view("<u4").ravel()
    step = (zigzag >> np.uint32(1)) ^ (np.uint32(0) - (zigzag & np.uint32(1)))
    bits: Values = before + step.astype(np.uint32)
    return bits
