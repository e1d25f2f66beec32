"""A session led without camera and landmarker: the simulated person's poses become features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from synthetic_face import observed, synthetic_face

from coach import testing
from coach.coaching.cues import Cue
from coach.coaching.flow import Output
from coach.coaching.phrases import PhraseBook
from coach.coaching.screen import Screen
from coach.events import Event
from coach.face.features import Features
from coach.face.perception import Perception
from coach.session.plan import Plan, PlanFile, PlanStep, make_plan
from coach.session.session import Session
from coach.settings import Settings
from coach.shell.capture.simulated_person import load_person
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.toml_files import load_settings
from coach.simulation.face_pose import FacePose
from coach.simulation.ground_truth import IntendedMovement
from coach.simulation.landmark_face import LandmarkFace
from coach.simulation.person import Person
from coach.simulation.spec import Failing
from coach.types import FaceObservation

FPS = 20.0  # fewer than a webcam gives, to be done sooner
LONGEST_S = 600.0  # of a session: whatever a test waits for has come by then, or never will
JAW_SIDE = 0.09  # length units at the drawn jaw's farthest
SETTINGS = load_settings(None)


@cache
def still() -> FaceObservation:
    """Return one neutral face, well placed."""
    return observed(synthetic_face(), scale=60.0, at=(320.0, 200.0))


def features_of(t: float, pose: FacePose) -> Features:
    """Return what a perfect landmarker would make of a drawn face."""
    return testing.face(
        t,
        cheek=pose.cheek,
        smile=pose.smile,
        closure=pose.lids,
        jaw=pose.jaw_open,
        jaw_side=pose.jaw_side * JAW_SIDE,
        yaw=pose.yaw,
        pitch=pose.pitch,
    )


class Faked(Perception):
    """A perception that is told the features; the neutral face is a real one."""

    def __init__(self) -> None:
        super().__init__()
        self.told: Features | None = None

    def features(self, face: FaceObservation | None) -> Features | None:
        return None if face is None or self.baseline is None else self.told


def plan(*steps: tuple[str, int, dict[str, Any]], budget_s: float = 0.0, **how: Any) -> Plan:
    """Return a plan of (exercise, repetitions, changes)."""
    file = PlanFile(
        budget_s=budget_s,
        steps=[PlanStep(exercise=name, reps=reps, changes=changes) for name, reps, changes in steps],
    )
    return make_plan("test", file, spec, **how)


def spec(name: str, changes: Any) -> Any:
    return load_exercise(name, dict(changes)).spec


def hold(seconds: float) -> dict[str, Any]:
    """Return the change of a held exercise's target."""
    return {"repetition": {"hold_s": seconds}}


@dataclass
class Led:
    """A session under way, and everything that came of it.

    `pose`: what the face does at `t`; None stands for nobody. Cues of `person` are heard one frame after
    they were given, as in the real loop. `face`: its landmarks are seen, else features made of the pose.
    """

    session: Session
    pose: Callable[[float, list[Cue]], FacePose | None]
    fps: float = FPS
    t: float = 0.0
    events: list[Event] = field(default_factory=list)
    said: list[Cue] = field(default_factory=list)
    screens: list[tuple[float, Screen]] = field(default_factory=list)
    ended: bool = False
    face: LandmarkFace | None = None
    _heard: list[Cue] = field(default_factory=list)
    _at: list[tuple[float, Callable[[Led], None]]] = field(default_factory=list)

    def at(self, t: float, do: Callable[[Led], None]) -> Led:
        """Do something right before the frame at `t`."""
        self._at = sorted([*self._at, (t, do)], key=lambda item: item[0])
        return self

    def frame(self) -> Output:
        """Let one frame pass."""
        assert self.t < LONGEST_S, f"it went on for {LONGEST_S:.0f} s"
        while self._at and self.t >= self._at[0][0]:
            self._at.pop(0)[1](self)
        pose = self.pose(self.t, self._heard)
        self._heard = []
        observation = None
        if self.face is not None:
            observation = None if pose is None else self.face.observed(self.t, pose)
        elif pose is not None and pose.visible:
            observation = FaceObservation(self.t, still().landmarks, np.full(52, 0.1), still().size)
            assert isinstance(self.session.perception, Faked)
            self.session.perception.told = features_of(self.t, pose)
        return self.take(self.session.process(self.t, observation))

    def take(self, output: Output) -> Output:
        """Note what came of one frame; time goes on."""
        self.events += output.events
        self.screens.append((self.t, output.screen))
        if output.say is not None:
            self.said.append(output.say)
            self._heard.append(output.say)
        self.ended = output.ended
        self.t += 1 / self.fps
        return output

    def run(self, until_s: float = 400.0) -> Led:
        """Run to the session's end, or to `until_s`."""
        while not self.ended and self.t < until_s:
            self.frame()
        if self.ended:
            self.events += self.session.end(self.t, "finished")
        return self

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of one type, as in the log."""
        return [event.to_dict() for event in self.events if event.type == kind]

    @property
    def keys(self) -> list[str]:
        """The phrases that were said."""
        return [cue.key for cue in self.said]

    def given(self) -> list[tuple[float, Cue]]:
        """Return the cues with the time at which each began to be said."""
        return list(zip((event["t"] for event in self.of("cue")), self.said, strict=True))

    def screen_at(self, t: float) -> Screen:
        """Return what was shown at `t`, the frame at it or right after."""
        return next(screen for at, screen in self.screens if at >= t - 1e-6)

    @property
    def seconds(self) -> float:
        """How long it took."""
        return float(self.of("session_end")[0]["duration_s"])


def session(what: Plan, *, settings: Settings = SETTINGS, language: str = "en", **how: Any) -> Session:
    """Return a session of a plan with the fake perception."""
    exercises = [load_exercise(step.exercise, dict(step.changes)) for step in what.steps]
    made = Session(what, exercises, book(language), settings, source="test", **how)
    made.perception = made._face_check._perception = Faked()
    return made


def posed(
    what: Plan, pose: Callable[[float, list[Cue]], FacePose | None], *, fps: float = FPS, **how: Any
) -> Led:
    """Return a session whose face does what `pose` says."""
    return Led(session(what, **how), pose, fps)


def seen(
    what: Plan,
    pose: Callable[[float, list[Cue]], FacePose | None],
    *,
    settings: Settings = SETTINGS,
    **how: Any,
) -> Led:
    """Return a session that learns and measures the face's landmarks itself."""
    exercises = [load_exercise(step.exercise, dict(step.changes)) for step in what.steps]
    made = Session(what, exercises, book(), settings, source="test", **how)
    return Led(made, pose, 20.0, face=LandmarkFace(1, noise=0.0005))


def book(language: str = "en") -> PhraseBook:
    return load_phrase_book(language)


@dataclass
class Acting:
    """The simulated person as `Led.pose`."""

    person: Person

    def __call__(self, t: float, heard: list[Cue]) -> FacePose:
        return self.person.step(t, heard)

    @property
    def intended(self) -> list[IntendedMovement]:
        return self.person.intended


def led(
    what: Plan, *, seed: int = 0, script: Sequence[Failing | None] | None = (), fps: float = FPS, **how: Any
) -> tuple[Led, Acting]:
    """Return the simulated person at the beginning of a session, and what it means to do."""
    acting = Acting(Person(load_person(), seed=seed, script=script))
    return Led(session(what, **how), acting, fps), acting
