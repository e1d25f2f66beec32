"""Recordings as a source: their own time, upright, and honest about what is missing."""

from __future__ import annotations

import os
import struct
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.stream import Disposition
from checkout import ROOT
from numbered_frame import numbered

from coach.errors import SourceError
from coach.shell.capture.source import Signal
from coach.shell.capture.video_file import Stamps, VideoFile


def frames_of(video):
    """Read everything."""
    frames = []
    while (got := video.read()) is not Signal.ENDED:
        frames.append(got)
    video.close()
    return frames


def bright_column(image):
    """Return where the bright bar of a numbered picture is, in tenths of the width."""
    return int(image.mean(axis=(0, 2)).argmax()) * 10 // image.shape[1]


def patched_boxes(data, path, change):
    """Return an MP4 with the box at `path` (names from the root) replaced by `change(content)`.

    All enclosing sizes are corrected. The index must come after the pictures, as OpenCV writes it.
    """
    at = 0
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        if name == path[0]:
            inside = data[at + 8 : at + size]
            new = patched_boxes(inside, path[1:], change) if path[1:] else change(inside)
            return data[:at] + struct.pack(">I4s", len(new) + 8, name) + new + data[at + size :]
        at += size
    raise AssertionError(path)


def test_stamps_are_the_containers_own(film):
    """Frames come in order, unmirrored, each with its own time from zero."""
    video = VideoFile(film(frames=25, fps=20.0))
    frames = frames_of(video)
    assert [frame.t for frame in frames] == pytest.approx([n / 20 for n in range(25)], abs=1e-3)
    assert [bright_column(frame.image) for frame in frames] == [n % 10 for n in range(25)]
    assert video.warning == ""
    assert video.name == "film.mp4"


@pytest.mark.parametrize("name", ["film.avi", "film.mkv", "film.mov"])
def test_containers_agree(film, name):
    """The same film in other containers has the same times."""
    frames = frames_of(VideoFile(film(name, codec="MJPG", frames=12, fps=25.0)))
    assert [frame.t for frame in frames] == pytest.approx([n / 25 for n in range(12)], abs=2e-3)


def test_a_variable_rate_is_kept(film):
    """Where the container says that frames 10 to 19 last three times as long, they do."""
    path = film(frames=30, fps=30.0)

    def uneven(table):
        count, each = struct.unpack(">II", table[8:16])
        assert count == 30
        return table[:4] + struct.pack(">I6I", 3, 10, each, 10, 3 * each, 10, each)

    table = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stts"]
    longer = patched_boxes(path.read_bytes(), table, uneven)
    path.write_bytes(longer.replace(b"edts", b"free"))  # the edit list still ends after a second
    steps = np.diff([frame.t for frame in frames_of(VideoFile(path))]) * 30
    assert steps == pytest.approx([1] * 10 + [3] * 10 + [1] * 9, abs=0.02)


def test_a_telephones_film_is_turned_upright(film):
    """A film recorded with the telephone upright carries a quarter turn in its track header."""
    path = film(frames=3, size=(64, 48))
    one = 1 << 16

    def quarter_turn(header):
        matrix = struct.pack(">9i", 0, one, 0, -one, 0, 0, 48 << 16, 0, 1 << 30)
        return header[:40] + matrix + header[76:]

    path.write_bytes(patched_boxes(path.read_bytes(), [b"moov", b"trak", b"tkhd"], quarter_turn))
    frame = VideoFile(path).read()
    assert frame.image.shape == (64, 48, 3)
    rows = frame.image.mean(axis=(1, 2))
    assert rows.argmax() < 8  # the bar at the left is now at the top: turned clockwise


@pytest.mark.parametrize(
    ("raw", "times"),
    [
        ([0, 0, 0, 0], [0, 0.04, 0.08, 0.12]),
        ([5, 5.1, 5.2], [0, 0.1, 0.2]),
        ([0, 0.1, float("nan"), 0.2], [0, 0.1, 0.14, 0.2]),
        ([0, 0.1, 0.09, 0.2], [0, 0.1, 0.101, 0.2]),
        ([0, 5, 0, 0.1], [0, 5, 5.04, 5.14]),
        ([-0.02, 0.02, 0.06], [0, 0.04, 0.08]),
    ],
    ids=["none at all", "a late start", "no number", "out of order", "begins again", "below zero"],
)
def test_odd_stamps_still_go_forward(raw, times):
    """Missing, repeated and backward stamps become a time that only goes forward."""
    stamps = Stamps(0.04)
    assert [stamps.add(value) for value in raw] == pytest.approx(times)


def test_a_cut_off_recording_plays_what_is_there(film):
    """Half an AVI plays to its end and says how much is missing."""
    path = film("film.avi", codec="MJPG", frames=90, fps=30.0)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    video = VideoFile(path)
    assert video.warning == ""
    frames = frames_of(video)
    assert 30 < len(frames) < 60
    assert "of 3.0 s: the file is cut off" in video.warning


def test_a_folder(tmp_path):
    """A folder is named as one."""
    with pytest.raises(SourceError, match="is a folder"):
        VideoFile(tmp_path)


def test_a_missing_file(tmp_path):
    """A missing file is named as one."""
    with pytest.raises(SourceError, match="no such file"):
        VideoFile(tmp_path / "holiday.mp4")


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"hello\n", "not a video"), (bytes(range(256)) * 400, "not a video")],
    ids=["empty", "text", "noise"],
)
def test_what_is_no_video(tmp_path, capfd, content, says):
    """Each fault is one line with a remedy, and FFmpeg's own words stay off the terminal."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=says) as caught:
        VideoFile(path)
    assert "\n" not in str(caught.value)
    assert ";" in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("https://example.org/film.mp4", "is an address, not a file; download it first"),
        ("photo.jpg", "is a picture, not a film; 'smile-coach score' reads pictures"),
        ("sound.mp4", "holds sound alone; give the film itself"),
        ("music.m4a", "holds sound alone; give the film itself"),
    ],
)
def test_what_is_something_else_is_told_what_it_is(tmp_path, monkeypatch, name, says):
    """A link, a photo, a sound, and a song with its cover: the remedy is another for each."""
    monkeypatch.chdir(tmp_path)
    if name == "photo.jpg":
        cv2.imwrite(name, numbered(1, (64, 48)))
    elif not name.startswith("https"):
        sounding(tmp_path / name, cover=name == "music.m4a")
    with pytest.raises(SourceError) as caught:
        VideoFile(Path(name))
    assert str(caught.value).endswith(says)


def sounding(path, *, cover):
    """Write a second of silence, with a picture beside it if need be."""
    with av.open(str(path), "w", format="mp4") as container:
        sound = container.add_stream("aac", rate=44100)
        picture = container.add_stream("mjpeg") if cover else None
        if picture is not None:
            picture.width, picture.height, picture.pix_fmt = 64, 48, "yuvj420p"
            picture.disposition = Disposition.attached_pic
            container.mux(picture.encode(av.VideoFrame.from_ndarray(numbered(1, (64, 48)), format="bgr24")))
        for _ in range(43):
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            silence.sample_rate = 44100
            container.mux(sound.encode(silence))
        container.mux(sound.encode(None))


def test_a_film_trimmed_without_loss_is_not_cut_off(film):
    """A telephone keeps the pictures before the cut and says where to begin: they are not missing."""
    path = film(frames=60, fps=30.0)

    def from_the_middle(edits):
        length, _, rate = struct.unpack(">IiI", edits[8:20])
        return edits[:8] + struct.pack(">IiI", length // 2, 15360, rate) + edits[20:]

    path.write_bytes(patched_boxes(path.read_bytes(), [b"moov", b"trak", b"edts", b"elst"], from_the_middle))
    video = VideoFile(path)
    frames = frames_of(video)
    assert len(frames) < 40
    assert video.warning == ""


def test_an_index_without_pictures(film):
    """A container whose pictures are all unreadable is an error, not an empty session."""
    path = film(frames=10)
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r"picture|not a video"):
        VideoFile(path).read()


def written(path, pictures, codec, pixel=None, **options):
    """Write a film with PyAV, as `OpenCV` cannot: interlaced, or with pixels that are not square."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.qmin = stream.codec_context.qmax = 2
        stream.codec_context.options = options
        if pixel is not None:
            stream.codec_context.sample_aspect_ratio = pixel
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def test_a_camcorders_interlaced_film_has_pictures_without_combs(tmp_path):
    """Two fields of a moving bar, a 50th of a second apart: each picture shows the bar in one place."""
    fields = [np.zeros((96, 128, 3), np.uint8) for _ in range(20)]
    for number, field in enumerate(fields):
        field[:, 4 * number : 4 * number + 16] = 255
    woven = []
    for first, second in zip(fields[::2], fields[1::2], strict=True):
        woven.append(first.copy())
        woven[-1][1::2] = second[1::2]
    path = written(tmp_path / "camcorder.mpg", woven, "mpeg2video", flags="+ildct+ilme")
    frames = frames_of(VideoFile(path))
    assert len(frames) == 10
    assert np.diff([frame.t for frame in frames]) == pytest.approx([0.04] * 9)
    for number, frame in enumerate(frames):
        grey = frame.image.mean(axis=2)
        middle = grey[20:-20, 8 * number + 6 : 8 * number + 14]
        assert middle.min() > 180, number
        combs = np.abs(np.diff(grey[20:-20], axis=0)).mean()
        woven_combs = np.abs(np.diff(woven[number].mean(axis=2)[20:-20], axis=0)).mean()
        assert combs < woven_combs / 4


@pytest.mark.parametrize(
    ("pixel", "size"),
    [
        (Fraction(2, 1), (128, 48)),
        (Fraction(1, 2), (64, 96)),
        (Fraction(5, 1), (64, 48)),
        (Fraction(1, 5), (64, 48)),
    ],
)
def test_pixels_that_are_not_square_are_made_square(tmp_path, pixel, size):
    """By the file's own word; a word that cannot be true is not followed."""
    path = written(tmp_path / "dv.mkv", [numbered(0, (64, 48))] * 3, "mpeg4", pixel)
    image = VideoFile(path).read().image
    assert image.shape[1::-1] == size


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_film_on_its_side_can_be_turned(film, turn):
    """Where the film does not say so itself."""
    path = film(frames=2)
    turned = VideoFile(path, turn=turn).read().image
    assert np.array_equal(turned, np.rot90(VideoFile(path).read().image, turn))


def test_a_playlist_opens_no_other_file(film, tmp_path):
    """A playlist names other files of the machine, or the network's: it is no film, whatever it is called."""
    film("secret.mp4")
    lists = {
        "film.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.mp4\n#EXT-X-ENDLIST\n",
        "film.mp4": "ffconcat version 1.0\nfile secret.mp4\n",
        "film.mpd": '<?xml version="1.0"?><MPD><BaseURL>secret.mp4</BaseURL></MPD>',
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(SourceError, match="is a playlist, not a film; name the film itself"):
            VideoFile(tmp_path / name)


def test_a_name_is_a_files_name_and_no_address(film, tmp_path, monkeypatch):
    """`concat:` and the like are FFmpeg's own ways to open several files."""
    film()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="no such file"):
        VideoFile(Path("concat:film.mp4"))
    (tmp_path / "film.mp4").rename(tmp_path / "concat:film.mp4")
    assert len(frames_of(VideoFile(Path("concat:film.mp4")))) == 30


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a file only on POSIX")
def test_a_pipe_is_not_waited_for(tmp_path):
    """A pipe that nobody writes to would hang for ever, a device never end."""
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path / "pipe.mp4", Path("/dev/zero")):
        with pytest.raises(SourceError, match="is a pipe or a device"):
            VideoFile(path)


def test_a_picture_that_unfolds_to_gigabytes_is_left_out(film):
    """Two bytes in a small film can claim 65,500 by 65,500 pixels, 12 GB of them."""
    path = film("film.avi", codec="MJPG", frames=3)
    data = path.read_bytes()
    start = data.index(b"\xff\xc0") + 5
    path.write_bytes(data.replace(data[start : start + 4], struct.pack(">HH", 65_500, 65_500)))
    with pytest.raises(SourceError, match="without one readable picture"):
        VideoFile(path).read()


def test_a_picture_larger_than_any_cameras_is_left_out(tmp_path):
    """FFmpeg would take it: half a megabyte that unfolds to 200."""
    side = 8200
    picture = cv2.imencode(".jpg", np.zeros((side, side), np.uint8))[1].tobytes()
    with av.open(str(tmp_path / "large.avi"), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        packet = av.Packet(picture)
        packet.stream, packet.pts, packet.dts, packet.time_base = stream, 0, 0, Fraction(1, 25)
        container.mux(packet)
    with pytest.raises(SourceError, match="without one readable picture"):
        VideoFile(tmp_path / "large.avi").read()


def test_the_ffmpeg_that_reads_films_is_free_of_known_holes():
    """CVE-2026-8461, a write out of bounds in a decoder, was mended in 7.1.5, 8.0.3 and 8.1.2."""
    version = tuple(int(part) for part in av.ffmpeg_version_info.lstrip("n").split(".")[:3])
    assert version >= (8, 1, 2)
    told = (ROOT / "docs" / "robustness.md").read_text(encoding="utf-8")
    assert f"whose FFmpeg is {'.'.join(map(str, version))}" in told


def test_a_film_opens_no_connection_whatever_it_names(film, monkeypatch):
    """A film may name other files; FFmpeg is told that there is no protocol but a file's."""
    told = []
    opened = av.open
    monkeypatch.setattr(av, "open", lambda *name, **how: (told.append(how), opened(*name, **how))[1])
    VideoFile(film()).close()
    assert [how["options"]["protocol_whitelist"] for how in told] == ["file"]


def test_closing_ends_it(film):
    """After closing, and closing again, there is nothing more to come."""
    video = VideoFile(film())
    video.read()
    video.close()
    video.close()
    assert video.read() is Signal.ENDED


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self):
        self.t = 50.0

    def __call__(self):
        return self.t

    def sleep(self, seconds):
        assert seconds <= 0.05
        self.t += seconds


def test_as_fast_as_possible_time_is_the_recordings(film):
    """Without real time nothing waits and `now` is the newest frame's time."""
    clock = Clock()
    video = VideoFile(film(frames=4, fps=10.0), clock=clock, sleep=clock.sleep)
    for n in range(4):
        assert video.read().t == pytest.approx(n / 10, abs=1e-3)
        assert video.now() == pytest.approx(n / 10, abs=1e-3)
    assert clock.t == 50.0


def test_in_real_time_frames_come_when_they_are_due(film):
    """At 10 frames a second the second frame is due after a tenth, and `read` waits 50 ms at most."""
    clock = Clock()
    video = VideoFile(film(frames=4, fps=10.0), realtime=True, clock=clock, sleep=clock.sleep)
    assert video.read().t == 0
    assert video.read() is Signal.WAITING
    assert video.read().t == pytest.approx(0.1, abs=1e-3)
    assert video.now() == pytest.approx(0.1, abs=1e-3)


def test_in_real_time_late_frames_are_skipped(film):
    """After a second's delay the film goes on where it would be, as a camera does."""
    clock = Clock()
    video = VideoFile(film(frames=40, fps=20.0), realtime=True, clock=clock, sleep=clock.sleep)
    video.read()
    clock.t += 1.0
    assert video.read().t == pytest.approx(1.0, abs=0.11)
