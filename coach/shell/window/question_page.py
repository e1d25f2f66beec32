"""A question in the window: the picture, the question, and its answers as large keys."""

from __future__ import annotations

import numpy as np

from coach.coaching.phrases import capital
from coach.shell.window import buttons, face_overlay, theme, widgets
from coach.shell.window.display import Command
from coach.shell.window.labels import Labels
from coach.shell.window.layout import Layout, Rect, page_layout
from coach.shell.window.prompt import QuestionScreen
from coach.types import Image

OFFERED = (Command.PAUSE, Command.FULLSCREEN, Command.QUIT)  # they work beside the answers


class QuestionPage:
    """Draws questions.

    Parameters
    ----------
    labels
        The window's own words.
    large_text
        Text a quarter larger.
    """

    def __init__(self, labels: Labels, *, large_text: bool = False) -> None:
        self._labels = labels
        self._large_text = large_text
        self._areas: tuple[tuple[Command, Rect], ...] = ()

    def command_at(self, x: int, y: int) -> Command | None:
        """Return the answer of a click at a point of the canvas, if any."""
        return next((command for command, rect in self._areas if rect.contains(x, y)), None)

    def paint(
        self,
        image: Image | None,
        screen: QuestionScreen,
        size: tuple[int, int],
        hover: Command | None = None,
    ) -> Image:
        """Draw one frame.

        Parameters
        ----------
        image
            (H, W, 3) uint8 BGR, unmirrored, or None while the camera gives none.
        screen
            The question.
        size
            Width and height of the canvas.
        hover
            The answer under the pointer.

        Returns
        -------
        Image
            (height, width, 3) uint8 BGR.
        """
        boxes = page_layout(*size, large=self._large_text)
        canvas: Image = np.empty((size[1], size[0], 3), np.uint8)
        widgets.fill(canvas, Rect(0, 0, *size), theme.BACKGROUND)
        widgets.fill(canvas, boxes.panel, theme.PANEL)
        if image is not None:
            placed = face_overlay.place((image.shape[1], image.shape[0]), boxes.picture)
            face_overlay.draw_picture(canvas, image, placed)
        if screen.framing == "good" or screen.fix:
            text = capital(self._labels.good if screen.framing == "good" else screen.fix)
            widgets.draw_status(canvas, boxes, screen.framing, text)
        self._areas = tuple(area for area in boxes.buttons if area[0] in OFFERED)
        labels = self._labels.by_command() | {Command.PAUSE: self._labels.go_on}
        beside = buttons.labels_beside(boxes, labels)
        if screen.typing:  # their keys are letters now
            self._areas = ()
        for command, rect in self._areas:
            buttons.draw_button(
                canvas,
                boxes,
                rect,
                key=command.value,
                label=labels[command],
                beside=beside,
                on=False,
                hover=command is hover,
            )
        caption = boxes.caption.inset(boxes.px(16), boxes.px(2))
        theme.write_in(
            canvas, caption, screen.caption, size=boxes.px(38), weight=theme.STRONG, align="centre"
        )
        self._asked(canvas, boxes, screen, hover)
        widgets.draw_progress(canvas, boxes, screen.progress)
        return canvas

    def _asked(self, canvas: Image, boxes: Layout, screen: QuestionScreen, hover: Command | None) -> None:
        """Write the question, its text, and the answers below."""
        head = Rect(boxes.title.x, boxes.title.y, boxes.title.w, 2 * boxes.title.h)
        title = capital(screen.title)
        theme.write_in(canvas, head, title, size=boxes.px(36), weight=theme.STRONG, valign="top")
        hint = Rect(head.x, head.bottom, head.w, boxes.px(60))
        body = _body(boxes, below=hint.bottom + boxes.px(8))
        theme.write_in(canvas, hint, screen.instruction, size=boxes.px(24), colour=theme.QUIET, valign="top")
        if screen.note:
            theme.write_in(canvas, body, screen.note, size=boxes.px(32), colour=theme.YELLOW, valign="top")
        pitch = min(boxes.px(72), body.h // max(len(screen.lines), 1))
        for number, (key, label) in enumerate(screen.lines):
            row = Rect(body.x, body.y + number * pitch, body.w, pitch - boxes.px(10))
            command = Command(key)
            self._areas += ((command, row),)
            usual = key == screen.default
            widgets.rounded(canvas, row, boxes.px(8), theme.TRACK if command is hover else theme.BACKGROUND)
            if usual:
                widgets.rounded(canvas, row, boxes.px(8), theme.TEXT, boxes.px(2))
            cap = Rect(row.x, row.y, row.h, row.h)
            size = min(boxes.px(26), round(row.h * 0.7))
            theme.write_in(canvas, cap, key, size=size, colour=theme.SKY, weight=theme.STRONG, align="centre")
            words = Rect(cap.right, row.y, row.right - cap.right - boxes.px(8), row.h)
            weight = theme.STRONG if usual else theme.REGULAR
            theme.write_in(canvas, words, capital(label), size=size, weight=weight)


def _body(boxes: Layout, below: int) -> Rect:
    """Return the box for the answers: the place of count and gauge in a session, `below` the hint."""
    gauge = Rect(boxes.left_bar.x, boxes.ring.y, boxes.right_bar.right - boxes.left_bar.x, boxes.ring.h)
    stacked = gauge.x == boxes.count.x  # in wide windows; else the gauge stands beside
    top = max(boxes.count.y if stacked else gauge.y, below if gauge.x == boxes.title.x else 0)
    return Rect(gauge.x, top, gauge.w, gauge.bottom - top)
