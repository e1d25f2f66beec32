"""How right the coach is: counts and times recordings with known truth, and compares.

Each `NAME.mp4` in FOLDER needs its truth beside it in `NAME.json`. See `docs/accuracy.md` for what is
measured, and for the truth's format.
"""

from __future__ import annotations

import json
import multiprocessing
import platform
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import numpy as np
from scoring import Score, cues, mirrored, score, total
from table import NOTHING, share, spread, table
from variants import PLAIN, VARIANTS

from coach import __version__
from coach.analysis import Analysis
from coach.shell.landmarker import Landmarker
from coach.shell.model_file import default_cache_dir, find_model
from coach.shell.registry import BUILT_IN, load_exercise
from coach.shell.video import VideoFile
from coach.types import FaceObservation, Frame

DISTRACTORS = "distractors"
SCRIPTS = {  # the exercise each script of the truth was made for
    "cheek_raiser": "cheek_raiser",
    "symmetry": "symmetry_drill",
    "combined": "combined",
    "jaw_release": "jaw_release",
    "memory_anchor": "memory_anchor",
}
LIBRARIES = ("mediapipe", "opencv-python", "numpy")

Seen = list[tuple[float, FaceObservation | None]]


@dataclass(frozen=True, slots=True)
class Job:
    """One clip in one variant; `cache`: where to keep what the landmarker saw."""

    clip: Path
    variant: str
    model: Path
    cache: Path | None


def look(job: Job) -> Seen:
    """Return the face of every frame, by the program's own source and landmarker."""
    kept = None if job.cache is None else job.cache / job.variant / f"{job.clip.stem}.npz"
    if kept is not None and kept.is_file():
        return _load(kept)
    variant = VARIANTS.get(job.variant, PLAIN)
    video, seen = VideoFile(job.clip), []
    rng = np.random.default_rng(sum(job.clip.stem.encode()))
    with Landmarker(job.model) as landmarker:  # a new one a clip, as `smile-coach analyze` has
        number = 0
        while isinstance(frame := video.read(), Frame):
            if number % variant.every == 0:
                image = frame.image if variant.change is None else variant.change(frame.image, rng)
                seen.append((frame.t, landmarker.detect(Frame(frame.t, image))))
            number += 1
    video.close()
    if kept is not None:
        _save(kept, seen)
    return seen


def _save(path: Path, seen: Seen) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    faces = [observation for _, observation in seen if observation is not None]
    part = path.with_suffix(".part.npz")
    np.savez(
        part,
        t=np.array([t for t, _ in seen]),
        found=np.array([observation is not None for _, observation in seen]),
        landmarks=np.array([face.landmarks for face in faces], np.float32),  # MediaPipe's own precision
        blendshapes=np.array([face.blendshapes for face in faces], np.float32),
        size=np.array(faces[0].size if faces else (0, 0)),
    )
    part.replace(path)


def _load(path: Path) -> Seen:
    with np.load(path) as kept:
        landmarks = iter(kept["landmarks"].astype(np.float64))
        blendshapes = iter(kept["blendshapes"].astype(np.float64))
        width, height = kept["size"].tolist()
        times, found = kept["t"].tolist(), kept["found"].tolist()
    return [
        (t, FaceObservation(t, next(landmarks), next(blendshapes), (width, height)) if has else None)
        for t, has in zip(times, found, strict=True)
    ]


def run(job: Job) -> dict[str, Score]:
    """Score one clip: with its own exercise, or with every exercise where there is nothing to count."""
    truth = json.loads(job.clip.with_suffix(".json").read_text(encoding="utf-8"))
    variant = VARIANTS.get(job.variant, PLAIN)
    if variant.swaps:
        truth = mirrored(truth)
    seen = look(job)
    script = truth["script"]
    names = tuple(BUILT_IN) if script == DISTRACTORS else (SCRIPTS[script],)
    return {name: score(name, truth, events(name, seen, cues(truth))) for name in names}


def events(exercise: str, seen: Seen, cued: Sequence[float] = ()) -> list[dict[str, Any]]:
    """Return what the program says to one exercise, with its own settings."""
    analysis = Analysis(load_exercise(exercise), cues=cued)
    judged = [result for t, face in seen for result in analysis.process(t, face)]
    judged += analysis.finish(seen[-1][0])
    return [event.to_dict() for result in judged for event in result.events]


Results = dict[str, dict[str, dict[str, Score]]]  # variant, clip, exercise


def measure(jobs: Sequence[Job], workers: int) -> Results:
    """Run all jobs, with a progress bar on standard error."""
    results: Results = {job.variant: {} for job in jobs}
    spawn = multiprocessing.get_context("spawn")  # forking a process with native threads hangs it
    with (
        ProcessPoolExecutor(workers, mp_context=spawn) as pool,
        click.progressbar(length=len(jobs), label="clips", file=sys.stderr, show_pos=True) as bar,
    ):
        waiting = {pool.submit(run, job): job for job in jobs}
        for done in as_completed(waiting):
            job = waiting[done]
            results[job.variant][job.clip.stem] = done.result()
            bar.update(1)
    return {variant: dict(sorted(clips.items())) for variant, clips in results.items()}


def counted(clips: dict[str, dict[str, Score]], exercise: str | None = None) -> list[Score]:
    """Return the scores of clips that have something to count, of one exercise or of all."""
    own = [next(iter(scores.values())) for scores in clips.values() if len(scores) == 1]
    return [one for one in own if exercise in (None, one.exercise)]


def distractors(clips: dict[str, dict[str, Score]]) -> list[Score]:
    """Return the scores of clips with nothing to count, one for each exercise."""
    return [one for scores in clips.values() if len(scores) > 1 for one in scores.values()]


def counts_table(clips: dict[str, dict[str, Score]]) -> str:
    """Return repetitions and times, one row an exercise."""
    head = ("exercise", "sets exact", "hit", "missed", "false", "cue error, s", "hold error, s")
    rows = [_counts(name, counted(clips, name)) for name in BUILT_IN if counted(clips, name)]
    rows.append(_counts("all", counted(clips)))
    rows.append(("required", "all", "", "", "0", "0.06 / 0.20", "0.06 / 0.25"))
    rows.append(("floor: plain thresholds", "4/15", "", "", "", "0.10 / 0.46", "0.07 / 0.42"))
    return table(head, rows)


def _counts(name: str, scores: Sequence[Score]) -> tuple[str, ...]:
    whole = total(name, scores)
    numbers = (str(whole.hits), str(whole.missed), str(whole.false))
    exact = share([one.exact for one in scores])
    return (name, exact, *numbers, spread(whole.cue_errors), spread(whole.hold_errors))


def quality_table(clips: dict[str, dict[str, Score]]) -> str:
    """Return everything beyond counts and times, one row a measure."""
    whole, idle = total("all", counted(clips)), distractors(clips)
    silent = total("all", idle)
    rows = (
        ("weaker side found (15 % or more)", share(whole.weaker), NOTHING, NOTHING),
        ("symmetry error", spread(whole.symmetry_errors), NOTHING, NOTHING),
        ("first side found (150 ms or more)", share(whole.first), NOTHING, NOTHING),
        ("lag error, s", spread(whole.lag_errors, 3), "0.050 / -", NOTHING),
        ("circles: stages right", share(whole.circles), "all", NOTHING),
        ("circles: stray", str(whole.stray_circles), "0", NOTHING),
        ("breaths in and out recognised", share(whole.breaths), NOTHING, NOTHING),
        ("smile after a cue, or none", share(whole.onsets), "all", NOTHING),
        ("recall latency error, s", spread(whole.latency_errors), "0.15 / 0.35", "0.37 / 0.51"),
        ("eyes engaged or not", share(whole.engaged), "all", NOTHING),
        ("an attempt's reason", share(whole.reasons), NOTHING, NOTHING),
        (f"distractors: repetitions in {len(idle)} runs", str(silent.false), "0", "0"),
        ("distractors: circles", str(silent.stray_circles), NOTHING, NOTHING),
    )
    return table(("measure", "smile-coach", "required", "floor"), rows)


def variants_table(results: Results) -> str:
    """Return one row a variant."""
    head = (
        *("variant", "exact", "missed", "false", "cue, s", "hold, s", "weaker", "first", "lag, s"),
        *("circles", "latency, s", "eyes", "distr."),
    )
    rows = []
    for name, clips in results.items():
        own, idle = counted(clips), total("all", distractors(clips))
        whole = total(name, own)
        rows.append(
            (
                *(name, share([one.exact for one in own]), str(whole.missed), str(whole.false)),
                *(spread(whole.cue_errors), spread(whole.hold_errors)),
                *(share(whole.weaker), share(whole.first), spread(whole.lag_errors)),
                *(share(whole.circles), spread(whole.latency_errors), share(whole.engaged)),
                str(idle.false + idle.stray_circles),
            )
        )
    return table(head, rows)


def problems(results: Results) -> list[str]:
    """Return every problem with its variant and clip."""
    return [
        f"{variant} {clip} {name}: {problem}"
        for variant, clips in results.items()
        for clip, scores in clips.items()
        for name, one in scores.items()
        for problem in one.problems
    ]


def about() -> dict[str, str]:
    """Return what was measured, where and when."""
    libraries = {name: version(name) for name in LIBRARIES}
    day = datetime.now(UTC).date().isoformat()
    return {"date": day, "smile-coach": __version__, "python": platform.python_version(), **libraries}


def as_json(results: Results) -> dict[str, Any]:
    """Return everything, for other programs."""
    return {
        "about": about(),
        "variants": {
            variant: {
                clip: {name: asdict(one) | {"exact": one.exact} for name, one in scores.items()}
                for clip, scores in clips.items()
            }
            for variant, clips in results.items()
        },
    }


def chosen(text: str) -> list[str]:
    """Return the variants that an option names.

    Raises
    ------
    click.BadParameter
        One is unknown.
    """
    if text in ("all", "none"):
        return list(VARIANTS) if text == "all" else []
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in VARIANTS]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: unknown; choose from {', '.join(VARIANTS)}")
    return names


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write all figures.")
@click.option(
    "--variants",
    default="none",
    show_default=True,
    callback=lambda _context, _option, text: chosen(text),
    help=f"Also run changed clips: all, none, or several of {', '.join(VARIANTS)}.",
)
@click.option("--only", default="", metavar="TEXT", help="Only clips with this in their name.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep what the landmarker saw in this folder, and use it again: scoring alone takes seconds.",
)
@click.option("--model", default="", help="The landmarker's model file, if not in the usual place.")
def main(
    folder: Path, out: Path | None, variants: list[str], only: str, jobs: int, cache: Path | None, model: str
) -> None:
    """Measure and print."""
    clips = [p for p in sorted(folder.glob("*.mp4")) if only in p.stem and p.with_suffix(".json").is_file()]
    if not clips:
        raise click.UsageError(f"{folder}: no clip with its truth beside it; see docs/accuracy.md")
    path = find_model(model, default_cache_dir(), progress=True)
    todo = [Job(clip, name, path, cache) for name in (PLAIN.name, *variants) for clip in clips]
    results = measure(todo, jobs)
    print(", ".join(f"{name} {text}" for name, text in about().items()), end="\n\n")
    print(counts_table(results[PLAIN.name]), end="\n\n")
    print(quality_table(results[PLAIN.name]), end="\n\n")
    if variants:
        print(variants_table(results), end="\n\n")
    print("Times are measured minus true: median / 95th percentile of the absolute errors.")
    for problem in problems(results):
        print(f"- {problem}")
    if out is not None:
        out.write_text(json.dumps(as_json(results), indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
