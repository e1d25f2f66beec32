"""How well the eye engagement of photos tells smiles with raised cheeks from those of the mouth alone.

`python benchmarks/eyes.py CLIPS` takes three pictures of each smile in films of rendered people (format:
`docs/accuracy.md`), compares them with three of the face at rest, and prints the engagement by how far the
cheeks really were up. The exit status is 1 if `scores.ENGAGED` does not lie between those below 0.3 and those
from 0.4 on.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
from measuring.table import table
from numpy.typing import NDArray

from coach.check_in.photo_measures import StillPicture, compare
from coach.check_in.scores import ENGAGED, score
from coach.shell.detection.landmarker import Landmarker
from coach.shell.detection.stills import Stills
from coach.shell.model_file import default_cache_dir, find_model
from coach.types import Image

SMILES = ("smile", "memory_trial", "combined")
NEUTRAL_FROM_S = 0.3
TAKES = 3
OPEN = 0.05  # a blink below this closes nothing
MOUTH_ONLY, RAISED = 0.3, 0.4  # of a full cheek raise: below, and from there on
BANDS = ((0.0, 0.15), (0.15, 0.2), (0.2, MOUTH_ONLY), (MOUTH_ONLY, RAISED), (RAISED, 0.6), (0.6, 1.01))


def engagements(film: Path, stills: Stills) -> list[tuple[float, float]]:
    """Return how far the cheeks were up in each smile of a film, and its pictures' median engagement."""
    truth = json.loads(film.with_suffix(".json").read_text(encoding="utf-8"))
    actions = {name: np.array(values) for name, values in truth["actions"].items()}
    blink = np.maximum(actions["blink_L"], actions["blink_R"])
    rest = _rows(blink, truth["fps"], NEUTRAL_FROM_S, truth["neutral"][1])
    events = [event for event in truth["events"] if event["type"] in SMILES and event.get("release")]
    held = [_rows(blink, truth["fps"], event["full"], event["release"]) for event in events]
    pictures = _pictures(film, [*rest, *(row for rows in held for row in rows)], stills)
    neutrals = [pictures[row] for row in rest if row in pictures]
    found = []
    for rows in held:
        takes = [score(compare(neutrals, pictures[row])) for row in rows if row in pictures]
        smiling = [take for take in takes if take.type != "none" and take.eye_engagement is not None]
        if smiling:
            cheek = float(np.mean([actions[name][list(rows)] for name in ("cheek_L", "cheek_R")]))
            found.append((cheek, median(take.eye_engagement or 0.0 for take in smiling)))
    return found


def _rows(blink: NDArray[Any], fps: float, start_s: float, end_s: float) -> list[int]:
    """Return some frames between two seconds in which the eyes are open, evenly apart."""
    frames = range(int(start_s * fps) + 1, min(int(end_s * fps), len(blink)))
    awake = [n for n in frames if blink[max(n - 2, 0) : n + 3].max() < OPEN]
    if not awake:
        return []
    return sorted({awake[int(at)] for at in np.linspace(0, len(awake) - 1, TAKES + 2)[1:-1]})


def _pictures(film: Path, rows: list[int], stills: Stills) -> dict[int, StillPicture]:
    """Return the frames in which a face was found, looked at as photos."""
    video, wanted, found = cv2.VideoCapture(str(film)), set(rows), {}
    for n in range(max(rows) + 1):
        read, image = video.read()
        if not read:
            break
        if n in wanted and (seen := stills.read(_image(image))) is not None:
            found[n] = seen
    video.release()
    return found


def _image(image: Any) -> Image:
    return np.asarray(image, np.uint8)


def _spread(values: list[float]) -> tuple[float, float, float]:
    return min(values), median(values), max(values)


def main() -> None:
    """Print the engagements; see the module's text for the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", type=Path)
    films = sorted(parser.parse_args().clips.glob("[bde]_*.mp4"))
    model = find_model(os.environ.get("SMILE_COACH_MODEL", ""), default_cache_dir(), progress=True)
    found: dict[tuple[float, float], list[float]] = defaultdict(list)
    with Landmarker(model) as landmarker:
        stills = Stills(landmarker)
        for film in films:
            for cheek, engaged in engagements(film, stills):
                found[next(band for band in BANDS if band[0] <= cheek < band[1])].append(engaged)
    rows = [
        [f"{low:g} to {min(high, 1.0):g}", str(len(each)), *(f"{n:.0f}" for n in _spread(each))]
        for (low, high), each in sorted(found.items())
    ]
    print(table(("cheeks up by", "smiles", "least", "median", "most"), rows))
    without = max((max(each) for band, each in found.items() if band[1] <= MOUTH_ONLY), default=0.0)
    with_ = min((min(each) for band, each in found.items() if band[0] >= RAISED), default=100.0)
    print(f"at most {without:.0f} without, at least {with_:.0f} with raised cheeks; the limit is {ENGAGED:g}")
    sys.exit(not without < ENGAGED <= with_)


if __name__ == "__main__":
    main()
