"""One screen on one canvas: the picture mirrored, and everything the screen says around it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from coach.coaching.phrases import capital
from coach.coaching.screen import EndCard, Screen
from coach.shell.system.image import plain
from coach.shell.window import buttons, end_page, face_overlay, gauge, overlays, theme, widgets
from coach.shell.window.display import Command, WindowView
from coach.shell.window.labels import Labels
from coach.shell.window.layout import Layout, Rect, layout
from coach.shell.window.stamp import stamp
from coach.types import FaceObservation, Image

TIMED = ("hold", "moving")  # the phases in which seconds are told: of a hold, of a breath
UNDER_WAY = frozenset({"rising", "hold", "fix", "moving", "released"})  # a level can be a good one then
AT_END = frozenset({Command.FULLSCREEN, Command.QUIT})  # all that still does something then
COLOUR_NDIM, CHANNELS = 3, 3  # `cv2` draws on (H, W, 3)


@dataclass(frozen=True, slots=True)
class Appearance:
    """How the window is set up. `hover`: the button under the pointer; `note`: a small extra line.

    `keys`: how much of the row of keys is still to be seen, 1 all of it, 0 nothing.
    """

    size: tuple[int, int]
    view: WindowView = "picture"
    hover: Command | None = None
    note: str = ""
    keys: float = 1.0


class Painter:
    """Draws screens, each from nothing: a frame looks the same whatever was drawn before it.

    But for one thing: a face as near as can be without covering anything must not make the caption jump.

    Parameters
    ----------
    labels
        The window's own words.
    large_text
        Text a quarter larger, for eyes that want it.
    """

    def __init__(self, labels: Labels | None = None, *, large_text: bool = False) -> None:
        self.labels = labels or Labels()
        self.large_text = large_text
        self._nearness = face_overlay.Nearness()

    def layout_for(self, appearance: Appearance) -> Layout:
        """Return where everything stands, e.g. to find the button under the pointer."""
        return layout(*appearance.size, large=self.large_text)

    def command_at(self, x: int, y: int, screen: Screen | None, appearance: Appearance) -> Command | None:
        """Return the command of a click at a point of the canvas while `screen` is shown, if any."""
        boxes = self.layout_for(appearance)
        if screen is None or screen.end is None:
            return boxes.command_at(x, y)
        areas = end_page.answer_areas(boxes, screen.end)
        return next((command for command, rect in areas if rect.contains(x, y)), None)

    def wait(self, size: tuple[int, int]) -> Image:
        """Draw the window as it is until the first picture, (height, width, 3) uint8 BGR."""
        canvas: Image = np.empty((size[1], size[0], 3), np.uint8)
        widgets.fill(canvas, Rect(0, 0, *size), theme.BACKGROUND)
        self._one_moment(canvas, self.layout_for(Appearance(size)))
        return canvas

    def _one_moment(self, canvas: Image, boxes: Layout) -> None:
        text, whole = capital(self.labels.one_moment), Rect(0, 0, *boxes.size)
        theme.write_in(canvas, whole, text, size=boxes.px(34), colour=theme.QUIET, align="centre")

    def paint(
        self, image: Image | None, observation: FaceObservation | None, screen: Screen, appearance: Appearance
    ) -> Image:
        """Draw one frame.

        Parameters
        ----------
        image
            (H, W, 3) uint8 BGR, unmirrored, or None while the camera gives none.
        observation
            The face in it, for the overlay and the outline.
        screen, appearance
            The screen, and how the window is set up.

        Returns
        -------
        Image
            (height, width, 3) uint8 BGR.
        """
        if screen.end is not None:
            return self._end(screen.end, screen.caption, appearance)
        if image is not None and (image.ndim != COLOUR_NDIM or image.shape[2] != CHANNELS or not image.size):
            image = plain(image)
        boxes = self.layout_for(appearance)
        canvas: Image = np.empty((appearance.size[1], appearance.size[0], 3), np.uint8)
        switches = {Command.PAUSE: bool(screen.paused), Command.MUTE: screen.muted}
        in_force = frozenset(command for command, on in switches.items() if on)
        alone = screen.card is not None or screen.phase == "summary"
        if alone or not _covers(image, boxes.picture, appearance.view):
            widgets.fill(canvas, boxes.picture, theme.BACKGROUND)
        if alone:
            if screen.card is not None:
                overlays.draw_card(canvas, boxes.stage, screen.card)
            else:
                overlays.draw_summary(canvas, boxes, screen)
                _caption(canvas, boxes, boxes.end_caption, screen.caption)
            buttons.draw_buttons(canvas, boxes, self.labels, in_force, appearance.hover, offered=AT_END)
            return canvas
        coming = None if screen.lines or screen.paused else screen.coming
        if coming is not None:
            hint = capital(self.labels.press_space)
            overlays.draw_coming(canvas, boxes, coming, screen.demo, hint)
            screen = replace(screen, title="", instruction="", demo=None)
            shown: Rect | None = boxes.picture
        else:
            shown = _picture(canvas, boxes, image, observation, screen, appearance.view)
        screen = _once(screen)
        covers_face = appearance.view != "hidden"
        near = coming is None and self._near(image, observation, boxes, appearance.view)
        if image is not None:  # without a picture nobody is seen
            status = self.labels.good if screen.framing == "good" else screen.fix
            stamp(canvas, boxes, widgets.draw_status, screen.framing, capital(status))
        self._words(canvas, boxes, screen)
        if not (coming or screen.lines or screen.paused or shown is None):
            self._gauge(canvas, boxes, screen, covers_face=covers_face, near=near)
        self._on_top(canvas, boxes, shown, screen, appearance.note)
        stamp(canvas, boxes, _caption, _caption_box(boxes, appearance.keys, near=near), screen.caption)
        if appearance.keys > 0:
            buttons.draw_buttons(canvas, boxes, self.labels, in_force, appearance.hover, appearance.keys)
        return canvas

    def _end(self, card: EndCard, last_words: str, appearance: Appearance) -> Image:
        """Draw a session's end, with its last words below where no question has their room."""
        canvas: Image = np.empty((appearance.size[1], appearance.size[0], 3), np.uint8)
        boxes = self.layout_for(appearance)
        end_page.draw_end(canvas, boxes, card, appearance.hover)
        if not (card.ask or card.advice):
            _caption(canvas, boxes, boxes.caption_without_keys, last_words)
        return canvas

    def _words(self, canvas: Image, boxes: Layout, screen: Screen) -> None:
        """Draw the exercise's words, the dots of the session, and the time that is left."""
        if screen.title or screen.instruction:
            stamp(canvas, boxes, overlays.draw_words, screen.title, capital(screen.instruction))
        stamp(canvas, boxes, gauge.draw_dots, screen.step, screen.steps, screen.done)
        seconds = max(0, math.ceil(screen.time_left_s))
        # Not everything knows how long it takes: a check-in waits for its pictures.
        text = f"{seconds // 60}:{seconds % 60:02d} {self.labels.time_left}" if seconds else ""
        stamp(canvas, boxes, widgets.draw_time_left, text)

    def _near(
        self, image: Image | None, observation: FaceObservation | None, boxes: Layout, view: WindowView
    ) -> bool:
        """Whether the face in the picture is so near that its mouth needs the caption's place."""
        if image is None or observation is None or view not in {"picture", "overlay"}:
            return False
        placed = face_overlay.place((image.shape[1], image.shape[0]), boxes.picture)
        return self._nearness.step(placed.points(observation.landmarks), observation.t, boxes)

    def _gauge(self, canvas: Image, boxes: Layout, screen: Screen, *, covers_face: bool, near: bool) -> None:
        """Draw the ring round the face, count and phase above it, and the bars of the two sides beside it."""
        seconds = max(0, math.ceil(screen.hold_left_s - 1e-6)) if screen.phase in TIMED else 0
        words = capital(screen.word or self.labels.of_phase(screen.phase)), self.labels.seconds
        gauge.draw_ring(
            canvas,
            boxes,
            screen.phase,
            hold=screen.hold,
            covers_face=covers_face,
            swell=screen.swell,
            dot=screen.dot,
            open_below=covers_face and (near or _opens_mouth(screen)),
            seconds=seconds,
        )
        stamp(canvas, boxes, gauge.draw_badges, screen.phase, words, seconds, screen.count, screen.target)
        if screen.bars is None:
            return
        level, band = screen.bars.level, screen.bars.band
        counts = screen.phase in UNDER_WAY
        if screen.bars.single:
            box = boxes.single_bar
            gauge.draw_bar(canvas, boxes, box, level=level.mean, band=band, label="", counts=counts)
            return
        sides = (
            ("left", boxes.left_bar, level.left, self.labels.left_bar),
            ("right", boxes.right_bar, level.right, self.labels.right_bar),
        )
        for side, box, height, label in sides:
            wrong = screen.faulty_side in (side, "both")
            gauge.draw_bar(
                canvas, boxes, box, level=height, band=band, label=capital(label), wrong=wrong, counts=counts
            )

    def _on_top(self, canvas: Image, boxes: Layout, shown: Rect | None, screen: Screen, note: str) -> None:
        """Draw everything on the picture: demonstration, small notes, help, the reason for a pause."""
        if screen.lines:
            overlays.dim(canvas, shown or boxes.picture)
            box = Rect(0, boxes.body.y, boxes.size[0], boxes.body.h).inset(boxes.px(36), boxes.px(16))
            overlays.draw_table(canvas, boxes, box, screen.lines, 24)
        elif screen.paused:
            if shown is not None:
                overlays.dim(canvas, shown)
            sign: Literal["camera", "pause"] = "camera" if shown is None else "pause"
            overlays.draw_notice(canvas, boxes, sign, capital(screen.paused))
        elif shown is None:  # the camera is still being opened
            self._one_moment(canvas, boxes)
        elif screen.demo is not None:
            overlays.draw_demo(canvas, boxes, screen.demo, capital(self.labels.like_this))
        if screen.notice or note:
            overlays.draw_note(canvas, boxes, screen.notice or note)


def _once(screen: Screen) -> Screen:
    """Leave out what is written large already, and what would lie under the help."""
    if screen.caption and capital(screen.paused) == screen.caption:
        screen = replace(screen, caption="")
    return replace(screen, title="", instruction="") if screen.lines else screen


def _opens_mouth(screen: Screen) -> bool:
    """Whether the mouth is to be opened wide: for a picture, or by one bar alone."""
    single = screen.bars is not None and screen.bars.single
    return screen.wide_open or (single and screen.dot is None and screen.swell is None)


def _covers(image: Image | None, box: Rect, view: WindowView) -> bool:
    """Whether the picture leaves nothing of the box to be painted first."""
    if image is None or view not in {"picture", "overlay"}:
        return False
    return face_overlay.place((image.shape[1], image.shape[0]), box).shown == box


def _caption_box(boxes: Layout, keys: float, *, near: bool) -> Rect:
    """Return where the caption stands: it sinks as the row of keys fades, and leaves a near mouth alone."""
    lowest = boxes.caption_without_keys
    box = boxes.aside if near and boxes.aside is not None else lowest
    return replace(box, y=box.y - round(keys * (lowest.y - boxes.caption.y)))


def _caption(canvas: Image, boxes: Layout, rect: Rect, text: str) -> None:
    """Write the words at the bottom of a box, on a plate that is as large as they need."""
    if not text:
        return
    size = boxes.px(32)
    inside = rect.inset(boxes.px(24), boxes.px(2))
    block = theme.fitted(text, inside.w, inside.h, size, theme.STRONG)
    width = max(theme.text_width(line, block.size, theme.STRONG) for line in block.lines) + boxes.px(48)
    height = min(round(len(block.lines) * block.size * theme.LEADING) + boxes.px(20), rect.h)
    box = Rect(rect.centre[0] - width // 2, rect.bottom - height, width, height)
    widgets.plate(canvas, box, boxes.px(14))
    words = replace(inside, y=box.y + boxes.px(2), h=height - 2 * boxes.px(2))
    theme.write_in(canvas, words, text, size=block.size, weight=theme.STRONG, align="centre")


def _picture(
    canvas: Image,
    boxes: Layout,
    image: Image | None,
    observation: FaceObservation | None,
    screen: Screen,
    view: WindowView,
) -> Rect | None:
    """Draw the content of the picture's box: the mirrored picture, its outline, or nothing.

    Returns where the picture stands, None without a picture.
    """
    if image is None:
        return None
    shown = boxes.picture
    placed = face_overlay.place((image.shape[1], image.shape[0]), boxes.picture)
    if view in {"picture", "overlay"}:
        face_overlay.draw_picture(canvas, image, placed)
        shown = placed.shown
    if observation is None or view in {"picture", "hidden"}:
        return shown
    if view == "outline":
        points = face_overlay.centred(observation.landmarks, observation.size, boxes.ring)
        face_overlay.draw_outline(canvas, points, boxes.picture, boxes.px(2))
    else:
        points = placed.points(observation.landmarks)
    if screen.bars is not None:
        face_overlay.draw_muscles(
            canvas,
            points,
            boxes.picture,
            exercise=screen.exercise,
            bars=screen.bars,
            wrong=screen.faulty_side,
            counts=screen.phase in UNDER_WAY,
        )
    return shown
