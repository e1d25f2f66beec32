"""How the coach leads: when it speaks, how long it waits, when it asks again: `config/coaching.toml`."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AliasChoices, Field

from coach.coaching.cues import CueKind
from coach.face.neutral_capture import NeutralSpec
from coach.face.presence import PresenceSpec
from coach.face.resume_wait import ResumeWaitSpec
from coach.settings import Strict

Wait = Annotated[float, Field(ge=0, le=600)]
"""Seconds."""
Waits = Annotated[tuple[Wait, ...], Field(strict=False, min_length=1, max_length=9)]
"""Seconds; TOML has a list where this is a tuple."""
Times = Annotated[int, Field(ge=1, le=99)]
DoseShare = Annotated[float, Field(gt=0, le=1)]


class CueExpiry(Strict):
    """How long after its cause a cue of each kind is still worth saying, seconds."""

    safety_s: Wait = 5.0
    release_s: Wait = 3.0
    hold_s: Wait = 0.5
    countdown_s: Wait = 0.3
    count_s: Wait = 4.0
    correction_s: Wait = 3.0
    praise_s: Wait = 3.0
    instruction_s: Wait = 4.0

    def of(self, kind: CueKind) -> float:
        """Return how long a cue of this kind may wait, seconds."""
        return {
            CueKind.SAFETY: self.safety_s,
            CueKind.RELEASE: self.release_s,
            CueKind.HOLD: self.hold_s,
            CueKind.COUNTDOWN: self.countdown_s,
            CueKind.COUNT: self.count_s,
            CueKind.CORRECTION: self.correction_s,
            CueKind.PRAISE: self.praise_s,
            CueKind.INSTRUCTION: self.instruction_s,
        }[kind]


class HintSpec(Strict):
    """When to mention that something is out of order. Seconds.

    `after_s`: once it has lasted this long; `every_s`: the same again after this long, twice as long after
    each time, up to `seldom_s`.
    """

    after_s: Wait = 1.5
    every_s: Wait = 6.0
    seldom_s: Wait = 24.0


class HeldGuideSpec(Strict):
    """The guide of exercises that are held. Seconds, or numbers of tries and repetitions.

    `hold_after_s`: of right form, before "hold" is said; `settle_s`: from "hold" to the first number of the
    countdown. `fault_s`: a fault that lasts this long within a hold is corrected at once, if it is its turn;
    `stuck_s`: for certain; `silence_s`: and again after this long. `unanswered_s`: ask in other words after
    these waits; the last one repeats. `rest_s`: at rest before the next is asked for;
    `rest_suggested_s`: the same after a rest was suggested, which happens after every `tired_after` failed
    tries in a row, and every `strained_after` tries with the help of other muscles. `remind_s`: remind the
    person to rest after these waits; the last one repeats. `praise_every`: repetitions in a row.
    """

    hold_after_s: Wait = 0.5
    settle_s: Wait = 0.5
    fault_s: Wait = 1.0
    stuck_s: Wait = 1.5
    silence_s: Wait = 6.0
    unanswered_s: Waits = (6.0, 6.0, 6.0, 6.0, 12.0, 24.0)
    rest_s: Wait = 0.35
    rest_suggested_s: Wait = 4.0
    tired_after: Times = 3
    strained_after: Times = 2
    remind_s: Waits = (4.0, 6.0, 12.0, 24.0)
    praise_every: Times = 3


class JawGuideSpec(Strict):
    """The guide of the jaw release. Seconds, or numbers of circles and tries.

    `hold_after_s`, `settle_s`: as for `HeldGuideSpec`. `remind_s`: remind a person to rest first.
    `open_s`, `close_s`, `circles_s`: if nothing is recognised for this long, ask again, and then go on.
    `circle_s`: time allowed for each circle, and for one more; `dot_s`: how
    long a dot to follow takes for one. `wrong_way`: circles in the other direction
    before it is mentioned. `tries`: of opening and closing. `breathe_in_s`, `breathe_out_s`: how long to
    wait for a breath.
    """

    hold_after_s: Wait = 0.5
    settle_s: Wait = 0.5
    remind_s: Wait = 4.0
    open_s: Wait = 6.0
    close_s: Wait = 6.0
    circles_s: Wait = 6.0
    circle_s: Wait = 4.0
    dot_s: Annotated[float, Field(gt=0, le=60)] = 2.0
    wrong_way: Times = 2
    tries: Times = 2
    breathe_in_s: Wait = 4.0
    breathe_out_s: Wait = 6.0


class MemoryGuideSpec(Strict):
    """The guide of the memories. `rest_s`: at rest before the next memory, seconds."""

    rest_s: Wait = 0.8


class EasingSpec(Strict):
    """Smaller doses after a session that hurt or was hard. Shares of the usual dose, 0..1.

    `hurt`: after a session that hurt. `hard`: after `hard_after` hard ones in a row. `back`: given back
    by each that felt easy or right. `lasts_days`: older answers do not count.
    """

    hurt: DoseShare = 0.5
    hard: DoseShare = 0.75
    hard_after: Times = 2
    back: DoseShare = 0.25
    lasts_days: Annotated[int, Field(ge=1, le=365)] = 14


class ShownSpec(Strict):
    """How long the window shows things. Seconds.

    `caption_s`: a caption, after it was said. `attempt_s`: the sign of a try that did not count.
    `fault_s`: how long a fault must last to be shown.
    """

    caption_s: Wait = 1.5
    attempt_s: Wait = 1.2
    fault_s: Wait = 0.5


OLDER: Final = AliasChoices("resume_wait", "count_in")  # its name in recordings before 2026-11-29


class CoachingSpec(Strict):
    """All of `config/coaching.toml`. `card_s`: between two exercises, `breather_s`: after the last; at least.

    The defaults are the values of the file; a test compares them.
    """

    breather_s: Wait = 0.8
    card_s: Wait = 3.0
    neutral: NeutralSpec = NeutralSpec()
    presence: PresenceSpec = PresenceSpec()
    resume_wait: Annotated[ResumeWaitSpec, Field(validation_alias=OLDER)] = ResumeWaitSpec()
    expiry: CueExpiry = CueExpiry()
    hints: HintSpec = HintSpec()
    held: HeldGuideSpec = HeldGuideSpec()
    jaw: JawGuideSpec = JawGuideSpec()
    memory: MemoryGuideSpec = MemoryGuideSpec()
    easing: EasingSpec = EasingSpec()
    shown: ShownSpec = ShownSpec()


STANDARD: Final = CoachingSpec()
"""The values of the file, where it is not read."""
