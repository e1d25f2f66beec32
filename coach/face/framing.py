"""Whether the face is well in the picture, and the one thing to change if it is not."""

from __future__ import annotations

from typing import Literal, TypeAlias

from coach.face.head_frame import HeadPose
from coach.settings import FramingSettings
from coach.types import Light

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
    "level_head",
    "more_light",
    "light_from_front",
    "hold_still",
]


BLURRED = 12.0  # sharpness below it: the picture is smeared by movement or out of focus


def assess(
    box: tuple[float, float, float, float],
    size: float,
    pose: HeadPose,
    light: Light | None,
    limits: FramingSettings,
) -> Framing:
    """Return `good` or the most important thing to change.

    Parameters
    ----------
    box
        (left, top, right, bottom) of the face as shares of the unmirrored picture.
    size
        Outer-eye-corner distance as a share of the picture's height.
    pose
        The head against the camera.
    light
        None where it was not measured.
    limits
        From the settings.

    Returns
    -------
    `move_left` and `move_right` are the person's own, which a mirrored window shows on the same side.
    """
    left, top, right, bottom = box
    turned = abs(pose.yaw) > limits.max_yaw_deg or abs(pose.pitch) > limits.max_pitch_deg
    faults: tuple[tuple[bool, Framing], ...] = (
        (size > limits.max_size, "further"),
        (size < limits.min_size, "closer"),
        # the person's left is on the right of the unmirrored picture
        (left < limits.margin, "move_left"),
        (right > 1 - limits.margin, "move_right"),
        (top < limits.margin, "move_down"),
        (bottom > 1 - limits.margin, "move_up"),
        (turned, "turn_to_me"),
        (abs(pose.roll) > limits.max_roll_deg, "level_head"),
    )
    return next((fault for true, fault in faults if true), _lit(light, limits))


def _lit(light: Light | None, limits: FramingSettings) -> Framing:
    if light is None:
        return "good"
    if light.level < limits.min_light:
        return "light_from_front" if light.behind > 2 * light.level else "more_light"
    if light.balance.maximum > limits.max_side_ratio * max(light.balance.minimum, 1.0):
        return "light_from_front"
    return "hold_still" if light.sharpness < BLURRED else "good"
