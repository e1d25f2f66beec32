"""The doctor: every part tried, faults named with a remedy, and whether a session can run at all."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace

import pytest
from simulated_year import fill

from coach.__main__ import run
from coach.errors import ModelError
from coach.shell.app import doctor
from coach.shell.app.doctor import Check
from coach.shell.capture.cameras import CameraInfo
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.toml_files import load_settings
from coach.shell.sound.engine import SpeechRequest
from coach.shell.store.store import Store


@pytest.fixture
def settings():
    return load_settings(None)


@pytest.fixture
def all_well(monkeypatch):
    """Let every part of the machine work."""
    monkeypatch.setattr(
        "coach.shell.capture.cameras.list_cameras", lambda: [CameraInfo(0, 1280, 720, "Integrated")]
    )
    monkeypatch.setattr("coach.shell.window.window.display_problem", lambda: "")
    monkeypatch.setattr("coach.shell.model_file.find_model", lambda *args, **kwargs: "face.task")
    monkeypatch.setattr(
        "coach.shell.detection.landmarker.Landmarker", lambda path: SimpleNamespace(close=lambda: None)
    )
    monkeypatch.setattr(doctor, "_rendering_problem", lambda *args: "")
    monkeypatch.setattr(doctor, "_window_problem", str)
    player = SimpleNamespace(problem="", close=lambda: None)
    monkeypatch.setattr("coach.shell.sound.player.make_player", lambda: player)
    versions = {"mediapipe": "0.10.31", "opencv-python": "5.0.0", "numpy": "2.4.0"}
    monkeypatch.setattr(doctor, "_version", lambda name: versions.get(name, ""))
    return SimpleNamespace(player=player, versions=versions)


def by_name(settings, tmp_path):
    return {check.name: check for check in doctor.checks(settings, tmp_path / "data", tmp_path / "cache")}


def test_what_is_kept_of_a_person_is_named(all_well, settings, tmp_path):
    """By the same list that `forget everything` goes by."""
    (tmp_path / "data").mkdir()
    assert "nothing yet" in by_name(settings, tmp_path)["privacy"].detail
    (tmp_path / "data" / "range.json").write_text("{}")
    assert "(your own range)" in by_name(settings, tmp_path)["privacy"].detail


def test_a_machine_where_all_is_well(all_well, settings, tmp_path, capsys):
    """Every part is ok and none needs a remedy; where things are kept is said."""
    found = by_name(settings, tmp_path)
    assert all(check.ok and not check.remedy for check in found.values())
    assert str(tmp_path / "data") in found["privacy"].detail
    assert "Integrated, 1280x720" in found["camera"].detail
    assert doctor.report(list(found.values())) == 0
    assert capsys.readouterr().out.count("ok  ") == len(found)
    assert not (tmp_path / "data").exists()  # looking leaves nothing behind


def test_without_camera_display_and_sound_a_session_still_runs(all_well, settings, tmp_path, monkeypatch):
    """Those three have their stand-ins: the demo, no window, captions."""
    monkeypatch.setattr("coach.shell.capture.cameras.list_cameras", list)
    monkeypatch.setattr("coach.shell.window.window.display_problem", lambda: "DISPLAY is not set; log in")
    all_well.player.problem = "no sound: no output device; captions only"
    found = by_name(settings, tmp_path)
    assert [name for name, check in found.items() if not check.ok] == ["camera", "display", "voice"]
    assert "smile-coach demo" in found["camera"].remedy
    assert found["display"].remedy == "log in"
    assert found["voice"].detail == "no sound: no output device"  # the captions come once, in the remedy
    assert doctor.report(list(found.values())) == 0


def test_another_camera_than_the_chosen_one_is_named(all_well, settings, tmp_path, monkeypatch):
    """Camera 0 is chosen and only camera 2 answers: the remedy says how to use that."""
    monkeypatch.setattr("coach.shell.capture.cameras.list_cameras", lambda: [CameraInfo(2, 640, 480, "")])
    assert "webcam:2" in by_name(settings, tmp_path)["camera"].remedy


def test_without_the_model_no_session_runs(all_well, settings, tmp_path, monkeypatch, capsys):
    """The model is the one thing without a stand-in: exit status 1, and the remedy is printed."""

    def missing(*args, **kwargs):
        raise ModelError("the model is missing (no network); download it by hand")

    monkeypatch.setattr("coach.shell.model_file.find_model", missing)
    found = by_name(settings, tmp_path)
    assert doctor.report(list(found.values())) == 1
    out = capsys.readouterr().out
    assert "the model is missing (no network)" in out
    assert "download it by hand" in out


def test_a_library_that_cannot_be_loaded_is_a_finding(all_well, settings, tmp_path, monkeypatch):
    """A broken installation ends in a line of the table, not in a traceback."""

    def broken(path):
        raise ImportError("libGLESv2.so.2: cannot open shared object file")

    monkeypatch.setattr("coach.shell.detection.landmarker.Landmarker", broken)
    found = by_name(settings, tmp_path)
    assert "libGLESv2" in found["model"].detail
    assert doctor.report(list(found.values())) == 1


@pytest.mark.parametrize(("installed", "ok"), [("0.10.31", True), ("0.10.35", False), ("", False)])
def test_a_mediapipe_that_reports_usage_is_a_finding(all_well, settings, tmp_path, installed, ok):
    """The promise that nothing leaves the machine holds for the watched releases only."""
    all_well.versions["mediapipe"] = installed
    found = by_name(settings, tmp_path)["privacy"]
    assert found.ok is ok
    assert ok or "0.10.31" in found.remedy


def test_a_second_opencv_is_a_finding(all_well, settings, tmp_path):
    """Two packages that both bring `cv2` overwrite each other."""
    all_well.versions["opencv-python-headless"] = "4.9"
    assert "pip uninstall opencv-python-headless" in by_name(settings, tmp_path)["program"].remedy


def test_a_data_folder_in_the_way_of_a_file(all_well, settings, tmp_path):
    """Where no folder can be made, the remedy names the option and the variable."""
    (tmp_path / "data").write_text("a file")
    found = by_name(settings, tmp_path)["data folder"]
    assert not found.ok
    assert "SMILE_COACH_HOME" in found.remedy


def test_a_full_disk_is_a_finding(all_well, settings, tmp_path, monkeypatch):
    """Too little room is told before a session's history is lost."""
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: SimpleNamespace(free=3_000_000))
    found = by_name(settings, tmp_path)["data folder"]
    assert not found.ok
    assert "(3.0 MB free)" in found.detail


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (subprocess.CompletedProcess([], 1, "", "noise\nno espeak-ng here\n"), "no espeak-ng"),
        (subprocess.CompletedProcess([], -6, "", ""), "status -6"),
        (subprocess.TimeoutExpired("render", 20), "did not answer"),
    ],
    ids=["says why", "crashes", "hangs"],
)
def test_a_speech_engine_that_fails_is_a_reason(monkeypatch, outcome, says):
    """However the engine ends, one line remains."""

    def run(command, **kwargs):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(subprocess, "run", run)
    request = SpeechRequest("system", "en", "", 165)
    assert says in doctor._rendering_problem(request, load_phrase_book("en"))


def test_the_table_is_aligned(capsys):
    """Details start in one column, and a remedy stands below its finding."""
    fault = Check("longer", ok=False, detail="two", remedy="do this")
    doctor.report([Check("a", ok=True, detail="one"), fault])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].index("one") == lines[1].index("two") == lines[2].index("do this")


def test_a_window_is_tried_and_not_only_asked_about(all_well, settings, tmp_path, monkeypatch):
    """Where it ends the process, that is a child's, and a finding like any other."""
    monkeypatch.setattr(doctor, "_window_problem", lambda: "a window ends the process; use x")
    found = by_name(settings, tmp_path)["display"]
    assert (found.ok, found.remedy) == (False, "use x")
    assert "ends the process" in found.detail


def test_the_folder_is_tried_with_a_history_of_its_own(all_well, settings, tmp_path, monkeypatch):
    """A rollback journal and open permissions are said; nothing is left behind."""
    monkeypatch.setattr("coach.shell.store.database.journal_mode", lambda folder: "delete")
    monkeypatch.setattr("coach.shell.system.private_file.readable_by_others", lambda path: True)
    found = by_name(settings, tmp_path)["data folder"]
    assert found.ok
    assert "no shared memory there, so SQLite keeps a rollback journal" in found.detail
    assert "others on this machine may read it" in found.detail
    assert list(tmp_path.iterdir()) == []


def test_a_history_that_cannot_all_be_read_is_found_and_mended(all_well, settings, tmp_path, home, capfd):
    """The doctor names the remedy, which works."""
    with Store.open(home) as store:
        fill(store, sessions=2, check_ins=0)
        store.connection.execute("UPDATE sessions SET started_at = 'once' WHERE rowid = 1")
    found = {check.name: check for check in doctor.checks(settings, home, tmp_path / "cache")}["history"]
    assert not found.ok
    assert "smile-coach doctor --mend" in found.remedy
    assert run(["doctor", "--mend"]) == 0
    assert "taken out: sessions row 1: started_at = 'once'" in capfd.readouterr().out
    assert run(["doctor", "--mend"]) == 0
    assert "nothing to mend" in capfd.readouterr().out
