"""How accurate the coach is on other people: the same clips, altered as if someone else were in them.

The landmarks found in each clip in FOLDER are changed into those of another person, in ways that do not
affect the truth; then everything is counted and compared as in `accuracy.py`.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import click
import numpy as np
from accuracy import DISTRACTORS, SCRIPTS, Job, Seen, look
from measuring.accuracy_tables import Results, problems, variants_table
from measuring.people import PEOPLE, person
from measuring.scoring import Score, cues, score
from measuring.variants import PLAIN

from coach.face.head_frame import used_points
from coach.face.landmarks import USED
from coach.session.analysis import Analysis
from coach.shell.model_file import default_cache_dir, find_model
from coach.shell.profile.exercise_registry import BUILT_IN, load_exercise
from coach.types import FaceObservation

_USED = np.array(USED)


def as_somebody(name: str, clip: str, seen: Seen, truth: dict[str, Any]) -> tuple[Seen, dict[str, Any]]:
    """Return what the landmarker might have found in another person, and that person's truth."""
    faces = [face for _, face in seen if face is not None]
    points = [used_points(face) for face in faces]
    rng = np.random.default_rng(sum(f"{name} {clip}".encode()))
    who = PEOPLE[name][1](person([face.t for face in faces], points, truth), rng)
    changed: Seen = [(t, None) for t, face in seen if face is None]
    for row, placed in zip(who.rows.tolist(), who.pixels(), strict=True):
        face = faces[row]
        landmarks = face.landmarks.copy()
        landmarks[_USED] = placed / (face.size[0], face.size[1], face.size[0])
        changed.append(
            (
                face.t,
                FaceObservation(face.t, landmarks, face.blendshapes, face.size, face.light, face.mirrored),
            )
        )
    return sorted(changed, key=lambda frame: frame[0]), who.truth


def run(job: Job) -> dict[str, dict[str, Score]]:
    """Score one clip as each person, with its own exercise or, where there is nothing to count, with all."""
    truth = json.loads(job.clip.with_suffix(".json").read_text(encoding="utf-8"))
    recorded, script = look(job), truth["script"]
    names = tuple(BUILT_IN) if script == DISTRACTORS else (SCRIPTS[script],)
    scores = {}
    for who in PEOPLE:
        seen, told = as_somebody(who, job.clip.stem, recorded, truth)
        scores[who] = {name: score(name, told, _events(name, seen, told)) for name in names}
    return scores


def _events(exercise: str, seen: Seen, truth: dict[str, Any]) -> list[dict[str, Any]]:
    analysis = Analysis(load_exercise(exercise), cues=cues(truth))
    judged = [result for t, face in seen for result in analysis.process(t, face)]
    judged += analysis.finish(seen[-1][0])
    return [event.to_dict() for result in judged for event in result.events]


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--only", default="", metavar="TEXT", help="Only clips whose name contains this.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Number of processes.")
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="As in accuracy.py: keep the landmarker's output in this folder and reuse it.",
)
@click.option("--model", default="", help="The landmarker's model file, if it is not in the usual place.")
def main(folder: Path, only: str, jobs: int, cache: Path | None, model: str) -> None:
    """Measure and print."""
    clips = [p for p in sorted(folder.glob("*.mp4")) if only in p.stem and p.with_suffix(".json").is_file()]
    if not clips:
        raise click.UsageError(f"{folder}: no clip with its truth beside it; see docs/accuracy.md")
    path = find_model(model, default_cache_dir(), progress=True)
    todo = [Job(clip, PLAIN.name, path, cache) for clip in clips]
    results: Results = {who: {} for who in PEOPLE}
    spawn = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(jobs, mp_context=spawn) as pool,
        click.progressbar(pool.map(run, todo), len(todo), label="clips", file=sys.stderr) as bar,
    ):
        for clip, scores in zip(clips, bar, strict=True):
            for who, score_of in scores.items():
                results[who][clip.stem] = score_of
    for who, (what, _) in PEOPLE.items():
        print(f"- `{who}`: {what}")
    print("", variants_table(results), "", sep="\n")
    for problem in problems(results):
        print(f"- {problem}")


if __name__ == "__main__":
    main()
