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
TOLERANCE_PX = 1e-6

_USED = np.array(USED)
_SPEED_SIGN = np.array([1.0, 1.0, -1.0, -1.0]).reshape(4, 1, 1)
_ROOT_SIGN = np.array([1.0, -1.0, 1.0, -1.0]).reshape(4, 1, 1)


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
    # speed = offset + gain * raw is linear in the unknown; the filter's equation
    # smoothed - before = k / (1 + k) * (raw - before), k = omega * (MIN_CUTOFF_HZ + BETA * |speed|),
    # is then quadratic in (raw - smoothed), once for each sign of the speed.
    gain = share / (face_size * dt)
    offset = (1 - share) * state.speed - gain * state.raw
    step = smoothed - state.smoothed
    resting = offset + gain * smoothed
    # All four roots at once: rows are the sign of the speed, then the sign of the root.
    a = (omega * BETA * gain) * _SPEED_SIGN
    b = (omega * BETA) * resting * _SPEED_SIGN + omega * MIN_CUTOFF_HZ
    root = np.sqrt(np.maximum(b * b + 4 * a * step, 0.0)) * _ROOT_SIGN
    raw = smoothed + (root - b) / (2 * a)
    k = (omega * BETA) * np.abs(offset + gain * raw) + omega * MIN_CUTOFF_HZ
    fits = np.abs(k / (1 + k) * (raw - state.smoothed) - step) < TOLERANCE_PX
    distance = np.where(fits, np.abs(raw - state.raw), np.inf)
    nearest = distance.min(axis=0)
    best = np.where(nearest < np.inf, np.choose(distance.argmin(axis=0), raw), smoothed)
    return Unsmoother(t, best, smoothed, offset + gain * best), best
