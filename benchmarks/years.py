"""What a long history costs: start, `progress` and its page after ten years of daily sessions, and after one.

`python benchmarks/years.py` writes both histories with the store itself and starts each command in turns, so
that anything else the machine does affects both equally, and keeps the least: other work only adds.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from measuring.table import table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from simulated_year import session

from coach.shell.store.store import Store

LIMIT = 1.5  # a long history may cost this many times what one year costs
FORTNIGHT = 14
MEASURES = ("smile", "mouth_curve", "cheek_lift", "eye_squint", "symmetry")


def write_history(folder: Path, years: int) -> None:
    """Write daily sessions and a check-in a fortnight, up to yesterday."""
    rng = np.random.default_rng(years)
    days = 365 * years
    begun = datetime.now(UTC).replace(hour=7) - timedelta(days=days)
    with Store.open(folder) as store:
        for day in range(days):
            session(store, begun + timedelta(days=day), day / days, rng)
            if day % FORTNIGHT == 0:
                scores = {name: float(rng.normal(50 + 10 * day / days, 2)) for name in MEASURES}
                at = begun + timedelta(days=day, hours=1)
                store.add_check_in(at, scores, sem=dict.fromkeys(MEASURES, 1.5), source="webcam:0")


def cpu_to_the_end(command: Sequence[str]) -> float:
    """Return the processor seconds of a command."""
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def cpu_to_the_first_event(command: Sequence[str]) -> float:
    """Return the processor seconds of a session until its first event, which follows its first frame."""
    before = os.times()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--years", type=click.IntRange(2), default=10, show_default=True, help="The long history.")
@click.option("--times", type=click.IntRange(1), default=5, show_default=True, help="Starts of each command.")
def main(years: int, times: int) -> None:
    """Measure and print."""
    coach = (sys.executable, "-m", "coach")
    demo = ("demo", "--no-window", "--no-voice", "--speed", "max", "--events", "-")
    with TemporaryDirectory() as name:
        homes = {1: Path(name) / "one", years: Path(name) / "many"}
        for count, home in homes.items():
            write_history(home, count)
        rows = []
        page = str(Path(name) / "page.html")
        for what, measure, arguments in (
            ("start of a session", cpu_to_the_first_event, demo),
            ("progress", cpu_to_the_end, ("progress",)),
            ("progress --html", cpu_to_the_end, ("progress", "--html", page, "--force")),
        ):
            spent: dict[int, list[float]] = {count: [] for count in homes}
            for _ in range(times):
                for count, home in homes.items():
                    spent[count].append(measure((*coach, *arguments, "--data-dir", str(home))))
            one, many = (min(spent[count]) for count in homes)
            rows.append((what, f"{one:.2f}", f"{many:.2f}", f"{many / one:.2f}"))
    head = ("processor seconds", "1 year", f"{years} years", f"ratio, {LIMIT:g} at most")
    print(table(head, rows))


if __name__ == "__main__":
    main()
