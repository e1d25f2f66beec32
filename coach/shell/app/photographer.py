"""Taking a check-in's pictures when it asks for them; they are looked at beside the live ones."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from coach.check_in.capture_gate import placement
from coach.check_in.flow import CheckInFlow
from coach.check_in.machine import CheckIn
from coach.check_in.scores import typical
from coach.shell.app.check_in_record import Photos, scored
from coach.shell.app.ghost import outline
from coach.shell.detection.stills import Stills
from coach.types import FaceObservation, Frame, Image


class Photographer:
    """Takes pictures, tells the flow of each, and keeps those in which a face can be read.

    They are read on a thread of its own: each takes as long as twenty live ones, and people would see
    themselves stand still at every picture.

    Parameters
    ----------
    flow
        Says which picture is due.
    stills
        Reads the pictures, with a landmarker that nobody else uses.
    """

    def __init__(self, flow: CheckInFlow, stills: Stills) -> None:
        self._flow = flow
        self._stills = stills
        self._photos = Photos()
        self._images: list[Image] = []  # of the present face
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._reading: list[Future[None]] = []

    def take(self, frame: Frame, face: FaceObservation | None) -> None:
        """Take the frame as the picture that is due.

        A face's first picture takes the place of whatever was taken of it before. The image that is kept
        of a face is the one that its scores are most like, so that it gives the same scores again.
        """
        state, image = self._flow.state, frame.image.copy()  # as they are now
        self._reading.append(self._thread.submit(lambda: self._read(state, image, face)))
        self._flow.taken(face)

    def photos(self) -> Photos:
        """Return what was photographed, as soon as all of it has been read; no face without a picture."""
        for picture in self._reading:
            picture.result()
        pictures = self._photos.pictures
        self._photos.pictures = {pose: taken for pose, taken in pictures.items() if taken}
        return self._photos

    def close(self) -> None:
        """End the thread; pictures not read by then are dropped."""
        self._thread.shutdown(cancel_futures=True)

    def _read(self, state: CheckIn, image: Image, face: FaceObservation | None) -> None:
        photos, pose = self._photos, state.pose
        if state.take == 0:
            photos.pictures[pose], self._images = [], []
            photos.images.pop(pose, None)
            if pose == "neutral" and face is not None:
                photos.placed, photos.outline = placement(face), outline(face)
        picture = self._stills.read(image)
        if picture is not None:
            photos.pictures[pose].append(picture)
            self._images.append(image)
            photos.images[pose] = self._images[0]
        neutral, taken = photos.pictures["neutral"], photos.pictures[pose]
        if neutral and taken and pose != "neutral" and state.take == state.takes - 1:
            compared = scored({"neutral": neutral, pose: taken})
            photos.images[pose] = self._images[typical(compared[pose])]
