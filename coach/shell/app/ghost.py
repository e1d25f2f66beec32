"""The earlier picture a check-in lines up with: a photo or an outline, faintly in the live picture."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np

from coach.coaching.screen import Screen
from coach.shell.window.display import Command, Display, WindowView
from coach.shell.window.face_overlay import EYE, LIPS_OUTER, OVAL
from coach.types import FaceObservation, Frame, Image

Outline: TypeAlias = list[list[tuple[float, float]]]
"""Closed lines of (x, y), shares of the picture."""
Ghost: TypeAlias = Image | Outline
"""The earlier picture to line up with: a photo where one was kept, else the outline."""

GHOST_SHARE = 0.25  # of the earlier photo in the blend


class GhostDisplay:
    """A display that shows the ghost in the picture while the person gets ready.

    Parameters
    ----------
    display
        Where it is shown.
    ghost
        The earlier picture.
    """

    def __init__(self, display: Display, ghost: Ghost) -> None:
        self._display = display
        self._ghost = ghost

    @property
    def view(self) -> WindowView:
        """How the person is shown now."""
        return self._display.view

    @property
    def canvas(self) -> Image | None:
        """The picture in the window, see `Display.canvas`."""
        return self._display.canvas

    def show(
        self, frame: Frame | None, observation: FaceObservation | None, screen: Screen
    ) -> tuple[Command, ...]:
        """Draw and return the commands, see `Display.show`."""
        if frame is not None and screen.phase in ("ready", "rest"):
            frame = Frame(frame.t, blended(frame.image, self._ghost))
        return self._display.show(frame, observation, screen)

    def close(self) -> None:
        """Close the display."""
        self._display.close()


def outline(observation: FaceObservation) -> Outline:
    """Return the face's outline, lips and eyes as closed lines of (x, y), shares of the picture."""
    lines = (OVAL, LIPS_OUTER, EYE["left"], EYE["right"])
    return [np.round(observation.landmarks[list(line), :2], 3).tolist() for line in lines]


def blended(image: Image, ghost: Ghost) -> Image:
    """Return a copy of the picture with the ghost faintly in it, both (H, W, 3) uint8 BGR."""
    height, width = image.shape[:2]
    if isinstance(ghost, np.ndarray):
        same = ghost if ghost.shape[:2] == (height, width) else cv2.resize(ghost, (width, height))
        return np.asarray(cv2.addWeighted(image, 1 - GHOST_SHARE, same, GHOST_SHARE, 0), np.uint8)
    drawn = image.copy()
    lines = [np.rint(np.array(line) * (width, height)).astype(np.int32) for line in ghost]
    cv2.polylines(drawn, lines, True, (255, 255, 255), max(1, height // 240), cv2.LINE_AA)
    return np.asarray(cv2.addWeighted(image, 0.5, drawn, 0.5, 0), np.uint8)
