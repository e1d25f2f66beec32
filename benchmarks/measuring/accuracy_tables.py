"""Scores of many clips as tables: repetitions and times, everything else, and variants compared."""

from __future__ import annotations

from collections.abc import Sequence

from coach.shell.profile.exercise_registry import BUILT_IN
from measuring.scoring import Score, total
from measuring.table import NOTHING, share, spread, table

Results = dict[str, dict[str, dict[str, Score]]]  # variant, clip, exercise


def counted(clips: dict[str, dict[str, Score]], exercise: str | None = None) -> list[Score]:
    """Return the scores of clips that have something to count, of one exercise or of all."""
    own = [next(iter(scores.values())) for scores in clips.values() if len(scores) == 1]
    return [one for one in own if exercise in (None, one.exercise)]


def distractors(clips: dict[str, dict[str, Score]]) -> list[Score]:
    """Return the scores of clips with nothing to count, one for each exercise."""
    return [one for scores in clips.values() if len(scores) > 1 for one in scores.values()]


def counts_table(clips: dict[str, dict[str, Score]]) -> str:
    """Return repetitions and times, one row per exercise."""
    head = ("exercise", "sets exact", "hit", "missed", "false", "cue error, s", "hold error, s")
    rows = [_counts(name, counted(clips, name)) for name in BUILT_IN if counted(clips, name)]
    rows.append(_counts("all", counted(clips)))
    rows.append(("required", "all", "", "", "0", "0.06 / 0.20", "0.06 / 0.25"))
    rows.append(("floor: plain thresholds", "4/15", "", "", "", "0.10 / 0.46", "0.07 / 0.42"))
    return table(head, rows)


def _counts(name: str, scores: Sequence[Score]) -> tuple[str, ...]:
    whole = total(name, scores)
    numbers = (str(whole.hits), str(whole.missed), str(whole.false))
    exact = share([one.exact for one in scores])
    return (name, exact, *numbers, spread(whole.cue_errors), spread(whole.hold_errors))


def quality_table(clips: dict[str, dict[str, Score]]) -> str:
    """Return everything beyond counts and times, one row per measure."""
    whole, idle = total("all", counted(clips)), distractors(clips)
    silent = total("all", idle)
    rows = (
        ("weaker side found (15 % or more)", share(whole.weaker), NOTHING, NOTHING),
        ("symmetry error", spread(whole.symmetry_errors), NOTHING, NOTHING),
        ("first side found (150 ms or more)", share(whole.first), NOTHING, NOTHING),
        ("lag error, s", spread(whole.lag_errors, 3), "0.050 / -", NOTHING),
        ("circles: stages right", share(whole.circles), "all", NOTHING),
        ("circles: stray", str(whole.stray_circles), "0", NOTHING),
        ("breaths in and out recognised", share(whole.breaths), NOTHING, NOTHING),
        ("smile after a cue, or none", share(whole.onsets), "all", NOTHING),
        ("recall latency error, s", spread(whole.latency_errors), "0.15 / 0.35", "0.37 / 0.51"),
        ("eyes engaged or not", share(whole.engaged), "all", NOTHING),
        ("an attempt's reason", share(whole.reasons), NOTHING, NOTHING),
        (f"distractors: repetitions in {len(idle)} runs", str(silent.false), "0", "0"),
        ("distractors: circles", str(silent.stray_circles), NOTHING, NOTHING),
    )
    return table(("measure", "smile-coach", "required", "floor"), rows)


def variants_table(results: Results) -> str:
    """Return a table with one row per variant."""
    head = (
        *("variant", "exact", "missed", "false", "cue, s", "hold, s", "weaker", "first", "lag, s"),
        *("circles", "latency, s", "eyes", "distr."),
    )
    rows = []
    for name, clips in results.items():
        own, idle = counted(clips), total("all", distractors(clips))
        whole = total(name, own)
        rows.append(
            (
                *(name, share([one.exact for one in own]), str(whole.missed), str(whole.false)),
                *(spread(whole.cue_errors), spread(whole.hold_errors)),
                *(share(whole.weaker), share(whole.first), spread(whole.lag_errors)),
                *(share(whole.circles), spread(whole.latency_errors), share(whole.engaged)),
                str(idle.false + idle.stray_circles),
            )
        )
    return table(head, rows)


def problems(results: Results) -> list[str]:
    """Return every problem with its variant and clip."""
    return [
        f"{variant} {clip} {name}: {problem}"
        for variant, clips in results.items()
        for clip, scores in clips.items()
        for name, one in scores.items()
        for problem in one.problems
    ]
