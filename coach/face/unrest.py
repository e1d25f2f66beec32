"""Signs that a face is not at rest, before its neutral is known: a smile, an open mouth, a squint."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from coach.face.measures import Measures

Unrest: TypeAlias = Literal["let_smile_go", "close_mouth", "soften"]
"""The key of the phrase that asks the face to let go."""

# Blendshapes. Faces at rest of 79 recordings and 24 rendered films: smile up to 0.20, squint up to 0.65.
# Smiles in the films: 0.48 or more, and on one side alone 0.5. Lips in outer-eye-corner distances: shut 0.01,
# an open hold 0.25, speaking 0.06 and more.
SMILING: Final = 0.33
SMILING_ON_ONE_SIDE: Final = 0.45
SQUINTING: Final = 0.75
OPEN: Final = 0.06


def unrest(measured: Measures) -> Unrest | None:
    """Return what keeps a face from being at rest; None if it may be at rest."""
    if measured.lip_gap > OPEN:
        return "close_mouth"
    if measured.smile.mean > SMILING or measured.smile.maximum > SMILING_ON_ONE_SIDE:
        return "let_smile_go"
    return "soften" if measured.squint.mean > SQUINTING else None
