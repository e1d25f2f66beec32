"""How long commands take to start: to a line of help, and to the first processed frame."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

COMMAND = (sys.executable, "-m", "coach")
FIRST_FRAME = ("demo", "--no-window", "--no-voice", "--speed", "max", "--events", "-", "--data-dir")
IMPORT_LINE = re.compile(r"^import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)$")
LISTED = 8


def startup(times: int) -> dict[str, Any]:
    """Return median seconds of `times` warm starts, and what the imports take."""
    return {
        "python alone, s": median(_run(sys.executable, "-c", "pass") for _ in range(times)),
        "--help, s": _warm(times, "--help"),
        "--version, s": _warm(times, "--version"),
        "first processed frame, s": median(_first_frame() for _ in range(times + 1)),
        "imports for --help, ms": _imports(_importing("--help")),
        "imports to the first frame, ms": _imports(_first_frame_imports()),
    }


def analyzing(clip: Path, exercise: str, duration_s: float) -> dict[str, float]:
    """Return how fast `analyze` goes through a recording."""
    before = os.times()
    with TemporaryDirectory() as home:
        wall = _run(*COMMAND, "analyze", str(clip), "--exercise", exercise, "--data-dir", home)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    speed = duration_s / wall
    return {"recording, s": duration_s, "wall, s": wall, "cpu, s": spent, "times real time": speed}


def _warm(times: int, *arguments: str) -> float:
    _run(*COMMAND, *arguments)
    return median(_run(*COMMAND, *arguments) for _ in range(times))


def _run(*command: str) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def _first_frame() -> float:
    """Return the seconds from the command to the event of its first processed frame."""
    begun = time.perf_counter()
    with TemporaryDirectory() as home, _started(*COMMAND, *FIRST_FRAME, home) as process:
        assert process.stdout is not None
        process.stdout.readline()
        taken = time.perf_counter() - begun
        process.kill()
    return taken


def _started(*command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def _importing(*arguments: str) -> str:
    command = (sys.executable, "-X", "importtime", "-m", "coach", *arguments)
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def _first_frame_imports() -> str:
    with TemporaryDirectory() as home:
        log = Path(home) / "imports.txt"
        with log.open("w") as errors:
            command = (sys.executable, "-X", "importtime", "-m", "coach", *FIRST_FRAME, home)
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
            assert process.stdout is not None
            process.stdout.readline()
            process.kill()
            process.wait()
            process.stdout.close()
        return log.read_text()


def _imports(text: str) -> dict[str, float]:
    """Return the packages whose own modules take longest to import, ms, and the sum of all."""
    spent: dict[str, float] = defaultdict(float)
    for line in text.splitlines():
        found = IMPORT_LINE.match(line)
        if found:
            spent[found[4].partition(".")[0]] += int(found[1]) / 1000
    longest = sorted(spent, key=lambda name: -spent[name])[:LISTED]
    return {"all": sum(spent.values())} | {name: spent[name] for name in longest}
