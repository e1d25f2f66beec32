"""A recording counted: short or long, at any rate, with a face at rest in it or without."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from synthetic import load
from synthetic_face import observed, synthetic_face

from coach.events import Calibrated, Event, Smile
from coach.face.landmarks import LEFT, RIGHT, Blendshape
from coach.session.analysis import Analysis

Pose = Callable[[float], tuple[float, float]]


def filmed(times: Iterable[float], pose: Pose) -> list[Event]:
    """Return what is found in a film whose face has its corners up by `pose(t)`, left and right."""
    analysis = Analysis(load("symmetry_drill"))
    results, t = [], 0.0
    for t in times:
        left, right = pose(t)
        points = synthetic_face()
        points[RIGHT.nasolabial] = points[LEFT.nasolabial] * (-1, 1, 1)
        for side, by in ((LEFT, left), (RIGHT, right)):
            points[[side.mouth_corner, side.nasolabial], 1] -= 0.15 * by
        shapes = {Blendshape.MOUTH_SMILE_LEFT: 0.8 * left, Blendshape.MOUTH_SMILE_RIGHT: 0.8 * right}
        results += analysis.process(t, observed(points, t, shapes=shapes))
    results += analysis.finish(t)
    return [event for result in results for event in result.events]


def smiles(events: list[Event]) -> list[Smile]:
    return [event for event in events if isinstance(event, Smile)]


def one_smile(t: float) -> tuple[float, float]:
    """At rest, then an even smile from 1.0 to 2.5 s."""
    level = float(np.interp(t, [1.0, 1.4, 2.5, 2.9], [0.0, 1.0, 1.0, 0.0]))
    return level, level


@pytest.mark.parametrize("rate", [8, 12.5, 24, 60])
def test_a_smile_is_found_at_any_rate(rate):
    """From eight to sixty pictures a second, in a film of four seconds."""
    (smile,) = smiles(filmed(np.arange(0, 4, 1 / rate), one_smile))
    assert smile.start == pytest.approx(1.0, abs=0.15)
    assert smile.end == pytest.approx(2.8, abs=0.25)
    assert smile.weaker_side == "even"


def test_a_smile_is_found_where_the_rate_varies():
    """A telephone that takes its pictures as it can, 8 to 40 a second."""
    steps = np.random.default_rng(3).uniform(1 / 40, 1 / 8, 200)
    times = np.cumsum(steps)
    (smile,) = smiles(filmed(times[times < 4], one_smile))
    assert smile.start == pytest.approx(1.0, abs=0.15)


def test_a_film_of_half_a_second_has_its_rest_and_nothing_else():
    """Too short for a smile, and no error."""
    (known,) = filmed(np.arange(0, 0.5, 1 / 30), lambda _: (0.0, 0.0))
    assert isinstance(known, Calibrated)


def test_of_two_pictures_no_rest_can_be_known():
    """Nothing is counted; the command says why."""
    assert filmed([0.0, 0.1], lambda _: (0.0, 0.0)) == []


@pytest.mark.parametrize(("sides", "verdict"), [((1.0, 1.0), "even"), ((1.0, 0.2), "unclear")])
def test_a_smile_that_never_stops_may_be_even_but_has_no_weaker_side(sides, verdict):
    """Its neutral face is guessed, and resting faces are even to two millimetres only."""
    (smile,) = smiles(filmed(np.arange(0, 3, 1 / 15), lambda _: sides))
    assert smile.weaker_side == verdict
    assert smile.uncertainty_mm is not None
    assert smile.uncertainty_mm > 2.0


def test_a_long_recording_is_counted_before_its_end(monkeypatch: pytest.MonkeyPatch):
    """Once it has lasted so long, every frame is judged, and from then on at once: none is kept."""
    monkeypatch.setattr("coach.session.analysis.SEARCHED_S", 10.0)
    analysis, face = Analysis(load("symmetry_drill")), synthetic_face()
    judged = [len([*analysis.process(n / 10, observed(face, n / 10))]) for n in range(120)]
    assert judged == [0] * 100 + [101] + [1] * 19


def test_five_minutes_without_a_face_are_not_searched_again_and_again():
    """A film that begins with an empty chair is counted from the face on."""
    analysis = Analysis(load("symmetry_drill"))
    face = synthetic_face()
    for t in range(400):
        assert not [*analysis.process(float(t), None)]
    for n in range(40):
        assert not [*analysis.process(400 + n / 10, observed(face, 400 + n / 10))]
    assert [*analysis.finish(404.0)]
    assert analysis.calibrated
