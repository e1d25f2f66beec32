"""The words for today only."""

from __future__ import annotations

from dataclasses import dataclass

from coach.coaching.cues import Cue, CueKind
from coach.progress.history import Felt
from coach.progress.summary import CHECK_IN
from coach.types import Side

EVEN = ("symmetry_drill", "combined")  # the exercises that compare the sides


@dataclass(frozen=True, slots=True)
class Occasion:
    """What today's words are about.

    `check_in_due`, and `eased`: why the doses are smaller, if they are; said before the first exercise.
    `weaker`: the side that has been the weaker one for weeks, and `fingers`: no finger helps; one of them
    is said before the first even smile.
    """

    check_in_due: bool = False
    weaker: Side | None = None
    fingers: bool = False
    eased: Felt | None = None

    def first_words(self, *, safety: bool) -> tuple[Cue, ...]:
        """Return what is said before the first exercise; `safety`: what to watch out for, too.

        A check-in can wait until the end shows it.
        """
        words = (Cue(0.0, CueKind.SAFETY, "safety"),) if safety else ()
        if self.eased is not None:
            return (*words, Cue(0.0, CueKind.SAFETY, f"eased_{self.eased}"))
        if self.check_in_due:
            return (*words, Cue(0.0, CueKind.INSTRUCTION, "due", CHECK_IN))
        return words

    @property
    def even_words(self) -> tuple[Cue, ...]:
        """What is said before the first even smile."""
        if self.weaker is not None:
            return (Cue(0.0, CueKind.INSTRUCTION, "weaker", EVEN[0], {"side": self.weaker}),)
        return (Cue(0.0, CueKind.INSTRUCTION, "no_fingers", EVEN[0]),) if self.fingers else ()


USUAL = Occasion()
