"""Hours of sessions, one after another: how memory, threads, file descriptors and the history grow."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coach.session.session import Session
from coach.shell.app.devices import Devices
from coach.shell.app.loop import Loop
from coach.shell.capture.simulated_person import SimulatedPerson, load_person
from coach.shell.detection.landmarker import Landmarker
from coach.shell.model_file import default_cache_dir, find_model
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.plan_files import load_plan
from coach.shell.profile.toml_files import load_settings
from coach.shell.sound.voice import SilentVoice
from coach.shell.store.recorder import Recorder
from coach.shell.store.store import Store
from coach.shell.window.display import NoDisplay

Figures = dict[str, Any]


def soak(minutes: float = 60.0, fps: float = 30.0, size: tuple[int, int] = (640, 480)) -> Figures:
    """Lead sessions one after the other, as fast as possible, for `minutes` of session time.

    Returns
    -------
    Growth of memory after the first tenth (MB), most and fewest threads and file descriptors after it,
    size of the history (kB), frames, repetitions, and all samples.
    """
    settings, book = load_settings(None), load_phrase_book("en")
    samples: list[Figures] = []
    frames = repetitions = 0
    with (
        tempfile.TemporaryDirectory() as name,
        Store.open(Path(name)) as store,
        Landmarker(find_model("", default_cache_dir(), progress=False)) as landmarker,
    ):
        session_time, seed = 0.0, 0
        while session_time < minutes * 60:
            plan, exercises = load_plan("daily")
            source = SimulatedPerson(load_person(), fps=fps, size=size, seed=seed, realtime=False)
            session = Session(plan, exercises, book, settings, source="demo")
            key = store.begin_session(plan.name, "demo", datetime.now(tz=UTC))
            recorder = Recorder(store, key, None, [])
            loop = Loop(session, Devices(source, landmarker, NoDisplay(), SilentVoice(), book), recorder)
            loop.lead()
            frames += session.frames
            repetitions += sum(session.tally.reps.values())
            session_time, seed = session_time + loop.t, seed + 1
            samples.append({"session_s": round(session_time), **_resources(Path(name))})
            print(samples[-1], file=sys.stderr, flush=True)
    steady = samples[max(len(samples) // 10, 1) :] or samples
    return {
        "session_s": round(session_time), "sessions": seed, "frames": frames, "repetitions": repetitions,
        "memory_growth_mb": round(steady[-1]["memory_mb"] - steady[0]["memory_mb"], 1),
        "threads": sorted({sample["threads"] for sample in steady}),
        "descriptors": sorted({sample["descriptors"] for sample in steady}),
        "history_kb": samples[-1]["history_kb"], "samples": samples,
    }  # fmt: skip


def _resources(folder: Path) -> Figures:
    """Return what the process uses now; it reads /proc, so it needs Linux."""
    status = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    )
    return {
        "memory_mb": round(int(status["VmRSS"].split()[0]) / 1024, 1),
        "threads": int(status["Threads"]),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "history_kb": round(sum(path.stat().st_size for path in folder.iterdir()) / 1024),
    }
