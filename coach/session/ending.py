"""A session's end: two questions, each asked once, and a card that stays until a key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from coach.coaching.phrases import ONE, SCREEN, SESSION, PhraseBook, capital
from coach.coaching.screen import EndCard
from coach.progress.history import Felt
from coach.progress.summary import END
from coach.progress.today import Figure, Today
from coach.progress.words import ProgressWords

EndStage: TypeAlias = Literal["warmth", "felt", "card", "over"]
EndKey: TypeAlias = Literal["answer", "go_on", "other"]

TRANSITIONS: Final[dict[tuple[EndStage, EndKey], EndStage]] = {
    ("warmth", "answer"): "felt",
    ("warmth", "go_on"): "felt",
    ("felt", "answer"): "card",
    ("felt", "go_on"): "card",
    ("card", "answer"): "over",
    ("card", "go_on"): "over",
    ("card", "other"): "over",
}
FEELINGS: Final[dict[str, Felt]] = {"1": "easy", "2": "right", "3": "hard", "4": "hurt"}
WARMTHS: Final[dict[str, int]] = {str(n): n for n in range(10)} | {"x": 10}


@dataclass(frozen=True, slots=True)
class Ending:
    """How far the end has come. `warmth`: 0..10; `felt`: both None until they are said."""

    stage: EndStage
    warmth: int | None = None
    felt: Felt | None = None


def begin(*, warm: bool) -> Ending:
    """Return the end's beginning; `warm`: a memory brought a smile, so its warmth can be asked for."""
    return Ending("warmth" if warm else "felt")


def press(ending: Ending, key: str) -> Ending:
    """Take in a key: an answer's, a blank to go on without one, or any other, which the card alone heeds."""
    kind: EndKey = "go_on" if key == " " else "other"
    if ending.stage == "warmth" and key in WARMTHS:
        ending, kind = replace(ending, warmth=WARMTHS[key]), "answer"
    elif ending.stage == "felt" and key in FEELINGS:
        ending, kind = replace(ending, felt=FEELINGS[key]), "answer"
    return replace(ending, stage=TRANSITIONS.get((ending.stage, kind), ending.stage))


def end_card(today: Today, ending: Ending | None, book: PhraseBook, check_in: str = "") -> EndCard:
    """Return the card of a session's end, in the person's language.

    Parameters
    ----------
    today
        The outcome of the session.
    ending
        How far the end has come; None while the session's last words are said.
    book
        Words.
    check_in
        The command for a check-in that is due, else empty.
    """
    words = ProgressWords(book)
    hurt = ending is not None and ending.felt == "hurt"
    if hurt:
        coming = words.say("rested", END)
    elif check_in:
        coming = words.say("check_in", END, command=check_in)
    else:
        coming = words.say("tomorrow", END)
    card = EndCard(
        title=words.say("summary", SCREEN),
        streak=_streak(today, words),
        figures=tuple(_shown(figure, words) for figure in today.figures),
        said=tuple(filter(None, (today.told and words.say(today.told, END), _side(today, words)))),
        week=tuple(
            (words.weekday(today.day - timedelta(days=back)), mark)
            for back, mark in zip(range(6, -1, -1), today.week, strict=True)
        ),
        coming=coming,
        advice=words.say("hurt_rest", SESSION) if hurt else "",
    )
    if ending is None:
        return card
    if ending.stage == "warmth":
        keys = tuple((key, "" if key.isdigit() else str(warmth)) for key, warmth in WARMTHS.items())
        return replace(card, ask=words.say("how_warm", SESSION), answers=keys, hint=words.say("skips", END))
    if ending.stage == "felt":
        keys = tuple((key, words.say(felt, END)) for key, felt in FEELINGS.items())
        return replace(card, ask=words.say("how_felt", SESSION), answers=keys, hint=words.say("skips", END))
    return replace(card, hint=words.say("any_key", END))


def told(card: EndCard, book: PhraseBook, *, alone: bool = False) -> list[str]:
    """Return the card in lines, to be printed beside what was done; `alone`: to be said instead of it.

    What was done has the figures already: beside it only those that have a usual are told.
    """
    words = ProgressWords(book)
    figures = [
        words.line(capital(label), f"{value} ({usual})" if usual else value)
        for label, value, usual in card.figures
        if usual or alone
    ]
    return [line for line in (*figures, *card.said, card.streak, card.coming) if line]


def _shown(figure: Figure, words: ProgressWords) -> tuple[str, str, str]:
    """Return a figure's label, value and what is usual."""

    def amount(value: float) -> str:
        return words.number(value, 0) if figure.name == "holds" else words.share(value)

    usual = "" if figure.usual is None else words.say("usually", END, value=amount(figure.usual))
    value = amount(figure.value)
    return words.count(figure.name, value, END), value, usual


def _streak(today: Today, words: ProgressWords) -> str:
    """Return the days in a row in words, with the missed one among the last seven that did not end them."""
    if not today.run:
        return ""
    if today.run == 1:
        return words.say("run_one", END)
    return words.say("run_off" if "forgiven" in today.week else "run", END, n=today.run)


def _side(today: Today, words: ProgressWords) -> str:
    """Return in words which side was behind, empty without a smile."""
    if not today.side:
        return ""
    one = ONE if today.behind == today.smiles == 1 else ""
    return words.say(f"side_{today.side}{one}", END, n=today.behind, of=today.smiles)
