"""The common part of exercises that hold a smile: both sides are compared all through it."""

from __future__ import annotations

from typing import TypeVar

from coach.events import Event, Reason
from coach.exercise.held import Held, HeldState
from coach.exercise.protocol import Context
from coach.exercise.repetition import Ended
from coach.exercise.side_difference import SideDifference, side_difference
from coach.exercise.smile_symmetry import (
    EvenSpec,
    comparable_from,
    describe_smile,
    difference_now,
    is_smile,
    is_weak,
    judged,
)
from coach.exercise.spec import HeldSpec
from coach.face.features import Features
from coach.types import Bilateral


class SmileSpec(HeldSpec):
    """The TOML file of an exercise that is held, counted and must be even."""

    even: EvenSpec


S = TypeVar("S", bound=SmileSpec)


class HeldSmile(Held[S]):
    """A smile that is held evenly."""

    def sides(self, features: Features) -> Bilateral:
        """Pull of each corner."""
        return features.lip_corner_pull

    def noise(self, context: Context) -> float:
        """Corner noise as a share of the person's best smile."""
        return context.noise.corner / context.own_range.smile

    def reason(self, state: HeldState, ended: Ended) -> Reason | None:
        """Call a hold uneven only where the smile as a whole is."""
        if ended.reason != "asymmetric":
            return ended.reason
        held = judged(state.frames, ended)
        noise = state.context.noise.corner
        sides = side_difference(held, state.frames, noise, self.spec.even, start=ended.start)
        return "asymmetric" if is_weak(sides, ended, self.spec.even) else "too_short"

    def ended(self, state: HeldState, ended: Ended, t: float) -> tuple[Event, ...]:
        """Describe the smile, where it was one that others take for one."""
        if not is_smile(state.frames, ended):
            return ()
        noise = state.context.noise.corner
        return (describe_smile(t, self.name, state.frames, ended, noise, self.spec.even),)

    def uneven(self, state: HeldState) -> Reason | None:
        """Return that one corner stays behind the other, once both can have risen."""
        if not state.frames or state.frames[-1].t < comparable_from(state.rep):
            return None
        return "asymmetric" if self._difference(state).certain(self.spec.even.held_mm) else None

    def nearly_even(self, state: HeldState) -> bool:
        """Whether the sides differ so little that one moment does not tell."""
        return self._difference(state).doubtful(self.spec.even.doubt)

    def _difference(self, state: HeldState) -> SideDifference:
        hold_s, noise = self.spec.repetition.hold_s, state.context.noise.corner
        return difference_now(state.frames, state.rep.start, hold_s, noise, self.spec.even)
