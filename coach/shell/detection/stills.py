"""Looking at still pictures: always in the same way, so that a picture always gives the same result."""

from __future__ import annotations

import numpy as np

from coach.check_in.photo_measures import StillPicture, StillView
from coach.shell.detection.landmarker import Landmarker
from coach.shell.detection.straighten import SIDE, StraightFace
from coach.types import FaceObservation, Frame, Image

SETTLE = 3  # looks at the whole picture until the landmarker has found its place
# (tilt in degrees, outer-eye-corner distance in pixels) of the looks at the straight face, each also
# mirrored: their mean scatters by half as much as a single look under changes of light, distance and small
# turns. Three looks depended on which size went with which tilt; looks from slightly aside were no better.
LOOKS = ((0.0, 110.0), (-5.0, 100.0), (5.0, 100.0), (-5.0, 120.0), (5.0, 120.0))
STRAIGHT = LOOKS[:1]  # the looks that tell how far the head is still turned


class Stills:
    """Looks at still pictures; the same picture always gives the same result.

    The landmarker forgets what it tracked (by an empty picture), finds the face, and then looks at it
    turned straight, slightly tilted and of fixed sizes, half of the looks mirrored.

    Parameters
    ----------
    landmarker
        May also be in use for live frames, which then look to it like another source.
    """

    def __init__(self, landmarker: Landmarker) -> None:
        self._landmarker = landmarker
        self._t = 0.0

    def read(self, image: Image) -> StillPicture | None:
        """Return the face in several views, or None without a face.

        Parameters
        ----------
        image
            (H, W, 3) uint8 BGR, unmirrored.
        """
        self._forget()
        found = None
        for _ in range(SETTLE):
            found = self._look(image)
        if found is None:
            return None
        self._forget()
        face = StraightFace(image, found)
        straight = self._views(face, STRAIGHT)
        if straight is None:
            return None
        face.correct(straight)
        views = self._views(face, LOOKS)
        return None if views is None else StillPicture(found, views)

    def _views(
        self, face: StraightFace, looks: tuple[tuple[float, float], ...]
    ) -> tuple[StillView, ...] | None:
        """Return the face in each look, plain and then mirrored; None if one of them shows no face."""
        views = []
        for mirrored in (False, True):
            for tilt, unit in looks:
                # tilted the other way, so that a flipped picture is looked at from the same sides
                seen = self._look(face.view(-tilt if mirrored else tilt, unit, mirrored=mirrored))
                if seen is None:
                    return None
                views.append(StillView(seen, mirrored))
        return tuple(views)

    def _look(self, image: Image) -> FaceObservation | None:
        self._t += 1.0
        return self._landmarker.detect(Frame(self._t, image))

    def _forget(self) -> None:
        self._look(np.zeros((SIDE, SIDE, 3), np.uint8))
