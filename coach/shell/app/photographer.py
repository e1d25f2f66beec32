"""Taking a check-in's pictures when it asks for them."""

from __future__ import annotations

from coach.check_in.capture_gate import placement
from coach.check_in.flow import CheckInFlow
from coach.check_in.scores import typical
from coach.shell.app.check_in_record import Photos, scored
from coach.shell.app.ghost import outline
from coach.shell.detection.stills import Stills
from coach.types import FaceObservation, Frame, Image


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
        self._images: list[Image] = []  # of the present face

    def take(self, frame: Frame, face: FaceObservation | None) -> None:
        """Keep the frame as a picture if its face can be read; otherwise the next good frame is tried.

        A face's first picture takes the place of whatever was taken of it before. The image that is kept
        of a face is the one that its scores are most like, so that it gives the same scores again.
        """
        picture = self._stills.read(frame.image)
        if picture is None:
            return
        photos, state = self.photos, self._flow.state
        pose = state.pose
        if state.take == 0:
            photos.pictures[pose], self._images = [], []
            if pose == "neutral" and face is not None:
                photos.placed, photos.outline = placement(face), outline(face)
        photos.pictures[pose].append(picture)
        self._images.append(frame.image.copy())
        photos.images[pose] = self._images[0]
        if pose != "neutral" and state.take == state.takes - 1:
            compared = scored({"neutral": photos.pictures["neutral"], pose: photos.pictures[pose]})
            photos.images[pose] = self._images[typical(compared[pose])]
        self._flow.taken(face)
