"""What was measured on films of rendered people is counted as their truth says, and as it was before."""

from __future__ import annotations

from functools import cache
from typing import Any

import golden
import pytest
from synthetic import NAMES

REMEDY = "if the change is meant: python tests/support/golden.py expect"
HELD = [name for name in golden.names() if "either" in golden.about(name)["truth"]]


@cache
def said(name: str) -> list[dict[str, Any]]:
    return [event.to_dict() for event in golden.say(name)]


def of(name: str, kind: str) -> list[dict[str, Any]]:
    return [event for event in said(name) if event["type"] == kind]


def near(t: float, moments: list[float], within_s: float) -> bool:
    return any(abs(t - moment) <= within_s for moment in moments)


def test_there_is_a_trace_for_each_exercise():
    """And one with nothing to count."""
    assert {golden.about(name)["exercise"] for name in golden.names()} == set(NAMES)
    assert "nothing_to_count" in golden.names()


@pytest.mark.parametrize("name", golden.names())
def test_the_same_numbers_give_the_same_events(name):
    """Line by line what is written beside the trace; times to a hundredth of a second."""
    wanted = golden.about(name)["events"]
    assert [(e["type"], e.get("reason")) for e in said(name)] == [
        (e["type"], e.get("reason")) for e in wanted
    ], REMEDY
    for now, before in zip(said(name), wanted, strict=True):
        assert set(now) == set(before)
        for key, value in before.items():
            same = pytest.approx(value, abs=0.01) if isinstance(value, float | dict) else value
            assert now[key] == same, f"{before['type']} at {before['t']}: {key}; {REMEDY}"


@pytest.mark.parametrize("name", HELD)
def test_every_true_repetition_counts_on_time_and_no_other(name):
    """Each true one within an eighth of a second of its moment; borderline ones may count or not."""
    truth = golden.about(name)["truth"]
    counted = [rep["t"] for rep in of(name, "rep")]
    assert all(near(moment, counted, 0.125) for moment in truth["reps"])
    extra = [t for t in counted if not near(t, truth["reps"], 0.125)]
    assert all(near(t, truth["either"], 0.5) for t in extra)
    assert len(counted) == len(truth["reps"]) + len(extra)


def test_one_slow_close_and_five_circles_each_way():
    """A short hold and a snap shut do not count."""
    truth = golden.about("jaw_stages")["truth"]
    (rep,) = of("jaw_stages", "rep")
    assert rep["t"] == pytest.approx(truth["reps"][0], abs=0.8)
    ways = [circle["direction"] for circle in of("jaw_stages", "jaw_circle")]
    assert {way: ways.count(way) for way in truth["circles"]} == truth["circles"]
    assert {attempt["reason"] for attempt in of("jaw_stages", "attempt")} == {"too_short", "snapped_shut"}


def test_each_memory_is_answered_as_it_was():
    """Latency to an eighth of a second; the smiles of the mouth alone are told from the others."""
    truth, recalls = golden.about("memories")["truth"], of("memories", "recall")
    assert [recall["eye_engaged"] for recall in recalls] == truth["eyes"]
    for recall, latency in zip(recalls, truth["latency_s"], strict=True):
        assert recall["latency_s"] == (latency and pytest.approx(latency, abs=0.125))


@pytest.mark.parametrize("exercise", NAMES)
def test_talking_yawning_nodding_and_looking_away_count_nothing(exercise):
    """Whatever exercise runs: no repetition, no circle."""
    kinds = {event.type for event in golden.say("nothing_to_count", exercise)}
    assert not kinds & {"rep", "jaw_circle"}


@pytest.mark.parametrize("name", golden.names())
def test_a_trace_is_small_and_tells_nobodys_face(name):
    """Features only, and few of them, in less than 72 kB."""
    import numpy as np

    path = golden.TRACES / f"{name}.npz"
    assert path.stat().st_size < 72_000
    with np.load(path) as stored:
        assert set(stored.files) == {"t_ms", "values"}
        assert stored["values"].shape == (len(stored["t_ms"]), len(golden.COLUMNS) + len(golden.MIRRORED))
