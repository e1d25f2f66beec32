"""Where everything stands in the window, computed from its size alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from coach.shell.window.display import Command
from coach.types import Image

SMALLEST_CANVAS = (640, 480)
LARGEST_CANVAS = (1920, 1200)  # larger windows are drawn at this size and enlarged by the window system
BUTTONS = (
    Command.PAUSE,
    Command.NEXT,
    Command.BACK,
    Command.RESTART,
    Command.MUTE,
    Command.VIEW,
    Command.FULLSCREEN,
    Command.HELP,
    Command.QUIT,
)


@dataclass(frozen=True, slots=True)
class Rect:
    """A box of whole pixels: left, top, width, height."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        """First column to the right of the box."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """First row below the box."""
        return self.y + self.h

    @property
    def centre(self) -> tuple[int, int]:
        """Middle of the box, (x, y)."""
        return self.x + self.w // 2, self.y + self.h // 2

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies in the box."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def inset(self, dx: int, dy: int | None = None) -> Rect:
        """Return the box without a border of `dx` (and `dy`) pixels."""
        dy = dx if dy is None else dy
        return Rect(self.x + dx, self.y + dy, max(1, self.w - 2 * dx), max(1, self.h - 2 * dy))

    def of(self, canvas: Image) -> Image:
        """Return the box's pixels, a view into the canvas."""
        return canvas[self.y : self.bottom, self.x : self.right]


@dataclass(frozen=True, slots=True)
class Layout:
    """The boxes of one window size. `scale`: what text and strokes are multiplied by (1 at 1280x720)."""

    size: tuple[int, int]
    scale: float
    status: Rect
    picture: Rect
    caption: Rect
    panel: Rect
    title: Rect
    instruction: Rect
    count: Rect
    left_bar: Rect
    ring: Rect
    right_bar: Rect
    progress: Rect
    body: Rect  # everything above the buttons and the caption, for the summary
    end_caption: Rect  # the caption below the summary
    buttons: tuple[tuple[Command, Rect], ...]

    def px(self, length: float) -> int:
        """Return a length given for 1280x720 in this window's pixels, at least 1."""
        return max(1, round(length * self.scale))

    def command_at(self, x: int, y: int) -> Command | None:
        """Return the command whose area holds the point, if any."""
        return next((command for command, rect in self.buttons if rect.contains(x, y)), None)


def canvas_size(width: int, height: int) -> tuple[int, int]:
    """Return the size to draw at for a window of `width` x `height` pixels, of the same shape."""
    factor = max(SMALLEST_CANVAS[0] / max(width, 1), SMALLEST_CANVAS[1] / max(height, 1), 1.0)
    if factor == 1.0:
        factor = min(LARGEST_CANVAS[0] / width, LARGEST_CANVAS[1] / height, 1.0)
    return min(round(width * factor), LARGEST_CANVAS[0]), min(round(height * factor), LARGEST_CANVAS[1])


@lru_cache(maxsize=32)
def layout(width: int, height: int, large: bool = False, gauge_in_picture: bool = False) -> Layout:
    """Return the boxes for a canvas of `width` x `height` pixels.

    `large`: the large-text setting. `gauge_in_picture`: the picture is hidden and the ring and bars
    take its place. Wide windows have the panel at the right, narrow ones below.
    """
    unit = min(width / 1280, height / 720)
    # Text shrinks only half as fast as the window: the person sits as far from a small one.
    scale = (unit if unit >= 1 else 0.5 + 0.5 * unit) * (1.25 if large else 1.0)

    def px(length: float) -> int:
        return max(1, round(length * scale))

    footer = Rect(0, height - px(50), width, px(50))
    wide = width >= 1.2 * height
    if wide:
        panel_w = max(round(0.30 * width), px(330))
        panel = Rect(width - panel_w, 0, panel_w, footer.y)
        main = Rect(0, 0, width - panel_w, footer.y)
    else:
        panel_h = max(round(0.40 * height), px(300))
        panel = Rect(0, footer.y - panel_h, width, panel_h)
        main = Rect(0, 0, width, panel.y)
    status = Rect(main.x, main.y, main.w, px(56))
    caption_h = px(84)
    caption = Rect(main.x, main.bottom - caption_h, main.w, caption_h)
    picture = Rect(main.x, status.bottom, main.w, caption.y - status.bottom)
    parts = _column(panel, scale) if wide else _row(panel, scale)
    gauge = picture.inset(px(28)) if gauge_in_picture else parts["gauge"]
    left_bar, ring, right_bar = _gauge(gauge, scale)
    count = parts["count"]
    if gauge_in_picture and wide:  # the count takes the room that the gauge has left
        count = Rect(count.x, count.y, count.w, parts["gauge"].bottom - count.y)
    return Layout(
        size=(width, height),
        scale=scale,
        status=status,
        picture=picture,
        caption=caption,
        panel=panel,
        title=parts["title"],
        instruction=parts["instruction"],
        count=count,
        left_bar=left_bar,
        ring=ring,
        right_bar=right_bar,
        progress=parts["progress"],
        body=Rect(0, status.bottom, width, footer.y - status.bottom - caption_h),
        end_caption=Rect(0, footer.y - caption_h, width, caption_h),
        buttons=_buttons(footer),
    )


def _column(panel: Rect, scale: float) -> dict[str, Rect]:
    """Stack the panel's parts from top to bottom; the gauge takes the middle that is left."""
    pad = round(20 * scale)
    x, w = panel.x + pad, panel.w - 2 * pad
    title = Rect(x, panel.y + round(14 * scale), w, round(44 * scale))
    instruction = Rect(x, title.bottom + round(4 * scale), w, round(panel.h * 0.165))
    progress = Rect(x, panel.bottom - round(50 * scale), w, round(44 * scale))
    count_h = round(min(84 * scale, panel.h * 0.15))
    count = Rect(x, instruction.bottom + round(6 * scale), w, count_h)
    top = count.bottom + round(8 * scale)
    gauge = Rect(x, top, w, progress.y - round(12 * scale) - top)
    return {"title": title, "instruction": instruction, "count": count, "gauge": gauge, "progress": progress}


def _row(panel: Rect, scale: float) -> dict[str, Rect]:
    """Words at the left, the gauge at the right: for windows that are higher than wide."""
    pad = round(18 * scale)
    half = (panel.w - 3 * pad) // 2
    x = panel.x + pad
    title = Rect(x, panel.y + pad // 2, half, round(44 * scale))
    progress = Rect(x, panel.bottom - round(50 * scale), half, round(44 * scale))
    count = Rect(x, progress.y - round(80 * scale), half, round(74 * scale))
    instruction = Rect(x, title.bottom, half, count.y - title.bottom)
    gauge = Rect(x + half + pad, panel.y + pad, half, panel.h - 2 * pad)
    return {"title": title, "instruction": instruction, "count": count, "gauge": gauge, "progress": progress}


def _gauge(rect: Rect, scale: float) -> tuple[Rect, Rect, Rect]:
    """Put the ring between the bars: the person's left bar on the left, as in a mirror."""
    bar_w = round(min(84 * scale, rect.w * 0.25) if rect.w < 450 * scale else rect.w * 0.2)
    gap = round(8 * scale)
    ring = Rect(rect.x + bar_w + gap, rect.y, rect.w - 2 * (bar_w + gap), rect.h)
    return Rect(rect.x, rect.y, bar_w, rect.h), ring, Rect(rect.right - bar_w, rect.y, bar_w, rect.h)


def _buttons(footer: Rect) -> tuple[tuple[Command, Rect], ...]:
    edges = [footer.x + round(footer.w * n / len(BUTTONS)) for n in range(len(BUTTONS) + 1)]
    return tuple(
        (command, Rect(left, footer.y, right - left, footer.h))
        for command, left, right in zip(BUTTONS, edges, edges[1:], strict=False)
    )
