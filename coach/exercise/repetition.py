"""One repetition in the four FACS temporal segments: its rules, its input and its state."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from coach.events import Reason
from coach.exercise.form import FormFault
from coach.exercise.kinematics import LevelTrace
from coach.settings import Strict

RepPhase: TypeAlias = Literal["neutral", "onset", "apex", "offset"]


class RepSpec(Strict):
    """The rules of a repetition. Shares are of the movement's own size, seconds are frame time.

    `hold_s`: hold target. `enter`: level above rest that starts an attempt, as a share of the person's usual
    plateau. `noise_gate`: `enter` is at least this many times the neutral face's noise.
    `half`: share of the plateau at which the movement is half-way up and the hold begins. `leave`:
    share at which it ends. `rest`: share below which the face is at rest.
    `dwell_s`: how long above `enter` before it counts as an attempt. `grace_s`: form faults and lost frames
    up to this long are forgiven and count as held. `rest_dwell_s`: how long at rest before the next
    repetition. `least_s`: attempts held for less than this are not reported. `drift_s`: time constant with
    which the rest level follows slow drift.
    """

    hold_s: Annotated[float, Field(gt=0, le=120)]
    enter: Annotated[float, Field(gt=0, le=2)]
    noise_gate: Annotated[float, Field(ge=0, le=20)]
    half: Annotated[float, Field(gt=0, le=2)]
    leave: Annotated[float, Field(gt=0, le=2)]
    rest: Annotated[float, Field(gt=0, le=2)]
    dwell_s: Annotated[float, Field(ge=0, le=60)]
    grace_s: Annotated[float, Field(ge=0, le=60)]
    rest_dwell_s: Annotated[float, Field(ge=0, le=60)]
    least_s: Annotated[float, Field(ge=0, le=60)]
    drift_s: Annotated[float, Field(gt=0, le=600)]


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame as a repetition sees it.

    `level`: size of the movement, 0 = neutral, 1 = the person's best. `fault`: what is wrong with the form;
    `mild`: it counts only if it lasts for much of the movement. `masked`: the level cannot be trusted in
    this frame (a blink); it neither counts nor interrupts. `gone`: why the face cannot be measured at all
    (`face_lost`, `head_turned`).
    """

    t: float
    level: float = 0.0
    fault: Reason | None = None
    mild: bool = False
    masked: bool = False
    gone: Reason | None = None

    @property
    def hidden(self) -> bool:
        """Whether this frame shows nothing of level and form."""
        return self.masked or self.gone is not None


@dataclass(frozen=True, slots=True)
class RepState:
    """The state of a repetition between two frames. Times are in seconds, levels as in `Sample`.

    Always: `phase`, since `since`; `t`: the last frame. `floor`: level at rest. `scale`: the person's usual
    plateau. `trace`: trusted levels, during a movement from shortly before its onset on.

    Of the movement: `start`: its onset, from when on its levels count. `onset_t`: the same now that more of
    the rise is known, as it is told: corners that creep up before a smile are not yet the smile. `half_t`:
    when it was half-way up. `plateau`: its height above `floor` so far. `hold_s`: how long it has been held
    in good form. `counted`: that reached the target.
    `faults`: its periods of wrong form. `begun`: it was under way in the first frame; `from_start`: such a
    movement is judged all the same.

    Of its end: `below_since`: when the level fell below the `leave` share. `gone_since`: since when the face
    has been lost or turned away; `gone`: which of the two ended the movement. `rest_since`: since when the
    level has been at rest. `rested_in_gap`: it came to rest where no frame shows it.
    """

    phase: RepPhase = "neutral"
    since: float = -math.inf
    t: float = -math.inf
    floor: float = 0.0
    scale: float = 1.0
    trace: LevelTrace = ()
    faults: tuple[FormFault, ...] = ()
    below_since: float | None = None
    gone_since: float | None = None
    rest_since: float | None = None
    gone: Reason | None = None
    rested_in_gap: bool = False
    counted: bool = False
    start: float = 0.0
    onset_t: float = 0.0
    half_t: float = 0.0
    plateau: float = 0.0
    hold_s: float = 0.0
    begun: bool = False
    from_start: bool = False

    @property
    def level(self) -> float:
        """The latest trusted level above rest."""
        return self.trace[-1][1] - self.floor if self.trace else 0.0


@dataclass(frozen=True, slots=True)
class Reached:
    """The hold target is reached in this frame."""

    start: float
    hold_s: float


@dataclass(frozen=True, slots=True)
class Ended:
    """A movement is over and back at rest. `reason` is None for one that had reached its target.

    `brief`: it was held for less than is worth a word. `begun`: it was under way in the first frame.
    """

    start: float
    end: float
    hold_s: float
    plateau: float
    half_t: float
    reason: Reason | None
    brief: bool = False
    begun: bool = False
