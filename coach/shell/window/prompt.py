"""Asking the person a question with a few answers: in the window, on the terminal, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

import click

from coach.coaching.screen import Screen
from coach.face.framing import Framing
from coach.shell.system.terminal_lines import TERMINAL, TerminalLines, somebody_types
from coach.shell.system.typing_keys import typed_on
from coach.shell.window.display import Command, Display
from coach.types import Frame

PAUSE_S = 0.03  # between two looks where no camera sets the pace
TYPING_S = 0.003  # Qt keeps one key between two looks: at a camera's pace, letters would be lost


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `options`: (key, label), keys from 1 to 9; without any, the person just continues.

    `default`: the key that holds when Space is pressed or nobody answers for `patience_s` seconds.
    `note`: more to read, large. `caption`: words that are being said.
    """

    title: str
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    default: str = ""
    patience_s: float = 10.0
    note: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class QuestionScreen(Screen):
    """A screen that asks: `lines` are the answers' keys and labels, `progress` the share of the patience.

    `default`: the key that holds anyway. `note`: more to read. `typing`: keys are characters now.
    """

    default: str = ""
    note: str = ""
    typing: bool = False


class PersonQuit(Exception):  # noqa: N818 - it is no error
    """The person has closed the window or pressed q."""


class Asker(Protocol):
    """Gets answers.

    Example::

        question = Question("Do you hear me?", options=(("1", "Yes"), ("2", "No")), default="1")
        answer = asker.ask(question, tick=lambda seconds: None)
    """

    def ask(self, question: Question, tick: Callable[[float], Frame | None]) -> str:
        """Return the answer's key.

        Parameters
        ----------
        question
            The question.
        tick
            Called again and again with the seconds since the question was put; returns the picture to
            show meanwhile.

        Raises
        ------
        PersonQuit
            The person wants to go.
        """
        ...

    def ask_text(self, question: Question, tick: Callable[[float], Frame | None], longest: int) -> str:
        """Return the person's text, stripped; empty if they type nothing for the question's patience.

        Parameters
        ----------
        question
            The question; its options are not offered.
        tick
            As for `ask`; it must not wait for a camera, or letters are lost.
        longest
            Characters, at most.

        Raises
        ------
        PersonQuit
            The person wants to go.
        """
        ...


@runtime_checkable
class Keyboard(Protocol):
    """A display at which text can be typed while a `QuestionScreen` with `typing` is shown.

    Example::

        text, done = typed_on(text, display.typed(), longest=120)
    """

    def typed(self) -> str:
        """Return the characters since the last call."""
        ...


FramingCheck: TypeAlias = Callable[[Frame], tuple[Framing, str]]
"""Returns the thing to change about a face's place and light in a picture, and the words for it."""


def _unseen(frame: Frame) -> tuple[Framing, str]:
    del frame
    return "no_face", ""


class WindowAsker:
    """Asks in the window; number keys answer, Space takes the default.

    Parameters
    ----------
    display
        The window.
    check
        Judges the picture meanwhile; without it nothing is claimed to be seen.
    clock
        Seconds that only go forward.
    """

    def __init__(
        self, display: Display, check: FramingCheck = _unseen, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.display = display
        self.check = check
        self._clock = clock

    def ask(self, question: Question, tick: Callable[[float], Frame | None]) -> str:
        """See `Asker.ask`."""
        begun = self._clock()
        while (passed := self._clock() - begun) < question.patience_s:
            frame = tick(passed)
            seen: tuple[Framing, str] = ("no_face", "") if frame is None else self.check(frame)
            screen = QuestionScreen(
                "ready",
                framing=seen[0],
                fix=seen[1],
                title=question.title,
                instruction=question.hint,
                caption=question.caption,
                lines=question.options,
                note=question.note,
                default=question.default,
                time_left_s=question.patience_s - passed,
                progress=passed / question.patience_s,
            )
            for command in self.display.show(frame, None, screen):
                answer = _answer(command, question)
                if answer is not None:
                    return answer
            if frame is None:
                time.sleep(PAUSE_S)
        return question.default

    def ask_text(self, question: Question, tick: Callable[[float], Frame | None], longest: int) -> str:
        """See `Asker.ask_text`."""
        if not isinstance(self.display, Keyboard):
            return ""
        self.display.typed()
        begun = since = self._clock()
        text, done = "", False
        while not done and (passed := self._clock() - since) < question.patience_s:
            frame = tick(self._clock() - begun)
            screen = QuestionScreen(
                "ready",
                framing="no_face",  # nothing is claimed to be seen meanwhile
                title=question.title,
                instruction=question.hint,
                caption=question.caption,
                note=f"{text}_",
                typing=True,
                progress=passed / question.patience_s,
            )
            if Command.QUIT in self.display.show(frame, None, screen):
                raise PersonQuit
            typed = self.display.typed()
            text, done = typed_on(text, typed, longest)
            since = self._clock() if typed else since
            time.sleep(TYPING_S)
        return text.strip()


def _answer(command: Command, question: Question) -> str | None:
    if command is Command.QUIT:
        raise PersonQuit
    if command is Command.PAUSE or not question.options:
        return question.default
    return command.value if command.value in dict(question.options) else None


class TerminalAsker:
    """Asks on the terminal; Enter alone takes the default."""

    def __init__(self, lines: TerminalLines = TERMINAL) -> None:
        self._lines = lines

    def ask(self, question: Question, tick: Callable[[float], Frame | None]) -> str:
        """See `Asker.ask`."""
        click.echo(question.title)
        if question.note:
            click.echo(question.note)
        if not question.options:
            return question.default
        for key, label in question.options:
            click.echo(f"  {key}{'*' if key == question.default else ' '} {label}")
        for line in self._answers(question.patience_s, tick):
            if not line:
                break
            if line in dict(question.options):
                return line
        return question.default

    def ask_text(self, question: Question, tick: Callable[[float], Frame | None], longest: int) -> str:
        """See `Asker.ask_text`."""
        for line in (question.title, question.hint, question.caption):
            click.echo(line)
        return next(self._answers(question.patience_s, tick), "")[:longest]

    def _answers(self, patience_s: float, tick: Callable[[float], Frame | None]) -> Iterator[str]:
        """Yield each line that is typed, for as long as there is patience."""
        begun = time.monotonic()
        while (passed := time.monotonic() - begun) < patience_s:
            tick(passed)
            line = self._lines.take(PAUSE_S)
            if line is not None:
                yield line


class NobodyAsker:
    """Never asks and never waits: the defaults hold."""

    def ask(self, question: Question, tick: Callable[[float], Frame | None]) -> str:
        """Return the default."""
        del tick
        if question.note:
            click.echo(question.note)
        return question.default

    def ask_text(self, question: Question, tick: Callable[[float], Frame | None], longest: int) -> str:
        """Return nothing."""
        del question, tick, longest
        return ""


def asker_for(display: Display, check: FramingCheck = _unseen, *, window: bool) -> Asker:
    """Return how to ask: in the window, else on the terminal, else not at all."""
    if window:
        return WindowAsker(display, check)
    if somebody_types():
        return TerminalAsker()
    return NobodyAsker()
