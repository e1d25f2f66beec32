"""Recordings as a source: their own time, upright, and honest about what is missing."""

from __future__ import annotations

import struct

import numpy as np
import pytest

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
    assert video.frame_count_hint == 25
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
