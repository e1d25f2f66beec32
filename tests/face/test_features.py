"""Features show the expression: free of the head's pose, true to the sides, 0 at the person's neutral."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from synthetic_face import PAIRS, SIZE, observed, synthetic_face, turned

from coach.face.baseline import Baseline, OwnRange, neutral_baseline
from coach.face.features import LID_COUPLING, NASOLABIAL_WEIGHT, Features, extract
from coach.face.head_frame import canonical, used_points
from coach.face.landmarks import CHIN, LEFT, LOWER_LIP, RIGHT, RIGID, UPPER_LIP, USED, Blendshape
from coach.face.measures import measure, measure_alone
from coach.face.perception import Perception
from coach.shell.detection.landmarker import Landmarker
from coach.shell.drawn_face.face import FacePose, draw, grain
from coach.types import Bilateral, FaceObservation, Frame, Points

POSE_FIELDS = {"t", "yaw", "pitch", "roll", "turn", "size", "unit_px", "side_light", "mirrored"}


def baseline(*, closed=()) -> Baseline:
    """Return the synthetic face's baseline; `closed` frames are in a blink."""
    seen = []
    for number in range(40):
        points = synthetic_face()
        if number in closed:
            points = moved(points, (*LEFT.upper_lid, *RIGHT.upper_lid), (0, 0.2, 0))
        observation = observed(points, number / 15)
        seen.append(observation)
    found = neutral_baseline(seen)
    assert found is not None
    return found


def moved(points: Points, indices, by) -> Points:
    out = points.copy()
    out[list(indices)] += by
    return out


def seen_as(points: Points, **how) -> Features:
    observation = observed(points, 9.0, **how)
    return extract(observation, baseline(), OwnRange())


def expression(features: Features) -> dict[str, tuple[float, ...]]:
    """Return every feature that is no matter of pose or place."""
    out = {}
    for name in (field.name for field in fields(Features)):
        value = getattr(features, name)
        if name not in POSE_FIELDS:
            out[name] = (value.left, value.right) if isinstance(value, Bilateral) else (value,)
    return out


def test_every_measure_stands_where_its_name_says():
    """Each one agrees with its own points and blendshapes."""
    points = synthetic_face()
    shapes = {shape: 0.01 * shape for shape in Blendshape}
    seen = observed(points, scale=70.0, at=(320.0, 200.0), shapes=shapes)
    found = measure_alone(seen)
    placed = dict(zip(USED, canonical(used_points(seen)), strict=True))
    for name in ("lower_lid", "upper_lid", "brow", "cheek", "nasolabial"):
        for side, indices in (("left", LEFT), ("right", RIGHT)):
            height = -np.mean([placed[index][1] for index in np.atleast_1d(getattr(indices, name))])
            assert getattr(getattr(found, name), side) == pytest.approx(height), name
    for side, indices, outwards in (("left", LEFT, 1), ("right", RIGHT, -1)):
        corner = placed[indices.mouth_corner]
        assert getattr(found.corner_out, side) == pytest.approx(outwards * corner[0])
        assert getattr(found.corner_up, side) == pytest.approx(-corner[1])
        eye = np.array([outwards * 0.5, 0.0, 0.0])
        assert getattr(found.corner_to_eye, side) == pytest.approx(np.linalg.norm(corner - eye))
        for name in ("smile", "squint"):
            shape = Blendshape[f"{'MOUTH_SMILE' if name == 'smile' else 'EYE_SQUINT'}_{side.upper()}"]
            assert getattr(getattr(found, name), side) == pytest.approx(shapes[shape])
    assert (found.chin_side, found.chin_down) == pytest.approx(tuple(placed[CHIN][:2]))
    assert found.lip_gap == pytest.approx(placed[LOWER_LIP][1] - placed[UPPER_LIP][1])
    frown = (shapes[Blendshape.BROW_DOWN_LEFT] + shapes[Blendshape.BROW_DOWN_RIGHT]) / 2
    assert found.brow_down == pytest.approx(frown)
    assert found.unit_px == pytest.approx(140.0)
    assert found.iris_px == pytest.approx(70 * (0.82 - 0.56))
    assert found.centre == pytest.approx((320 / SIZE[0], 200 / SIZE[1]))


def test_every_feature_stands_where_its_name_says():
    """Each one agrees with the measures of a face that has moved everywhere at once."""
    rest, best = baseline(), OwnRange()
    points = synthetic_face()
    for number, index in enumerate(USED):
        if index not in RIGID:
            points[index] += (0.003 * (number % 5), -0.004 * (number % 7), 0.002 * (number % 3))
    shapes = {shape: 0.01 * shape for shape in Blendshape}
    seen = observed(points, 9.0, shapes=shapes)
    now, was, found = measure(seen, rest.reference), rest.neutral, extract(seen, rest, best)
    for side in ("left", "right"):

        def rise(name: str, side: str = side) -> float:
            return float(getattr(getattr(now, name), side) - getattr(getattr(was, name), side))

        lid = rise("lower_lid") - LID_COUPLING * max(-rise("upper_lid"), 0.0)
        wide = getattr(was.aperture, side)
        travel = np.hypot(rise("corner_out"), rise("corner_up"))
        expected = {
            "lid_lift": lid,
            "cheek_raise": lid / best.cheek,
            "lower_lid_rise": rise("lower_lid"),
            "upper_lid_drop": -rise("upper_lid"),
            "cheek_lift": rise("cheek"),
            "brow_raise": rise("brow"),
            "closure": -rise("upper_lid") / wide,
            "eye_aperture": getattr(now.aperture, side) / wide,
            "corner_pull": -rise("corner_to_eye"),
            "lip_corner_pull": -rise("corner_to_eye") / best.smile,
            "smile_lift": rise("corner_up") + NASOLABIAL_WEIGHT * rise("nasolabial"),
            "corner_travel": travel,
            "excursion_mm": travel * rest.mm,
            "smile": rise("smile"),
            "squint": rise("squint"),
        }
        for name, value in expected.items():
            assert getattr(getattr(found, name), side) == pytest.approx(value), (name, side)
    assert found.t == 9.0
    assert found.jaw_down == pytest.approx(now.chin_down - was.chin_down)
    assert found.jaw_open == pytest.approx(found.jaw_down / best.jaw)
    assert found.lip_gap == pytest.approx(now.lip_gap - was.lip_gap)
    assert found.brow_down == pytest.approx(now.brow_down - was.brow_down)
    assert (found.yaw, found.pitch, found.roll) == (now.pose.yaw, now.pose.pitch, now.pose.roll)
    assert found.size == pytest.approx(now.unit_px / SIZE[1])


SMILING = {
    "one corner": ((LEFT.mouth_corner,), (0.1, -0.15, 0.02)),
    "cheeks": ((*LEFT.lower_lid, *RIGHT.lower_lid), (0, -0.04, 0)),
    "jaw": ((CHIN, LOWER_LIP), (0.1, 0.4, 0.05)),
}


def test_the_neutral_face_is_zero():
    """At rest everything is at rest: no feature is left over, the eyes are open."""
    values = expression(seen_as(synthetic_face()))
    assert values.pop("eye_aperture") == pytest.approx((1.0, 1.0))
    for name, value in values.items():
        assert value == pytest.approx([0.0] * len(value), abs=1e-9), name


@pytest.mark.parametrize("change", SMILING)
@pytest.mark.parametrize(
    ("yaw", "pitch", "roll"), [(15, 0, 0), (0, -15, 0), (0, 0, 15), (-12, 9, 7), (8, 15, -15)]
)
def test_a_rigid_movement_of_the_head_changes_no_expression(change, yaw, pitch, roll):
    """Turned, shifted and nearer, the same expression reads the same to a millionth."""
    points = moved(synthetic_face(), *SMILING[change])
    still = expression(seen_as(points))
    moving = expression(seen_as(points, rotation=turned(yaw, pitch, roll), scale=91.0, at=(250.0, 260.0)))
    for name, value in still.items():
        assert moving[name] == pytest.approx(value, abs=1e-6), name


def test_the_pose_is_the_heads():
    """Yaw to the person's left, chin up and tilt to the person's left are positive, in degrees."""
    left = seen_as(synthetic_face(), rotation=turned(-10, 0, 0))  # nose to the picture's right
    nose = turned(-10, 0, 0) @ np.array([0.0, 0.0, -1.0])
    assert nose[0] > 0
    assert left.yaw == pytest.approx(10, abs=1e-6)
    up = turned(0, -10, 0)
    assert (up @ np.array([0.0, 0.0, -1.0]))[1] < 0
    raised = seen_as(synthetic_face(), rotation=up)
    assert raised.pitch - seen_as(synthetic_face()).pitch == pytest.approx(10, abs=1e-6)
    assert raised.turn == pytest.approx(10, abs=1e-6)
    tilt = turned(0, 0, 10)
    assert (tilt @ np.array([1.0, 0.0, 0.0]))[1] > 0  # the person's left ear sinks
    assert seen_as(synthetic_face(), rotation=tilt).roll == pytest.approx(10, abs=1e-6)


@pytest.mark.parametrize(("side", "other", "out"), [("left", "right", 0.1), ("right", "left", -0.1)])
def test_one_mouth_corner_moves_only_its_own_side(side, other, out):
    """The other side reads nothing at all."""
    corner = (LEFT if side == "left" else RIGHT).mouth_corner
    features = seen_as(moved(synthetic_face(), (corner,), (out, -0.2, 0)))
    for name in ("corner_pull", "lip_corner_pull", "corner_travel", "excursion_mm"):
        pair = getattr(features, name)
        assert getattr(pair, side) > 0.03, name
        assert getattr(pair, other) == pytest.approx(0, abs=1e-9), name
    assert features.corner_travel.maximum == pytest.approx(np.hypot(0.1, 0.2) / 2)
    assert features.corner_pull.weaker == other
    assert features.cheek_raise.maximum == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("side", "other"), [("left", "right"), ("right", "left")])
def test_one_lower_lid_is_a_cheek_raise_of_its_own_side(side, other):
    """Risen by 4 % of half the eye distance, it reads 2 % of the whole, which is the usual best."""
    lids = (LEFT if side == "left" else RIGHT).lower_lid
    features = seen_as(moved(synthetic_face(), lids, (0, -0.04, 0)))
    assert getattr(features.cheek_raise, side) == pytest.approx(1.0)
    assert getattr(features.cheek_raise, other) == pytest.approx(0, abs=1e-9)


def test_millimetres_come_from_the_iris():
    """The iris is 0.26 wide where the eyes are 2 apart, and 11.71 mm in life."""
    features = seen_as(moved(synthetic_face(), (LEFT.mouth_corner,), (0.2, 0, 0)))
    assert features.excursion_mm.left == pytest.approx(0.2 * 11.71 / 0.26)


def test_a_closing_upper_lid_is_closure_and_no_cheek_raise():
    """The lower lid may follow by a third of the upper lid's way without being called raised."""
    closed = moved(synthetic_face(), (*LEFT.upper_lid, *RIGHT.upper_lid), (0, 0.2, 0))
    features = seen_as(moved(closed, (*LEFT.lower_lid, *RIGHT.lower_lid), (0, -0.06, 0)))
    assert features.closure.minimum > 0.85
    assert features.cheek_raise.maximum < 0.0


def test_a_jaw_to_the_left_and_down_reads_so():
    """Chin and mouth corners to the picture's right are the person's left."""
    features = seen_as(moved(synthetic_face(), (CHIN, LEFT.mouth_corner, RIGHT.mouth_corner), (0.2, 0, 0)))
    assert features.jaw_side == pytest.approx(0.1)
    features = seen_as(moved(synthetic_face(), (CHIN, LOWER_LIP), (0, 0.44, 0)))
    assert features.jaw_down == pytest.approx(0.22)
    assert features.jaw_open == pytest.approx(1.0)
    assert features.lip_gap == pytest.approx(0.22)


def test_mirrored_input_swaps_the_sides():
    """Had the picture been mirrored, left would read right: nothing in the features prefers a side."""
    points = moved(synthetic_face(), (LEFT.mouth_corner,), (0.1, -0.15, 0.02))
    points = moved(moved(points, LEFT.lower_lid, (0, -0.04, 0)), (CHIN,), (0.1, 0.1, 0))
    shapes = {Blendshape.MOUTH_SMILE_LEFT: 0.8, Blendshape.EYE_SQUINT_LEFT: 0.4}
    flipped = points * (-1, 1, 1)
    for right, left in PAIRS:
        flipped[[left, right]] = flipped[[right, left]]
    swapped = {Blendshape.MOUTH_SMILE_RIGHT: 0.8, Blendshape.EYE_SQUINT_RIGHT: 0.4}
    a, b = seen_as(points, shapes=shapes), seen_as(flipped, shapes=swapped)
    for name, value in expression(a).items():
        mirrored = expression(b)[name]
        wanted = (-value[0],) if name == "jaw_side" else value[::-1]
        assert mirrored == pytest.approx(wanted, abs=1e-9), name


def test_blinks_are_dropped_from_the_baseline():
    """A neutral face that blinks for a third of the time has the same baseline, and says what it lost."""
    plain, blinking = baseline(), baseline(closed=range(12, 24))
    assert blinking.neutral.aperture == plain.neutral.aperture
    assert blinking.neutral.upper_lid.left == pytest.approx(plain.neutral.upper_lid.left)
    assert plain.quality == 1.0
    assert blinking.quality == pytest.approx(1 - 12 / 35, abs=0.02)


def test_a_face_without_extent_is_no_face():
    """Landmarks that all lie on one point, as in a damaged trace, are passed over instead of divided by."""
    point = FaceObservation(0.0, np.full((478, 3), 0.5), np.zeros(52), SIZE)
    assert Perception().look(point) is None


def test_too_few_frames_are_no_baseline():
    """Without half a second of a settled face nobody is called neutral."""
    assert neutral_baseline([]) is None
    frames = [observed(synthetic_face(), n / 15) for n in range(8)]
    assert neutral_baseline(frames) is None


# ---- the real landmarker before the drawn face ------------------------------------------------------


class Watcher:
    """The whole way from a drawn pose to features."""

    def __init__(self, model: Path) -> None:
        self.landmarker = Landmarker(model)
        self.frame = 0
        found = neutral_baseline([self._see(FacePose()) for _ in range(30)])
        assert found is not None
        self.baseline = found

    def _see(self, pose: FacePose) -> FaceObservation:
        observation = self.landmarker.detect(Frame(self.frame / 30, grain(draw(pose, SIZE), self.frame)))
        self.frame += 1
        assert observation is not None, "the landmarker sees no face"
        return observation

    def __call__(self, pose: FacePose, frames: int = 12) -> Features:
        """Return the last frame's features of a pose held for some frames."""
        for _ in range(frames):
            observation = self._see(pose)
        return extract(observation, self.baseline, OwnRange())


@pytest.fixture(scope="module")
def watch(model_path):
    watcher = Watcher(model_path)
    yield watcher
    watcher.landmarker.close()


def pair(left: float, right: float) -> Bilateral:
    return Bilateral(left, right)


def test_a_drawn_smile_is_a_pull_of_both_corners(watch):
    """Corners, not cheeks and not the jaw."""
    features = watch(FacePose(smile=pair(1, 1)))
    assert features.lip_corner_pull.minimum > 0.5
    assert features.lip_corner_pull.symmetry > 0.8
    assert features.smile.minimum > 0.3
    assert abs(features.jaw_open) < 0.3


@pytest.mark.parametrize(("left", "right"), [(1.0, 0.2), (0.2, 1.0)])
def test_a_drawn_one_sided_smile_is_on_the_persons_own_side(watch, left, right):
    """The person's left corner is drawn on the picture's right."""
    pull = watch(FacePose(smile=pair(left, right))).lip_corner_pull
    assert (pull.left > pull.right) == (left > right)
    assert pull.symmetry < 0.75


def test_a_drawn_cheek_raise_is_one(watch):
    """Both lower lids rise by more than half of a usual best, the mouth stays."""
    features = watch(FacePose(cheek=pair(1, 1)))
    assert features.cheek_raise.minimum > 0.5
    assert features.lip_corner_pull.maximum < 0.3


@pytest.mark.parametrize("level", [0.5, 1.0])
def test_a_drawn_blink_is_no_cheek_raise(watch, level):
    """However far the lids close, the cheek does not read as raised."""
    features = watch(FacePose(lids=pair(level, level)))
    assert features.closure.minimum > 0.2
    assert features.cheek_raise.mean < 0.28


def test_a_drawn_jaw_opens_and_goes_to_its_side(watch):
    """Down is down, and + is the person's left."""
    opened = watch(FacePose(jaw_open=0.8))
    assert opened.jaw_open > 0.5
    assert opened.lip_gap > 0.1
    left, right = watch(FacePose(jaw_open=0.3, jaw_side=0.8)), watch(FacePose(jaw_open=0.3, jaw_side=-0.8))
    assert left.jaw_side > 0.02
    assert right.jaw_side < -0.02


def test_a_drawn_head_turn_is_a_turn_and_no_smile(watch):
    """Ten degrees to the person's left read as such, and pull no corner by a third of a smile."""
    features = watch(replace(FacePose(), yaw=10.0), frames=20)
    assert 4 < features.yaw - watch.baseline.neutral.pose.yaw < 16
    assert features.lip_corner_pull.maximum < 0.3


def test_nothing_is_left_over_when_the_drawn_face_is_back_at_rest(watch):
    """After all of this, neutral is still neutral."""
    features = watch(FacePose(), frames=20)
    assert features.cheek_raise.mean == pytest.approx(0, abs=0.2)
    assert features.lip_corner_pull.mean == pytest.approx(0, abs=0.1)
    assert features.jaw_open == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
@pytest.mark.parametrize("axis", [0, 2])
def test_a_landmark_that_is_nowhere_makes_no_face(value, axis):
    """A damaged trace may hold such a face: it is left out like a frame without one."""
    seen = observed(synthetic_face())
    landmarks = seen.landmarks.copy()
    landmarks[10, axis] = value
    assert Perception().look(seen) is seen
    assert Perception().look(replace(seen, landmarks=landmarks)) is None
