"""A made-up person's year of training, the same every time: 300 sessions and 26 check-ins."""

from datetime import UTC, datetime, timedelta

import numpy as np

from coach import events
from coach.shell.store.store import Store
from coach.types import Bilateral

FIRST = datetime(2025, 3, 1, 7, 0, tzinfo=UTC)
LAST_DAY = (FIRST + timedelta(days=364)).date()
NOISE = 2.0  # SEM of every score
MOUTH_GAIN = 14.0  # the mouth's score changes for real, the cheek's does not
REASONS: tuple[events.Reason, ...] = ("too_short", "mouth_moved", "lids_only", "asymmetric", "head_turned")


def fill(store: Store, sessions: int = 300, check_ins: int = 26, seed: int = 7) -> None:
    """Write the year into a store: holds stay as they are, evenness and recall get better."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.choice(365, size=sessions, replace=False)) if sessions < 365 else np.arange(365)
    for day in days:
        session(store, FIRST + timedelta(days=int(day)), day / 365, rng)
    for n in range(check_ins):
        done = n / max(check_ins - 1, 1)
        mouth = 55 + MOUTH_GAIN * done + rng.normal(0, NOISE)
        scores = {"mouth": mouth, "cheek": 48 + rng.normal(0, NOISE)}
        at = FIRST + timedelta(days=14 * n, hours=1)
        store.add_check_in(at, scores, sem={"mouth": 0.8 * NOISE, "cheek": 0.8 * NOISE}, source="webcam:0")


def session(store: Store, at: datetime, done: float, rng: np.random.Generator) -> None:
    """Write one session; `done`: how much of the year has gone, 0..1."""
    key = store.begin_session("daily", "webcam:0", at, model="6418")
    t = 0.0
    for index in range(1, 6):
        t += 9.0
        hold_s = 5.3 + abs(rng.normal(0, 0.3))
        store.record(key, events.Rep(t=t, exercise="cheek_raiser", index=index, start=t - 5.0, hold_s=5.0))
        store.record(
            key,
            events.Released(t=t + 1, exercise="cheek_raiser", index=index, whole_hold_s=hold_s, end=t + 1),
        )
    for _ in range(rng.poisson(3 - 2 * done)):
        t += 3.0
        reason = REASONS[rng.integers(len(REASONS))]
        attempt = events.Attempt(t=t, exercise="cheek_raiser", start=t - 2, end=t, hold_s=1.5, reason=reason)
        store.record(key, attempt)
    for index in range(1, 4):
        t += 8.0
        evenness = float(np.clip(0.62 + 0.22 * done + rng.normal(0, 0.03), 0, 1))
        smile = events.Smile(
            t=t,
            exercise="symmetry_drill",
            start=t - 3,
            weaker_side="left" if evenness < 0.8 else "even",
            symmetry=evenness,
            first_side="right",
            lag_s=abs(float(rng.normal(0.1, 0.03))),
            excursion_mm=Bilateral(9.0 * evenness, 9.0),
        )
        store.record(key, smile)
        rep = events.Rep(t=t, exercise="symmetry_drill", index=index, start=t - 3, hold_s=3.0)
        store.record(key, rep)
    for index in (1, 2):
        t += 6.0
        latency_s = float(rng.gamma(4, 0.6) * (1.3 - 0.6 * done))
        recall = events.Recall(
            t=t,
            exercise="memory_anchor",
            index=index,
            cue_t=t,
            onset_t=t + latency_s if latency_s < 8 else None,
            latency_s=latency_s if latency_s < 8 else None,
            in_time=latency_s <= 5,
            eye_engaged=bool(rng.random() < 0.7),
        )
        store.record(key, recall, memory=f"m{index}")
        if recall.in_time and recall.eye_engaged:
            rep = events.Rep(t=t, exercise="memory_anchor", index=index, start=t, hold_s=1.0)
            store.record(key, rep)
    end = events.SessionEnd(
        t=t, reps={}, attempts={}, duration_s=t, frames=int(30 * t), fps=30.0, reason="finished"
    )
    store.record(key, end)
