"""The simulated person, drawn and looked at by the real landmarker, led through everything at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from led import SETTINGS, book, hold, plan

from coach.progress.history import History
from coach.session.session import Session
from coach.shell.app.devices import Devices
from coach.shell.app.loop import Loop
from coach.shell.capture.simulated_person import SimulatedPerson, load_person
from coach.shell.detection.landmarker import Landmarker
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.sound.voice import SilentVoice
from coach.shell.store.event_log import EventLog
from coach.shell.store.recorder import Recorder
from coach.shell.store.store import Store
from coach.shell.window.display import NoDisplay
from coach.simulation.ground_truth import IntendedMovement

FPS = 9.0  # fewer than a webcam's, to be done sooner
STEPS = (
    ("jaw_release", 1, {**hold(1.5), "circles": {"target": 2}}),
    ("cheek_raiser", 1, hold(2.0)),
    ("symmetry_drill", 1, hold(2.0)),
    ("combined", 1, hold(2.0)),
    ("memory_anchor", 1, {}),
)
SCRIPT = ("mouth_moved", None, "asymmetric")


@dataclass
class Lesson:
    """What came of one session, and what was meant."""

    events: list[dict[str, Any]]
    intended: list[IntendedMovement]
    history: History
    reason: str

    def of(self, kind: str, exercise: str = "") -> list[dict[str, Any]]:
        return [e for e in self.events if e["type"] == kind and exercise in ("", e.get("exercise"))]

    def meant(self, *kinds: str) -> list[IntendedMovement]:
        return [intention for intention in self.intended if intention.kind in kinds]


@pytest.fixture(scope="module")
def lesson(model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """Return a session of all five exercises in which two tries fail, as fast as it can be drawn."""
    folder = tmp_path_factory.mktemp("lesson")
    what = plan(*STEPS, explains=False)
    exercises = [load_exercise(step.exercise, dict(step.changes)) for step in what.steps]
    person = SimulatedPerson(load_person(), fps=FPS, size=(320, 240), seed=4, realtime=False, script=SCRIPT)
    session = Session(what, exercises, book(), SETTINGS, source="demo")
    log = folder / "events.jsonl"
    with Store.open(folder) as store, EventLog(str(log)) as written, Landmarker(model_path) as landmarker:
        begun = store.begin_session(what.name, "demo", datetime(2026, 3, 1, 8, tzinfo=UTC))
        recorder = Recorder(store, begun, written, [])
        devices = Devices(person, landmarker, NoDisplay(), SilentVoice(), book())
        reason = Loop(session, devices, recorder).lead()
        history = store.history()
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return Lesson(events, person.intended, history, reason)


def test_the_plan_is_done_to_its_end(lesson: Lesson) -> None:
    """Every exercise has its repetitions; the last line has the totals of the lines before."""
    end = lesson.events[-1]
    assert (lesson.reason, end["type"], end["reason"]) == ("finished", "session_end", "finished")
    for name, reps, _ in STEPS:
        counted = len(lesson.of("rep", name))
        assert end["reps"][name] == counted
        assert end["attempts"][name] == len(lesson.of("attempt", name))
        if name != "memory_anchor":
            assert counted == reps
    assert end["duration_s"] == pytest.approx(lesson.events[-1]["t"] - lesson.events[0]["t"])


@pytest.mark.parametrize(
    ("exercise", "kind"),
    [("cheek_raiser", "cheek_raise"), ("symmetry_drill", "smile"), ("combined", "smile_with_eyes")],
)
def test_each_movement_is_what_it_was_meant_to_be(lesson: Lesson, exercise: str, kind: str) -> None:
    """Valid tries are repetitions, failed ones attempts with their own reason, each at its time."""
    found = sorted(lesson.of("rep", exercise) + lesson.of("attempt", exercise), key=lambda e: e["start"])
    meant = lesson.meant(kind)
    assert [e.get("reason", "") for e in found] == [i.reason for i in meant]
    for event, intention in zip(found, meant, strict=True):
        assert event["start"] == pytest.approx(intention.start, abs=0.25)


def test_circles_are_counted_by_their_direction(lesson: Lesson) -> None:
    """Two each way, in the person's own mirror."""
    counted = [(circle["direction"], circle["index"]) for circle in lesson.of("jaw_circle")]
    meant = [(i.direction, n) for i in lesson.meant("circles") for n in range(1, i.count + 1)]
    assert counted == meant


def test_the_recalls_latency_is_the_persons(lesson: Lesson) -> None:
    """Within three tenths of a second, and the eyes joined in if they did."""
    (recall,), (meant,) = lesson.of("recall"), lesson.meant("recall")
    assert recall["latency_s"] == pytest.approx(meant.start - meant.cue_t, abs=0.3)
    assert recall["eye_engaged"] == meant.eyes


def test_a_release_is_said_in_the_frame_of_its_repetition(lesson: Lesson) -> None:
    """And the number that was counted follows it."""
    words = ("That's one", "That's two")
    for exercise in ("cheek_raiser", "symmetry_drill", "combined"):
        releases = [cue for cue in lesson.of("cue", exercise) if cue["kind"] == "release"]
        for cue, rep in zip(releases, lesson.of("rep", exercise), strict=True):
            assert cue["t"] == rep["t"]
        counts = [cue["text"] for cue in lesson.of("cue", exercise) if cue["kind"] == "count"]
        assert counts == [words[rep["index"] - 1] for rep in lesson.of("rep", exercise)]


def test_each_failed_try_is_corrected_once_and_confirmed(lesson: Lesson) -> None:
    """One sentence about it, and one when it is mended."""
    for exercise in ("cheek_raiser", "symmetry_drill"):
        kinds = [cue["kind"] for cue in lesson.of("cue", exercise)]
        assert kinds.count("correction") == 1
        assert kinds.count("praise") == 1
        assert kinds.index("correction") < kinds.index("praise")


def test_all_of_it_is_in_the_history(lesson: Lesson) -> None:
    """Repetitions, tries, smiles and the recall, as in the log."""
    history = lesson.history
    assert len(history.repetitions) == len(lesson.of("rep"))
    assert [row.reason for row in history.attempts] == [e["reason"] for e in lesson.of("attempt")]
    assert len(history.smiles) == len(lesson.of("smile"))
    assert len(history.recalls) == 1
    assert history.sessions[0].reason == "finished"
