"""One screen on one canvas: the picture mirrored, and everything else drawn only when it changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np

from coach.coaching.screen import Screen
from coach.shell.system.image import Colour, plain
from coach.shell.window import buttons, face_overlay, overlays, theme, widgets
from coach.shell.window.display import Command, WindowView
from coach.shell.window.labels import Labels, capital
from coach.shell.window.layout import Layout, Rect, layout
from coach.types import FaceObservation, Image

COLOUR_NDIM, CHANNELS = 3, 3  # what `cv2` draws on: (H, W, 3)


@dataclass(frozen=True, slots=True)
class Appearance:
    """How the window is set up. `hover`: the button under the pointer; `note`: a small extra line."""

    size: tuple[int, int]
    view: WindowView = "picture"
    hover: Command | None = None
    note: str = ""


class Painter:
    """Draws screens on a canvas that it keeps, one box at a time.

    Each box remembers the values it was last drawn from and is left alone while they stay the same;
    only the picture and what lies on it are drawn every frame.

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
        self._boxes = layout(1280, 720)
        self._canvas: Image = np.zeros((1, 1, 3), np.uint8)
        self._drawn: dict[str, Hashable] = {}
        self._filled = 0.0  # share of the ring that is drawn

    def layout_for(self, appearance: Appearance) -> Layout:
        """Return where everything stands, e.g. to find the button under the pointer."""
        return layout(*appearance.size, large=self.large_text, gauge_in_picture=appearance.view == "hidden")

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
            What to say, and how the window is set up.

        Returns
        -------
        Image
            (height, width, 3) uint8 BGR: the painter's own canvas, drawn over by the next call.
        """
        if image is not None and (image.ndim != COLOUR_NDIM or image.shape[2] != CHANNELS or not image.size):
            image = plain(image)
        boxes = self.layout_for(appearance)
        ended = screen.phase == "summary"
        if boxes is not self._boxes or self._drawn.get("ended") != ended:
            self._boxes, self._drawn = boxes, {"ended": ended}
            self._canvas = np.full((appearance.size[1], appearance.size[0], 3), theme.BACKGROUND, np.uint8)
            if not ended:
                widgets.fill(self._canvas, boxes.panel, theme.PANEL)
        self._buttons(screen, appearance.hover)
        self._caption(screen.caption, boxes.end_caption if ended else boxes.caption)
        if ended:
            key = (screen.title, screen.instruction, screen.lines)
            self._once("summary", key, lambda: overlays.draw_summary(self._canvas, boxes, screen))
            return self._canvas
        self._status(screen)
        self._panel(screen)
        shown = self._picture(image, observation, screen, appearance.view)
        self._gauge(screen, theme.BACKGROUND if appearance.view == "hidden" else theme.PANEL)
        self._on_top(shown, screen, appearance.note)
        return self._canvas

    def _once(self, name: str, key: Hashable, draw: Callable[[], None]) -> None:
        """Draw a box unless it was last drawn from the same values."""
        if self._drawn.get(name, self) != key:
            self._drawn[name] = key
            draw()

    def _buttons(self, screen: Screen, hover: Command | None) -> None:
        labels = {command: self.labels.of_command(command) for command, _ in self._boxes.buttons}
        beside = buttons.labels_beside(self._boxes, tuple(labels.values()))
        in_force = {Command.PAUSE: bool(screen.paused), Command.MUTE: screen.muted}

        def draw(command: Command, label: str) -> None:
            buttons.draw_button(
                self._canvas,
                self._boxes,
                command,
                label=label,
                beside=beside,
                on=in_force.get(command, False),
                hover=command is hover,
            )

        for command, label in labels.items():
            key = (label, in_force.get(command, False), command is hover)
            self._once(command.name, key, lambda c=command, n=label: draw(c, n))  # type: ignore[misc]

    def _caption(self, text: str, rect: Rect) -> None:
        boxes = self._boxes

        def draw() -> None:
            widgets.fill(self._canvas, rect, theme.BACKGROUND)
            box = rect.inset(boxes.px(16), boxes.px(2))
            theme.write_in(self._canvas, box, text, size=boxes.px(38), weight=theme.STRONG, align="centre")

        self._once("caption", text, draw)

    def _status(self, screen: Screen) -> None:
        text = capital(self.labels.good if screen.framing == "good" else screen.fix)
        self._once(
            "status",
            (screen.framing, text),
            lambda: widgets.draw_status(self._canvas, self._boxes, screen.framing, text),
        )

    def _panel(self, screen: Screen) -> None:
        boxes, canvas = self._boxes, self._canvas

        def words() -> None:
            widgets.fill(canvas, boxes.title, theme.PANEL)
            widgets.fill(canvas, boxes.instruction, theme.PANEL)
            theme.write_in(canvas, boxes.title, screen.title, size=boxes.px(32), weight=theme.STRONG)
            theme.write_in(
                canvas,
                boxes.instruction,
                screen.instruction,
                size=boxes.px(24),
                colour=theme.QUIET,
                valign="top",
            )

        self._once("words", (screen.title, screen.instruction), words)
        self._once(
            "count",
            (screen.count, screen.target),
            lambda: widgets.draw_count(canvas, boxes, screen.count, screen.target),
        )
        seconds = max(0, math.ceil(screen.time_left_s))
        # not everything knows how long it takes: a check-in waits for its pictures
        text = f"{seconds // 60}:{seconds % 60:02d} {self.labels.time_left}" if seconds else ""
        self._once(
            "progress",
            (round(screen.progress * boxes.progress.w), seconds),
            lambda: widgets.draw_progress(canvas, boxes, screen.progress, text),
        )

    def _ring(self, screen: Screen, ground: Colour) -> None:
        """Draw the ring; while nothing but the hold grows, only what it has grown by."""
        phase, hold = screen.phase, screen.hold
        seconds = max(0, math.ceil(screen.hold_left_s - 1e-6)) if phase == "hold" else 0
        if self._drawn.get("ring") == (phase, seconds) and hold >= self._filled:
            widgets.draw_arc(self._canvas, self._boxes, phase, self._filled, hold)
        else:
            words = capital(self.labels.of_phase(phase)), self.labels.seconds
            widgets.draw_ring(
                self._canvas, self._boxes, phase, hold=hold, seconds=seconds, words=words, ground=ground
            )
        self._drawn["ring"] = phase, seconds
        self._filled = hold

    def _gauge(self, screen: Screen, ground: Colour) -> None:
        boxes, canvas, bars = self._boxes, self._canvas, screen.bars
        self._ring(screen, ground)
        for name, rect in (("left", boxes.left_bar), ("right", boxes.right_bar)):
            level = getattr(bars.level, name) if bars else 0.0
            label = capital(getattr(self.labels, name))
            self._once(
                f"{name} bar",
                widgets.bar_key(boxes, bars, level),
                lambda r=rect, v=level, n=label: widgets.draw_bar(  # type: ignore[misc]
                    canvas, boxes, r, bars, level=v, label=n, ground=ground
                ),
            )

    def _picture(
        self, image: Image | None, observation: FaceObservation | None, screen: Screen, view: WindowView
    ) -> Rect | None:
        """Draw what the picture's box shows: the mirrored picture, its outline, or nothing.

        Returns where the picture stands, None while there is none.
        """
        boxes, canvas = self._boxes, self._canvas
        shows_picture = image is not None and view in {"picture", "overlay"}
        size = (image.shape[1], image.shape[0]) if image is not None else boxes.size
        placed = face_overlay.place(size, boxes.picture)
        # Where the picture is hidden, the ring and the bars stand in its box and keep themselves fresh.
        gauge_stands = view == "hidden" and self._drawn.get("picture") == "gauge"
        if not gauge_stands and not (shows_picture and placed.shown == boxes.picture):
            widgets.fill(canvas, boxes.picture, theme.BACKGROUND)
            if view == "hidden":
                for name in ("ring", "left bar", "right bar"):
                    self._drawn.pop(name, None)
        if image is None:
            return None
        if shows_picture:
            face_overlay.draw_picture(canvas, image, placed)
        if observation is None or view in {"picture", "hidden"}:
            return placed.shown if shows_picture else boxes.picture
        if view == "outline":
            points = face_overlay.centred(observation.landmarks, observation.size, boxes.picture)
            face_overlay.draw_outline(canvas, points, boxes.picture, boxes.px(2))
        else:
            points = placed.points(observation.landmarks)
        if screen.bars is not None:
            face_overlay.draw_muscles(
                canvas, points, boxes.picture, exercise=screen.exercise, bars=screen.bars
            )
        return placed.shown if shows_picture else boxes.picture

    def _on_top(self, shown: Rect | None, screen: Screen, note: str) -> None:
        """Draw what lies on the picture: demonstration, small notes, help, the reason for a pause."""
        boxes, canvas = self._boxes, self._canvas
        covered = screen.lines or screen.paused or shown is None or screen.demo is not None
        self._drawn["picture"] = "covered" if covered or screen.notice or note else "gauge"
        if screen.lines:
            overlays.dim(canvas, shown or boxes.picture)
            box = boxes.picture.inset(boxes.px(36), boxes.px(16))
            overlays.draw_table(canvas, boxes, box, screen.lines, 24)
        elif screen.paused or shown is None:
            if shown is not None:
                overlays.dim(canvas, shown)
            text = capital(screen.paused or self.labels.no_picture)
            overlays.draw_notice(canvas, boxes, "camera" if shown is None else "pause", text)
        elif screen.demo is not None:
            overlays.draw_demo(canvas, boxes, screen.demo, capital(self.labels.like_this))
        if screen.notice or note:
            overlays.draw_note(canvas, boxes, screen.notice or note)
