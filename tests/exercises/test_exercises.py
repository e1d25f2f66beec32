"""The five exercises count what they should, and name what is wrong with the rest."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaw_path import jaw_path
from synthetic import NAMES, load

from coach.events import Event
from coach.exercise.protocol import Context
from coach.face.baseline import Noise, OwnRange
from coach.testing import face, held, level_at, play, trace
from coach.types import Bilateral

quick = settings(max_examples=10)

# The contract's table: the fields of each event beside `t`, `type` and `exercise`.
FIELDS = {
    "rep": {"index", "start", "hold_s"},
    "released": {"index", "hold_s", "end"},
    "attempt": {"start", "end", "hold_s", "reason"},
    "smile": {
        *("start", "end", "weaker_side", "symmetry", "difference_mm", "uncertainty_mm"),
        *("first_side", "lag_s", "excursion_mm", "eye_engagement", "lips_apart"),
    },
    "stage": {"name", "status"},
    "jaw_circle": {"index", "direction"},
    "recall": {"index", "cue_t", "onset_t", "latency_s", "in_time", "eye_engaged"},
}


def run(name: str, duration_s: float, *, fps=30.0, away=(), cues=(), **moves) -> list[dict[str, Any]]:
    """Return the events of an exercise with the settings it ships with, as the log has them."""
    events = play(load(name), trace(duration_s, fps, away=away, **moves), cues=cues)
    assert [event.t for event in events] == sorted(event.t for event in events)
    return [plain(event, name) for event in events]


def plain(event: Event, name: str) -> dict[str, Any]:
    """Return the event as its line in the log says, having checked it against the contract."""
    out = event.to_dict()
    assert json.loads(event.to_json()) == out
    assert not re.search(r"NaN|Infinity", event.to_json())
    assert out["exercise"] == name
    assert set(out) == {"t", "type", "exercise"} | FIELDS[out["type"]], out
    return out


def of(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == kind]


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def reason(events: list[dict[str, Any]]) -> str:
    """Return why the only attempt did not count; there was no repetition."""
    assert not of(events, "rep")
    (attempt,) = of(events, "attempt")
    return attempt["reason"]


def raised(name: str, plateau_s: float, **how) -> dict[str, Any]:
    """Return the right movement for a held exercise."""
    muscles = {"cheek_raiser": ("cheek",), "symmetry_drill": ("smile",)}.get(name, ("cheek", "smile"))
    return {muscle: held(1.0, plateau_s, **how) for muscle in muscles}


HELD = ("cheek_raiser", "symmetry_drill", "combined")
TARGET = {"cheek_raiser": 3.0, "symmetry_drill": 5.0, "combined": 5.0}


def one_sided(plateau_s: float, left: float, right: float):
    return held(1.0, plateau_s, Bilateral(left, right))


# ---- held exercises: what counts ---------------------------------------------------------------------


@pytest.mark.parametrize("fps", [12.0, 30.0, 60.0])
@pytest.mark.parametrize("name", HELD)
def test_a_right_hold_counts_on_time_and_is_released(name, fps):
    """One repetition at half-rise plus the target, and one release with the whole hold."""
    events = run(name, 12, fps=fps, **raised(name, TARGET[name] + 0.5))
    (rep,), (released,) = of(events, "rep"), of(events, "released")
    half = load(name).spec.repetition.half
    assert rep["t"] == pytest.approx(1.0 + 0.4 * half + TARGET[name], abs=1 / fps)
    assert rep["start"] == pytest.approx(1.0, abs=0.15)
    assert rep["hold_s"] == pytest.approx(TARGET[name], abs=1 / fps)
    assert released["index"] == rep["index"] == 1
    assert released["hold_s"] == pytest.approx(TARGET[name] + 0.5 + 0.8 * (1 - half), abs=1 / fps)
    assert released["end"] == pytest.approx(1.0 + 0.8 + TARGET[name] + 0.5, abs=0.2)
    assert not of(events, "attempt")


@pytest.mark.parametrize("name", HELD)
def test_three_in_a_row_are_numbered(name):
    """The index counts from one."""
    points = []
    for number in range(3):
        points += held(1 + number * (TARGET[name] + 2), TARGET[name] + 0.5)
    moves = dict.fromkeys(raised(name, 1), points)
    assert [rep["index"] for rep in of(run(name, 25, **moves), "rep")] == [1, 2, 3]


@pytest.mark.parametrize("name", HELD)
def test_blinks_in_a_hold_cost_nothing(name):
    """Two ordinary blinks, each a quarter of a second, in one repetition."""
    blinks = [*held(2.0, 0.1, 0.9, rise_s=0.08, fall_s=0.1), *held(3.2, 0.1, 0.9, rise_s=0.08, fall_s=0.1)]
    events = run(name, 12, closure=blinks, **raised(name, TARGET[name] + 0.5))
    assert len(of(events, "rep")) == 1
    assert not of(events, "attempt")


@pytest.mark.parametrize("name", NAMES)
def test_a_resting_face_that_blinks_is_nothing(name):
    """Half a minute of nothing but blinks leaves no line in the log."""
    blinks = [point for n in range(9) for point in held(1 + 3 * n, 0.1, 0.95, rise_s=0.08, fall_s=0.12)]
    assert run(name, 30, closure=blinks) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_picture_is_nothing(name):
    """Nobody there: no event and no error."""
    assert run(name, 5, away=[(0, 9)]) == []


@quick
@given(st.sampled_from(HELD), st.floats(0.5, 1.8), st.sampled_from((0.7, 1.0, 1.4)))
def test_the_own_range_is_the_measure(name, size, top):
    """A weak or strong person's own movement counts like anybody's, once the range is known."""
    best = OwnRange(cheek=0.02 * size, smile=0.09 * size, jaw=0.22 * size)
    exercise, moves = load(name), raised(name, TARGET[name] + 0.5, top=top)
    frames = [(t, face(t, own_range=best, **levels_at(moves, t))) for t, _ in trace(12)]
    events = play(exercise, frames, Context(best, Noise()))
    assert [event.type for event in events if event.type in ("rep", "attempt")] == ["rep"]


def levels_at(moves, t):
    return {key: level_at(points, t) for key, points in moves.items()}


# ---- held exercises: one reason each -----------------------------------------------------------------


@pytest.mark.parametrize("name", HELD)
def test_too_short(name):
    """A good second before the target is not enough."""
    assert reason(run(name, 12, **raised(name, TARGET[name] - 1.2))) == "too_short"


@pytest.mark.parametrize("name", HELD)
def test_face_lost(name):
    """Gone for two seconds in the middle of the hold, and back."""
    assert reason(run(name, 14, away=[(3.0, 5.0)], **raised(name, TARGET[name] + 1.0))) == "face_lost"


@pytest.mark.parametrize("turn", ["yaw", "pitch"])
@pytest.mark.parametrize("name", HELD)
def test_head_turned(name, turn):
    """Turned away for two seconds in the middle of the hold, and back."""
    turning = {turn: held(2.0, 2.0, 25.0, rise_s=0.3, fall_s=0.3)}
    assert reason(run(name, 14, **turning, **raised(name, TARGET[name] + 1.0))) == "head_turned"


@pytest.mark.parametrize("name", ["cheek_raiser", "combined"])
def test_eyes_closed(name):
    """Screwed up shut all along, which is no blink any more."""
    closure = held(1.2, TARGET[name] + 0.5, 0.9, rise_s=0.2, fall_s=0.2)
    assert reason(run(name, 14, closure=closure, **raised(name, TARGET[name] + 1.0))) == "eyes_closed"


@pytest.mark.parametrize(
    "mouth", [{"smile": held(1.0, 3.5, 0.9)}, {"lip_gap": held(1.0, 3.5, 0.12)}], ids=["smile", "open"]
)
def test_mouth_moved(mouth):
    """The cheek raiser wants a flat mouth: neither a smile nor an open one."""
    assert reason(run("cheek_raiser", 12, cheek=held(1.0, 3.5), **mouth)) == "mouth_moved"


@pytest.mark.parametrize("fps", [10.0, 30.0])
def test_talking_is_no_cheek_raise(fps):
    """Lips that part and meet again by 3.6 mm, four times a second, with eyes that narrow meanwhile."""
    talk = [(0.125 * n, 0.04 * (n % 2)) for n in range(80)]
    assert reason(run("cheek_raiser", 12, fps=fps, cheek=held(1.0, 3.5), lip_gap=talk)) == "mouth_moved"


def test_lips_that_part_and_stay_apart_are_soft():
    """As far apart as those of somebody who talks; once, they also fall open in the middle of the hold."""
    for lips in ([(0.0, 0.04)], [(2.5, 0.0), (2.7, 0.04)], [(1.0, 0.04), (1.4, 0.0)]):
        assert of(run("cheek_raiser", 12, cheek=held(1.0, 3.5), lip_gap=lips), "rep")


def test_one_word_in_a_hold_stops_its_clock():
    """Lips that part and meet once: the rest of the hold counts."""
    word = [(3.0, 0.0), (3.15, 0.04), (3.3, 0.0)]
    (rep,) = of(run("cheek_raiser", 14, cheek=held(1.0, 6.0), lip_gap=word), "rep")
    assert 4.6 < rep["t"] < 5.4


def test_compensation_by_raised_brows():
    """Brows that go up with the cheek do its work."""
    moves = {"cheek": held(1.0, 3.5), "brows": held(1.0, 3.5, 0.06)}
    assert reason(run("cheek_raiser", 12, **moves)) == "compensation"


def test_a_frown_is_no_cheek_raise():
    """Brows that are drawn down narrow the eyes as well."""
    moves = {"cheek": held(1.0, 3.5), "frown": held(1.0, 3.5, 0.3), "brows": held(1.0, 3.5, -0.02)}
    assert reason(run("cheek_raiser", 12, **moves)) == "compensation"


@pytest.mark.parametrize(("frown", "brows"), [(0.15, -0.02), (0.5, 0.0), (0.0, -0.025)])
def test_a_slight_frown_or_one_that_is_only_half_seen_costs_nothing(frown, brows):
    """A raise pulls the brows down a little; under a fringe the two readings may contradict each other."""
    moves = {"cheek": held(1.0, 3.5), "frown": held(1.0, 3.5, frown), "brows": held(1.0, 3.5, brows)}
    assert of(run("cheek_raiser", 12, **moves), "rep")


def test_corners_that_creep_up_before_a_smile_are_not_its_beginning():
    """They rise by a fifth, as on a lowered face, and stay there for a while; then comes the smile."""
    creep = [(1.0, 0.0), (1.5, 0.35), (3.0, 0.35)]
    events = run("symmetry_drill", 12, smile=[*creep, (3.3, 2.0), (9.0, 2.0), (9.4, 0.0)])
    for event in (*of(events, "smile"), *of(events, "rep")):
        assert event["start"] == pytest.approx(3.0, abs=0.15)


def test_compensation_by_the_jaw():
    """A wide open mouth is no smile."""
    events = run("symmetry_drill", 12, smile=held(1.0, 5.5), jaw=held(1.0, 5.5, 1.0))
    assert reason(events) == "compensation"


@pytest.mark.parametrize(("left", "right"), [(1.0, 0.5), (0.5, 1.0)])
@pytest.mark.parametrize("name", ["symmetry_drill", "combined"])
def test_asymmetric(name, left, right):
    """One corner half behind the other does not count, and the weaker side is named."""
    moves = raised(name, 5.5) | {"smile": one_sided(5.5, left, right)}
    events = run(name, 12, **moves)
    assert reason(events) == "asymmetric"
    (smile,) = of(events, "smile")
    assert smile["weaker_side"] == ("left" if left < right else "right")
    assert smile["symmetry"] == pytest.approx(0.45, abs=0.05)  # measured 0.5; weakness under-reads
    assert smile["excursion_mm"]["left"] == pytest.approx(left * 0.09 * 90, rel=0.05)


def test_one_eye_alone_is_asymmetric():
    """A wink with the cheek is half a cheek raise."""
    assert reason(run("cheek_raiser", 12, cheek=one_sided(3.5, 1.5, 0.1))) == "asymmetric"


def test_eyes_uninvolved():
    """A smile of the mouth alone is not the combined one."""
    assert reason(run("combined", 12, smile=held(1.0, 5.5))) == "eyes_uninvolved"


def test_mouth_uninvolved():
    """Nor are cheeks alone, and without a smile none is described."""
    events = run("combined", 12, cheek=held(1.0, 5.5))
    assert reason(events) == "mouth_uninvolved"
    assert not of(events, "smile")


def test_a_fault_corrected_in_time_starts_the_hold_there():
    """First one-sided, then even for the whole target: it counts, from the correction on."""
    one, even = Bilateral(1.0, 0.5), Bilateral(1.0, 1.0)
    smile = [(1.0, 0.0), (1.4, one), (3.4, one), (3.6, even), (9.5, even), (9.9, 0.0)]
    (rep,) = of(run("symmetry_drill", 13, smile=smile), "rep")
    assert rep["t"] == pytest.approx(3.5 + 5.0, abs=0.35)


# ---- smiles ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["symmetry_drill", "combined"])
def test_an_even_smile_is_even(name):
    """Equal sides that come together: nothing to say about either."""
    (smile,) = of(run(name, 12, **raised(name, 5.5)), "smile")
    assert (smile["weaker_side"], smile["first_side"]) == ("even", "even")
    assert smile["symmetry"] == pytest.approx(1.0)
    assert smile["lag_s"] == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("first", ["left", "right"])
def test_the_side_that_comes_first_is_named_with_its_lead(first):
    """A quarter of a second between the sides still counts; measured lags under-read by a third."""
    sides = {"left": (0.0, 0.25), "right": (0.25, 0.0)}[first]
    frames = []
    for t, _ in trace(13):
        left, right = (ramp(t, 1.0 + lag, 6.0 + lag) for lag in sides)
        frames.append((t, face(t, smile=Bilateral(left, right))))
    events = [plain(event, "symmetry_drill") for event in play(load("symmetry_drill"), frames)]
    (smile,) = of(events, "smile")
    assert smile["first_side"] == first
    assert smile["lag_s"] == pytest.approx(0.25 * 1.3, abs=0.03)
    assert len(of(events, "rep")) == 1


def test_of_a_lag_that_no_picture_shows_only_what_is_certain_is_told():
    """The right side rises while nothing is seen for a second, just after the left: it may be no later."""
    frames = [
        (t, face(t, smile=Bilateral(ramp(t, 1.0, 6.0), ramp(t, 1.4, 6.0))))
        for t, _ in trace(13)
        if not 1.25 < t < 2.25
    ]
    events = [plain(event, "symmetry_drill") for event in play(load("symmetry_drill"), frames)]
    (smile,) = of(events, "smile")
    assert smile["first_side"] == "even"
    assert smile["lag_s"] < 0.1


def ramp(t, start, plateau_s):
    return level_at(held(start, plateau_s), t)


def test_a_corner_that_sags_in_a_long_smile_is_the_weaker_one():
    """Even at first: what cost the hold is what is said of the smile."""
    even, sagging = Bilateral(1.0, 1.0), Bilateral(1.0, 0.5)
    smile = [(1.0, 0.0), (1.4, even), (2.4, even), (2.8, sagging), (9.0, sagging), (9.4, 0.0)]
    events = run("symmetry_drill", 12, smile=smile)
    assert reason(events) == "asymmetric"
    assert of(events, "smile")[0]["weaker_side"] == "right"


def test_corners_that_rise_without_a_smile_are_none():
    """Cheeks puffed or lips pressed: the smile blendshape wanders no further than at rest."""
    frames = [
        (t, features and replace(features, smile=Bilateral(0.02, 0.02)))
        for t, features in trace(9, smile=held(1.0, 5.5))
    ]
    assert play(load("symmetry_drill"), frames) == []


# ---- jaw release -------------------------------------------------------------------------------------


def test_an_open_hold_closed_slowly_is_a_repetition():
    """Hold and slow close each are a stage; the count comes when the mouth is shut."""
    events = run("jaw_release", 12, jaw=held(1.0, 5.5, fall_s=2.0))
    stages = [(event["name"], event["status"]) for event in of(events, "stage")][:4]
    assert stages == [
        ("open_hold", "started"), ("open_hold", "done"), ("slow_close", "started"), ("slow_close", "done"),
    ]  # fmt: skip
    (rep,) = of(events, "rep")
    assert rep["t"] > 8.0
    assert rep["hold_s"] == pytest.approx(5.5 + 0.2 + 1.0, abs=0.1)


def test_snapped_shut():
    """Held long enough, then dropped shut: no repetition."""
    assert reason(run("jaw_release", 12, jaw=held(1.0, 5.5, fall_s=0.2))) == "snapped_shut"


def test_a_short_opening_is_too_short():
    """Three seconds are not five, however slowly they end."""
    assert reason(run("jaw_release", 12, jaw=held(1.0, 3.0, fall_s=1.5))) == "too_short"


def test_a_jaw_that_grinds_from_side_to_side_is_not_held_open():
    """Wide open for six seconds, but never still."""
    frames = [
        (t, replace(features, jaw_side=0.06 * math.sin(9 * t)))
        for t, features in trace(12, jaw=held(1.0, 5.5, fall_s=2.0))
        if features is not None
    ]
    events = [plain(event, "jaw_release") for event in play(load("jaw_release"), frames)]
    assert not of(events, "rep")
    assert "open_hold" not in [event["name"] for event in of(events, "stage")]


def test_talking_is_nothing():
    """A jaw that opens and shuts three times a second leaves no line."""
    talk = [(1 + n / 6, 0.5 * (n % 2)) for n in range(60)]
    assert run("jaw_release", 14, jaw=talk) == []


def test_a_lost_face_spoils_an_open_hold():
    """Out of the picture for two seconds."""
    assert reason(run("jaw_release", 14, away=[(4.0, 6.0)], jaw=held(1.0, 6.0, fall_s=2.0))) == "face_lost"


@pytest.mark.parametrize("way", ["clockwise", "counterclockwise"])
def test_circles_are_a_stage_with_its_own_count(way):
    """Five circles as seen in the mirrored window: from the top, clockwise is to the person's right."""
    frames = [(f.t, f) for f in jaw_path(5, clockwise=way == "clockwise")]
    events = [plain(event, "jaw_release") for event in play(load("jaw_release"), frames)]
    circles = of(events, "jaw_circle")
    assert [circle["index"] for circle in circles] == [1, 2, 3, 4, 5]
    assert {circle["direction"] for circle in circles} == {way}
    stages = [(event["name"], event["status"]) for event in of(events, "stage")]
    assert stages[:2] == [(f"circles_{way}", "started"), (f"circles_{way}", "done")]
    assert not of(events, "attempt")


def breathing(open_s: float, side: float = 0.0, depth: float = 0.2) -> list[dict[str, object]]:
    """Return the events of a circle and a breath: still for three seconds, a soft opening, and shut again."""
    before = [(f.t, f) for f in jaw_path(1, clockwise=True)]
    start = before[-1][0] + 1 / 30
    jaw = [(3.0, 0.0), (3.4, depth), (3.4 + open_s, depth), (3.8 + open_s, 0.0)]
    sway = [(3.4, 0.0), (3.8, side), (3.4 + open_s, -side)]
    after = [
        (start + t, face(start + t, jaw=level_at(jaw, t), jaw_side=level_at(sway, t)))
        for t, _ in trace(5.0 + open_s)
    ]
    return [plain(event, "jaw_release") for event in play(load("jaw_release"), before + after)]


def breathe(open_s: float, side: float = 0.0) -> list[tuple[str, str]]:
    """Return the breath's stages."""
    found = of(breathing(open_s, side), "stage")
    return [(e["name"], e["status"]) for e in found if e["name"].startswith("breath")]


def test_a_deep_breath_out_is_no_try_of_an_open_hold():
    """The jaw drops as far as in a small opening, but the person was asked to breathe."""
    assert not of(breathing(2.0, depth=0.45), "attempt")


def test_a_breath_is_a_still_mouth_and_then_a_slightly_dropped_jaw():
    """What a camera can see of it, in and out."""
    assert breathe(3.0) == [
        ("breath_in", "started"), ("breath_in", "done"), ("breath_out", "started"), ("breath_out", "done"),
    ]  # fmt: skip


def test_a_jaw_that_opens_for_a_moment_is_no_breath_out():
    """Open lips for half a second are a word, not a breath."""
    assert breathe(0.1) == [("breath_in", "started")]


def test_a_jaw_that_opens_and_goes_to_the_side_is_no_breath_out():
    """So begins a circle."""
    assert breathe(3.0, side=0.08) == [("breath_in", "started")]


# ---- memory anchor -----------------------------------------------------------------------------------


def memory(duration_s=14.0, cues=(1.0,), **moves) -> list[dict[str, Any]]:
    return run("memory_anchor", duration_s, cues=cues, **moves)


def test_a_smile_after_the_cue_is_a_recall_with_its_latency():
    """Two seconds after the cue, with the eyes: in time, and a repetition."""
    events = memory(smile=held(3.0, 3.0), cheek=held(3.0, 3.0))
    assert kinds(events) == ["recall", "rep", "released"]
    recall = events[0]
    assert recall["cue_t"] == 1.0
    assert recall["onset_t"] == pytest.approx(3.0, abs=0.15)
    assert recall["latency_s"] == pytest.approx(2.0, abs=0.15)
    assert recall["in_time"] is True
    assert recall["eye_engaged"] is True


def test_a_smile_of_the_mouth_alone_is_a_recall_without_the_eyes():
    """It is said that the eyes were not in it, and it does not count."""
    events = memory(smile=held(3.0, 3.0))
    assert kinds(events) == ["recall"]
    assert (events[0]["in_time"], events[0]["eye_engaged"]) == (True, False)


def test_no_smile_is_a_recall_without_an_onset():
    """After eight seconds without one nothing is waited for any more."""
    (recall,) = memory()
    assert recall["t"] == pytest.approx(9.0, abs=0.05)
    assert (recall["onset_t"], recall["latency_s"], recall["in_time"], recall["eye_engaged"]) == (
        None, None, False, False,
    )  # fmt: skip


def test_a_late_smile_is_late():
    """Six and a half seconds are more than five: a recall, but no repetition."""
    events = memory(smile=held(7.5, 3.0), cheek=held(7.5, 3.0))
    assert not of(events, "rep")
    (recall,) = of(events, "recall")
    assert recall["latency_s"] == pytest.approx(6.5, abs=0.15)
    assert (recall["in_time"], recall["eye_engaged"]) == (False, True)


def test_a_smile_before_the_cue_is_no_answer():
    """Who smiles already has not been reached by the memory."""
    (recall,) = memory(cues=(3.0,), smile=held(1.0, 4.0), cheek=held(1.0, 4.0))
    assert recall["onset_t"] is None


def test_each_cue_is_answered_once_and_numbered():
    """Three cues: a smile, none, a smile."""
    moves = {key: [*held(2.5, 3.0), *held(26.0, 3.0)] for key in ("smile", "cheek")}
    recalls = of(memory(35.0, cues=(1.0, 12.0, 24.0), **moves), "recall")
    assert [recall["index"] for recall in recalls] == [1, 2, 3]
    assert [recall["onset_t"] is None for recall in recalls] == [False, True, False]


def test_a_cue_still_open_at_the_end_is_answered():
    """The source ends before anything came."""
    (recall,) = memory(duration_s=4.0)
    assert recall["onset_t"] is None


# ---- all of them -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HELD)
def test_a_repetition_that_still_lasts_at_the_end_is_released_there(name):
    """The recording stops in the middle of the smile: what was counted is closed."""
    events = run(name, TARGET[name] + 2.0, **raised(name, 60.0))
    assert kinds(of(events, "rep") + of(events, "released")) == ["rep", "released"]


levels = st.floats(-1.5, 2.5)
sides = st.builds(Bilateral, levels, levels)
moving = st.fixed_dictionaries({
    "cheek": sides, "smile": sides, "closure": sides, "jaw": levels, "jaw_side": st.floats(-0.2, 0.2),
    "brows": sides, "frown": st.floats(-1, 1), "yaw": st.floats(-40, 40), "pitch": st.floats(-40, 40),
})  # fmt: skip


@settings(quick, max_examples=25)
@given(
    st.sampled_from(NAMES),
    st.lists(st.tuples(st.floats(0.01, 2.0), st.one_of(st.none(), moving)), min_size=2, max_size=40),
)
def test_whatever_a_face_does_every_event_keeps_the_contract(name, poses):
    """No exception, no NaN, times in order, one reason an attempt; counts rise by one."""
    frames, t = [], 0.0
    for wait, pose in poses:
        for _ in range(3):
            t += wait / 3
            frames.append((t, None if pose is None else face(t, **pose)))
    cues = (0.5, 4.0) if name == "memory_anchor" else ()
    events = [plain(event, name) for event in play(load(name), frames, cues=cues)]
    assert [event["t"] for event in events] == sorted(event["t"] for event in events)
    assert [rep["index"] for rep in of(events, "rep")] == list(range(1, len(of(events, "rep")) + 1))
    assert {rep["index"] for rep in of(events, "released")} <= {rep["index"] for rep in of(events, "rep")}
