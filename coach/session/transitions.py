"""The session's stages, and what leads from one to the next."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

SessionStage: TypeAlias = Literal["ready", "exercise", "change", "paused", "count_in", "ended"]
SessionTrigger: TypeAlias = Literal[
    "calibrated",
    "done",
    "next",
    "over",
    "pause",
    "resume",
    "restart",
    "counted",
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
    ("count_in", "pause"): "paused",
    ("paused", "resume"): "count_in",
    ("paused", "restart"): "ready",  # the neutral face had not been learnt yet
    ("count_in", "counted"): "exercise",
    ("count_in", "between"): "change",  # the pause came between two exercises
    ("exercise", "strange"): "ready",  # the person wishes their face to be looked at again
    ("count_in", "strange"): "ready",  # the face that came back does not fit, or is not at rest
    ("exercise", "moved"): "exercise",
    ("change", "moved"): "exercise",
    ("paused", "moved"): "exercise",
    ("count_in", "moved"): "exercise",
    ("exercise", "end"): "change",  # moved on from the last one
    ("change", "end"): "change",
    ("paused", "end"): "change",
    ("count_in", "end"): "change",
}
