"""A person in front of the camera who does what one wants to see: nothing at all, less on one side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock

from coach.coaching.cues import Cue
from coach.shell.capture import simulated_person
from coach.simulation.face_pose import NONE, FacePose
from coach.simulation.person import Person
from coach.simulation.spec import PersonSpec
from coach.types import Bilateral

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Watched:
    """What is unusual about the person.

    `mistakes`: share of tries that fail, None as usual. `still`: they never move. `left`, `right`: how far
    each side goes, 1 as usual. `away`: seconds from and to which nobody is there. `place`: fields of
    `FacePose`, such as `scale`, `light`, `yaw`; `placed`: from when to when they hold.
    """

    mistakes: float | None = None
    still: bool = False
    left: float = 1.0
    right: float = 1.0
    away: Span | None = None
    place: dict[str, float] = field(default_factory=dict)
    placed: Span = (0.0, 1e9)

    def spec(self, spec: PersonSpec) -> PersonSpec:
        """Return how often they are wrong."""
        if self.mistakes is None:
            return spec
        failures = spec.failures.model_copy(update={"share": self.mistakes})
        return spec.model_copy(update={"failures": failures})

    def pose(self, pose: FacePose, t: float) -> FacePose:
        """Return how they look at `t` where others would look like `pose`."""
        if self.still:
            pose = replace(pose, smile=NONE, cheek=NONE, jaw_open=0.0, jaw_side=0.0)
        smile = Bilateral(pose.smile.left * self.left, pose.smile.right * self.right)
        cheek = Bilateral(pose.cheek.left * self.left, pose.cheek.right * self.right)
        gone = self.away is not None and self.away[0] <= t < self.away[1]
        place: dict[str, Any] = self.place if self.placed[0] <= t < self.placed[1] else {}
        return replace(pose, smile=smile, cheek=cheek, visible=not gone, **place)


@contextmanager
def in_front_of_the_camera(watched: Watched) -> Iterator[None]:
    """Let the simulated person be this one."""

    class Someone(Person):
        def step(self, t: float, heard: Sequence[Cue] = ()) -> FacePose:
            return watched.pose(super().step(t, heard), t)

    usual = simulated_person.load_person
    with (
        mock.patch.object(simulated_person, "Person", Someone),
        mock.patch.object(simulated_person, "load_person", side_effect=lambda: watched.spec(usual())),
    ):
        yield
