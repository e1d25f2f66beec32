"""What the coach costs on top of bare MediaPipe: time per frame, start-up, memory, speed, and age on screen.

CLIP is any recording of a face that is at rest for the first three seconds. See `docs/performance.md`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import resource
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import numpy as np
from live import live
from measuring.stages import WINDOW, Bare, Headless, Staged, screen
from measuring.table import table
from startup import analyzing, startup

from coach import __version__
from coach.shell.capture.video_file import VideoFile
from coach.shell.model_file import default_cache_dir, find_model
from coach.shell.profile.exercise_registry import BUILT_IN
from coach.shell.window.labels import Labels
from coach.shell.window.painter import Appearance, Painter

PARTS = ("frame", "start", "analyze", "live", "memory")
BLOCK = 50  # frames of one side before the other's turn
SETTLED = 2000  # frames after which memory should have stopped growing
RATIO = 1.05  # the project's limit: processor time compared with bare MediaPipe
TOGETHER = ("features and slowest exercise", "session")
LIMITS_MS = {**dict.fromkeys(TOGETHER, 0.80), "drawing": 1.50}  # median per frame
INFERENCE_MS = 6.5  # on the machine the limits were set on; elsewhere they are read as shares of inference
Side = Bare | Headless | Staged
LIVE_FPS = (30.0, 60.0)


def frames(clip: Path, model: Path, exercise: str, blocks: int) -> dict[str, Any]:
    """Run bare MediaPipe, the headless pipeline and the staged one in turns, over the same frames."""
    staged = Staged(clip, model)
    sides: dict[str, Side] = {
        "bare": Bare(clip, model),
        "headless": Headless(clip, model, exercise),
        "staged": staged,
    }
    for side in sides.values():  # the neutral face is learnt and caches are warm
        _block(side, 2 * BLOCK)
    staged.watch.wall.clear()
    staged.watch.cpu.clear()
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    with click.progressbar(range(blocks), label="frames", file=sys.stderr, show_pos=True) as bar:
        for number in bar:
            order = list(sides) if number % 2 == 0 else list(reversed(sides))
            for name in order:
                spent[name].append(_block(sides[name], BLOCK))
    for side in sides.values():
        side.close()
    return {
        "blocks": blocks,
        "frames a block": BLOCK,
        "stages, ms": _stages(staged),
        "whole frame, ms": {name: _whole(rows) for name, rows in spent.items()},
        "headless / bare": {
            "wall": _ratio(spent["headless"], spent["bare"], 0),
            "cpu": _ratio(spent["headless"], spent["bare"], 1),
        },
    }


def _block(side: Side, count: int) -> tuple[float, float]:
    """Process frames; return wall and CPU seconds per frame."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(count):
        side.frame()
    return (time.perf_counter() - wall) / count, (time.process_time() - cpu) / count


def _whole(rows: Sequence[tuple[float, float]]) -> dict[str, float]:
    wall, cpu = np.median(np.array(rows), axis=0) * 1000
    return {"wall": float(wall), "cpu": float(cpu)}


def _ratio(
    ours: Sequence[tuple[float, float]], bare: Sequence[tuple[float, float]], hand: int
) -> dict[str, float]:
    """Return the median ratio of neighbouring blocks, and its quartiles."""
    ratios = [a[hand] / b[hand] for a, b in zip(ours, bare, strict=True)]
    low, middle, high = np.percentile(ratios, [25, 50, 75])
    return {"median": float(middle), "quartile 1": float(low), "quartile 3": float(high)}


def _stages(staged: Staged) -> dict[str, dict[str, float]]:
    """Return median and p95 wall time and mean CPU time of each stage, ms per frame."""
    watch = staged.watch
    wall = {name: np.array(values) for name, values in watch.wall.items()}
    cpu = {name: np.array(values) for name, values in watch.cpu.items()}
    for hand in (wall, cpu):
        whole = len(hand["detect"])
        hand["light"] = np.pad(hand["light"], (0, whole - len(hand["light"])))  # none where there was no face
        hand["conversion"] = hand.pop("detect") - hand["inference"] - hand["light"]
        together = [hand.pop(f"features and {name}") for name in BUILT_IN]
        hand["features and slowest exercise"] = max(together, key=lambda spent: float(np.median(spent)))
    order = ("decode", "inference", "conversion", "light", "features")
    names = (*order, *(f"exercise {n}" for n in BUILT_IN), *TOGETHER, "drawing")
    return {
        name: {
            "wall median": float(np.median(wall[name])) * 1000,
            "wall p95": float(np.percentile(wall[name], 95)) * 1000,
            "cpu median": float(np.median(cpu[name])) * 1000,
            "cpu mean": float(np.mean(cpu[name])) * 1000,
        }
        for name in names
    }


def memory(clip: Path, model: Path, exercise: str, count: int) -> dict[str, Any]:
    """Return resident memory while frames are processed and drawn for a long time, MB."""
    side, painter, resident = Headless(clip, model, exercise), Painter(Labels()), []
    for number in range(1, count + 1):
        side.frame()
        assert side.seen is not None
        frame, observation = side.seen
        painter.paint(frame.image, observation, screen(frame.t, side.view), Appearance(WINDOW))
        if number % 500 == 0 or number == count:
            resident.append((number, resident_mb()))
    side.close()
    settled = next((mb for at, mb in resident if at >= SETTLED), resident[0][1])
    return {"frames": count, "resident, MB": resident, "growth, MB": resident[-1][1] - settled}


def resident_mb() -> float:
    """Return this process's resident memory, or its peak where the system reports only that."""
    status = Path("/proc/self/statm")
    if status.is_file():
        return int(status.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def show(results: dict[str, Any]) -> None:
    """Print the results as tables."""
    print(", ".join(f"{name} {text}" for name, text in results["about"].items()), end="\n\n")
    if "frame" in results:
        _show_frame(results["frame"])
    if "start" in results:
        rows = [(n, f"{v:.2f}") for n, v in results["start"].items() if not isinstance(v, dict)]
        print(table(("start, warm", "s"), rows), end="\n\n")
        for name, spent in results["start"].items():
            if isinstance(spent, dict):
                print(f"{name}: " + ", ".join(f"{k} {v:.0f}" for k, v in spent.items()), end="\n\n")
    if "analyze" in results:
        print("analyze: " + ", ".join(f"{k} {v:.1f}" for k, v in results["analyze"].items()), end="\n\n")
    if "live" in results:
        for name, seen in results["live"].items():
            told = seen if isinstance(seen, str) else ", ".join(f"{k} {v:.2f}" for k, v in seen.items())
            print(f"live, {name}: {told}", end="\n\n")
    if "memory" in results:
        grown = results["memory"]
        print(
            f"memory: {grown['resident, MB'][-1][1]:.0f} MB after {grown['frames']} frames, "
            f"{grown['growth, MB']:+.1f} MB since frame {SETTLED}"
        )


def _show_frame(result: dict[str, Any]) -> None:
    head = ("stage, ms a frame", "wall median", "wall p95", "cpu median", "cpu mean")
    rows = [
        (name, *(f"{value:.3f}" for value in values.values()))
        for name, values in result["stages, ms"].items()
    ]
    print(table(head, rows), end="\n\n")
    whole = [
        (name, f"{v['wall']:.2f}", f"{v['cpu']:.2f}")
        for name, v in result["whole frame, ms"].items()
        if name != "staged"
    ]
    print(table(("whole frame, ms", "wall", "cpu"), whole), end="\n\n")
    for hand, ratio in result["headless / bare"].items():
        quartiles = f"quartiles {ratio['quartile 1']:.3f} to {ratio['quartile 3']:.3f}"
        print(f"headless / bare, {hand}: {ratio['median']:.3f} ({quartiles}; required {RATIO})", end="\n\n")
    inference = result["stages, ms"]["inference"]["wall median"]
    for name, limit in LIMITS_MS.items():
        ours = result["stages, ms"][name]["wall median"]
        share, most = ours / inference, limit / INFERENCE_MS
        print(f"{name}: {ours:.2f} ms, {share:.1%} of inference (required {most:.1%})", end="\n\n")


def about(clip: Path) -> dict[str, str]:
    """Return what was measured, where and when."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "smile-coach": __version__,
        "mediapipe": version("mediapipe"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "busy": f"{os.getloadavg()[0]:.1f} processes" if hasattr(os, "getloadavg") else "unknown",
        "clip": clip.name,
    }


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("clip", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--exercise", type=click.Choice(tuple(BUILT_IN)), default="symmetry_drill", show_default=True)
@click.option("--parts", default=",".join(PARTS), show_default=True, help="What to measure.")
@click.option(
    "--blocks",
    type=click.IntRange(2),
    default=30,
    show_default=True,
    help=f"Number of turns of {BLOCK} frames.",
)
@click.option("--frames", "count", type=click.IntRange(500), default=20_000, show_default=True,
              help="Number of frames for the memory part.")  # fmt: skip
@click.option(
    "--starts",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="How often each command is started.",
)
@click.option(
    "--seconds", type=click.FloatRange(2), default=20, show_default=True, help="Seconds with a live window."
)
@click.option("--json", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write all figures.")
def main(
    clip: Path,
    exercise: str,
    parts: str,
    blocks: int,
    count: int,
    starts: int,
    seconds: float,
    out: Path | None,
) -> None:
    """Measure and print."""
    wanted = [part.strip() for part in parts.split(",")]
    if unknown := set(wanted) - set(PARTS):
        raise click.BadParameter(f"{', '.join(unknown)}: unknown; choose from {', '.join(PARTS)}")
    model = find_model("", default_cache_dir(), progress=True)
    results: dict[str, Any] = {"about": about(clip)}
    if "start" in wanted:
        results["start"] = startup(starts)
    if "analyze" in wanted:
        results["analyze"] = analyzing(clip, exercise, VideoFile(clip).duration_hint_s)
    if "live" in wanted:
        results["live"] = live(LIVE_FPS, seconds)
    if "frame" in wanted:
        results["frame"] = frames(clip, model, exercise, blocks)
    if "memory" in wanted:  # in a fresh process, whose memory no other part has used
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            results["memory"] = pool.submit(memory, clip, model, exercise, count).result()
    show(results)
    if out is not None:
        out.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
