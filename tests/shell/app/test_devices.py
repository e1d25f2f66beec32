"""What a session runs on: listeners hear it, and people who cannot read hear all of it."""

import threading
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from waiting import PATIENCE_S

from coach.coaching.phrases import PhraseBook
from coach.errors import CoachError, SourceError
from coach.shell.app import calibrate, check_in, devices, smile
from coach.shell.capture.cameras import explanation
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.shared_options import Shared
from coach.shell.sound.voice import SilentVoice
from coach.shell.window.display import Command, TerminalKeys
from coach.shell.window.prompt import QuestionScreen

NAMED, DOSE = "Number one: the sea", "Three holds of 3 seconds"


@pytest.fixture
def asked(monkeypatch):
    """Stand in for camera, landmarker and sound; return what the voice was asked for."""
    speeches = []

    def make_voice(settings, speech, cache_dir):
        speeches.append(speech)
        return SilentVoice("made")

    monkeypatch.setattr(
        devices, "open_source", lambda text, *_, **__: SimpleNamespace(name=f"{text}:0", close=lambda: None)
    )
    monkeypatch.setattr(devices, "Landmarker", lambda *_: nullcontext())
    monkeypatch.setattr(Home, "model", lambda self, progress: "face.task")
    monkeypatch.setattr(devices, "make_voice", make_voice)
    return speeches


def options(source: str, *, voice: bool = True, speed: str | None = None) -> Shared:
    return Shared(source, False, voice, None, None, None, "en", speed)


def opened(chosen: Shared) -> str:
    home = Home.find(chosen)
    book = load_phrase_book("en")
    with devices.open_devices(
        chosen, home, book, spoken=["memory_anchor"], memories=["the sea"], unseen=[DOSE]
    ) as opened_devices:
        return opened_devices.voice.problem


@pytest.mark.usefixtures("home")
def test_eyes_shut_at_a_webcam_all_is_said(asked):
    """Without a window the voice leads alone, and a memory's name is among what it says."""
    assert opened(options("webcam")) == "made"
    [speech] = asked
    assert not speech.read
    assert {NAMED, DOSE} <= set(speech.names)
    assert load_phrase_book("en").text("session", "finished") in speech.phrases


@pytest.mark.parametrize("by_ear", [True, False])
def test_eyes_shut_the_range_a_check_in_and_a_smile_speak_of_no_window_either(by_ear, home, monkeypatch):
    """Enter is the key that a terminal hears; at the window it is the space bar."""
    books = []

    def note(*given, **_):
        books.extend(one for one in given if isinstance(one, PhraseBook))
        raise CoachError("far enough")

    room = SimpleNamespace(by_ear=by_ear, source=SimpleNamespace(name="webcam:0"))
    monkeypatch.setattr(Home, "model", lambda self, progress: "face.task")
    for module, leads in ((calibrate, "measure_range"), (check_in, "run_check_in"), (smile, "SmileFlow")):
        monkeypatch.setattr(module, "open_devices", lambda *_, **__: nullcontext(room))
        monkeypatch.setattr(module, leads, note)
    chosen = replace(options("webcam"), data_dir=home)
    for begin in (
        lambda: calibrate.run_calibrate(chosen),
        lambda: check_in.check_in_at_camera(chosen, keep_photos=False),
        lambda: smile.run_smile(chosen, keep=False),
    ):
        with pytest.raises(CoachError, match="far enough"):
            begin()
    words = "Paused - Enter to go on" if by_ear else load_phrase_book("en").text("session", "paused")
    assert [book.text("session", "paused") for book in books] == [words] * 3
    assert not (home / "smiles").exists()  # nothing of a smile is kept that nobody asked to keep


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("types", [True, False])
def test_without_a_window_the_keys_are_typed_where_somebody_can(types, monkeypatch, capsys):
    """In a terminal, which says which; nobody types into a pipe."""
    monkeypatch.setattr(devices, "somebody_types", lambda: types)
    book = load_phrase_book("en")
    display, problem = devices.open_display(options("webcam"), Home.find(options("webcam")), book)
    assert (isinstance(display, TerminalKeys), problem) == (types, "")
    assert (book.text("screen", "typed_keys") in capsys.readouterr().err) is types


@pytest.mark.usefixtures("home")
def test_faster_than_life_nobody_listens(asked):
    """The simulated person at full speed has no voice; at its own pace it has."""
    assert opened(options("demo")) == ""
    assert opened(options("demo", speed="real")) == "made"
    assert opened(options("webcam", voice=False)) == ""
    assert len(asked) == 1


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("year", [1967, 2100, 2103])
def test_with_a_clock_that_is_years_wrong_nothing_begins(asked, monkeypatch, year):
    """The session's date could not be read back: it would be lost with all that was counted in it."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(year, 4, 7, tzinfo=UTC)

    monkeypatch.setattr(devices, "datetime", Clock)
    with pytest.raises(CoachError, match=f"clock says {year}-04-07: .*; set the clock"):
        opened(options("demo"))
    assert not asked


class Window:
    """A window at which somebody presses Space as soon as there is something to read."""

    def __init__(self):
        self.read = []

    def show(self, frame, observation, screen):
        self.read.append(screen)
        return (Command.PAUSE,)

    def close(self):
        """Nothing to close."""


@pytest.mark.usefixtures("home", "asked")
@pytest.mark.parametrize("source", ["webcam", "webcam:3"])
def test_whoever_came_from_a_launcher_reads_why_there_is_no_picture(monkeypatch, source):
    """The window stays until a key, and the line for the terminal is still to come."""
    window = Window()
    monkeypatch.setattr(devices, "open_display", lambda *_, **__: (window, ""))
    with (
        pytest.raises(SourceError, match="connect one"),
        devices.open_devices(options(source), Home.find(options(source)), load_phrase_book("de")),
    ):
        raise SourceError(explanation(0, "gives no picture", []))
    [screen] = window.read
    assert isinstance(screen, QuestionScreen)
    assert screen.title == "Die Kamera startet nicht"
    assert screen.note.startswith("Kamera 0 liefert kein Bild; keine Kamera gefunden: schließ eine an, ")


@pytest.mark.usefixtures("home", "asked")
def test_a_film_that_fails_closes_its_window_at_once(monkeypatch):
    """It was named in the terminal, where its line is read."""
    window = Window()
    monkeypatch.setattr(devices, "open_display", lambda *_, **__: (window, ""))
    with (
        pytest.raises(SourceError),
        devices.open_devices(options("film.mp4"), Home.find(options("film.mp4")), load_phrase_book("en")),
    ):
        raise SourceError("film.mp4: cannot be read")
    assert not window.read


@pytest.mark.usefixtures("home", "asked")
@pytest.mark.parametrize("broken_off", [False, True])
def test_while_camera_and_model_are_loading_the_window_says_one_moment(monkeypatch, broken_off):
    """At a size that may change; Ctrl-C in that time leaves nothing open."""
    closed, turned = [], threading.Event()

    class Patient(Window):
        def one_moment(self):
            turned.set()
            if broken_off:
                raise KeyboardInterrupt

        def close(self):
            closed.append("window")

    class Model:
        def __init__(self, *_):
            assert turned.wait(PATIENCE_S), "the window had no turn"

        def __enter__(self):
            return self

        def __exit__(self, *_):
            closed.append("model")

    camera = SimpleNamespace(name="webcam:0", close=lambda: closed.append("camera"))
    monkeypatch.setattr(devices, "open_source", lambda *_, **__: camera)
    monkeypatch.setattr(devices, "Landmarker", Model)
    monkeypatch.setattr(devices, "open_display", lambda *_, **__: (Patient(), ""))
    with pytest.raises(KeyboardInterrupt) if broken_off else nullcontext():
        opened(options("webcam"))
    assert closed == ["model", "camera", "window"]
