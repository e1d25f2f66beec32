"""The map in CONTRIBUTING.md shows the code as it is."""

import pytest
from code_map import GUIDE, MapError, Step, way_lines, with_map


def test_the_map_is_that_of_the_code() -> None:
    """Whoever moves a room or a call draws the map again: `python tests/support/code_map.py`."""
    guide = GUIDE.read_text(encoding="utf-8")
    assert "Loop.run" in guide
    assert guide == with_map(guide)


@pytest.mark.parametrize(
    ("caller", "callee", "says"),
    [
        ("shell.app.loop:Loop.run", "shell.capture.webcam:Webcam.gone", "has no Webcam.gone"),
        ("shell.app.loop:Loop.run", "shell.gone:step", "has no step"),
        ("shell.app.loop:Loop.run", "check_in.scores:middle_of", "does not call middle_of"),
        ("session.plan_run:PlanRun.step", "check_in.machine:step", "does not import"),
    ],
)
def test_a_way_that_does_not_exist_is_not_drawn(caller: str, callee: str, says: str) -> None:
    """A function that is gone, a call that is gone, and another module's function of the same name."""
    with pytest.raises(MapError, match=says):
        way_lines((Step(caller, (Step(callee),)),))
