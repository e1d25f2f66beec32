"""The drawn face is a picture of its pose, and MediaPipe sees each movement for what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coach.shell.detection.landmarker import Landmarker
from coach.shell.drawn_face.face import FacePose, draw, grain
from coach.types import Bilateral, Frame, Points

NEUTRAL = FacePose()
SIZE = (640, 480)
STEPS = (0.0, 0.34, 0.67, 1.0)
# Forehead, nose bridge, temples: what no expression moves (MediaPipe's canonical mesh).
RIGID = [10, 151, 9, 8, 168, 6, 127, 356, 162, 389, 21, 251, 54, 284, 103, 332]
CORNER, LOWER, UPPER = (291, 61), ((374, 373, 380), (145, 144, 153)), (386, 159)  # left, right
CHIN = 152
BLINK_LEFT, BLINK_RIGHT, JAW_OPEN = 9, 10, 25  # in MediaPipe's order of blendshapes


def both(level: float) -> Bilateral:
    return Bilateral(level, level)


@dataclass(frozen=True)
class Seen:
    """What moved since the neutral face, in outer-eye-corner distances; + is out, up, left."""

    out: Bilateral
    up: Bilateral
    lower: Bilateral
    upper: Bilateral
    chin_left: float
    chin_down: float
    blink: Bilateral
    jaw_open: float

    @property
    def corner(self) -> Bilateral:
        """Length of the mouth corners' way."""
        return Bilateral(
            float(np.hypot(self.out.left, self.up.left)), float(np.hypot(self.out.right, self.up.right))
        )


class Watcher:
    """The real landmarker before the drawn face."""

    def __init__(self, model: Path) -> None:
        self.landmarker = Landmarker(model)
        self.index = 0
        self.neutral = self.points(NEUTRAL, 12)[0]

    def points(self, pose: FacePose, frames: int) -> tuple[Points, np.ndarray]:
        """Return landmarks in pixels and blendshapes of a pose held for some frames."""
        observation = None
        for _ in range(frames):
            picture = grain(draw(pose, SIZE), self.index)
            observation = self.landmarker.detect(Frame(self.index / 30, picture))
            self.index += 1
        assert observation is not None, "the landmarker sees no face"
        return observation.landmarks * (SIZE[0], SIZE[1], SIZE[0]), observation.blendshapes

    def see(self, pose: FacePose, frames: int = 7) -> Seen:
        """Return what moved, after taking the head's own movement out."""
        points, shapes = self.points(pose, frames)
        moved = self._laid_over_neutral(points) - self.neutral
        moved /= np.linalg.norm(self.neutral[33] - self.neutral[263])

        def lid(indices: tuple[int, ...] | int) -> float:
            return float(-moved[np.atleast_1d(indices), 1].mean())

        return Seen(
            out=Bilateral(float(moved[CORNER[0], 0]), float(-moved[CORNER[1], 0])),
            up=Bilateral(lid(CORNER[0]), lid(CORNER[1])),
            lower=Bilateral(lid(LOWER[0]), lid(LOWER[1])),
            upper=Bilateral(lid(UPPER[0]), lid(UPPER[1])),
            chin_left=float(moved[CHIN, 0]),
            chin_down=float(moved[CHIN, 1]),
            blink=Bilateral(float(shapes[BLINK_LEFT]), float(shapes[BLINK_RIGHT])),
            jaw_open=float(shapes[JAW_OPEN]),
        )

    def _laid_over_neutral(self, points: Points) -> Points:
        """Return the points in the neutral head's frame: least-squares similarity, Umeyama 1991."""
        source, target = points[RIGID], self.neutral[RIGID]
        centred = source - source.mean(axis=0)
        u, sizes, vt = np.linalg.svd(centred.T @ (target - target.mean(axis=0)))
        signs = np.array([1, 1, np.sign(np.linalg.det(u @ vt))])
        turn = (u * signs) @ vt * (sizes @ signs) / (centred**2).sum()
        return np.asarray((points - source.mean(axis=0)) @ turn + target.mean(axis=0))

    def sweep(self, pose: Callable[[float], FacePose]) -> list[Seen]:
        """Return what is seen at each of `STEPS`."""
        return [self.see(pose(level)) for level in STEPS]


@pytest.fixture(scope="module")
def watcher(model_path: Path) -> Iterator[Watcher]:
    watching = Watcher(model_path)
    yield watching
    watching.landmarker.close()


def rises(values: list[float], least: float) -> bool:
    return all(b > a for a, b in pairwise(values)) and values[-1] - values[0] >= least


# -- seen by the landmarker


def test_a_smile_moves_both_corners_and_leaves_the_lower_lids(watcher: Watcher) -> None:
    """A mouth-only smile must not look like a cheek raise."""
    seen = watcher.sweep(lambda level: FacePose(smile=both(level)))
    assert rises([s.corner.left for s in seen], 0.12)
    assert rises([s.corner.right for s in seen], 0.12)
    assert seen[-1].lower.maximum < 0.01
    assert seen[-1].jaw_open < 0.05


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_one_sided_smile_is_on_the_persons_own_side(watcher: Watcher, side: str) -> None:
    """Left is the person's left, and the other corner hardly moves."""
    other = "right" if side == "left" else "left"

    def one_sided(level: float) -> FacePose:
        return FacePose(smile=Bilateral(level, 0) if side == "left" else Bilateral(0, level))

    seen = watcher.sweep(one_sided)
    assert rises([getattr(s.corner, side) for s in seen], 0.10)
    assert getattr(seen[-1].corner, other) < 0.45 * getattr(seen[-1].corner, side)


def test_a_raised_cheek_lifts_the_lower_lid_alone(watcher: Watcher) -> None:
    """The upper lid, the mouth and the chin stay where they are."""
    seen = watcher.sweep(lambda level: FacePose(cheek=both(level)))
    assert rises([s.lower.left for s in seen], 0.025)
    assert rises([s.lower.right for s in seen], 0.025)
    last = seen[-1]
    assert max(abs(last.upper.left), abs(last.upper.right)) < 0.012
    assert last.corner.maximum < 0.015
    assert last.blink.maximum < 0.3


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_raised_cheek_is_on_the_persons_own_side(watcher: Watcher, side: str) -> None:
    """The other lower lid hardly moves."""
    watcher.see(NEUTRAL)
    seen = watcher.see(FacePose(cheek=Bilateral(1, 0) if side == "left" else Bilateral(0, 1)))
    other = "right" if side == "left" else "left"
    assert getattr(seen.lower, side) > 0.018
    assert getattr(seen.lower, other) < 0.5 * getattr(seen.lower, side)


def test_narrowed_lids_come_from_above_too(watcher: Watcher) -> None:
    """What tells lids alone from a raised cheek: the upper lid comes down."""
    watcher.see(NEUTRAL)
    cheek, lids = watcher.see(FacePose(cheek=both(1))), watcher.see(FacePose(lower_lid=both(1)))
    assert lids.lower.minimum > 0.02
    assert lids.upper.mean < cheek.upper.mean - 0.008


def test_a_blink_is_seen_within_two_frames(watcher: Watcher) -> None:
    """Both eyes read as shut at once, and the lower lids stay."""
    watcher.see(NEUTRAL)
    seen = watcher.see(FacePose(lids=both(1)), frames=2)
    assert seen.blink.minimum > 0.4
    assert seen.blink.mean >= 0.5
    assert seen.upper.maximum < -0.07
    assert seen.lower.maximum < 0.01


def test_an_opening_jaw_takes_the_chin_down(watcher: Watcher) -> None:
    """Steadily, and as far as an open mouth does."""
    seen = watcher.sweep(lambda level: FacePose(jaw_open=level))
    assert rises([s.chin_down for s in seen], 0.25)
    assert rises([s.jaw_open for s in seen], 0.4)


def test_a_jaw_moves_to_the_persons_left_and_right(watcher: Watcher) -> None:
    """Sideways either way, mouth slightly open as in circles."""
    seen = watcher.sweep(lambda level: FacePose(jaw_open=0.25, jaw_side=2 * level - 1))
    assert rises([s.chin_left for s in seen], 0.10)
    assert seen[0].chin_left < -0.05
    assert seen[-1].chin_left > 0.05


def test_a_turned_head_is_still_found(watcher: Watcher) -> None:
    """Up to 25 degrees of yaw, and nearer or further away."""
    for pose in (FacePose(yaw=25), FacePose(yaw=-25), FacePose(scale=0.6), FacePose(scale=1.5), NEUTRAL):
        watcher.see(pose, frames=10)


def test_a_turn_to_the_left_moves_the_nose_to_the_persons_left(watcher: Watcher) -> None:
    """The nose moves away from the middle between the temples."""
    noses = []
    for yaw in (-20, 0, 20):
        points, _ = watcher.points(FacePose(yaw=yaw), 8)
        noses.append((points[1, 0] - points[[127, 356], 0].mean()) / SIZE[0])
    assert noses[0] < -0.01
    assert abs(noses[1]) < 0.01
    assert noses[2] > 0.01


# -- the picture alone


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (240, 240), (160, 120), (641, 359)])
def test_any_size_is_filled(size: tuple[int, int]) -> None:
    """(H, W, 3) uint8 of the size asked for, with a face in it."""
    picture = draw(FacePose(smile=both(1), jaw_open=0.5), size)
    assert picture.shape == (size[1], size[0], 3)
    assert picture.dtype == np.uint8
    assert np.abs(picture.astype(int) - draw(FacePose(visible=False), size)).max() > 100


def test_the_same_pose_is_the_same_picture_in_an_array_of_its_own() -> None:
    """Drawing on a picture does not spoil the next one."""
    first = draw(NEUTRAL)
    kept = first.copy()
    first[:] = 0
    assert np.array_equal(draw(NEUTRAL), kept)


def test_every_part_of_a_pose_changes_the_picture() -> None:
    """No parameter is ignored."""
    neutral = draw(NEUTRAL)
    changed: dict[str, Any] = {
        "smile": both(0.5), "cheek": both(0.5), "lids": both(0.5), "lower_lid": both(0.5), "jaw_open": 0.5,
        "jaw_side": 0.5, "brows": 0.5, "yaw": 5.0, "pitch": 5.0, "roll": 5.0, "gaze": (0.5, 0.5), "dx": 0.1,
        "dy": 0.1, "scale": 0.8, "light": 0.7, "side_light": 0.5, "visible": False,
    }  # fmt: skip
    assert set(changed) == set(FacePose.__slots__)
    for name, value in changed.items():
        assert not np.array_equal(draw(FacePose(**{name: value})), neutral), name


def test_half_a_pixel_is_visible() -> None:
    """Small movements stay small movements instead of jumping from pixel to pixel."""
    shifts = [draw(FacePose(dx=pixels / 640)).astype(int) for pixels in (0.0, 0.25, 0.5, 1.0)]
    differences = [np.abs(shifted - shifts[0]).sum() for shifted in shifts]
    assert 0 < differences[1] < differences[2] < differences[3]


def test_extreme_poses_draw_without_error() -> None:
    """A face that leaves the picture, or fills it."""
    for pose in (
        FacePose(dx=2.0), FacePose(dy=-3.0), FacePose(dx=0.5, jaw_open=1.0), FacePose(scale=6, jaw_open=1),
        FacePose(scale=0.02), FacePose(yaw=45, pitch=30, roll=90, jaw_open=1, jaw_side=-1, lids=both(1)),
    ):  # fmt: skip
        assert draw(pose, (320, 240)).shape == (240, 320, 3)


def test_light_comes_from_the_side_it_should() -> None:
    """Light from the person's left leaves the person's right cheek darker."""
    picture = draw(FacePose(side_light=0.8)).astype(int)
    left, right = picture[230:260, 350:380].mean(), picture[230:260, 260:290].mean()
    assert left > right + 20
    assert draw(FacePose(light=0.3)).mean() < 0.4 * draw(NEUTRAL).mean()


def test_grain_is_small_and_new_in_every_frame() -> None:
    """A camera's noise: the picture keeps its mean, and no two frames are equal."""
    picture = draw(NEUTRAL)
    first, second = grain(picture, 0), grain(picture, 1)
    assert not np.array_equal(first, second)
    assert 1 < np.std(first.astype(int) - picture) < 3
    assert abs(first.mean() - picture.mean()) < 0.1
