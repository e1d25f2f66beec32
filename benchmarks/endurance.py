"""What a session survives, in figures: kills, long runs, a hanging voice, a lost camera, an impatient Ctrl-C.

`python benchmarks/endurance.py` runs everything (a good hour, most of it the soak); `kills`, `voice`,
`camera`, `exits` or `soak` runs one part alone. `--json FILE` keeps the figures.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from soak import Figures, soak

from coach.coaching.cues import Cue, CueKind
from coach.settings import CameraSettings
from coach.shell.capture.source import Signal
from coach.shell.capture.webcam import Webcam
from coach.shell.sound.engine import SpeechRequest
from coach.shell.sound.player import WatchedPlayer
from coach.shell.sound.speech import Renderer, SpokenVoice
from coach.shell.store.event_log import read_events
from coach.shell.testing.faults import FaultyOutput
from coach.types import Frame

# Writes repetitions as a session does, and reports each one written, until it is killed.
WRITER = """
import sys, time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from coach.events import Rep
from coach.shell.store.event_log import EventLog
from coach.shell.store.recorder import Recorder
from coach.shell.store.store import Store
folder = Path(sys.argv[1])
store = Store.open(folder)
session = store.begin_session("daily", "demo", datetime.now(tz=UTC))
recorder = Recorder(store, session, EventLog(folder / "events.jsonl"), [])
n = 0
while True:
    n += 1
    begun = time.perf_counter()
    recorder.take((Rep(t=float(n), exercise="cheek_raiser", index=n, start=n - 0.5, hold_s=0.5),))
    sys.stdout.write(f"{time.perf_counter() - begun}\\n")
    sys.stdout.flush()
"""


def kills(count: int = 100, sessions: int = 5, seed: int = 0) -> Figures:
    """Kill a writer `count` times and whole sessions `sessions` times, at random moments.

    Returns
    -------
    How many repetitions were acknowledged, and how many of them in whole sessions; how many were lost, how
    many databases were damaged, and how long a repetition took to reach the disk, ms.
    """
    chance = random.Random(seed)
    lost = damaged = total = in_sessions = 0
    times: list[float] = []
    for _ in range(count):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-c", WRITER, folder]
            writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.05))
            writer.kill()
            lines = [first, *writer.stdout.read().splitlines(keepends=True)]
            writer.wait()
            done = [float(line) for line in lines if line.endswith("\n")]
            times += done
            kept, whole = _kept(Path(folder))
            total += len(done)
            lost += max(len(done) - kept, 0)
            damaged += not whole
    for _ in range(sessions):
        with tempfile.TemporaryDirectory() as name:
            log = Path(name) / "events.jsonl"
            child = _demo(log, "--no-window", "--no-voice", "--speed", "max", plan="cheeks-30")
            _until(partial(_has_reps, log, chance.randint(3, 10)))
            time.sleep(chance.uniform(0.0, 1.0))
            child.kill()
            child.wait()
            kept, whole = _kept(Path(name))
            in_sessions += _reps(log)
            lost += max(_reps(log) - kept, 0)
            damaged += not whole
    return {"kills": count + sessions, "repetitions": total + in_sessions, "in_sessions": in_sessions,
            "lost": lost, "damaged": damaged,
            "write_ms_median": round(float(np.median(times)) * 1000, 3),
            "write_ms_p999": round(float(np.percentile(times, 99.9)) * 1000, 2),
            "write_ms_longest": round(max(times) * 1000, 1)}  # fmt: skip


def voice(cues: int = 500) -> Figures:
    """Say cues to a sound output that never returns; return the longest delay, ms."""
    output = FaultyOutput("hangs")
    with tempfile.TemporaryDirectory() as name:
        request = SpeechRequest("system", "en", "", 165)
        renderer = Renderer([request], Path(name), command=(sys.executable, "-c", "while True: pass"))
        with wave.open(str(renderer.path("Hold")), "wb") as file:
            file.setparams((1, 2, 22050, 0, "NONE", ""))
            file.writeframes(bytes(22050))
        spoken = SpokenVoice(renderer, WatchedPlayer([output], grace_s=0.2))
        delays = []
        for n in range(cues):
            text = "Hold" if n % 2 else f"a cue that nobody renders {n}"
            begun = time.perf_counter()
            spoken.say(Cue(0.0, CueKind.HOLD, "hold", text=text))
            delays.append(time.perf_counter() - begun)
            time.sleep(0.002)
        problem = spoken.problem
        output.release()
        begun = time.perf_counter()
        spoken.close()
        closing = time.perf_counter() - begun
    return {"cues": cues, "longest_delay_ms": round(max(delays) * 1000, 2),
            "median_delay_ms": round(float(np.median(delays)) * 1000, 3),
            "closing_s": round(closing, 2), "said_so": bool(problem)}  # fmt: skip


class Camera:
    """A camera for `Webcam` with 30 frames a second that can be unplugged, stuck or frozen."""

    def __init__(self) -> None:
        self.fault = ""
        self._noise = np.random.default_rng(0)
        self._picture = np.zeros((48, 64, 3), np.uint8)
        self.back = threading.Event()

    def open(self, settings: CameraSettings) -> Camera | None:
        """Open, unless it is unplugged."""
        del settings
        return None if self.fault == "unplugged" else self

    def grab(self) -> bool:
        """Wait for the next picture."""
        time.sleep(1 / 30)
        if self.fault == "stuck":
            self.back.wait()
        return self.fault != "unplugged"

    def retrieve(self) -> tuple[bool, Any]:
        """Return the picture, a new one unless frozen."""
        if self.fault != "frozen":
            self._picture = self._noise.integers(0, 256, (48, 64, 3), dtype=np.uint8)
        return True, self._picture

    def release(self) -> None:
        """Do nothing."""


def camera(faults: tuple[str, ...] = ("unplugged", "stuck", "frozen"), away_s: float = 9.0) -> Figures:
    """Take the camera away and give it back; return how soon each was noticed, seconds."""
    figures: Figures = {}
    for fault in faults:
        device = Camera()
        webcam = Webcam(
            CameraSettings(index=0, width=640, height=480, fps=30.0), opener=device.open, open_here=False
        )
        _until(partial(_sees, webcam))
        device.fault, begun = fault, time.perf_counter()
        _until(partial(_lost, webcam))
        figures[f"{fault}_noticed_s"] = round(time.perf_counter() - begun, 2)
        while time.perf_counter() - begun < away_s:
            webcam.read()
        device.fault, begun = "", time.perf_counter()
        device.back.set()
        _until(partial(_sees, webcam))
        figures[f"{fault}_recovered_s"] = round(time.perf_counter() - begun, 2)
        webcam.close()
    return figures


def exits(count: int = 5) -> Figures:
    """Press Ctrl-C during sessions; return the longest time until the process was gone, seconds."""
    times, ends = [], []
    for n in range(count):
        with tempfile.TemporaryDirectory() as name:
            log = Path(name) / "events.jsonl"
            child = _demo(log, "--no-window", "--speed", "real")
            _until(partial(_spoken, log))
            time.sleep(0.5 + n * 0.3)
            begun = time.perf_counter()
            child.send_signal(signal.SIGINT)
            status = child.wait()
            times.append(time.perf_counter() - begun)
            ends.append(status == 130 and read_events(log)[-1]["type"] == "session_end")
    return {"exits": count, "longest_s": round(max(times), 2), "in_order": all(ends)}


def _demo(log: Path, *options: str, plan: str = "cheek_raiser") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "coach", "demo", "--plan", plan, "--events", str(log)]
    return subprocess.Popen(
        [*command, "--data-dir", str(log.parent), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # a shell makes its background processes ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )


def _sees(webcam: Webcam) -> bool:
    return isinstance(webcam.read(), Frame)


def _lost(webcam: Webcam) -> bool:
    return webcam.read() is Signal.LOST


def _spoken(log: Path) -> bool:
    return log.exists() and b'"cue"' in log.read_bytes()


def _reps(log: Path) -> int:
    return sum(event["type"] == "rep" for event in read_events(log)) if log.exists() else 0


def _has_reps(log: Path, count: int) -> bool:
    return _reps(log) >= count


def _kept(folder: Path) -> tuple[int, bool]:
    """Return how many repetitions the history holds, and whether it is whole."""
    with contextlib.closing(sqlite3.connect(folder / "history.sqlite3")) as history:
        whole = history.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(history.execute("SELECT count(*) FROM repetitions").fetchone()[0]), whole


def _until(condition: Callable[[], object]) -> None:
    for _ in range(60_000):
        if condition():
            return
        time.sleep(0.002)
    raise TimeoutError("it never came about")


PARTS: dict[str, Callable[[], Figures]] = {
    "kills": kills, "voice": voice, "camera": camera, "exits": exits, "soak": soak,
}  # fmt: skip


def main() -> None:
    """Run the requested parts and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--kills", type=int, default=100, help="how many writers are killed")
    parser.add_argument("--minutes", type=float, default=60.0, help="session time of the soak")
    parser.add_argument("--fps", type=float, default=30.0, help="frame rate of the soak")
    parser.add_argument("--json", type=Path, help="write the figures there")
    asked = parser.parse_args()
    unknown = set(asked.parts) - PARTS.keys()
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: unknown; choose from {', '.join(PARTS)}")
    figures: Figures = {}
    for part in asked.parts or PARTS:
        if part == "soak":
            figures[part] = soak(asked.minutes, asked.fps)
        else:
            figures[part] = kills(asked.kills) if part == "kills" else PARTS[part]()
        for name, value in figures[part].items():
            if name != "samples":
                print(f"{part:8} {name:24} {value}", flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
