"""What a first run leaves behind: a memory in the person's own words, and a reminder they asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coach.shell.profile.home import Home
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.memories_file import load_memories
from coach.shell.profile.places import REMINDERS
from coach.shell.profile.shared_options import Shared
from coach.shell.profile.toml_files import load_settings
from coach.shell.system.typing_keys import BACKSPACE, ENTER, TypingKeys, typed_on
from coach.shell.welcome.keepsakes import ask_for_memory, offer_reminder
from coach.shell.window.display import Command
from coach.shell.window.labels import Labels
from coach.shell.window.prompt import NobodyAsker, PersonQuit, Question, QuestionScreen, WindowAsker
from coach.shell.window.question_page import QuestionPage
from coach.types import Frame

BOOK = load_phrase_book("en")
PICTURE = Frame(0.0, np.full((48, 64, 3), 120, np.uint8))
OPTIONS = Shared(None, True, False, None, None, None, "en", None)


class TypingWindow:
    """A window in which somebody types one piece a frame; it counts the seconds."""

    def __init__(self, *pieces: str, command: Command | None = None) -> None:
        self.pieces, self.command = list(pieces), command
        self.notes: list[str] = []
        self.captions: set[str] = set()
        self.t = 0.0

    def show(self, frame, observation, screen: QuestionScreen):
        self.notes.append(screen.note)
        assert (screen.framing, screen.fix) == ("no_face", "")
        self.captions.add(screen.caption)
        self.t += 0.5
        return () if self.command is None else (self.command,)

    def typed(self) -> str:
        return self.pieces.pop(0) if self.pieces and self.notes else ""

    def close(self) -> None:
        pass

    def asker(self) -> WindowAsker:
        return WindowAsker(self, clock=lambda: self.t)


def home_in(folder: Path) -> Home:
    home = Home(load_settings(None), folder / "coach.toml", folder / "data", folder / "cache")
    home.make_data_dir()
    return home


def test_a_memory_is_typed_in_the_window_and_kept(tmp_path):
    """What is typed stands there; a key pressed by mistake can be taken back; Enter ends it."""
    home, window = home_in(tmp_path), TypingWindow("th", "e s", "ee", BACKSPACE, "a", ENTER)
    assert ask_for_memory(window.asker(), BOOK, home, lambda _: PICTURE)
    assert load_memories(home.data_dir).prompts == ("the sea",)
    assert window.notes[:4] == ["_", "th_", "the s_", "the see_"]
    assert window.captions == {"It stays on this machine"}
    again = TypingWindow("another", ENTER)
    assert not ask_for_memory(again.asker(), BOOK, home, lambda _: PICTURE)
    assert not again.notes  # whoever has a memory is not asked


def test_no_memory_is_no_memory(tmp_path):
    """Enter alone, nobody there, or a window that is closed: nothing is written."""
    home = home_in(tmp_path)
    for asker in (TypingWindow(ENTER).asker(), TypingWindow().asker(), NobodyAsker()):
        assert not ask_for_memory(asker, BOOK, home, lambda _: PICTURE)
    with pytest.raises(PersonQuit):
        ask_for_memory(TypingWindow(command=Command.QUIT).asker(), BOOK, home, lambda _: PICTURE)
    assert not load_memories(home.data_dir).items


def test_whoever_is_typing_is_not_interrupted(tmp_path):
    """The patience begins again with every key."""
    slowly = [piece for letter in "the lake" for piece in (*[""] * 30, letter)]
    assert ask_for_memory(TypingWindow(*slowly, ENTER).asker(), BOOK, home_in(tmp_path), lambda _: PICTURE)


def test_keys_become_characters():
    """Also those of X11, with Shift as a key of its own; arrows type nothing, and a text has an end."""
    keys = TypingKeys()
    codes = [0xFFE1, ord("t"), 0xE9, 0xFF51, 0x01000151, 0xFF08, 0xFF0D]
    assert "".join(map(keys.character, codes)) == f"Téő{BACKSPACE}{ENTER}"
    assert typed_on("ab", "cdef", longest=4) == ("abcd", False)
    assert typed_on("ab", f"{BACKSPACE}c{ENTER}d", longest=9) == ("ac", True)


def test_while_typing_no_button_stands_there_for_a_letter():
    """Q is a letter then, and no way out."""
    page = QuestionPage(Labels.from_book(BOOK))
    page.paint(None, QuestionScreen("ready", title="What?", note="the sea_", typing=True), (1280, 720))
    hits = {page.command_at(x, y) for y in range(0, 720, 4) for x in range(0, 1280, 20)}
    assert hits == {None}


def test_a_reminder_is_written_and_opened(tmp_path, monkeypatch):
    """At the time that was chosen; nobody's calendar opens unasked."""
    home, opened = home_in(tmp_path), []
    monkeypatch.setattr("click.launch", lambda path: opened.append(path) or 0)

    class Chosen:
        def __init__(self, key: str) -> None:
            self.key = key

        def ask(self, question: Question, tick) -> str:
            assert dict(question.options)["1"] == "every day at 08:00"
            return self.key

    assert not offer_reminder(NobodyAsker(), BOOK, OPTIONS, home, lambda _: PICTURE)
    assert not opened
    assert offer_reminder(Chosen("1"), BOOK, OPTIONS, home, lambda _: PICTURE)
    assert opened == [str(home.data_dir / REMINDERS)]
    assert "T080000" in (home.data_dir / REMINDERS).read_text(encoding="utf-8")


def test_a_calendar_that_does_not_open_ends_nothing(tmp_path, monkeypatch, capsys):
    """The file is there, and one line says so."""
    monkeypatch.setattr("click.launch", lambda _: 1)
    home = home_in(tmp_path)
    window = TypingWindow(command=Command.DIGIT_2)
    assert offer_reminder(window.asker(), BOOK, OPTIONS, home, lambda _: PICTURE)
    assert "open the file yourself" in capsys.readouterr().err
