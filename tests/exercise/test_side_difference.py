"""How far a smile's sides differ: two readings of it, and how sure they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from synthetic import load

from coach.exercise.side_difference import SideDifference, side_difference
from coach.face.features import Features, SmileSides
from coach.testing import face
from coach.types import Bilateral

SPEC = load("symmetry_drill").spec.even
NOISE = 0.002


def smile(left: float, right: float, *, seconds: float = 2.0, **changes) -> list[Features]:
    """Return a held smile's frames, 30 a second."""
    frames = [face(n / 30, smile=Bilateral(left, right)) for n in range(round(seconds * 30))]
    return [replace(frame, **changes) for frame in frames]


def difference(frames: list[Features]) -> SideDifference:
    return side_difference(frames, frames, NOISE, SPEC)


def test_an_even_smile_is_even_and_a_weak_side_is_named():
    """Half as far on the right: by more than others notice, and certain."""
    assert not difference(smile(1.2, 1.2)).certain(SPEC.noticed_mm)
    found = difference(smile(1.2, 0.6))
    assert found.certain(SPEC.noticed_mm)
    assert found.weaker == "right"
    assert found.mm > 3.0


def test_a_difference_that_nobody_notices_is_none():
    """One fifth weaker, in a smile of three millimetres."""
    found = difference(smile(0.4, 0.32, seconds=5.0))
    assert abs(found.mm) < 3.0
    assert not found.certain(SPEC.noticed_mm)


@pytest.mark.parametrize(
    "change",
    [{"yaw": 25.0}, {"side_light": 0.7}, {"unit_px": 20.0}],
    ids=["head turned", "light from one side", "small face"],
)
def test_what_the_camera_cannot_tell_widens_the_band(change):
    """The same smile, seen less well, is told less surely."""
    assert difference(smile(1.0, 0.8, **change)).uncertainty > difference(smile(1.0, 0.8)).uncertainty


def test_a_brief_smile_is_told_less_surely_than_a_held_one():
    """Sides do not rise alike; only what stays is weakness."""
    assert difference(smile(1.0, 0.8, seconds=0.4)).uncertainty > difference(smile(1.0, 0.8)).uncertainty


def test_the_mirrored_picture_takes_out_how_unlike_the_sides_are_read():
    """An even smile whose left is read larger; in the mirror it is the right."""
    frames = smile(1.1, 0.9)
    other = [SmileSides(f.smile_lift.mirrored(), f.smile.mirrored()) for f in frames]
    seen = [replace(f, mirrored=sides) for f, sides in zip(frames, other, strict=True)]
    assert difference(frames).asymmetry > 0.08
    assert difference(seen).asymmetry == pytest.approx(0.0, abs=1e-9)


def test_two_readings_that_contradict_each_other_are_no_verdict():
    """The corners see one side far behind, the smile's own reading sees both alike."""
    agree = smile(1.2, 0.7, seconds=5.0)
    even = agree[0].smile.mean
    contradict = [replace(frame, smile=Bilateral(even, even)) for frame in agree]
    assert difference(agree).certain(SPEC.noticed_mm)
    assert not difference(contradict).certain(0.0)
    assert difference(contradict).uncertainty > difference(agree).uncertainty


def test_a_face_that_rests_otherwise_than_it_did_is_told_less_surely():
    """One corner had not let go before the smile; what it rests at by now may be all of the difference."""
    held = smile(1.2, 0.8, seconds=5.0)
    sure = [
        side_difference(held, [*rest, *held], NOISE, SPEC, start=0.0) for rest in (before(0.0), before(0.6))
    ]
    assert [found.certain(SPEC.noticed_mm) for found in sure] == [True, False]
    assert sure[0].asymmetry == sure[1].asymmetry
    assert sure[0] == difference(held)


def before(left: float) -> list[Features]:
    """Return half a second of rest before a smile, the left corner raised by so much."""
    return [face(n / 30 - 0.5, smile=Bilateral(left, 0.0)) for n in range(15)]


def test_a_look_in_the_mirror_during_the_rise_tells_nothing():
    """Of two sides of which one is late: what is on its way is no size yet."""
    held = smile(1.0, 1.0)
    rising = face(-0.2, smile=Bilateral(0.8, 0.4))
    look = replace(rising, mirrored=SmileSides(rising.smile_lift, rising.smile))
    assert side_difference(held, [look, *held], NOISE, SPEC) == difference(held)


def test_a_look_in_the_mirror_during_a_blink_tells_nothing():
    """A smile held for five seconds is looked at four times; two blinks in it made a weak side even."""
    open_eyes = replace(smile(1.2, 0.8)[0], mirrored=SmileSides(Bilateral(0.9, 0.6), Bilateral(0.9, 0.6)))
    blink = replace(
        open_eyes,
        closure=Bilateral(0.9, 0.9),
        mirrored=SmileSides(Bilateral(0.6, 0.9), Bilateral(0.6, 0.9)),
    )
    held = smile(1.2, 0.8)
    seen = [open_eyes, *held]
    assert side_difference(held, [blink, *seen], NOISE, SPEC) == side_difference(held, seen, NOISE, SPEC)
    assert side_difference(held, [blink, *held], NOISE, SPEC) != difference(held)  # better than no look


def test_both_sides_exchanged_give_the_other_side_and_the_same_size():
    """A mirrored film swaps the sides and changes nothing else."""
    there, back = difference(smile(1.0, 0.6)), difference(smile(0.6, 1.0))
    assert there.asymmetry == pytest.approx(-back.asymmetry)
    assert there.uncertainty == pytest.approx(back.uncertainty)
