"""What is drawn once and laid over every frame."""

import numpy as np

from coach.shell.window.layout import Layout, layout
from coach.shell.window.stamp import stamp
from coach.types import Image

BOXES = layout(320, 180)


def test_a_stamp_covers_what_was_drawn_and_nothing_else() -> None:
    """However dark a pixel is, it counts as drawn; the frame shows everywhere else, time after time."""

    def draw(canvas: Image, boxes: Layout, blue: int) -> None:
        canvas[10:20, 30:50] = (blue, 0, 0)

    for blue in (1, 200, 1):
        frame: Image = np.full((180, 320, 3), 99, np.uint8)
        stamp(frame, BOXES, draw, blue)
        assert (frame[10:20, 30:50] == (blue, 0, 0)).all()
        assert (frame == 99).all(axis=2).sum() == frame[..., 0].size - 10 * 20


def test_nothing_drawn_leaves_the_frame_as_it_is() -> None:
    """An empty text has no plate."""
    frame: Image = np.full((180, 320, 3), 99, np.uint8)
    stamp(frame, BOXES, lambda canvas, boxes: None)
    assert (frame == 99).all()
