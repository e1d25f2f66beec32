"""How fast, how steady and how often wrong the simulated person is: `config/person.toml`."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from coach.settings import Strict

Failing: TypeAlias = Literal[
    "too_short",
    "mouth_moved",
    "eyes_closed",
    "asymmetric",
    "eyes_uninvolved",
    "snapped_shut",
    "no_smile",
    "mouth_only",
]
# The failings that each exercise can have.
FAILINGS: dict[str, tuple[Failing, ...]] = {
    "cheek_raiser": ("too_short", "mouth_moved", "eyes_closed"),
    "symmetry_drill": ("too_short", "asymmetric"),
    "combined": ("too_short", "asymmetric", "eyes_uninvolved"),
    "jaw_release": ("snapped_shut",),
    "memory_anchor": ("no_smile", "mouth_only"),
}

ZeroToOne: TypeAlias = Annotated[float, Field(ge=0, le=1)]


class Span(Strict):
    """A quantity drawn evenly between two limits."""

    low: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        return self


class Reaction(Strict):
    """Delay between hearing and moving, log-normal: `spread` is the standard deviation of its log."""

    median_s: Annotated[float, Field(gt=0, le=600)]
    spread: Annotated[float, Field(ge=0, le=1)]
    least_s: Annotated[float, Field(ge=0)]
    most_s: Annotated[float, Field(gt=0, le=600)]


class MovementPace(Strict):
    """How long movements take, seconds; `circle_s` a circle, `breath_s` one breath in or out."""

    onset_s: Span
    offset_s: Span
    jaw_open_s: Span
    jaw_close_s: Span
    circle_s: Span
    breath_s: Span


class Effort(Strict):
    """How far movements go, 0..1 of what the drawn face can do."""

    smile: Span
    cheek: Span
    jaw: Span
    jaw_exhale: ZeroToOne


class Hold(Strict):
    """Seconds the person expects to hold; without a release they give up `give_up_s` later."""

    cheek_raiser: Annotated[float, Field(gt=0, le=600)]
    symmetry_drill: Annotated[float, Field(gt=0, le=600)]
    combined: Annotated[float, Field(gt=0, le=600)]
    jaw_release: Annotated[float, Field(gt=0, le=600)]
    give_up_s: Annotated[float, Field(gt=0, le=600)]

    def of(self, exercise: str) -> float:
        """Return how long the person expects to hold in an exercise, seconds.

        Raises
        ------
        KeyError
            Nothing is held in it.
        """
        return {
            "cheek_raiser": self.cheek_raiser,
            "symmetry_drill": self.symmetry_drill,
            "combined": self.combined,
            "jaw_release": self.jaw_release,
        }[exercise]


class SimulatedRecall(Strict):
    """A smile called up by a memory. `cheek`: how far the eyes join in; `mouth_only`: share without."""

    latency_s: Span
    onset_s: Annotated[float, Field(gt=0, le=600)]
    hold_s: Annotated[float, Field(gt=0, le=600)]
    cheek: ZeroToOne
    mouth_only: ZeroToOne


class Life(Strict):
    """Motion that never stops. Sway of the head in degrees and as a share of the picture; the rest 0..1."""

    blink_every_s: Span
    look_every_s: Span
    gaze: ZeroToOne
    sway_deg: Annotated[float, Field(ge=0, le=15)]
    sway_share: Annotated[float, Field(ge=0, le=0.1)]
    wobble: ZeroToOne
    uneven: ZeroToOne
    lag_s: Span


class Failures(Strict):
    """`share`: of attempts that fail, never two in a row. `weights`: of each, relative to the rest."""

    share: ZeroToOne
    weights: dict[Failing, Annotated[float, Field(ge=0)]]


class PersonSpec(Strict):
    """All of `config/person.toml`."""

    reaction: Reaction
    pace: MovementPace
    effort: Effort
    hold: Hold
    recall: SimulatedRecall
    life: Life
    failures: Failures
