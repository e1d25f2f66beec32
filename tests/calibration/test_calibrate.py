"""The command `calibrate`: a range measured by the whole program, kept, and shown with what comes next."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from full_disk import FULL, full

from coach.calibration.flow import CalibrationFlow
from coach.calibration.machine import Calibration
from coach.coaching.cues import Cue
from coach.coaching.screen import Screen
from coach.errors import StoreError
from coach.face.baseline import Noise, OwnRange
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
    write_own_range,
)
from coach.shell.profile.shared_options import Shared
from coach.shell.profile.toml_files import load_settings
from coach.shell.sound.voice import SilentVoice
from coach.shell.store.recorder import LogKeeper
from coach.shell.system import private_file
from coach.shell.welcome import setup
from coach.shell.window.display import Command, NoDisplay
from coach.types import Frame

SPEC = load_calibration_spec()


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
