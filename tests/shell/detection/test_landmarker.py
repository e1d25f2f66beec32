"""The landmarker: what MediaPipe sees comes out as plain arrays, and nothing odd gets in."""

from __future__ import annotations

import logging
import os

import numpy as np
import pytest

from coach.errors import ModelError
from coach.face.landmarks import LEFT, Blendshape
from coach.shell.detection.landmarker import LIGHT_EVERY_S, STEP_MS, Landmarker
from coach.shell.detection.light import light
from coach.shell.drawn_face.face import draw
from coach.shell.system.image import MAX_SIDE, plain
from coach.shell.system.native_stderr import native_stderr
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral, Frame

ODD_PICTURES = {
    "nothing": None,
    "a string": "picture",
    "no pixels": np.zeros((0, 0, 3), np.uint8),
    "no rows": np.zeros((0, 640, 3), np.uint8),
    "objects": np.full((4, 4, 3), None),
    "two channels": np.zeros((4, 4, 2), np.uint8),
    "a line": np.zeros(12, np.uint8),
    "complex numbers": np.zeros((4, 4, 3), np.complex64),
}
PLAIN_PICTURES = {
    "grey": np.full((48, 64), 200, np.uint8),
    "grey with an axis": np.full((48, 64, 1), 200, np.uint8),
    "with alpha": np.full((48, 64, 4), 200, np.uint8),
    "floats to one": np.full((48, 64, 3), 200 / 255, np.float64),
    "floats to 255": np.full((48, 64, 3), 200.0, np.float32),
    "sixteen bits": np.full((48, 64, 3), 200 << 8, np.uint16),
    "long integers": np.full((48, 64, 3), 200, np.int64),
    "every other column": np.full((48, 128, 3), 200, np.uint8)[:, ::2],
    "upside down": np.full((48, 64, 3), 200, np.uint8)[::-1],
}


@pytest.fixture(scope="module")
def landmarker(model_path):
    with Landmarker(model_path) as opened:
        yield opened


def watched(landmarker, pose, *, start):
    """Let the landmarker watch a drawn face for ten frames; return what it saw in each."""
    return [landmarker.detect(Frame(start + n / 30, draw(pose))) for n in range(10)]


@pytest.mark.parametrize("odd", ODD_PICTURES.values(), ids=ODD_PICTURES.keys())
def test_what_is_no_picture_is_none(odd):
    """Whatever cannot be a picture is told apart before MediaPipe could abort on it."""
    assert plain(odd) is None


@pytest.mark.parametrize("image", PLAIN_PICTURES.values(), ids=PLAIN_PICTURES.keys())
def test_every_kind_of_picture_becomes_plain_bgr(image):
    """Grey, alpha, floats, 16 bits and strided views all become the same contiguous BGR."""
    out = plain(image)
    assert out is not None
    assert out.shape == (48, 64, 3)
    assert out.dtype == np.uint8
    assert out.flags["C_CONTIGUOUS"]
    assert abs(int(out.min()) - 200) <= 1
    assert out.min() == out.max()


def test_not_a_number_is_black_and_negative_too():
    """NaN, infinities and negatives end inside 0..255."""
    image = np.full((4, 4, 3), [np.nan, -50.0, np.inf], np.float32)
    assert plain(image)[0, 0].tolist() == [0, 0, 255]


@pytest.mark.parametrize("shape", [(2160, 3840, 3), (9000, 3, 3), (1, 20000, 3)])
def test_a_huge_picture_is_made_smaller(shape):
    """4K and absurd shapes come down to the long side MediaPipe can use, never to nothing."""
    out = plain(np.full(shape, 90, np.uint8))
    assert max(out.shape[:2]) <= MAX_SIDE
    assert min(out.shape) >= 1
    assert out.min() == out.max() == 90


def test_a_plain_picture_is_not_copied():
    """The usual frame costs nothing."""
    image = np.zeros((48, 64, 3), np.uint8)
    assert np.shares_memory(plain(image), image)


def test_light_tells_the_persons_sides_apart():
    """A face lit on the right of the unmirrored picture is lit on the person's left."""
    image = np.full((200, 400, 3), 30, np.uint8)
    image[50:150, 100:200] = 80
    image[50:150, 200:300] = 160
    corners = np.array([[0.25, 0.25, 0], [0.75, 0.75, 0]])
    seen = light(image, corners)
    assert seen.balance.left == pytest.approx(160, abs=3)
    assert seen.balance.right == pytest.approx(80, abs=3)
    assert seen.level == pytest.approx(120, abs=3)
    assert seen.behind == pytest.approx(30, abs=5)


def test_a_blurred_face_is_less_sharp():
    """Sharpness falls below 20 when the same face is out of focus."""
    import cv2

    rng = np.random.default_rng(1)
    image = cv2.resize(rng.integers(0, 255, (40, 40, 3), dtype=np.uint8), (400, 400))
    corners = np.array([[0.1, 0.1, 0], [0.9, 0.9, 0]])
    assert light(image, corners).sharpness > 20
    assert light(cv2.GaussianBlur(image, (0, 0), 20), corners).sharpness < 20


def test_a_face_outside_the_picture_has_no_light():
    """Landmarks beyond the border leave nothing to measure."""
    assert light(np.zeros((48, 64, 3), np.uint8), np.array([[1.2, 0.1, 0], [1.6, 0.9, 0]])) is None


def test_now_and_then_the_face_is_also_seen_in_the_mirror(model_path):
    """After so many seconds and so many pictures; what is left there is right here."""
    image = draw(FacePose(smile=Bilateral(1.0, 0.0)))
    with Landmarker(model_path, mirror_every_s=0.3, mirror_pictures=5) as landmarker:
        seen = [landmarker.detect(Frame(n / 30, image)) for n in range(15)]
    assert [n for n, face in enumerate(seen) if face.mirrored] == [4, 13]
    there, here = seen[4].mirrored.blendshapes, seen[4].blendshapes
    left, right = Blendshape.MOUTH_SMILE_LEFT, Blendshape.MOUTH_SMILE_RIGHT
    assert here[left] > here[right]
    assert there[left] < there[right]


def test_a_face_comes_out_as_plain_arrays(landmarker):
    """478 landmarks in 0..1 of the picture, 52 blendshapes in 0..1, the frame's time and size, the light."""
    seen = watched(landmarker, FacePose(), start=1000.0)[-1]
    assert seen.landmarks.shape == (478, 3)
    assert seen.landmarks.dtype == np.float64
    assert (seen.landmarks[:, :2] > 0).all()
    assert (seen.landmarks[:, :2] < 1).all()
    assert seen.blendshapes.shape == (52,)
    assert seen.blendshapes.dtype == np.float64
    assert seen.blendshapes.min() >= 0
    assert seen.blendshapes.max() <= 1
    assert seen.t == pytest.approx(1000 + 9 / 30)
    assert seen.size == (640, 480)
    assert 0 < seen.light.level < 255


def test_sides_are_the_persons_own(landmarker):
    """A smile on the person's left raises `mouthSmileLeft` (44) and not `mouthSmileRight` (45)."""
    seen = watched(landmarker, FacePose(smile=Bilateral(1.0, 0.0)), start=2000.0)[-1]
    left, right = seen.blendshapes[44], seen.blendshapes[45]
    assert left > right + 0.2


def test_odd_frames_while_a_face_is_tracked_do_no_harm(landmarker):
    """An empty picture amid a tracked face would abort the process; here it is nobody for one frame."""
    assert watched(landmarker, FacePose(), start=3000.0)[-1] is not None
    for number, image in enumerate(ODD_PICTURES.values()):
        assert landmarker.detect(Frame(3001 + number / 30, image)) is None
    assert watched(landmarker, FacePose(), start=3002.0)[-1] is not None


def test_grey_alpha_and_huge_pictures_show_the_same_face(landmarker):
    """The face is found in every kind of picture, and a huge one keeps its own size in the observation."""
    face = draw(FacePose())
    kinds = {
        "alpha": np.dstack([face, np.zeros(face.shape[:2], np.uint8)]),
        "float": face / 255,
        "huge": np.repeat(np.repeat(face, 4, axis=0), 4, axis=1),
        "grey": face.mean(axis=2).astype(np.uint8),
    }
    expected = watched(landmarker, FacePose(), start=4000.0)[-1].landmarks[:, :2]
    for number, (kind, image) in enumerate(kinds.items()):
        for again in range(4):
            seen = landmarker.detect(Frame(4010 + 10 * number + again / 30, image))
        assert np.abs(seen.landmarks[:, :2] - expected).max() < 0.03, kind
        assert seen.size == (image.shape[1], image.shape[0])


def test_odd_frames_between_good_ones_are_just_no_face(landmarker):
    """A stream of oddities never raises, never aborts: it is simply nobody there."""
    for number, image in enumerate([*ODD_PICTURES.values(), *PLAIN_PICTURES.values()]):
        assert landmarker.detect(Frame(number / 30, image)) is None


def test_time_may_stand_still_or_start_again(landmarker):
    """Two frames within a millisecond and a second source on the same landmarker are fine."""
    image = np.zeros((120, 160, 3), np.uint8)
    for t in (10.0, 10.0001, 10.0002, 0.0, 0.0333):
        assert landmarker.detect(Frame(t, image)) is None


def test_small_slow_movements_are_seen_at_once(landmarker):
    """A lower lid that creeps up is where it is in the first frame that shows it, not some frames later."""
    lid = LEFT.lower_lid[0]
    watched(landmarker, FacePose(), start=6000.0)
    for number in range(1, 31):
        cheek = number / 60
        creeping = landmarker.detect(Frame(6001 + number / 30, draw(FacePose(cheek=Bilateral(cheek, cheek)))))
    resting = watched(landmarker, FacePose(cheek=Bilateral(cheek, cheek)), start=6003.0)[-1]
    assert creeping.landmarks[lid, 1] == pytest.approx(resting.landmarks[lid, 1], abs=0.1 / 480)


def test_light_is_measured_now_and_then(landmarker, monkeypatch):
    """Light changes slowly, so it is measured a few times a second and reused in between."""
    measured = []
    monkeypatch.setattr("coach.shell.detection.landmarker.light", lambda image, points: measured.append(1))
    landmarker._light_t = -np.inf
    for number in range(10):
        landmarker._light_at(500 + number * LIGHT_EVERY_S / 2, None, None)
    assert len(measured) == 5


def test_a_closed_landmarker_says_so(model_path):
    """Silence after closing would look like a lost face; it is an error instead."""
    landmarker = Landmarker(model_path)
    landmarker.close()
    landmarker.close()
    with pytest.raises(RuntimeError, match="closed"):
        landmarker.detect(Frame(0.0, np.zeros((48, 64, 3), np.uint8)))


def test_opening_writes_nothing_to_the_terminal(model_path, capfd):
    """MediaPipe's five lines of noise stay off the terminal."""
    Landmarker(model_path).close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("content", [None, b"", b"not a model", b"PK\x03\x04 cut off"])
def test_a_wrong_model_is_one_line(tmp_path, content):
    """A missing, empty or foreign file is named in one line with the remedy."""
    file = tmp_path / "face.task"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        Landmarker(file)
    assert "\n" not in str(caught.value)
    assert str(file) in str(caught.value)


def test_native_noise_goes_to_the_debug_log(caplog, capfd):
    """What a C++ library writes to descriptor 2 is kept for the debug log, and the terminal stays clean."""
    with caplog.at_level(logging.DEBUG, "coach.shell.system.native_stderr"), native_stderr():
        os.write(2, b"W0000 something native\n")
    assert "something native" in caplog.text
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_the_terminal_comes_back_after_an_error(capfd):
    """An exception inside the quiet block does not leave the terminal mute."""
    with pytest.raises(KeyError), native_stderr():
        raise KeyError
    os.write(2, b"still here\n")
    assert capfd.readouterr().err == "still here\n"


def test_the_quick_way_reads_what_the_public_one_returns(model_path):
    """Every landmark and blendshape is what MediaPipe's own call gives for the same frames, to the bit."""
    from mediapipe import Image, ImageFormat
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model_path)),
        running_mode=vision.RunningMode.VIDEO,
        output_face_blendshapes=True,
    )
    pictures = [np.zeros((480, 640, 3), np.uint8), *(draw(FacePose(jaw_open=n / 5)) for n in range(5))]
    seen = None
    with (
        native_stderr(),
        vision.FaceLandmarker.create_from_options(options) as public,
        Landmarker(model_path) as quick,
    ):
        for number, picture in enumerate(pictures):
            seen = quick.detect(Frame(number / 30, picture))
            rgb = Image(ImageFormat.SRGB, np.ascontiguousarray(picture[:, :, ::-1]))
            told = public.detect_for_video(rgb, (number + 1) * STEP_MS)
            if seen is None:
                assert told.face_landmarks == []
                continue
            assert seen.landmarks.tolist() == [[p.x, p.y, p.z] for p in told.face_landmarks[0]]
            assert seen.blendshapes.tolist() == [shape.score for shape in told.face_blendshapes[0]]
    assert seen is not None
