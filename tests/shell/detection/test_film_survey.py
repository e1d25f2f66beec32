"""Films as people have them: on their side, with somebody else in them, with too few pictures, black."""

from __future__ import annotations

import av
import numpy as np
import pytest

from coach.errors import SourceError
from coach.shell.app.devices import make_upright
from coach.shell.capture.source import Signal
from coach.shell.capture.video_file import VideoFile
from coach.shell.detection.film_survey import FollowedFace, all_black, followed, survey
from coach.shell.detection.landmarker import Landmarker
from coach.shell.drawn_face.face import draw
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral, Frame


@pytest.fixture(scope="module")
def landmarker(model_path):
    with Landmarker(model_path) as one:
        yield one


def face(width=320, height=240):
    return draw(FacePose(smile=Bilateral(0.0, 0.0)), size=(width, height))


def filmed(path, pictures, rate=10):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=rate)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuvj420p"
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("turned", [0, 1, 2, 3])
def test_a_film_whose_rotation_was_lost_is_turned_upright(tmp_path, landmarker, turned):
    """A telephone's film on its side or upside down, without the word that says so."""
    film = filmed(tmp_path / "film.avi", [np.rot90(face(), turned)] * 25)
    seen = survey(film, landmarker)
    assert (seen.turn + turned) % 4 == 0
    assert seen.rate == pytest.approx(10)
    assert [("turned upright" in note) for note in seen.notes] == [True] * (turned > 0)
    upright = VideoFile(film, turn=seen.turn).read().image
    assert np.abs(upright.astype(int) - face()).mean() < 4


def test_a_session_turns_a_film_upright_too(tmp_path, landmarker, capfd):
    """And refuses one that shows too little, as `analyze` does; it follows its first face by itself."""
    film = VideoFile(filmed(tmp_path / "film.avi", [np.rot90(face(), 2)] * 15))
    make_upright(film, landmarker)
    assert np.abs(film.read().image.astype(int) - face()).mean() < 4
    assert capfd.readouterr().err == f"{film.path}: the film is upside down; it is turned upright\n"
    with pytest.raises(SourceError, match="too few to tell a hold"):
        make_upright(VideoFile(filmed(tmp_path / "slow.avi", [face()] * 9, rate=2)), landmarker)


def test_the_survey_leaves_nothing_behind_in_the_landmarker(tmp_path, landmarker, model_path):
    """What is seen afterwards is what a new landmarker sees."""
    film = filmed(tmp_path / "film.avi", [face()] * 15)
    survey(film, landmarker)
    with Landmarker(model_path) as new:
        video, again = VideoFile(film), VideoFile(film)
        while (frame := video.read()) is not Signal.ENDED:
            assert np.array_equal(landmarker.detect(frame).landmarks, new.detect(again.read()).landmarks)


@pytest.mark.parametrize(("share", "company"), [(0.3, False), (0.36, True)])
def test_a_small_face_in_the_background_is_no_company(tmp_path, landmarker, share, company):
    """A face on a poster, or far behind, is not spoken of; from a third of the size on it is somebody."""
    wide, high = round(640 * share), round(480 * share)
    beside = np.zeros((480, wide - 2 * (wide // 4), 3), np.uint8)
    beside[:high] = face(wide, high)[:, wide // 4 : wide - wide // 4]
    picture = np.hstack([face(640, 480)[:, 120:520], beside])
    film = filmed(tmp_path / "film.avi", [picture] * 10)
    assert survey(film, landmarker).others is company


def test_of_two_faces_the_larger_is_followed_and_the_other_is_mentioned(tmp_path, landmarker):
    """Wherever the landmarker would look on its own."""
    beside = np.zeros((240, 180, 3), np.uint8)
    beside[40:200] = face(213, 160)[:, 17:197]
    for side, picture in (("left", np.hstack([face(), beside])), ("right", np.hstack([beside, face()]))):
        film = filmed(tmp_path / f"{side}.avi", [picture] * 12)
        seen = survey(film, landmarker)
        assert seen.others
        assert any("second face" in note for note in seen.notes)
        eye = FollowedFace(landmarker)
        for t in range(5):
            box = eye.detect(Frame(100.0 + t / 10, picture)).box
            assert ((box[0] + box[2]) / 2 < 0.5) == (side == "left")


def test_a_followed_face_that_leaves_is_looked_for_everywhere_again(landmarker):
    """It is lost for a while first: nobody else takes its place at once."""
    left = np.hstack([face(), np.zeros_like(face())])
    eye = FollowedFace(landmarker)
    assert eye.detect(Frame(200.0, left)) is not None
    right = np.ascontiguousarray(left[:, ::-1])
    assert eye.detect(Frame(200.1, right)) is None
    assert eye.detect(Frame(201.5, right)) is not None


def test_of_equal_faces_the_one_nearer_to_the_middle_is_followed():
    """Two people on a sofa, one of them the person who put up the camera."""
    aside, middle, small = (0.0, 0.2, 0.2, 0.62), (0.35, 0.2, 0.55, 0.6), (0.48, 0.4, 0.52, 0.5)
    assert followed([aside, middle]) == middle
    assert followed([small, aside]) == aside
    assert followed([]) is None


def test_one_face_alone_is_no_company(tmp_path, landmarker):
    """Nothing is said of others, nor of the rate."""
    seen = survey(filmed(tmp_path / "film.avi", [face()] * 12), landmarker)
    assert seen.notes == []


@pytest.mark.parametrize("rate", [1, 2, 4])
def test_too_few_pictures_give_no_verdict(tmp_path, landmarker, rate):
    """At two a second a long blink and a hold are the same two pictures."""
    film = filmed(tmp_path / "film.avi", [face()] * 8, rate)
    with pytest.raises(SourceError, match=rf"{rate}\.0 pictures a second are too few"):
        survey(film, landmarker)


def test_few_pictures_are_said(tmp_path, landmarker):
    """They can be counted by; their times are rough."""
    seen = survey(filmed(tmp_path / "film.avi", [face()] * 14, 6), landmarker)
    assert seen.notes == ["6.0 pictures a second: times are rough; film with 8 or more"]


def test_a_black_film_is_black(tmp_path):
    """And a dark room is not: something glimmers in it."""
    dark = np.random.default_rng(1).integers(0, 40, (48, 64, 3)).astype(np.uint8)
    assert all_black(filmed(tmp_path / "black.avi", [np.zeros((48, 64, 3), np.uint8)] * 5))
    assert not all_black(filmed(tmp_path / "dark.avi", [dark] * 5))
