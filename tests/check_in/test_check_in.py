"""The check-in: nothing is photographed before all is in order, and three takes of each face are."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from coach.__main__ import run
from coach.check_in.capture_gate import FacePlacement, GateSample, observe, placement
from coach.check_in.machine import CheckIn, CheckInSpec, PhotoRequest, ask_again, due_on, skip, step, taken
from coach.check_in.photo_measures import baseline_of
from coach.check_in.scores import NUMBERS, Scores
from coach.coaching.cues import Cue
from coach.coaching.screen import Screen
from coach.errors import INTERRUPTED
from coach.progress.history import History, Score, SessionRecord
from coach.progress.words import ProgressWords
from coach.shell.app.check_in import CheckInResult, load_check_in, result_lines, run_check_in
from coach.shell.app.check_in_record import previous
from coach.shell.app.devices import Devices
from coach.shell.app.ghost import blended
from coach.shell.capture.simulated_person import SimulatedPerson, load_person
from coach.shell.detection.landmarker import Landmarker
from coach.shell.drawn_face.face import draw, grain
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.toml_files import load_settings
from coach.shell.sound.voice import SilentVoice, Voice
from coach.shell.store.store import Store
from coach.shell.window.display import Command, Display, NoDisplay
from coach.shell.window.painter import Appearance, Painter
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral, FaceObservation, Frame

AT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def spec() -> CheckInSpec:
    return load_check_in()


@pytest.fixture(scope="module")
def landmarker(model_path: Path) -> Iterator[Landmarker]:
    with Landmarker(model_path) as one:
        yield one


def play(state: CheckIn, spec: CheckInSpec, seconds: float, start: float = 0.0, **sample: object) -> tuple:
    """Return the state, and the actions with their times, after some seconds of the same sample."""
    done = []
    for n in range(round(seconds * 20)):
        t = start + n / 20
        state, actions = step(state, GateSample(t, **sample), spec, quiet=True)
        done += [(round(t - start, 2), action) for action in actions]
        if any(isinstance(action, PhotoRequest) for action in actions):
            state, actions = taken(state, t)
            done += [(round(t - start, 2), action) for action in actions]
    return state, done


def said(done: list) -> list[str]:
    return [action.key for _, action in done if isinstance(action, Cue)]


def requests(done: list) -> list[tuple[str, int]]:
    return [(action.pose, action.take) for _, action in done if isinstance(action, PhotoRequest)]


def test_nothing_is_photographed_while_something_is_out_of_order(spec: CheckInSpec) -> None:
    """A fix, however long it lasts, keeps the camera from going off."""
    _, done = play(CheckIn(3), spec, 20, fix="level_head", level=0.0)
    assert requests(done) == []


def test_neutral_is_taken_three_times_when_all_was_in_order_for_a_while(spec: CheckInSpec) -> None:
    """Each picture waits its own second; then a smile is asked for."""
    state, done = play(CheckIn(3), spec, 4.5, level=0.0)
    assert requests(done) == [("neutral", 0), ("neutral", 1), ("neutral", 2)]
    assert done[1][0] >= spec.timing.ready_s
    assert said(done) == ["check_neutral", "check_natural"]
    assert (state.pose, state.phase) == ("natural", "posing")


def test_a_moving_face_is_waited_for(spec: CheckInSpec) -> None:
    """While the level changes there is no picture; once it stays, there is one."""
    state = CheckIn(3, 3, "posing", since=0.0, asked=True)
    for n in range(40):
        state, actions = step(state, GateSample(n / 20, level=0.002 * n), spec, quiet=True)
        assert not any(isinstance(action, PhotoRequest) for action in actions)
    _, done = play(state, spec, 1.0, start=2.0, level=0.08)
    assert requests(done) == [("natural", 0)]


def test_a_wide_mouth_that_is_measured_unsteadily_is_not_asked_for_again(spec: CheckInSpec) -> None:
    """Its lips lie far apart: what is movement in a smile is noise here."""
    state, done = CheckIn(3, 9, "posing", since=0.0, asked=True), []
    for n in range(40):
        level = 0.28 + (0.012 if n % 2 else -0.012)
        state, actions = step(state, GateSample(n / 20, level=level), spec, quiet=True)
        done += [(n / 20, action) for action in actions]
    assert requests(done)[:1] == [("jaw", 0)]


def test_a_blink_on_its_way_is_waited_for(spec: CheckInSpec) -> None:
    """Half-shut eyes are no blink yet; a picture of them would make every other one look narrowed."""
    state, _ = play(CheckIn(3), spec, 0.8, opening=0.1)
    for opening in (0.08, 0.06, 0.08):
        state, actions = step(state, GateSample(0.8, opening=opening), spec, quiet=True)
        assert not any(isinstance(action, PhotoRequest) for action in actions)
    _, done = play(state, spec, 1.5, start=0.85, opening=0.1)
    assert requests(done) == [("neutral", 0)]
    assert done[0][0] >= spec.timing.ready_s


def test_a_held_face_is_photographed_in_a_row_and_asked_for_again(spec: CheckInSpec) -> None:
    """Two held smiles of three pictures each; only the first of a row waits for the face to settle."""
    timing = spec.timing
    state = CheckIn(6, 6, "posing", since=0.0, asked=True, in_a_row=3)
    state, done = play(state, spec, timing.least_s + 3 * timing.apart_s, level=0.1)
    assert requests(done) == [("natural", 0), ("natural", 1), ("natural", 2)]
    times = [t for t, action in done if isinstance(action, PhotoRequest)]
    assert times[0] == pytest.approx(timing.least_s, abs=0.1)
    assert [b - a for a, b in pairwise(times)] == pytest.approx([timing.apart_s] * 2, abs=0.1)
    assert said(done) == ["check_relax"]
    assert (state.phase, state.take) == ("line_up", 3)


def test_a_row_that_a_blink_breaks_goes_on_and_one_that_is_paused_begins_with_a_settled_face(
    spec: CheckInSpec,
) -> None:
    """A blink costs a moment; whoever is asked anew may still be rising."""
    timing = spec.timing
    row = CheckIn(6, 7, "posing", since=0.0, calm_since=None, asked=True, in_a_row=3, held=True)
    state, done = play(row, spec, 0.4, level=0.1, blink=True)
    assert not done
    _, done = play(state, spec, 1.0, start=0.4, level=0.1)
    assert done[0][0] == pytest.approx(timing.row_steady_s, abs=0.1)
    asked_anew = replace(ask_again(row, 1.0), phase="posing", asked=True)
    _, done = play(asked_anew, spec, 2.0, start=1.0, level=0.1)
    assert done[0][0] == pytest.approx(timing.least_s, abs=0.1)


@pytest.mark.parametrize("sample", [{"level": 0.01}, {"level": None}, {"level": 0.1, "blink": True}])
def test_no_picture_without_the_face_asked_for(spec: CheckInSpec, sample: dict) -> None:
    """Too little of a smile, no face, or shut eyes: it is asked for again instead."""
    state, done = play(CheckIn(3, 6, "posing", since=0.0, asked=True), spec, 8, **sample)
    assert requests(done) == []
    assert said(done) == ["check_biggest"]
    assert state.phase == "posing"


def test_skipping_a_face_leaves_out_its_takes(spec: CheckInSpec) -> None:
    """The next face follows; the neutral one cannot be left out; after the jaw all is done."""
    assert skip(CheckIn(3, 1), 0.0).step == 1
    assert skip(CheckIn(3, 4), 0.0).pose == "biggest"
    assert skip(CheckIn(3, 10), 0.0).phase == "done"


def test_the_next_one_is_due_after_two_weeks(spec: CheckInSpec) -> None:
    """Fourteen days after the last; the first one after three sessions, not before anything was done."""
    today = date(2026, 3, 20)
    measured = History(done(9), scores=(Score(AT, "webcam:0", "smile", 50.0, None),))
    assert due_on(measured, spec, today) == date(2026, 3, 15)
    days = [due_on(History(done(sessions)), spec, today) for sessions in (0, 2, 3, 9)]
    assert days == [date(2026, 3, 23), date(2026, 3, 21), today, today]


def test_what_the_simulated_person_did_makes_no_check_in_due(spec: CheckInSpec) -> None:
    """Whoever only watched the demo is a beginner."""
    watched = History(done(9, "demo"), scores=(Score(AT, "demo", "smile", 50.0, None),))
    assert due_on(watched, spec, date(2026, 3, 20)) == date(2026, 3, 23)


def done(sessions: int, source: str = "webcam:0") -> tuple[SessionRecord, ...]:
    return tuple(SessionRecord(str(n), AT, "daily", source, "1", 100.0, "finished") for n in range(sessions))


def look(landmarker: Landmarker, pose: FacePose) -> FaceObservation:
    picture = grain(draw(pose), 1)
    for n in range(4):
        seen = landmarker.detect(Frame(n * 0.1, picture))
    assert seen is not None
    return seen


@pytest.mark.parametrize(
    ("pose", "fix"),
    [
        (FacePose(), None),
        (FacePose(light=0.2), "more_light"),
        (FacePose(side_light=0.9), "light_from_front"),
        (FacePose(scale=0.42), "closer"),
        (FacePose(scale=1.8), "further"),
        (FacePose(yaw=14), "turn_to_me"),
        (FacePose(roll=9), "level_head"),
        (FacePose(smile=Bilateral(0.6, 0.6)), "relax"),
        (FacePose(jaw_open=0.4), "relax"),
    ],
)
def test_what_is_out_of_order_is_named(
    landmarker: Landmarker, spec: CheckInSpec, pose: FacePose, fix: str | None
) -> None:
    """Light, distance, a straight head and a face at rest, each by its own words."""
    sample = observe(
        look(landmarker, pose), 0.0, spec.limits, spec.face, neutral=None, like=None, posing=False, jaw=False
    )
    assert sample.fix == fix


def test_the_face_lines_up_with_the_last_picture(landmarker: Landmarker, spec: CheckInSpec) -> None:
    """Same distance, same place; a smile is not in the way of itself once it was asked for."""
    resting = look(landmarker, FacePose())
    before, neutral = placement(resting), baseline_of(resting)

    def judged(pose: FacePose, like: FacePlacement = before, *, posing: bool = False) -> GateSample:
        return observe(
            look(landmarker, pose), 0.0, spec.limits, spec.face,
            neutral=neutral, like=like, posing=posing, jaw=False,
        )  # fmt: skip

    assert judged(FacePose()).fix is None
    assert judged(FacePose(scale=0.75)).fix == "closer"
    # the person's left is the right of the picture: a face too far right in it moves to its right
    assert judged(FacePose(dx=0.12)).fix == "move_right"
    assert judged(FacePose(yaw=6)).fix == "turn_to_me"
    smiling = FacePose(smile=Bilateral(0.7, 0.7))
    assert judged(smiling).fix == "relax"
    assert judged(smiling, posing=True).fix is None
    assert judged(smiling, posing=True).level > spec.face.least_smile


class Watching(NoDisplay):
    """Keeps every screen, and gives up after far too many."""

    def __init__(self) -> None:
        super().__init__()
        self.screens: list[Screen] = []

    def show(self, frame: object, observation: object, screen: Screen) -> tuple[Command, ...]:
        self.screens.append(screen)
        return (Command.QUIT,) if len(self.screens) > 600 else ()


BOOK, SETTINGS = load_phrase_book("en"), load_settings(None)


def words(key: str) -> str:
    return BOOK.text("check_in", key)


def devices(landmarker: Landmarker, display: Display, voice: Voice | None = None) -> Devices:
    return Devices(person(), landmarker, display, voice or SilentVoice(), BOOK)


def person() -> SimulatedPerson:
    return SimulatedPerson(load_person(), fps=6.0, size=(480, 360), seed=3, realtime=False)


def test_the_simulated_person_checks_in(tmp_path: Path, landmarker: Landmarker, spec: CheckInSpec) -> None:
    """From the first frame to the history: every face asked for, scored, kept, and lined up with next."""
    one = spec.model_copy(update={"takes": 1, "in_a_row": 1})
    voice, window = SilentVoice(), Watching()
    with Store.open(tmp_path) as store:
        result = run_check_in(
            devices(landmarker, window, voice), SETTINGS, BOOK, one, store, tmp_path,
            keep_photos=True, clock=lambda: AT,
        )  # fmt: skip
        assert result.finished
        assert not result.problem
        asked = [cue.key for cue in voice.said if cue.key.startswith("check_") and cue.key != "check_relax"]
        faces = ("neutral", "natural", "biggest", "jaw", "done")
        assert asked == [f"check_{face}" for face in faces]
        wide = {screen.instruction for screen in window.screens if screen.wide_open}
        assert wide == {words("check_jaw")}, "where the ring is open below, for a mouth and its chin"
        assert [cue.text for cue in voice.said[:2]] == [words("safety"), words("check_neutral")]
        best, natural = result.faces["biggest"], result.faces["natural"]
        assert best.mouth_curve > natural.mouth_curve + 10
        assert best.type == "eyes_engaged"
        assert result.faces["jaw"].jaw_openness > 40
        kept = {score.name: score for score in store.history().scores}
        assert kept.keys() == result.numbers.keys() == result.sem.keys()
        assert kept["smile"].value == pytest.approx(best.smile)
        assert kept["excursion_left_mm"].sem > 0
        assert (tmp_path / result.photo).is_file()
        assert {score.source for score in store.history().scores} == {"demo"}  # the person's is still to come
        where, ghost = previous(store, tmp_path, "demo")
        assert where.size == pytest.approx(0.25, abs=0.03)
        assert blended(draw(FacePose()), ghost).shape == (480, 640, 3)
        (tmp_path / result.photo).unlink()
        _, outline = previous(store, tmp_path, "demo")
        plain = draw(FacePose())
        assert (blended(plain, outline) != plain).any()
        assert previous(store, tmp_path, "webcam:0") == (None, None)


@pytest.mark.parametrize("source", ["webcam:0", "demo"])
def test_the_result_is_read_in_the_window(
    source: str, tmp_path: Path, landmarker: Landmarker, spec: CheckInSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever began from a launcher sees no terminal: every number, and when the next check-in is due.

    The simulated person's does not count, so no date comes of it.
    """
    monkeypatch.setattr(SimulatedPerson, "name", source)

    class Window:
        view, canvas = "picture", None

        def __init__(self) -> None:
            self.screens: list[Screen] = []

        def show(self, frame: object, observation: object, screen: Screen) -> tuple[Command, ...]:
            self.screens.append(screen)
            return (Command.QUIT,) if screen.lines or len(self.screens) > 600 else ()

        def close(self) -> None: ...

    window = Window()
    one = spec.model_copy(update={"takes": 1, "in_a_row": 1})
    result = run_check_in(
        devices(landmarker, window), SETTINGS, BOOK, one, None, tmp_path,
        keep_photos=False, clock=lambda: AT,
    )  # fmt: skip
    screen = window.screens[-1]
    assert len(screen.lines) == len(result.numbers) + 1
    assert screen.lines[0] == ("Type of your biggest smile", "eyes engaged")
    due = ProgressWords(BOOK).day((AT + timedelta(days=one.every_days)).date(), AT.date())
    told = "" if source == "demo" else f"Next check-in: {due}"
    assert (screen.phase, screen.instruction) == ("summary", told)
    assert result.finished, "closed then, it is kept all the same"


def test_broken_off_nothing_is_kept(tmp_path: Path, landmarker: Landmarker, spec: CheckInSpec) -> None:
    """Whoever quits half-way leaves no half check-in and no photo behind."""

    class Quitting(Watching):
        def show(self, frame: object, observation: object, screen: Screen) -> tuple[Command, ...]:
            super().show(frame, observation, screen)
            return (Command.QUIT,) if screen.progress > 0 else ()

    with Store.open(tmp_path) as store:
        result = run_check_in(
            devices(landmarker, Quitting()), SETTINGS, BOOK, spec, store, tmp_path, keep_photos=True
        )
        assert (result.finished, result.numbers, result.id) == (False, {}, "")
        assert store.history().scores == ()
    assert not (tmp_path / "photos").exists()


@pytest.mark.parametrize(
    ("command", "done", "wanted"),
    [
        ("check-in", "with 0 of 36 pictures taken", "about a minute"),
        ("calibrate", "before a movement was measured", "about 20 s"),
    ],
)
def test_too_short_a_film_is_told_with_what_is_wanted(
    command: str, done: str, wanted: str, tmp_path: Path, film: Callable[..., Path], capfd: Any
) -> None:
    """It was called stopped, as if somebody had pressed a key, or ended without a word."""
    place = ["--data-dir", str(tmp_path / "data"), "--no-window", "--no-voice"]
    assert run([command, "--source", str(film()), *place]) == 1
    [line] = [line for line in capfd.readouterr().err.splitlines() if "ended after" in line]
    assert f"{done}, so nothing was kept; give a film of {wanted}" in line
    assert line.endswith("or leave out --source for the webcam")


def test_ctrl_c_ends_like_any_stop(
    tmp_path: Path, landmarker: Landmarker, spec: CheckInSpec, model_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Whoever presses Ctrl-C reads that nothing was kept, and a shell sees the status of an interruption."""

    class Interrupting(Watching):
        def show(self, frame: object, observation: object, screen: Screen) -> tuple[Command, ...]:
            signal.raise_signal(signal.SIGINT)
            return super().show(frame, observation, screen)

    def lead(*others: object, **options: object) -> CheckInResult:
        return run_check_in(
            devices(landmarker, Interrupting()), SETTINGS, BOOK, spec, None, tmp_path, keep_photos=True
        )

    monkeypatch.setattr("coach.shell.app.check_in.run_check_in", lead)
    own = tmp_path / "own.toml"
    own.write_text(f"[model]\npath = {json.dumps(str(model_path))}\n", encoding="utf-8")
    command = ["check-in", "--source", "demo", "--no-window", "--no-photos", "--language", "en"]
    assert run([*command, "--data-dir", str(tmp_path / "data"), "--config", str(own)]) == INTERRUPTED
    assert capsys.readouterr().err == "the check-in was stopped before its end; nothing was kept\n"


def test_the_window_of_a_check_in_counts_no_time_down(
    tmp_path: Path, landmarker: Landmarker, spec: CheckInSpec
) -> None:
    """It lasts until its pictures are taken: nothing is shown where time left would be."""

    class Quitting(Watching):
        def show(self, frame: object, observation: object, screen: Screen) -> tuple[Command, ...]:
            super().show(frame, observation, screen)
            return (Command.QUIT,)

    display, look = Quitting(), Appearance((1280, 720))
    run_check_in(devices(landmarker, display), SETTINGS, BOOK, spec, None, tmp_path, keep_photos=False)

    (screen,) = display.screens
    assert screen.time_left_s == 0
    painter = Painter()
    shown, with_time = (
        painter.paint(None, None, one, look) for one in (screen, replace(screen, time_left_s=80))
    )
    assert (shown != with_time).any()  # so time left would be seen


def test_photos_only_if_the_person_says_so(tmp_path: Path, landmarker: Landmarker, spec: CheckInSpec) -> None:
    """Without a yes the scores are kept and the pictures are not; faces that were skipped have none."""

    class Skipping(Watching):
        def show(self, frame: object, observation: object, screen: Screen) -> tuple[Command, ...]:
            smiles = (words("check_natural"), words("check_biggest"))
            quit_at_last = super().show(frame, observation, screen)
            return (Command.NEXT,) if screen.instruction in smiles else quit_at_last

    one = spec.model_copy(update={"takes": 1, "in_a_row": 1})
    with Store.open(tmp_path) as store:
        result = run_check_in(
            devices(landmarker, Skipping()), SETTINGS, BOOK, one, store, tmp_path, keep_photos=False
        )
        assert result.numbers.keys() == {"jaw_openness"}
        assert result.id
        assert result.photo == ""
        assert not (tmp_path / "photos").exists()
        where, ghost = previous(store, tmp_path, "demo")
        assert isinstance(where, FacePlacement)
        assert isinstance(ghost, list)
        store.connection.execute("UPDATE check_ins SET details = '{}'")
        assert previous(store, tmp_path, "demo") == (None, None)


def test_a_display_may_ask_for_the_next_face(spec: CheckInSpec) -> None:
    """The state after a skip starts over, with nothing counted as calm."""
    state = replace(CheckIn(3, 4, "posing"), calm_since=1.0)
    assert skip(state, 5.0) == CheckIn(3, 6, "line_up", since=5.0)


def test_the_result_begins_with_the_type_of_the_biggest_smile() -> None:
    """Before any number; where the eyes were closed it is not known and left out."""
    biggest = Scores(relative=True, mouth_curve=80.0, jaw_openness=0.0, cheek_lift=5.0, type="mouth_only")
    result = CheckInResult({"biggest": biggest}, {"smile": 42.0}, {})
    lines = result_lines(result, BOOK)
    assert lines[0] == "Type of your biggest smile: mouth only"
    assert result_lines(replace(result, faces={"biggest": replace(biggest, type=None)}), BOOK) == lines[1:]


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_the_result_is_told_in_the_persons_language(language: str) -> None:
    """Every number has words of its own, not the name it is stored under."""
    corners = ("excursion_left_mm", "excursion_right_mm")
    names = [*NUMBERS, "natural_smile", "natural_eye_engagement", *corners]
    result = CheckInResult({}, dict.fromkeys(names, 42.0), dict.fromkeys(names, 1.2))
    lines = result_lines(result, load_phrase_book(language))
    assert len(set(lines)) == len(names)
    assert not any("_" in line for line in lines)
    comma = "." if language == "en" else ","
    assert all(f"42{comma}0 ± 1{comma}2" in line for line in lines)
    assert [line.endswith(" mm") for line in lines[-2:]] == [True, True]
