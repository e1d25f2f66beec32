"""Presence: whether the camera delivers, whether there is a face, and how well that face is placed."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from coach.events import CameraFound, CameraLost, Event, FaceFound, FaceLost
from coach.face.framing import Framing, look_at
from coach.face.identity import jumped
from coach.settings import FramingSettings, Strict
from coach.types import FaceObservation

FRAMING_EVERY_S = 0.3  # often enough for advice
SEEN_S = 0.25  # between two frames; in a longer interval nobody knows whether the face was there

Blind: TypeAlias = Literal["", "camera_lost", "face_lost"]


class PresenceSpec(Strict):
    """When a face counts as gone. Seconds.

    `face_lost_s`: frames without a face. `stall_s`: after a longer time without frames, because the machine
    was busy, nobody knows what the face did. `sleep_s`: after this long it may be someone else's face.
    """

    face_lost_s: Annotated[float, Field(gt=0, le=60)] = 1.0
    stall_s: Annotated[float, Field(gt=0, le=60)] = 1.6
    sleep_s: Annotated[float, Field(gt=0, le=600)] = 5.0


class FacePresence:
    """Reports when a face leaves and returns. `seen_t`: last seen, seconds; `lost`: reported as lost."""

    def __init__(self, spec: PresenceSpec) -> None:
        self._spec = spec
        self.seen_t: float | None = None
        self.lost = False

    def see(self, t: float, *, there: bool, other: bool = False) -> tuple[Event, ...]:
        """Take in one frame. `other`: a different face has taken the place of the last one."""
        events: list[Event] = []
        gone = self.seen_t is not None and t - self.seen_t >= self._spec.face_lost_s
        if not self.lost and (other or gone):
            self.lost = True
            events.append(FaceLost(t=t))
        if there:
            self.seen_t = t
            if self.lost:
                self.lost = False
                events.append(FaceFound(t=t))
        return tuple(events)


class Presence:
    """Reports when camera and face come and go.

    `framing`: the last thing to change about the face's place and light. `stalled`: the last frame came late.
    """

    def __init__(self, limits: FramingSettings, spec: PresenceSpec) -> None:
        self.framing: Framing = "no_face"
        self.camera_lost = False
        self._limits = limits
        self._spec = spec
        self.stalled = False
        self._t: float | None = None
        self._presence = FacePresence(spec)
        self._face: FaceObservation | None = None
        self._framing_t = float("-inf")

    @property
    def blind(self) -> Blind:
        """Why the face cannot be seen at the moment, or empty."""
        return "camera_lost" if self.camera_lost else "face_lost" if self._presence.lost else ""

    def see(self, t: float, face: FaceObservation | None) -> tuple[Event, ...]:
        """Take in one frame and return what has changed.

        After a long gap without frames, a face is lost and found in the same frame. So is a face that
        from one frame to the next appears elsewhere: it is someone else's. During a short gap the machine
        was busy: the face does not count as missing, and may have moved.
        """
        events: tuple[Event, ...] = ()
        gap = 0.0 if self._t is None or self.camera_lost else t - self._t
        self._t, self.stalled = t, gap > self._spec.stall_s
        presence = self._presence
        if gap < self._spec.sleep_s and presence.seen_t is not None:
            presence.seen_t += max(gap - SEEN_S, 0.0)
        if self.camera_lost:
            self.camera_lost = False
            events = (CameraFound(t=t),)
            presence.seen_t = t if presence.seen_t is not None else None
        watched = gap <= SEEN_S or gap >= self._spec.sleep_s
        other = watched and face is not None and self._face is not None and jumped(self._face, face)
        events = (*events, *presence.see(t, there=face is not None, other=other))
        if face is not None:
            self._face = face
        if t - self._framing_t >= FRAMING_EVERY_S:
            self.framing = look_at(face, self._limits)
            self._framing_t = t
        return events

    def no_camera(self, t: float) -> tuple[Event, ...]:
        """Note that the source delivers no pictures."""
        if self.camera_lost:
            return ()
        self.camera_lost = True
        return (CameraLost(t=t),)
