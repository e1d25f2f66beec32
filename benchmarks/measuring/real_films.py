"""Recordings of real people against what is seen in them: as they are, and made longer in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from coach.types import FaceObservation

Row = Mapping[str, Any]
Seen = list[tuple[float, FaceObservation | None]]

NEUTRAL_S, LONGEST_NEUTRAL_S = 0.5, 3.0  # an annotated rest that is long enough; how much of it is used
LEAD_S, TAIL_S = 3.0, 1.0  # rest before and after the longer film
AT_END_S = 0.35  # what ends this close to the film's end goes on when it runs backwards
LEAST_SMILE_S = 0.5
LEAST_OPENING_S = 1.1
OVERLAP_S, EARLY_S = 0.1, 0.4  # tolerances of the annotation
SIDES = {"image_left": "right", "image_right": "left"}  # side of the picture: the person's own
OTHER = {"left": "right", "right": "left"}
# What a smile may come with; outside of it a reported smile is a false one, likewise an opening.
MOUTHS = ("smile", "grimace", "talking", "mouth_open", "mouth_sideways", "hand_on_face", "nose_wrinkle")
OPENINGS = ("mouth_open", "talking", "smile", "grimace")


@dataclass
class RealScore:
    """What one film, or several added up, gave.

    `smiles`, `found`: annotated and reported. `even`, `called_even`; `one_sided`, `side_right`, `side_wrong`:
    of those that look so. `false_smiles`, `false_cheeks`, `false_jaws`: reported where there is none.
    `verdicts`: what is said of each annotated smile, by film and number: right, wrong, unclear, missed, or
    found, where the observer names no side. `problems`: one line each.
    """

    films: int = 0
    smiles: int = 0
    found: int = 0
    even: int = 0
    called_even: int = 0
    one_sided: int = 0
    side_right: int = 0
    side_wrong: int = 0
    openings: int = 0
    openings_found: int = 0
    false_smiles: int = 0
    false_cheeks: int = 0
    false_jaws: int = 0
    verdicts: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def total(scores: Iterable[RealScore]) -> RealScore:
    """Add up several films."""
    whole = RealScore()
    for one in scores:
        for part in fields(RealScore):
            mine, other = getattr(whole, part.name), getattr(one, part.name)
            setattr(whole, part.name, mine | other if isinstance(mine, dict) else mine + other)
    return whole


def neutral_of(annotated: Sequence[Row]) -> tuple[float, float] | None:
    """Return the longest rest that is annotated, seconds; None where none is long enough."""
    rests = [row["t"] for row in annotated if row["type"] == "neutral" and _length(row) >= NEUTRAL_S]
    if not rests:
        return None
    start, end = max(rests, key=lambda t: t[1] - t[0])
    return start, min(end, start + LONGEST_NEUTRAL_S)


def longer(seen: Seen, annotated: Sequence[Row]) -> tuple[Seen, list[Row], tuple[float, float]] | None:
    """Make a film long enough: rest forth and back, the film, the film backwards, rest again.

    Returns
    -------
    The frames, what is annotated in them, and where the face is at rest; None without an annotated rest.
    """
    neutral = neutral_of(annotated)
    if neutral is None or len(seen) < 2:  # two frames make a rate
        return None
    step = (seen[-1][0] - seen[0][0]) / (len(seen) - 1)
    rest = [n for n, (t, _) in enumerate(seen) if neutral[0] <= t < neutral[1]]
    swing = [*rest, *rest[-2:0:-1]]
    lead = [swing[n % len(swing)] for n in range(round(LEAD_S / step))]
    tail = [swing[n % len(swing)] for n in range(round(TAIL_S / step))]
    order = [*lead, *range(len(seen)), *reversed(range(len(seen))), *tail]
    frames: Seen = []
    for number, source in enumerate(order):
        t, face = number * step, seen[source][1]
        frames.append((t, None if face is None else replace(face, t=t)))
    before_s, length_s = len(lead) * step, len(seen) * step
    rows = [row for each in annotated for row in _twice(each, before_s, length_s)]
    return frames, rows, (0.0, before_s - step)


def _twice(row: Row, before_s: float, length_s: float) -> list[Row]:
    """Return where an annotated stretch lies in the longer film: forwards, and again backwards."""
    start, end = row["t"][0], min(row["t"][1], length_s)
    there = [before_s + start, before_s + end]
    back = [before_s + 2 * length_s - end, before_s + 2 * length_s - start]
    spans = [[there[0], back[1]]] if end > length_s - AT_END_S else [there, back]
    return [{**row, "t": span} for span in spans]


def score_smiles(
    name: str, annotated: Sequence[Row], events: Sequence[Row], *, open_question: bool = False
) -> RealScore:
    """Compare the smiles reported with those that are seen.

    `open_question`: the observer leaves open whether there is a smile, so none that is reported is false.
    """
    score = RealScore(films=1)
    smiles = [event for event in events if event["type"] == "smile"]
    for number, row in enumerate(annotated):
        if row["type"] != "smile" or _length(row) < LEAST_SMILE_S or row.get("strength") == "faint":
            continue
        start, end = row["t"]
        here = [m for m in smiles if m["start"] < end - OVERLAP_S and m["t"] > start + OVERLAP_S]
        score.smiles += 1
        score.found += bool(here)
        verdict = _sides(score, name, row, [m["weaker_side"] for m in here])
        score.verdicts[f"{name} {row.get('number', number)}"] = verdict if here else "missed"
    for smile in smiles:
        if not open_question and not _near(smile["start"], annotated, MOUTHS, EARLY_S, EARLY_S):
            score.false_smiles += 1
            score.problems.append(f"{name}: false smile at {smile['start']:.2f}")
    return score


def _sides(score: RealScore, name: str, row: Row, said: Sequence[str]) -> str:
    """Score what is said of a smile's sides, and return the verdict."""
    if row.get("side") == "both":
        score.even += 1
        right = "even" in said
        score.called_even += right
        wanted = "even"
    elif row.get("side") in SIDES:
        wanted = OTHER[SIDES[row["side"]]]
        score.one_sided += 1
        right = wanted in said
        score.side_right += right
        score.side_wrong += OTHER[wanted] in said
    else:
        return "found"
    if not right:
        score.problems.append(
            f"{name}: smile at {row['t'][0]:.2f} is {wanted}, said {', '.join(said) or 'nothing'}"
        )
    return "right" if right else "unclear" if "unclear" in said else "wrong"


def score_cheeks(name: str, events: Sequence[Row]) -> RealScore:
    """Count cheek raises; nobody in the recordings holds one with a flat mouth."""
    score = RealScore()
    for rep in (event for event in events if event["type"] == "rep"):
        score.false_cheeks += 1
        score.problems.append(f"{name}: false cheek raise at {rep['start']:.2f}")
    return score


def score_jaws(name: str, annotated: Sequence[Row], events: Sequence[Row]) -> RealScore:
    """Compare the open holds reported with the mouths that are seen wide open."""
    score = RealScore()
    done = [
        e["t"] for e in events if e["type"] == "stage" and (e["name"], e["status"]) == ("open_hold", "done")
    ]
    for row in annotated:
        if row["type"] == "mouth_open" and row.get("size") == "wide" and _length(row) >= LEAST_OPENING_S:
            score.openings += 1
            found = any(row["t"][0] <= t <= row["t"][1] + 0.5 for t in done)
            score.openings_found += found
            if not found:
                score.problems.append(f"{name}: opening at {row['t'][0]:.2f} not found")
    for t in done:
        if not _near(t, annotated, OPENINGS, 0.3, 0.6):
            score.false_jaws += 1
            score.problems.append(f"{name}: false open hold at {t:.2f}")
    return score


def _near(t: float, annotated: Sequence[Row], kinds: Sequence[str], before_s: float, after_s: float) -> bool:
    rows = [row for row in annotated if row["type"] in kinds]
    return any(row["t"][0] - before_s <= t <= row["t"][1] + after_s for row in rows)


def _length(row: Row) -> float:
    length: float = row["t"][1] - row["t"][0]
    return length
