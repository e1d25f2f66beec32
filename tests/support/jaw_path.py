"""The path of a circling jaw, frame by frame."""

import math

from coach.testing import face


def mirrored_angle(turns: float, *, clockwise: bool) -> tuple[float, float]:
    """Return (right, down) in the mirrored window after some turns from the top of a circle of radius 1."""
    angle = 2 * math.pi * turns
    return (math.sin(angle) if clockwise else -math.sin(angle), -math.cos(angle))


def jaw_path(
    count: float, *, clockwise: bool, period_s=1.8, fps=30.0, side=0.06, down=0.04, before_s=0.5, after_s=1.5
):
    """Return the frames of a jaw that circles `count` times below its rest, from the top and back."""
    out = []
    for number in range(round((before_s + count * period_s + after_s) * fps)):
        t = number / fps
        turns = min(max((t - before_s) / period_s, 0.0), count)
        right, low = mirrored_angle(turns, clockwise=clockwise)
        # in the mirror, as in a looking glass, the person's right hand is on the right of the window
        out.append(face(t, jaw=(down + down * low) / 0.22, jaw_side=-side * right))
    return out
