"""Conditions for a check-in picture: light, distance, place, a straight head, a face at rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from coach.check_in.scores import jaw_opening
from coach.face.baseline import Baseline, OwnRange
from coach.face.features import extract
from coach.face.framing import Framing, FramingLimits, first_fix
from coach.face.measures import Measures, measure, measure_alone
from coach.settings import Degrees, Share, Strict
from coach.types import FaceObservation

Fix: TypeAlias = Framing | Literal["relax"]


class Limits(Strict):
    """The conditions' limits; see `config/check_in.toml`."""

    min_size: Share
    max_size: Share
    max_yaw_deg: Degrees
    max_pitch_deg: Degrees
    max_roll_deg: Degrees
    same_turn_deg: Degrees
    same_size: Share
    same_place: Share
    min_light: Annotated[float, Field(ge=0, le=255)]
    max_side_ratio: Annotated[float, Field(gt=1, le=10)]
    max_behind_ratio: Annotated[float, Field(gt=1, le=10)]
    min_sharpness: Annotated[float, Field(ge=0, le=1000)]


class FaceSpec(Strict):
    """When a face is at rest, and when it shows what was asked for; see `config/check_in.toml`."""

    rest_pull: Share
    rest_gap: Share
    rest_smile: Share
    least_smile: Share
    least_jaw: Share
    still: Share
    still_jaw: Share
    still_lids: Share
    closed: Share


@dataclass(frozen=True, slots=True)
class FacePlacement:
    """How a face was in the picture: eye corner distance over height, place (shares), angles (degrees)."""

    size: float
    x: float
    y: float
    yaw: float
    pitch: float


@dataclass(frozen=True, slots=True)
class GateSample:
    """One frame. `fix`: the first condition that is not met. `level`: how far the face asked for is shown.

    `level` and `opening` of the eyes in outer-eye-corner distances, None if they cannot be told yet;
    `blink`: the eyes are shut.
    """

    t: float
    fix: Fix | None = None
    level: float | None = None
    opening: float | None = None
    blink: bool = False


def observe(
    observation: FaceObservation | None,
    t: float,
    limits: Limits,
    spec: FaceSpec,
    *,
    neutral: Baseline | None,
    like: FacePlacement | None,
    posing: bool,
    jaw: bool,
) -> GateSample:
    """Check one frame.

    Parameters
    ----------
    observation
        The face, None if none is seen.
    t
        The frame's time, seconds.
    limits, spec
        `[limits]` and `[face]` of `config/check_in.toml`.
    neutral
        The first neutral picture of this check-in, once there is one.
    like
        How the face was placed in the last check-in or in the first picture of this one.
    posing
        A face has been asked for: it need not be at rest. `jaw`: it is the open jaw, not a smile.
    """
    if observation is None:
        return GateSample(t, "no_face")
    now = measure_alone(observation) if neutral is None else measure(observation, neutral.reference)
    if neutral is None:
        fix = _fix(observation, now, limits, like)
        restless = now.smile.mean > spec.rest_smile or now.lip_gap > spec.rest_gap
        return GateSample(
            t, fix or ("relax" if restless else None), now.corner_to_eye.mean, now.aperture.mean
        )
    face = extract(observation, neutral, OwnRange())
    fix = _fix(observation, now, limits, like)
    if fix is None and not posing:
        if face.corner_pull.mean > spec.rest_pull or abs(face.lip_gap) > spec.rest_gap:
            fix = "relax"
        elif face.turn > limits.same_turn_deg:  # only at rest: a smile turns the fitted pose by 2-3 degrees
            fix = "turn_to_me"
    level = jaw_opening(face.lip_gap, face.jaw_down) if jaw else face.corner_pull.mean
    return GateSample(t, fix, level, now.aperture.mean, blink=1 - face.eye_aperture.minimum > spec.closed)


def placement(observation: FaceObservation) -> FacePlacement:
    """Return how a resting face is in the picture."""
    now = measure_alone(observation)
    return FacePlacement(
        now.unit_px / observation.size[1], now.centre[0], now.centre[1], now.pose.yaw, now.pose.pitch
    )


def _fix(
    observation: FaceObservation, now: Measures, limits: Limits, like: FacePlacement | None
) -> Fix | None:
    """Return the first thing to change about the face's place and light."""
    allowed = FramingLimits(
        min_size=limits.min_size,
        max_size=limits.max_size,
        max_yaw_deg=limits.max_yaw_deg,
        max_pitch_deg=limits.max_pitch_deg,
        max_roll_deg=limits.max_roll_deg,
        pitch_fix="eye_level",
        min_light=limits.min_light,
        max_side_ratio=limits.max_side_ratio,
        max_behind_ratio=limits.max_behind_ratio,
        min_sharpness=limits.min_sharpness,
        light_first=True,
    )
    if like is not None:
        off = limits.same_place
        allowed = replace(
            allowed,
            min_size=max(limits.min_size, like.size * (1 - limits.same_size)),
            max_size=min(limits.max_size, like.size * (1 + limits.same_size)),
            centre_area=(like.x - off, like.y - off, like.x + off, like.y + off),
        )
    framing = first_fix(observation, now, allowed)
    return None if framing == "good" else framing
