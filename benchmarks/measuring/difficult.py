"""Difficult people: the simulated person, smiling too early, laughing in between, leaving, badly filmed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, cycle, repeat
from typing import Final, TypeAlias

from coach.coaching.cues import Cue, CueKind
from coach.simulation.face_pose import FacePose
from coach.simulation.landmark_face import LandmarkFace
from coach.simulation.person import Person
from coach.simulation.spec import Failing, PersonSpec
from coach.types import Bilateral, FaceObservation

ASKS: Final = frozenset({"go", "again", "another", "show", "image"})
NOISE: Final = 0.0005  # of each landmark, units; a quiet webcam

Intervals: TypeAlias = Iterator[float]
"""Seconds from one picture to the next, endless."""


@dataclass
class Difficult:
    """One person in front of one camera; subclasses are difficult.

    `spec`: how they move; `seed`: of everything random. `script`: what goes wrong, see `Person`.
    """

    spec: PersonSpec
    seed: int
    script: Sequence[Failing | None] = ()
    person: Person = field(init=False)
    random: random.Random = field(init=False)
    face: LandmarkFace = field(init=False)

    def __post_init__(self) -> None:
        self.person = Person(self.spec, seed=self.seed, script=list(self.script))
        self.random = random.Random(1000 + self.seed)
        self.face = LandmarkFace(self.seed, noise=NOISE)

    def seen(self, t: float, heard: list[Cue]) -> FaceObservation | None:
        """Take in what is said and return what the landmarker sees at `t` seconds."""
        return self.face.observed(t, self.pose(t, heard))

    def pose(self, t: float, heard: list[Cue]) -> FacePose:
        """Return the face at `t` seconds."""
        return self.person.step(t, heard)

    def rest(self) -> FacePose:
        """Return the face at rest."""
        return FacePose()

    def busy(self, t: float) -> bool:
        """Whether a movement is under way or about to be."""
        return any(meant.end is None for meant in self.person.intended) or t < 0


class SmilesAtFirst(Difficult):
    """Smiles until some seconds have passed, or until asked to let go."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.until = self.random.uniform(2.0, 6.0)

    def pose(self, t: float, heard: list[Cue]) -> FacePose:
        """Return the face at `t` seconds."""
        if any(cue.key == "let_smile_go" for cue in heard):
            self.until = min(self.until, t + self.random.uniform(0.5, 1.2))
        now = super().pose(t, heard)
        fades = min(max((self.until - t) / 0.4, 0.0), 1.0)
        smile = Bilateral(max(now.smile.left, 0.75 * fades), max(now.smile.right, 0.75 * fades))
        return replace(now, smile=smile)


class OneCornerUp(Difficult):
    """Rests with the left corner a little higher."""

    def pose(self, t: float, heard: list[Cue]) -> FacePose:
        """Return the face at `t` seconds."""
        now = super().pose(t, heard)
        return replace(now, smile=Bilateral(0.2 + 0.8 * now.smile.left, 0.8 * now.smile.right))

    def rest(self) -> FacePose:
        """Return the face at rest."""
        return FacePose(smile=Bilateral(0.2, 0.0))


class NeverQuiteRests(Difficult):
    """Keeps a little of every movement for a while, and is never quite still."""

    def pose(self, t: float, heard: list[Cue]) -> FacePose:
        """Return the face at `t` seconds."""
        now = super().pose(t, heard)
        stays = 0.07 + 0.05 * math.sin(1.3 * t + self.seed)
        smile = Bilateral(max(now.smile.left, stays), max(now.smile.right, stays))
        cheek = Bilateral(max(now.cheek.left, stays), max(now.cheek.right, stays))
        return replace(now, smile=smile, cheek=cheek)


class DoesNotUnderstand(Difficult):
    """Does not answer the first two asks of an exercise."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.missed: dict[str, int] = {}

    def pose(self, t: float, heard: list[Cue]) -> FacePose:
        """Return the face at `t` seconds."""
        return super().pose(t, [cue for cue in heard if self._understands(cue)])

    def _understands(self, cue: Cue) -> bool:
        if cue.key not in ASKS or cue.exercise is None:
            return True
        self.missed[cue.exercise] = self.missed.get(cue.exercise, 0) + 1
        return self.missed[cue.exercise] > 2


class Impatient(Difficult):
    """Begins before it is asked for, and lets go at once."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.early: Cue | None = None

    def pose(self, t: float, heard: list[Cue]) -> FacePose:
        """Return the face at `t` seconds."""
        for cue in heard:
            if cue.kind is CueKind.RELEASE and cue.key == "release":
                self.early = Cue(
                    t + self.random.uniform(1.0, 1.8), CueKind.INSTRUCTION, "again", cue.exercise
                )
            if cue.key == "begin":
                self.early = None
        if self.early is not None and t >= self.early.t:
            heard, self.early = [*heard, self.early], None
        return super().pose(t, heard)


class Talks(Difficult):
    """Talks and laughs between two movements, and answers once that is over."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.until, self.since, self.kept = 0.0, 0.0, list[Cue]()

    def pose(self, t: float, heard: list[Cue]) -> FacePose:
        """Return the face at `t` seconds."""
        if any(cue.key == "counted" for cue in heard) and self.random.random() < 0.6:
            self.since, self.until = t + 0.4, t + self.random.uniform(1.8, 3.2)
        self.kept += heard
        if t < self.until:
            now = super().pose(t, [])
            if t < self.since:
                return now
            jaw = 0.12 + 0.1 * math.sin(2 * math.pi * 3.1 * t)
            laugh = 0.5 * max(math.sin(2 * math.pi * (t - self.since) / 1.6), 0.0)
            return replace(now, jaw_open=jaw, smile=Bilateral(laugh, laugh))
        heard, self.kept = self.kept, []
        return super().pose(t, heard)


class LooksAway(Difficult):
    """Looks aside for a moment now and then, between two movements."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.since, self.until, self.kept = 0.0, 0.0, list[Cue]()

    def pose(self, t: float, heard: list[Cue]) -> FacePose:
        """Return the face at `t` seconds."""
        if any(cue.key == "counted" for cue in heard) and self.random.random() < 0.5:
            self.since, self.until = t + 0.5, t + self.random.uniform(1.5, 3.0)
        self.kept += heard
        if t < self.until:
            away = min(max((t - self.since) / 0.3, 0.0), 1.0) * min(max((self.until - t) / 0.3, 0.0), 1.0)
            return replace(super().pose(t, []), yaw=35.0 * away)
        heard, self.kept = self.kept, []
        return super().pose(t, heard)


class GivesWay(Difficult):
    """Leaves in the middle of it, and another person sits down a few seconds later."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.leaves = self.random.uniform(10.0, 25.0)
        self.returns = self.leaves + self.random.uniform(3.0, 6.0)
        self.stranger = LandmarkFace(self.seed + 1, noise=NOISE, wide=1.12)

    def seen(self, t: float, heard: list[Cue]) -> FaceObservation | None:
        """Return what the landmarker sees at `t` seconds."""
        if self.leaves <= t < self.returns:
            self.pose(t, heard)
            return None
        if t >= self.returns:
            self.face = self.stranger
        return super().seen(t, heard)


def steady(source: random.Random) -> Intervals:
    """Give about 15 pictures a second."""
    return (source.uniform(0.9, 1.1) / 15 for _ in repeat(None))


def stuttering(source: random.Random) -> Intervals:
    """Give pictures that stop for 0.3 to 1.5 s every few seconds."""
    while True:
        yield from repeat(1 / 15, source.randint(20, 70))
        yield source.uniform(0.3, 1.5)


def slow(source: random.Random) -> Intervals:
    """Give 8 to 12 pictures a second."""
    fps = source.uniform(8.0, 11.9)
    return (source.uniform(0.85, 1.15) / fps for _ in repeat(None))


def bursts(source: random.Random) -> Intervals:
    """Give half a second of many pictures, then one of few."""
    del source
    return chain.from_iterable(cycle(([1 / 30] * 15, [0.2] * 4)))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of difficulty. `rate_wpm`: the voice's; None as set."""

    what: str
    person: type[Difficult] = Difficult
    intervals: Callable[[random.Random], Intervals] = steady
    script: tuple[Failing | None, ...] = ()
    rate_wpm: int | None = None


KINDS: Final[dict[str, Kind]] = {
    "willing": Kind("does what is asked"),
    "smiles at first": Kind("for 2 to 6 s, or until asked to let go", SmilesAtFirst),
    "one corner up": Kind("rests unevenly", OneCornerUp),
    "never rests": Kind("keeps a little of every movement", NeverQuiteRests),
    "wrong first": Kind(
        "smiles with the cheeks, smiles unevenly, leaves the eyes out",
        script=("mouth_moved", None, None, None, "asymmetric", None, None, "eyes_uninvolved"),
    ),
    "not understanding": Kind("does nothing on the first two asks", DoesNotUnderstand),
    "impatient": Kind("begins before the cue, lets go at once", Impatient),
    "tired": Kind("holds half of the time too short", script=("too_short", None) * 9),
    "talking": Kind("and laughing between two movements", Talks),
    "looking away": Kind("and coming back", LooksAway),
    "two people": Kind("one leaves, another sits down", GivesWay),
    "stutter": Kind("pictures stop for 0.3 to 1.5 s", intervals=stuttering),
    "8 to 12 fps": Kind("a slow camera", intervals=slow),
    "bursts": Kind("0.5 s of 30 pictures a second, then four of 5", intervals=bursts),
    "slow voice": Kind("90 words a minute", rate_wpm=90),
}
