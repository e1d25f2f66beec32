"""The command `smile`: film one smile and show its card."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coach.check_in.flow import SECTION
from coach.check_in.machine import Pose
from coach.check_in.photo_measures import StillPicture
from coach.check_in.scores import middle_of
from coach.check_in.smile_card import CARD, SmileFinding, card_lines, found
from coach.check_in.smile_flow import SmileFlow
from coach.coaching.phrases import PhraseBook
from coach.coaching.screen import PhotoCard, Screen
from coach.errors import INTERRUPTED, Notice, StoreError, reason_of
from coach.events import Smile
from coach.exercise.held_smile import SmileSpec
from coach.exercise.smile_symmetry import EvenSpec
from coach.progress.history import SIMULATED
from coach.progress.words import ProgressWords
from coach.shell.app.check_in import load_check_in
from coach.shell.app.check_in_record import Photos, numbers, scored
from coach.shell.app.devices import Devices, ended_early, open_devices
from coach.shell.app.loop import Loop
from coach.shell.app.photographer import Photographer
from coach.shell.detection.stills import Stills
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import language_for, load_phrase_book
from coach.shell.profile.neutral_file import keep_neutral
from coach.shell.profile.smiles_file import FOLDER, add_smile, last_smile
from coach.shell.profile.toml_files import load_coaching
from coach.shell.recording.film_folders import size_text
from coach.shell.recording.film_writer import LEAST_FREE, FilmWriter
from coach.shell.store.recorder import LogKeeper
from coach.shell.system.meanwhile import meanwhile
from coach.shell.system.output_file import STANDARD_OUTPUT
from coach.shell.system.private_file import make_private, write_private
from coach.shell.window.labels import Labels
from coach.shell.window.overlays import card_picture
from coach.types import FaceObservation, Frame, Image

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared
    from coach.shell.window.display import Display

STOPPED = 1
NEEDED = "give a film of about 15 s: a face at rest, smiling, and at rest again"
LINGER_S, LINGER_DEMO_S = 120.0, 6.0  # how long the card stays in the window, unless it is closed


def run_smile(options: Shared, *, keep: bool) -> int:
    """Lead through one smile, print its card and show it; return the exit status.

    Parameters
    ----------
    options
        Of the command line.
    keep
        Keep the film and the card with its photo, in `smiles` in the data folder.

    Raises
    ------
    CoachError
        No camera, no model, wrong settings, or a data folder that cannot be written.
    """
    home = Home.find(options)
    home.make_data_dir()
    if keep:
        _require_room(home.data_dir)
    book = load_phrase_book(language_for(home.settings.language))
    to_error = options.events == STANDARD_OUTPUT
    with open_devices(options, home, book, spoken=[SECTION]) as devices, contextlib.ExitStack() as stack:
        if devices.by_ear:
            book = book.for_ears()
        at = datetime.now().astimezone()
        film = SmileFilm(_new_file(home.data_dir, at, "mp4")) if keep else None
        flow = SmileFlow(
            load_check_in(), book, home.settings, source=devices.source.name, coaching=load_coaching()
        )
        second = stack.enter_context(meanwhile(devices.display, devices.landmarker.another))
        photographer = stack.enter_context(contextlib.closing(Photographer(flow, Stills(second))))
        loop = Loop(
            flow,
            devices,
            LogKeeper(devices.log),
            help_lines=Labels.from_book(book).keys_help(),
            recording=film,
            photograph=photographer.take,
        )
        try:
            reason = loop.lead()
        finally:
            if film is not None:
                film.close()
        photos = meanwhile(devices.display, photographer.photos) if reason == "finished" else Photos()
        if "neutral" not in photos.pictures or "biggest" not in photos.pictures:
            if film is not None:
                film.path.unlink(missing_ok=True)
            if reason == "source_ended":
                raise ended_early(devices.source, "before a smile was measured", NEEDED)
            click.echo("it was stopped before a smile was measured; nothing was kept", err=True)
            return INTERRUPTED if loop.interrupted else STOPPED
        finding = finding_of(photos.pictures, flow.smile(_even()), at)
        card = _card(finding, photos.images["biggest"], home, devices, book)
        for line in card_text(card, ProgressWords(book)):
            click.echo(line, err=to_error)
        _keep(home.data_dir, finding, photos.pictures["neutral"], devices.source.name)
        kept = film is None or _keep_card(home.data_dir, at, card, film, to_error=to_error)
        stays = LINGER_DEMO_S if devices.source.name == SIMULATED else LINGER_S
        loop.linger(stays, Screen("summary", card=card))
    return 0 if kept else StoreError.exit_status


def finding_of(
    pictures: Mapping[Pose, Sequence[StillPicture]], smile: Smile | None, at: datetime
) -> SmileFinding:
    """Return the finding: the scores of the pictures, and which side of the moving smile came first.

    Parameters
    ----------
    pictures
        Of the neutral and the biggest face.
    smile
        How its sides moved; None if its rise was not seen.
    at
        When.
    """
    takes = scored(pictures)
    values, errors = numbers(takes)
    first = None if smile is None else smile.first_side
    lag_s = 0.0 if smile is None else smile.lag_s
    return SmileFinding(at.date(), values, errors, middle_of(takes["biggest"]).type, first, lag_s)


def card_text(card: PhotoCard, words: ProgressWords) -> list[str]:
    """Return a card as lines for the terminal."""
    return [card.found, *(words.line(label, value) for label, value in card.lines)]


class SmileFilm:
    """Films what the camera sees, picture by picture; `problem` says what is wrong with the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = FilmWriter(path)
        self._lost = ""

    @property
    def problem(self) -> str:
        """Why there is no film, or empty."""
        if self._writer.problem and self._writer.frames:
            return Notice("film: not kept, since the disk is nearly full; free some space")
        return self._lost or self._writer.problem

    def frame(
        self,
        t: float,
        frame: Frame | None,
        observation: FaceObservation | None,
        screen: Screen,
        display: Display | None = None,
    ) -> None:
        """Film one picture as the camera saw it."""
        del observation, screen, display
        if frame is not None and not self._lost:
            with self._without_ending_the_smile():
                self._writer.put(t, frame.image)

    def close(self) -> None:
        """Finish the file; one that is not whole is deleted, as it would end in the middle of the smile."""
        with self._without_ending_the_smile():
            self._writer.close()
        if self.problem:
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _without_ending_the_smile(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._lost = self._lost or Notice(
                "film: cannot be written to its end ({reason}); free some space", reason=reason_of(error)
            )


def _even() -> EvenSpec:
    """Return when a smile is even, as the symmetry drill has it."""
    spec = load_exercise("symmetry_drill").spec
    assert isinstance(spec, SmileSpec)
    return spec.even


def _card(finding: SmileFinding, photo: Image, home: Home, devices: Devices, book: PhraseBook) -> PhotoCard:
    words = ProgressWords(book)
    before = last_smile(home.data_dir, devices.source.name)
    return PhotoCard(
        photo, words.say("title", CARD), found(finding, words), card_lines(finding, before, words)
    )


def _keep(data_dir: Path, finding: SmileFinding, neutral: list[StillPicture], source: str) -> None:
    """Keep the numbers and the face at rest; say so where that fails, the card has been shown."""
    try:
        add_smile(data_dir, finding, source)
        keep_neutral(data_dir, neutral, finding.day, source)
    except StoreError as error:
        click.echo(str(error), err=True)


def _keep_card(data_dir: Path, at: datetime, card: PhotoCard, film: SmileFilm, *, to_error: bool) -> bool:
    """Keep the card beside the film and say where they are, or why they are not; return whether they are."""
    import cv2

    path, problem = _new_file(data_dir, at, "png"), ""
    try:
        write_private(path, cv2.imencode(".png", card_picture(card))[1].tobytes())
    except OSError as error:
        problem = f"{path}: the card cannot be written ({error.strerror}); free some space"
    for where, why in ((path, problem), (film.path, film.problem)):
        click.echo(why or where, err=to_error or bool(why))
    return not problem and not film.problem


def _require_room(data_dir: Path) -> None:
    """Make sure that a film can be kept: nobody is to smile for nothing.

    Raises
    ------
    StoreError
        The disk is nearly full.
    """
    free = shutil.disk_usage(data_dir).free
    if free < LEAST_FREE:
        raise StoreError(
            f"{data_dir}: {size_text(free)} free, {size_text(LEAST_FREE)} wanted to film a smile; "
            "free some space, or leave out --keep"
        )


def _new_file(data_dir: Path, at: datetime, ending: str) -> Path:
    """Return the path of a file of this smile, in a folder that only the owner reads.

    Raises
    ------
    StoreError
        The folder cannot be made.
    """
    folder = data_dir / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_private(folder)
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot be made ({error.strerror}); choose another with --data-dir"
        ) from error
    return folder / f"{at:%Y-%m-%d-%H%M%S}.{ending}"
