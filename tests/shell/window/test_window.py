"""The window opens, hears keys and clicks, and notices when it is closed or cannot be shown."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from datetime import date

import cv2
import numpy as np
import pytest
from waiting import PATIENCE_S

from coach.coaching.phrases import PhraseBook
from coach.coaching.screen import Screen
from coach.progress.today import Today
from coach.session.ending import Ending, end_card
from coach.settings import WindowSettings
from coach.shell.app.devices import no_window_notice
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.window import window as window_module
from coach.shell.window.display import Command
from coach.shell.window.end_page import answer_areas
from coach.shell.window.layout import canvas_size, layout
from coach.shell.window.window import OpenCvWindow, display_problem
from coach.types import Frame

SETTINGS = WindowSettings(width=800, height=600, fullscreen=False, large_text=False, view="picture")
SCREEN = Screen(phase="rest", title="Cheek raiser", time_left_s=60)
FRAME = Frame(0.0, np.full((480, 640, 3), 90, np.uint8))

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks for an X server: Linux only")


class FakeGui:
    """OpenCV's window functions, as far as the window uses them, without a window."""

    def __init__(self, monkeypatch):
        self.keys, self.shown, self.closed, self.size, self.mouse = [], [], False, (800, 600), None
        self.fullscreen = False
        for name in ("namedWindow", "resizeWindow"):
            monkeypatch.setattr(cv2, name, lambda *_: None)
        monkeypatch.setattr(cv2, "setMouseCallback", lambda _, callback: setattr(self, "mouse", callback))
        monkeypatch.setattr(cv2, "pollKey", lambda: self.keys.pop(0) if self.keys else -1)
        monkeypatch.setattr(cv2, "imshow", lambda _, canvas: self.shown.append(canvas.copy()))
        monkeypatch.setattr(cv2, "destroyWindow", lambda _: self.close())
        monkeypatch.setattr(cv2, "getWindowProperty", self.visible)
        monkeypatch.setattr(cv2, "getWindowImageRect", lambda _: (0, 0, *self.size))
        monkeypatch.setattr(cv2, "setWindowProperty", self.set_property)

    def close(self):
        if self.closed:
            raise cv2.error("no such window")
        self.closed = True

    def visible(self, title, which):
        if self.closed:
            raise cv2.error("no such window")
        return 1.0

    def set_property(self, title, which, value):
        self.fullscreen = value == cv2.WINDOW_FULLSCREEN


@pytest.fixture
def gui(monkeypatch):
    return FakeGui(monkeypatch)


@pytest.mark.parametrize("command", [command for command in Command if command.value])
def test_every_key_gives_its_command_in_either_case(gui, command):
    """A key means the same with caps lock on; any other is told as such, Shift and arrows are not."""
    window = OpenCvWindow(SETTINGS, "coach")
    gui.keys = [ord(command.value), ord(command.value.upper()), ord("z"), 13, 0xFFE1, 0xFF51]
    assert window.show(FRAME, None, SCREEN) == (command, command, Command.OTHER, Command.OTHER)
    assert window.show(FRAME, None, SCREEN) == ()


def test_an_answer_at_the_end_can_be_clicked(gui):
    """Where it stands; beside it, and where the row of keys was, a click asks for nothing."""
    window = OpenCvWindow(SETTINGS, "coach")
    card = end_card(Today(date(2026, 3, 7)), Ending("felt"), PhraseBook("en", {}))
    ended = Screen("summary", end=card)
    window.show(FRAME, None, ended)
    areas = answer_areas(layout(800, 600), card)
    assert [command.value for command, _ in areas] == ["1", "2", "3", "4"]
    for point in [rect.centre for _, rect in areas] + [(5, 5), layout(800, 600).buttons[0][1].centre]:
        gui.mouse(cv2.EVENT_LBUTTONDOWN, *point, 0, None)
    assert window.show(FRAME, None, ended) == tuple(command for command, _ in areas)


@pytest.mark.parametrize("command", [command for command, _ in layout(800, 600).buttons])
def test_a_click_is_the_same_as_the_key(gui, command):
    """Every area of the bottom row gives its command once, and moving over it gives nothing."""
    window = OpenCvWindow(SETTINGS, "coach")
    window.show(FRAME, None, SCREEN)
    x, y = dict(layout(800, 600).buttons)[command].centre
    gui.mouse(cv2.EVENT_MOUSEMOVE, x, y, 0, None)
    assert window.show(FRAME, None, SCREEN) == ()
    gui.mouse(cv2.EVENT_LBUTTONDOWN, x, y, 0, None)
    assert window.show(FRAME, None, SCREEN) == (command,)
    assert window.show(FRAME, None, SCREEN) == ()


def test_a_click_beside_the_areas_is_nothing(gui):
    """Touching the picture changes nothing."""
    window = OpenCvWindow(SETTINGS, "coach")
    gui.mouse(cv2.EVENT_LBUTTONDOWN, 200, 200, 0, None)
    assert window.show(FRAME, None, SCREEN) == ()


def test_a_closed_window_quits_and_is_not_opened_again(gui):
    """Closing is noticed before the next picture, which would open a new window."""
    window = OpenCvWindow(SETTINGS, "coach")
    window.show(FRAME, None, SCREEN)
    gui.closed = True
    before = len(gui.shown)
    assert window.show(FRAME, None, SCREEN) == (Command.QUIT,)
    assert window.show(FRAME, None, SCREEN) == (Command.QUIT,)
    assert len(gui.shown) == before
    window.close()


def test_close_twice_is_safe(gui):
    """The second close finds nothing to do, and a closed window says quit."""
    window = OpenCvWindow(SETTINGS, "coach")
    window.close()
    window.close()
    assert window.show(FRAME, None, SCREEN) == (Command.QUIT,)


def test_view_key_walks_through_all_views(gui):
    """Four presses of the view key come back to where they began."""
    window = OpenCvWindow(SETTINGS, "coach")
    seen = []
    for _ in range(4):
        gui.keys = [ord("v")]
        window.show(FRAME, None, SCREEN)
        seen.append(window.view)
    assert seen == ["overlay", "outline", "hidden", "picture"]


def test_escape_leaves_full_screen_first_and_then_quits(gui):
    """The key for getting out gets out one step at a time."""
    window = OpenCvWindow(SETTINGS, "coach")
    gui.keys = [ord("f")]
    window.show(FRAME, None, SCREEN)
    assert gui.fullscreen
    gui.keys = [27]
    assert window.show(FRAME, None, SCREEN) == (Command.FULLSCREEN,)
    assert not gui.fullscreen
    gui.keys = [27]
    assert window.show(FRAME, None, SCREEN) == (Command.QUIT,)


def test_a_window_opens_as_suits_the_screen(gui, monkeypatch):
    """Unless a size was set; either way it says "one moment" in the size it was given, from the start."""
    asked = []
    monkeypatch.setattr(cv2, "resizeWindow", lambda _, *size: asked.append(size))
    monkeypatch.setattr(window_module, "screen_size", lambda: (3840, 2160))
    OpenCvWindow(SETTINGS.model_copy(update={"width": 0, "height": 0}), "test")
    OpenCvWindow(SETTINGS, "test")
    assert asked == [(3072, 1728), (800, 600)]
    assert {canvas.shape for canvas in gui.shown} == {(600, 800, 3)}
    assert all(canvas.max() > 150 for canvas in gui.shown)  # words on a dark ground
    assert all(np.median(canvas) < 40 for canvas in gui.shown)


def test_one_moment_fits_a_window_that_is_enlarged_meanwhile(gui):
    """A canvas of another size would stand stretched, or in a corner of white."""
    window = OpenCvWindow(SETTINGS, "test")
    gui.size = (1000, 700)
    window.one_moment()
    assert [canvas.shape for canvas in gui.shown] == [(600, 800, 3), (700, 1000, 3)]
    gui.closed = True
    window.one_moment()
    assert len(gui.shown) == 2


def test_keys_pressed_while_it_takes_a_moment_are_not_lost(gui):
    """Whoever quits while the camera is being opened has quit."""
    window = OpenCvWindow(SETTINGS, "test")
    gui.keys = [ord("q")]
    window.one_moment()
    assert window.show(FRAME, None, SCREEN) == (Command.QUIT,)
    assert window.show(FRAME, None, SCREEN) == ()


def test_a_new_window_is_woken_until_it_has_surely_been_painted(gui, monkeypatch):
    """Four times within three seconds, as nobody knows when the window system has come to it."""
    now, woken = [100.0], []
    monkeypatch.setattr(window_module.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(window_module, "wake_windows", lambda: woken.append(round(now[0] - 100.0, 2)))
    window = OpenCvWindow(SETTINGS, "test")
    for turn in range(200):
        now[0] = 100.0 + turn * 0.05
        window.one_moment() if turn < 10 else window.show(FRAME, None, SCREEN)
    assert woken == [0.1, 0.3, 1.0, 3.0]


def test_the_row_of_keys_fades_after_five_seconds_and_comes_back(gui, monkeypatch):
    """A key brings it back at once."""
    now = [100.0]
    monkeypatch.setattr(window_module.time, "monotonic", lambda: now[0])
    window = OpenCvWindow(SETTINGS, "test")

    def seen() -> bool:
        window.show(FRAME, None, SCREEN)
        return bool((gui.shown[-1][-20:] != 90).any())

    assert seen()
    now[0] += 4.9
    assert seen()
    now[0] += 1.0
    assert not seen()
    gui.keys.append(ord("m"))
    seen()
    assert seen()


def test_the_canvas_follows_the_window(gui):
    """After a resize everything is laid out again for the new size; a huge one is enlarged by the system."""
    window = OpenCvWindow(SETTINGS, "coach")
    for size in ((800, 600), (1280, 720), (3840, 2160), (0, 0), (300, 200)):
        gui.size = size
        window.show(FRAME, None, SCREEN)
    waiting, *shown = gui.shown
    assert waiting.shape[1::-1] == (SETTINGS.width, SETTINGS.height)
    shapes = [canvas.shape[1::-1] for canvas in shown]
    assert shapes == [(800, 600), (1280, 720), (1920, 1080), (1920, 1080), canvas_size(300, 200)]
    assert min(canvas_size(300, 200)) >= 480


def test_a_picture_is_painted_anew_when_the_window_grows_under_it(gui, monkeypatch):
    """The window system has its turn while keys are read: the picture is not left stretched or in white."""
    window = OpenCvWindow(SETTINGS, "coach")

    def grow() -> int:
        gui.size = (1000, 700)
        return -1

    gui.shown.clear()
    monkeypatch.setattr(cv2, "pollKey", grow)
    window.show(FRAME, None, SCREEN)
    assert [canvas.shape for canvas in gui.shown] == [(600, 800, 3), (700, 1000, 3)]
    window.show(FRAME, None, SCREEN)
    assert len(gui.shown) == 3  # once it keeps its size, one picture is enough


def test_latency_line_tells_rate_and_age(gui):
    """Key l shows frames a second from the frames' own times and the age by the source's clock."""
    window = OpenCvWindow(SETTINGS, "coach", now=lambda: clock[0])
    gui.keys = [ord("l")]
    for number in range(20):
        clock = [number / 30 + 0.018]
        window.show(Frame(number / 30, FRAME.image), None, SCREEN)
    assert window._note() == "30 fps · 18 ms"
    gui.keys = [ord("l")]
    window.show(FRAME, None, SCREEN)
    assert window._note() == ""


@linux
@pytest.mark.parametrize("display", ["", ":9753", "nowhere", "localhost:9753", "unix:9753.0"])
def test_no_display_is_one_line_and_no_abort(monkeypatch, display):
    """Without a usable display the reason and the remedy come as one line."""
    monkeypatch.setenv("DISPLAY", display)
    problem = display_problem()
    assert "--no-window" in problem
    assert "\n" not in problem
    (notice,) = no_window_notice(problem, load_phrase_book("en"))
    assert notice.count("no display") == 1


def test_other_systems_have_a_display(monkeypatch):
    """Windows and macOS need no X server."""
    monkeypatch.setattr(window_module.sys, "platform", "darwin")
    monkeypatch.delenv("DISPLAY", raising=False)
    assert display_problem() == ""


@pytest.fixture(scope="module")
def x_server():
    """Start an X server of our own on a free display and yield the environment that uses it."""
    missing = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
    if not sys.platform.startswith("linux") or missing:
        pytest.skip(f"real window not tested: {', '.join(missing) or 'Linux'} is missing")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-noreset"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    if not number:
        server.wait(timeout=PATIENCE_S)
        pytest.skip("real window not tested: Xvfb did not start")
    yield {**os.environ, "DISPLAY": f":{number}"}
    server.terminate()
    server.wait(timeout=PATIENCE_S)


STORY = """
import ctypes, re, subprocess, sys, time
import numpy as np
from coach.coaching.phrases import PhraseBook
from coach.coaching.screen import Screen
from coach.progress.today import Today
from coach.session.ending import Ending, end_card
from coach.settings import WindowSettings
from coach.shell.window.display import Command
from coach.shell.window.end_page import answer_areas
from coach.shell.window.layout import layout
from coach.shell.window.window import OpenCvWindow, display_problem
from coach.types import Frame

assert display_problem() == "", display_problem()
settings = WindowSettings(width=800, height=600, fullscreen=False, large_text=False, view="picture")
window = OpenCvWindow(settings, "coach-under-test")
picture = np.full((480, 640, 3), 90, np.uint8)

def until(wanted, again=lambda: None):
    # pressed again every half second: a busy window system may not be listening yet
    begun = asked = time.monotonic()
    again()
    while (now := time.monotonic()) < begun + 50.0:
        if now > asked + 0.5:
            again()
            asked = now
        for command in window.show(Frame(now, picture), None, Screen(phase="rest")):
            if command is wanted:
                return
        time.sleep(0.01)
    sys.exit(f"no {wanted}")

def run(*words, check=True):
    return subprocess.run([*map(str, words)], check=check, capture_output=True, text=True)

found = []
while not found:
    window.show(None, None, Screen(phase="rest"))
    found = run("xdotool", "search", "--name", "coach-under-test", check=False).stdout.split()
found = found[-1]
"""


def play(story, environment):
    """Run a story in a process of its own: Qt keeps its display for as long as a process lives."""
    code = STORY + textwrap.dedent(story)
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def test_real_window_hears_keys_and_clicks(x_server):
    """A key press and a click on the row reach the session; nothing is written to the terminal."""
    story = """
    run("xdotool", "windowfocus", found)
    until(Command.NEXT, lambda: run("xdotool", "key", "--window", found, "n"))
    x, y = dict(layout(800, 600).buttons)[Command.BACK].centre
    until(Command.BACK, lambda: run("xdotool", "mousemove", "--window", found, x, y, "click", 1))
    window.close()
    window.close()
    """
    done = play(story, x_server)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


WOKEN = """
from coach.shell.system import window_system

def pixel():
    # blue in the middle of the window, as it is on the screen
    x11, whole = window_system._x11(), ctypes.c_ulong
    display = window_system._open(x11)
    x, y = map(int, re.findall("[0-9]+", run("xdotool", "getwindowgeometry", found).stdout)[1:3])
    x11.XGetImage.restype, x11.XGetPixel.restype = ctypes.c_void_p, whole
    root = whole(x11.XDefaultRootWindow(display))
    image = x11.XGetImage(display, root, x + 400, y + 250, 1, 1, whole(0xFFFFFF), 2)
    blue = x11.XGetPixel(ctypes.c_void_p(image), 0, 0) & 255
    x11.XCloseDisplay(display)
    return blue

def shown(grey):
    # whether the screen comes to show this grey
    begun = time.monotonic()
    while time.monotonic() < begun + patience:
        window.show(Frame(begun, np.full((480, 640, 3), grey, np.uint8)), None, Screen(phase="rest"))
        if pixel() == grey:
            return True
    return False

window._wake_at_s.clear()
window_system.wake_windows()
patience = 50.0
assert shown(90)
window_system.tell_windows(window_system.UNMAP_NOTIFY)
patience = 1.0
shown(0)  # until it has heard of that
assert not shown(120), "Qt paints what it believes to be hidden"
window_system.wake_windows()
patience = 50.0
assert shown(150)
window.close()
"""


@pytest.mark.parametrize("managed", [False, True])
def test_a_window_that_qt_believes_to_be_hidden_is_painted_all_the_same(x_server, managed):
    """Busy machines lose the event that says it is on the screen: it stayed white for a whole session."""
    if managed and not shutil.which("openbox"):
        pytest.skip("under a window manager not tested: openbox is missing")
    manager = subprocess.Popen(["openbox"] if managed else ["true"], env=x_server, stderr=subprocess.DEVNULL)
    try:
        done = play(WOKEN, x_server)
    finally:
        manager.terminate()
        manager.wait(timeout=PATIENCE_S)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(
    not (shutil.which("openbox") and shutil.which("wmctrl")),
    reason="closing by the window manager not tested: openbox or wmctrl is missing",
)
def test_window_closed_by_the_window_manager_quits(x_server):
    """The close button ends the session instead of bringing up a new window."""
    story = """
    until(Command.QUIT, lambda: run("wmctrl", "-c", "coach-under-test", check=False))
    assert window.show(None, None, Screen(phase="rest")) == (Command.QUIT,)
    window.close()
    """
    manager = subprocess.Popen(["openbox"], env=x_server, stderr=subprocess.DEVNULL)
    try:
        done = play(story, x_server)
    finally:
        manager.terminate()
        manager.wait(timeout=PATIENCE_S)
    assert (done.returncode, done.stderr) == (0, "")
