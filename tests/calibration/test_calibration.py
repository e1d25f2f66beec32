"""The person's own range is measured from held movements, repeated kindly, kept, and widened gently."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from led import still

from coach.calibration import machine as calibration
from coach.calibration.flow import CalibrationFlow
from coach.calibration.machine import Calibration
from coach.calibration.plateau import plateau
from coach.calibration.range_update import RangeWatch, widened
from coach.coaching.cues import Cue
from coach.errors import StoreError
from coach.face.baseline import Noise, OwnRange
from coach.face.features import Features
from coach.shell.app.calibrate import load_calibration_spec
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.range_file import (
    FILE,
    read_own_range,
    read_stored_range,
    widen_own_range,
    write_own_range,
)
from coach.shell.profile.toml_files import load_settings
from coach.simulation.face_pose import FacePose
from coach.simulation.landmark_face import LandmarkFace
from coach.testing import face
from coach.types import Bilateral

SPEC = load_calibration_spec()
FPS = 30.0
OWN = {"own_cheek": "cheek", "own_smile": "smile", "own_jaw": "jaw"}
Face = Callable[[str, float, float], Features | None]
"""What a person shows: movement asked for, seconds since it was asked for, the frame's time."""
Said = list[tuple[float, Cue]]


def obliging(movement: str, since: float, t: float) -> Features | None:
    """Raise to the usual best within half a second, hold."""
    share = min(max(since - 0.3, 0.0) / 0.5, 1.0)
    return face(t, **{movement: share})  # type: ignore[arg-type]


def play(
    show: Face, *, fps: float = FPS, noise: Noise | None = None, limit_s: float = 90.0
) -> tuple[Calibration, Said]:
    """Let a person made of numbers hear the cues; return the last state and (seconds, cue) said."""
    state, said = Calibration(noise or Noise()), Said()
    asked: tuple[str, float] | None = None
    movement = "cheek"
    for index in range(round(limit_s * fps)):
        t = index / fps
        features = show(*asked_for(asked, t), t) if asked else face(t)
        state, cues = calibration.step(state, t, features, SPEC, quiet=True)
        for cue in cues:
            said.append((t, cue))
            if cue.key in OWN or cue.key == "again":
                movement = OWN.get(cue.key, movement)
                asked = movement, t
            elif cue.key in ("release", "rest"):
                asked = None
        if state.phase == "done":
            break
    return state, said


def asked_for(asked: tuple[str, float], t: float) -> tuple[str, float]:
    return asked[0], t - asked[1]


def keys(said: Said) -> list[str]:
    return [cue.key for _, cue in said]


# -- the plateau


def test_a_spike_is_no_plateau() -> None:
    """One wild frame moves neither the height nor the hold."""
    trace = [(n / 30, 0.02) for n in range(18)]
    calm = plateau(trace, 0.6, 0.15, 0.001)
    trace[9] = (9 / 30, 0.2)
    wild = plateau(trace, 0.6, 0.15, 0.001)
    assert wild.height == pytest.approx(calm.height) == pytest.approx(0.02)
    assert wild.held >= 0.9
    rising = [(n / 30, 0.002 * n) for n in range(18)]
    assert plateau(rising, 0.6, 0.15, 0.0).held < 0.5


# -- the machine


@pytest.mark.parametrize("fps", [10.0, 30.0, 60.0])
def test_an_obliging_person_is_asked_twice_for_each_movement(fps: float) -> None:
    """Two takes of cheek, smile and jaw, each held and released, at any frame rate; heights to 3 %."""
    state, said = play(obliging, fps=fps)
    one = ["hold", "release", "again", "hold", "release"]
    assert keys(said) == ["own_cheek", *one, "own_smile", *one, "own_jaw", *one]
    best, usual = state.own_range(OwnRange(9, 9, 9)), OwnRange()
    assert best.cheek == pytest.approx(usual.cheek, rel=0.03)
    assert best.smile == pytest.approx(usual.smile, rel=0.03)
    assert best.jaw == pytest.approx(usual.jaw, rel=0.03)


def test_the_better_of_two_counts() -> None:
    """A first shy try does not make the range small."""
    tries: list[float] = []

    def shy_first(movement: str, since: float, t: float) -> Features | None:
        if not tries or t - since - tries[-1] > 0.01:
            tries.append(t - since)
        size = 0.5 if len(tries) % 2 else 1.0
        return face(t, **{movement: size * min(since / 0.5, 1.0)})  # type: ignore[arg-type]

    state, _ = play(shy_first)
    assert state.own_range(OwnRange()).smile == pytest.approx(OwnRange().smile, rel=0.03)


def test_a_blink_in_the_hold_costs_nothing() -> None:
    """Frames with closing lids are left out; the movement is still taken at its height."""

    def blinks(movement: str, since: float, t: float) -> Features | None:
        shown = obliging(movement, since, t)
        if shown is not None and 0.9 < since < 1.1:
            closed = face(t, closure=0.9)
            return replace(shown, closure=closed.closure, lid_lift=closed.lid_lift)
        return shown

    state, said = play(blinks)
    assert "eyes_closed" not in keys(said)
    assert state.own_range(OwnRange()).cheek == pytest.approx(OwnRange().cheek, rel=0.03)


def test_a_cheek_raise_with_a_smile_is_asked_for_again_twice_at_most() -> None:
    """It is said kindly each time, then the way goes on, and what is unknown stays as it was."""

    def smiles_along(movement: str, since: float, t: float) -> Features | None:
        up = min(since / 0.5, 1.0)
        return face(t, cheek=up, smile=up) if movement == "cheek" else obliging(movement, since, t)

    state, said = play(smiles_along)
    assert keys(said).count("mouth_moved") == SPEC.takes + SPEC.repeats
    assert state.measured == ("smile", "jaw")
    assert state.own_range(OwnRange(0.017, 0.1, 0.2)).cheek == 0.017


@pytest.mark.parametrize(
    ("spoilt", "key"), [({"yaw": 40.0}, "head_turned"), ({"closure": 0.9}, "eyes_closed")], ids=str
)
def test_what_cannot_be_measured_is_told_by_its_reason(spoilt: dict[str, float], key: str) -> None:
    """A turned head or closed eyes spoil the first cheek raise; the next one counts."""

    def show(movement: str, since: float, t: float) -> Features | None:
        if t < 2:
            return face(t, cheek=min(since / 0.5, 1.0), **(spoilt if since > 0.5 else {}))  # type: ignore[arg-type]
        return obliging(movement, since, t)

    state, said = play(show)
    assert keys(said).count(key) == 1
    assert state.measured == ("cheek", "smile", "jaw")


def test_nothing_below_plausibility_is_a_range() -> None:
    """Who barely moves is asked again; noise alone, or a noisy face's twitch, is never stored."""

    def barely(movement: str, since: float, t: float) -> Features | None:
        return face(t, **{movement: 0.15 if since > 0.3 else 0.0})  # type: ignore[arg-type]

    state, said = play(barely, limit_s=120)
    assert state.phase == "done"
    assert state.measured == ()
    assert state.own_range(OwnRange()) == OwnRange()
    assert keys(said).count("own_cheek") == SPEC.takes + SPEC.repeats
    noisy = Noise(lid=0.01, corner=0.04, chin=0.1)
    state, _ = play(obliging, noise=noisy, limit_s=120)
    assert state.own_range(OwnRange()).cheek == OwnRange().cheek
    assert state.measured == ()


def test_a_lost_face_costs_no_try() -> None:
    """The person walks off in the middle and is asked again as often as they like."""

    def walks_off(movement: str, since: float, t: float) -> Features | None:
        return None if 2 < t < 8 else obliging(movement, since, t)

    state, said = play(walks_off)
    assert "paused_face" in keys(said)
    assert state.measured == ("cheek", "smile", "jaw")


def test_an_unsteady_movement_counts_by_its_better_half() -> None:
    """A trembling person gets a range too, not an endless repeat."""

    def trembles(movement: str, since: float, t: float) -> Features | None:
        shake = 0.35 if int(t * 5) % 2 else -0.35
        return face(t, **{movement: 0.0 if since < 0.3 else 1.0 + shake})  # type: ignore[arg-type]

    state, _ = play(trembles)
    assert state.own_range(OwnRange(9, 9, 9)).smile == pytest.approx(1.35 * OwnRange().smile, rel=0.1)


def test_what_is_said_about_a_movement_is_over_before_the_next_one_is_shown() -> None:
    """Below "Smile as wide as is comfortable", "Let your mouth rest" would be a riddle."""
    tried = SPEC.takes + SPEC.repeats
    given_up = Calibration(Noise(), phase="letting_go", since=0.0, repeats=tried, again=True, seen_t=0.0)
    late = SPEC.timing.rest_s + 1.0
    spoken_to, _ = calibration.step(given_up, late, face(late), SPEC, quiet=False)
    left_alone, _ = calibration.step(given_up, late, face(late), SPEC, quiet=True)
    assert (spoken_to.name, left_alone.name) == ("cheek", "smile")


def test_skipping_leaves_a_movement_as_it_was() -> None:
    """Nobody has to open a painful jaw."""
    state = Calibration(Noise())
    for number in range(3):
        assert state.name == ("cheek", "smile", "jaw")[number]
        state = calibration.skip(state, float(number), SPEC)
    assert state.phase == "done"
    assert state.own_range(OwnRange(0.1, 0.2, 0.3)) == OwnRange(0.1, 0.2, 0.3)


def test_back_measures_the_movement_before_again() -> None:
    """What was found of it before is forgotten; there is nothing before the first one."""
    state = Calibration(Noise(), part=1, found=(0.02,), takes=(0.1,))
    again = calibration.back(state, 3.0)
    assert (again.name, again.takes, again.found) == ("cheek", (), ())
    assert calibration.back(again, 4.0).name == "cheek"


# -- pausing


def leading(language: str = "en") -> CalibrationFlow:
    """Return a calibration in which a resting face has just been learnt."""
    flow = CalibrationFlow(SPEC, load_phrase_book(language), load_settings(None), source="test")
    for n in range(round(8 * FPS)):
        flow.process(n / FPS, replace(still(), t=n / FPS))
        if flow.state is not None and flow.state.phase == "waiting":
            return flow
    raise AssertionError("it never asked for anything")


def test_what_to_watch_out_for_is_said_and_shown_before_any_effort() -> None:
    """It is heard whole; those who listened with a face at rest need not be told to relax it."""
    flow = CalibrationFlow(SPEC, load_phrase_book("en"), load_settings(None), source="test", safety=True)
    said: list[tuple[float, Cue]] = []
    shown = set()
    for n in range(round(12 * FPS)):
        out = flow.process(n / FPS, replace(still(), t=n / FPS))
        if out.say is not None:
            said.append((n / FPS, out.say))
        if flow.state is None:
            shown.add(out.screen.instruction)
    assert [cue.key for _, cue in said[:2]] == ["safety", "own_cheek"]
    assert said[1][0] - said[0][0] > 1.0
    assert shown == {load_phrase_book("en").text("screen", "safety_note")}


def test_the_face_at_rest_comes_before_any_movement() -> None:
    """Where safety was spoken of before, the first words are those about the face at rest."""
    flow = CalibrationFlow(SPEC, load_phrase_book("en"), load_settings(None), source="test")
    said: list[str] = []
    for n in range(round(8 * FPS)):
        out = flow.process(n / FPS, replace(still(), t=n / FPS))
        said += [] if out.say is None else [out.say.key]
        if flow.state is None:
            assert out.screen.instruction == "Relax your face and look at the camera"
    assert said[:2] == ["neutral", "own_cheek"]


def test_each_movement_is_the_persons_turn_and_the_jaw_has_one_bar() -> None:
    """Nothing says "and up" to a jaw that is to open; the result stands without the last word spoken."""
    flow = leading()
    shown = []
    for part in ("cheek", "smile", "jaw"):
        t = flow.led.t
        for n in range(round(6 * FPS)):
            out = flow.process(t + n / FPS, replace(still(), t=t + n / FPS))
            if flow.state is not None and flow.state.phase == "waiting":
                break
        assert out.screen.bars is not None
        shown.append((part, out.screen.phase, out.screen.bars.single))
        assert out.screen.title == f"Your 100%: {load_phrase_book('en').text('setup', f'range_{part}')}"
        flow.move(flow.led.t, 1)
    assert shown == [("cheek", "waiting", False), ("smile", "waiting", False), ("jaw", "waiting", True)]
    last = flow.process(flow.led.t + 0.1, replace(still(), t=flow.led.t + 0.1)).screen
    assert (last.phase, last.caption) == ("summary", "")


def test_the_result_is_written_as_in_the_persons_language() -> None:
    """Names begin with a capital like those of every other table; Spanish numbers have a comma."""
    flow = leading("es")
    assert flow.state is not None
    flow.state = replace(flow.state, found=(0.02, None))
    (cheek, height), (smile, usual) = flow.lines()
    assert (cheek, smile) == ("Elevación de mejillas", "Sonrisa")
    assert re.fullmatch(r"\d+,\d mm = 100 %", height), height
    assert usual == "hoy no se vio bien - uso un rango típico"


def test_the_highest_so_far_fills_the_bars_of_each_movement() -> None:
    """What is measured is the person's own best: half of the usual, where it is theirs, is all of it."""
    flow = CalibrationFlow(SPEC, load_phrase_book("en"), load_settings(None), source="test")
    face, highest = LandmarkFace(), {"cheek": 0.0, "smile": 0.0}
    ring: list[float] = []
    for n in range(round(20 * FPS)):
        name, phase = ("", "") if flow.state is None else (flow.state.name, flow.state.phase)
        moves = name in highest and phase in ("waiting", "holding")
        pose = FacePose(**{name: Bilateral(0.5, 0.5)}) if moves else FacePose()
        out = flow.process(n / FPS, face.observed(n / FPS, pose))
        if phase == "holding" and name in highest and out.screen.bars is not None:
            highest[name] = max(highest[name], out.screen.bars.level.mean)
        if phase == "holding" and name == "cheek" and flow.state is not None and not flow.state.takes:
            ring.append(out.screen.hold)
    assert highest == {"cheek": pytest.approx(1.0), "smile": pytest.approx(1.0)}
    assert ring[0] < 0.2  # and the ring fills while it is held
    assert max(ring) > 0.8


def test_a_pause_asks_for_the_movement_again() -> None:
    """By the key: nothing goes on meanwhile, and the same key asks for what was asked for before."""
    flow = leading()
    t = flow.led.t
    flow.toggle_pause(t)
    for n in range(60):
        out = flow.process(t + n / FPS, replace(still(), t=t + n / FPS))
        assert out.screen.paused
    assert flow.state is not None
    assert flow.state.phase == "asking"
    flow.toggle_pause(t + 2)
    said = [flow.process(t + 2 + n / FPS, replace(still(), t=t + 2 + n / FPS)).say for n in range(90)]
    assert [cue.key for cue in said if cue is not None] == ["resume", "own_cheek"]


def test_a_camera_that_is_lost_pauses_until_it_is_back() -> None:
    """It goes on by itself; next goes on at once, to the next movement."""
    flow = leading()
    t = flow.led.t
    lost = [flow.camera_lost(t + n / FPS) for n in range(30)]
    kinds = [event.type for out in lost for event in out.events if event.type != "cue"]
    assert kinds == ["camera_lost", "paused"]
    assert lost[-1].screen.paused
    back = flow.process(t + 1.1, replace(still(), t=t + 1.1))
    assert [event.type for event in back.events if event.type != "cue"] == ["camera_found", "resumed"]
    assert not back.screen.paused
    flow.toggle_pause(t + 1.2)
    flow.move(t + 1.3, 1)
    assert flow.state is not None
    assert (flow.state.name, flow.led.paused_by) == ("smile", "")


# -- later sessions


def test_a_range_is_widened_by_a_fifth_and_never_narrowed() -> None:
    """Up when clearly higher, unmoved by noise, unmoved by a lesser day."""
    best = OwnRange(0.020, 0.090, 0.220)
    wider = widened(best, OwnRange(0.030, 0.0, 0.1), SPEC)
    assert wider == OwnRange(wider.cheek, 0.090, 0.220)
    assert wider.cheek == pytest.approx(0.022)
    assert widened(best, OwnRange(0.021, 0.093, 0.222), SPEC) == best
    assert widened(best, OwnRange(0.030, 0.0, 0.0), SPEC, Noise(lid=0.01)) == best


def watched(
    movements: int, size: float, extra: Callable[[float], Features | None] | None = None
) -> RangeWatch:
    watch = RangeWatch(OwnRange(), SPEC)
    for index in range(round(movements * 3 * FPS)):
        t = index / FPS
        up = size if 0.5 < t % 3 < 2 else 0.0
        watch.step((extra(t) if extra else None) or face(t, smile=up))
    return watch


def test_a_session_of_wider_smiles_widens_the_smile_alone() -> None:
    """What is typical counts: three held smiles, not one, and no spike."""
    wider = watched(4, 1.5).own_range()
    assert wider.smile == pytest.approx(0.090 + 0.2 * 0.045, rel=0.02)
    assert (wider.cheek, wider.jaw) == (OwnRange().cheek, OwnRange().jaw)
    assert watched(2, 1.5).own_range() == OwnRange()
    assert watched(4, 0.8).own_range() == OwnRange()
    spike = watched(4, 0.0, lambda t: face(t, smile=3.0) if t % 3 < 0.1 else None)
    assert spike.own_range() == OwnRange()


# -- on the disk


def test_a_range_is_kept_with_its_date_and_read_back(tmp_path: Path) -> None:
    """For its owner's eyes alone; an old file of three numbers is still a range."""
    best = OwnRange(0.03, 0.1, 0.3)
    write_own_range(tmp_path, best, on=date(2026, 3, 1), source="webcam:0", measured=["cheek"])
    assert read_own_range(tmp_path) == best
    assert json.loads((tmp_path / FILE).read_text())["date"] == "2026-03-01"
    (tmp_path / FILE).write_text('{"cheek": 0.02, "smile": 0.1, "jaw": 0.2}')
    assert read_own_range(tmp_path) == OwnRange(0.02, 0.1, 0.2)
    for broken in ("", "[]", '{"cheek": -1, "smile": 0.1, "jaw": 0.2}', "\0"):
        (tmp_path / FILE).write_text(broken)
        assert read_own_range(tmp_path) is None
    with pytest.raises(StoreError, match="cannot be written"):
        write_own_range(tmp_path / "missing", best)


def test_a_session_adds_to_a_calibrated_range_only(tmp_path: Path) -> None:
    """Without a calibration there is nothing to widen, and the calibration's date stays."""
    watch = watched(4, 1.5)
    assert not widen_own_range(tmp_path, watch, date(2026, 4, 1))
    write_own_range(tmp_path, OwnRange(), on=date(2026, 3, 1))
    assert widen_own_range(tmp_path, watch, date(2026, 4, 1))
    stored = read_stored_range(tmp_path)
    assert stored is not None
    assert stored.smile > OwnRange().smile
    assert (stored.date, stored.widened) == ("2026-03-01", "2026-04-01")
