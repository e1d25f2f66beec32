"""The first questions: which language, whether the voice is heard, and a word on safety."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import click

from coach.coaching.cues import Cue, CueKind
from coach.coaching.phrases import SCREEN, PhraseBook
from coach.shell.profile.language_files import languages
from coach.shell.profile.toml_files import config_dir, read_toml
from coach.shell.sound.voice import SilentVoice, Voice
from coach.shell.window.prompt import Asker, Question, WindowAsker
from coach.types import Frame

SECTION = "setup"
LANGUAGE_S, SOUND_S, SAFETY_S = 8.0, 14.0, 8.0  # how long to wait for an answer
HELLO_S = (1.5, 5.0, 9.0)  # when the sentence of the sound check is said: the first may not be ready yet
HELLO = Cue(0.0, CueKind.INSTRUCTION, "sound_check", SECTION)

Tick: TypeAlias = Callable[[float], Frame | None]
"""Gives the picture to show, at these seconds of a question; see `Asker.ask`."""


def choose_language(setting: str, asker: Asker, book: PhraseBook, tick: Tick) -> str:
    """Return the language to set: another one's code, or the setting as it was."""
    codes = languages()
    names = [str(read_toml(config_dir() / "languages" / f"{code}.toml")["name"]) for code in codes]
    keys = [str(number) for number in range(1, len(codes) + 1)]
    default = keys[codes.index(book.language)]
    question = Question(
        book.text(SECTION, "language"),
        book.text(SECTION, "language_keys"),
        tuple(zip(keys, names, strict=True)),
        default=default,
        patience_s=LANGUAGE_S,
    )
    chosen = asker.ask(question, tick)
    return setting if chosen == default else codes[int(chosen) - 1]


def check_sound(voice: Voice, asker: Asker, book: PhraseBook, tick: Tick) -> bool:
    """Say a sentence until the person has heard it, twice at most; return whether they have."""
    if isinstance(voice, SilentVoice) and not voice.problem:
        return False  # silence was asked for
    sentence = book.fill(HELLO)
    for _ in range(2):
        if voice.problem:
            break
        said = 0

        def speak(passed: float) -> Frame | None:
            nonlocal said
            if said < len(HELLO_S) and passed >= HELLO_S[said]:
                said += 1
                voice.say(sentence)
            return tick(passed)

        question = Question(
            book.text(SECTION, "sound"),
            book.text(SECTION, "hello"),
            options=(("1", book.text(SECTION, "yes")), ("2", book.text(SECTION, "no"))),
            default="1",
            patience_s=SOUND_S,
            caption=sentence.text,
        )
        heard = asker.ask(question, speak) == "1"
        voice.stop()
        if heard:
            return True
    why = book.notice(voice.problem) or book.text(SECTION, "sound_help")
    click.echo(why, err=True)
    if isinstance(asker, WindowAsker):  # people who look at the window do not read the terminal
        go_on = book.text(SCREEN, "press_space")
        asker.ask(Question(book.text(SCREEN, "no_voice"), go_on, patience_s=SAFETY_S, note=why), tick)
    return False


def heed_safety(voice: Voice, asker: Asker, book: PhraseBook, tick: Tick) -> None:
    """Say and show what to watch out for, before any effort; any key goes on."""
    voice.say(book.fill(Cue(0.0, CueKind.SAFETY, "safety")))
    note = book.text(SCREEN, "safety_note")
    before = book.text(SECTION, "before")
    asker.ask(Question(before, book.text(SCREEN, "press_space"), patience_s=SAFETY_S, note=note), tick)
    voice.stop()
