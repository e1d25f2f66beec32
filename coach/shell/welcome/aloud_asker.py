"""Questions that are heard as well as read: not everybody looks at the window when something is asked."""

from __future__ import annotations

from collections.abc import Callable

from coach.coaching.cues import Cue, CueKind
from coach.shell.sound.voice import Voice
from coach.shell.window.prompt import Asker, Question
from coach.types import Frame


class AloudAsker:
    """Says each question while another asker waits for its answer.

    Parameters
    ----------
    asker
        Gets the answers.
    voice
        Says a question's title, and is silent once it is answered.
    """

    def __init__(self, asker: Asker, voice: Voice) -> None:
        self._asker = asker
        self._voice = voice

    def ask(self, question: Question, tick: Callable[[float], Frame | None]) -> str:
        """See `Asker.ask`."""
        self._say(question)
        answer = self._asker.ask(question, tick)
        self._voice.stop()
        return answer

    def ask_text(self, question: Question, tick: Callable[[float], Frame | None], longest: int) -> str:
        """See `Asker.ask_text`."""
        self._say(question)
        words = self._asker.ask_text(question, tick, longest)
        self._voice.stop()
        return words

    def _say(self, question: Question) -> None:
        self._voice.say(Cue(0.0, CueKind.INSTRUCTION, "question", text=question.title))
