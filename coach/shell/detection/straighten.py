"""A face turned to look straight into the camera: every photo is measured on the same view of the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coach.check_in.photo_measures import StillView
from coach.face.head_frame import head_axes, metric_points, used_points
from coach.face.landmarks import USED
from coach.types import FaceObservation, Image, Points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SIDE = 512  # of the square picture that is made, pixels
GRID = 33  # places a side where the head's depth is worked out; between them it is taken as straight
BRIGHTNESS = 140.0  # mean grey level of the picture that is made: in a brighter one lids read higher
MOST_GAIN = 2.0  # a darker picture has too much noise for more
MIRROR = np.diag([-1.0, 1.0, 1.0])
REACH = 0.12  # outer-eye-corner distances over which landmarks have a say in the depth of a place


class StraightFace:
    """Looks at one face in a picture from the front, however the head was turned.

    The picture is laid over the head's own surface, as its landmarks have it, and seen from straight
    ahead (frontalisation: Hassner 2015, CVPR 4295). Small turns only: what was hidden stays hidden.

    Parameters
    ----------
    image
        (H, W, 3) uint8 BGR.
    observation
        The face in it.
    """

    def __init__(self, image: Image, observation: FaceObservation) -> None:
        self._image = image
        self._points = metric_points(observation)
        axes, self._origin, self._unit = head_axes(self._points[list(USED)])
        self._face_along(axes)

    def correct(self, views: Sequence[StillView]) -> None:
        """Take out how far the head still seems turned in views without tilt.

        One look at the whole picture is a few degrees out; a mirrored view errs the other way.
        """
        left = np.zeros((3, 3))
        for view in views:
            axes, _, _ = head_axes(used_points(view.observation))
            left += MIRROR @ axes @ MIRROR if view.mirrored else axes
        u, _, vt = np.linalg.svd(left)  # the rotation nearest to their mean
        self._face_along(u @ vt @ self._axes)

    def view(self, tilt: float, unit: float, *, mirrored: bool) -> Image:
        """Return the face from the front, equally bright, its landmarks' mean in the middle, (SIDE, SIDE, 3).

        Parameters
        ----------
        tilt
            Degrees by which the head is tilted in the view, + to the person's right shoulder.
        unit
            Distance of the outer eye corners, pixels.
        mirrored
            Flip the view.
        """
        import cv2

        image, scale = self._image, unit / self._unit
        if scale < 0.7:  # noqa: PLR2004 a shrunk picture would alias
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.4 / scale), np.uint8)
        come_from = self._sources(tilt, unit)
        steps = np.linspace(0, GRID - 1, SIDE, dtype=np.float32)
        dense = cv2.remap(come_from, *np.meshgrid(steps, steps), interpolation=cv2.INTER_LINEAR)
        how = cv2.INTER_LINEAR if scale < 1 else cv2.INTER_CUBIC
        view = cv2.remap(image, dense[..., 0], dense[..., 1], how, borderMode=cv2.BORDER_REPLICATE)
        level = float(view[SIDE // 4 : -SIDE // 4, SIDE // 4 : -SIDE // 4].mean())
        view = cv2.convertScaleAbs(view, alpha=min(BRIGHTNESS / max(level, 1.0), MOST_GAIN))
        return np.ascontiguousarray(view[:, ::-1] if mirrored else view, dtype=np.uint8)

    def _face_along(self, axes: Points) -> None:
        self._axes = axes
        self._face = ((self._points - self._origin) @ axes.T) / self._unit

    def _sources(self, tilt: float, unit: float) -> NDArray[np.float32]:
        """Return where in the picture the view's grid points come from, (GRID, GRID, 2) pixels."""
        steps = (np.linspace(0, SIDE - 1, GRID) - SIDE / 2) / unit
        x, y = np.meshgrid(steps, steps)
        cos, sin = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
        place = np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1) + self._face[:, :2].mean(axis=0)
        surface = np.concatenate([place, self._depth(place)[..., None]], axis=-1)
        pixels = surface @ self._axes * self._unit + self._origin
        return np.asarray(pixels[..., :2], np.float32)

    def _depth(self, place: Points) -> Points:
        """Return the head's depth at places (..., 2) of its frame: a mean of the landmarks nearby."""
        x, y = place[..., :1] - self._face[:, 0], place[..., 1:] - self._face[:, 1]
        apart = x * x + y * y
        nearest = apart.min(axis=-1, keepdims=True)  # so that far from the face the nearest decides
        weight = np.exp((nearest - apart) / (2 * REACH**2))
        depth: Points = (weight @ self._face[:, 2]) / weight.sum(axis=-1)
        return depth
