"""The command runs a whole session: exit status, log, history, keys and clicks, with and without a window."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from led import Led, book, features_of, hold, led, plan, still
from waiting import PATIENCE_S

from coach.__main__ import run as run_command
from coach.coaching.cues import Cue
from coach.coaching.screen import Screen
from coach.coaching.spec import STANDARD
from coach.errors import Notice, SourceError
from coach.events import Rep
from coach.session.tally import Tally
from coach.shell.app import devices
from coach.shell.app import session as app
from coach.shell.app.devices import Devices
from coach.shell.app.farewell import Farewell
from coach.shell.app.loop import Loop
from coach.shell.capture import simulated_person
from coach.shell.capture.source import Signal
from coach.shell.drawn_face.demonstration import Demonstration
from coach.shell.sound.voice import SilentVoice
from coach.shell.store.recorder import Recorder
from coach.shell.store.store import Store
from coach.shell.system.notices import NOTICE_S
from coach.shell.window import window
from coach.shell.window.display import Command, NoDisplay, TerminalKeys
from coach.simulation.face_pose import FacePose
from coach.types import FaceObservation, Frame

# ---- the loop, on made-up devices --------------------------------------------------------------------


class Pictures:
    """A source of frames that are never looked at; its person hears the coach."""

    name = "test"

    def __init__(self, run: Led) -> None:
        self.t, self.count, self.run = 0.0, 0, run
        self.interval_s, self.closed = 1 / 20, False
        self.script: dict[int, Signal] = {60 * 20: Signal.ENDED}

    def read(self) -> Frame | Signal:
        self.count += 1
        self.t += self.interval_s
        return self.script.get(self.count) or Frame(self.t, np.zeros((1, 1, 3), np.uint8))

    def hear(self, cue: Cue) -> None:
        self.run._heard.append(cue)

    def now(self) -> float:
        return self.t

    def close(self) -> None:
        self.closed = True


@dataclass
class Keys(NoDisplay):
    """A display that presses keys at given times and keeps what it showed."""

    presses: list[tuple[float, Command]] = field(default_factory=list)
    shown: list[tuple[float, Screen]] = field(default_factory=list)

    def show(self, frame: Any, observation: Any, screen: Screen) -> tuple[Command, ...]:
        t = self.shown[-1][0] if frame is None and self.shown else getattr(frame, "t", 0.0)
        self.shown.append((t, screen))
        due = tuple(command for at, command in self.presses if at <= t)
        self.presses = [press for press in self.presses if press[0] > t]
        return due

    def at(self, t: float) -> Screen:
        return next(screen for at, screen in self.shown if at >= t)


@dataclass
class Kept:
    """A recorder that keeps everything."""

    events: list[Any] = field(default_factory=list)
    problem: str = ""

    def take(self, events: Sequence[Any]) -> None:
        self.events += events


class Person:
    """The fast simulated person as the landmarker: it tells the session's perception what it does."""

    def __init__(self, run: Led) -> None:
        self.run = run

    def detect(self, frame: Frame) -> FaceObservation | None:
        pose = self.run.pose(frame.t, self.run._heard)
        self.run._heard = []
        self.run.session.perception.told = features_of(frame.t, pose)
        return FaceObservation(frame.t, still().landmarks, np.full(52, 0.1), still().size)


ONE_CHEEK = (("cheek_raiser", 1, hold(1.5)),)


def looped(
    *presses: tuple[float, Command], steps: Any = ONE_CHEEK, **how: Any
) -> tuple[Loop, Keys, Kept, Pictures]:
    """Return a loop around a short session in which these keys are pressed."""
    run, _ = led(plan(*steps), seed=1, coaching=how.pop("coaching", STANDARD))
    keys, kept, pictures = Keys(presses=list(presses)), Kept(), Pictures(run)
    voice = SilentVoice(how.pop("voice_problem", ""))
    devices = Devices(pictures, Person(run), keys, voice, how.pop("words", book()))  # type: ignore[arg-type]
    made = Loop(run.session, devices, kept, **how)
    return made, keys, kept, pictures


def test_the_loop_runs_to_the_end():
    """Frames in, events kept, the last screen is the summary."""
    made, keys, kept, _ = looped()
    assert made.run() == "finished"
    assert [e.index for e in kept.events if e.type == "rep"] == [1]
    assert keys.shown[-1][1].phase == "summary"


class Listened:
    """A voice somebody listens to; they leave after some of its words."""

    problem = ""

    def __init__(self, loop: Loop, leaves_after: int) -> None:
        self.loop, self.leaves_after = loop, leaves_after
        self.said: list[Cue] = []
        self.prepared: list[str] = []
        self.stopped = False

    def prepare(self, texts: Sequence[str], patience_s: float) -> None:
        self.prepared += texts

    def say(self, cue: Cue) -> None:
        self.said.append(cue)
        if len(self.said) == self.leaves_after:
            self.loop.interrupt()

    def stop(self) -> None:
        self.stopped = True


@pytest.mark.parametrize(("leaves_after", "heard"), [(99, 3), (2, 2)])
def test_the_summary_is_told_line_by_line_until_it_is_broken_off(leaves_after, heard, monkeypatch):
    """All of it is prepared first: its words are nobody's phrases."""
    made, *_ = looped()
    made._voice = voice = Listened(made, leaves_after)
    clock = iter(range(10_000))
    monkeypatch.setattr("coach.shell.app.loop.time.monotonic", lambda: float(next(clock)))
    monkeypatch.setattr("coach.shell.app.loop.time.sleep", lambda _: None)
    lines = ["cheek raiser: 3 repetitions", "evenness: 94 %", "time: 2 minutes"]
    made.tell(lines, 165.0)
    assert voice.prepared == lines
    assert [cue.text for cue in voice.said] == lines[:heard]
    assert voice.stopped == (leaves_after == 2)


def test_quit_ends_it_at_once():
    """What was done is kept by whoever asks for the session's end."""
    made, keys, _, _ = looped((5.0, Command.QUIT))
    assert made.run() == "stopped"
    assert keys.shown[-1][0] == pytest.approx(5.0, abs=0.05)
    assert made.flow.end(made.t, "stopped")[-1].to_dict()["reason"] == "stopped"


def test_keys_reach_the_session():
    """Pause, resume, next: the screens and the events show it."""
    made, keys, kept, _ = looped(
        (4.0, Command.PAUSE),
        (5.0, Command.PAUSE),
        (9.0, Command.NEXT),
        steps=(("cheek_raiser", 3, {}), ("symmetry_drill", 1, hold(1.5))),
    )
    assert made.run() == "finished"
    kinds = [e.type for e in kept.events if e.type in ("paused", "resumed")]
    assert kinds == ["paused", "resumed"]
    assert keys.at(4.5).paused
    assert keys.at(9.1).exercise == "symmetry_drill"


def test_mute_and_help_are_shown_and_taken_back():
    """Muted says nothing more aloud; captions go on. Help pauses, and explains the picture too."""
    help_lines = window.Labels().keys_help()
    presses = ((0.5, Command.MUTE), (2.0, Command.HELP), (3.0, Command.HELP))
    made, keys, _, _ = looped(*presses, help_lines=help_lines)
    made.run()
    assert keys.at(1.0).muted
    assert keys.at(2.5).lines == help_lines
    assert keys.at(2.5).paused
    assert ("Ring", "fills while the form is right") in help_lines
    assert {"Bars", "Brackets", "Light"} < {name for name, _ in help_lines}
    assert not keys.at(3.5).lines
    assert not keys.at(3.5).paused
    assert len(made._voice.said) == 1  # before it was muted


def test_help_pauses_also_where_space_would_look_at_the_face_again():
    """The person was offered that after being asked in vain; reading takes time all the same."""
    hasty = STANDARD.model_copy(
        update={"held": STANDARD.held.model_copy(update={"unanswered_s": (0.2, 0.2, 0.2, 0.2, 60.0)})}
    )
    presses = ((15.0, Command.HELP), (16.0, Command.HELP), (17.0, Command.QUIT))
    made, keys, _, pictures = looped(*presses, coaching=hasty, help_lines=window.Labels().keys_help())
    pictures.run.pose = lambda t, heard: FacePose()
    made.run()
    assert made.flow.plan_run.current.guidance.offers
    assert keys.at(15.5).paused
    assert keys.at(15.5).lines
    assert not keys.at(16.5).paused
    assert not keys.at(16.5).lines


@pytest.mark.parametrize(("fps", "share"), [(20, 1.0), (8, 0.5)])
def test_of_slow_pictures_every_second_one_is_drawn_and_all_are_looked_at(fps, share, monkeypatch):
    """A busy machine spends its time on seeing the person rather than on showing them."""
    monkeypatch.setattr(Devices, "live", True)
    made, keys, kept, pictures = looped()
    pictures.interval_s = 1 / fps
    assert made.run() == "finished"
    drawn = len([t for t, _ in keys.shown if 5.0 < t < 9.0])
    assert drawn == pytest.approx(4.0 * fps * share, abs=2)
    assert len([event for event in kept.events if event.type == "rep"]) == 1


def test_a_slow_camera_is_asked_for_smaller_pictures_while_nothing_is_asked_of_the_person(monkeypatch):
    """Once, in a rest; what is done counts all the same."""
    phases = []
    monkeypatch.setattr(Devices, "live", True)
    monkeypatch.setattr(Pictures, "shrink", lambda _: phases.append(made._screen.phase), raising=False)
    made, _, kept, pictures = looped(steps=(("cheek_raiser", 3, hold(1.5)),))
    pictures.interval_s = 1 / 8
    made.run()
    assert phases == ["rest"]
    assert len([event for event in kept.events if event.type == "rep"]) == 3


@pytest.mark.parametrize("key", [Command.PAUSE, Command.OTHER])
def test_a_key_leads_on_from_the_card_between_two_exercises(key):
    """Space pauses an exercise, but there it means: go on."""
    steps = (("cheek_raiser", 1, hold(1.5)), ("symmetry_drill", 1, hold(1.5)))
    first, keys, _, _ = looped(steps=steps)
    first.run()
    begun = next(t for t, screen in keys.shown if screen.coming is not None)
    made, keys, kept, _ = looped((begun + 0.5, key), steps=steps)
    made.run()
    assert keys.at(begun + 0.3).coming is not None
    assert keys.at(begun + 0.7).exercise == "symmetry_drill"
    assert not [event for event in kept.events if event.type == "paused"]


@pytest.mark.parametrize(
    ("keys", "felt", "warmth"),
    [
        ((Command.DIGIT_7, Command.DIGIT_4, Command.OTHER), "hurt", 7),
        ((Command.PAUSE, Command.PAUSE, Command.VIEW), None, None),
        ((Command.NEXT, Command.DIGIT_3, Command.QUIT), None, 3),
    ],
)
def test_the_end_asks_twice_keeps_the_answers_and_stays_until_a_key(keys, felt, warmth, tmp_path):
    """From the last words on the card stands there; the camera is let go before the first question."""
    with Store.open(tmp_path) as store:
        session = store.begin_session("test", "webcam:0", datetime.now().astimezone())
        made, display, _, pictures = looped(steps=(("memory_anchor", 1, {}),))
        pictures.name = "webcam:0"
        made._keeper = Recorder(store, session, None, ["a"])
        farewell = made._farewell = Farewell(store, session, made.flow.tally, book(), "smile-coach check-in")
        assert made.lead() == "finished"
        assert display.shown[-1][1].end.ask == ""
        read = pictures.count
        presses = iter(keys)
        shown = []

        def show(frame: Any, observation: Any, screen: Screen) -> tuple[Command, ...]:
            shown.append(screen.end)
            return (next(presses),) if len(shown) % 3 == 0 else ()

        display.show = show  # type: ignore[method-assign]
        made.leave(math.inf)
        assert (pictures.count, pictures.closed) == (read, True)
        assert [bool(card.answers) for card in shown[:3]] == [True] * 3
        assert next(presses, None) is None
        assert made._voice.said[-2].text.startswith("How ")
        found = store.history()
        assert found.sessions[0].felt == felt
        assert [recall.feeling for recall in found.recalls] == [warmth]
        assert bool(farewell.card.advice) == (felt == "hurt")
        assert "check-in" in farewell.card.coming or felt == "hurt"


def test_notices_go_after_a_while_and_a_full_disk_does_not(capsys):
    """What is missing is said for a few seconds each; what is not saved, while it lasts, printed once."""
    made, keys, kept, _ = looped(notices=("no camera light",), voice_problem="no sound")
    made.run()
    assert keys.at(1.0).notice == "no camera light"
    assert keys.at(NOTICE_S + 1).notice == "no sound"
    made, keys, kept, _ = looped()
    kept.problem = "not saved yet"
    made.run()
    assert {screen.notice for _, screen in keys.shown} == {"not saved yet"}
    assert capsys.readouterr().err.splitlines().count("not saved yet") == 1


def test_what_was_filmed_is_said_in_the_persons_language(capsys):
    """The last line of a session that was filmed."""
    taped = SimpleNamespace(close=lambda: Notice("nothing was recorded: the camera gave no picture"))
    app._keep(None, None, taped, book("es"), to_error=False)
    assert capsys.readouterr().out == "no se ha grabado nada: la cámara no dio imagen\n"


def test_what_is_missing_is_said_in_the_persons_language(capsys):
    """A full disk while it lasts, else what was known before and the voice's reason; in the terminal, too."""
    silent = "no sound: no output device or player found ({remedy}); captions only"
    full = "history: not saved yet, kept in memory ({reason}); the session continues"
    made, keys, kept, _ = looped(
        words=book("fr"),
        notices=(Notice("history: saved after a delay"),),
        voice_problem=Notice(silent, remedy=Notice("connect one")),
    )
    made.run()
    late, quiet = capsys.readouterr().err.splitlines()
    assert (late, quiet) == (keys.at(1.0).notice, keys.at(NOTICE_S + 1).notice)
    assert late == "historique : enregistré avec du retard"
    assert quiet == "pas de son : ni sortie audio ni lecteur trouvés (branches-en une) ; sous-titres seuls"
    made, keys, kept, _ = looped(words=book("fr"))
    kept.problem = Notice(full, reason="database or disk is full")
    made.run()
    (said,) = capsys.readouterr().err.splitlines()
    assert {screen.notice for _, screen in keys.shown} == {said}
    assert said.startswith(
        "historique : pas encore enregistré, gardé en mémoire (plus de place sur le disque)"
    )


def test_what_fails_in_mid_session_is_said_once_in_the_terminal_and_shown(capsys):
    """An exercise that raises is left out; whoever wrote it wants to read why."""
    made, keys, _, _ = looped()
    failed = "exercise 'cheek_raiser' failed (ValueError); left out from here on"
    made.flow._notice = failed
    made.run()
    assert capsys.readouterr().err.splitlines().count(failed) == 1
    assert keys.at(1.0).notice == failed


def test_a_lost_camera_shows_no_old_picture():
    """The window learns that there is no camera, and the session waits."""
    made, keys, kept, pictures = looped()
    pictures.script |= dict.fromkeys(range(80, 120), Signal.LOST)
    made.run()
    assert [e.type for e in kept.events if e.type.startswith("camera")] == ["camera_lost", "camera_found"]
    assert any(screen.paused for _, screen in keys.shown)


def test_each_movement_is_demonstrated_before_it_is_asked_for():
    """In pictures drawn beforehand: from rest to the whole movement and back."""
    demonstration = Demonstration(("cheek_raiser",))
    made, keys, _, _ = looped(demonstration=demonstration)
    made.run()
    shown = [screen.demo for _, screen in keys.shown if screen.demo is not None]
    assert len(shown) > 40
    assert len({id(picture) for picture in shown}) == 11
    assert keys.shown[-1][1].demo is None
    assert demonstration.picture("a third party's", 1.0) is None


SHORT = ("--plan", "cheek_raiser", "--minutes", "0.5")


# ---- the command -------------------------------------------------------------------------------------


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model_path: Path) -> Callable[..., int]:
    """Return the command, with a small and slow camera and its own data folder."""
    monkeypatch.setenv("SMILE_COACH_HOME", str(tmp_path / "home"))
    camera = partial(simulated_person.SimulatedPerson, fps=9.0, size=(320, 240))
    monkeypatch.setattr(simulated_person, "SimulatedPerson", camera)
    monkeypatch.setattr("coach.shell.profile.home.Home.model", lambda self, progress: model_path)
    return lambda *arguments: run_command(list(arguments))


def test_a_demo_runs_without_anything_and_exits_0(brief, tmp_path, capsys):
    """No window, no voice: captions in the terminal, a log, a history, and a summary at once."""
    log = tmp_path / "log.jsonl"
    assert brief("demo", *SHORT, "--no-window", "--events", str(log)) == 0
    events = [json.loads(line) for line in log.read_text().splitlines()]
    start = events[0]
    assert (start["type"], start["source"], start["plan"]) == ("session_start", "demo", "cheek_raiser")
    end = events[-1]
    assert (end["type"], end["reason"]) == ("session_end", "finished")
    assert end["reps"]["cheek_raiser"] == len([e for e in events if e["type"] == "rep"]) >= 2
    assert end["duration_s"] <= 32.0
    with Store.open(tmp_path / "home", read_only=True) as store:
        history = store.history()
    assert len(history.repetitions) == end["reps"]["cheek_raiser"]
    assert history.sessions[0].reason == "finished"
    said = capsys.readouterr().out
    assert "Cheeks up" in said
    assert "Cheek raiser:" in said


class Answering(TerminalKeys):
    """Somebody who sees nothing, pauses for a moment, and answers what is asked at the end."""

    shown = 0

    def show(self, frame: Any, observation: Any, screen: Screen) -> tuple[Command, ...]:
        self.shown += 1
        if screen.end is not None:
            return (Command.DIGIT_2,) if screen.end.answers else ()
        return (Command.PAUSE,) if self.shown in (55, 65) else ()


def test_eyes_shut_a_session_is_led_to_its_last_question(brief, monkeypatch, tmp_path, capsys):
    """Without a window doses, the end's card and how it felt are said, and keys come from the terminal."""
    voice = SilentVoice()
    pictures = simulated_person.SimulatedPerson(simulated_person.load_person(), realtime=False)
    pictures.name = "webcam:0"
    monkeypatch.setattr(devices, "open_source", lambda *_, **__: pictures)
    monkeypatch.setattr(devices, "open_display", lambda *_, **__: (Answering(), ""))
    monkeypatch.setattr(devices, "open_voice", lambda *_, **__: voice)
    monkeypatch.setattr("coach.shell.app.loop.SilentVoice", type(None))  # this one is to be waited for
    clock = iter(range(10_000))
    monkeypatch.setattr("coach.shell.app.loop.time.monotonic", lambda: float(next(clock)))
    monkeypatch.setattr("coach.shell.app.loop.time.sleep", lambda _: None)
    assert brief("session", *SHORT, "--no-window", "--language", "en") == 0
    said = [cue.text for cue in voice.said]
    assert "Paused - Enter to go on" in said
    outcome = said[said.index("All done - see you tomorrow") + 1 :]
    assert any("holds of" in text for text in said)
    assert outcome[0].startswith("Hold")
    assert outcome[-2:] == ["Next: tomorrow", "How did it feel?"]
    printed = capsys.readouterr().out
    assert "4 it hurt   (Enter: no answer)" in printed
    assert "s average hold" in printed  # to be read, but it would take a minute to be heard
    with Store.open(tmp_path / "home", read_only=True) as store:
        assert [session.felt for session in store.history().sessions] == ["right"]


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (("--plan", "tomorrow"), 2, "plan 'tomorrow': unknown"),
        (("--minutes", "0.5"), 2, "--minutes 0.5: plan 'daily' takes at least"),
        (("--source", "webcam:x"), 2, "--source webcam:x: no camera number"),
        (("--source", "nothing.mp4"), 1, "nothing.mp4"),
    ],
)
def test_what_cannot_be_begun_is_said_in_one_line(brief, capsys, arguments, status, line):
    """The exit status says whose fault it is; no traceback."""
    assert brief("session", "--no-window", "--no-voice", *arguments) == status
    told = capsys.readouterr().err.strip().splitlines()
    assert line in told[-1]
    assert not any("Traceback" in each for each in told)


def test_a_camera_that_gives_no_picture_leaves_no_session_and_costs_no_copy(brief, monkeypatch, tmp_path):
    """A copy that `doctor --mend` or an update kept is not the price of a cable that was not plugged in."""

    def nothing(self: Any) -> Frame | Signal:
        raise SourceError("camera 0: gives no picture; plug it in")

    with Store.open(tmp_path / "home"):
        pass
    copy = tmp_path / "home" / "history.backup-v2.sqlite3"
    copy.write_bytes(b"copy")
    monkeypatch.setattr(simulated_person.SimulatedPerson.func, "read", nothing)
    assert brief("demo", "--no-window", "--no-voice") == 1
    with Store.open(tmp_path / "home", read_only=True) as store:
        assert store.history().sessions == ()
    assert copy.exists()


# ---- a real window -----------------------------------------------------------------------------------

STORY = """
import subprocess, sys
from functools import partial
from pathlib import Path
from coach.__main__ import run
from coach.shell.app import program
from coach.shell.capture import simulated_person
from coach.shell.profile import home as home
from coach.shell.window import window as window
from coach.shell.window.display import Command
from coach.shell.window.layout import layout

model, presses = Path(sys.argv[1]), [press.split(":") for press in sys.argv[2].split(",")]
home.Home.model = lambda self, progress: model
load_plan, person = program.load_plan, simulated_person.SimulatedPerson
program.load_plan = lambda *words, **how: load_plan(*words, **{**how, "explains": False})
simulated_person.SimulatedPerson = partial(person, fps=15.0, size=(320, 240))  # to be done sooner
show, made, shown = window.OpenCvWindow.show, [], iter(range(10_000))
CHANGED = {"space": 1, "m": 2, "h": 3, "v": 4, "n": 5, "q": 0}  # what a command changes, see `state`

def xdo(*words):
    done = subprocess.run(["xdotool", *map(str, words)], check=True, capture_output=True, text=True)
    return done.stdout

def state(self, screen):
    return (0, bool(screen.paused), screen.muted, bool(screen.lines), self.view, screen.phase)

def watched(self, frame, observation, screen):
    commands = show(self, frame, observation, screen)
    now = state(self, screen)
    if next(shown) < 5 or (screen.exercise is None and not made and len(presses) > 1):
        return commands  # a window that has just opened may not hear keys yet
    if not made or (made[-1][1] and made[-1][2] != now[made[-1][1]]):
        if presses:
            how, key = presses.pop(0)
            made.append((f"{how}:{key}", CHANGED[key], now[CHANGED[key]]))
            found = xdo("search", "--name", "smile-coach").split()[-1]
            if how == "key":
                xdo("windowfocus", found)
                xdo("key", "--window", found, key)
            else:
                command = Command(" " if key == "space" else key)
                x, y = dict(layout(*self._appearance.size).buttons)[command].centre
                xdo("mousemove", "--window", found, x, y, "click", 1)
    return commands

window.OpenCvWindow.show = watched
status = run(["demo", "--plan", "cheek_raiser", "--no-voice", "--speed", "max", *sys.argv[3:]])
print(",".join(press for press, _, _ in made))
sys.exit(status)
"""
PRESSES = "key:space,click:space,key:m,click:m,click:h,key:h,key:v,click:v,click:n,key:q"


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """Return a display in memory; skipped where there is no Xvfb."""
    if shutil.which("Xvfb") is None or shutil.which("xdotool") is None:
        pytest.skip("no Xvfb or xdotool on this machine: the session's real window is not tested")
    command = ("Xvfb", "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp", "-noreset")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
        server.terminate()


def test_every_key_and_area_works_in_a_real_session(screen, tmp_path, model_path):
    """Pause, mute, help, view and next do what they say, each seen in the next screens; it ends well."""
    log = tmp_path / "log.jsonl"
    environment = os.environ | {"DISPLAY": screen, "SMILE_COACH_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", STORY, str(model_path), PRESSES, "--events", str(log)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == PRESSES
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert next(e["cause"] for e in events if e["type"] == "paused") == "key"
    assert any(e["type"] == "resumed" for e in events)
    assert events[-1]["type"] == "session_end"


def test_quitting_in_a_real_window_keeps_what_was_done(screen, tmp_path, model_path):
    """One key at the beginning: exit status 0, the log's last line says that it was stopped."""
    log = tmp_path / "log.jsonl"
    environment = os.environ | {"DISPLAY": screen, "SMILE_COACH_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", STORY, str(model_path), "key:q", "--events", str(log)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stderr
    end = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    assert (end["type"], end["reason"]) == ("session_end", "stopped")
    with Store.open(tmp_path / "home", read_only=True) as store:
        assert store.history().sessions[0].reason == "stopped"


def test_what_could_not_be_saved_is_said_at_the_end(tmp_path, capfd):
    """The disk stayed full: the person must not believe that all is kept."""
    with Store.open(tmp_path) as store:
        session = store.begin_session("daily", "demo", datetime.now().astimezone())
        store.connection.execute("PRAGMA max_page_count = 1")  # as small as the file is now
        for index in range(200):
            rep = Rep(t=float(index), exercise="cheek_raiser", index=index, start=0.0, hold_s=1.0)
            store.record(session, rep)
        assert not app._say_goodbye([("time", "0:40")], store, book("fr"), to_error=False)
        out, err = capfd.readouterr()
        assert out == "time : 0:40\n", "as French sets a colon"
        lost = "la fin de cette séance n'a pas pu être enregistrée ; fais un peu de place"
        assert err.startswith(f"{store.path} : {lost}")
        assert (
            Farewell(store, session, Tally(), book()).card.said == ()
        )  # the history lacks it all, and "nothing counted today" would be wrong
        store.connection.execute("PRAGMA max_page_count = 100000")
        assert app._say_goodbye([], store, book(), to_error=False)
        assert capfd.readouterr().err == ""
