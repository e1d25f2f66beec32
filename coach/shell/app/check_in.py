"""The check-in at the camera: its pictures are scored, the scores are kept and printed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coach.check_in.flow import SECTION, CheckInFlow
from coach.check_in.machine import CheckInSpec, Pose
from coach.check_in.scores import Scores, middle_of
from coach.coaching.phrases import PhraseBook
from coach.coaching.screen import Screen
from coach.errors import INTERRUPTED, CoachError, StoreError
from coach.progress.history import SIMULATED
from coach.progress.words import MEASURE, ProgressWords
from coach.settings import Settings
from coach.shell.app.check_in_record import Photos, details_of, numbers, previous, scored
from coach.shell.app.devices import Devices, ended_early, open_devices
from coach.shell.app.ghost import GhostDisplay
from coach.shell.app.loop import Loop
from coach.shell.app.photographer import Photographer
from coach.shell.detection.photo_file import keep_photo
from coach.shell.detection.stills import Stills
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import language_for, load_phrase_book
from coach.shell.profile.neutral_file import keep_neutral
from coach.shell.profile.toml_files import load_coaching, shipped
from coach.shell.store.recorder import LogKeeper
from coach.shell.store.store import Store
from coach.shell.system.meanwhile import meanwhile
from coach.shell.system.output_file import STANDARD_OUTPUT
from coach.shell.window.labels import Labels

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared

STOPPED = 1
NEEDED = (
    "give a film of about a minute: a face at rest, smiling, with its biggest smile and a wide open mouth"
)
NOT_READ = (
    "no face could be measured in the pictures of your face at rest; "
    "sit closer to the camera and in more light, and try again"
)
LINGER_S, LINGER_DEMO_S = 120.0, 6.0  # how long the result stays in the window, unless it is closed


@dataclass(frozen=True, slots=True)
class CheckInResult:
    """The result of a check-in.

    `faces`: the scores by face, e.g. `biggest`; those left out are missing. `numbers`: what
    went into the history, by name; `sem` beside it. `id`: of the history's row, empty if nothing was
    kept. `photo`: the neutral photo's path inside the data folder, or empty. `finished`: all pictures
    were taken. `problem`: why something was not saved. `interrupted`: Ctrl-C broke it off.
    `ended_early`: the film it was made from was too short.
    """

    faces: dict[Pose, Scores]
    numbers: dict[str, float]
    sem: dict[str, float]
    id: str = ""
    photo: str = ""
    finished: bool = False
    problem: str = ""
    interrupted: bool = False
    ended_early: CoachError | None = None


def load_check_in() -> CheckInSpec:
    """Return `config/check_in.toml`; raises as `shipped` does."""
    return shipped(CheckInSpec, "check_in.toml")


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
    with Store.open(home.make_data_dir()) as store:
        home.model(progress=True)  # fetched before anything is asked
        if keep_photos is None:
            keep_photos = _asked(book)
        with open_devices(options, home, book, spoken=[SECTION]) as devices:
            if devices.by_ear:
                book = book.for_ears()
            result = run_check_in(
                devices, home.settings, book, spec, store, home.data_dir, keep_photos=keep_photos
            )
    if result.problem:
        raise CoachError(result.problem)
    if not result.finished:
        if result.ended_early is not None:
            raise result.ended_early
        click.echo("the check-in was stopped before its end; nothing was kept", err=True)
        return INTERRUPTED if result.interrupted else STOPPED
    to_error = options.events == STANDARD_OUTPUT
    for line in result_lines(result, book):
        click.echo(line, err=to_error)
    if due := _next_on(spec, book, datetime.now().astimezone(), devices.source.name):
        click.echo(due, err=to_error)
    return 0


def run_check_in(
    devices: Devices,
    settings: Settings,
    book: PhraseBook,
    spec: CheckInSpec,
    store: Store | None,
    data_dir: Path,
    *,
    keep_photos: bool,
    clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
) -> CheckInResult:
    """Lead through one check-in.

    Parameters
    ----------
    devices
        Camera, window and voice; the landmarker serves the live picture and the stills.
    settings, book
        Framing limits and the voice's rate; words in the person's language.
    spec
        See `load_check_in`.
    store
        Where the scores are kept, or None.
    data_dir
        Kept photos go into `photos` in it.
    keep_photos
        Whether the person has said yes to keeping the photos.
    clock
        Gives the date.

    Returns
    -------
    CheckInResult
        Also when it was broken off: without scores then, and nothing is kept.
    """
    source = devices.source.name
    like, ghost = previous(store, data_dir, source)
    flow = CheckInFlow(spec, book, settings, source=source, like=like, safety=True, coaching=load_coaching())
    window = devices.display
    if ghost is not None and not devices.windowless:
        devices = replace(devices, display=GhostDisplay(devices.display, ghost))
    help_lines = Labels.from_book(book).keys_help()
    with (
        meanwhile(window, devices.landmarker.another) as second,
        closing(Photographer(flow, Stills(second))) as photographer,
    ):
        loop = Loop(
            flow, devices, LogKeeper(devices.log), help_lines=help_lines, photograph=photographer.take
        )
        reason = loop.lead()
        photos = meanwhile(window, photographer.photos) if reason == "finished" else Photos()
    if reason != "finished":
        early = None
        if reason == "source_ended":
            state = flow.state
            taken = f"with {state.step} of {state.takes * len(state.poses)} pictures taken"
            early = ended_early(devices.source, taken, NEEDED)
        return CheckInResult({}, {}, {}, interrupted=loop.interrupted, ended_early=early)
    if "neutral" not in photos.pictures:
        return CheckInResult({}, {}, {}, problem=NOT_READ)
    at = clock()
    result = _kept(photos, store, data_dir, source, at, keep_photos=keep_photos)
    if not result.problem:  # whoever began from a launcher sees no terminal
        title, rows = book.text(SECTION, "check_done"), result_rows(result, book)
        shown = Screen("summary", title=title, instruction=_next_on(spec, book, at, source), lines=rows)
        loop.linger(LINGER_DEMO_S if source == SIMULATED else LINGER_S, shown)
    return result


def _next_on(spec: CheckInSpec, book: PhraseBook, at: datetime, source: str) -> str:
    """Return when the next one is due; empty after the simulated person's, which does not count."""
    if source == SIMULATED:
        return ""
    on = at.date() + timedelta(days=spec.every_days)
    return book.text(SECTION, "next_on", date=ProgressWords(book).day(on, at.date()))


def _kept(
    photos: Photos, store: Store | None, data_dir: Path, source: str, at: datetime, *, keep_photos: bool
) -> CheckInResult:
    """Score the pictures, and keep the scores and photos."""
    takes = scored(photos.pictures)
    faces = {pose: middle_of(each) for pose, each in takes.items()}
    values, errors = numbers(takes)
    result = CheckInResult(faces, values, errors, finished=True)
    if not values:
        return result
    try:
        if keep_photos:
            paths = {pose: keep_photo(data_dir, image, at, pose) for pose, image in photos.images.items()}
            result = replace(result, photo=paths["neutral"])
        keep_neutral(data_dir, photos.pictures["neutral"], at.date(), source)
        if store is not None:
            kept = store.add_check_in(
                at,
                values,
                sem=errors,
                details=details_of(photos, faces),
                photo=result.photo,
                source=source,
            )
            result = replace(result, id=kept)
    except StoreError as error:
        return replace(result, problem=str(error))
    return result


def result_rows(result: CheckInResult, book: PhraseBook) -> tuple[tuple[str, str], ...]:
    """Return the smile's type, and each score with its standard error, as (name, value)."""
    words, rows = ProgressWords(book), []
    best = result.faces.get("biggest")
    if best is not None and best.type is not None:
        rows.append((words.say("smile_type"), words.smile_type(best.type)))
    for name, value in result.numbers.items():
        unit = " mm" if name.endswith("_mm") else ""
        error = result.sem.get(name)
        margin = "" if error is None else f" ± {words.number(error)}"
        rows.append((words.say(name, MEASURE), f"{words.number(value)}{margin}{unit}"))
    return tuple(rows)


def result_lines(result: CheckInResult, book: PhraseBook) -> list[str]:
    """Return the result's rows as lines for the terminal."""
    words = ProgressWords(book)
    return [words.line(name, value) for name, value in result_rows(result, book)]


def _asked(book: PhraseBook) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    return click.confirm(book.text(SECTION, "keep_photos"))
