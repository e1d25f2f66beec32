"""A short session with the simulated person, taped: what the tests of traces and films share."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from coach.coaching.screen import Screen
from coach.events import Event
from coach.face.baseline import OwnRange
from coach.replay.trace import Entry, Setup, Tape, TapedSession
from coach.session.plan import PlanFile, PlanStep, make_plan
from coach.shell.capture.simulated_person import SimulatedPerson, load_person
from coach.shell.detection.landmarker import Landmarker
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.toml_files import load_settings
from coach.types import FaceObservation, Frame

FPS = 10.0
MEMORIES = ("Grandma's kitchen, in winter", "the 2nd dog")


@dataclass
class MemoryTape:
    """A tape that keeps everything as it came."""

    setup: Setup | None = None
    entries: list[Entry] = field(default_factory=list)
    answers: list[Event] = field(default_factory=list)

    def begin(self, setup: Setup) -> None:
        self.setup = setup

    def take(self, entry: Entry) -> None:
        self.entries.append(entry)

    def events(self, events: tuple[Event, ...]) -> None:
        self.answers += events


def session(
    tape: Tape, exercises: tuple[str, ...] = ("cheek_raiser",), memories: tuple[str, ...] = ()
) -> TapedSession:
    """Return a session of one repetition of each exercise, told to `tape`."""
    file = PlanFile(budget_s=0.0, steps=[PlanStep(exercise=name, reps=1, changes={}) for name in exercises])
    made = [load_exercise(name) for name in exercises]
    plan = make_plan("short", file, lambda name, changes: load_exercise(name, dict(changes)).spec)
    settings = load_settings(None)
    book = load_phrase_book("en")
    return TapedSession(
        tape,
        plan,
        made,
        book,
        settings,
        source="demo",
        own_range=OwnRange(0.021, 0.09, 0.22),
        memories=memories,
    )


@cache
def taped(model: Path) -> tuple[MemoryTape, list[tuple[Frame, FaceObservation | None, Screen]]]:
    """Lead the simulated person through a cheek raise to a memory, with a break, a stall and a key.

    Returns the tape, and what was seen: frame, face and screen of each moment. Change neither.
    """
    tape, seen = MemoryTape(), []
    coached = session(tape, ("cheek_raiser", "memory_anchor"), MEMORIES)
    person = SimulatedPerson(load_person(), fps=FPS, size=(320, 240), realtime=False)
    keys = [(1.0, "idle"), (3.0, "lost"), (3.5, "pause"), (3.6, "pause"), (5.7, "again")]
    with Landmarker(model, mirror_every_s=1.0, mirror_pictures=20) as landmarker:
        for _ in range(int(60 * FPS)):
            frame = person.read()
            assert isinstance(frame, Frame)
            while keys and frame.t >= keys[0][0]:
                press(coached, keys.pop(0)[1], frame.t)
            observation = landmarker.detect(frame)
            output = coached.process(frame.t, observation)
            seen.append((frame, observation, output.screen))
            if output.say is not None:
                person.hear(output.say)
                if MEMORIES[0] in output.say.text:
                    break
        coached.end(frame.t, "stopped")
    return tape, seen


def press(coached: TapedSession, what: str, t: float) -> None:
    """Do to the session what happens beside its frames."""
    if what == "pause":
        coached.toggle_pause(t)
    elif what == "again":
        coached.move(t, 0)
    elif what == "lost":
        coached.camera_lost(t - 0.01)
    else:
        coached.idle(t - 0.01)
