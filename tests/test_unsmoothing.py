"""MediaPipe's smoothing is undone: filter a movement as it does, and get the movement back."""

from __future__ import annotations

import numpy as np
import pytest

from coach.landmarks import USED
from coach.types import FaceObservation, Points
from coach.unsmoothing import LONGEST_GAP_S, Unsmoother, unsmooth

SIZE = (640, 480)
RNG_SEED = 7


class OneEuro:
    """MediaPipe's filter, one per coordinate (`mediapipe/util/filtering/one_euro_filter.cc`)."""

    def __init__(self) -> None:
        self.t: float | None = None

    def __call__(self, t: float, value: Points, value_scale: float) -> Points:
        """Return the smoothed value; the speed is taken from raw values, in face sizes a second."""
        if self.t is None:
            self.smooth, self.speed = value, np.zeros_like(value)
        else:
            dt = t - self.t
            speed = (value - self.raw) * value_scale / dt
            self.speed = self.speed + alpha(1.0, dt) * (speed - self.speed)
            cutoff = 0.05 + 80.0 * np.abs(self.speed)
            self.smooth = self.smooth + alpha(cutoff, dt) * (value - self.smooth)
        self.t, self.raw = t, value
        return self.smooth


def alpha(cutoff_hz, dt):
    return 1.0 / (1.0 + 1.0 / (2 * np.pi * cutoff_hz) / dt)


def mesh() -> Points:
    """Return a cloud of 478 points, 250 pixels wide and 300 high, in pixels."""
    rng = np.random.default_rng(RNG_SEED)
    return np.array([320.0, 240.0, 0.0]) + rng.uniform(-1, 1, (478, 3)) * (125, 150, 60)


def film(times, movement) -> list[Points]:
    """Return the mesh at `times`, moved by `movement(t) -> (478, 3)` pixels."""
    base = mesh()
    return [base + movement(t) for t in times]


def smoothed(times, points) -> list[FaceObservation]:
    """Return what MediaPipe would have given for these landmarks."""
    euro, out = OneEuro(), []
    for t, pixels in zip(times, points, strict=True):
        extent = np.ptp(pixels[:, :2], axis=0).mean()
        seen = euro(round(t * 1000) / 1000, pixels, 1.0 / extent)
        out.append(FaceObservation(t, seen / (SIZE[0], SIZE[1], SIZE[0]), np.zeros(52), SIZE))
    return out


def undo(observations, state=None) -> list[Points]:
    out, state = [], state or Unsmoother()
    for observation in observations:
        state, points = unsmooth(state, observation)
        out.append(points)
    return out


def errors(found, truth) -> np.ndarray:
    """Return how far off each coordinate of each frame is, pixels."""
    return np.abs(np.array(found) - np.array(truth)[:, list(USED)])


def frame_times(duration_s: float, fps: float) -> np.ndarray:
    """Return the times of a webcam whose interval varies by a third."""
    rng = np.random.default_rng(RNG_SEED)
    return np.cumsum(rng.uniform(0.67, 1.33, round(duration_s * fps)) / fps)


def own_way(seed: int = 1) -> Points:
    """Return one direction per point and coordinate, -1..1; the outline, and so the face's size, stays."""
    inner = (np.abs(mesh() - (320, 240, 0)) < (112, 135, 99)).all(axis=1)
    return np.random.default_rng(seed).uniform(-1, 1, (478, 3)) * inner[:, np.newaxis]


def lid_rise(t):
    """Return a slow rise of 3 pixels at most, as of a lower lid, with each point's own share and sign."""
    return 3.0 * own_way() * (0.5 - 0.5 * np.cos(np.pi * np.clip((t - 1.0) / 0.5, 0, 1)))


def sway(t):
    """Return a head that sways by 12 pixels."""
    return 12.0 * np.sin(2 * np.pi * np.array([0.3, 0.41, 0.2]) * t) * np.ones((478, 1))


def shake(t):
    """Return a fast movement of 8 pixels four times a second, every point in its own direction."""
    return 8.0 * own_way(2) * np.sin(2 * np.pi * 4 * t)


def jumps(t):
    """Return jumps of up to 25 pixels every half a second, still in between."""
    return 25.0 * own_way(int(t / 0.5))


def noise(t):
    """Return a network's own noise, a third of a pixel."""
    return 0.3 * own_way(round(t * 1e6))


MOVEMENTS = {
    "lid rise": lid_rise,
    "sway": sway,
    "shake": shake,
    "jumps": jumps,
    "noise": noise,
    "all": lambda t: lid_rise(t) + sway(t) + noise(t),
}


@pytest.mark.parametrize("fps", [12, 60])
def test_a_lid_rise_before_smoothing_comes_back(fps):
    """The movement it was made for is found to a hundredth of a pixel, whatever the frame interval."""
    times = frame_times(2.5, fps)
    truth = film(times, lid_rise)
    wrong = errors(undo(smoothed(times, truth)), truth)
    assert wrong.max() < 0.01


@pytest.mark.parametrize("fps", [12, 60])
@pytest.mark.parametrize("movement", ["sway", "jumps", "noise", "all"])
def test_other_movements_come_back_but_for_turning_points(movement, fps):
    """Where a point turns round, two inputs may give one output; nine in ten are right to 0.05 pixels."""
    times = frame_times(2.5, fps)
    truth = film(times, MOVEMENTS[movement])
    assert np.quantile(errors(undo(smoothed(times, truth)), truth), 0.9) < 0.05


@pytest.mark.parametrize("fps", [12, 60])
@pytest.mark.parametrize("movement", MOVEMENTS)
def test_what_comes_back_explains_what_was_seen(movement, fps):
    """Smoothed once more as MediaPipe does, the points found are the points seen, however jerky."""
    times = frame_times(2.5, fps)
    seen = smoothed(times, film(times, MOVEMENTS[movement]))
    euro = OneEuro()
    for observation, points in zip(seen, undo(seen), strict=True):
        pixels = observation.landmarks * (SIZE[0], SIZE[1], SIZE[0])
        again = euro(round(observation.t * 1000) / 1000, points, 1.0 / np.ptp(pixels[:, :2], axis=0).mean())
        assert np.abs(again - pixels[list(USED)]).max() < 0.05


def test_smoothing_makes_a_lid_rise_late_and_undoing_it_does_not():
    """The reason for it all: the smoothed rise crosses half-way well after the true one."""
    times = np.arange(0, 2.5, 1 / 30)
    truth = film(times, lid_rise)
    seen = smoothed(times, truth)
    moved = np.abs(truth[-1] - truth[0])
    index, axis = max(((i, c) for i in USED for c in range(3)), key=lambda at: moved[at])

    def half_way(track):
        return times[np.argmax(np.abs(np.array(track) - track[0]) >= moved[index, axis] / 2)]

    late = half_way([(o.landmarks * (SIZE[0], SIZE[1], SIZE[0]))[index, axis] for o in seen])
    found = half_way([points[USED.index(index), axis] for points in undo(seen)])
    assert late - 1.25 > 0.05
    assert abs(found - 1.25) <= 1 / 30


def test_after_a_gap_it_starts_anew():
    """MediaPipe forgets a face that was gone; the first frame after a long gap is taken as it is."""
    first, second = np.arange(0, 1, 1 / 30), np.arange(1 + LONGEST_GAP_S + 0.1, 3, 1 / 30)
    truth = [*film(first, sway), *film(second, sway)]
    seen = [*smoothed(first, truth[: len(first)]), *smoothed(second, truth[len(first) :])]
    found = undo(seen)
    assert np.abs(found[len(first)] - truth[len(first)][list(USED)]).max() < 1e-9
    assert np.abs(found[-1] - truth[-1][list(USED)]).max() < 0.05


def test_a_frame_that_is_not_later_starts_anew():
    """A source that begins again at zero does not divide by a time that runs backwards."""
    times = np.arange(0, 0.5, 1 / 30)
    seen = smoothed(times, film(times, sway))
    state = Unsmoother()
    for observation in (*seen, seen[0]):
        state, points = unsmooth(state, observation)
    assert np.isfinite(points).all()
    assert np.abs(points - film(times[:1], sway)[0][list(USED)]).max() < 0.05


def test_a_face_that_holds_still_is_given_back_unchanged():
    """Nothing moves, nothing is invented."""
    times = np.arange(0, 1, 1 / 30)
    found = undo(smoothed(times, film(times, lambda t: np.zeros((478, 3)))))
    assert np.abs(found[-1] - mesh()[list(USED)]).max() < 1e-9
