"""The settings a person may change: their types, limits and meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

# The usual limits of numbers in configuration files. A field with other limits states them itself.
Seconds: TypeAlias = Annotated[float, Field(gt=0, le=60)]
Share: TypeAlias = Annotated[float, Field(gt=0, le=1)]
Length: TypeAlias = Annotated[float, Field(gt=0, lt=1)]  # in outer-eye-corner distances
Degrees: TypeAlias = Annotated[float, Field(gt=0, le=45)]


class Strict(BaseModel):
    """A section of a configuration file: unknown keys and NaN are errors, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _zero_or(least: int) -> Callable[[int], int]:
    """Return a check of a number that is 0, or at least `least`."""

    def check(value: int) -> int:
        if 0 < value < least:
            raise ValueError(f"write {least} or more, or 0 to suit the screen")
        return value

    return check


class CameraSettings(Strict):
    """The webcam. `width`, `height` in pixels; `fps` frames a second, as asked of the camera."""

    index: Annotated[int, Field(ge=0, le=63)]
    width: Annotated[int, Field(ge=160, le=3840)]
    height: Annotated[int, Field(ge=120, le=2160)]
    fps: Annotated[float, Field(ge=5, le=120)]


class VoiceSettings(Strict):
    """The sound.

    `rate`: words a minute in English, of which each language takes its own share; `volume`: 0..1, 1 is
    -20 LUFS; `voice`: empty = the best there is for the language, `system` = the system's own, or a voice's
    name; `chimes`: whether sounds go with the words.
    """

    mode: Literal["voice", "beeps", "silent"]
    rate: Annotated[int, Field(ge=80, le=320)]
    volume: Annotated[float, Field(ge=0, le=1)]
    voice: str
    chimes: bool


class WindowSettings(Strict):
    """The window. `view`: the picture with or without an overlay, an outline only, or no picture.

    `width`, `height`: pixels; 0 as suits the screen.
    """

    width: Annotated[int, Field(ge=0, le=7680), AfterValidator(_zero_or(640))]
    height: Annotated[int, Field(ge=0, le=4320), AfterValidator(_zero_or(480))]
    fullscreen: bool
    large_text: bool
    view: Literal["picture", "overlay", "outline", "hidden"]


class ModelSettings(Strict):
    """The landmarker's model. `path`: a file of your own, empty = the user's cache."""

    path: str


class FramingSettings(Strict):
    """When the face is well placed in the picture.

    `min_size`/`max_size`: inter-ocular distance (outer eye corners) as a share of the picture's height.
    `margin`: smallest distance of the face's outline from the border, as a share of the picture.
    Angles in degrees; `min_light` mean luma 0..255; `max_side_ratio`: brighter over darker half.
    """

    min_size: Annotated[float, Field(gt=0, lt=1)]
    max_size: Annotated[float, Field(gt=0, lt=1)]
    margin: Annotated[float, Field(ge=0, lt=0.5)]
    max_yaw_deg: Degrees
    max_pitch_deg: Degrees
    max_roll_deg: Degrees
    min_light: Annotated[float, Field(ge=0, le=255)]
    max_side_ratio: Annotated[float, Field(gt=1)]


class Settings(Strict):
    """All of `coach.toml`. `language`: `auto` or a file in `languages/`; `plan`: one in `plans/`."""

    language: str
    plan: str
    camera: CameraSettings
    voice: VoiceSettings
    window: WindowSettings
    model: ModelSettings
    framing: FramingSettings
