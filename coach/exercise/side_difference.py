"""How far a smile's two sides differ, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Annotated, Final

from pydantic import Field

from coach.face.features import Features
from coach.settings import Strict
from coach.types import Bilateral, Side

# What a true difference of the sides' travel, as a share of their sum, reads as: the landmarker expects faces
# to be even and draws the sides together. Fitted on rendered people with known sides.
LIFT_READS: Final = 0.85
SMILE_READS: Final = 0.45
FULL_SMILE: Final = 0.2  # rise of the smile blendshape from which on its sides are as telling as the corners'
PLATEAU: Final = 0.7  # of a smile's pull; below it the sides are still on their way
SIDE_LIGHT: Final = 0.4  # logarithm of the light's ratio at which the corners tell half as much
SMILE_NOISE: Final = 0.01  # the smile blendshape on a resting face, standard deviation (79 recordings)
OPEN: Final = 0.3  # lid closure below which the eyes are open
BEFORE_S: Final = 0.6  # before a smile's onset: how the face rests now, in this pose


class SideSpec(Strict):
    """When one side of a smile is the weaker one.

    Asymmetry is the difference of the sides' travel as a share of their sum: 0 even, 1 one side alone.
    `uncertain`: of any face, however long and well it is seen; `brief`: of a smile seen for one second,
    falling with the root of time; `turned`: at 15 degrees; `side_light`: where one cheek has e times the
    other's light; `unmirrored`: where the mirrored picture was not looked at; `off_px`: place of a corner,
    pixels; together, as independent errors, they are the uncertainty. `noticed_mm`: difference that others
    notice (3 mm: Hohman 2014, doi 10.1002/lary.24331). `unclear`: where head, light and size
    of the face leave more than this, nothing is said.
    """

    uncertain: Annotated[float, Field(ge=0, le=1)]
    brief: Annotated[float, Field(ge=0, le=1)]
    turned: Annotated[float, Field(ge=0, le=1)]
    side_light: Annotated[float, Field(ge=0, le=1)]
    unmirrored: Annotated[float, Field(ge=0, le=1)]
    off_px: Annotated[float, Field(ge=0, le=10)]
    noticed_mm: Annotated[float, Field(ge=0, le=10)]
    unclear: Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class SideDifference:
    """How far the sides differ. `asymmetry`: + where the left travels further; `travel_mm`: mean of both.

    `uncertainty`: of `asymmetry`; `seeing`: the part of it that head, light and size of the face cause.
    """

    asymmetry: float
    uncertainty: float
    seeing: float
    travel_mm: float

    @property
    def mm(self) -> float:
        """Left minus right travel, millimetres."""
        return 2 * self.asymmetry * self.travel_mm

    @property
    def uncertainty_mm(self) -> float:
        """Uncertainty of `mm`."""
        return 2 * self.uncertainty * self.travel_mm

    @property
    def ratio(self) -> float:
        """Weaker over stronger travel, 0..1."""
        return (1 - abs(self.asymmetry)) / (1 + abs(self.asymmetry))

    def certain(self, least_mm: float) -> bool:
        """Whether one side is the weaker one: by more than `least_mm`, and beyond any error."""
        return abs(self.asymmetry) > self.uncertainty and abs(self.mm) > least_mm

    def doubtful(self, doubt: float) -> bool:
        """Whether the difference is hardly larger than its error."""
        return abs(self.asymmetry) < self.uncertainty + doubt

    @property
    def weaker(self) -> Side:
        """The side that travels less."""
        return "right" if self.asymmetry > 0 else "left"


def side_difference(
    held: Sequence[Features],
    movement: Sequence[Features],
    noise: float,
    spec: SideSpec,
    seen_s: float | None = None,
    start: float | None = None,
) -> SideDifference:
    """Compare the two sides of a smile.

    Corners and smile blendshape are two readings of the same difference, which err independently: the mean
    of both is taken, with less weight on the corners in light from the side and on the blendshape in a faint
    smile. How far they are apart is an error of its own: two readings, and the standard error of their mean.

    The neutral face is one look at how the sides rest, the moment before the smile another: a head that has
    turned since, or a corner that has not quite let go, rests otherwise. Either may be what the smile is to
    be compared with, so their difference is an error of its own.

    Parameters
    ----------
    held
        The frames to judge, at least one.
    movement
        All frames of the movement; those of its plateau that were also seen mirrored say how unlike the
        landmarker reads both sides of this face. In a blink it reads them otherwise.
    noise
        Standard deviation of a mouth corner on the neutral face, outer-eye-corner distances.
    spec
        How sure each circumstance leaves it.
    seen_s
        How long the difference has been seen, seconds; the length of `held` where it is not given.
    start
        The smile's onset, seconds, where the face was seen before it.
    """
    lift, smile = _mean([f.smile_lift for f in held]), _mean([f.smile for f in held])
    top = max(fmean(f.corner_pull.mean for f in held), 1e-6)
    seen = [f for f in movement if f.mirrored is not None and f.corner_pull.mean > PLATEAU * top]
    seen = [f for f in seen if f.closure.maximum < OPEN] or seen
    bias_lift = fmean(_bias(f.smile_lift, f.mirrored.lift) for f in seen if f.mirrored) if seen else 0.0
    bias_smile = fmean(_bias(f.smile, f.mirrored.smile) for f in seen if f.mirrored) if seen else 0.0
    side_light = fmean(f.side_light for f in held)
    trust_lift = 1 / (1 + (side_light / SIDE_LIGHT) ** 2)
    trust_smile = min(max(smile.mean, 0.0) / FULL_SMILE, 1.0)
    before = [] if start is None else [f for f in movement if start - BEFORE_S <= f.t < start]
    rest = trust_lift * _rest(lift, [f.smile_lift for f in before], noise) / LIFT_READS
    rest += trust_smile * _rest(smile, [f.smile for f in before], SMILE_NOISE) / SMILE_READS
    by_lift, by_smile = (index(lift) - bias_lift) / LIFT_READS, (index(smile) - bias_smile) / SMILE_READS
    trust = trust_lift + trust_smile
    total = trust_lift * by_lift + trust_smile * by_smile
    disagreement = abs(by_lift - by_smile) * math.sqrt(trust_lift * trust_smile) / trust
    if seen_s is None:  # each frame lasts to the next
        seen_s = (held[-1].t - held[0].t) * len(held) / max(len(held) - 1, 1)
    seeing = math.hypot(
        spec.turned * (fmean(abs(f.yaw) for f in held) / 15) ** 2,
        spec.side_light * abs(side_light),
        0.0 if seen else spec.unmirrored,
        (noise + spec.off_px / fmean(f.unit_px for f in held)) / top,
    )
    brief = spec.brief / math.sqrt(max(seen_s, 1 / 30))
    return SideDifference(
        asymmetry=min(max(total / trust, -1.0), 1.0),
        uncertainty=min(math.hypot(spec.uncertain, brief, seeing, rest / trust, disagreement), 1.0),
        seeing=seeing,
        travel_mm=fmean(f.excursion_mm.mean for f in held),
    )


def index(sides: Bilateral) -> float:
    """Return the sides' difference as a share of their sum, -1..1, + where the left one is larger."""
    left, right = max(sides.left, 0.0), max(sides.right, 0.0)
    return (left - right) / (left + right) if left + right > 0 else 0.0


def _bias(plain: Bilateral, mirrored: Bilateral) -> float:
    """Return half the difference of two looks at one moment: the error of the plain one."""
    return (index(plain) - index(mirrored)) / 2


def _rest(held: Bilateral, before: Sequence[Bilateral], noise: float) -> float:
    """Return how far apart the sides rested before a smile, as a share of their sum in it, 0..1.

    The median, since the last moments may already belong to the smile; beyond twice the noise of either
    side at rest, within which it is the neutral face.
    """
    size = max(held.left, 0.0) + max(held.right, 0.0)
    if not before or size <= 0:
        return 0.0
    apart = abs(median(b.left - b.right for b in before))
    return min(max(apart - 2 * math.sqrt(2) * noise, 0.0) / size, 1.0)


def _mean(pairs: Sequence[Bilateral]) -> Bilateral:
    return Bilateral(fmean(p.left for p in pairs), fmean(p.right for p in pairs))
