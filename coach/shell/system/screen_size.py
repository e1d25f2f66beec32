"""How large the screen is, asked of the window system itself: OpenCV does not know."""

from __future__ import annotations

import ctypes
import sys

SHAPE = 16 / 9  # of the window: a webcam's
SHARE = 0.8  # of the screen, where that leaves a window of at least the usual size
USUAL = (1280, 720)
EDGES = (16, 90)  # pixels that a window's frame, its title bar and the system's own bar may take
WORK_AREA = 0x0030  # Windows: SPI_GETWORKAREA


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
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    if not display:
        return None
    number = x11.XDefaultScreen(display)
    size = int(x11.XDisplayWidth(display, number)), int(x11.XDisplayHeight(display, number))
    x11.XCloseDisplay(display)
    return size
