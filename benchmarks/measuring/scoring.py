"""One clip's events against its truth: repetitions matched one to one, times compared."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

TRIES = ("cheek_raise", "squint_only", "eye_closure", "smile", "combined", "jaw_open_hold")
HOLD_S = {"cheek_raiser": 3.0, "symmetry_drill": 5.0, "combined": 5.0}
AFTER_S = 1.5  # an event may come this long after its movement has ended
BEFORE_S = 0.5  # an onset may be put this much before the true one
LEAST_SMILE = 0.1  # a smaller movement is not a smile
WEAK = 0.85  # a side this much weaker (15 %) must be found
LATE_MS = 150.0  # a side this late must be found
CUE_OFF_S, HOLD_OFF_S = 0.20, 0.25  # required of 95 in 100; anything beyond gets a line
BREATH_AFTER_S = 3.0  # a breath is over once the next movement has settled
SIDES = {"L": "left", "R": "right"}
OTHER = {"L": "R", "R": "L", "clockwise": "counterclockwise", "counterclockwise": "clockwise"}
# The right reason for an attempt, by the truth's kind; other kinds have no single right reason.
REASONS = {
    "short": "too_short",
    "cheat_smile": "mouth_moved",
    "mouth_only": "eyes_uninvolved",
    "cheek_only": "mouth_uninvolved",
    "weak": "asymmetric",
    "snap": "snapped_shut",
}

Row = Mapping[str, Any]


@dataclass
class Score:
    """The results of one clip, or of several added up.

    `hits`, `missed`, `false`: repetitions. `cue_errors`, `hold_errors`, `lag_errors`, `latency_errors`:
    seconds, measured minus true; `symmetry_errors`: likewise, weaker over stronger side. Lists of bool
    say for each item of the truth whether it was found correctly: `weaker` and `first` side, `circles` (one
    for each direction), `onsets` (a smile after a cue, or none), `engaged` (eyes), `breaths` (in, out),
    `reasons` (of attempts). `problems`: one line each.
    """

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
    breaths: list[bool] = field(default_factory=list)
    reasons: list[bool] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def exact(self) -> bool:
        """Whether everything in the set is right."""
        return not (self.missed or self.false or self.stray_circles) and all(
            (*self.circles, *self.engaged, *self.onsets)
        )


def total(exercise: str, scores: Iterable[Score]) -> Score:
    """Add up the scores of several clips."""
    whole = Score(exercise)
    for one in scores:
        for part in fields(Score)[1:]:
            setattr(whole, part.name, getattr(whole, part.name) + getattr(one, part.name))
    return whole


def mirrored(truth: Mapping[str, Any]) -> dict[str, Any]:
    """Return the truth of the same clip seen in a mirror: sides and circle directions are swapped."""
    changed = copy.deepcopy(dict(truth))
    for row in changed["events"]:
        for key in ("weaker_side", "late_side", "direction_mirror_display"):
            if row.get(key) is not None:
                row[key] = OTHER[row[key]]
    return changed


def cues(truth: Mapping[str, Any]) -> tuple[float, ...]:
    """Return when memories were cued, seconds."""
    return tuple(row["cue"] for row in truth["events"] if "cue" in row)


def score(exercise: str, truth: Mapping[str, Any], events: Sequence[Row]) -> Score:
    """Compare one clip's event log with its truth."""
    result = Score(exercise)
    tries = [row for row in truth["events"] if row["type"] in TRIES]
    if truth["script"] == "distractors":
        tries = []
    _repetitions(result, tries, events)
    _reasons(result, tries, events)
    _smiles(result, tries, events)
    if exercise == "jaw_release":
        _circles(result, truth, events)
        _breaths(result, truth, events)
    if exercise == "memory_anchor":
        _recalls(result, truth, events)
    return result


def _repetitions(result: Score, tries: Sequence[Row], events: Sequence[Row]) -> None:
    """Match repetitions with movements one to one, and compare their times."""
    if result.exercise == "memory_anchor":
        return
    released = {row["index"]: row for row in events if row["type"] == "released"}
    taken: set[int] = set()
    for rep in (row for row in events if row["type"] == "rep"):
        home = next(
            (n for n, row in enumerate(tries) if row["start"] <= rep["t"] <= row["end"] + AFTER_S), None
        )
        if home is None or home in taken or tries[home]["counts"] is False:
            result.false += 1
            kind = "nothing there" if home is None else tries[home].get("kind")
            result.problems.append(f"false rep at {rep['t']:.2f} ({kind})")
            continue
        taken.add(home)
        if tries[home]["counts"]:
            result.hits += 1
            _times(result, tries[home], rep, released.get(rep["index"]))
    for n, row in enumerate(tries):
        if row["counts"] and n not in taken:
            result.missed += 1
            said = _attempt(row, events)
            reason = "no attempt" if said is None else said["reason"]
            result.problems.append(f"missed {row.get('kind')} at {row['start']:.2f} ({reason})")


def _times(result: Score, row: Row, rep: Row, released: Row | None) -> None:
    """Compare the time of the release cue and the length of the hold with the truth."""
    if result.exercise in HOLD_S:
        begun = row.get("corrected_at") or (row["start"] + row["full"]) / 2
        off = rep["t"] - begun - HOLD_S[result.exercise]
        result.cue_errors.append(off)
        if abs(off) > CUE_OFF_S:
            result.problems.append(f"cue {off:+.2f} s for {row.get('kind')} at {row['start']:.2f}")
    if released is not None and "corrected_at" not in row:
        off = released["hold_s"] - row["half_s"]
        result.hold_errors.append(off)
        if abs(off) > HOLD_OFF_S:
            result.problems.append(f"hold {off:+.2f} s for {row.get('kind')} at {row['start']:.2f}")


def _attempt(row: Row, events: Sequence[Row]) -> Row | None:
    """Return the attempt that lies within one movement of the truth, the longest if there are several."""
    inside = [e for e in events if e["type"] == "attempt" and _within(e["start"], row)]
    return max(inside, key=lambda e: e["end"] - e["start"], default=None)


def _within(start: float, row: Row) -> bool:
    return bool(row["start"] - BEFORE_S <= start <= row["end"])


def _reasons(result: Score, tries: Sequence[Row], events: Sequence[Row]) -> None:
    """Check the reasons given for attempts; one too short to mention is not held against the program."""
    for row in tries:
        wanted = REASONS.get(row.get("kind", ""))
        said = _attempt(row, events)
        if row["counts"] is not False or wanted is None or said is None:
            continue
        result.reasons.append(said["reason"] == wanted)
        if not result.reasons[-1]:
            result.problems.append(f"reason {said['reason']} for {row['kind']} at {row['start']:.2f}")


def _smiles(result: Score, tries: Sequence[Row], events: Sequence[Row]) -> None:
    """Compare each smile's two sides with the truth."""
    if result.exercise not in ("symmetry_drill", "combined"):
        return
    smiles = [row for row in events if row["type"] == "smile"]
    for row in tries:
        ratio = row.get("symmetry_ratio")
        if ratio is None or row.get("smile", 1) < LEAST_SMILE:
            continue
        smile = next((s for s in smiles if _within(s["start"], row)), None)
        if smile is not None:
            result.symmetry_errors.append(smile["symmetry"] - ratio)
            _sides(result, row, smile)
        elif ratio <= WEAK:
            result.weaker.append(False)
            result.problems.append(f"no smile event for {row['start']:.2f}")


def _sides(result: Score, row: Row, smile: Row) -> None:
    """Check the weaker and the first side, where the true difference is large enough to be found."""
    if row["symmetry_ratio"] <= WEAK:
        side, found = SIDES[row["weaker_side"]], smile["weaker_side"]
        result.weaker.append(found == side)
        if found != side:
            result.problems.append(f"weaker side {found} at {row['start']:.2f}, is {side}")
    if row.get("lag_ms", 0) >= LATE_MS:
        late, found = SIDES[row["late_side"]], smile["first_side"]
        result.first.append(found not in (late, "even"))
        if not result.first[-1]:
            result.problems.append(f"first side {found} at {row['start']:.2f}, late is {late}")
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


def _breaths(result: Score, truth: Mapping[str, Any], events: Sequence[Row]) -> None:
    stages = [row for row in events if row["type"] == "stage" and row["status"] == "done"]
    for row in truth["events"]:
        name = {"nasal_inhale": "breath_in", "slow_exhale": "breath_out"}.get(row["type"])
        if name is None:
            continue
        seen = [s for s in stages if s["name"] == name]
        result.breaths.append(any(row["start"] <= s["t"] <= row["end"] + BREATH_AFTER_S for s in seen))
        if not result.breaths[-1]:
            result.problems.append(f"{name} at {row['start']:.2f} not seen")


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
