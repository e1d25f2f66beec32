"""Measuring a person's own range at the camera: `smile-coach calibrate`, and as a part of the first run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from coach.calibration.flow import DEMONSTRATED, SECTION, CalibrationFlow
from coach.calibration.spec import RANGE_PARTS, CalibrationSpec
from coach.coaching.phrases import PhraseBook
from coach.errors import INTERRUPTED, StoreError
from coach.events import EndReason
from coach.progress.history import SIMULATED
from coach.progress.words import ProgressWords
from coach.shell.app.devices import Devices, ended_early, open_devices
from coach.shell.app.loop import Loop
from coach.shell.drawn_face.demonstration import Demonstration
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import language_for, load_phrase_book
from coach.shell.profile.range_file import (
    StoredRange,
    read_stored_range,
    require_room,
    write_own_range,
)
from coach.shell.profile.toml_files import load_coaching, shipped
from coach.shell.store.recorder import LogKeeper
from coach.shell.system.output_file import STANDARD_OUTPUT
from coach.shell.window.labels import Labels

if TYPE_CHECKING:
    from coach.shell.profile.shared_options import Shared

NEEDED = "give a film of about 20 s: a face at rest, raising its cheeks, smiling and opening wide, twice each"
LINGER_S, LINGER_DEMO_S = 6.0, 3.0  # how long the result stays in the window


def load_calibration_spec() -> CalibrationSpec:
    """Return `config/calibration.toml`; raises as `shipped` does."""
    return shipped(CalibrationSpec, "calibration.toml")


def run_calibrate(options: Shared) -> int:
    """Measure the person's own range and keep it (`smile-coach calibrate`); return the exit status.

    Raises
    ------
    CoachError
        No camera, no model, wrong settings, or a data folder that cannot be written.
    """
    home = Home.find(options)
    require_room(home.make_data_dir())
    book = load_phrase_book(language_for(home.settings.language))
    with open_devices(options, home, book) as devices:
        to_error = options.events == STANDARD_OUTPUT
        if devices.by_ear:
            book = book.for_ears()
        _, interrupted = measure_range(devices, home, book, safety=True, to_error=to_error)
    return INTERRUPTED if interrupted else 0


def measure_range(
    devices: Devices,
    home: Home,
    book: PhraseBook,
    *,
    safety: bool,
    to_error: bool = False,
    following: str = "",
) -> tuple[EndReason, bool]:
    """Lead through the movements, keep the range and print it.

    Returns why it ended, and whether that was by a signal.

    Parameters
    ----------
    devices, home, book
        Camera, window and voice; the data folder; words in the person's language.
    safety
        Say what to watch out for; False if that was said before.
    to_error
        Standard output belongs to the event log.
    following
        What comes after it, in the person's language; empty where nothing does.

    Raises
    ------
    StoreError
        The range cannot be written; what was measured has been printed.
    SourceError
        A film ended before anything was measured.
    """
    source = devices.source.name
    before = _measured_before(home, source)
    flow = CalibrationFlow(
        load_calibration_spec(),
        book,
        home.settings,
        source=source,
        own_range=None if before is None else before.own_range,
        safety=safety,
        coaching=load_coaching(),
    )
    loop = Loop(
        flow,
        devices,
        LogKeeper(devices.log),
        help_lines=Labels.from_book(book).keys_help(),
        demonstration=None if devices.windowless else Demonstration(DEMONSTRATED.values()),
        ahead=devices.live,
    )
    reason = loop.lead()
    kept, problem = _tried_to_keep(home, flow, source)

    def says(seconds: int) -> str:
        if problem is not None:
            return str(problem)
        key = "next_in" if following else "closes_in"
        return book.text(SECTION, key, left=seconds, what=following)

    if reason == "finished":
        loop.linger(LINGER_DEMO_S if source == SIMULATED else LINGER_S, says=says)
        reason = "stopped" if loop.stopped else reason  # whoever quits here is asked nothing more
    for label, value in flow.lines() if flow.measured else ():
        click.echo(ProgressWords(book).line(label, value), err=to_error)
    if problem is not None:
        raise problem
    if reason == "source_ended" and not flow.measured:
        raise ended_early(devices.source, "before a movement was measured", NEEDED)
    if kept:
        click.echo(book.text(SECTION, "range_kept"), err=to_error)
    if following and reason == "finished":
        click.echo(book.text(SECTION, "next_now", what=following), err=to_error)
    return reason, loop.interrupted


def _measured_before(home: Home, source: str) -> StoredRange | None:
    """Return the range as it was before, where it is the same person's, real or simulated."""
    stored = read_stored_range(home.data_dir)
    return stored if stored is not None and stored.simulated == (source == SIMULATED) else None


def _tried_to_keep(home: Home, flow: CalibrationFlow, source: str) -> tuple[bool, StoreError | None]:
    """Store what was measured, if anything was; return whether it is stored, and why it could not be."""
    try:
        return flow.measured and _keep(home, flow, source), None
    except StoreError as error:
        return False, error


def _keep(home: Home, flow: CalibrationFlow, source: str) -> bool:
    """Store the range; the simulated person never takes a real one's place. Return whether it is stored."""
    stored = read_stored_range(home.data_dir)
    if source == SIMULATED and stored is not None and not stored.simulated:
        return False
    done = flow.state.measured if flow.state is not None else ()
    same = _measured_before(home, source)
    before = same.measured if same is not None else ()
    measured = [part for part in RANGE_PARTS if part in done or part in before]
    today = datetime.now().astimezone().date()
    write_own_range(home.data_dir, flow.own_range, on=today, source=source, measured=measured)
    return True
