"""A recording counted: against a neutral face that is found in it, or guessed where there is none."""

from __future__ import annotations

import pytest
from synthetic import load
from synthetic_face import observed, synthetic_face

from coach.events import Smile
from coach.face.landmarks import LEFT, RIGHT, Blendshape
from coach.session.analysis import Analysis


def smiles(left: float, right: float) -> list[Smile]:
    """Return the smiles of a film of three seconds in which the face never stops smiling."""
    analysis = Analysis(load("symmetry_drill"))
    results = []
    for n in range(45):
        points = synthetic_face()
        points[RIGHT.nasolabial] = points[LEFT.nasolabial] * (-1, 1, 1)
        for side, by in ((LEFT, left), (RIGHT, right)):
            points[[side.mouth_corner, side.nasolabial], 1] -= 0.15 * by
        shapes = {Blendshape.MOUTH_SMILE_LEFT: 0.8 * left, Blendshape.MOUTH_SMILE_RIGHT: 0.8 * right}
        results += analysis.process(n / 15, observed(points, n / 15, shapes=shapes))
    results += analysis.finish(3.0)
    return [event for result in results for event in result.events if isinstance(event, Smile)]


@pytest.mark.parametrize(("sides", "verdict"), [((1.0, 1.0), "even"), ((1.0, 0.2), "unclear")])
def test_a_smile_that_never_stops_may_be_even_but_has_no_weaker_side(sides, verdict):
    """Its neutral face is guessed, and resting faces are even to two millimetres only."""
    (smile,) = smiles(*sides)
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
