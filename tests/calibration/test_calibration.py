"""The person's own range is measured from held movements, repeated kindly, kept, and widened gently."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from full_disk import FULL, full
from led import still

from coach.calibration import machine as calibration
from coach.calibration.flow import CalibrationFlow
from coach.calibration.machine import Calibration
from coach.calibration.plateau import plateau
from coach.calibration.range_update import RangeWatch, widened
from coach.coaching.cues import Cue
from coach.coaching.screen import Screen
from coach.errors import StoreError
from coach.face.baseline import Noise, OwnRange
from coach.face.features import Features
from coach.shell.app import calibrate, devices
from coach.shell.app.calibrate import load_calibration_spec
from coach.shell.app.loop import Loop
from coach.shell.capture.simulated_person import Failing, SimulatedPerson, load_person
from coach.shell.capture.source import Signal
from coach.shell.detection.landmarker import Landmarker
from coach.shell.profile import range_file
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.range_file import (
    FILE,
    read_own_range,
    read_stored_range,
    widen_own_range,
    write_own_range,
)
from coach.shell.profile.shared_options import Shared
from coach.shell.profile.toml_files import load_settings
from coach.shell.sound.voice import SilentVoice
from coach.shell.store.recorder import LogKeeper
from coach.shell.system import private_file
from coach.shell.welcome import setup
from coach.shell.window.display import Command, NoDisplay
from coach.simulation.face_pose import FacePose
from coach.simulation.landmark_face import LandmarkFace
from coach.testing import face
from coach.types import Bilateral, Frame

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


# -- with a simulated person


def lead(
    model_path: Path, seconds: float, script: Sequence[Failing | None], fps: float
) -> tuple[CalibrationFlow, list[Cue], list[tuple[int, str]]]:
    """Run the guided calibration with a drawn person for some seconds.

    Returns it, its cues, and which movement was demonstrated with how many takes done.
    """
    source = SimulatedPerson(load_person(), fps=fps, seed=1, realtime=False, script=script, size=(320, 240))
    flow = CalibrationFlow(SPEC, load_phrase_book("en"), load_settings(None), source="demo")
    said, demonstrated = [], []
    with Landmarker(model_path) as landmarker:
        while True:
            frame = source.read()
            assert isinstance(frame, Frame)
            out = flow.process(frame.t, landmarker.detect(frame))
            if out.screen.demonstrate is not None:
                demonstrated.append((out.screen.count, out.screen.demonstrate))
            if out.say is not None:
                said.append(out.say)
                source.hear(out.say)
            if out.ended or frame.t > seconds:
                return flow, said, demonstrated


def test_a_simulated_person_who_smiles_along_is_corrected_and_measured(model_path: Path) -> None:
    """Through the real landmarker: shown how, the spoilt cheek raise is not taken, the next one is."""
    flow, said, demonstrated = lead(model_path, 10.5, ["mouth_moved"], fps=14.0)
    texts = [cue.key for cue in said]
    order = ["neutral", "own_cheek", "mouth_moved", "rest", "again", "release"]
    assert [key for key in texts if key != "hold"][:6] == order
    assert set(demonstrated) == {(0, "cheek_raiser")}
    assert flow.state is not None
    assert len(flow.state.takes) == 1
    assert flow.state.takes[0] > 0.02


def test_calibrate_takes_under_twenty_seconds_and_keeps_the_range(
    model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """`smile-coach calibrate` with the simulated person and small pictures: safety, events and the file."""
    person = SimulatedPerson(load_person(), fps=14.0, size=(320, 240), realtime=False)
    monkeypatch.setattr(devices, "open_source", lambda *_, **__: person)
    log = tmp_path / "events.jsonl"
    settings = tmp_path / "own.toml"
    settings.write_text(f"[model]\npath = {json.dumps(str(model_path))}\n", encoding="utf-8")
    options = Shared("demo", False, False, str(log), tmp_path / "data", settings, "de", "max")
    assert calibrate.run_calibrate(options) == 0
    assert capfd.readouterr().out.startswith(load_phrase_book("de").text("session", "safety"))
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    kinds = [event["type"] for event in events]
    assert (kinds[0], kinds[-1]) == ("session_start", "session_end")
    assert events[0]["plan"] == "calibrate"
    assert kinds.count("calibrated") == 1
    assert events[-1]["reason"] == "finished"
    assert events[-1]["t"] < 20
    stored = read_stored_range(tmp_path / "data")
    assert stored is not None
    assert stored.measured == ["cheek", "smile", "jaw"]
    assert stored.cheek > 0.02
    assert stored.smile > 0.1
    assert stored.jaw > 0.2
    assert read_own_range(tmp_path / "data") is None  # the simulated person's range is nobody's own


def test_a_calibration_that_is_broken_off_keeps_what_was_measured_before(
    model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of the movements it did not come to it says nothing, and takes nothing away."""

    class Short(SimulatedPerson):
        def read(self) -> Any:
            frame = super().read()
            return frame if isinstance(frame, Signal) or frame.t < 9.5 else Signal.ENDED

    person = Short(load_person(), fps=14.0, size=(320, 240), realtime=False)
    monkeypatch.setattr(devices, "open_source", lambda *_, **__: person)
    data = tmp_path / "data"
    data.mkdir()
    before = OwnRange(cheek=0.03, smile=0.2, jaw=0.33)
    write_own_range(data, before, on=date(2026, 1, 1), source="demo", measured=("cheek", "smile", "jaw"))
    settings = tmp_path / "own.toml"
    settings.write_text(f"[model]\npath = {json.dumps(str(model_path))}\n", encoding="utf-8")
    calibrate.run_calibrate(Shared("demo", False, False, None, data, settings, "en", "max"))
    stored = read_stored_range(data)
    assert stored is not None
    assert stored.cheek != before.cheek, "it was measured again"
    assert (stored.jaw, stored.measured) == (before.jaw, ["cheek", "smile", "jaw"])
    said = capfd.readouterr().out
    assert "cheek" in said
    assert "jaw openness" not in said
    assert "has been saved" in said


def test_the_simulated_person_never_takes_a_real_ones_place(tmp_path: Path) -> None:
    """Whoever tries `calibrate --source demo` keeps their own range, and is not told that it was saved."""
    home = Home.find(Shared("demo", False, False, None, tmp_path, None, "en", None))
    own = OwnRange(cheek=0.03, smile=0.2, jaw=0.33)
    write_own_range(tmp_path, own, source="webcam:0", measured=("cheek",))
    flow = CalibrationFlow(SPEC, load_phrase_book("en"), load_settings(None), source="demo")
    assert not calibrate._keep(home, flow, "demo")
    assert read_own_range(tmp_path) == own
    assert calibrate._measured_before(home, "demo") is None
    assert calibrate._keep(home, flow, "webcam:1")


class Led:
    """A loop that has measured the smile, and notes what the window says below the result."""

    interrupted = False
    stopped = False
    shown: list[str]

    def __init__(self, flow: CalibrationFlow, *_: object, **__: object) -> None:
        flow.state = Calibration(Noise(), found=(None, 0.14))

    def lead(self) -> str:
        return "finished"

    def linger(self, seconds: float, says: Callable[[int], str]) -> None:
        Led.shown = [says(round(seconds)), says(1)]


def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str, following: str = "") -> str:
    """Show and keep a result, as at the end of `measure_range`; return why it ended."""
    monkeypatch.setattr(calibrate, "Loop", Led)
    monkeypatch.setattr(CalibrationFlow, "lines", lambda _: (("smile", "12.0 mm = 100 %"),))
    home = Home.find(Shared("webcam", False, False, None, tmp_path, None, language, None))
    someone = SimulatedPerson(load_person(), realtime=False)
    someone.name = "webcam:0"
    book = load_phrase_book(language)
    at = devices.Devices(someone, None, NoDisplay(), SilentVoice(), book)  # type: ignore[arg-type]
    return calibrate.measure_range(at, home, book, safety=False, following=following)[0]


@pytest.mark.parametrize(
    ("language", "soon", "now"),
    [
        ("en", "Next, in 1 s: a happy memory of yours", "Next: a happy memory of yours"),
        ("de", "Als Nächstes, in 1 s: eine schöne Erinnerung von dir", "Als Nächstes: eine schöne Erinner"),
        ("es", "A continuación, en 1 s: un recuerdo feliz tuyo", "A continuación: un recuerdo feliz tuyo"),
        ("fr", "Ensuite, dans 1 s : un souvenir heureux", "Ensuite : un souvenir heureux"),
    ],
)
def test_the_first_runs_result_says_what_comes_next_and_when(
    language: str, soon: str, now: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: Any
) -> None:
    """It goes on by itself, so it says so, second by second in the window, and once in the terminal."""
    measured(monkeypatch, tmp_path, language, load_phrase_book(language).text("setup", "next_memory"))
    assert Led.shown[-1] == soon
    assert "6" in Led.shown[0]
    assert capfd.readouterr().out.splitlines()[-1].startswith(now)


def test_a_range_measured_by_itself_says_when_its_window_closes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing follows, and nothing is said to."""
    measured(monkeypatch, tmp_path, "en")
    assert Led.shown[0] == "The window closes by itself in 6 s"
    assert capfd.readouterr().out.splitlines()[-1] == "Your range has been saved"


def test_whoever_quits_at_the_result_has_quit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The range is kept; nothing more is asked, and nothing announced."""
    monkeypatch.setattr(Led, "stopped", True)
    assert measured(monkeypatch, tmp_path, "en", "a happy memory of yours") == "stopped"
    assert capfd.readouterr().out.splitlines()[-1] == "Your range has been saved"


def test_a_disk_that_fills_up_while_a_range_is_measured_keeps_nobody_from_reading_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The result stands in the window and in the terminal, with why it is not kept."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(range_file, "write_private", refuse)
    with pytest.raises(StoreError, match=r"range.json: your range cannot be written \(No space left"):
        measured(monkeypatch, tmp_path, "en", "a happy memory of yours")
    assert "free some space" in Led.shown[0]
    assert capfd.readouterr().out.splitlines() == ["smile: 12.0 mm = 100 %"]


@full
@pytest.mark.parametrize("begins", [calibrate.run_calibrate, setup.run_setup])
def test_a_full_disk_is_named_before_anybody_has_moved(
    begins: Callable[[Shared], int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody is measured for nothing; the range that was there stays."""
    write_own_range(tmp_path, OwnRange(), source="webcam:0")
    before = (tmp_path / FILE).read_bytes()

    class Full(private_file.FileBeside):
        def __init__(self, path: Path) -> None:
            super().__init__(path)
            self.file.close()
            self.file = FULL.open("wb")

    monkeypatch.setattr(private_file, "FileBeside", Full)
    monkeypatch.setattr(calibrate, "open_devices", lambda *_, **__: pytest.fail("the camera is on"))
    with pytest.raises(StoreError, match="free some space"):
        begins(Shared("demo", False, False, None, tmp_path, None, "en", "max"))
    assert (tmp_path / FILE).read_bytes() == before


def test_the_last_seconds_of_a_result_are_counted_down() -> None:
    """Whoever reads knows how long there is."""
    shown: list[Screen] = []

    class Watching:
        def show(self, frame: object, observation: object, screen: Screen) -> tuple[Command, ...]:
            shown.append(screen)
            return ()

        def close(self) -> None:
            pass

    someone = SimulatedPerson(load_person(), fps=2.0, size=(32, 24), realtime=False)
    flow = CalibrationFlow(SPEC, load_phrase_book("en"), load_settings(None), source="demo")
    at = devices.Devices(someone, None, Watching(), SilentVoice(), load_phrase_book("en"))  # type: ignore[arg-type]
    Loop(flow, at, LogKeeper(None)).linger(3.0, Screen("summary"), says=lambda seconds: f"{seconds} s")
    assert list(dict.fromkeys(screen.instruction for screen in shown)) == ["3 s", "2 s", "1 s"]
