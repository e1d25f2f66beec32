"""How far check-in scores of the same smile differ when the head is turned, nearer or in the dark.

`python benchmarks/repeatability.py` draws a check-in under each condition and prints its scores. The exit
status is 1 if a score is more than 3 points from the median of all check-ins, or if the type differs.
"""

from __future__ import annotations

import os
import sys
from statistics import median

from measuring.table import table
from measuring.takes import AGREEING, check_in_takes

from coach.check_in.scores import Scores, median_of
from coach.shell.detection.landmarker import Landmarker
from coach.shell.detection.stills import Stills
from coach.shell.model_file import default_cache_dir, find_model
from coach.simulation.face_pose import FacePose

LIMIT = 3.0  # points
CONDITIONS = {
    "straight, well lit": FacePose(),
    "turned right by 8 degrees": FacePose(yaw=-8.0),
    "turned left by 8 degrees": FacePose(yaw=8.0),
    "chin down by 8 degrees": FacePose(pitch=-8.0),
    "chin up by 8 degrees": FacePose(pitch=8.0),
    "tilted by 8 degrees": FacePose(roll=8.0),
    "farther away": FacePose(scale=0.75),
    "nearer": FacePose(scale=1.25),
    "dim": FacePose(light=0.6),
    "lit from one side": FacePose(side_light=0.4),
    "turned, farther away, dim": FacePose(yaw=8.0, scale=0.75, light=0.6),
}


def check_ins() -> dict[str, Scores]:
    """Return the scores of a check-in under each condition."""
    model = find_model(os.environ.get("SMILE_COACH_MODEL", ""), default_cache_dir(), progress=True)
    with Landmarker(model) as landmarker:
        stills = Stills(landmarker)
        return {name: median_of(check_in_takes(stills, rest)) for name, rest in CONDITIONS.items()}


def main() -> None:
    """Print the scores and the largest difference; see the module's text for the exit status."""
    found = check_ins()
    rows = [
        (name, *(f"{getattr(scores, score):.1f}" for score in AGREEING), scores.type or "-")
        for name, scores in found.items()
    ]
    off = {}
    for score in AGREEING:
        values = [getattr(scores, score) for scores in found.values()]
        off[score] = max(abs(value - median(values)) for value in values)
    print(table(("check-in", *AGREEING, "type"), rows))
    print(f"farthest from the median: {max(off.values()):.1f} points; the limit is {LIMIT:g}")
    sys.exit(max(off.values()) > LIMIT or len({scores.type for scores in found.values()}) > 1)


if __name__ == "__main__":
    main()
