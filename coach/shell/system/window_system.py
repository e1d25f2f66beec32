"""What OpenCV leaves to be asked of the window system: the screen's size, and to paint a new window."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from typing import Any

SHAPE = 16 / 9  # of the window: a webcam's
SHARE = 0.8  # of the screen, where that leaves a window of at least the usual size
USUAL = (1280, 720)
EDGES = (16, 90)  # pixels that a window's frame, its title bar and the system's own bar may take
WORK_AREA = 0x0030  # Windows: SPI_GETWORKAREA
UNMAP_NOTIFY, MAP_NOTIFY = 18, 19  # X11: a window has left the screen, or come onto it
TO_ITS_MAKER = 0  # X11's mask of events: for whoever made the window, not for the window manager


def screen_size() -> tuple[int, int] | None:
    """Return width and height of the screen in pixels, None if the system does not tell.

    Several screens side by side may count as one wide one.
    """
    try:
        size = _asked()
    except (OSError, AttributeError):  # no such library, no such function
        return None
    return size if size is not None and min(size) > 0 else None


def opening_size(screen: tuple[int, int] | None) -> tuple[int, int]:
    """Return width and height of a window that fits on a screen with its title bar, and fills it well.

    Parameters
    ----------
    screen
        Width and height in pixels; None gives the usual size.
    """
    if screen is None:
        return USUAL
    room = tuple(whole - edge for whole, edge in zip(screen, EDGES, strict=True))
    wanted = (max(usual, round(SHARE * whole)) for usual, whole in zip(USUAL, screen, strict=True))
    width, height = (min(pair) for pair in zip(room, wanted, strict=True))
    return min(width, round(height * SHAPE)), min(height, round(width / SHAPE))


def _asked() -> tuple[int, int] | None:
    if sys.platform == "win32":
        area = (ctypes.c_long * 4)()
        ctypes.windll.user32.SystemParametersInfoW(WORK_AREA, 0, ctypes.byref(area), 0)
        return area[2] - area[0], area[3] - area[1]
    if sys.platform == "darwin":
        graphics = ctypes.CDLL("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics")
        graphics.CGDisplayPixelsWide.restype = graphics.CGDisplayPixelsHigh.restype = ctypes.c_size_t
        main = graphics.CGMainDisplayID()
        return int(graphics.CGDisplayPixelsWide(main)), int(graphics.CGDisplayPixelsHigh(main))
    x11 = _x11()
    display = _open(x11)
    if not display:
        return None
    number = x11.XDefaultScreen(display)
    size = int(x11.XDisplayWidth(display, number)), int(x11.XDisplayHeight(display, number))
    x11.XCloseDisplay(display)
    return size


def wake_windows() -> None:
    """Have what is in this process's windows painted, also where Qt believes that nobody can see them.

    On a busy machine Qt's X11 side loses the first events that it gets. If the one that says that its
    window is on the screen is among them, Qt never paints it: it stays white or black for good.
    """
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # no such library: a desktop without X11
            tell_windows(MAP_NOTIFY)


def tell_windows(kind: int) -> None:
    """Send an event to each of this process's windows, and have them painted. X11 only."""
    x11 = _x11()
    display = _open(x11)
    if not display:
        return
    ignore = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: 0)
    before = x11.XSetErrorHandler(ignore)  # a window of somebody else's that closes now would end us
    root = x11.XDefaultRootWindow(display)
    known = _property(x11, display, root, b"_NET_CLIENT_LIST") or _children(x11, display, root)
    for window in known:
        if _property(x11, display, window, b"_NET_WM_PID") == [os.getpid()]:
            event = _Notify(kind, 0, 1, display, window, window)
            x11.XSendEvent(display, window, 0, TO_ITS_MAKER, ctypes.byref(event))
            x11.XClearArea(display, window, 0, 0, 0, 0, 1)
    x11.XSync(display, 0)
    x11.XSetErrorHandler(before)
    x11.XCloseDisplay(display)


class _Notify(ctypes.Structure):
    """X11's event of a window that was mapped or unmapped."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("sent", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("to", ctypes.c_ulong),
        ("window", ctypes.c_ulong),
        ("rest", ctypes.c_long * 19),  # every event has the size of the largest
    )


def _x11() -> Any:
    """Return Xlib, with the types that are not `int`."""
    x11, window, pointer = ctypes.CDLL("libX11.so.6"), ctypes.c_ulong, ctypes.c_void_p
    x11.XOpenDisplay.restype = x11.XSetErrorHandler.restype = pointer
    x11.XSetErrorHandler.argtypes = [pointer]
    x11.XDefaultRootWindow.restype = x11.XInternAtom.restype = window
    x11.XSendEvent.argtypes = [pointer, window, ctypes.c_int, ctypes.c_long, pointer]
    x11.XClearArea.argtypes = [pointer, window, *[ctypes.c_int] * 5]
    x11.XQueryTree.argtypes = [pointer, window, *[pointer] * 4]
    x11.XGetWindowProperty.argtypes = [
        *(pointer, window, window, ctypes.c_long, ctypes.c_long, ctypes.c_int, window),
        *[pointer] * 5,
    ]
    return x11


def _open(x11: Any) -> ctypes.c_void_p:
    """Return a connection of our own to the X server; it is false where there is none."""
    return ctypes.c_void_p(x11.XOpenDisplay(None))


def _property(x11: Any, display: ctypes.c_void_p, window: int, name: bytes) -> list[int]:
    """Return the numbers of a window's property, none where it has no such."""
    kind, count, left = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_ulong()
    width, data = ctypes.c_int(), ctypes.POINTER(ctypes.c_ulong)()
    found = map(ctypes.byref, (kind, width, count, left, data))
    atom = x11.XInternAtom(display, name, 0)
    x11.XGetWindowProperty(display, window, atom, 0, 1024, 0, 0, *found)
    return _taken(x11, data, count.value)


def _children(x11: Any, display: ctypes.c_void_p, window: int) -> list[int]:
    """Return the windows inside a window: all there are, where no window manager lists them."""
    root, parent, data, count = (
        ctypes.c_ulong(),
        ctypes.c_ulong(),
        ctypes.POINTER(ctypes.c_ulong)(),
        ctypes.c_uint(),
    )
    x11.XQueryTree(display, window, *map(ctypes.byref, (root, parent, data, count)))
    return _taken(x11, data, count.value)


def _taken(x11: Any, data: Any, count: int) -> list[int]:
    """Return numbers that Xlib has handed out, and give it its memory back."""
    numbers = [int(number) for number in data[:count]] if data else []
    if data:
        x11.XFree(data)
    return numbers
