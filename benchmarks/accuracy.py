"""How accurate the coach is: count and time recordings whose truth is known, and compare.

Each `NAME.mp4` in FOLDER needs a `NAME.json` beside it with its truth. `docs/accuracy.md` describes what is
measured and the format of the truth.
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
from measuring.accuracy_tables import Results, counts_table, problems, quality_table, variants_table
from measuring.scoring import Score, cues, mirrored, score
from measuring.variants import PLAIN, VARIANTS
from numpy.typing import NDArray

from coach import __version__
from coach.session.analysis import Analysis
from coach.shell.capture.video_file import VideoFile
from coach.shell.detection.landmarker import MIRROR_EVERY_S, Landmarker
from coach.shell.model_file import default_cache_dir, find_model
from coach.shell.profile.exercise_registry import BUILT_IN, load_exercise
from coach.types import Bilateral, FaceObservation, Frame, Light

DISTRACTORS = "distractors"
SCRIPTS = {  # the exercise that each script of the truth is for
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
    """One clip in one variant; `cache`: where to keep the landmarker's output."""

    clip: Path
    variant: str
    model: Path
    cache: Path | None


def look(job: Job) -> Seen:
    """Return the face in every frame, found by the program's own source and landmarker."""
    kept = None if job.cache is None else job.cache / job.variant / f"{job.clip.stem}.npz"
    if kept is not None and kept.is_file():
        return _load(kept)
    variant = VARIANTS.get(job.variant, PLAIN)
    video, seen = VideoFile(job.clip), []
    rng = np.random.default_rng(sum(job.clip.stem.encode()))
    # a new one for each clip, as in `smile-coach analyze`
    with Landmarker(job.model, MIRROR_EVERY_S) as landmarker:
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
    faces = [observation for _, observation in seen]
    part = path.with_suffix(".part.npz")
    arrays = _arrays("", faces) | _arrays("mirrored_", [face and face.mirrored for face in faces])
    size = next((face.size for face in faces if face is not None), (0, 0))
    np.savez(part, allow_pickle=False, t=np.array([t for t, _ in seen]), size=np.array(size), **arrays)
    part.replace(path)


def _arrays(prefix: str, faces: Sequence[FaceObservation | None]) -> dict[str, NDArray[Any]]:
    found = [face for face in faces if face is not None]
    lights = [face.light or Light(0.0, Bilateral(0.0, 0.0), 0.0, 0.0) for face in found]
    return {
        f"{prefix}found": np.array([face is not None for face in faces]),
        f"{prefix}landmarks": np.array([face.landmarks for face in found], np.float32),
        f"{prefix}blendshapes": np.array([face.blendshapes for face in found], np.float32),
        f"{prefix}light": np.array(
            [(light.level, light.balance.left, light.balance.right) for light in lights]
        ),
    }


def _load(path: Path) -> Seen:
    with np.load(path) as kept:
        times, size = kept["t"].tolist(), tuple(kept["size"].tolist())
        mirrored = _faces(kept, "mirrored_", times, size, [None] * len(times))
        faces = _faces(kept, "", times, size, mirrored)
    return list(zip(times, faces, strict=True))


def _faces(
    kept: Any, prefix: str, times: Sequence[float], size: Any, mirrored: Sequence[FaceObservation | None]
) -> list[FaceObservation | None]:
    values = zip(
        kept[f"{prefix}landmarks"].astype(np.float64),
        kept[f"{prefix}blendshapes"].astype(np.float64),
        kept[f"{prefix}light"].tolist(),
        strict=True,
    )
    faces: list[FaceObservation | None] = []
    for t, has, other in zip(times, kept[f"{prefix}found"].tolist(), mirrored, strict=True):
        if not has:
            faces.append(None)
            continue
        landmarks, blendshapes, (level, left, right) = next(values)
        light = Light(level, Bilateral(left, right), level, 0.0) if level else None
        faces.append(FaceObservation(t, landmarks, blendshapes, size, light, other))
    return faces


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
    """Return the events of one exercise, with its default settings."""
    analysis = Analysis(load_exercise(exercise), cues=cued)
    judged = [result for t, face in seen for result in analysis.process(t, face)]
    judged += analysis.finish(seen[-1][0])
    return [event.to_dict() for result in judged for event in result.events]


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


def about() -> dict[str, str]:
    """Return what was measured, where and when."""
    libraries = {name: version(name) for name in LIBRARIES}
    day = datetime.now(UTC).date().isoformat()
    return {"date": day, "smile-coach": __version__, "python": platform.python_version(), **libraries}


def as_json(results: Results) -> dict[str, Any]:
    """Return all results as JSON values, for other programs."""
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
    """Return the variants named by an option.

    Raises
    ------
    click.BadParameter
        If one is unknown.
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
    help=f"Also run altered clips: all, none, or some of {', '.join(VARIANTS)}.",
)
@click.option("--only", default="", metavar="TEXT", help="Only clips whose name contains this.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Number of processes.")
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the landmarker's output in this folder and reuse it: scoring alone takes seconds.",
)
@click.option("--model", default="", help="The landmarker's model file, if it is not in the usual place.")
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
