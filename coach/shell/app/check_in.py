"""A check-in with everything joined up: camera, window, voice and history, and what is said at its end."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from coach import __version__
from coach.coaching.cues import Cue, CueKind
from coach.coaching.phrases import PhraseBook
from coach.errors import INTERRUPTED, CoachError
from coach.events import CueGiven, EndReason, Event, SessionEnd, SessionStart
from coach.progress.words import MEASURE, ProgressWords
from coach.shell.app.check_in_loop import SECTION, CheckInResult, load_check_in, run_check_in
from coach.shell.app.devices import open_display, open_log, open_source, open_voice
from coach.shell.capture.source import Source
from coach.shell.detection.landmarker import Landmarker
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import language_for, load_phrase_book
from coach.shell.sound.voice import Voice
from coach.shell.store.event_log import STANDARD_OUTPUT, EventLog
from coach.shell.store.store import Store
from coach.shell.window.display import NoDisplay

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared

STOPPED = 1


def check_in_at_camera(options: Shared, *, keep_photos: bool | None) -> int:
    """Lead through one check-in, keep its scores, and print them; return the exit status.

    Parameters
    ----------
    options
        Of the command line.
    keep_photos
        None asks, where somebody can answer; otherwise photos are not kept.

    Raises
    ------
    CoachError
        No camera, no model, wrong settings, or a data folder that cannot be written.
    """
    home = Home.find(options)
    spec = load_check_in()
    book = load_phrase_book(language_for(home.settings.language))
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(home.make_data_dir()))
        model = home.model(progress=True)
        if keep_photos is None:
            keep_photos = _asked(book)
        display, problem = open_display(options, home, book)
        stack.callback(display.close)
        if problem:
            click.echo(f"{book.text('screen', 'no_display')} ({problem})", err=True)
        windowless = isinstance(display, NoDisplay)
        real = options.speed == "real" or (options.speed is None and not windowless)
        source = open_source(options.source or "webcam", home, real=real)
        stack.callback(source.close)
        voice = open_voice(options, home, book, [SECTION], real=real)
        stack.callback(voice.close)
        to_error = options.events == STANDARD_OUTPUT
        log = _Log(open_log(options, stack), source)
        speaker = _Speaker(voice, log, echo=windowless and not to_error)
        landmarker = stack.enter_context(Landmarker(model))
        result = CheckInResult({}, {}, {})
        try:
            result = run_check_in(
                source, landmarker, display, speaker.say, store, home.data_dir, spec, book.text,
                keep_photos=keep_photos,
            )  # fmt: skip
        finally:  # also where the camera is gone for good
            log.end(result)
    if result.problem:
        raise CoachError(result.problem)
    if not result.finished:
        click.echo("the check-in was stopped before its end; nothing was kept", err=True)
        return INTERRUPTED if result.interrupted else STOPPED
    for line in result_lines(result, book):
        click.echo(line, err=to_error)
    on = datetime.now().astimezone().date() + timedelta(days=spec.every_days)
    click.echo(book.text(SECTION, "next_on", date=on.isoformat()), err=to_error)
    return 0


def result_lines(result: CheckInResult, book: PhraseBook) -> list[str]:
    """Return each score with its standard error, in the person's language."""
    words, lines = ProgressWords(book), []
    for name, value in result.numbers.items():
        unit = " mm" if name.endswith("_mm") else ""
        error = result.sem.get(name)
        margin = "" if error is None else f" ± {words.number(error)}"
        lines.append(words.line(words.say(name, MEASURE), f"{value:.0f}{margin}{unit}"))
    return lines


class _Log:
    """A check-in's event log, where one is wanted: its begin, what is said, its end."""

    def __init__(self, log: EventLog | None, source: Source) -> None:
        self._log, self._source = log, source
        self._write(SessionStart(t=0.0, plan=SECTION, source=source.name, version=__version__))

    def said(self, text: str) -> None:
        """Note what is said now."""
        self._write(CueGiven(t=self._source.now(), text=text, kind=CueKind.INSTRUCTION.name.lower()))

    def end(self, result: CheckInResult) -> None:
        """Write the last line."""
        t = self._source.now()
        fps = result.frames / t if t > 0 else 0.0
        reason: EndReason = "finished" if result.finished else "stopped"
        self._write(
            SessionEnd(t=t, reps={}, attempts={}, duration_s=t, frames=result.frames, fps=fps, reason=reason)
        )

    def _write(self, event: Event) -> None:
        if self._log is not None:
            self._log.write(event)


class _Speaker:
    """Says a text, and writes it to the terminal where there is no window to show it."""

    def __init__(self, voice: Voice, log: _Log, *, echo: bool) -> None:
        self._voice, self._log, self._echo = voice, log, echo

    def say(self, text: str) -> None:
        """Say it now."""
        self._voice.say(Cue(0.0, CueKind.INSTRUCTION, SECTION, text=text))
        self._log.said(text)
        if self._echo:
            click.echo(text)


def _asked(book: PhraseBook) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    return click.confirm(book.text(SECTION, "keep_photos"))
