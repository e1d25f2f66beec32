"""One thing at a time is asked of a face in the picture, and the most important one first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from synthetic_face import observed, synthetic_face, turned

from coach.face.framing import FramingLimits, first_fix, look_at
from coach.face.measures import measure_alone
from coach.settings import FramingSettings
from coach.types import Bilateral, Light

SETTINGS = FramingSettings(
    min_size=0.15, max_size=0.5, margin=0.01, max_yaw_deg=20.0, max_pitch_deg=25.0, max_roll_deg=25.0,
    min_light=45.0, max_side_ratio=2.0,
)  # fmt: skip
LIMITS = FramingLimits(
    min_size=0.15, max_size=0.5, max_yaw_deg=20.0, max_pitch_deg=25.0, max_roll_deg=25.0, min_light=45.0,
    max_side_ratio=2.0,
)  # fmt: skip
LIGHT = Light(120.0, Bilateral(120.0, 110.0), 100.0, 80.0)


def seen(light=LIGHT, **how):
    return replace(observed(synthetic_face(), **how), light=light)


def fix(face, **limits):
    return first_fix(face, measure_alone(face), replace(LIMITS, **limits))


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({}, "good"),
        ({"light": None}, "good"),
        ({"scale": 25.0}, "closer"),
        ({"scale": 150.0}, "further"),
        ({"at": (60.0, 200.0)}, "move_left"),
        ({"at": (580.0, 200.0)}, "move_right"),
        ({"at": (320.0, 60.0)}, "move_down"),
        ({"at": (320.0, 420.0)}, "move_up"),
        ({"rotation": turned(30, 0, 0)}, "turn_to_me"),
        ({"rotation": turned(0, -35, 0)}, "turn_to_me"),
        ({"rotation": turned(0, 0, 30)}, "level_head"),
        ({"light": replace(LIGHT, level=30.0, behind=40.0)}, "more_light"),
        ({"light": replace(LIGHT, level=30.0, behind=90.0)}, "light_from_front"),
        ({"light": replace(LIGHT, balance=Bilateral(40.0, 120.0))}, "light_from_front"),
        ({"light": replace(LIGHT, sharpness=5.0)}, "hold_still"),
    ],
)
def test_each_fault_has_its_own_remedy(how, wanted):
    """A face that is far, off to a side, turned or badly lit is asked for just that."""
    assert look_at(seen(**how), SETTINGS) == wanted


def test_an_empty_picture_has_no_face():
    assert look_at(None, SETTINGS) == "no_face"


def test_the_order_says_what_matters_most():
    """For exercises the distance comes before the light; for pictures that are compared, the light."""
    far_and_dark = seen(scale=25.0, light=replace(LIGHT, level=20.0, behind=20.0))
    assert fix(far_and_dark) == "closer"
    assert fix(far_and_dark, light_first=True) == "more_light"


def test_a_blurred_picture_is_named_last():
    turned_and_blurred = seen(rotation=turned(30, 0, 0), light=replace(LIGHT, sharpness=5.0))
    assert fix(turned_and_blurred) == "turn_to_me"
    assert fix(turned_and_blurred, light_first=True) == "turn_to_me"


def test_only_pictures_that_are_compared_ask_for_the_place_of_the_last_one():
    """The eyes must be where they were; without such an area they may be anywhere."""
    face = seen(at=(400.0, 200.0))
    x, y = measure_alone(face).centre
    assert fix(face) == "good"
    assert fix(face, centre_area=(x - 0.3, y - 0.1, x - 0.1, y + 0.1)) == "move_right"
    assert fix(face, centre_area=(x - 0.1, y + 0.1, x + 0.1, y + 0.3)) == "move_down"


def test_a_bright_background_matters_only_where_a_limit_is_set():
    backlit = seen(light=replace(LIGHT, level=60.0, behind=200.0))
    assert fix(backlit) == "good"
    assert fix(backlit, max_behind_ratio=2.2) == "light_from_front"


def test_a_lowered_head_may_mean_a_low_camera():
    assert fix(seen(rotation=turned(0, -35, 0)), pitch_fix="eye_level") == "eye_level"
