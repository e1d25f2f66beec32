"""A check-in is led like everything else: the same keys, one voice, pauses, and one log."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coach.check_in.flow import CheckInFlow
from coach.coaching.cue_scheduler import estimate_s
from coach.coaching.cues import Cue
from coach.coaching.flow import Output
from coach.coaching.screen import Screen
from coach.shell.app.check_in import load_check_in, run_check_in
from coach.shell.app.devices import Devices
from coach.shell.app.ghost import GhostDisplay
from coach.shell.app.loop import Loop
from coach.shell.app.photographer import Photographer
from coach.shell.capture.simulated_person import SimulatedPerson, load_person
from coach.shell.capture.source import Signal
from coach.shell.detection.landmarker import Landmarker
from coach.shell.drawn_face.face import draw, grain
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.toml_files import load_settings
from coach.shell.sound.voice import SilentVoice
from coach.shell.store.recorder import LogKeeper
from coach.shell.store.store import Store
from coach.shell.window.display import Command, NoDisplay
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral, FaceObservation, Frame

SPEC = load_check_in()
SETTINGS = load_settings(None)
FPS = 20.0
LONGEST_S = 120.0  # of a check-in; what a test waits for has come by then, or never will
Faces = dict[str, FaceObservation]


@pytest.fixture(scope="module")
def faces(model_path: Path) -> Faces:
    """Return a drawn face at rest, smiling, with an open jaw, and far away."""
    poses = {
        "rest": FacePose(),
        "smile": FacePose(smile=Bilateral(0.8, 0.8)),
        "jaw": FacePose(jaw_open=0.8),
        "far": FacePose(scale=0.42),
    }
    found = {}
    with Landmarker(model_path) as landmarker:
        for name, pose in poses.items():
            picture = grain(draw(pose), 1)
            for n in range(4):
                seen = landmarker.detect(Frame(n * 0.1, picture))
            assert seen is not None
            found[name] = seen
    return found


@dataclass
class Led:
    """A check-in under way; whoever is asked for a face shows it, and every picture turns out well."""

    faces: Faces
    flow: CheckInFlow = field(default_factory=lambda: new_flow(takes=1))
    t: float = 0.0
    shows: str = "rest"
    events: list[Any] = field(default_factory=list)
    said: list[tuple[float, Cue]] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    screen: Screen | None = None
    ended: bool = False

    def frame(self, face: str | None = None) -> None:
        shown = replace(self.faces[face or self.shows], t=self.t)
        output = self.take(self.flow.process(self.t, shown))
        if output.take:
            self.photos.append(self.flow.state.pose)
            self.flow.taken(shown)

    def take(self, output: Output) -> Output:
        assert self.t < LONGEST_S, "it went on for too long"
        self.events += output.events
        self.screen, self.ended = output.screen, output.ended
        if output.say is not None:
            self.said.append((self.t, output.say))
            asked = {"check_natural": "smile", "check_biggest": "smile", "check_jaw": "jaw"}
            self.shows = asked.get(output.say.key, "rest")
        self.t += 1 / FPS
        return output

    def until(self, done: Callable[[Led], bool]) -> Led:
        while not done(self):
            self.frame()
        return self

    @property
    def kinds(self) -> list[str]:
        return [event.type for event in self.events if event.type != "cue"]

    @property
    def keys(self) -> list[str]:
        return [cue.key for _, cue in self.said]


def new_flow(takes: int, *, safety: bool = False) -> CheckInFlow:
    spec = SPEC.model_copy(update={"takes": takes, "in_a_row": 1})
    return CheckInFlow(spec, load_phrase_book("en"), SETTINGS, source="test", safety=safety)


def test_what_to_watch_out_for_comes_first(faces: Faces) -> None:
    """Before the biggest smile and the open mouth; the window shows it until then."""
    led = Led(faces, new_flow(takes=1, safety=True))
    led.frame()
    assert led.screen is not None
    assert led.screen.instruction == load_phrase_book("en").text("screen", "safety_note")
    led.until(lambda led: led.ended)
    assert led.keys[:2] == ["safety", "check_neutral"]
    assert led.screen.instruction != load_phrase_book("en").text("screen", "safety_note")


def test_each_face_is_photographed_and_the_last_words_are_heard(faces: Faces) -> None:
    """Four faces, one log from begin to end; it ends when the thanks have been said."""
    led = Led(faces).until(lambda led: led.ended)
    assert led.photos == ["neutral", "natural", "biggest", "jaw"]
    at, thanks = led.said[-1]
    assert thanks.key == "check_done"
    assert led.t - at >= estimate_s(thanks.text, SETTINGS.voice.rate)
    led.events += led.flow.end(led.t, "finished")
    assert (led.kinds[0], led.kinds[-1]) == ("session_start", "session_end")
    assert led.events[-1].reps == {}


def test_one_thing_is_said_at_a_time(faces: Faces) -> None:
    """Nothing but the release cuts off what is being said; a face is asked for in silence."""
    led = Led(faces).until(lambda led: led.ended)
    for (t, cue), (following_t, following) in pairwise(led.said):
        if following.key != "check_relax":
            assert following_t >= t + estimate_s(cue.text, SETTINGS.voice.rate)


def test_what_is_out_of_order_is_said_less_and_less_often(faces: Faces) -> None:
    """Who sits too far away hears it, then after 6 seconds, then after 12."""
    led = Led(faces)
    while led.t < 26:
        led.frame("far")
    times = [t for t, cue in led.said if cue.key == "closer"]
    assert [round(b - a) for a, b in pairwise(times)] == [6, 12]
    assert led.photos == []


def test_the_words_are_to_rest_until_the_next_expression_is_asked_for(faces: Faces) -> None:
    """Not to smile while the voice says to relax; and once it is right, to hold it, as the ring shows."""
    led = Led(faces).until(lambda led: led.photos == ["neutral"] and led.flow.state.pose == "natural")
    assert led.screen is not None
    book = load_phrase_book("en")
    assert (led.screen.phase, led.screen.instruction) == ("rest", book.text("check_in", "relax"))
    led.until(lambda led: led.flow.state.phase == "posing")
    assert led.screen.instruction == book.text("check_in", "check_natural")
    phases = []
    while led.photos == ["neutral"]:
        led.frame()
        phases.append((led.screen.phase, led.screen.hold))
    held = [hold for phase, hold in phases if phase == "hold"]
    assert held
    assert held[-1] > 0.8


def test_the_ring_fills_once_for_all_pictures_of_a_row(faces: Faces) -> None:
    """It does not begin anew with each of them: the face is held once."""
    spec = SPEC.model_copy(update={"takes": 1, "in_a_row": 3})
    flow = CheckInFlow(spec, load_phrase_book("en"), SETTINGS, source="test")
    led, rings = Led(faces, flow), []
    while led.photos.count("natural") < 3:
        led.frame()
        assert led.screen is not None
        if led.screen.phase == "hold":
            rings.append(led.screen.hold)
    assert rings == sorted(rings)
    assert rings[0] < 0.1
    assert rings[-1] > 0.9


def test_nothing_is_photographed_while_it_is_paused(faces: Faces) -> None:
    """The key stops it, the window says so, and the same key asks for the face again."""
    led = Led(faces).until(lambda led: led.flow.state.phase == "posing")
    led.flow.toggle_pause(led.t)
    for _ in range(round(5 * FPS)):
        led.frame()
    assert led.screen is not None
    assert led.screen.paused
    assert led.photos == ["neutral"]
    led.flow.toggle_pause(led.t)
    led.until(lambda led: led.photos == ["neutral", "natural"])
    assert not led.screen.paused
    assert led.keys.count("check_natural") == 2
    assert [kind for kind in led.kinds if kind in ("paused", "resumed")] == ["paused", "resumed"]


def test_a_lost_camera_pauses_it_until_there_are_pictures_again(faces: Faces) -> None:
    """Said once, waited for, and gone on with by itself; not where the person has paused meanwhile."""
    led = Led(faces)
    led.frame()
    for _ in range(40):
        led.take(led.flow.camera_lost(led.t))
    assert led.screen is not None
    assert led.screen.paused
    assert led.keys.count("camera_lost") == 1
    led.frame()
    assert not led.screen.paused
    paused = ["camera_lost", "paused", "camera_found", "resumed"]
    assert [kind for kind in led.kinds if kind in paused] == paused
    led.flow.toggle_pause(led.t)
    led.take(led.flow.camera_lost(led.t))
    led.frame()
    assert led.screen.paused


@dataclass
class AnyFace:
    """Reads every picture; each is a number."""

    count: int = 0

    def read(self, image: object) -> int:
        self.count += 1
        return self.count


def test_back_takes_the_face_before_again(faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    """New pictures take the place of the old ones; restart begins this face again; next leaves it out."""
    monkeypatch.setattr("coach.shell.app.photographer.scored", lambda pictures: pictures)
    monkeypatch.setattr("coach.shell.app.photographer.typical", lambda pictures: len(pictures) - 1)
    led = Led(faces, new_flow(takes=2))
    photographer = Photographer(led.flow, AnyFace())  # type: ignore[arg-type]

    def photographed(pose: str) -> bool:
        shown = replace(faces[led.shows], t=led.t)
        if led.take(led.flow.process(led.t, shown)).take:
            taken = photographer._stills.count + 1
            photographer.take(Frame(led.t, np.full((4, 4, 3), taken, np.uint8)), shown)
            photographer.photos()
        return led.flow.state.pose == pose

    def go_on_to(pose: str) -> None:
        while not photographed(pose):
            pass

    go_on_to("biggest")
    assert photographer.photos().pictures == {"neutral": [1, 2], "natural": [3, 4]}
    led.flow.move(led.t, -1)
    assert led.flow.state.pose == "natural"
    go_on_to("biggest")
    assert photographer.photos().pictures["natural"] == [5, 6]
    kept = {pose: image.max() for pose, image in photographer.photos().images.items()}
    assert kept == {"neutral": 1, "natural": 6}, "the first at rest, and the most typical of a smile"
    while len(photographer.photos().pictures.get("biggest", [])) < 1:
        photographed("biggest")
    photographed("biggest")
    assert led.flow.state.take == 1
    led.flow.move(led.t, 0)
    assert (led.flow.state.pose, led.flow.state.take) == ("biggest", 0)
    led.flow.move(led.t, 1)
    assert led.flow.state.pose == "jaw"


class Reading(AnyFace):
    """Reads nothing before it may, and then only some pictures."""

    def __init__(self, *, all_but: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.may, self._all_but = threading.Event(), all_but

    def read(self, image: object) -> int | None:  # type: ignore[override]
        assert self.may.wait(10)
        number = super().read(image)
        return None if number in self._all_but else number


def test_pictures_are_taken_while_others_are_still_being_read(faces: Faces) -> None:
    """Nobody sees themselves stand still at each picture; one without a face is left out."""
    led = Led(faces, new_flow(takes=3))
    stills = Reading(all_but=(2,))
    photographer = Photographer(led.flow, stills)  # type: ignore[arg-type]
    while led.flow.state.pose == "neutral":
        shown = replace(faces["rest"], t=led.t)
        if led.take(led.flow.process(led.t, shown)).take:
            photographer.take(Frame(led.t, np.zeros((4, 4, 3), np.uint8)), shown)
    assert stills.count == 0
    stills.may.set()
    assert photographer.photos().pictures == {"neutral": [1, 3]}
    photographer.close()


@pytest.mark.parametrize(
    ("unread", "left"),
    [
        ((1, 2), {"natural": [3, 4]}),
        ((3, 4), {"neutral": [1, 2]}),
        ((4,), {"neutral": [1, 2], "natural": [3]}),
    ],
)
def test_a_face_that_no_picture_shows_is_left_out(
    faces: Faces, monkeypatch: pytest.MonkeyPatch, unread: tuple[int, ...], left: dict[str, list[int]]
) -> None:
    """Whoever asks for the photos finds only faces that can be measured, and only images of those."""
    monkeypatch.setattr("coach.shell.app.photographer.scored", scored_by_number)
    monkeypatch.setattr("coach.shell.app.photographer.typical", lambda _: 0)
    led, stills = Led(faces, new_flow(takes=2)), Reading(all_but=unread)
    stills.may.set()
    photographer = Photographer(led.flow, stills)  # type: ignore[arg-type]
    while led.flow.state.pose != "biggest":
        shown = replace(faces[led.shows], t=led.t)
        if led.take(led.flow.process(led.t, shown)).take:
            photographer.take(Frame(led.t, np.zeros((4, 4, 3), np.uint8)), shown)
    assert photographer.photos().pictures == left
    assert photographer.photos().images.keys() == left.keys()
    photographer.close()


def scored_by_number(pictures: dict[str, list[int]]) -> dict[str, list[int]]:
    assert pictures["neutral"], "nothing can be compared with no face at rest"
    return pictures


def test_without_a_face_at_rest_a_check_in_says_so(
    model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing could be compared with it; the remedy stands behind it, and nothing is kept."""
    monkeypatch.setattr("coach.shell.detection.stills.Stills.read", lambda *_: None)
    spec = load_check_in().model_copy(update={"takes": 1, "in_a_row": 1})
    someone = SimulatedPerson(load_person(), fps=6.0, size=(480, 360), seed=3, realtime=False)
    book = load_phrase_book("en")
    with Landmarker(model_path) as landmarker, Store.open(tmp_path) as store:
        at = Devices(someone, landmarker, NoDisplay(), SilentVoice(), book)
        result = run_check_in(at, SETTINGS, book, spec, store, tmp_path, keep_photos=True)
        assert result.problem.startswith("no face could be measured in the pictures of your face at rest; ")
        assert store.history().scores == ()
    assert not (tmp_path / "photos").exists()


def test_back_and_next_leave_the_neutral_face_where_it_is(faces: Faces) -> None:
    """There is no face before it, and the others are compared with it."""
    led = Led(faces)
    led.frame()
    for by in (-1, 1):
        led.flow.move(led.t, by)
        assert led.flow.state.pose == "neutral"


@dataclass
class Keys(NoDisplay):
    """A display that presses keys at given times and keeps what it showed."""

    presses: list[tuple[float, Command]] = field(default_factory=list)
    shown: list[tuple[float, Screen]] = field(default_factory=list)

    def show(self, frame: Any, observation: Any, screen: Screen) -> tuple[Command, ...]:
        t = 0.0 if frame is None else frame.t
        self.shown.append((t, screen))
        due = tuple(command for at, command in self.presses if at <= t)
        self.presses = [press for press in self.presses if press[0] > t]
        return due


@dataclass
class Still:
    """A source of one picture, and the landmarker that sees a resting face in it."""

    face: FaceObservation
    name: str = "test"
    t: float = 0.0

    def read(self) -> Frame | Signal:
        self.t += 1 / FPS
        return Frame(self.t, np.zeros((4, 4, 3), np.uint8)) if self.t < 20 else Signal.ENDED

    def now(self) -> float:
        return self.t

    def detect(self, frame: Frame) -> FaceObservation:
        return replace(self.face, t=frame.t)

    def close(self) -> None:
        pass


def test_its_keys_are_the_sessions_keys(faces: Faces) -> None:
    """Sound off, help, pause and quit do what they do in a session."""
    help_lines = (("n", "next"),)
    keys = Keys(
        presses=[
            (0.1, Command.MUTE),
            (1.0, Command.HELP),
            (2.0, Command.HELP),
            (3.0, Command.PAUSE),
            (4.0, Command.PAUSE),
            (5.0, Command.QUIT),
        ]
    )
    still, voice = Still(faces["far"]), SilentVoice()
    devices = Devices(still, still, keys, voice, load_phrase_book("en"))  # type: ignore[arg-type]
    loop = Loop(new_flow(takes=1), devices, LogKeeper(None), help_lines=help_lines)
    assert loop.lead() == "stopped"
    at = {round(t, 2): screen for t, screen in keys.shown}
    assert len(voice.said) == 1
    assert at[1.5].lines == help_lines
    assert not at[2.5].lines
    assert at[3.5].muted
    assert at[3.5].paused
    assert not at[4.5].paused
    assert keys.shown[-1][0] == pytest.approx(5.0, abs=0.1)


def test_the_earlier_picture_is_there_to_line_up_with_and_gone_for_the_face(faces: Faces) -> None:
    """Only while the person gets ready, and only on the screen: the frame itself stays as it is."""
    shown: list[Any] = []

    class Keeping(NoDisplay):
        def show(self, frame: Any, observation: Any, screen: Screen) -> tuple[Command, ...]:
            shown.append(frame.image)
            return ()

    frame = Frame(0.0, np.zeros((8, 8, 3), np.uint8))
    display = GhostDisplay(Keeping(), np.full((8, 8, 3), 200, np.uint8))
    display.show(frame, None, Screen("ready"))
    display.show(frame, None, Screen("rest"))
    display.show(frame, None, Screen("rising"))
    assert [image.max() for image in shown] == [50, 50, 0]
    assert frame.image.max() == 0
