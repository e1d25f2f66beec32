"""Exercises and how a repetition is recognised: everything an exercise in another package needs."""

from coach.exercise.blink import Eyes
from coach.exercise.held import Held, HeldState, since
from coach.exercise.protocol import AnyExercise, Context, Cued, Exercise
from coach.exercise.spec import Dose, ExerciseSpec, EyeSpec, HeadSpec, HeldSpec, Pace
from coach.exercise.view import Bars, View

__all__ = [
    "AnyExercise",
    "Bars",
    "Context",
    "Cued",
    "Dose",
    "Exercise",
    "ExerciseSpec",
    "EyeSpec",
    "Eyes",
    "HeadSpec",
    "Held",
    "HeldSpec",
    "HeldState",
    "Pace",
    "View",
    "since",
]
