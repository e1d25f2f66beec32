"""The card of one smile: what was found, how sure it is, and what is different from last time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from coach.check_in.scores import ENGAGED, SmileType
from coach.events import SideOrEven
from coach.progress.words import ProgressWords

CARD, TYPE, FOUND = "smile_card", "smile_type", "smile_found"
SCORES = ("mouth_curve", "cheek_lift", "eye_squint", "symmetry")
FULLY, A_LITTLE = 75.0, 15.0  # eye engagement from which on the eyes join in fully, and at all
Z95 = 1.96  # a difference of two values beyond this many standard errors is chance in one case of twenty


@dataclass(frozen=True, slots=True)
class SmileFinding:
    """One smile. `numbers` and their standard errors `sem` by name, as in a check-in's biggest smile.

    `kind`: None if the eyes were closed. `first_side`: None if the smile's rise was not seen;
    `lag_s`: by how much the other side was later.
    """

    day: date
    numbers: Mapping[str, float]
    sem: Mapping[str, float]
    kind: SmileType | None = None
    first_side: SideOrEven | None = None
    lag_s: float = 0.0


def found(finding: SmileFinding, words: ProgressWords) -> str:
    """Return the smile's type in one plain sentence."""
    return words.say(finding.kind or "unknown", FOUND)


def card_lines(
    finding: SmileFinding, before: SmileFinding | None, words: ProgressWords
) -> tuple[tuple[str, str], ...]:
    """Return the card's lines, label and value; anything that was not measured is left out.

    Parameters
    ----------
    finding
        This smile.
    before
        The one it is compared with, None without one.
    words
        Of the person's language.
    """
    lines = [_number(finding, "smile", words)]
    if finding.kind is not None:
        lines.append((words.say("type", CARD), words.say(finding.kind, TYPE)))
    lines += [_number(finding, name, words) for name in SCORES]
    engaged = finding.numbers.get("eye_engagement")
    if engaged is not None:
        lines.append((words.say("eyes", CARD), words.say(_joined(engaged), CARD)))
    lines += [_number(finding, f"excursion_{side}_mm", words, " mm", 1) for side in ("left", "right")]
    if finding.first_side is not None:
        lines.append((words.say("first", CARD), _first(finding, words)))
    if before is not None and (said := _since(finding, before, words)):
        lines.append((words.say("since", CARD, date=words.day(before.day, finding.day)), said))
    return tuple(line for line in lines if line[1])


def changed(finding: SmileFinding, before: SmileFinding, name: str) -> tuple[float, bool] | None:
    """Return how much a number has changed, and whether by more than its errors explain (19 times of 20).

    None if either smile lacks it.
    """
    if name not in finding.numbers or name not in before.numbers:
        return None
    change = finding.numbers[name] - before.numbers[name]
    error = math.hypot(finding.sem.get(name, 0.0), before.sem.get(name, 0.0))
    return change, abs(change) > Z95 * error


def _number(
    finding: SmileFinding, name: str, words: ProgressWords, unit: str = "", digits: int = 0
) -> tuple[str, str]:
    value, error = finding.numbers.get(name), finding.sem.get(name)
    label = words.say(name, CARD)
    if value is None:
        return label, ""
    margin = "" if error is None else f" ± {words.number(max(error, 10**-digits), digits)}"
    return label, f"{words.number(value, digits)}{margin}{unit}"


def _joined(engaged: float) -> str:
    for least, key in ((FULLY, "fully"), (ENGAGED, "joined"), (A_LITTLE, "a_little")):
        if engaged >= least:
            return key
    return "hardly"


def _first(finding: SmileFinding, words: ProgressWords) -> str:
    if finding.first_side in (None, "even"):
        return words.say("together", CARD)
    return words.say(f"first_{finding.first_side}", CARD, lag=words.seconds(finding.lag_s, 2))


def _since(finding: SmileFinding, before: SmileFinding, words: ProgressWords) -> str:
    moved = changed(finding, before, "smile")
    if moved is None:
        return ""
    change, real = moved
    sign = "" if not round(change) else "+" if change > 0 else "-"
    amount = f"{sign}{words.number(abs(change), 0)}"
    return words.say("changed" if real else "same", CARD, change=amount)
