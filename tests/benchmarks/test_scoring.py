"""The benchmark's scoring: what is a hit, a miss and a false repetition, and how errors are signed."""

from __future__ import annotations

import numpy as np
import pytest
from measuring.scoring import Score, cues, mirrored, score, total
from measuring.table import share, spread, table


def raised(start: float, *, counts: bool | None = True, kind: str = "valid", **more: object) -> dict:
    """Return a cheek raise of the truth: half a second up, half-way there at `start` + 0.25."""
    row = {"type": "cheek_raise", "start": start, "full": start + 0.5, "end": start + 4.5, "half_s": 3.8}
    return row | {"counts": counts, "kind": kind} | more


def truth(*rows: dict, script: str = "cheek_raiser") -> dict:
    return {"script": script, "events": list(rows)}


def rep(t: float, index: int = 1, **more: object) -> dict:
    return {"type": "rep", "t": t, "index": index, "start": t - 3.25, "hold_s": 3.0} | more


def released(t: float, hold_s: float, index: int = 1) -> dict:
    return {"type": "released", "t": t, "index": index, "hold_s": hold_s, "end": t}


def attempt(start: float, reason: str) -> dict:
    times = {"t": start + 2, "start": start, "end": start + 2, "hold_s": 1.0}
    return {"type": "attempt", "reason": reason} | times


def smile(start: float, **more: object) -> dict:
    told = {"weaker_side": "even", "symmetry": 1.0, "first_side": "even", "lag_s": 0.0}
    return {"type": "smile", "t": start + 6, "start": start} | told | more


def smiled(start: float, **more: object) -> dict:
    """Return a smile of the truth, even and with both sides together."""
    even = {"symmetry_ratio": 1.0, "weaker_side": "L", "lag_ms": 0, "late_side": None}
    return raised(start) | {"type": "smile", "end": start + 6.5} | even | more


def circle(t: float, direction: str = "clockwise") -> dict:
    return {"type": "jaw_circle", "t": t, "direction": direction}


def round_about(start: float, n: int = 2, direction: str = "clockwise") -> dict:
    times = {"start": start, "end": start + 2 * n}
    return {"type": "jaw_circles", "n": n, "direction_mirror_display": direction} | times


def trial(cue: float, latency_s: float | None, kind: str = "genuine") -> dict:
    return {"type": "memory_trial", "cue": cue, "latency_s": latency_s, "kind": kind}


def recall(cue_t: float, latency_s: float | None, *, eyes: bool = True) -> dict:
    onset = None if latency_s is None else cue_t + latency_s
    told = {"cue_t": cue_t, "onset_t": onset, "latency_s": latency_s, "eye_engaged": eyes}
    return {"type": "recall", "t": cue_t + 3} | told


def test_a_right_repetition_is_a_hit_and_its_times_are_compared() -> None:
    """Half-rise at 10.25 and a hold of 3 s: the cue is due at 13.25."""
    found = score("cheek_raiser", truth(raised(10.0)), [rep(13.35), released(14.3, 3.7)])
    assert (found.hits, found.missed, found.false, found.exact) == (1, 0, 0, True)
    assert found.cue_errors == pytest.approx([0.10])
    assert found.hold_errors == pytest.approx([-0.10])
    assert found.problems == []


def test_a_late_cue_is_still_a_hit_and_named() -> None:
    """What is further off than 0.2 s gets a line with its sign."""
    found = score("cheek_raiser", truth(raised(10.0)), [rep(13.6)])
    assert found.exact
    assert found.problems == ["cue +0.35 s for valid at 10.00"]


def test_a_movement_without_a_repetition_is_missed_and_says_why() -> None:
    """The attempt's reason helps to find out what went wrong."""
    found = score("cheek_raiser", truth(raised(10.0)), [attempt(10.1, "too_short")])
    assert (found.hits, found.missed, found.exact) == (0, 1, False)
    assert found.problems == ["missed valid at 10.00 (too_short)"]


@pytest.mark.parametrize(
    ("rows", "reps"),
    [
        pytest.param([], [rep(20.0)], id="where nothing is"),
        pytest.param([raised(10.0, counts=False, kind="short")], [rep(13.0)], id="for a short one"),
        pytest.param([raised(10.0)], [rep(13.2), rep(14.0, 2)], id="a second one for one movement"),
    ],
)
def test_a_repetition_too_many_is_false(rows: list[dict], reps: list[dict]) -> None:
    """One movement, one repetition; no movement, none."""
    found = score("cheek_raiser", truth(*rows), reps)
    assert (found.false, found.exact) == (1, False)


@pytest.mark.parametrize("events", [[], [rep(13.2)]])
def test_where_the_truth_is_undecided_either_answer_is_right(events: list[dict]) -> None:
    """`counts: null` is neither a hit nor a miss nor false."""
    found = score("cheek_raiser", truth(raised(10.0, counts=None)), events)
    assert (found.hits, found.missed, found.false, found.exact) == (0, 0, 0, True)


def test_nothing_counts_in_a_clip_of_distractors() -> None:
    """Every repetition in it is false, for whichever exercise."""
    clip = truth({"type": "yawn", "start": 5.0, "end": 9.0, "counts": False}, script="distractors")
    assert score("jaw_release", clip, [rep(9.0)]).false == 1
    assert score("cheek_raiser", clip, []).exact


def test_an_attempt_is_called_by_its_fault_alone() -> None:
    """A cheek raise with a smile is `mouth_moved`, not merely too short."""
    clip = truth(raised(10.0, counts=False, kind="cheat_smile"), raised(20.0, counts=False, kind="short"))
    found = score("cheek_raiser", clip, [attempt(10.1, "too_short"), attempt(20.1, "too_short")])
    assert found.reasons == [False, True]
    assert found.exact, "a wrong word is no wrong count"


def test_a_corrected_smile_counts_from_its_correction() -> None:
    """The hold begins when the sides have become even; how long it was is not known."""
    clip = truth(smiled(10.0, corrected_at=12.0), script="symmetry")
    found = score("symmetry_drill", clip, [rep(17.1), released(18.0, 6.0)])
    assert found.cue_errors == pytest.approx([0.1])
    assert found.hold_errors == []


def test_the_weaker_and_the_first_side_are_checked_where_they_matter() -> None:
    """The late side is not the first one; small differences ask for nothing."""
    rows = [
        smiled(10.0, symmetry_ratio=0.7, weaker_side="R", lag_ms=200, late_side="L"),
        smiled(20.0, symmetry_ratio=0.95, lag_ms=50, late_side="L"),
    ]
    events = [smile(10.1, weaker_side="right", symmetry=0.8, first_side="right", lag_s=0.15), smile(20.0)]
    found = score("symmetry_drill", truth(*rows, script="symmetry"), events)
    assert (found.weaker, found.first) == ([True], [True])
    assert found.symmetry_errors == pytest.approx([0.1, 0.05])
    assert found.lag_errors == pytest.approx([-0.05])


def test_even_is_the_wrong_answer_to_a_late_side() -> None:
    """Neither the late side nor "even" is the first."""
    clip = truth(smiled(10.0, lag_ms=200, late_side="L"), script="symmetry")
    assert score("symmetry_drill", clip, [smile(10.0)]).first == [False]


def test_a_weak_side_without_a_smile_event_is_not_found() -> None:
    """Silence is no answer."""
    clip = truth(smiled(10.0, symmetry_ratio=0.6, counts=False), script="symmetry")
    assert score("symmetry_drill", clip, []).weaker == [False]


def test_circles_must_be_right_in_number_and_direction() -> None:
    """Two each way: one stage right, one with a circle the wrong way round, and a stray one later."""
    clip = truth(round_about(10.0), round_about(20.0, direction="counterclockwise"), script="jaw_release")
    events = [circle(12.0), circle(14.0), circle(22.0, "counterclockwise"), circle(24.0), circle(40.0)]
    found = score("jaw_release", clip, events)
    assert (found.circles, found.stray_circles, found.exact) == ([True, False], 1, False)


def test_breaths_are_found_by_their_stages() -> None:
    """Done during the breath or shortly after it."""
    clip = truth(
        {"type": "nasal_inhale", "start": 10.0, "end": 13.0},
        {"type": "slow_exhale", "start": 13.0, "end": 17.0},
        script="jaw_release",
    )
    done = {"type": "stage", "name": "breath_in", "status": "done", "t": 14.0}
    assert score("jaw_release", clip, [done]).breaths == [True, False]


def test_a_recall_is_right_in_its_smile_its_latency_and_the_eyes() -> None:
    """A smile after the first cue, with the mouth alone after the second, none after the third."""
    clip = truth(trial(5.0, 2.0), trial(15.0, 3.0, "posed"), trial(25.0, None, "none"))
    assert cues(clip) == (5.0, 15.0, 25.0)
    right = [recall(5.0, 2.1), recall(15.0, 3.0, eyes=False), recall(25.0, None, eyes=False)]
    found = score("memory_anchor", clip, right)
    assert found.exact
    assert (found.onsets, found.engaged) == ([True] * 3, [True] * 2)
    assert found.latency_errors == pytest.approx([0.1, 0.0])
    wrong = [recall(5.0, None, eyes=False), recall(15.0, 3.0), recall(25.0, 1.0)]
    found = score("memory_anchor", clip, wrong)
    assert (found.onsets, found.engaged, found.exact) == ([False, True, False], [False], False)


def test_a_mirror_exchanges_sides_and_directions_and_leaves_the_truth_alone() -> None:
    """Twice mirrored is the original."""
    clip = truth(smiled(10.0, weaker_side="L", late_side="R"), round_about(20.0), script="symmetry")
    seen = mirrored(clip)
    assert (seen["events"][0]["weaker_side"], seen["events"][0]["late_side"]) == ("R", "L")
    assert seen["events"][1]["direction_mirror_display"] == "counterclockwise"
    assert clip["events"][0]["weaker_side"] == "L"
    assert mirrored(seen) == clip


def test_scores_add_up() -> None:
    """Counts are summed and lists are joined."""
    clips = [Score("a", hits=2, cue_errors=[0.1]), Score("b", hits=3, missed=1, cue_errors=[0.2])]
    whole = total("all", clips)
    assert (whole.hits, whole.missed, whole.cue_errors) == (5, 1, [0.1, 0.2])


def test_figures_are_of_absolute_errors() -> None:
    """Early and late do not cancel out; without errors there is no figure."""
    assert spread([-0.1, 0.1, 0.3]) == "0.10 / 0.28"
    assert (spread([]), share([]), share([True, False])) == ("-", "-", "1/2")


def test_a_table_is_as_wide_as_its_widest_cell() -> None:
    """Every line has the same length, and Markdown's rule is the second."""
    lines = table(("a", "b"), [("long name", "1"), ("x", "123")]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1].startswith("|--")
    assert lines[2] == "| long name |   1 |"


@pytest.mark.parametrize("name", ["mirror", "half-rate", "compressed", "dark", "half-size", "padded"])
def test_every_variant_gives_a_picture_and_keeps_the_original(name: str) -> None:
    """Variants are made in memory; the clip's own frame is not drawn over."""
    from measuring.variants import VARIANTS

    variant = VARIANTS[name]
    image = np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    before = image.copy()
    changed = image if variant.change is None else variant.change(image, np.random.default_rng(0))
    assert changed.dtype == np.uint8
    assert changed.ndim == 3
    assert np.array_equal(image, before)
    assert variant.every > 1 or changed.shape != image.shape or not np.array_equal(changed, image)
    assert variant.swaps == (name == "mirror")
