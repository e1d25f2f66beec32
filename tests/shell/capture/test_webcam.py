"""The webcam: newest frame, noticed stalls, own recovery, and one line when there is no camera."""

from __future__ import annotations

import queue
import threading

import numpy as np
import pytest
import waiting
from numbered_frame import numbered

from coach.errors import SourceError
from coach.settings import CameraSettings
from coach.shell.capture.cameras import explanation, list_cameras
from coach.shell.capture.source import Signal
from coach.shell.capture.webcam import (
    ABANDON_S,
    BACKOFF_S,
    OPEN_LIMIT_S,
    SILENT_S,
    TRANSITIONS,
    CameraState,
    Webcam,
)
from coach.types import Frame

SETTINGS = CameraSettings(index=0, width=640, height=480, fps=30.0)
UNPLUGGED = None
TRIES = 2000  # reads of at most 50 ms; a broken camera fails the test, a slow machine does not


class Feed:
    """A camera whose pictures the test hands over one by one; without one, `grab` blocks as drivers do."""

    def __init__(self):
        self.pictures = queue.Queue()
        self.released = threading.Event()
        self.released_by = None

    def show(self, *pictures):
        for picture in pictures:
            self.pictures.put(picture)

    def grab(self):
        self.image = self.pictures.get()
        return self.image is not UNPLUGGED

    def retrieve(self):
        return self.image is not None, self.image

    def release(self):
        self.released_by = threading.current_thread()
        self.released.set()


class Clock:
    """Time that only the test moves."""

    def __init__(self):
        self.t = 1000.0

    def __call__(self):
        return self.t


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rig(clock):
    """Return a webcam and the list of feeds that its opener will hand out, one per attempt."""
    feeds = [Feed() for _ in range(6)]
    opened = []

    def opener(settings):
        feed = feeds[len(opened)]
        opened.append(feed)
        return feed

    camera = Webcam(SETTINGS, opener=opener, clock=clock, open_here=False)
    yield camera, feeds, opened
    for feed in feeds:
        feed.show(UNPLUGGED)
    camera.close()


def until(camera, wanted):
    """Read until a frame comes (`Frame`) or a signal does; time stands still meanwhile."""
    for _ in range(TRIES):
        got = camera.read()
        if got is wanted or (wanted is Frame and isinstance(got, Frame)):
            return got
    raise AssertionError(f"never got {wanted}, but {got} in {camera.state}")


def test_the_newest_frame_wins(rig, clock):
    """Three pictures came since the last look: the last one is shown, stamped when it was grabbed."""
    camera, feeds, _ = rig
    feeds[0].show(numbered(1))
    first = until(camera, Frame)
    assert first.t == 0.0
    clock.t += 0.1
    feeds[0].show(numbered(2), numbered(3), numbered(4))
    waiting.until(lambda: not feeds[0].pictures.qsize() and camera._reader.count >= 4)
    newest = until(camera, Frame)
    assert (newest.image == numbered(4)).all()
    assert newest.t == pytest.approx(0.1)
    assert camera.now() == pytest.approx(0.1)
    assert camera.read() is Signal.WAITING


def test_time_strictly_increases_on_a_coarse_clock(rig):
    """Two frames within one tick of the clock still have two times."""
    camera, feeds, _ = rig
    feeds[0].show(numbered(1))
    first = until(camera, Frame)
    feeds[0].show(numbered(2))
    assert until(camera, Frame).t > first.t


def test_a_slow_opening_blocks_nobody(clock):
    """While the driver takes its time the caller waits politely, hears of it after 5 s, and then gets in."""
    gate, feed = threading.Event(), Feed()

    def opener(settings):
        gate.wait()
        return feed

    camera = Webcam(SETTINGS, opener=opener, clock=clock, open_here=False)
    assert camera.read() is Signal.WAITING
    clock.t += 6.0
    assert camera.read() is Signal.LOST
    feed.show(numbered(1))
    gate.set()
    assert until(camera, Frame).t == pytest.approx(6.0)
    feed.show(UNPLUGGED)
    camera.close()


def test_an_opening_that_never_ends_is_an_error(clock):
    """A camera that another program keeps for itself is given up in one line."""
    gate = threading.Event()
    feed = Feed()

    def opener(settings):
        gate.wait()
        return feed

    camera = Webcam(SETTINGS, opener=opener, clock=clock, open_here=False)
    camera.read()
    clock.t += OPEN_LIMIT_S + 1
    with pytest.raises(SourceError, match=r"camera 0 does not respond.*other programs"):
        camera.read()
    gate.set()
    assert feed.released.wait(10)  # when it does open at last, it is let go at once


def test_a_stall_is_noticed_and_ends_by_itself(rig, clock):
    """The driver blocks for 3 s: lost after 2 s; the next picture carries on in the same stream."""
    camera, feeds, opened = rig
    feeds[0].show(numbered(1))
    until(camera, Frame)
    clock.t += SILENT_S - 0.1
    assert camera.read() is Signal.WAITING
    clock.t += 0.2
    assert camera.read() is Signal.LOST
    assert camera.state is CameraState.STALLED
    clock.t += 1.0
    feeds[0].show(numbered(2))
    assert until(camera, Frame).t == pytest.approx(SILENT_S + 1.1)
    assert len(opened) == 1


def test_a_frozen_picture_counts_as_lost(rig, clock):
    """An unplugged camera may repeat its last picture for ever; a real sensor never does."""
    camera, feeds, _ = rig
    for _ in range(4):
        feeds[0].show(numbered(1))
        until(camera, Frame)
        clock.t += 0.6
    feeds[0].show(numbered(1))
    until(camera, Signal.LOST)
    clock.t += 0.1
    feeds[0].show(numbered(2))
    until(camera, Frame)


def test_frozen_after_opening_anew_is_still_lost(rig, clock):
    """Opening again brings the same picture: not found again, just the same fault."""
    camera, feeds, opened = rig
    feeds[0].show(numbered(1))
    until(camera, Frame)
    clock.t += SILENT_S + 0.1
    until(camera, Signal.LOST)
    clock.t += ABANDON_S + 0.1
    camera.read()
    clock.t += BACKOFF_S[0] + 0.1
    feeds[1].show(numbered(1), numbered(1))
    camera.read()
    waiting.until(lambda: camera._reader.count >= 2)
    assert camera.read() is Signal.LOST
    feeds[1].show(numbered(2))
    until(camera, Frame)
    assert len(opened) == 2


def test_a_stuck_reader_is_abandoned_and_never_released_from_outside(rig, clock):
    """A driver that stays blocked keeps its thread; a new attempt starts, the old one tidies up."""
    camera, feeds, _ = rig
    feeds[0].show(numbered(1))
    until(camera, Frame)
    stuck = camera._reader._thread
    clock.t += SILENT_S + 0.1
    camera.read()
    clock.t += ABANDON_S + 0.1
    camera.read()
    assert camera.state is CameraState.BACKOFF
    assert not feeds[0].released.is_set()
    clock.t += BACKOFF_S[0] + 0.1
    feeds[1].show(numbered(2))
    until(camera, Frame)
    feeds[0].show(numbered(3))  # the driver comes back to life
    assert feeds[0].released.wait(10)
    assert feeds[0].released_by is stuck
    assert camera.read() is Signal.WAITING  # and its late picture is not taken


def test_unplugged_and_plugged_in_again(rig, clock):
    """A failed read is lost at once; attempts follow after 0.5, 1, 2, 5, 5 s, until one succeeds."""
    camera, feeds, opened = rig
    feeds[0].show(numbered(1))
    until(camera, Frame)
    for feed in feeds[:5]:
        feed.show(UNPLUGGED)
    for attempt, wait in enumerate([*BACKOFF_S, BACKOFF_S[-1]], start=1):
        waiting.until(lambda: camera.read() and camera.state is CameraState.BACKOFF)
        clock.t += wait - 0.01
        assert camera.read() is Signal.LOST
        assert len(opened) == attempt
        clock.t += 0.02
        camera.read()
        assert camera.state is not CameraState.CLOSED
    feeds[5].show(numbered(2))
    assert until(camera, Frame).t > sum(BACKOFF_S)
    assert len(opened) == 6


def shrinking(clock, feeds):
    """Return a webcam of 1280x720 that has been asked for smaller pictures, and the sizes it opens with."""
    asked = []

    def opener(settings):
        asked.append((settings.width, settings.height))
        return feeds[len(asked) - 1]

    large = SETTINGS.model_copy(update={"width": 1280, "height": 720})
    camera = Webcam(large, opener=opener, clock=clock, open_here=False)
    feeds[0].show(numbered(1))
    until(camera, Frame)
    camera.shrink()
    assert camera.read() is Signal.WAITING
    feeds[0].show(numbered(2))  # the reader lets the camera go after its next picture
    clock.t += BACKOFF_S[0]
    return camera, asked


def test_smaller_pictures_come_after_a_short_break_in_which_nothing_is_lost(clock):
    """Opened again at half the size: no camera counts as lost meanwhile. Asked twice, it does so once."""
    feeds = [Feed(), Feed()]
    camera, asked = shrinking(clock, feeds)
    assert camera.read() is Signal.WAITING
    clock.t += 0.5
    assert camera.read() is Signal.WAITING
    feeds[1].show(numbered(3))
    until(camera, Frame)
    assert asked == [(1280, 720), (640, 360)]
    camera.shrink()
    feeds[1].show(numbered(4))
    until(camera, Frame)
    assert len(asked) == 2
    feeds[1].show(UNPLUGGED)
    camera.close()


def test_a_camera_that_refuses_the_smaller_size_gets_its_own_back(clock):
    """And a break that lasts is one."""
    feeds = [Feed(), Feed(), Feed()]
    camera, asked = shrinking(clock, feeds)
    feeds[1].show(UNPLUGGED)
    for _ in range(TRIES):
        if camera.state is CameraState.BACKOFF and len(asked) == 2:
            break
        camera.read()
    clock.t += SILENT_S
    assert camera.read() is Signal.LOST
    feeds[2].show(numbered(3))
    until(camera, Frame)
    assert asked == [(1280, 720), (640, 360), (1280, 720)]
    feeds[2].show(UNPLUGGED)
    camera.close()


def test_small_pictures_are_not_made_smaller(rig):
    """Of 320 pixels little is left of a face further away."""
    camera, feeds, opened = rig
    feeds[0].show(numbered(1))
    until(camera, Frame)
    camera.shrink()
    feeds[0].show(numbered(2))
    until(camera, Frame)
    assert len(opened) == 1


def test_the_next_trouble_starts_with_a_short_wait(rig, clock):
    """Once pictures came again the waits begin at half a second again."""
    camera, feeds, opened = rig
    for number in (0, 1):
        feeds[number].show(numbered(number))
        until(camera, Frame)
        feeds[number].show(UNPLUGGED)
        until(camera, Signal.LOST)
        clock.t += BACKOFF_S[0] + 0.01
        camera.read()
    assert len(opened) == 3


def test_no_camera_at_all_is_one_line(clock):
    """No camera: the line says so and names the demo, which needs none."""
    camera = Webcam(SETTINGS, opener=lambda settings: None, clock=clock, open_here=False)
    with pytest.raises(SourceError) as caught:
        until(camera, Frame)
    line = str(caught.value)
    assert "\n" not in line
    assert "camera 0 cannot be opened" in line
    assert "smile-coach demo" in line
    assert camera.read() is Signal.ENDED


def test_a_wrong_index_names_the_cameras_there_are(clock, monkeypatch):
    """Asked for camera 3 where only camera 1 works, the line names camera 1."""
    monkeypatch.setattr("coach.shell.capture.cameras._indices", lambda: [0, 1, 2, 3])

    def opener(settings):
        if settings.index != 1:
            return None
        feed = Feed()
        feed.show(numbered(1))
        return feed

    camera = Webcam(SETTINGS.model_copy(update={"index": 3}), opener=opener, clock=clock, open_here=False)
    with pytest.raises(SourceError, match=r"camera 3 cannot be opened; found: 1 .*--source webcam:1"):
        until(camera, Frame)


def test_a_camera_that_opens_but_shows_nothing_is_an_error(clock):
    """A busy camera often opens and then gives nothing: an error at the start, not an endless wait."""
    feed = Feed()
    feed.show(UNPLUGGED)
    camera = Webcam(SETTINGS, opener=lambda settings: feed, clock=clock, open_here=False)
    with pytest.raises(SourceError, match="gives no picture"):
        until(camera, Frame)


def test_a_drivers_error_is_its_reason(clock, monkeypatch):
    """What OpenCV raises is told in one line."""
    import cv2

    def opener(settings):
        raise cv2.error("first line\nCamera index out of range")

    camera = Webcam(SETTINGS, opener=opener, clock=clock, open_here=False)
    monkeypatch.setattr("coach.shell.capture.cameras._indices", list)
    with pytest.raises(SourceError, match=r"failed \(Camera index out of range\)"):
        until(camera, Frame)


def test_a_fault_of_our_own_reaches_the_caller(clock):
    """A programming error in the reader's thread is raised where `read` was called."""

    def opener(settings):
        raise ZeroDivisionError

    camera = Webcam(SETTINGS, opener=opener, clock=clock, open_here=False)
    with pytest.raises(ZeroDivisionError):
        until(camera, Frame)


def test_on_macos_the_camera_opens_on_the_callers_thread(clock):
    """AVFoundation asks for permission on the main thread only."""
    opened_by, feed = [], Feed()

    def opener(settings):
        opened_by.append(threading.current_thread())
        return feed

    camera = Webcam(SETTINGS, opener=opener, clock=clock, open_here=True)
    feed.show(numbered(1))
    until(camera, Frame)
    assert opened_by == [threading.current_thread()]
    feed.show(UNPLUGGED)
    camera.close()


def test_closing_lets_the_camera_go(rig):
    """After closing the device is free, and closing again is harmless."""
    camera, feeds, _ = rig
    feeds[0].show(numbered(1))
    until(camera, Frame)
    camera._reader.wanted = False
    feeds[0].show(numbered(2))
    camera.close()
    camera.close()
    assert feeds[0].released.wait(10)
    assert camera.read() is Signal.ENDED


def test_pictures_that_cannot_be_decoded_are_skipped(rig):
    """A damaged picture between good ones is left out."""
    camera, feeds, _ = rig
    feeds[0].show(numbered(1))
    until(camera, Frame)
    feeds[0].show(np.zeros((0, 0, 3), np.uint8), "damaged", numbered(2))
    assert (until(camera, Frame).image == numbered(2)).all()


def test_every_state_can_be_closed_and_none_is_a_dead_end():
    """From every state there is a way to close, and from every state but one a way to pictures."""
    for state, ways in TRANSITIONS.items():
        assert ways, state
        assert state is CameraState.CLOSED or CameraState.CLOSED in ways.values()
    reached, frontier = {CameraState.CLOSED}, [CameraState.CLOSED]
    while frontier:
        for target in TRANSITIONS[frontier.pop()].values():
            if target not in reached:
                reached.add(target)
                frontier.append(target)
    assert reached == set(CameraState)


def test_listing_cameras_opens_and_releases_each(monkeypatch):
    """The list holds the cameras that show something, each let go again."""
    monkeypatch.setattr("coach.shell.capture.cameras._indices", lambda: [0, 2])
    feeds = {0: Feed(), 2: Feed()}
    feeds[0].show(UNPLUGGED)
    feeds[2].show(numbered(1, (64, 48)))
    found = list_cameras(lambda settings: feeds[settings.index])
    assert [(info.index, info.width, info.height) for info in found] == [(2, 64, 48)]
    assert all(feed.released.is_set() for feed in feeds.values())


@pytest.mark.parametrize(
    ("system", "words"), [("darwin", "Privacy & Security > Camera"), ("win32", "allow desktop apps")]
)
def test_the_remedy_fits_the_system(monkeypatch, system, words):
    """The privacy setting is named as the system names it."""
    monkeypatch.setattr("sys.platform", system)
    assert words in explanation(0, "cannot be opened", [])
