"""Counting a recording: one exercise, freely, at the recorded person's pace, from first frame to last."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace

from coach.coaching.spec import STANDARD
from coach.events import Attempt, Calibrated, Event, Rep, SideVerdict, Smile
from coach.exercise.protocol import AnyExercise, Context, Cued
from coach.exercise.view import View
from coach.face.baseline import Baseline, Noise, OwnRange, neutral_baseline
from coach.face.features import Features
from coach.face.perception import Perception
from coach.face.presence import FacePresence, PresenceSpec
from coach.face.rest_search import Rest, find_rest
from coach.face.typical_smile import without_smile
from coach.session.face_copies import FaceCopies
from coach.types import FaceObservation

SETTLE_S, SETTLE_SHARE = 0.3, 0.2  # left out of a short stretch at rest; less of one that is shorter still
LEAST_FRAMES = 3
SEARCHED_S = 300.0  # of a longer recording the face at rest is looked for in this much, lest all be kept
# Nine of ten resting faces stay below these (79 recordings); lids and chin in proportion.
RESTING = Noise(lid=0.003, corner=0.007, chin=0.015)
RESTS_UNEVENLY_MM = 2.0  # most resting faces have their corners less uneven (12 recorded people)
SMILING = 0.35  # smile blendshape of the calmest stretch from which on the face never stops smiling


@dataclass(frozen=True, slots=True)
class Analysed:
    """One processed frame: features (None without a face), the exercise's view, and what happened."""

    t: float
    features: Features | None
    view: View
    events: tuple[Event, ...]


class Analysis:
    """Feeds a recording's faces to one exercise.

    A recording of up to five minutes is seen as a whole: what happens before the neutral face is counted as
    well, and so are movements that are under way in its first frame or its last. Of a longer one, the face
    at rest is looked for in the first five minutes, and every later frame is judged at once.

    Parameters
    ----------
    exercise
        Any exercise.
    neutral
        Seconds between which the face is at rest; None: looked for, anywhere in the first
        five minutes.
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
        neutral: tuple[float, float] | None = None,
        cues: Sequence[float] = (),
        own_range: OwnRange | None = None,
        presence: PresenceSpec = STANDARD.presence,
    ) -> None:
        self._exercise = exercise
        self._neutral = neutral
        self._cues = tuple(cues)
        self._perception = Perception(own_range)
        self._early: list[tuple[float, FaceObservation | None]] = []  # before the neutral face is known
        self._kept: list[FaceObservation] = []
        self._copies = FaceCopies()
        self._presence = FacePresence(presence)
        self._state: object = None
        self._guessed = False
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
        face = None if face is None else self._copies.of(face)
        self._early.append((t, face))
        if self._neutral is None:
            if t - self._early[0][0] >= SEARCHED_S:
                yield from self._calibrate()
                self._early = []
            return
        begin, end = self._neutral
        if face is not None and t >= begin:
            self._kept.append(face)
        kept_s = self._kept[-1].t - self._kept[0].t if self._kept else 0.0
        if t >= end and kept_s >= min(self.LEAST_NEUTRAL_S, end - begin):
            yield from self._calibrate()

    def finish(self, t: float) -> Iterator[Analysed]:
        """Judge what is still owed at the recording's end."""
        if not self.calibrated:
            yield from self._calibrate()
        if self.calibrated:
            events = self._told(self._exercise.finish(self._state, t))
            yield Analysed(t, None, self._exercise.view(self._state), events)

    def _calibrate(self) -> Iterator[Analysed]:
        """Learn the neutral face and judge all frames so far."""
        rest = self._rest()
        baseline = None if rest is None else self._baseline(rest)
        if rest is None or baseline is None:
            return
        self._guessed = rest.smile > SMILING and self._neutral is None
        self._perception.learn_from(without_smile(baseline) if self._guessed else baseline)
        noise = baseline.noise if self._neutral is not None else _at_most(baseline.noise)
        context = Context(self._perception.own_range, noise, from_start=True)
        self._state = self._exercise.begin(context)
        if isinstance(self._exercise, Cued):
            for cue in self._cues:
                self._state = self._exercise.give(self._state, cue)
        early, self._early, self._kept = self._early, [], []
        calibrated: tuple[Event, ...] = (
            Calibrated(
                t=early[0][0],
                exercise=self._exercise.name,
                neutral_s=baseline.duration_s,
                quality=0.0 if self._guessed else baseline.quality,
                neutral_start=rest.start,
                neutral_end=rest.end,
            ),
        )
        for at, face in early:
            seen = self._judge(at, face)
            yield replace(seen, events=(*calibrated, *seen.events))
            calibrated = ()

    def _rest(self) -> Rest | None:
        """Return where the face is at rest: as was said, or found."""
        if self._neutral is None:
            return find_rest([face for _, face in self._early if face is not None])
        return Rest(self._kept[0].t, self._kept[-1].t, 0.0) if self._kept else None

    def _baseline(self, rest: Rest) -> Baseline | None:
        faces = [face for _, face in self._early if face is not None and rest.start <= face.t <= rest.end]
        settle_s = min(SETTLE_S, SETTLE_SHARE * (rest.end - rest.start))
        return neutral_baseline(faces, settle_s, LEAST_FRAMES)

    def _judge(self, t: float, face: FaceObservation | None) -> Analysed:
        features = self._perception.features(face)
        self._state, events = self._exercise.step(self._state, t, features)
        view = self._exercise.view(self._state)
        return Analysed(t, features, view, (*self._missed(t, face), *self._told(events)))

    def _missed(self, t: float, face: FaceObservation | None) -> tuple[Event, ...]:
        """Return that the face has been gone for a while, or is back."""
        events = self._presence.see(t, there=face is not None)
        return tuple(replace(event, exercise=self._exercise.name) for event in events)

    def _told(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Count events."""
        for event in events:
            if isinstance(event, Rep):
                self.reps[event.exercise or self._exercise.name] += 1
            elif isinstance(event, Attempt):
                self.attempts[event.exercise or self._exercise.name] += 1
        if not self._guessed:
            return tuple(events)
        return tuple(_roughly(event) if isinstance(event, Smile) else event for event in events)


def _roughly(smile: Smile) -> Smile:
    """Return a smile against a guessed neutral face: it may be even, but no side is called the weaker one."""
    weaker: SideVerdict = "even" if smile.weaker_side == "even" else "unclear"
    unsure_mm = math.hypot(smile.uncertainty_mm or 0.0, RESTS_UNEVENLY_MM)
    return replace(smile, weaker_side=weaker, uncertainty_mm=unsure_mm)


def _at_most(noise: Noise) -> Noise:
    """Return the noise of a resting face: one that hardly rests in the film moves even where it does."""
    return Noise(*(min(own, most) for own, most in zip(astuple(noise), astuple(RESTING), strict=True)))
