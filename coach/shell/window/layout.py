"""Where everything is in the window, computed from its size alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from coach.shell.window.display import Command
from coach.types import Image

SMALLEST_CANVAS = (640, 480)
LARGEST_CANVAS = (1920, 1200)  # larger windows are drawn at this size and enlarged by the window system
MARGIN = 24  # pixels at 1280x720 that stay free round everything
ASIDE = 240  # pixels at 1280x720 that words beside the face need
WIDE = 1.2  # width over height from which words are beside the face instead of above it
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
    """The boxes of one window size. `scale`: the factor of text and strokes (1 at 1280x720)."""

    size: tuple[int, int]
    scale: float
    status: Rect
    picture: Rect
    caption: Rect
    panel: Rect
    title: Rect
    instruction: Rect
    count: Rect  # the row above the ring, for the phase as well
    left_bar: Rect
    ring: Rect
    right_bar: Rect
    progress: Rect
    dots: Rect
    stage: Rect  # everything above the buttons
    body: Rect  # the stage without the caption, for the summary
    end_caption: Rect  # the caption below the summary
    buttons: tuple[tuple[Command, Rect], ...]

    @property
    def single_bar(self) -> Rect:
        """Where the one wide bar stands of a movement without sides."""
        return replace(self.right_bar, w=round(1.5 * self.right_bar.w))

    @property
    def caption_without_keys(self) -> Rect:
        """Where the caption stands once the row of keys has faded: at the bottom, below the mouth."""
        return replace(self.caption, y=self.size[1] - self.px(MARGIN) - self.caption.h)

    @property
    def aside(self) -> Rect | None:
        """Where the caption stands beside a face that is very near, if there is room."""
        x, bottom = self.single_bar.right + self.px(8), self.caption_without_keys.bottom
        width, height = self.size[0] - self.px(MARGIN) - x, self.px(190)
        return Rect(x, bottom - height, width, height) if width >= self.px(ASIDE) else None

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
def layout(width: int, height: int, large: bool = False) -> Layout:
    """Return the boxes of a session's window: the ring round the face, the bars directly beside it.

    The picture fills the window; words and figures lie on plates over it. They have fixed places,
    for bars that follow the face train it less exactly. `large`: the large-text setting.
    """
    scale = _scale(width, height, large=large)

    def px(length: float) -> int:
        return max(1, round(length * scale))

    margin, gap = px(MARGIN), px(8)
    footer = Rect(0, height - px(50), width, px(50))
    stage = Rect(0, 0, width, footer.y)
    head = Rect(margin, margin, width - 2 * margin, px(46))
    dots_w = min(px(190), head.w // 4)
    dots = Rect(width // 2 - dots_w // 2, head.y, dots_w, head.h)
    status = Rect(margin, head.y, dots.x - gap - margin, head.h)
    progress = Rect(dots.right + gap, head.y, head.right - dots.right - gap, head.h)
    caption_w = min(width - 2 * margin, px(1000))
    caption = Rect(width // 2 - caption_w // 2, footer.y - gap - px(78), caption_w, px(78))
    wide = width >= WIDE * height * (1.25 if large else 1.0)
    words_h = 0 if wide else px(120)
    top = head.bottom + gap + (words_h + gap if words_h else 0)
    bar_w, badge_h = px(74), px(50)
    # The count and the phase stand above the ring, over the hair: on its lower edge they would hide the
    # mouth. The ring needs room for the dot on it; the words beside it need their room.
    share = 0.3 if not wide else 0.19 if width < 1.5 * height else 0.18
    first, last = top + badge_h + px(10), caption.y - gap - px(10)
    radius = min((last - first) // 2, round(width * share))
    # Round the picture's middle, where the face is, as far as there is room.
    middle = (width // 2, max(first + radius, min(height // 2, last - radius)))
    ring = Rect(middle[0] - radius, middle[1] - radius, 2 * radius, 2 * radius)
    bar_h = round(1.5 * radius)
    left_bar = Rect(ring.x - gap - bar_w, middle[1] - bar_h // 2, bar_w, bar_h)
    right_bar = Rect(ring.right + gap, left_bar.y, bar_w, bar_h)
    side_w = left_bar.x - 2 * gap - margin
    if wide:
        title = Rect(margin + gap, head.bottom + 3 * gap, side_w - gap, px(64))
        instruction = Rect(title.x, title.bottom, title.w, round(1.2 * radius) - title.h)
    else:
        title = Rect(margin + gap, head.bottom + 2 * gap, head.w - 2 * gap, px(40))
        instruction = Rect(title.x, title.bottom, title.w, words_h - title.h - 2 * gap)
    # Words beside the ring leave the count the width of ring and bars; words above it, the whole width.
    sides = (left_bar.x, right_bar.right) if wide else (margin, width - margin)
    count = Rect(sides[0], ring.y - px(10) - badge_h, sides[1] - sides[0], badge_h)
    return Layout(
        size=(width, height),
        scale=scale,
        status=status,
        picture=Rect(0, 0, width, height),
        caption=caption,
        panel=Rect(title.x - gap, title.y - gap // 2, title.w + 2 * gap, title.h + instruction.h + gap),
        title=title,
        instruction=instruction,
        count=count,
        left_bar=left_bar,
        ring=ring,
        right_bar=right_bar,
        progress=progress,
        dots=dots,
        stage=stage,
        body=Rect(0, head.bottom, width, caption.y - gap - head.bottom),
        end_caption=caption,
        buttons=_buttons(footer),
    )


def _scale(width: int, height: int, *, large: bool) -> float:
    """Return the factor for lengths that were chosen at 1280x720.

    Text shrinks only half as fast as the window: the person sits as far from a small one.
    """
    unit = min(width / 1280, height / 720)
    return (unit if unit >= 1 else 0.5 + 0.5 * unit) * (1.25 if large else 1.0)


@lru_cache(maxsize=32)
def page_layout(width: int, height: int, large: bool = False) -> Layout:
    """Return the boxes of a page that asks: the picture, and a panel at its right or below it.

    `large`: the large-text setting.
    """
    scale = _scale(width, height, large=large)

    def px(length: float) -> int:
        return max(1, round(length * scale))

    footer = Rect(0, height - px(50), width, px(50))
    wide = width >= WIDE * height
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
    left_bar, ring, right_bar = _gauge(parts["gauge"], scale)
    return Layout(
        size=(width, height),
        scale=scale,
        status=status,
        picture=picture,
        caption=caption,
        panel=panel,
        title=parts["title"],
        instruction=parts["instruction"],
        count=parts["count"],
        left_bar=left_bar,
        ring=ring,
        right_bar=right_bar,
        progress=parts["progress"],
        dots=status,
        stage=Rect(0, 0, width, footer.y),
        body=Rect(0, status.bottom, width, footer.y - status.bottom - caption_h),
        end_caption=Rect(0, footer.y - caption_h, width, caption_h),
        buttons=_buttons(footer),
    )


def _column(panel: Rect, scale: float) -> dict[str, Rect]:
    """Stack the panel's parts from top to bottom; the gauge takes the middle that is left."""
    pad = round(MARGIN * scale)
    x, w = panel.x + pad, panel.w - 2 * pad
    title = Rect(x, panel.y + pad, w, round(44 * scale))
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
