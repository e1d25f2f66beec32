"""The first run asks little, waits for nobody who is not there, and keeps what was chosen."""

from __future__ import annotations

import json
import threading
import tomllib
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from coach.calibration.flow import CalibrationFlow
from coach.calibration.spec import RANGE_PARTS
from coach.coaching.screen import Screen
from coach.errors import Notice, SourceError, UsageError
from coach.shell.app import session as app
from coach.shell.app.calibrate import LINGER_S, load_calibration_spec
from coach.shell.app.devices import Devices
from coach.shell.capture.cameras import CameraInfo
from coach.shell.capture.simulated_person import SimulatedPerson, load_person
from coach.shell.capture.source import Signal
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import languages, load_phrase_book
from coach.shell.profile.settings_file import save_choices
from coach.shell.profile.shared_options import Shared
from coach.shell.profile.toml_files import load_coaching, load_settings
from coach.shell.sound.voice import SilentVoice
from coach.shell.store.store import Store
from coach.shell.welcome import first_questions, keepsakes, setup
from coach.shell.welcome.aloud_asker import AloudAsker
from coach.shell.welcome.camera_choice import CAMERA_S, choose_camera
from coach.shell.welcome.host import Host
from coach.shell.welcome.thumbnails import GAP, TILE, side_by_side
from coach.shell.window.display import Command
from coach.shell.window.labels import Labels
from coach.shell.window.layout import Rect, page_layout
from coach.shell.window.prompt import NobodyAsker, PersonQuit, Question, WindowAsker
from coach.shell.window.question_page import QuestionPage
from coach.simulation.landmark_face import LandmarkFace
from coach.simulation.person import Person
from coach.types import Frame

BOOK = load_phrase_book("en")
PICTURE = Frame(0.0, np.full((48, 64, 3), 120, np.uint8))
QUESTION = Question("Which?", "Press", (("1", "this"), ("2", "that")), default="1", patience_s=5.0)


class Window:
    """A display at which somebody presses keys, one tuple of commands a frame; its clock ticks with it."""

    def __init__(self, *presses: tuple[Command, ...]) -> None:
        self.presses = list(presses)
        self.shown: list[Screen] = []
        self.t = 0.0

    def show(self, frame: object, observation: object, screen: Screen) -> tuple[Command, ...]:
        self.shown.append(screen)
        self.t += 0.5
        return self.presses.pop(0) if self.presses else ()

    def close(self) -> None:
        pass

    def asker(self) -> WindowAsker:
        return WindowAsker(self, lambda _: ("closer", "Come closer"), clock=lambda: self.t)


class Camera:
    """A camera that shows one grey, or fails."""

    def __init__(self, index: int, grey: int | None) -> None:
        self.name, self.grey, self.closed = f"webcam:{index}", grey, False

    def read(self) -> Frame | Signal:
        if self.grey is None:
            raise SourceError("gone")
        return Frame(0.0, np.full((48, 64, 3), self.grey, np.uint8))

    def now(self) -> float:
        return 0.0

    def close(self) -> None:
        self.closed = True


def home_in(folder: Path) -> Home:
    return Home(load_settings(None), folder / "coach.toml", folder / "data", folder / "cache")


# -- asking


def test_a_number_answers_space_takes_the_default_and_closing_leaves():
    """Other keys are not answers."""
    window = Window((Command.HELP, Command.DIGIT_7), (Command.DIGIT_2,))
    assert window.asker().ask(QUESTION, lambda _: PICTURE) == "2"
    assert [screen.lines for screen in window.shown] == [QUESTION.options] * 2
    assert (window.shown[0].framing, window.shown[0].fix) == ("closer", "Come closer")
    assert Window((Command.PAUSE,)).asker().ask(QUESTION, lambda _: PICTURE) == "1"
    with pytest.raises(PersonQuit):
        Window((Command.QUIT,)).asker().ask(QUESTION, lambda _: PICTURE)


def test_nobody_is_waited_for():
    """Who does not answer gets the default after a while; without a person it holds at once."""
    window = Window()
    assert window.asker().ask(QUESTION, lambda _: PICTURE) == "1"
    assert window.t == QUESTION.patience_s
    assert NobodyAsker().ask(QUESTION, lambda _: pytest.fail("nobody looks")) == "1"


def test_a_note_goes_on_with_any_key():
    """A word on safety is read, not answered."""
    note = Question("Before you begin", note="Stop if it hurts", patience_s=6)
    window = Window((), (Command.MUTE,))
    window.asker().ask(note, lambda _: PICTURE)
    assert len(window.shown) == 2
    assert window.shown[0].note == "Stop if it hurts"
    assert not window.shown[0].paused


def asked(question: Question, size: tuple[int, int]) -> tuple[QuestionPage, np.ndarray]:
    """Return the page of a question, and what it has drawn."""
    window = Window((Command.PAUSE,))
    window.asker().ask(question, lambda _: PICTURE)
    page = QuestionPage(Labels.from_book(BOOK))
    return page, page.paint(PICTURE.image, window.shown[0], size)


@pytest.mark.parametrize("size", [(1280, 720), (800, 900), (640, 480)])
def test_a_question_shows_what_belongs_to_it_and_nothing_of_a_session(size):
    """No count, no ring and no bars; nor keys that would do nothing."""
    _, canvas = asked(Question("Which?"), size)
    boxes = page_layout(*size)

    def drawn(rect: Rect) -> bool:
        return bool(np.ptp(rect.of(canvas).reshape(-1, 3), axis=0).any())

    assert not any(map(drawn, (boxes.ring, boxes.left_bar, boxes.right_bar)))
    shown = {command for command, rect in boxes.buttons if drawn(rect)}
    assert shown == {Command.PAUSE, Command.FULLSCREEN, Command.QUIT}


@pytest.mark.parametrize("size", [(1280, 720), (800, 900), (640, 480)])
def test_answers_can_be_clicked(size):
    """Each is an area of its own, as large as its row; the picture is not one."""
    page, canvas = asked(QUESTION, size)
    height, width = canvas.shape[:2]
    hits = [page.command_at(x, y) for y in range(0, height, 4) for x in range(0, width, 20)]
    assert set(hits) == {
        *(Command.DIGIT_1, Command.DIGIT_2, None),
        *(Command.PAUSE, Command.FULLSCREEN, Command.QUIT),
    }
    picture = page_layout(*size).picture
    assert page.command_at(*picture.centre) is None


# -- camera


def test_a_single_camera_is_just_used(tmp_path):
    """Nobody is asked, and no camera at all is the webcam's own business."""
    window = Window()
    for cameras, index in (([CameraInfo(3, 640, 480, "")], 3), ([], None)):
        assert choose_camera(cameras, window.asker(), BOOK, home_in(tmp_path)) == index
    assert not window.shown


def test_of_several_cameras_one_is_chosen_by_its_picture(tmp_path):
    """Number two is the second picture; a camera that fails meanwhile does no harm; all are let go."""
    opened: list[Camera] = []

    def opener(home: Home, index: int) -> Camera:
        opened.append(Camera(index, None if index == 0 else 50 * index))
        return opened[-1]

    cameras = [CameraInfo(index, 640, 480, f"camera {index}") for index in (0, 2, 4)]
    window = Window((), (Command.DIGIT_9,), (Command.DIGIT_2,))
    assert choose_camera(cameras, window.asker(), BOOK, home_in(tmp_path), opener) == 2
    assert window.shown[0].lines[1] == ("2", "camera 2, 640 x 480")
    assert [camera.closed for camera in opened] == [False, True, True]
    assert choose_camera(cameras, NobodyAsker(), BOOK, home_in(tmp_path), opener) == 0


def test_pictures_stand_in_reading_order_once_mirrored():
    """The window mirrors what it shows: the first picture is at the upper left then, itself mirrored."""
    first = np.zeros((36, 48, 3), np.uint8)
    first[:, 40:] = 255  # bright at the picture's right, the person's left
    shown = side_by_side([("1", first), ("2", None), ("3", None)])[:, ::-1]
    height, width = 2 * (TILE[1] + GAP), 2 * (TILE[0] + GAP)
    dy, dx = (shown.shape[0] - height) // 2, (shown.shape[1] - width) // 2
    assert dx > width / 8  # as much as the window may cut off
    assert dy > height / 8
    shown = shown[dy:, dx:]
    assert shown[TILE[1] - 5, 5].min() > 200
    assert shown[TILE[1] - 5, TILE[0] - 5].max() < 60


# -- language, sound, safety


def test_the_language_stays_as_it_is_unless_another_is_chosen():
    """The languages call themselves by their own names."""
    window = Window((Command.DIGIT_1,))
    assert first_questions.choose_language("auto", window.asker(), BOOK, lambda _: PICTURE) == "de"
    assert [label for _, label in window.shown[0].lines] == ["Deutsch", "English", "Español", "Français"]
    assert first_questions.choose_language("auto", NobodyAsker(), BOOK, lambda _: PICTURE) == "auto"


def test_the_sentence_is_said_again_until_it_is_heard(capsys):
    """No is answered by another try, then by where to look; a voice with a problem is not asked about."""

    class Speaking(SilentVoice):
        pass

    class Audible:
        problem = ""

        def __init__(self) -> None:
            self.said: list[str] = []

        def say(self, cue) -> None:
            self.said.append(cue.text)

        def stop(self) -> None:
            pass

        def close(self) -> None:
            pass

    voice = Audible()
    window = Window((), (), (), (), (Command.DIGIT_2,), (), (), (), (), (Command.DIGIT_1,))
    assert first_questions.check_sound(voice, window.asker(), BOOK, lambda _: PICTURE)
    assert voice.said == ["Hello, can you hear me?"] * 2
    window = Window((Command.DIGIT_2,), (Command.DIGIT_2,))
    assert not first_questions.check_sound(voice, window.asker(), BOOK, lambda _: PICTURE)
    assert "doctor" in capsys.readouterr().err
    window, silent = Window(), SilentVoice(Notice("no sound: {reason}; captions only", reason="cross"))
    german = load_phrase_book("de")
    assert not first_questions.check_sound(silent, window.asker(), german, lambda _: PICTURE)
    assert {screen.note for screen in window.shown} == {"kein Ton: cross; nur Untertitel"}  # not asked about
    assert not any("Untertitel" in screen.title for screen in window.shown)  # the note has said it
    assert "kein Ton: cross" in capsys.readouterr().err
    assert not first_questions.check_sound(SilentVoice(), window.asker(), BOOK, lambda _: PICTURE)


# -- what is kept


def test_choices_are_written_among_what_the_person_wrote(tmp_path):
    """Comments and other keys stay, and the file is one the program reads."""
    path = tmp_path / "deep" / "coach.toml"
    save_choices(path, {"language": "fr", "camera.index": 2})
    assert load_settings(path).camera.index == 2
    path.write_text('# mine\nplan = "full"  # longer\n\n[voice]\nrate = 150 # slow\n', encoding="utf-8")
    save_choices(path, {"language": "es", "voice.mode": "beeps"})
    text = path.read_text(encoding="utf-8")
    assert "# mine" in text
    assert "# longer" in text
    assert "rate = 150 # slow" in text
    settings = load_settings(path)
    assert (settings.language, settings.plan, settings.voice.mode) == ("es", "full", "beeps")
    save_choices(path, {})
    assert path.read_text(encoding="utf-8") == text


def test_a_choice_that_does_not_suit_changes_nothing(tmp_path):
    """A wrong value or a broken file is told in one line, and the file stays as it was."""
    path = tmp_path / "coach.toml"
    save_choices(path, {"language": "fr"})
    before = path.read_text(encoding="utf-8")
    with pytest.raises(UsageError, match=r"camera\.index"):
        save_choices(path, {"camera.index": -1})
    assert path.read_text(encoding="utf-8") == before
    path.write_text("language = ", encoding="utf-8")
    with pytest.raises(UsageError, match="not valid TOML"):
        save_choices(path, {"language": "fr"})


def test_a_first_run_is_one_without_history_and_settings_at_a_webcam(tmp_path):
    """The simulated person and films need no setup; a session of one's own or a settings file ends it."""
    home = home_in(tmp_path)
    assert setup.needs_setup(home)
    assert setup.needs_setup(home, "webcam:1")
    assert not setup.needs_setup(home, "demo")
    assert not setup.needs_setup(home, "film.mp4")
    assert not (tmp_path / "data").exists()
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with Store.open(home.make_data_dir()) as store:
        store.begin_session("daily", "demo", now)
    assert setup.needs_setup(home)
    with Store.open(home.data_dir) as store:
        store.begin_session("daily", "webcam:0", now)
    assert not setup.needs_setup(home)
    other = replace(home, data_dir=tmp_path / "other")
    save_choices(other.settings_file, {"voice.voice": "system"})
    assert setup.needs_setup(other)  # a voice was chosen, and nothing was asked yet
    save_choices(other.settings_file, {"language": "auto"})
    assert not setup.needs_setup(other)


# -- all of it


def test_a_first_run_without_a_window_waits_for_no_key_and_ends_in_the_session(
    model_path, tmp_path, monkeypatch, capsys
):
    """The range is measured at the camera that answers, choices are kept, the session follows.

    How the range is measured is a story of its own, in `test_calibration`.
    """
    settings = tmp_path / "own.toml"
    settings.write_text(f"[model]\npath = {json.dumps(str(model_path))}\n", encoding="utf-8")
    person = SimulatedPerson(load_person(), realtime=False)
    sessions: list[Shared] = []
    measured: list[Devices] = []

    def measure(room: Devices, home: Home, *_: object, **__: object) -> tuple[str, bool]:
        assert home.settings.camera.index == 4
        measured.append(room)
        return "finished", False

    monkeypatch.setattr(setup, "measure_range", measure)
    monkeypatch.setattr(setup, "list_cameras", lambda: [CameraInfo(4, 640, 480, "")])
    monkeypatch.setattr(setup, "open_source", lambda text, home, **_: person)
    monkeypatch.setattr(app, "run_session", lambda options, *_, **__: sessions.append(options) or 0)
    options = Shared(None, False, False, None, tmp_path / "data", settings, None, None)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert setup.run_setup(options) == 0
    assert sessions == [options]
    kept = tomllib.loads(settings.read_text(encoding="utf-8"))
    assert kept["camera"]["index"] == 4
    assert kept["language"] == "auto"
    assert [room.source for room in measured] == [person]
    out = capsys.readouterr().out
    assert load_phrase_book("fr").text("screen", "safety_note") in out


def test_without_sound_a_first_run_says_so_once(model_path, tmp_path, monkeypatch, capsys):
    """Neither the measuring nor the session that follows finds it out again."""
    voices: list[object] = []
    sessions: list[Shared] = []

    def measure(room: Devices, *_: object, **__: object) -> tuple[str, bool]:
        voices.append(room.voice)
        return "finished", False

    monkeypatch.setattr(setup, "make_voice", lambda *_: SilentVoice("no sound: no player"))
    monkeypatch.setattr(setup, "measure_range", measure)
    monkeypatch.setattr(setup, "list_cameras", list)
    monkeypatch.setattr(setup, "open_source", lambda *_, **__: SimulatedPerson(load_person(), realtime=False))
    monkeypatch.setattr(app, "run_session", lambda options, *_, **__: sessions.append(options) or 0)
    settings = tmp_path / "own.toml"
    settings.write_text(f"[model]\npath = {json.dumps(str(model_path))}\n", encoding="utf-8")
    assert setup.run_setup(Shared(None, False, True, None, tmp_path / "data", settings, None, None)) == 0
    assert capsys.readouterr().err.count("no sound") == 1
    assert [voice.problem for voice in voices] == [""]
    assert [options.voice for options in sessions] == [False]


def test_the_conversation_has_its_order(model_path, tmp_path, monkeypatch):
    """Hello and what to watch out for come before the camera and any effort, the memory after it."""
    told: list[str] = []

    def note(name: str, result: object = None):
        return lambda *_, **__: told.append(name) or result

    for name in ("choose_language", "check_sound", "heed_safety", "ask_for_memory", "offer_reminder"):
        monkeypatch.setattr(setup, name, note(name, "en"))
    monkeypatch.setattr(setup, "choose_camera", note("choose_camera", 2))
    monkeypatch.setattr(setup, "list_cameras", list)
    monkeypatch.setattr(setup, "measure_range", note("measure_range", ("finished", False)))
    monkeypatch.setattr(setup, "open_source", lambda *_, **__: SimulatedPerson(load_person(), realtime=False))
    monkeypatch.setattr(app, "run_session", note("run_session", 0))
    settings = tmp_path / "own.toml"
    settings.write_text(f"[model]\npath = {json.dumps(str(model_path))}\n", encoding="utf-8")
    options = Shared(None, False, False, None, tmp_path / "data", settings, None, None)
    assert setup.run_setup(options) == 0
    assert told == [
        *("choose_language", "check_sound", "heed_safety", "choose_camera", "measure_range"),
        *("ask_for_memory", "offer_reminder", "run_session"),
    ]
    told.clear()
    settings.write_text(f"[model]\npath = {json.dumps(str(model_path))}\n", encoding="utf-8")
    before = settings.read_bytes()
    assert setup.run_setup(replace(options, source="demo")) == 0
    assert settings.read_bytes() == before
    assert told == ["check_sound", "heed_safety", "measure_range", "run_session"]


@pytest.mark.parametrize(("system", "cameras"), [("linux", "behind"), ("darwin", "here")])
def test_while_model_and_cameras_are_loading_the_window_has_its_turns(tmp_path, monkeypatch, system, cameras):
    """They are loaded on a thread behind it; a Mac asks for permission to use a camera on the main one."""
    where: dict[str, str] = {}

    class Patient(Window):
        def one_moment(self) -> None:
            pass

    def note(name: str, result: object) -> Callable[..., object]:
        def called(*_: object) -> object:
            here = threading.current_thread() is threading.main_thread()
            where[name] = "here" if here else "behind"
            return result

        return called

    monkeypatch.setattr(setup.sys, "platform", system)
    monkeypatch.setattr(Home, "model", lambda self, progress: "face.task")
    monkeypatch.setattr(setup, "open_display", lambda *_: (Patient(), ""))
    monkeypatch.setattr(setup, "Landmarker", note("model", nullcontext()))
    monkeypatch.setattr(setup, "list_cameras", note("cameras", []))
    for name in ("choose_language", "check_sound", "heed_safety"):
        monkeypatch.setattr(setup, name, lambda *_: "en")

    def far_enough(*_: object, **__: object) -> None:
        raise PersonQuit

    monkeypatch.setattr(setup, "open_source", far_enough)
    (tmp_path / "own.toml").write_text("", encoding="utf-8")
    options = Shared(None, True, False, None, tmp_path / "data", tmp_path / "own.toml", None, None)
    assert setup.run_setup(options) == 0
    assert where == {"model": "behind", "cameras": cameras}


def test_safety_is_said_and_shown_until_a_key():
    """It is heard as well: not everybody reads what stands in yellow."""
    voice, window = SilentVoice(), Window((), (Command.NEXT,))
    first_questions.heed_safety(voice, window.asker(), BOOK, lambda _: PICTURE)
    assert [cue.key for cue in voice.said] == ["safety"]
    assert {screen.note for screen in window.shown} == {BOOK.text("screen", "safety_note")}
    assert len(window.shown) == 2


def test_questions_are_heard_until_they_are_answered():
    """Nobody has to look at the window to know what is asked; the answer is the other asker's."""
    voice, window = SilentVoice(), Window((), (Command("2"),))
    assert AloudAsker(window.asker(), voice).ask(QUESTION, lambda _: PICTURE) == "2"
    assert [cue.text for cue in voice.said] == [QUESTION.title]


@pytest.mark.parametrize("language", languages())
def test_what_is_asked_aloud_is_prepared(language):
    """Hello, camera, memory, reminder and the last words before the session, in every language."""
    book = load_phrase_book(language)
    titles = [book.text("setup", key) for key in ("camera", "memory", "remind", "ready")]
    assert set(titles) <= set(book.asked())
    assert len(set(book.asked())) == 5


def test_a_face_greets_before_there_is_a_camera():
    """It begins to smile; a picture is drawn once."""
    host = Host()
    rest, smiling = host.tick(0.0).image, host.tick(5.0).image
    assert np.abs(rest.astype(int) - smiling).max() > 50
    assert host.tick(9.0).image is smiling


def test_closing_the_window_in_the_first_run_is_no_failure(tmp_path, monkeypatch):
    """Exit status 0, and no session follows."""
    monkeypatch.setattr(setup.FirstRun, "lead", lambda self: (_ for _ in ()).throw(PersonQuit))
    monkeypatch.setattr(app, "run_session", lambda *_, **__: pytest.fail("no session was wanted"))
    options = Shared("demo", True, False, None, tmp_path / "data", None, None, None)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert setup.run_setup(options) == 0


@pytest.mark.parametrize("language", languages())
def test_getting_to_know_each_other_takes_ninety_seconds(language):
    """As it says: the simulated person's range by the flow's own time, its result, and unhurried answers.

    Whoever needs half of the time that a question waits, and all of it to type a memory, is done by then.
    """
    words = load_phrase_book(language)
    flow = CalibrationFlow(
        load_calibration_spec(), words, load_settings(None), source="demo", coaching=load_coaching()
    )
    person, face, heard, ended = Person(load_person(), seed=1, script=()), LandmarkFace(1), [], False
    t = 0.0
    while not ended and t < 90:
        out = flow.process(t, face.observed(t, person.step(t, heard)))
        heard, ended, t = [] if out.say is None else [out.say], out.ended, t + 0.05
    assert flow.state.measured == RANGE_PARTS
    questions = (*(first_questions.LANGUAGE_S, first_questions.SOUND_S, first_questions.SAFETY_S), CAMERA_S)
    answers = sum((*questions, keepsakes.REMINDER_S, setup.READY_S)) / 2 + keepsakes.MEMORY_S
    assert t + LINGER_S + answers <= 90
    assert "90" in words.text("setup", "hello")
