"""Other people, made from the landmarks of recorded ones: weaker, uneven, trembling, turned, fewer frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from coach.face.head_frame import canonical, fit
from coach.face.landmarks import LEFT, RIGHT, RIGID, USED, places
from coach.types import Points

Array: TypeAlias = NDArray[np.float64]
NEUTRAL_S = (0.3, 3.0)
MOUTH_DOWN = 0.25  # units below the eyes, where the mouth's half of the face begins
NOTICED_MM = 3.5  # for a smaller difference between the sides, either answer is accepted

_RIGID = places(*RIGID)
_SOFT = np.setdiff1d(np.arange(len(USED)), _RIGID)
_LIDS = places(*LEFT.lower_lid, *LEFT.upper_lid, *RIGHT.lower_lid, *RIGHT.upper_lid)


@dataclass(frozen=True, slots=True)
class Person:
    """One clip's face in the head's own frame. Frames without a face are left out.

    `t`: (n,) seconds. `face`: (n, len(USED), 3) units. `back`, `shift`: (n, 3, 3) and (n, 3), to pixels.
    `rest`: (len(USED), 3), the neutral face. `quiet`: the frames that show it. `blink`: (n,) 0..1.
    `rows`: the numbers of these frames in the clip. `truth`: the clip's.
    """

    t: Array
    face: Array
    back: Array
    shift: Array
    rest: Array
    quiet: NDArray[np.bool_]
    blink: Array
    rows: NDArray[np.intp]
    truth: dict[str, Any]

    def pixels(self) -> Array:
        """Return the landmarks in pixels, (n, len(USED), 3)."""
        return np.asarray(self.face @ self.back + self.shift[:, None])


Change: TypeAlias = Callable[[Person, np.random.Generator], Person]


def person(times: Sequence[float], points: Sequence[Points], truth: dict[str, Any]) -> Person:
    """Convert a clip's `USED` landmarks from pixels to the head's frame."""
    t = np.array(times)
    quiet = (t >= NEUTRAL_S[0]) & (t <= NEUTRAL_S[1])
    reference = canonical(points[int(np.argmax(quiet))])
    for _ in range(2):
        seen = [fit(face, reference).points for face, now in zip(points, quiet, strict=True) if now]
        reference = canonical(np.median(seen, axis=0))
    placed = np.array([fit(face, reference).points for face in points])
    ones = np.ones((len(placed), len(USED), 1))
    pairs = zip(np.dstack([placed, ones]), points, strict=True)
    ways = np.array([np.linalg.lstsq(head, pixels, rcond=None)[0] for head, pixels in pairs])
    row = np.clip(np.round(t * truth["fps"]).astype(int), 0, truth["n_frames"] - 1)
    blink = np.maximum(*(np.array(truth["actions"][f"blink_{side}"])[row] for side in "LR"))
    rest = np.median(placed[quiet], axis=0)
    return Person(t, placed, ways[:, :3], ways[:, 3], rest, quiet, blink, np.arange(len(t)), truth)


def trembling(times: float) -> Change:
    """Add the neutral face's own frame-to-frame noise a second time, whole faces at a time."""

    def change(who: Person, rng: np.random.Generator) -> Person:
        open_ = np.flatnonzero(who.quiet & (who.blink < 0.05))[1:-1]
        middle = (who.face[open_ - 1] + who.face[open_ + 1]) / 2
        noise = (who.face[open_] - middle) * np.sqrt(2 / 3)
        drawn = noise[rng.integers(len(noise), size=len(who.t))] * rng.choice((-1, 1), (len(who.t), 1, 1))
        return replace(who, face=who.face + times * drawn)

    return change


def expressive(eyes: float, mouth: float) -> Change:
    """Scale the movements of the upper and the lower half of the face; blinks and noise stay unchanged."""

    def change(who: Person, rng: np.random.Generator) -> Person:
        gain = np.where(who.rest[:, 1] > MOUTH_DOWN, mouth, eyes) * np.ones((len(who.t), 1))
        gain[:, _LIDS] += (1 - gain[:, _LIDS]) * who.blink[:, None]
        scaled = replace(who, face=who.rest + (who.face - who.rest) * gain[..., None])
        events = [dict(row) for row in who.truth["events"]]
        for row in events:
            if row["counts"] is False and row.get("side_difference_mm", NOTICED_MM) * mouth < NOTICED_MM:
                row["counts"] = None
        least = min(eyes, mouth, 1.0)
        return trembling(np.sqrt(1 - least**2))(replace(scaled, truth=who.truth | {"events": events}), rng)

    return change


def moved(offset: Callable[[Person], Array]) -> Change:
    """Add something to the soft parts of the face."""

    def change(who: Person, _: np.random.Generator) -> Person:
        face = who.face.copy()
        face[:, _SOFT] += offset(who)[..., _SOFT, :]
        return replace(who, face=face)

    return change


def lopsided(low: float) -> Change:
    """Lower one mouth corner and the area around it (the left one if `low` > 0)."""

    def offset(who: Person) -> Array:
        x, y = who.rest[:, 0] - np.sign(low) * 0.28, who.rest[:, 1] - 0.75
        fall = abs(low) * np.exp(-(x**2 + y**2) / (2 * 0.2**2))
        return np.stack([0 * fall, fall, 0 * fall], axis=-1)[None]

    return moved(offset)


def drifting(far: float) -> Change:
    """Let the soft parts sink and rise by `far` within 40 s, mouth and eyes at different times."""

    def offset(who: Person) -> Array:
        late = np.where(who.rest[:, 1] > MOUTH_DOWN, 1.0, 2.5) + np.where(who.rest[:, 0] > 0, 0.0, 1.7)
        wave = far * np.sin(2 * np.pi * who.t[:, None] / 40 + late)
        return np.stack([0 * wave, wave, 0 * wave], axis=-1)

    return moved(offset)


def uneven(left: float) -> Change:
    """Have the landmarker under-read the left half of the mouth."""
    return moved(
        lambda who: (
            (left - 1)
            * ((who.rest[:, 0] > 0) & (who.rest[:, 1] > MOUTH_DOWN))[None, :, None]
            * (who.face - who.rest)
        )
    )


def shaped(wide: float, droop: float = 1.0) -> Change:
    """Stretch the face sideways and shorten it; `droop`: share of the lids' aperture that is left."""

    def change(who: Person, _: np.random.Generator) -> Person:
        face = who.face.copy()
        for side in (LEFT, RIGHT):
            upper, lower = places(*side.upper_lid), places(*side.lower_lid)
            face[:, upper] = face[:, lower] + (face[:, upper] - face[:, lower]) * droop
        return replace(who, face=face * (wide, 1.5 - wide / 2, 1.0))

    return change


def turned(yaw: float, pitch: float, sway: float = 0.0, depth: float = 1.0) -> Change:
    """Turn the head by degrees, and sway it every 5 s; `depth`: how much of the depth the landmarker sees."""

    def change(who: Person, _: np.random.Generator) -> Person:
        angles = np.radians(sway * np.sin(2 * np.pi * 0.2 * who.t)[:, None] + (yaw, pitch))
        (cy, cp), (sy, sp) = np.cos(angles).T, np.sin(angles).T
        zero = 0 * cy
        turns = np.stack([cy, sy * sp, sy * cp, zero, cp, -sp, -sy, cy * sp, cy * cp], axis=-1)
        turns = turns.reshape(-1, 3, 3) * np.array([1.0, 1.0, depth])[:, None]
        back = who.back @ turns.transpose(0, 2, 1)
        return replace(who, back=back, shift=who.shift)

    return change


def seen(rate: float | None, lost: float = 0.0) -> Change:
    """Keep only `rate` frames a second, and lose a share of them."""

    def change(who: Person, rng: np.random.Generator) -> Person:
        kept = np.arange(len(who.t))
        if rate is not None:
            kept = np.unique(np.searchsorted(who.t, np.arange(who.t[0], who.t[-1], 1 / rate)))
        kept = kept[rng.random(len(kept)) >= lost]
        by_frame = ("t", "face", "back", "shift", "quiet", "blink", "rows")
        return replace(who, **{name: getattr(who, name)[kept] for name in by_frame})

    return change


def all_of(*changes: Change) -> Change:
    """Apply all changes, one after another."""

    def change(who: Person, rng: np.random.Generator) -> Person:
        for one in changes:
            who = one(who, rng)
        return who

    return change


def somebody(who: Person, rng: np.random.Generator) -> Person:
    """Change a little of everything, drawn at random."""
    a, b, c, d, e, f, g, h = rng.uniform(-1, 1, 8).tolist()
    return all_of(
        expressive(2 ** (0.5 * a), 2 ** (0.5 * b)), shaped(1 + 0.05 * c, 0.9 + 0.1 * d), lopsided(0.03 * e),
        trembling(0.5 + f / 2), drifting(0.001 + g / 1000), uneven(1 + 0.03 * h),
        turned(7 * a, 7 * c, 1.5 + 1.5 * e, 0.95 + 0.1 * g), seen(rng.choice([12, 20, 60]), 0.03 * abs(f)),
    )(who, rng)  # fmt: skip


PEOPLE: dict[str, tuple[str, Change]] = {
    "as recorded": ("nothing changed", all_of()),
    "half as strong": ("all movements x 0.5, noise as it is", expressive(0.5, 0.5)),
    "weaker": ("x 0.7", expressive(0.7, 0.7)),
    "stronger": ("x 1.5", expressive(1.5, 1.5)),
    "weak eyes": ("the upper half x 0.6", expressive(0.6, 1.0)),
    "strong mouth": ("the lower half x 1.5", expressive(1.0, 1.5)),
    "trembling": ("noise of the landmarks x 2.2", trembling(2.0)),
    "drifting": ("mouth and eyes drift by 0.003 eye distances in 10 s", drifting(0.003)),
    "wide, narrow eyes": ("8 % wider, lids open by 0.7 only", shaped(1.08, 0.7)),
    "narrow": ("8 % narrower", shaped(0.92)),
    "hanging left": ("neutral mouth corner 0.03 lower", lopsided(0.03)),
    "hanging right": ("likewise", lopsided(-0.03)),
    "left under-read": ("its movements x 0.95", uneven(0.95)),
    "left over-read": ("its movements x 1.05", uneven(1.05)),
    "turned": ("10 degrees aside, and depth read as 0.8", turned(10, 0, 0, 0.8)),
    "looking down": ("12 degrees", turned(0, -12)),
    "swaying": ("by 4 degrees every 5 s", turned(0, 0, 4)),
    "10 frames a second": ("of 15 or 30", seen(10)),
    "frames lost": ("5 in 100", seen(None, 0.05)),
    **{f"somebody {n}": ("a little of everything", somebody) for n in range(1, 7)},
}
