"""Landmarks as the network gave them: MediaPipe's own smoothing undone.

In VIDEO mode MediaPipe runs every coordinate through a One Euro filter (min_cutoff 0.05 Hz, beta 80,
derivative cut-off 1 Hz, speeds in face sizes a second: `face_landmarks_detector_graph.cc` and
`landmarks_smoothing_calculator_utils.cc`). Small slow movements, which is what a raised lower lid is,
come out 0.05-0.13 s late. The filter is known exactly, so its input can be had back in closed form; on
rendered people this takes the mouth corners' lag from 0.02-0.10 s to 0.00-0.02 s and the noise stays small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coach.landmarks import USED
from coach.types import FaceObservation, Points

MIN_CUTOFF_HZ = 0.05
BETA = 80.0
DERIVATIVE_CUTOFF_HZ = 1.0
LONGEST_GAP_S = 0.5  # after a longer gap the filter is taken to have started anew

_USED = np.array(USED)


@dataclass(frozen=True, slots=True, eq=False)
class Unsmoother:
    """What the filter remembered at the last frame. Arrays are (len(USED), 3), pixels."""

    t: float = float("-inf")
    raw: Points | None = None
    smoothed: Points | None = None
    speed: Points | None = None  # in face sizes a second, itself filtered


def unsmooth(state: Unsmoother, observation: FaceObservation) -> tuple[Unsmoother, Points]:
    """Give back one frame's landmarks before smoothing.

    Parameters
    ----------
    state
        As returned for the frame before; a new `Unsmoother` where the face was lost in between.
    observation
        The frame's face as MediaPipe returned it.

    Returns
    -------
    The new state, and the `USED` landmarks (len(USED), 3) in pixels with square axes.
    """
    width, height = observation.size
    smoothed = observation.landmarks.take(_USED, axis=0) * (float(width), float(height), float(width))
    t = round(observation.t * 1000) / 1000  # the landmarker stamps frames in whole milliseconds
    dt = t - state.t
    if state.raw is None or state.smoothed is None or state.speed is None or not 0 < dt <= LONGEST_GAP_S:
        return Unsmoother(t, smoothed, smoothed, np.zeros_like(smoothed)), smoothed
    left, top, right, bottom = observation.box
    face_size = ((right - left) * width + (bottom - top) * height) / 2
    omega = 2 * np.pi * dt
    share = omega * DERIVATIVE_CUTOFF_HZ / (1 + omega * DERIVATIVE_CUTOFF_HZ)
    # The filter: step = k * (raw - smoothed), k = omega * (MIN_CUTOFF_HZ + BETA * |speed|), where
    # speed = what is kept of the last one + gain * (raw - last raw). Solved for v = omega * BETA * speed,
    # counted in the step's direction, that is quadratic, once for each sign of the speed: one root with
    # the step, which is the usual case, and up to two against it. The one nearest the last frame is taken.
    gain = share / (face_size * dt)
    step = smoothed - state.smoothed
    way = np.copysign(omega * BETA, step)
    kept = way * (1 - share) * state.speed  # v of a landmark that stays where it was
    resting = kept + way * gain * (smoothed - state.raw)  # v of one that arrived where the filter put it
    least = omega * MIN_CUTOFF_HZ / 2
    need = (omega * BETA * gain) * np.abs(step)
    below, above = resting / 2 - least, resting / 2 + least
    along = below + np.sqrt(above * above + need)
    square = below * below - need
    root = np.sqrt(np.maximum(square, 0.0))
    against = above + np.copysign(root, kept - above)  # of the two, the one nearer to `kept`
    against = np.where(against < 0, against, above - root)
    possible = (square >= 0) & (against < 0) & (resting < 0)
    nearer = (along < 0) | (np.abs(against - kept) < np.abs(along - kept))
    v = np.where(possible & nearer, against, along)
    raw = smoothed + (v - resting) / (way * gain)
    return Unsmoother(t, raw, smoothed, v / way), raw
