"""The coaching benchmark notices what it is there to notice."""

from __future__ import annotations

from typing import Any

from measuring.coaching_figures import Movement, figures

HOLD = {"t": 5.0, "type": "cue", "kind": "hold", "text": "Hold"}
FIX = {"t": 7.0, "type": "cue", "kind": "correction", "text": "Keep your mouth soft - cheeks up nicely"}
AGAIN = {"t": 12.0, "type": "cue", "kind": "instruction", "text": "Cheeks up"}
END = {"t": 20.0, "type": "session_end", "duration_s": 20.0}


def rep(start: float) -> dict[str, Any]:
    return {"t": start + 3.0, "type": "rep", "start": start, "index": 1}


def judged(*events: dict[str, Any], meant: tuple[Movement, ...] = ()):
    return figures([*sorted(events, key=lambda event: event["t"]), END], meant, 165.0)


def test_repetitions_are_matched_to_what_was_meant():
    """One counted, one missed, one that should not have been counted, and one for which either is right."""
    meant = (Movement(4, 8, True), Movement(10, 14, True), Movement(16, 19, None), Movement(20, 24, False))
    made = judged(rep(4.1), rep(16.2), rep(20.1), meant=meant)
    assert (made.done, made.counted, made.false) == (2, 1, 1)


def test_a_hold_that_led_to_nothing_needs_its_reason():
    assert judged(HOLD, AGAIN).unexplained == 1
    assert judged(HOLD, FIX, AGAIN).unexplained == 0
    assert judged(HOLD, rep(4.0), AGAIN).unexplained == 0
    assert judged(HOLD, {"t": 8.0, "type": "paused"}, AGAIN).unexplained == 0


def test_a_correction_that_is_cut_off_is_noticed():
    assert judged(FIX, {**HOLD, "t": 7.5}).cut == 1
    assert judged(FIX, AGAIN).cut == 0


def test_the_longest_silence_is_measured_between_cues():
    """From the end of one to the beginning of the next; a pause is no silence."""
    later = {**AGAIN, "t": 18.0}
    assert 12.0 < judged(HOLD, later).silence_s < 13.0
    assert judged(HOLD, {"t": 9.0, "type": "paused"}, later).silence_s == 0.0
