"""Memory for pictures, of their own and given back when they go."""

from __future__ import annotations

import contextlib
import ctypes
import sys

LARGE = 256 * 1024  # bytes; a picture of 640 by 480 has 900 kB, what is kept of a face in it 13 kB
_M_MMAP_THRESHOLD = -3  # glibc's malloc.h


def give_pictures_their_own_memory() -> None:
    """Keep pictures out of the heap, where what is kept of each frame would hold on to a picture's room.

    glibc raises its limit to the size of the first picture that goes. Then small things settle in the room
    that a picture has left, the next one no longer fits, and the heap grows by one picture a frame.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library has no such thing
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE)
