"""One clip's events against its truth: repetitions matched one to one, times compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TRIES = ("cheek_raise", "squint_only", "eye_closure", "smile", "combined", "jaw_open_hold")
HOLD_S = {"cheek_raiser": 3.0, "symmetry_drill": 5.0, "combined": 5.0}
AFTER_S = 1.5  # an event may come this long after its movement has ended
WEAK = 0.85  # a side this much weaker (15 %) must be found
LATE_MS = 150.0  # a side this late must be found

Row = Mapping[str, Any]


@dataclass
class Score:
    """What one clip gave. Errors in seconds; `exact`: every repetition right and none false."""

    exercise: str
    hits: int = 0
    missed: int = 0
    false: int = 0
    cue_errors: list[float] = field(default_factory=list)
    hold_errors: list[float] = field(default_factory=list)
    weaker: list[bool] = field(default_factory=list)
    symmetry_errors: list[float] = field(default_factory=list)
    first: list[bool] = field(default_factory=list)
    lag_errors: list[float] = field(default_factory=list)
    circles: list[bool] = field(default_factory=list)
    stray_circles: int = 0
    latency_errors: list[float] = field(default_factory=list)
    engaged: list[bool] = field(default_factory=list)
    onsets: list[bool] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def exact(self) -> bool:
        """Whether the whole set is right."""
        return not (self.missed or self.false or self.stray_circles) and all(
            (*self.circles, *self.engaged, *self.onsets)
        )


def score(exercise: str, truth: Mapping[str, Any], events: Sequence[Row]) -> Score:
    """Compare one clip's event log with its truth."""
    result = Score(exercise)
    tries = [row for row in truth["events"] if row["type"] in TRIES]
    if truth["script"] == "distractors":
        tries = []
    _repetitions(result, tries, events)
    _smiles(result, tries, events)
    if exercise == "jaw_release":
        _circles(result, truth, events)
    if exercise == "memory_anchor":
        _recalls(result, truth, events)
    return result


def _repetitions(result: Score, tries: Sequence[Row], events: Sequence[Row]) -> None:
    reps = [row for row in events if row["type"] == "rep"]
    released = {row["index"]: row for row in events if row["type"] == "released"}
    if result.exercise == "memory_anchor":
        return
    taken: set[int] = set()
    for rep in reps:
        home = next(
            (n for n, row in enumerate(tries) if row["start"] <= rep["t"] <= row["end"] + AFTER_S), None
        )
        if home is None or home in taken or tries[home]["counts"] is False:
            result.false += 1
            kind = "nothing" if home is None else tries[home].get("kind")
            result.problems.append(f"false rep at {rep['t']:.2f} ({kind})")
            continue
        taken.add(home)
        row = tries[home]
        if row["counts"] is None:
            continue
        result.hits += 1
        if result.exercise in HOLD_S:
            begun = row.get("corrected_at") or (row["start"] + row["full"]) / 2
            result.cue_errors.append(rep["t"] - begun - HOLD_S[result.exercise])
        if rep["index"] in released and "corrected_at" not in row:
            result.hold_errors.append(released[rep["index"]]["hold_s"] - row["half_s"])
    for n, row in enumerate(tries):
        if row["counts"] and n not in taken:
            result.missed += 1
            result.problems.append(f"missed {row.get('kind')} at {row['start']:.2f}")


def _smiles(result: Score, tries: Sequence[Row], events: Sequence[Row]) -> None:
    smiles = [row for row in events if row["type"] == "smile"]
    for row in tries:
        ratio = row.get("symmetry_ratio")
        if ratio is None or result.exercise not in ("symmetry_drill", "combined") or row.get("smile", 1) < 0.1:
            continue
        smile = next((s for s in smiles if row["start"] - 0.5 <= s["start"] <= row["end"]), None)
        if smile is None:
            if ratio <= WEAK:
                result.weaker.append(False)
                result.problems.append(f"no smile event for {row['start']:.2f}")
            continue
        result.symmetry_errors.append(smile["symmetry"] - ratio)
        if ratio <= WEAK:
            side = {"L": "left", "R": "right"}[row["weaker_side"]]
            result.weaker.append(smile["weaker_side"] == side)
            if smile["weaker_side"] != side:
                result.problems.append(f"weaker side at {row['start']:.2f}: {smile['weaker_side']}, is {side}")
        if row.get("lag_ms", 0) >= LATE_MS:
            late = {"L": "left", "R": "right"}[row["late_side"]]
            right = smile["first_side"] not in (late, "even")
            result.first.append(right)
            if not right:
                result.problems.append(f"first side at {row['start']:.2f}: {smile['first_side']}, late is {late}")
            result.lag_errors.append(smile["lag_s"] - row["lag_ms"] / 1000)


def _circles(result: Score, truth: Mapping[str, Any], events: Sequence[Row]) -> None:
    found = [row for row in events if row["type"] == "jaw_circle"]
    used = 0
    for row in truth["events"]:
        if row["type"] != "jaw_circles":
            continue
        inside = [c for c in found if row["start"] <= c["t"] <= row["end"] + 1.0]
        right = [c for c in inside if c["direction"] == row["direction_mirror_display"]]
        result.circles.append(len(right) == row["n"] and len(inside) == row["n"])
        if not result.circles[-1]:
            result.problems.append(
                f"circles at {row['start']:.2f}: {len(right)} right of {len(inside)}, are {row['n']}"
            )
        used += len(inside)
    result.stray_circles = len(found) - used


def _recalls(result: Score, truth: Mapping[str, Any], events: Sequence[Row]) -> None:
    recalls = [row for row in events if row["type"] == "recall"]
    trials = [row for row in truth["events"] if row["type"] == "memory_trial"]
    for row in trials:
        recall = next((r for r in recalls if abs(r["cue_t"] - row["cue"]) < 0.1), None)
        smiled = row["latency_s"] is not None
        ok = recall is not None and (recall["onset_t"] is not None) == smiled
        result.onsets.append(ok)
        if not ok or recall is None:
            result.problems.append(f"recall at {row['cue']:.2f} ({row['kind']}): {recall}")
            continue
        if smiled:
            result.latency_errors.append(recall["latency_s"] - row["latency_s"])
            result.engaged.append(recall["eye_engaged"] == (row["kind"] == "genuine"))
            if not result.engaged[-1]:
                result.problems.append(f"eyes at {row['cue']:.2f}: {recall['eye_engaged']}, is {row['kind']}")
            result.hits += 1
    result.false += max(0, len(recalls) - len(trials))
