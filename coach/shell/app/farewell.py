"""A session's end at the window or the terminal: the card, the questions, and where their answers go."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cached_property

from coach.coaching.phrases import PhraseBook
from coach.coaching.screen import EndCard, Screen
from coach.errors import StoreError
from coach.progress.today import Today, today
from coach.session import ending
from coach.session.tally import Tally
from coach.shell.store.store import Store


class Farewell:
    """Shows the outcome of a session, asks how it was, and keeps the answers.

    Parameters
    ----------
    store, session
        The history, and the session's id in it.
    tally
        The repetitions, attempts and recalls.
    book
        Words in the person's language.
    check_in
        The command for a check-in that is due, else empty.
    stays
        The card stays until a key; else only the questions wait for one.
    """

    def __init__(
        self,
        store: Store,
        session: str,
        tally: Tally,
        book: PhraseBook,
        check_in: str = "",
        *,
        stays: bool = True,
    ) -> None:
        self._store = store
        self._session = session
        self._tally = tally
        self._book = book
        self._check_in = check_in
        self._stays = stays
        self.state: ending.Ending | None = None

    @property
    def over(self) -> bool:
        """Whether there is nothing left to wait for."""
        stage = "" if self.state is None else self.state.stage
        return stage == "over" or (stage == "card" and not self._stays)

    @property
    def card(self) -> EndCard:
        """The card as it is now; before the first question, everything that was done and no question."""
        return ending.end_card(self._today, self.state, self._book, self._check_in)

    def screen(self) -> Screen:
        """Return the card as a screen."""
        return Screen("summary", end=self.card)

    def dressed(self, screen: Screen) -> Screen:
        """Return a session's last screen with the card on it."""
        return replace(screen, end=self.card)

    def begin(self) -> None:
        """Ask the first question."""
        self.state = ending.begin(warm=bool(self._tally.recall_s))

    def press(self, key: str) -> None:
        """Take in a key; an answer is kept at once."""
        before = self.state
        if before is None:
            return
        self.state = ending.press(before, key)
        if self.state.warmth is not None and before.warmth is None:
            self._store.rate(self._session, self.state.warmth)
        if self.state.felt is not None and before.felt is None:
            self._store.feel(self._session, self.state.felt)

    @cached_property
    def _today(self) -> Today:
        now = datetime.now().astimezone()
        if self._store.waiting:  # on a full disk the history lacks what was done
            return Today(now.date(), known=False)
        try:
            return today(self._store.history(), self._session, now.date())
        except StoreError:
            return Today(now.date(), known=False)
