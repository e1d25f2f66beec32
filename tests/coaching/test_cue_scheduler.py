"""The scheduler says one thing at a time, in order of urgency and never late."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.coaching.cue_scheduler import INTERRUPTING, LEAD_IN_S, SchedulerState, estimate_s, step
from coach.coaching.cues import Cue, CueKind
from coach.coaching.guides.feedback import FIXED, Rationing, ration
from coach.coaching.spec import CueExpiry
from coach.shell.sound import loudness

EXPIRY = CueExpiry()


def seconds(text: str) -> float:
    return float(text)


def cue(t: float, kind: CueKind, lasts: float = 1.0, key: str = "k") -> Cue:
    return Cue(t, kind, key, text=str(lasts))


def run(frames: list[tuple[float, tuple[Cue, ...]]]) -> list[tuple[float, Cue]]:
    state, said = SchedulerState(), []
    for t, cues in frames:
        state, now = step(state, t, cues, seconds, EXPIRY)
        if now is not None:
            said.append((t, now))
    return said


steps = st.tuples(
    st.floats(0.005, 0.8),
    st.lists(
        st.tuples(st.sampled_from((0.0, 0.0, 0.1, 3.0)), st.sampled_from(CueKind), st.floats(0.1, 3)),
        max_size=3,
    ),
)


def frames_of(
    moves: list[tuple[float, list[tuple[float, CueKind, float]]]],
) -> list[tuple[float, tuple[Cue, ...]]]:
    """Frames at uneven intervals, each with some cues; a few cues arrive a little after their cause."""
    t, frames = 0.0, []
    for interval, cues in moves:
        t += interval
        frames.append((t, tuple(cue(t - age, kind, lasts) for age, kind, lasts in cues)))
    return frames


sessions = st.lists(steps, min_size=1, max_size=25).map(frames_of)


@given(sessions)
def test_speech_never_overlaps_unless_something_urgent_cuts_in(frames):
    """Between two starts there is the first one's whole duration, or a strictly more urgent second."""
    said = run(frames)
    for (start, first), (then, second) in pairwise(said):
        assert then >= start + seconds(first.text) or (
            second.kind in INTERRUPTING and second.kind < first.kind
        )


@given(sessions)
def test_nothing_is_said_late_or_twice(frames):
    """Every cue said is one that was given, within its kind's time, once."""
    said = run(frames)
    assert all(0 <= t - now.t <= EXPIRY.of(now.kind) for t, now in said)
    assert len({id(now) for _, now in said}) == len(said)


@given(sessions)
def test_the_most_urgent_of_a_frame_goes_first(frames):
    """Whatever starts, nothing that came with it in time was more urgent."""
    state = SchedulerState()
    for t, cues in frames:
        fresh = [c for c in cues if t - c.t <= EXPIRY.of(c.kind)]
        state, now = step(state, t, cues, seconds, EXPIRY)
        assert now is None or all(now.kind <= c.kind for c in (*fresh, *state.waiting))
        assert all(t - c.t <= EXPIRY.of(c.kind) for c in state.waiting)
        assert len({c.kind for c in state.waiting}) == len(state.waiting)


@given(sessions)
def test_a_release_is_said_in_the_frame_it_arrives(frames):
    """Only a safety cue, an earlier release or a correction that is being said may stand before it."""
    state = SchedulerState()
    for t, cues in frames:
        before = state
        state, now = step(state, t, cues, seconds, EXPIRY)
        releases = [c for c in cues if c.kind is CueKind.RELEASE and c.t == t]
        if releases and now not in releases:
            first = (CueKind.SAFETY, CueKind.RELEASE, CueKind.CORRECTION)
            busy = before.current is not None and t < before.until and before.current.kind in first
            waiting = any(c.kind is CueKind.SAFETY for c in (*cues, *before.waiting))
            assert busy or waiting


@given(sessions, st.floats(-100, 100).map(lambda x: round(x * 64) / 64))
def test_only_differences_of_time_matter(frames, shift):
    """The same session an hour later says the same things."""
    frames = [
        (round(t * 1024) / 1024, tuple(replace(c, t=round(c.t * 1024) / 1024, text="0.5") for c in cues))
        for t, cues in frames
    ]
    later = [(t + shift, tuple(replace(c, t=c.t + shift) for c in cues)) for t, cues in frames]
    assert [(t + shift, c.kind) for t, c in run(frames)] == [(t, c.kind) for t, c in run(later)]


def test_a_correction_waits_for_the_praise_to_end_and_praise_is_not_cut_off():
    """Lesser urgencies take turns; only the four urgent kinds interrupt."""
    said = run(
        [(0.0, (cue(0, CueKind.PRAISE, 1.0),)), (0.5, (cue(0.5, CueKind.CORRECTION),)), (0.9, ()), (1.0, ())]
    )
    assert [(t, c.kind) for t, c in said] == [(0.0, CueKind.PRAISE), (1.0, CueKind.CORRECTION)]


def test_what_waits_too_long_is_not_said():
    """A "hold" that could not be said in half a second is dropped."""
    said = run([(0.0, (cue(0, CueKind.CORRECTION, 2.0),)), (0.2, (cue(0.2, CueKind.HOLD),)), (2.0, ())])
    assert [c.kind for _, c in said] == [CueKind.CORRECTION]


def test_the_newest_of_a_kind_replaces_the_older():
    """Of two corrections that wait, the later is the one that still fits the face."""
    first, second = cue(0.1, CueKind.CORRECTION, key="old"), cue(0.2, CueKind.CORRECTION, key="new")
    said = run([(0.0, (cue(0, CueKind.PRAISE, 0.5),)), (0.1, (first,)), (0.2, (second,)), (0.6, ())])
    assert [c.key for _, c in said] == ["k", "new"]


def test_safety_cuts_off_a_release():
    """Nothing goes before safety."""
    said = run([(0.0, (cue(0, CueKind.RELEASE, 1.0),)), (0.1, (cue(0.1, CueKind.SAFETY),))])
    assert [c.kind for _, c in said] == [CueKind.RELEASE, CueKind.SAFETY]


@given(sessions)
def test_a_correction_is_heard_to_its_end(frames):
    """Half of it may say the opposite of what was meant: only a word on safety cuts it off."""
    for (start, first), (then, second) in pairwise(run(frames)):
        if first.kind is CueKind.CORRECTION and second.kind is not CueKind.SAFETY:
            assert then >= start + seconds(first.text)


@pytest.mark.parametrize("kind", [CueKind.COUNT, CueKind.PRAISE, CueKind.INSTRUCTION])
def test_a_countdown_comes_on_its_beat(kind):
    """Three, two, one: each at its second, whatever was being said before."""
    frames = [(0.0, (cue(0, kind, 3.0),)), *((t, (cue(t, CueKind.COUNTDOWN, 0.5),)) for t in (1.0, 2.0, 3.0))]
    assert [t for t, _ in run(frames)] == [0.0, 1.0, 2.0, 3.0]


def test_numbers_fit_in_their_second_even_for_a_slow_voice():
    """A countdown word is over before the next one is due, down to 100 words a minute."""
    assert all(estimate_s(word, 100) < 1.0 for word in ("Three", "Two", "One", "Trois", "Deux", "Drei"))


def test_digits_take_as_long_as_the_words_an_engine_makes_of_them():
    """A line of a summary took 2.1 s, was taken for 1.4 s, and the next line cut it off."""
    assert estimate_s("Evenness: 98 %", 165) >= 2.0
    assert estimate_s("One hold of 5 seconds", 165) == pytest.approx(1.7, abs=0.15)


@given(st.text(max_size=60), st.integers(80, 320))
def test_the_estimate_is_finite_and_grows_as_the_voice_slows(text, rate):
    """No text has a negative duration; half the rate, twice the time for the words."""
    words_s, quick_s = (max(estimate_s(text, each) - LEAD_IN_S, 0.0) for each in (rate, 2 * rate))
    assert 0 <= words_s < 600
    assert words_s == pytest.approx(2 * quick_s)


def test_the_silence_before_the_words_is_reckoned_with():
    """What is played begins with it, so it belongs to the time a cue takes."""
    assert LEAD_IN_S == loudness.LEAD_IN_S
    assert estimate_s("Hold", 165) > estimate_s("Hold", 10_000) > LEAD_IN_S


def rationed(*faults: str | None) -> list[str | None]:
    state, said = Rationing(), []
    for fault in faults:
        state, now = ration(state, fault)
        said.append(now)
    return said


def test_a_fault_is_named_at_once_and_its_disappearance_confirmed():
    """One correction, one try without it, one confirmation, then quiet."""
    assert rationed("mouth_moved", None, None) == ["mouth_moved", FIXED, None]


def test_a_fault_that_persists_is_named_on_every_other_try():
    """The same words do not come twice running."""
    assert rationed("too_short", "too_short", "too_short", "too_short") == [
        "too_short",
        None,
        "too_short",
        None,
    ]


def test_a_fault_named_before_returns_only_when_it_persists():
    """After another fault has come between, one more slip is not yet worth a repetition."""
    assert rationed("a", "b", "a", "a") == ["a", None, None, "a"]


def test_another_fault_may_follow_after_one_quiet_try():
    """The ration is one in two, whichever the fault."""
    assert rationed("a", "b", "b") == ["a", None, "b"]


def test_a_late_success_is_not_called_a_fix():
    """Only the try right after the correction answers it."""
    assert rationed("a", "a", None) == ["a", None, None]


@given(st.lists(st.sampled_from(["a", "b", None]), max_size=40))
def test_at_most_one_correction_in_two_tries(faults):
    """However the tries go, two corrections never follow each other, and only real faults are named."""
    said = rationed(*faults)
    named = [now not in {None, FIXED} for now in said]
    assert not any(a and b for a, b in pairwise(named))
    assert all(now in {None, FIXED, fault} for now, fault in zip(said, faults, strict=True))
