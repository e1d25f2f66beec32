"""Cheek raiser: AU6 alone, orbicularis oculi lifting cheek and lower lid while the mouth stays soft."""

from __future__ import annotations

from statistics import fmean
from typing import Annotated, ClassVar

from pydantic import Field

from coach.events import Reason
from coach.exercise.held import Held, HeldState, since
from coach.exercise.protocol import Context
from coach.exercise.spec import ExerciseSpec, HeldSpec
from coach.face.features import Features
from coach.settings import Strict
from coach.types import Bilateral

RAISE_SHARE = 0.7  # weight of the lower lids' rise; the rest is the eyes' narrowing


class FlatMouth(Strict):
    """How still the mouth must stay; lengths in outer-eye-corner distances.

    `max_pull`: of the mouth corners towards the eyes. `pull_with_smile`: the same if the smile blendshape
    has also risen by `max_smile`. `max_gap`: between the lips. `max_stir`: by which they may both part and
    meet within `stir_s` seconds, in either order; lips that do so by more are talking.
    """

    max_pull: Annotated[float, Field(gt=0, lt=1)]
    pull_with_smile: Annotated[float, Field(gt=0, lt=1)]
    max_smile: Annotated[float, Field(gt=0, lt=1)]
    max_gap: Annotated[float, Field(gt=0, lt=1)]
    max_stir: Annotated[float, Field(gt=0, lt=1)]
    stir_s: Annotated[float, Field(gt=0, le=1)]


class BrowCompensation(Strict):
    """Brows that help. `max_brow_raise`: length.

    `frown`: rise of the blendshape for lowered brows, from which on they are drawn down, which narrows the
    eyes as well. They must also be seen lower than at rest, by `frown_sinks`, a length: a fringe or glasses
    may hide them.
    """

    max_brow_raise: Annotated[float, Field(gt=0, lt=1)]
    frown: Annotated[float, Field(gt=0, le=1)]
    frown_sinks: Annotated[float, Field(gt=0, lt=1)]


class OneSided(Strict):
    """When only one cheek is raised.

    The sides differ by more than `least_difference`, a share of the person's best, and the weaker side
    reaches less than `least_ratio` of the stronger. `smooth_s`: both are averaged over this time, seconds.
    """

    least_ratio: Annotated[float, Field(ge=0, lt=1)]
    least_difference: Annotated[float, Field(ge=0, le=2)]
    smooth_s: Annotated[float, Field(ge=0, le=2)]


class LidsOnly(Strict):
    """Lids that move without the cheeks.

    `narrow`, `least_raise`: eyes that narrow from above, shares of a full raise. `least_squint`: rise of the
    squint blendshape that goes with any raise.
    """

    narrow: Annotated[float, Field(gt=0, le=3)]
    least_raise: Annotated[float, Field(ge=0, lt=1)]
    least_squint: Annotated[float, Field(ge=0, lt=1)]


class CheekSpec(HeldSpec):
    """`config/exercises/cheek_raiser.toml`."""

    mouth: FlatMouth
    helpers: BrowCompensation
    side: OneSided
    lids: LidsOnly


class CheekRaiser(Held[CheekSpec]):
    """The lower lids rise; the upper lids and the mouth stay."""

    name: ClassVar[str] = "cheek_raiser"
    spec_type: ClassVar[type[ExerciseSpec]] = CheekSpec

    def level(self, features: Features) -> float:
        """Return the lower lids' rise and some of the eyes' narrowing, as a share of the person's best.

        Leaning in would look like a rise alone, drooping lids like narrowing alone.
        """
        narrowing = features.eye_engagement - features.cheek_raise.mean
        return RAISE_SHARE * features.cheek_raise.mean + (1 - RAISE_SHARE) * narrowing

    def sides(self, features: Features) -> Bilateral:
        """Return the cheek raise of each side."""
        return features.cheek_raise

    def noise(self, context: Context) -> float:
        """Return the lids' noise as a share of the person's best."""
        return context.noise.lid / context.own_range.cheek

    def fault(self, state: HeldState, features: Features) -> Reason | None:
        """Return the fault: closed eyes, a moving mouth, helping brows, only the lids, or only one side."""
        mouth = self.spec.mouth
        if state.eyes.shut(features.t, self.spec.eyes):
            return "eyes_closed"
        pull = features.corner_pull.maximum
        smiling = features.smile.mean > mouth.max_smile and pull > mouth.pull_with_smile
        if smiling or pull > mouth.max_pull or features.lip_gap > mouth.max_gap:
            return "mouth_moved"
        if _stir(since(state.frames, features.t - mouth.stir_s)) > mouth.max_stir:
            return "mouth_moved"
        window = since(state.frames, features.t - self.spec.side.smooth_s)
        if features.brow_raise.mean > self.spec.helpers.max_brow_raise or self._frowning(window):
            return "compensation"
        if self._lids_only(window):
            return "lids_only"
        return "asymmetric" if self._one_sided(window) else None

    def _frowning(self, window: tuple[Features, ...]) -> bool:
        """Whether the brows are drawn down, by both readings."""
        drawn = fmean(f.brow_down for f in window) > self.spec.helpers.frown
        return drawn and fmean(f.brow_raise.mean for f in window) < -self.spec.helpers.frown_sinks

    def _lids_only(self, window: tuple[Features, ...]) -> bool:
        """Whether the eyes narrow from above while the lower lids stay, or lids creep without a squint."""
        raised = fmean(f.cheek_raise.mean for f in window)
        narrow = fmean(f.eye_engagement for f in window) - raised
        squint = fmean(f.squint.mean for f in window)
        lids = self.spec.lids
        return (narrow > lids.narrow and raised < lids.least_raise) or squint < lids.least_squint

    def _one_sided(self, window: tuple[Features, ...]) -> bool:
        """Whether one side has clearly risen alone. A weak raise is too noisy to tell."""
        raised = Bilateral(
            fmean(f.cheek_raise.left for f in window), fmean(f.cheek_raise.right for f in window)
        )
        apart = raised.maximum - raised.minimum > self.spec.side.least_difference
        return apart and raised.symmetry < self.spec.side.least_ratio


def _stir(window: tuple[Features, ...]) -> float:
    """Return by how much the lips both part and meet, the lesser of the two."""
    parted = met = 0.0
    closest = widest = window[0].lip_gap
    for features in window:
        closest, widest = min(closest, features.lip_gap), max(widest, features.lip_gap)
        parted, met = max(parted, features.lip_gap - closest), max(met, widest - features.lip_gap)
    return min(parted, met)
