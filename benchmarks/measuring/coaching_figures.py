"""How well a session was led, from its event log and what the person meant to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Any, Final

from coach.coaching.cue_scheduler import estimate_s

LATE_S: Final = 0.3
APART_S: Final = 1.0  # a movement may have been seen to begin this much before or after it did
GOING_ON_S: Final = 2.0  # the wait after a break
BREAKS: Final = frozenset({"paused", "resumed", "face_lost"})

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Movement:
    """What a person meant to do, seconds. `valid`: a good coach counts it; None: either answer is right."""

    start: float
    end: float
    valid: bool | None


@dataclass
class Figures:
    """What came of one or several sessions.

    `done`: movements done rightly, `counted` of them; `false`: counted and not one of them. `unexplained`:
    tries with "hold" that did not count and got no reason. `cut`: corrections that another cue cut off.
    `silence_s`: the longest in an exercise. `late`: cues. `told`: that the pictures are slow. `wrong`:
    sessions with a wrong neutral face, for `wrong_s` seconds at most. `guided_s`: of each session.
    """

    sessions: int = 0
    done: int = 0
    counted: int = 0
    false: int = 0
    unexplained: int = 0
    cut: int = 0
    silence_s: float = 0.0
    late: int = 0
    told: int = 0
    wrong: int = 0
    wrong_s: float = 0.0
    guided_s: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        """Add another session's figures."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            longest = one.name in ("silence_s", "wrong_s")
            setattr(self, one.name, max(mine, theirs) if longest else mine + theirs)


def figures(events: Sequence[Row], meant: Sequence[Movement], rate_wpm: float) -> Figures:
    """Return one session's figures.

    Parameters
    ----------
    events
        The lines of its event log.
    meant
        What the person meant to do and came to do to its end.
    rate_wpm
        The voice's rate, words a minute.
    """
    made = Figures(sessions=1)
    _count(made, events, meant)
    cues = [event for event in events if event["type"] == "cue"]
    ends = {id(cue): cue["t"] + estimate_s(cue["text"], rate_wpm) for cue in cues}
    breaks = [event["t"] for event in events if event["type"] in BREAKS]
    for cue, after in pairwise(cues):
        end, broken = ends[id(cue)], any(cue["t"] <= t <= after["t"] for t in breaks)
        if (
            cue["kind"] == "correction"
            and after["t"] < end - 0.05
            and not broken
            and after["kind"] != "safety"
        ):
            made.cut += 1
            made.problems.append(f"{cue['t']:.1f}: {cue['text']!r} is cut off by {after['text']!r}")
        silent = after["t"] - end
        memory = "memory_anchor" in (cue.get("exercise"), after.get("exercise"))
        if silent > made.silence_s and not broken and not memory:
            made.silence_s = silent
            if silent > 7.0:
                made.problems.append(f"{end:.1f}: silent for {silent:.1f} s after {cue['text']!r}")
    _explain(made, events, breaks)
    last = events[-1]
    made.guided_s.append(float(last.get("duration_s", last["t"])))
    return made


def _count(made: Figures, events: Sequence[Row], meant: Sequence[Movement]) -> None:
    open_ = list(meant)
    for rep in (event for event in events if event["type"] == "rep"):
        match = next(
            (
                m
                for m in open_
                if m.start - APART_S <= rep["start"] <= m.start + APART_S
                or m.start <= rep["start"] <= m.end - 1.0
            ),
            None,
        )
        if match is not None:
            open_.remove(match)
        if match is not None and match.valid:
            made.counted += 1
        elif match is None or match.valid is False:
            made.false += 1
            made.problems.append(f"{rep['t']:.1f}: counted, and should not have been")
    made.done = sum(movement.valid is True for movement in meant)
    made.problems += [f"{m.start:.1f}: done rightly, and not counted" for m in open_ if m.valid]


def _explain(made: Figures, events: Sequence[Row], breaks: Sequence[float]) -> None:
    """Look for tries with "hold" that neither counted nor got a reason."""
    lines = [e for e in events if e["type"] in ("cue", "rep")]
    for number, hold in enumerate(lines):
        going_on = any(
            -0.05 < hold["t"] - t < GOING_ON_S for t in breaks
        )  # "let's carry on" is of this kind too
        if hold["type"] != "cue" or hold["kind"] != "hold" or going_on:
            continue
        for line in lines[number + 1 :]:
            if line["type"] == "rep" or line["kind"] in ("correction", "release"):
                break
            if any(hold["t"] < t <= line["t"] for t in breaks):
                break
            if line["kind"] == "instruction" or line["kind"] == "hold":
                made.unexplained += 1
                made.problems.append(f"{hold['t']:.1f}: {hold['text']!r}, no repetition and no reason")
                break
