"""How a drawn face looks at one moment: each movement as one number."""

from __future__ import annotations

from dataclasses import dataclass

from coach.types import Bilateral

NONE = Bilateral(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class FacePose:
    """One moment of a drawn face; the default is a neutral face that looks into the camera.

    `smile` 0..1: lip corner pull (AU12). `cheek` 0..1: cheek raise (AU6), cheek and lower lid go up.
    `lids` 0..1: closing from above; 1 = shut. `lower_lid` 0..1: narrowing by the lids alone (AU7).
    `jaw_open` 0..1; `jaw_side` -1..1, + = the person's left. `brows` -1..1, + = raised.
    `yaw`, `pitch`, `roll` in degrees: + = turned to the person's left, chin up, head tilted to the
    person's left shoulder. `gaze` -1..1: (to the person's left, up).
    `dx`, `dy`: head away from its place, as a share of the picture's width and height, + = right and
    down in the picture. `scale`: 1 = outer eye corners a quarter of the picture's height apart.
    `light` 0..1: brightness; `side_light` -1..1, + = from the person's left.
    `visible`: False = nobody in the picture.
    """

    smile: Bilateral = NONE
    cheek: Bilateral = NONE
    lids: Bilateral = NONE
    lower_lid: Bilateral = NONE
    jaw_open: float = 0.0
    jaw_side: float = 0.0
    brows: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)
    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    light: float = 1.0
    side_light: float = 0.0
    visible: bool = True


CHECK_IN = {  # the faces for a check-in's pictures, by the cue that asks for each
    "check_natural": FacePose(smile=Bilateral(0.55, 0.55), cheek=Bilateral(0.45, 0.45)),
    "check_biggest": FacePose(smile=Bilateral(0.95, 0.95), cheek=Bilateral(0.8, 0.8), jaw_open=0.1),
    "check_jaw": FacePose(jaw_open=0.9),
}
