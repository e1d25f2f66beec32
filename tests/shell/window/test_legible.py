"""Words can be read wherever they stand: measured in pictures of bright and dark rooms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from contrast import contrast

from coach.coaching.screen import Screen
from coach.exercise.view import Bars
from coach.shell.window.display import VIEWS
from coach.shell.window.layout import MARGIN, Rect, layout
from coach.shell.window.painter import Appearance, Painter
from coach.types import Bilateral

LEAST = 4.5  # WCAG 2.2, 1.4.3
SIZES = ((1280, 720), (1366, 768), (1920, 1080), (800, 600))
DRAWN = Screen(
    phase="fix",
    title="Cheek raiser",
    instruction="Lift your cheeks until your eyes narrow.",
    exercise="cheek_raiser",
    count=3,
    target=10,
    hold=0.4,
    bars=Bars(Bilateral(0.9, 0.3), (0.6, 1.1)),
    caption="A little more on the left",
    framing="closer",
    fix="Come a little closer",
    notice="no sound - captions only",
    time_left_s=80,
    steps=5,
)


def room(level: int) -> np.ndarray:
    """Return a picture of a bright or a dark room, with a pattern that words could get lost in."""
    picture = np.full((360, 640, 3), level, np.uint8)
    picture[::6], picture[:, ::6] = 255 - level, 255 - level
    return picture


def words(screen: Screen, size: tuple[int, int]) -> dict[str, Rect]:
    """Return the boxes in which words stand."""
    boxes = layout(*size)
    middle, row = boxes.ring.centre[0], boxes.count
    badge = Rect(middle - boxes.px(10), row.y + boxes.px(8), boxes.px(120), boxes.px(32))
    count = Rect(middle - boxes.px(140), badge.y, boxes.px(100), badge.h)
    found = {"title": boxes.title, "count": count, "caption": boxes.caption, "badge": badge}
    found |= {"status": boxes.status, "time": boxes.progress}
    return found if screen.instruction == "" else found | {"instruction": boxes.instruction}


def strongest(pixels: np.ndarray) -> float:
    """Return the contrast of the most frequent colour, the ground, with the ink, of at least four pixels."""
    packed = pixels.astype(int) @ (1, 256, 65536)
    values, shares = np.unique(packed, return_counts=True)
    colours = [(v % 256, v // 256 % 256, v // 65536) for v in values.tolist()]
    ground = colours[shares.argmax()]
    return max(contrast(c, ground) for c, share in zip(colours, shares, strict=True) if share >= 4)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("size", [(1280, 720), (800, 600)])
def test_words_have_their_contrast_in_any_room(size, view):
    """What belongs to words and their ground is the same in both rooms: nothing shines through."""
    canvases = [
        Painter().paint(room(level), None, DRAWN, Appearance(size, view, keys=0.0)) for level in (250, 5)
    ]
    same = (canvases[0] == canvases[1]).all(axis=2)
    for name, box in words(DRAWN, size).items():
        opaque = box.of(same)
        assert opaque.mean() > 0.1, name
        assert strongest(box.of(canvases[0])[opaque]) >= LEAST, name


@pytest.mark.parametrize(
    "phase", ["ready", "rest", "go", "rising", "hold", "fix", "moving", "released", "attempt"]
)
def test_every_phases_word_stands_out(phase):
    """Its colour changes with the phase, its plate does not."""
    screen = replace(DRAWN, phase=phase, hold_left_s=3.0)
    canvas = Painter().paint(room(250), None, screen, Appearance((1280, 720)))
    assert strongest(words(screen, (1280, 720))["badge"].of(canvas).reshape(-1, 3)) >= LEAST


@pytest.mark.parametrize(("size", "letters"), [((1920, 1080), 48), ((1280, 720), 32), ((1366, 768), 34)])
def test_the_caption_is_48_pixels_on_a_full_hd_screen(size, letters):
    """Its capitals are nearly three quarters of that high; elsewhere it grows with the window."""
    screen = Screen("rest", caption="HHHHHH")
    canvas = Painter().paint(None, None, screen, Appearance(size, "hidden", keys=0.0))
    area = layout(*size).caption_without_keys.of(canvas).max(axis=2)
    rows = np.nonzero((area > 200).sum(axis=1))[0]
    assert rows[-1] - rows[0] + 1 == pytest.approx(0.73 * letters, abs=1.5)
    top = layout(*size).caption.y
    assert top > size[1] * 2 / 3  # in the lower third


@pytest.mark.parametrize("size", SIZES)
def test_a_margin_is_left_free_all_round(size):
    """24 pixels at 1280x720; but the row of keys, which comes and goes, stands at the edge."""
    grey = np.full((size[1], size[0], 3), 90, np.uint8)
    canvas = Painter().paint(grey, None, DRAWN, Appearance(size, keys=0.0))
    rows, columns = np.nonzero((canvas != 90).any(axis=2))
    free = layout(*size).px(MARGIN) - 1  # soft edges
    assert min(rows[0], columns.min(), size[0] - 1 - columns.max()) >= free
    assert size[1] - 1 - rows[-1] >= free
