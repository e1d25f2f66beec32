"""Events, stamped in frame time: the lines of the event log."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, TypeAlias

from coach.types import Bilateral, Side

Reason: TypeAlias = Literal[
    "too_short",
    "mouth_moved",
    "mouth_uninvolved",
    "asymmetric",
    "eyes_uninvolved",
    "lids_only",
    "eyes_closed",
    "snapped_shut",
    "head_turned",
    "face_lost",
    "compensation",
    "cut_off",
]
SideOrEven: TypeAlias = Literal["left", "right", "even"]
SideVerdict: TypeAlias = Literal["left", "right", "even", "unclear"]
StageName: TypeAlias = Literal[
    "open_hold", "slow_close", "circles_clockwise", "circles_counterclockwise", "breath_in", "breath_out"
]
EndReason: TypeAlias = Literal["finished", "stopped", "source_ended"]
Direction: TypeAlias = Literal["clockwise", "counterclockwise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. `t`: seconds of the frame that caused it. `exercise`: running one, if any."""

    type: ClassVar[str] = "event"
    t: float
    exercise: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the event as plain JSON values: `t` and `type` first; None for NaN and unknown values."""
        out: dict[str, Any] = {"t": round(self.t, 4), "type": self.type}
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "t" or (each.name == "exercise" and value is None):
                continue
            out[each.metadata.get("json", each.name)] = _plain(value)
        return out

    def to_json(self) -> str:
        """Return the event as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Bilateral):
        return {"left": _plain(value.left), "right": _plain(value.right)}
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStart(Event):
    """The first line of every log."""

    type: ClassVar[str] = "session_start"
    plan: str
    source: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated(Event):
    """The neutral baseline is known. `neutral_s`: seconds of neutral face used; `quality`: 0..1.

    `neutral_start`, `neutral_end`: in a recording, between which the face was taken to be at rest, seconds.
    """

    type: ClassVar[str] = "calibrated"
    neutral_s: float
    quality: float
    neutral_start: float | None = None
    neutral_end: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rep(Event):
    """The hold target is reached. `start`: onset, seconds. `hold_s`: held until the release cue."""

    type: ClassVar[str] = "rep"
    index: int
    start: float
    hold_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(Event):
    """The face is back at rest after a rep. `end`: when rest was reached.

    `whole_hold_s`: held until the release, seconds; the event log calls it `hold_s`.
    """

    type: ClassVar[str] = "released"
    index: int
    whole_hold_s: float = field(metadata={"json": "hold_s"})
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(Event):
    """An attempt that is not a rep, with exactly one reason."""

    type: ClassVar[str] = "attempt"
    start: float
    end: float
    hold_s: float
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Smile(Event):
    """One smile's evenness. `symmetry`: weaker over stronger corner travel; `lag_s`: later minus first.

    `difference_mm`: left minus right travel, with `uncertainty_mm`. `eye_engagement`: how far the eyes join
    in, a share of the smile; None if they were closed. `lips_apart`: whether teeth can be seen.
    """

    type: ClassVar[str] = "smile"
    start: float
    weaker_side: SideVerdict
    symmetry: float
    first_side: SideOrEven
    lag_s: float
    excursion_mm: Bilateral
    end: float | None = None
    difference_mm: float | None = None
    uncertainty_mm: float | None = None
    eye_engagement: float | None = None
    lips_apart: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Event):
    """A stage of the jaw release begins or ends."""

    type: ClassVar[str] = "stage"
    name: StageName
    status: Literal["started", "done", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JawCircle(Event):
    """One full circle of the jaw; the direction is as seen in the mirrored window."""

    type: ClassVar[str] = "jaw_circle"
    index: int
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall(Event):
    """A smile followed a memory's cue, or did not (then `onset_t` and `latency_s` are None)."""

    type: ClassVar[str] = "recall"
    index: int
    cue_t: float
    onset_t: float | None
    latency_s: float | None
    in_time: bool
    eye_engaged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CueGiven(Event):
    """A cue was spoken and shown."""

    type: ClassVar[str] = "cue"
    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceLost(Event):
    """The face has left the picture."""

    type: ClassVar[str] = "face_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceFound(Event):
    """The face is back."""

    type: ClassVar[str] = "face_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Event):
    """The session is paused. `cause`: `key`, `face_lost` or `camera_lost`."""

    type: ClassVar[str] = "paused"
    cause: str = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """The session continues."""

    type: ClassVar[str] = "resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraLost(Event):
    """The camera has stopped delivering pictures."""

    type: ClassVar[str] = "camera_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFound(Event):
    """The camera delivers pictures again."""

    type: ClassVar[str] = "camera_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnd(Event):
    """The last line of every log. `reps` and `attempts` by exercise."""

    type: ClassVar[str] = "session_end"
    reps: dict[str, int]
    attempts: dict[str, int]
    duration_s: float
    frames: int
    fps: float
    reason: EndReason


__all__ = [
    "Attempt",
    "Calibrated",
    "CameraFound",
    "CameraLost",
    "CueGiven",
    "Direction",
    "EndReason",
    "Event",
    "FaceFound",
    "FaceLost",
    "JawCircle",
    "Paused",
    "Reason",
    "Recall",
    "Released",
    "Rep",
    "Resumed",
    "SessionEnd",
    "SessionStart",
    "Side",
    "SideOrEven",
    "SideVerdict",
    "Smile",
    "Stage",
    "StageName",
]
