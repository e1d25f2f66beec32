"""What the core's tests share: the exercises with the settings they ship with, and traces of one level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import entry_points
from typing import Any

from coach.exercise.rep_machine import step
from coach.exercise.repetition import Ended, Reached, RepSpec, RepState, Sample
from coach.shell.profile.toml_files import config_dir, read_toml

NAMES = ("cheek_raiser", "symmetry_drill", "combined", "jaw_release", "memory_anchor")


def load(name: str, **over: Any) -> Any:
    """Return an exercise with its own TOML file; `over` replaces keys of its `repetition` table."""
    kind = entry_points(group="coach.exercises")[name].load()
    data = read_toml(config_dir() / "exercises" / f"{name}.toml")
    data["repetition"].update(over)
    return kind(kind.spec_type.model_validate(data))


def spec(**over: float) -> RepSpec:
    """Return the cheek raiser's way to judge a repetition, some keys replaced."""
    values: dict[str, float] = {
        "hold_s": 3.0, "enter": 0.28, "noise_gate": 4.0, "half": 0.5, "leave": 0.5, "rest": 0.25,
        "dwell_s": 0.2, "grace_s": 0.3, "rest_dwell_s": 0.15, "least_s": 0.6, "drift_s": 4.0,
    }  # fmt: skip
    return RepSpec(**(values | over))


def line(points: Sequence[tuple[float, float]], times: Iterable[float]) -> list[Sample]:
    """Return samples at `times` of a level that moves along straight lines between `points`."""
    import numpy as np

    at, levels = zip(*points, strict=True)
    moments = list(times)
    return [Sample(t, float(level)) for t, level in zip(moments, np.interp(moments, at, levels), strict=True)]


def clock(duration_s: float, dt: float = 1 / 30, jitter: Sequence[float] = ()) -> list[float]:
    """Return frame times; `jitter` (each -0.5..0.5 of an interval) is repeated as often as needed."""
    count = round(duration_s / dt)
    shifts = jitter or (0.0,)
    return [(number + shifts[number % len(shifts)]) * dt for number in range(count)]


def run(
    samples: Iterable[Sample], rules: RepSpec, noise: float = 0.01
) -> tuple[RepState, list[tuple[float, Reached | Ended]]]:
    """Return the last state and everything that happened, with the time of its frame."""
    state, happened = RepState(), list[tuple[float, Reached | Ended]]()
    for sample in samples:
        state, result = step(state, sample, rules, noise)
        if result is not None:
            happened.append((sample.t, result))
    return state, happened


def reached(happened: Iterable[tuple[float, Reached | Ended]]) -> list[tuple[float, Reached]]:
    """Return only the repetitions."""
    return [(t, result) for t, result in happened if isinstance(result, Reached)]
