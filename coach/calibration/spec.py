"""The numbers for measuring a person's own range: `config/calibration.toml`."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from coach.exercise.spec import EyeSpec, HeadSpec
from coach.face.baseline import Noise
from coach.settings import Length, Seconds, Share, Strict

RangePart: TypeAlias = Literal["cheek", "smile", "jaw"]
RANGE_PARTS: Final[tuple[RangePart, ...]] = ("cheek", "smile", "jaw")

Factor = Annotated[float, Field(gt=0, le=20)]


class CalibrationTiming(Strict):
    """Seconds; see `config/calibration.toml`."""

    hold_s: Seconds
    patience_s: Seconds
    steady_s: Seconds
    fault_s: Seconds
    lost_s: Seconds
    rest_s: Seconds


class PlateauSpec(Strict):
    """When a movement is held, and when it has been let go; shares."""

    tolerance: Share
    held: Share
    rest: Share


class Lengths(Strict):
    """One length for each movement, in outer-eye-corner distances above neutral."""

    cheek: Length
    smile: Length
    jaw: Length


class Least(Lengths):
    """Smaller movements are not a range, nor are those below `noise_factor` times the neutral noise."""

    noise_factor: Factor


class Mouth(Strict):
    """When a mouth smiles along with a cheek raise."""

    max_pull: Length
    pull_with_smile: Length
    max_smile: Share


class Widening(Strict):
    """How later sessions widen the range."""

    share: Share
    movements: Annotated[int, Field(ge=1, le=100)]
    noise_factor: Factor


class CalibrationSpec(Strict):
    """All of `config/calibration.toml`."""

    takes: Annotated[int, Field(ge=1, le=9)]
    repeats: Annotated[int, Field(ge=0, le=9)]
    timing: CalibrationTiming
    plateau: PlateauSpec
    least: Least
    most: Lengths
    mouth: Mouth
    head: HeadSpec
    eyes: EyeSpec
    widening: Widening

    def least_of(self, part: RangePart, noise: Noise) -> float:
        """Return the smallest height that counts as a range of this movement."""
        floor: float = getattr(self.least, part)
        return max(floor, self.least.noise_factor * noise_of(part, noise))


def noise_of(part: RangePart, noise: Noise) -> float:
    """Return the standard deviation, in the neutral face, of the measure of this movement."""
    return {"cheek": noise.lid, "smile": noise.corner, "jaw": noise.chin}[part]
