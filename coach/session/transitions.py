"""The session's stages, and what leads from one to the next."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

SessionStage: TypeAlias = Literal["ready", "exercise", "change", "paused", "resuming", "ended"]
SessionTrigger: TypeAlias = Literal[
    "calibrated",
    "done",
    "next",
    "over",
    "pause",
    "resume",
    "restart",
    "waited",
    "strange",
    "between",
    "moved",
    "end",
]

TRANSITIONS: Final[dict[tuple[SessionStage, SessionTrigger], SessionStage]] = {
    ("ready", "calibrated"): "exercise",
    ("ready", "between"): "change",  # a second look between two exercises
    ("exercise", "done"): "change",
    ("change", "next"): "exercise",
    ("change", "over"): "ended",
    ("ready", "pause"): "paused",
    ("exercise", "pause"): "paused",
    ("change", "pause"): "paused",
    ("resuming", "pause"): "paused",
    ("paused", "resume"): "resuming",
    ("paused", "restart"): "ready",  # the neutral face had not been learnt yet
    ("resuming", "waited"): "exercise",
    ("resuming", "between"): "change",  # the pause came between two exercises
    ("exercise", "strange"): "ready",  # the person wishes their face to be looked at again
    ("resuming", "strange"): "ready",  # the face that came back does not fit, or is not at rest
    ("exercise", "moved"): "exercise",
    ("change", "moved"): "exercise",
    ("paused", "moved"): "exercise",
    ("resuming", "moved"): "exercise",
    ("exercise", "end"): "change",  # moved on from the last one
    ("change", "end"): "change",
    ("paused", "end"): "change",
    ("resuming", "end"): "change",
}
