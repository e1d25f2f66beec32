"""A look at a film's first seconds: which way up, how many pictures a second, whose face is followed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coach.errors import SourceError
from coach.face.landmarks import LEFT, RIGHT
from coach.shell.capture.video_file import VideoFile
from coach.shell.detection.landmarker import Landmarker
from coach.types import FaceObservation, Frame, Image

SAMPLE_S = 1.0  # between pictures that are looked at
FACES = 3  # pictures with a face that are enough
LONGEST_S = 60.0  # how far into a film a face is looked for
LEAST_RATE = 5.0  # pictures a second; below it a blink, a short try and a hold look the same
GOOD_RATE = 8.0  # below it, times are rough
OTHER_FACE = 1 / 3  # a second face smaller than this share of the first is background
LARGER = 1.3  # times as high: clearly the nearer of two
MARGIN = 0.5  # of a face's own size, around it, in which it is looked for in the next picture
LOST_S = 1.0  # without the followed face: look everywhere again
BLACK = 24  # the brightest a black film's noise gets, of 255
EMPTY = np.zeros((64, 64, 3), np.uint8)

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class FilmSurvey:
    """The findings of a look at a film's beginning.

    `turn`: quarter turns counterclockwise that make the faces upright. `rate`: pictures a second, 0 where
    there are too few to tell. `others`: whether a second face is in the picture.
    """

    turn: int = 0
    rate: float = 0.0
    others: bool = False

    @property
    def notes(self) -> list[str]:
        """One line for each thing a person should know before trusting the counts."""
        turned = {1: "on its side", 2: "upside down", 3: "on its side"}
        notes = [f"the film is {turned[self.turn]}; it is turned upright"] if self.turn else []
        if 0 < self.rate < GOOD_RATE:
            notes.append(
                f"{self.rate:.1f} pictures a second: times are rough; film with {GOOD_RATE:.0f} or more"
            )
        if self.others:
            notes.append("a second face is in the picture; the larger, or nearer to the middle, is followed")
        return notes


def survey(path: Path, landmarker: Landmarker) -> FilmSurvey:
    """Look at a film's first pictures with a face.

    Raises
    ------
    SourceError
        It cannot be read, or has too few pictures a second to count anything by.
    """
    video = VideoFile(path)
    looks = _Looks(landmarker)
    times: list[float] = []
    turns: list[int] = []
    others = 0
    try:
        while isinstance(frame := video.read(), Frame) and frame.t < LONGEST_S and len(turns) < FACES:
            due = not times or int(frame.t / SAMPLE_S) > int(times[-1] / SAMPLE_S)
            times.append(frame.t)
            turn = looks.turn(frame.image, turns[0] if turns else None) if due else None
            if turn is not None:
                turns.append(turn)
                others += len(looks.faces(np.ascontiguousarray(np.rot90(frame.image, turn)))) > 1
    finally:
        video.close()
        looks.forget()
    rate = 1 / float(np.median(np.diff(times))) if len(times) > 2 else 0.0  # noqa: PLR2004
    if 0 < rate < LEAST_RATE:
        raise SourceError(
            f"{path}: {rate:.1f} pictures a second are too few to tell a hold from a short try; "
            f"film with {GOOD_RATE:.0f} or more"
        )
    turn = max(set(turns), key=turns.count) if turns else 0
    return FilmSurvey(turn, rate, others > len(turns) / 2)


def all_black(path: Path) -> bool:
    """Whether no picture of a film shows anything: a covered lens, or a film that was damaged."""
    video = VideoFile(path)
    try:
        while isinstance(frame := video.read(), Frame):
            if frame.image.max() > BLACK:
                return False
    finally:
        video.close()
    return True


class FollowedFace:
    """Finds the same face in every picture where there are others, by blanking what is not near it.

    Parameters
    ----------
    landmarker
        Of one face; it is asked once a picture as long as the face is there.
    """

    def __init__(self, landmarker: Landmarker) -> None:
        self._landmarker = landmarker
        self._looks = _Looks(landmarker)
        self._box: Box | None = None
        self._seen_t = 0.0

    def detect(self, frame: Frame) -> FaceObservation | None:
        """Return the followed face in the frame, or None if it is not there."""
        if self._box is None or frame.t - self._seen_t > LOST_S:
            self._box = followed(self._looks.faces(frame.image))
            self._looks.forget()
            if self._box is None:
                return None
        seen = self._landmarker.detect(Frame(frame.t, _only(frame.image, self._box)))
        if seen is not None:
            self._box, self._seen_t = seen.box, frame.t
        return seen


class _Looks:
    """Looks at single pictures, each as if it were the first."""

    def __init__(self, landmarker: Landmarker) -> None:
        self._landmarker = landmarker
        self._t = 0.0

    def turn(self, image: Image, before: int | None) -> int | None:
        """Return the quarter turns counterclockwise that make the face upright; None without a face.

        A face upside down is now and then taken for an upright one, of rubbish: the picture turned by a
        quarter tells the two apart, since a face on its side is found with its true direction or not at all.
        `before`: how the pictures before were turned; found so again, nothing else is looked at.
        """
        votes: list[int] = []
        for turned in (0, 1, 2, 3) if before is None else (before,):
            face = self.look(np.ascontiguousarray(np.rot90(image, turned)))
            if face is not None:
                votes.append((turned + _quarter(face)) % 4)
            if votes[:2] == [0, 0]:  # upright, and on its side when turned: as most films are
                return 0
        return max(votes, key=lambda turn: (votes.count(turn), turn == 0)) if votes else None

    def faces(self, image: Image) -> list[Box]:
        """Return the boxes of the face and of a second one that is not much smaller."""
        first = self.look(image)
        if first is None:
            return []
        rest = image.copy()
        left, top, right, bottom = _pixels(first.box, image, MARGIN / 2)
        rest[top:bottom, left:right] = rest.mean(axis=(0, 1)).astype(np.uint8)
        second = self.look(rest)
        if second is None or _height(second.box) < OTHER_FACE * _height(first.box):
            return [first.box]
        return [first.box, second.box]

    def look(self, image: Image) -> FaceObservation | None:
        """Return the face in one picture."""
        self.forget()
        self._t += 1.0
        return self._landmarker.detect(Frame(self._t, image))

    def forget(self) -> None:
        """Let the landmarker forget the face it tracks."""
        self._t += 1.0
        self._landmarker.detect(Frame(self._t, EMPTY))


def followed(faces: list[Box]) -> Box | None:
    """Return which of the faces is followed: the clearly larger one, else the one nearer to the middle."""
    if not faces:
        return None
    highest = max(_height(face) for face in faces)
    near = [face for face in faces if _height(face) * LARGER > highest]
    return min(near, key=lambda face: abs((face[0] + face[2]) / 2 - 0.5))


def _quarter(face: FaceObservation) -> int:
    """Return the quarter turns counterclockwise by which the line between the eyes becomes level."""
    right, left = (face.landmarks[side.outer_eye, :2] * face.size for side in (RIGHT, LEFT))
    across, down = (left - right).tolist()  # the person's left is right in an unmirrored picture
    return round(math.degrees(math.atan2(down, across)) / 90) % 4


def _only(image: Image, box: Box) -> Image:
    """Return the picture with everything black that is not near the box."""
    left, top, right, bottom = _pixels(box, image, MARGIN)
    out = np.zeros_like(image)
    out[top:bottom, left:right] = image[top:bottom, left:right]
    return out


def _pixels(box: Box, image: Image, margin: float) -> tuple[int, int, int, int]:
    """Return the box in pixels, `margin` of its size larger on each side, within the picture."""
    height, width = image.shape[:2]
    left, top, right, bottom = box
    x, y = margin * (right - left), margin * (bottom - top)
    return (
        max(int((left - x) * width), 0),
        max(int((top - y) * height), 0),
        min(int((right + x) * width), width),
        min(int((bottom + y) * height), height),
    )


def _height(box: Box) -> float:
    return box[3] - box[1]
