"""What can be seen: the camera's pictures, a face in them, and how well that face is placed."""

from __future__ import annotations

from typing import Literal, TypeAlias

from coach.events import CameraFound, CameraLost, Event, FaceFound, FaceLost
from coach.identity import jumped
from coach.readiness import look_at
from coach.screen import Framing
from coach.settings import FramingSettings
from coach.types import FaceObservation

FACE_LOST_S = 1.0  # of frames without a face
STALL_S = 1.0  # without any frame: the machine was busy, and nobody knows what the face did meanwhile
SLEEP_S = 5.0  # without any frame: after so long it may be another's
FRAMING_EVERY_S = 0.3

Blind: TypeAlias = Literal["", "camera_lost", "face_lost"]


class Watch:
    """Says when camera and face come and go.

    `framing`: the last judgement of the face's place and light. `stalled`: the last frame came late.
    """

    def __init__(self, limits: FramingSettings) -> None:
        self.framing: Framing = "no_face"
        self.face_lost = False
        self.camera_lost = False
        self._limits = limits
        self.stalled = False
        self._t: float | None = None
        self._face_t: float | None = None
        self._face: FaceObservation | None = None
        self._framing_t = float("-inf")

    @property
    def blind(self) -> Blind:
        """Why nothing can be judged at the moment, or empty."""
        return "camera_lost" if self.camera_lost else "face_lost" if self.face_lost else ""

    def see(self, t: float, face: FaceObservation | None) -> tuple[Event, ...]:
        """Take in one frame and return what has changed.

        A face that is there again after a long gap without frames was lost and is found in the same
        frame. So is one that stands elsewhere at once: it is another one. A shorter gap is the
        machine's: no face is missing while nobody looks.
        """
        events: list[Event] = []
        gap = 0.0 if self._t is None or self.camera_lost else t - self._t
        self._t, self.stalled = t, gap >= STALL_S
        if STALL_S <= gap < SLEEP_S and self._face_t is not None:
            self._face_t += gap
        if self.camera_lost:
            self.camera_lost = False
            events.append(CameraFound(t=t))
            self._face_t = t if self._face_t is not None else None
        away = self._face_t is not None and t - self._face_t >= FACE_LOST_S
        if face is not None and self._face is not None:
            away = away or jumped(self._face, face)
        if away and not self.face_lost:
            self.face_lost = True
            events.append(FaceLost(t=t))
        if face is not None:
            self._face_t, self._face = t, face
            if self.face_lost:
                self.face_lost = False
                events.append(FaceFound(t=t))
        if t - self._framing_t >= FRAMING_EVERY_S:
            self.framing = look_at(face, self._limits)
            self._framing_t = t
        return tuple(events)

    def no_camera(self, t: float) -> tuple[Event, ...]:
        """Take in that the source gives no pictures."""
        if self.camera_lost:
            return ()
        self.camera_lost = True
        return (CameraLost(t=t),)
