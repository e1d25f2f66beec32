"""Taking a check-in's pictures when it asks for them."""

from __future__ import annotations

from coach.check_in.capture_gate import placement
from coach.check_in.flow import CheckInFlow
from coach.shell.app.check_in_record import Photos
from coach.shell.app.ghost import outline
from coach.shell.detection.stills import Stills
from coach.types import FaceObservation, Frame


class Photographer:
    """Takes pictures, keeps those that turned out well, and tells the flow of each.

    Parameters
    ----------
    flow
        Says which picture is due.
    stills
        Looks at the pictures.
    """

    def __init__(self, flow: CheckInFlow, stills: Stills) -> None:
        self.photos = Photos()
        self._flow = flow
        self._stills = stills

    def take(self, frame: Frame, face: FaceObservation | None) -> None:
        """Keep the frame as a picture if its face can be read; otherwise the next good frame is tried.

        A face's first picture takes the place of whatever was taken of it before.
        """
        picture = self._stills.read(frame.image)
        if picture is None:
            return
        photos, pose, first = self.photos, self._flow.state.pose, self._flow.state.take == 0
        if first:
            photos.pictures[pose] = []
            photos.images[pose] = frame.image.copy()
            if pose == "neutral" and face is not None:
                photos.placed, photos.outline = placement(face), outline(face)
        photos.pictures[pose].append(picture)
        self._flow.taken(face)
