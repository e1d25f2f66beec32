"""A simulated person: hears cues, reacts with human delay, speed and failings, and records the truth."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from coach.coaching.cues import Cue, CueKind
from coach.events import Direction, SideOrEven
from coach.simulation.act import Act, posed
from coach.simulation.face_pose import CHECK_IN, NONE, FacePose
from coach.simulation.ground_truth import IntendedMovement, MovementKind
from coach.simulation.idle_motion import Idle
from coach.simulation.motion import CircleMotion, Movement
from coach.simulation.randomness import Randomness
from coach.simulation.spec import Failing, PersonSpec, Span
from coach.types import Bilateral

DRILLS: dict[str, MovementKind] = {
    "cheek_raiser": "cheek_raise",
    "symmetry_drill": "smile",
    "combined": "smile_with_eyes",
}
GO = frozenset({"go", "again", "another", "show", "image"})
OWN_BEST = {"own_cheek": "cheek_raiser", "own_smile": "symmetry_drill", "own_jaw": "jaw_release"}
RELAX = frozenset({"get_ready", "neutral", "begin", "rest", "finished", "check_neutral"})
BROKEN_OFF = frozenset({"paused", "paused_face", "camera_lost"})
CIRCLES = 5  # when the cue does not say how many
SNAP_S = 0.25  # a jaw that falls shut
WEAK_SIDE, STRAY_SMILE = 0.4, 0.6
EYES_CLOSE_AFTER_S = 0.6  # of a raise that ends up with closed eyes
CUT_SHORT = Span(low=0.4, high=0.6)  # of the hold, for an attempt that is too short
SELF_TIMED_S = 0.8  # a failed attempt is let go this long after the person thinks it done


class Person:
    """The person's state; `step` is the only way on. The same seed, times and cues give the same poses.

    Parameters
    ----------
    spec
        How fast, how steady and how often wrong the person is.
    seed
        Of everything random.
    script
        Failings to happen; see `coach.simulation.randomness.Randomness`.
    """

    def __init__(
        self, spec: PersonSpec, *, seed: int = 0, script: Sequence[Failing | None] | None = None
    ) -> None:
        self.intended: list[IntendedMovement] = []
        self._spec = spec
        self._random = Randomness(spec, seed, script)
        self._best: str | None = None  # the drill whose best is being asked for
        self._acts: list[Act] = []
        self._idle = Idle(spec.life, random.Random(seed + 1))  # noqa: S311 - nothing here is a secret

    def step(self, t: float, heard: Sequence[Cue] = ()) -> FacePose:
        """Take in the cues heard by `t` (seconds, never going back) and return the face at `t`."""
        self._finish(t)
        for cue in heard:
            self._hear(t, cue)
        return self._pose(t)

    # -- hearing

    def _hear(self, t: float, cue: Cue) -> None:
        exercise, key = cue.exercise, cue.key
        self._best = OWN_BEST.get(key, self._best) if exercise is None else None
        if self._best and (key in OWN_BEST or key in GO):
            exercise, key = self._best, "go"
        if exercise in DRILLS and key in GO:
            self._drill(t, exercise)
        elif exercise == "jaw_release" and (key == "open" or key in GO):
            self._open_jaw(t)
        elif exercise == "jaw_release" and key in {"circle_cw", "circle_ccw"}:
            self._circle(t, int(cue.values.get("n", CIRCLES)), clockwise=key == "circle_cw")
        elif exercise == "jaw_release" and key in {"breathe_in", "breathe_out"}:
            self._breathe(t, key)
        elif exercise == "memory_anchor" and key in {"recall", "recall_named"}:
            self._recall(t)
        elif key in CHECK_IN:
            self._show(t, CHECK_IN[key])
        elif cue.kind is CueKind.RELEASE or key == "close" or key in RELAX:
            self._let_go(t)
        elif key in BROKEN_OFF:
            self._break_off(t)

    def _drill(self, t: float, exercise: str) -> None:
        if self._at_it(t, exercise):
            return
        start = self._ready(t)
        spec = self._spec
        failing = self._random.failing(exercise, at_best=self._best is not None)
        smile, cheek = self._random.even(spec.effort.smile), self._random.even(spec.effort.cheek)
        side: SideOrEven = "even"
        if failing == "asymmetric":
            side = self._random.side()
            weak = smile.of(side) * WEAK_SIDE
            smile = replace(smile, left=weak) if side == "left" else replace(smile, right=weak)
        if failing == "mouth_moved":
            smile = Bilateral(STRAY_SMILE, STRAY_SMILE)
        uses_mouth = exercise != "cheek_raiser" or failing == "mouth_moved"
        uses_cheek = exercise != "symmetry_drill" and failing != "eyes_uninvolved"
        shape = FacePose(smile=smile if uses_mouth else NONE, cheek=cheek if uses_cheek else NONE)
        rise = self._random.draw(spec.pace.onset_s)
        hold = spec.hold.of(exercise)
        if failing is None:
            lasts = hold + spec.hold.give_up_s
        elif failing == "too_short":
            lasts = hold * self._random.draw(CUT_SHORT)
        else:
            lasts = hold + SELF_TIMED_S
        end, fall = start + rise + lasts, self._random.draw(spec.pace.offset_s)
        parts = [Movement(start, shape, rise, end, fall, self._random.lag())]
        if failing == "eyes_closed":
            shut = FacePose(lids=Bilateral(1.0, 1.0))
            parts.append(Movement(start + EYES_CLOSE_AFTER_S, shut, 0.3, end, fall))
        self._begin(
            Act(0, parts),
            IntendedMovement(
                exercise=exercise,
                kind=DRILLS[exercise],
                cue_t=t,
                start=start,
                apex=parts[0].apex,
                valid=failing is None,
                reason=failing or "",
                side=side,
                eyes=uses_cheek,
            ),
        )

    def _open_jaw(self, t: float) -> None:
        if self._at_it(t, "jaw_release"):
            return
        spec, start = self._spec, self._ready(t)
        rise = self._random.draw(spec.pace.jaw_open_s)
        snaps = self._random.failing("jaw_release", at_best=self._best is not None) == "snapped_shut"
        end = start + rise + spec.hold.jaw_release + spec.hold.give_up_s
        fall = SNAP_S if snaps else self._random.draw(spec.pace.jaw_close_s)
        part = Movement(start, FacePose(jaw_open=self._random.draw(spec.effort.jaw)), rise, end, fall)
        self._begin(
            Act(0, [part], snaps=snaps),
            IntendedMovement(exercise="jaw_release", kind="open_hold", cue_t=t, start=start, apex=part.apex),
        )

    def _circle(self, t: float, count: int, *, clockwise: bool) -> None:
        start = self._ready(t)
        circles = CircleMotion(start, max(count, 1), self._random.draw(self._spec.pace.circle_s), clockwise)
        direction: Direction = "clockwise" if clockwise else "counterclockwise"
        self._begin(
            Act(0, [], circles),
            IntendedMovement(
                exercise="jaw_release",
                kind="circles",
                cue_t=t,
                start=start,
                apex=start,
                direction=direction,
                count=circles.count,
            ),
        )

    def _breathe(self, t: float, key: str) -> None:
        start = self._ready(t)
        lasts = self._random.draw(self._spec.pace.breath_s)
        out = key == "breathe_out"
        shape = FacePose(jaw_open=self._spec.effort.jaw_exhale if out else 0.0)
        part = Movement(start, shape, lasts / 4, start + lasts * 3 / 4, lasts / 4)
        kind: MovementKind = "breath_out" if out else "breath_in"
        self._begin(
            Act(0, [part]),
            IntendedMovement(exercise="jaw_release", kind=kind, cue_t=t, start=start, apex=part.apex),
        )

    def _recall(self, t: float) -> None:
        spec = self._spec.recall
        failing = self._random.failing("memory_anchor")
        if failing == "no_smile":
            self.intended.append(
                IntendedMovement(
                    exercise="memory_anchor",
                    kind="recall",
                    cue_t=t,
                    start=t,
                    apex=t,
                    release=t,
                    end=t,
                    valid=False,
                    reason="no_smile",
                )
            )
            return
        by_chance = self._random.happens(spec.mouth_only)
        eyes = not (failing == "mouth_only" or by_chance)
        cheek = Bilateral(spec.cheek, spec.cheek) if eyes else NONE
        start = t + self._random.draw(spec.latency_s)
        shape = FacePose(smile=self._random.even(self._spec.effort.smile), cheek=cheek)
        end, fall = start + spec.onset_s + spec.hold_s, self._random.draw(self._spec.pace.offset_s)
        part = Movement(start, shape, spec.onset_s, end, fall, self._random.lag())
        self._begin(
            Act(0, [part]),
            IntendedMovement(
                exercise="memory_anchor", kind="recall", cue_t=t, start=start, apex=part.apex, eyes=eyes
            ),
        )

    def _show(self, t: float, shape: FacePose) -> None:
        start = self._ready(t)
        lasts = self._spec.hold.jaw_release + self._spec.hold.give_up_s
        rise = self._random.draw(self._spec.pace.onset_s)
        part = Movement(start, shape, rise, start + lasts, 0.5, self._random.lag())
        self._begin(
            Act(0, [part]),
            IntendedMovement(exercise="check_in", kind="smile", cue_t=t, start=start, apex=part.apex),
        )

    def _at_it(self, t: float, exercise: str) -> bool:
        """Whether the exercise is being done already."""
        return any(self.intended[act.index].exercise == exercise and t < act.end for act in self._acts)

    def _ready(self, t: float) -> float:
        """Let go of everything; return when the next movement can begin."""
        self._let_go(t)
        return max([t + self._random.delay(), *(act.rest for act in self._acts)])

    def _let_go(self, t: float) -> None:
        """End held movements after the usual delay; circles are finished first."""
        stop = t + self._random.delay()
        for part in (part for act in self._acts for part in act.parts):
            part.end = min(part.end, max(stop, part.start))

    def _break_off(self, t: float) -> None:
        """Let go too early: this should not be counted."""
        for act in self._acts:
            if t < act.end:
                meant = self.intended[act.index]
                self.intended[act.index] = replace(meant, valid=False, reason=meant.reason or "interrupted")
        self._let_go(t)

    def _begin(self, act: Act, intended: IntendedMovement) -> None:
        act.index = len(self.intended)
        self.intended.append(intended)
        self._acts.append(act)

    def _finish(self, t: float) -> None:
        """Note releases and ends that have come to pass."""
        for act in list(self._acts):
            meant = self.intended[act.index]
            if meant.release is None and t >= act.end:
                self.intended[act.index] = meant = replace(meant, release=act.end)
                if meant.kind == "open_hold":
                    self.intended.append(
                        IntendedMovement(
                            exercise="jaw_release",
                            kind="slow_close",
                            cue_t=act.end,
                            start=act.end,
                            apex=act.end,
                            release=act.end,
                            end=act.rest,
                            valid=not act.snaps,
                            reason="snapped_shut" if act.snaps else "",
                        )
                    )
            if t >= act.rest:
                self.intended[act.index] = replace(meant, end=act.rest)
                self._acts.remove(act)

    # -- the face

    def _pose(self, t: float) -> FacePose:
        return posed(
            self._idle.pose(t),
            self._acts,
            t,
            steadiness=1 + self._spec.life.wobble * self._idle.sway(t, 0),
            blink=self._idle.blink(t),
        )
