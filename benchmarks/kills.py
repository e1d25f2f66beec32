"""Kills at random moments in every command that writes, and what is lost or left behind.

`python benchmarks/kills.py [COMMAND ...] [--kills N]` takes about ten minutes for ten kills of each.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from simulated_year import fill

from coach.session.memories import Memories, Memory
from coach.shell.model_file import default_cache_dir
from coach.shell.profile.memories_file import save_memories
from coach.shell.store.database import NAME, open_for_writing
from coach.shell.store.migrations import MIGRATIONS
from coach.shell.store.store import Store
from coach.shell.system.private_file import LEFT_BEHIND, NAMELESS, STALE_S

WORDS = "grandmother's orchard"
LED = ("--source", "demo", "--no-window", "--no-voice", "--speed", "max")
COMMANDS: dict[str, tuple[str, ...]] = {
    "session": ("session", "--plan", "cheek_raiser", *LED),
    "check-in": ("check-in", "--keep-photos", *LED),
    "calibrate": ("calibrate", *LED),
    "export": ("export", "OUT/export.json"),
    "page": ("progress", "--html", "--words"),
    "forget memory": ("forget", "memory", "1", "--yes"),
    "forget everything": ("forget", "everything", "--yes"),
    "migration": ("memories", "remove", "2"),  # any command that opens the history for writing
}


def person(folder: Path, *, migrations: int = len(MIGRATIONS)) -> int:
    """Fill a data folder with half a year and two memories; return how many repetitions are in it."""
    connection, _ = open_for_writing(folder, date(2026, 1, 1), MIGRATIONS[:migrations])
    with Store(folder, connection, "", read_only=False, clock=lambda: datetime.now().astimezone()) as store:
        fill(store, sessions=150, check_ins=12)
    save_memories(folder, Memories().add(Memory("m1", WORDS)).add(Memory("m2", "the lake")))
    return repetitions(folder)


def repetitions(folder: Path) -> int:
    """Return how many are in the history; -1 where it is damaged, 0 where there is none."""
    if not (folder / NAME).exists():
        return 0
    with contextlib.closing(sqlite3.connect(folder / NAME)) as history:
        if history.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            return -1
        return int(history.execute("SELECT count(*) FROM repetitions").fetchone()[0])


def coach(place: Path, *words: str) -> subprocess.Popen[str]:
    """Start the program with a home of its own."""
    told = [word.replace("OUT", str(place / "out")) for word in words]
    return subprocess.Popen(
        [sys.executable, "-m", "coach", *told, "--data-dir", str(place / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"XDG_CACHE_HOME": str(place / "cache"), "XDG_CONFIG_HOME": str(place / "config")},
    )


def killed(name: str, before: Path, count: int, after_s: float) -> list[str]:
    """Kill one person's command; return what is wrong then, nothing where all is well."""
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(before, place, dirs_exist_ok=True)
        child = coach(place, *COMMANDS[name])
        time.sleep(after_s)
        child.kill()
        child.communicate()
        for path in place.rglob("*"):  # the next start is tomorrow
            if path.is_file():
                os.utime(path, (time.time() - 2 * STALE_S,) * 2)
        half = [path for path in (place / "out").glob("*") if not LEFT_BEHIND.fullmatch(path.name)]
        wrong += [f"half-written {path.name}" for path in half if not path.read_text().endswith("}\n")]
        again = coach(place, "memories", "add", "again")
        said, _ = again.communicate(timeout=120)
        if again.returncode or "Traceback" in said or len(said.splitlines()) != 1:
            wrong.append(f"the next start: {said.strip()!r}")
        ours = (place / "data").rglob(".*"), (place / "out").glob(".*") if NAMELESS else ()
        left = [path.name for path in chain(*ours) if LEFT_BEHIND.fullmatch(path.name)]
        wrong += [f"left behind: {path}" for path in left]
        kept = repetitions(place / "data")
        allowed = {0, count} if name == "forget everything" else {count}
        if kept not in allowed and not (name == "session" and kept > count):
            wrong.append(f"{kept} of {count} repetitions")
    return wrong


def main() -> None:
    """Kill the commands and print what was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help=", ".join(COMMANDS))
    parser.add_argument("--kills", type=int, default=10, help="how many of each")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.commands or COMMANDS:
            before = Path(folder) / name
            (before / "out").mkdir(parents=True)
            shutil.copytree(
                default_cache_dir(), before / "cache" / "smile-coach", ignore=shutil.ignore_patterns("sounds")
            )
            count = person(before / "data", migrations=len(MIGRATIONS) - (name == "migration"))
            with tempfile.TemporaryDirectory() as trial:
                shutil.copytree(before, trial, dirs_exist_ok=True)
                begun = time.perf_counter()
                said, _ = coach(Path(trial), *COMMANDS[name]).communicate()
                whole_s = time.perf_counter() - begun
            wrong = []
            for _ in range(asked.kills):
                wrong += killed(name, before, count, chance.uniform(0.2, 1.0) * whole_s)
            lines = said.strip().splitlines() or [""]
            print(
                f"{name:18} {whole_s:6.1f} s  {asked.kills} kills, wrong: {wrong or 'nothing'}  ({lines[-1]})"
            )


if __name__ == "__main__":
    main()
