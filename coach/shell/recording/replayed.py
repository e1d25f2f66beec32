"""One recorded session, gone through again: its answers, its chapters and its parts."""

from __future__ import annotations

from dataclasses import dataclass

from coach import __version__
from coach.coaching.phrases import PhraseBook
from coach.errors import CoachError
from coach.events import Event
from coach.replay.chapters import Chapter, chapters
from coach.replay.timeline import SessionPart, parts
from coach.replay.trace import Answer, Setup, answers
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.profile.language_files import language_for, load_phrase_book
from coach.shell.recording import film_folders as films
from coach.shell.recording.film_folders import Recorded
from coach.shell.recording.trace_reader import read_trace


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """One replayed session. `problem`: the part of its trace that could not be read, or empty."""

    recorded: Recorded
    setup: Setup
    book: PhraseBook
    answers: tuple[Answer, ...]
    problem: str = ""

    @property
    def events(self) -> list[Event]:
        """Everything that happened, in order."""
        return [event for answer in self.answers for event in answer.events]

    @property
    def chapters(self) -> list[Chapter]:
        """The moments worth going to."""
        return chapters(self.events, self.book)

    @property
    def parts(self) -> list[SessionPart]:
        """The exercises, each from its beginning to the next one's."""
        return parts(self.answers)


def load(recorded: Recorded) -> Replayed:
    """Replay a recorded session.

    Raises
    ------
    CoachError
        Its trace cannot be read, or names an exercise or a language that no longer exists.
    """
    trace = read_trace(recorded.folder / films.TRACE)
    setup = trace.setup
    exercises = [
        load_exercise(step.exercise, spec) for step, spec in zip(setup.plan.steps, setup.specs, strict=True)
    ]
    language = language_for(setup.language)
    book = load_phrase_book(language)
    try:
        gone_through = tuple(answers(setup, trace.entries, exercises, book))
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise CoachError(
            f"{recorded.folder}: cannot be replayed ({error}); it was recorded by smile-coach "
            f"{setup.version}, this is {__version__}"
        ) from error
    return Replayed(recorded, setup, load_phrase_book(language), gone_through, trace.problem)
