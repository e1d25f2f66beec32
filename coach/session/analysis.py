"""Counting a recording: one exercise, freely, at the recorded person's pace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coach.coaching.spec import STANDARD
from coach.events import Attempt, Calibrated, Event, Rep
from coach.exercise.protocol import AnyExercise, Context, Cued
from coach.exercise.view import View
from coach.face.baseline import OwnRange
from coach.face.features import Features
from coach.face.perception import Perception
from coach.face.presence import Presence, PresenceSpec
from coach.types import FaceObservation


@dataclass(frozen=True, slots=True)
class Analysed:
    """One processed frame: features (None without a face), the exercise's view, and what happened."""

    t: float
    features: Features | None
    view: View
    events: tuple[Event, ...]


class Analysis:
    """Feeds a recording's faces to one exercise.

    Parameters
    ----------
    exercise
        Any exercise.
    neutral
        Seconds between which the face is at rest.
    cues
        Seconds at which a memory was cued.
    own_range
        The person's own range where it is known.
    presence
        When a face counts as gone.
    """

    LEAST_NEUTRAL_S = 1.0  # where the face comes late, this much of it after `neutral` began

    def __init__(
        self,
        exercise: AnyExercise,
        neutral: tuple[float, float] = (0.0, 3.0),
        cues: Sequence[float] = (),
        own_range: OwnRange | None = None,
        presence: PresenceSpec = STANDARD.presence,
    ) -> None:
        self._exercise = exercise
        self._neutral = neutral
        self._cues = tuple(cues)
        self._perception = Perception(own_range)
        self._early: list[tuple[float, FaceObservation | None]] = []  # before the neutral face is known
        self._presence = Presence(presence)
        self._state: object = None
        self.reps: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()
        self.faces = 0

    @property
    def calibrated(self) -> bool:
        """Whether the neutral face is known."""
        return self._perception.baseline is not None

    def process(self, t: float, observation: FaceObservation | None) -> Iterator[Analysed]:
        """Take in one frame; yield what could be judged: nothing before the neutral face is known."""
        face = self._perception.look(observation)
        self.faces += observation is not None
        if self.calibrated:
            yield self._judge(t, face)
            return
        begin, end = self._neutral
        if face is not None and t >= begin:
            self._perception.keep(face)
        self._early.append((t, face))
        if t >= end and self._perception.kept_s >= min(self.LEAST_NEUTRAL_S, end - begin):
            yield from self._calibrate(t)

    def finish(self, t: float) -> Iterator[Analysed]:
        """Judge what is still owed at the recording's end."""
        if not self.calibrated:
            yield from self._calibrate(t)
        if self.calibrated:
            events = self._exercise.finish(self._state, t)
            self._count(events)
            yield Analysed(t, None, self._exercise.view(self._state), events)

    def _calibrate(self, t: float) -> Iterator[Analysed]:
        baseline = self._perception.learn()
        if baseline is None:
            return
        self._state = self._exercise.begin(Context(self._perception.own_range, baseline.noise))
        if isinstance(self._exercise, Cued):
            for cue in self._cues:
                self._state = self._exercise.give(self._state, cue)
        early, self._early = self._early, []
        waiting = early[0][0] < self._neutral[0]
        calibrated = Calibrated(
            t=early[0][0] if waiting else t,
            exercise=self._exercise.name,
            neutral_s=baseline.duration_s,
            quality=baseline.quality,
        )
        events: tuple[Event, ...] = (calibrated,)
        for at, face in early:
            seen = self._judge(at, face) if at < self._neutral[0] else self._at_rest(at, face)
            yield replace(seen, events=(*events, *seen.events))
            events = ()

    def _at_rest(self, t: float, face: FaceObservation | None) -> Analysed:
        """Return a frame that the neutral face was learnt from."""
        view = self._exercise.view(self._state)
        return Analysed(t, self._perception.features(face), view, self._missed(t, face))

    def _judge(self, t: float, face: FaceObservation | None) -> Analysed:
        features = self._perception.features(face)
        self._state, events = self._exercise.step(self._state, t, features)
        self._count(events)
        return Analysed(t, features, self._exercise.view(self._state), (*self._missed(t, face), *events))

    def _missed(self, t: float, face: FaceObservation | None) -> tuple[Event, ...]:
        """Return that the face has been gone for a while, or is back."""
        events = self._presence.see(t, there=face is not None)
        return tuple(replace(event, exercise=self._exercise.name) for event in events)

    def _count(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Rep):
                self.reps[self._exercise.name] += 1
            elif isinstance(event, Attempt):
                self.attempts[self._exercise.name] += 1
