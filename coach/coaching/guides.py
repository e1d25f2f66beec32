"""Which guide leads through which exercise."""

from __future__ import annotations

from coach.coaching.guide import Guide, HeldGuide
from coach.coaching.jaw_guide import JawGuide
from coach.coaching.memory_guide import MemoryGuide
from coach.exercise.jaw_circles import CircleSpec
from coach.exercise.protocol import AnyExercise


def guide_for(exercise: AnyExercise) -> Guide:
    """Return the exercise's own guide where it brings one, else the one that fits what it is.

    An exercise of another package may have a method `guide() -> Guide`.
    """
    own = getattr(exercise, "guide", None)
    if own is not None:
        guide: Guide = own()
        return guide
    if hasattr(exercise, "give"):
        return MemoryGuide(exercise.name)
    circles = getattr(exercise.spec, "circles", None)
    if isinstance(circles, CircleSpec):
        return JawGuide(exercise.name, circles.target)
    return HeldGuide(exercise.name)
