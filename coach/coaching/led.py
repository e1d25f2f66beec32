"""The part that all flows share: time, camera, pauses, words and their captions, the log."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, TypeAlias

from coach.coaching.cue_queue import CueQueue
from coach.coaching.cues import Cue, CueKind
from coach.coaching.hints import Hints
from coach.coaching.phrases import SESSION, PhraseBook
from coach.coaching.picture_rate import PictureRate
from coach.coaching.screen import Screen
from coach.coaching.session_log import SessionLog
from coach.coaching.spec import STANDARD, CoachingSpec
from coach.events import Calibrated, Event, Paused, Resumed
from coach.face.baseline import Baseline
from coach.face.neutral_capture import FaceCheck, NeutralFound
from coach.face.presence import Presence
from coach.settings import Settings
from coach.types import FaceObservation

PauseCause: TypeAlias = Literal["key", "camera_lost", "face_lost"]
PAUSE_CUES: Final[dict[PauseCause, str]] = {
    "key": "paused",
    "camera_lost": "camera_lost",
    "face_lost": "paused_face",
}
SAVING_S = 6.0  # of slow pictures; meanwhile the program lowers its own cost, which may be enough
RELAX_S = 0.5  # from the first of the words that ask to relax until a listener may have relaxed


class Led:
    """The state that every flow has, and the actions on it.

    Parameters
    ----------
    plan, source
        Names for the log's first line.
    book
        Words in the person's language.
    settings
        Framing limits and the voice's rate.
    coaching
        `config/coaching.toml`.
    section
        The section with the words of the flow's own cues.

    Attributes
    ----------
    log, cues, presence
        The event log, the queue of cues, and whether camera and face are there.
    frames
        How many frames there were.
    t
        Now, seconds.
    paused_by
        Why the flow waits; empty while it runs.
    rate
        How many pictures come a second.
    at_ease
        Whether nothing is asked of the person: words that can wait are said then.
    relaxing
        The phrases during which a face comes to rest; without one of them none is taken for a face at rest.
    """

    def __init__(
        self,
        plan: str,
        book: PhraseBook,
        settings: Settings,
        *,
        source: str,
        coaching: CoachingSpec = STANDARD,
        section: str = SESSION,
    ) -> None:
        self.log = SessionLog(plan, source)
        self.cues = CueQueue(book, settings.voice.rate, coaching.expiry, section)
        self.presence = Presence(settings.framing, coaching.presence)
        self.frames = 0
        self.t = 0.0
        self.paused_by: PauseCause | Literal[""] = ""
        self._book = book
        self._section = section
        self._coaching = coaching
        self._hints = Hints(coaching.hints)
        self._caption, self._caption_until = "", 0.0
        self.rate = PictureRate()
        self.at_ease = True
        self._told_slow, self._quick_t = False, 0.0
        self.relaxing = frozenset({"neutral"})
        self._relax: tuple[float, float] | None = None  # when such a phrase was begun, and over

    # -- time

    def begin(self, t: float) -> bool:
        """Begin on the first call; return whether this is it."""
        if self.log.begun:
            return False
        self.log.begin(t)
        self.t = t
        return True

    def advance(self, t: float) -> float:
        """Move time on to `t`; return the seconds that passed, of a long gap only its beginning."""
        passed_s = min(max(t - self.t, 0.0), self._coaching.presence.stall_s)
        self.t = max(t, self.t)
        return passed_s

    # -- camera and face

    def see(self, t: float, face: FaceObservation | None) -> tuple[Event, ...]:
        """Take in one frame; return what has changed about camera and face."""
        self.frames += 1
        events = self.presence.see(t, face)
        if not self.rate.step(t):
            self._quick_t = t
        # A face that is not seen is to be spoken of first.
        slow = t - self._quick_t >= SAVING_S and face is not None
        if slow and self.at_ease and not self._told_slow and self.cues.quiet(t) and not self.paused_by:
            self._told_slow = True
            self.enqueue(t, CueKind.PRAISE, "slow_pictures")  # before any instruction
        if events:
            self.log.add(*events)
        return events

    def calibrated(self, t: float, baseline: Baseline) -> None:
        """Take in that the neutral face is known."""
        self.log.add(Calibrated(t=t, neutral_s=baseline.duration_s, quality=baseline.quality))

    def learn_neutral(self, t: float, face: FaceObservation | None, check: FaceCheck) -> NeutralFound | None:
        """Learn the neutral face of a person who has been asked to relax; mention what is not relaxed.

        Returns it as soon as it is known; until then there are hints on how the face is placed.
        """
        if self._relax is None and self.cues.quiet(t):
            self.enqueue(t, CueKind.INSTRUCTION, "neutral")
        if self._relax is None or t < self._relax[0] + RELAX_S:
            return None
        met = check.step(t, face, may_end=t >= self._relax[1])
        self.presence.framing = check.framing
        if met is None and self.cues.quiet(t):
            asked = check.asking(t, self.cues.lasts)
            if asked is not None:
                self.enqueue(t, CueKind.CORRECTION, asked)
            else:
                self.hint(t, None if check.framing == "good" else check.framing)
        return met

    def relax_again(self) -> None:
        """Let the neutral face be learnt once more: the person is asked to relax first."""
        self._relax = None

    def no_camera(self, t: float) -> None:
        """Take in that the source gives no pictures."""
        self.log.add(*self.presence.no_camera(t))

    # -- pausing

    def pause(self, t: float, cause: PauseCause) -> None:
        """Wait, and say why; but after the machine slept do not report a lost face."""
        self.paused_by = cause
        self.log.add(Paused(t=t, cause=cause))
        self.cues.hush()
        if cause != "face_lost" or not self.presence.stalled:
            self.enqueue(t, CueKind.HOLD, PAUSE_CUES[cause])

    def resume(self, t: float) -> None:
        """Go on; the words of the pause are over, on the screen too."""
        self.paused_by = ""
        self.cues.hush()
        self._caption = ""
        self.log.add(Resumed(t=t))

    def toggle_pause(self, t: float) -> bool:
        """Pause or go on at the person's wish, in a flow that then asks for the present step again.

        Returns whether it must do so now. Without a camera it goes on once there are pictures.
        """
        if not self.paused_by:
            self.pause(t, "key")
            return True
        if self.presence.camera_lost:
            self.paused_by = "camera_lost"
            return False
        self._go_on(t)
        return True

    def heed_camera(self, t: float) -> bool:
        """Pause while the camera gives no pictures, and go on when it does; see `toggle_pause`."""
        if self.presence.camera_lost and not self.paused_by:
            self.pause(t, "camera_lost")
            return True
        if self.paused_by == "camera_lost" and not self.presence.camera_lost:
            self._go_on(t)
            return True
        return False

    def _go_on(self, t: float) -> None:
        self.resume(t)
        self.enqueue(t, CueKind.HOLD, "resume")

    # -- words

    def enqueue(
        self, t: float, kind: CueKind, key: str, exercise: str | None = None, **values: str | int
    ) -> None:
        """Queue a phrase, which is said when its turn comes; see `CueQueue`."""
        self.cues.enqueue(t, kind, key, exercise, **values)

    def hint(self, t: float, wrong: str | None) -> None:
        """Mention the thing that is wrong (None: nothing is) once it has lasted, and not too often."""
        hint = self._hints.step(t, wrong, quiet=self.cues.quiet(t))
        if hint is not None:
            self.enqueue(t, CueKind.INSTRUCTION, hint)

    def next_cue(self, t: float) -> Cue | None:
        """Return the cue to start saying now, if any; it is logged, and stays as a caption for a while."""
        said = self.cues.next(t)
        if said is not None:
            self.log.said(t, said)
            if said.key in self.relaxing:
                self._relax = (t, self.cues.until)
            self._caption, self._caption_until = (
                said.text,
                max(self.cues.until, t) + self._coaching.shown.caption_s,
            )
        return said

    def caption(self, t: float) -> str:
        """Return the words last spoken, for as long as they are shown."""
        return self._caption if t < self._caption_until else ""

    def framed(self, t: float, screen: Screen) -> Screen:
        """Return the screen with the parts that all flows show: framing, caption, the reason for a pause."""
        framing = self.presence.framing
        if framing == "good" and self.rate.slow:
            framing = "slow_pictures"
        return replace(
            screen,
            framing=framing,
            fix="" if framing == "good" else self._book.text(self._section, framing),
            caption=self.caption(t),
            paused=self._book.text(SESSION, PAUSE_CUES[self.paused_by]) if self.paused_by else "",
        )
