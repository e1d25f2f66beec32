"""Whether the face is well placed in the picture, and the one thing to change if it is not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from coach.face.measures import Measures, measure_alone
from coach.settings import FramingSettings
from coach.types import FaceObservation, Light

Framing: TypeAlias = Literal[
    "good",
    "no_face",
    "closer",
    "further",
    "move_up",
    "move_down",
    "move_left",
    "move_right",
    "turn_to_me",
    "eye_level",
    "level_head",
    "more_light",
    "light_from_front",
    "hold_still",
    "slow_pictures",
]
Area: TypeAlias = tuple[float, float, float, float]
"""(left, top, right, bottom) as shares of the unmirrored picture."""

ANYWHERE: Final[Area] = (-math.inf, -math.inf, math.inf, math.inf)
BLURRED = 12.0  # sharpness below this: smeared by movement, or out of focus
BACKLIT = 2.0  # background over face: in a dark picture, the light is behind the person rather than missing


@dataclass(frozen=True, slots=True)
class FramingLimits:
    """When a face is well placed in the picture.

    `min_size`, `max_size`: distance of the outer eye corners as a share of the picture's height. `face_area`
    must hold the whole face, `centre_area` the point between the eyes. Angles in degrees against the camera;
    `pitch_fix`: the fix for a raised or lowered head. `min_light`: mean luma of the face, 0..255;
    `max_side_ratio`: brighter over darker half of the face; `max_behind_ratio`: background over face.
    `min_sharpness`: see `Light`. `light_first`: light matters more than place and head.
    """

    min_size: float
    max_size: float
    max_yaw_deg: float
    max_pitch_deg: float
    max_roll_deg: float
    min_light: float
    max_side_ratio: float
    face_area: Area = ANYWHERE
    centre_area: Area = ANYWHERE
    pitch_fix: Framing = "turn_to_me"
    max_behind_ratio: float = math.inf
    min_sharpness: float = BLURRED
    light_first: bool = False


def look_at(face: FaceObservation | None, settings: FramingSettings) -> Framing:
    """Return the most important thing to change before and during a session, or `good`."""
    if face is None:
        return "no_face"
    margin = settings.margin
    limits = FramingLimits(
        min_size=settings.min_size,
        max_size=settings.max_size,
        face_area=(margin, margin, 1 - margin, 1 - margin),
        max_yaw_deg=settings.max_yaw_deg,
        max_pitch_deg=settings.max_pitch_deg,
        max_roll_deg=settings.max_roll_deg,
        min_light=settings.min_light,
        max_side_ratio=settings.max_side_ratio,
    )
    return first_fix(face, measure_alone(face), limits)


def first_fix(face: FaceObservation, measured: Measures, limits: FramingLimits) -> Framing:
    """Return the most important thing to change about a face's place, pose and light, or `good`.

    Parameters
    ----------
    face
        As observed.
    measured
        Its size, centre and pose.
    limits
        When it is good enough.

    Returns
    -------
    `move_left` and `move_right` are the person's own, which a mirrored window shows on the same side.
    """
    place, light = _place(face, measured, limits), _light(face.light, limits)
    fixes = [*light, *place] if limits.light_first else [*place, *light]
    if face.light is not None and face.light.sharpness < limits.min_sharpness:
        fixes.append("hold_still")
    return fixes[0] if fixes else "good"


def _place(face: FaceObservation, measured: Measures, limits: FramingLimits) -> list[Framing]:
    """Return what is wrong with distance, place and head, most important first."""
    size, pose, (x, y) = measured.unit_px / face.size[1], measured.pose, measured.centre
    left, top, right, bottom = face.box
    face_left, face_top, face_right, face_bottom = limits.face_area
    centre_left, centre_top, centre_right, centre_bottom = limits.centre_area
    checks: tuple[tuple[bool, Framing], ...] = (
        (size > limits.max_size, "further"),
        (size < limits.min_size, "closer"),
        # The person's left is on the right of the unmirrored picture.
        (left < face_left or x < centre_left, "move_left"),
        (right > face_right or x > centre_right, "move_right"),
        (top < face_top or y < centre_top, "move_down"),
        (bottom > face_bottom or y > centre_bottom, "move_up"),
        (abs(pose.yaw) > limits.max_yaw_deg, "turn_to_me"),
        (abs(pose.pitch) > limits.max_pitch_deg, limits.pitch_fix),
        (abs(pose.roll) > limits.max_roll_deg, "level_head"),
    )
    return [fix for wrong, fix in checks if wrong]


def _light(light: Light | None, limits: FramingLimits) -> list[Framing]:
    """Return what is wrong with the light on the face, most important first."""
    if light is None:
        return []
    behind, side = (
        light.behind / max(light.level, 1.0),
        light.balance.maximum / max(light.balance.minimum, 1.0),
    )
    if light.level < limits.min_light:
        return ["light_from_front" if behind > BACKLIT else "more_light"]
    return ["light_from_front"] if side > limits.max_side_ratio or behind > limits.max_behind_ratio else []
