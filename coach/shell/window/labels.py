"""The window's own few words, and their English default."""

from __future__ import annotations

from dataclasses import dataclass, fields

from coach.coaching.phrases import SCREEN, PhraseBook, capital
from coach.coaching.screen import ScreenPhase
from coach.shell.window.display import Command


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of the window itself; all others come with the screen.

    The fields are keys of the language files' `[screen]` section, except `good`, which is the session's. The
    defaults are the English file's.
    """

    pause: str = "pause"
    go_on: str = "continue"
    next: str = "next"
    back: str = "back"
    restart: str = "restart"
    mute: str = "sound"
    view: str = "picture"
    fullscreen: str = "full screen"
    help: str = "help"
    latency: str = "pictures a second, and their age"
    answer_keys: str = "your answer (X = ten)"
    quit: str = "quit"
    bars: str = "bars"
    about_bars: str = "left and right side"
    brackets: str = "brackets"
    about_brackets: str = "the goal"
    ring: str = "ring"
    about_ring: str = "fills while the form is right"
    light: str = "light"
    about_light: str = "green: I can see you well"
    space: str = "Space"
    press_space: str = "Space to continue"
    seconds: str = "s"
    left_bar: str = "left"
    right_bar: str = "right"
    good: str = "I can see you"
    like_this: str = "like this"
    one_moment: str = "one moment"
    time_left: str = "time left"
    ready: str = "ready"
    rest: str = "rest"
    go: str = "go"
    waiting: str = "your turn"
    rising: str = "keep going"
    hold: str = "hold"
    fix: str = "nearly"
    moving: str = "keep going"
    released: str = "let go"
    attempt: str = "once more"
    summary: str = "Done for today"

    @classmethod
    def from_book(cls, book: PhraseBook) -> Labels:
        """Return the labels in the book's language; words that it lacks stay English."""
        known = [field.name for field in fields(cls) if book.has(SCREEN, field.name)]
        return cls(**{key: book.text(SCREEN, key) for key in known})

    def by_command(self) -> dict[Command, str]:
        """Return the words for each button or key."""
        return {
            Command.PAUSE: self.pause,
            Command.NEXT: self.next,
            Command.BACK: self.back,
            Command.RESTART: self.restart,
            Command.MUTE: self.mute,
            Command.VIEW: self.view,
            Command.FULLSCREEN: self.fullscreen,
            Command.HELP: self.help,
            Command.LATENCY: self.latency,
            Command.QUIT: self.quit,
        }

    def of_phase(self, phase: ScreenPhase) -> str:
        """Return the word for a phase, above the hold ring."""
        return {
            "ready": self.ready,
            "rest": self.rest,
            "go": self.go,
            "waiting": self.waiting,
            "rising": self.rising,
            "hold": self.hold,
            "fix": self.fix,
            "moving": self.moving,
            "released": self.released,
            "attempt": self.attempt,
            "summary": self.summary,
        }[phase]

    def keys_help(self) -> tuple[tuple[str, str], ...]:
        """Return every key with its use, and the meaning of the picture, ready for `Screen.lines`."""
        return (
            (self.space, self.pause),
            ("0-9, X", self.answer_keys),
            ("N", self.next),
            ("B", self.back),
            ("R", self.restart),
            ("M", self.mute),
            ("V", self.view),
            ("F", self.fullscreen),
            ("L", self.latency),
            ("Q", self.quit),
            *((capital(part), about) for part, about in self._picture()),
        )

    def _picture(self) -> tuple[tuple[str, str], ...]:
        return (
            (self.bars, self.about_bars),
            (self.brackets, self.about_brackets),
            (self.ring, self.about_ring),
            (self.light, self.about_light),
        )
