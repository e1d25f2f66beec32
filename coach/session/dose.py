"""An exercise's dose in words, to be said and to be read: "Three holds of 5 seconds"."""

from __future__ import annotations

from coach.coaching.cues import Cue, CueKind
from coach.coaching.phrases import PhraseBook
from coach.exercise.protocol import AnyExercise, Cued
from coach.session.plan import Step, with_reps

FEW = 10  # what is left of a larger dose is seldom known before, and would take long to be rendered


def dose_cue(t: float, step: Step, exercise: AnyExercise) -> Cue:
    """Return the cue that says a step's dose at `t` seconds.

    Parameters
    ----------
    t
        The frame's time, seconds.
    step
        Repetitions and hold target.
    exercise
        The step's exercise: memories are counted as such.
    """
    values: dict[str, str | int] = {"n": step.reps}
    if isinstance(exercise, Cued):
        key = "dose_memories"
    elif step.hold_s > 1 and step.hold_s == round(step.hold_s):
        # As text: the number of repetitions alone decides between singular and plural.
        key, values["length"] = "dose_holds", f"{step.hold_s:g}"
    else:
        key = "dose_reps"
    return Cue(t, CueKind.INSTRUCTION, key, step.exercise, values)


def dose_text(step: Step, exercise: AnyExercise, book: PhraseBook) -> str:
    """Return a step's dose as it is read, with digits: "3 holds of 5 seconds"."""
    cue = dose_cue(0.0, step, exercise)
    others = {name: value for name, value in cue.values.items() if name != "n"}
    return book.counted(step.exercise, cue.key, step.reps, **others)


def dose_texts(steps: tuple[Step, ...], exercises: tuple[AnyExercise, ...], book: PhraseBook) -> list[str]:
    """Return the spoken doses of a plan, to have them rendered beforehand.

    First the doses as planned, then what may be left of them where time turns out to be short.
    """
    both = list(zip(steps, exercises, strict=True))
    fewer = ((with_reps(s, n), e) for s, e in both for n in range(min(s.reps, FEW) - 1, 0, -1))
    texts = (book.fill(dose_cue(0.0, step, exercise)).text for step, exercise in (*both, *fewer))
    return list(dict.fromkeys(texts))
