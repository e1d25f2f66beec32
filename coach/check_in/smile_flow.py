"""Leading a person through one smile: at rest, the best smile, at rest again, and how its sides moved."""

from __future__ import annotations

from dataclasses import replace

from coach.check_in.capture_gate import FacePlacement
from coach.check_in.flow import SECTION, CheckInFlow
from coach.check_in.machine import CheckIn, CheckInSpec, Pose
from coach.coaching.flow import Output
from coach.coaching.phrases import SCREEN, PhraseBook, capital
from coach.coaching.spec import STANDARD, CoachingSpec
from coach.events import Smile
from coach.exercise.repetition import Ended
from coach.exercise.smile_symmetry import EvenSpec, describe_smile
from coach.face.baseline import OwnRange
from coach.face.features import Features, extract
from coach.settings import Settings
from coach.types import FaceObservation

POSES: tuple[Pose, ...] = ("neutral", "biggest")
LET_GO_S = 4.0  # a smile that stays longer than this after the last picture is not waited for
ONSET, HALF = 0.15, 0.5  # of the smile's height: where it begins, and where its sides are compared


class SmileFlow(CheckInFlow):
    """Takes pictures at rest and of one best smile, and watches the smile from its rise to its end.

    It is a check-in of two faces whose smile is held once, so that the same rules say when a picture is
    good::

        flow = SmileFlow(load_check_in(), book, settings, source="webcam:0")
        ...  # led by the loop, like every flow
        smile = flow.smile(even)

    Parameters
    ----------
    spec, book, settings, source, like, coaching
        See `CheckInFlow`.
    """

    title = ("smile_card", "title")

    def __init__(
        self,
        spec: CheckInSpec,
        book: PhraseBook,
        settings: Settings,
        *,
        source: str,
        like: FacePlacement | None = None,
        coaching: CoachingSpec = STANDARD,
    ) -> None:
        pictures = CheckIn(spec.pictures, poses=POSES, in_a_row=spec.pictures)
        super().__init__(spec, book, settings, source=source, like=like, coaching=coaching, pictures=pictures)
        self._frames: list[Features] = []
        self._done_t: float | None = None

    def process(self, t: float, observation: FaceObservation | None) -> Output:
        """Take in one frame's face (None if there is none) at `t` seconds."""
        output = super().process(t, observation)
        face = self._perception.look(observation)
        if self.state.pose == "neutral":
            self._frames = []
        elif face is not None and self._neutral is not None and self.led.paused_by == "":
            self._frames.append(extract(replace(face, t=t), self._neutral, OwnRange()))
        if self.finished and not output.ended:
            screen = replace(output.screen, phase="released", title=self._book.text(*self.title))
            return replace(output, screen=screen)
        if self.finished:  # the card is on its way
            title = capital(self._book.text(SCREEN, "one_moment"))
            return replace(output, screen=replace(output.screen, title=title))
        return output

    def smile(self, even: EvenSpec) -> Smile | None:
        """Return how the two sides of the smile moved; None if its rise was not seen.

        Parameters
        ----------
        even
            When a smile is even, of the symmetry drill.
        """
        pulls = [f.corner_pull.mean for f in self._frames]
        if not pulls:
            return None
        top = sorted(pulls)[-1 - len(pulls) // 10]
        if top < self._spec.face.least_smile:
            return None
        high = [f.t for f in self._frames if f.corner_pull.mean >= HALF * top]
        start = max(
            (f.t for f in self._frames if f.t < high[0] and f.corner_pull.mean < ONSET * top), default=None
        )
        if start is None:
            return None
        ended = Ended(start, high[-1], high[-1] - high[0], top, high[0], reason=None)
        return describe_smile(high[-1], SECTION, self._frames, ended, self._neutral_noise(), even)

    def _neutral_noise(self) -> float:
        return self._neutral.noise.corner if self._neutral is not None else 0.0

    def _at_rest(self, t: float, face: FaceObservation | None) -> bool:
        self._done_t = t if self._done_t is None else self._done_t
        if t - self._done_t >= LET_GO_S or face is None or self._neutral is None:
            return True
        return extract(face, self._neutral, OwnRange()).corner_pull.mean <= self._spec.face.rest_pull
