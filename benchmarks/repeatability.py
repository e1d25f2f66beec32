"""How far check-in scores of the same smile differ when the head is turned, nearer or in the dark.

`python benchmarks/repeatability.py` draws a check-in under each condition and prints its scores. The exit
status is 1 if a score is more than 3 points from the median of all check-ins, or if the type differs.

`python benchmarks/repeatability.py --pairs 24` leads the simulated person, who smiles equally strongly each
time, through `smile` and through a check-in, with as many seeds, and compares both and the check-in's kept
photo. The exit status is 1 if two scores of a pair are more than 3 points apart.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from statistics import fmean, median, stdev

from measuring.pairs import measured
from measuring.table import table
from measuring.takes import AGREEING, check_in_takes

from coach.check_in.scores import Scores, middle_of
from coach.shell.app.check_in import load_check_in
from coach.shell.detection.landmarker import Landmarker
from coach.shell.detection.stills import Stills
from coach.shell.model_file import default_cache_dir, find_model
from coach.simulation.face_pose import FacePose

LIMIT = 3.0  # points
PAIRED = ("mouth_curve", "cheek_lift", "eye_squint", "symmetry", "eye_engagement", "smile")
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
    takes = load_check_in().pictures
    with opened() as landmarker:
        stills = Stills(landmarker)
        return {
            name: middle_of(check_in_takes(stills, rest, takes=takes)) for name, rest in CONDITIONS.items()
        }


def opened() -> Landmarker:
    """Return a landmarker."""
    return Landmarker(find_model(os.environ.get("SMILE_COACH_MODEL", ""), default_cache_dir(), progress=True))


def compare_pairs(count: int) -> float:
    """Print how far smiles, check-ins and their photos are apart; return the most of the first two."""
    smiles, check_ins, photos = [], [], []
    with opened() as landmarker:
        for seed in range(count):
            smiles.append(measured(landmarker, seed, smile=True)[0])
            whole, photo = measured(landmarker, seed, smile=False)
            check_ins.append(whole)
            photos.append(photo)
    rows, most = [], 0.0
    for score in PAIRED:
        a, b, c = ([getattr(one, score) for one in each] for each in (smiles, check_ins, photos))
        apart = [abs(x - y) for x, y in zip(a, b, strict=True)]
        off = [abs(x - y) for x, y in zip(c, b, strict=True)]
        rms = math.sqrt(fmean(d * d for d in apart))
        spread = (stdev(a), stdev(b), rms, max(apart), max(off))
        rows.append((score, *(f"{value:.1f}" for value in spread)))
        most = max(most, *apart)
    print(table(("score", "sd smile", "sd check-in", "rms", "most apart", "photo off"), rows))
    return most


def main() -> None:
    """Print the scores and the largest difference; see the module's text for the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=0, metavar="N", help="compare N smiles with check-ins")
    if count := parser.parse_args().pairs:
        sys.exit(compare_pairs(max(count, 2)) > LIMIT)
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
