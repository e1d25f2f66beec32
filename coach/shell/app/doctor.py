"""What works on this machine: each part tried for a moment, with the remedy where one does not."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from coach import __version__
from coach.errors import CoachError
from coach.settings import Settings
from coach.shell.profile.places import PLACES, found
from coach.shell.recording.film_folders import size_text

if TYPE_CHECKING:
    from coach.coaching.phrases import PhraseBook
    from coach.shell.sound.engine import SpeechRequest

LEAST_FREE = 50_000_000  # bytes; a year of daily sessions takes a few MB; the model and the voice take ten
SPEECH_TIMEOUT_S = 20.0
WINDOW_TIMEOUT_S = 20.0
# The releases whose native library was watched and opened no socket; 0.10.35 and later report usage.
QUIET_MEDIAPIPE = ("0.10.30", "0.10.31", "0.10.32", "0.10.33")
OTHER_CV2 = ("opencv-contrib-python", "opencv-python-headless", "opencv-contrib-python-headless")


@dataclass(frozen=True, slots=True)
class Check:
    """One part of the program on this machine.

    `name`: of the part. `ok`: whether it works. `detail`: what was found. `remedy`: what to do, empty
    where it works. `needed`: whether no session can run without it.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    needed: bool = False


def checks(settings: Settings, data_dir: Path, cache_dir: Path, people: Sequence[str] = ()) -> list[Check]:
    """Try every part of the program; takes a few seconds and opens each camera for a moment.

    Parameters
    ----------
    settings
        The person's settings.
    data_dir, cache_dir
        The folders of the history and of files that can be fetched again.
    people
        The names of those who share the machine.
    """
    parts: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("program", program),
        ("model", lambda: model(settings, cache_dir)),
        ("camera", lambda: camera(settings)),
        ("display", display),
        ("voice", lambda: voice(settings, cache_dir)),
        ("data folder", lambda: folder(data_dir, people)),
        ("history", lambda: history(data_dir)),
        ("privacy", lambda: privacy(data_dir, cache_dir)),
    )
    return [_tried(name, part) for name, part in parts]


def report(found: Sequence[Check]) -> int:
    """Print the checks as a table; return 0 if a session can run, else 1."""
    import click

    width = max(len(check.name) for check in found)
    for check in found:
        mark = click.style("ok", fg="green") if check.ok else click.style("--", fg="red")
        click.echo(f"{mark}  {check.name:<{width}}  {check.detail}")
        if not check.ok and check.remedy:
            click.echo(f"{'':{width + 6}}{check.remedy}")
    return 0 if all(check.ok for check in found if check.needed) else 1


def program() -> Check:
    """Look at the versions, and that no second OpenCV hides the first."""
    packages = ", ".join(f"{name} {_version(name)}" for name in ("mediapipe", "opencv-python", "av", "numpy"))
    detail = (
        f"smile-coach {__version__}, Python {platform.python_version()}, {packages}, "
        f"{platform.system()} {platform.machine()}"
    )
    others = [name for name in OTHER_CV2 if _version(name)]
    if others:
        remedy = f"pip uninstall {' '.join(others)}, then pip install --force-reinstall opencv-python"
        return Check("program", ok=False, detail=f"{detail}; also {', '.join(others)}", remedy=remedy)
    return Check("program", ok=True, detail=detail)


def model(settings: Settings, cache_dir: Path) -> Check:
    """Find or fetch the landmarker's model, and look at one empty picture with it."""
    from coach.shell.detection.landmarker import Landmarker
    from coach.shell.model_file import find_model

    try:
        path = find_model(settings.model.path, cache_dir, progress=sys.stderr.isatty())
        Landmarker(path).close()
    except CoachError as error:
        what, _, remedy = str(error).rpartition("; ")
        return Check("model", ok=False, detail=what, remedy=remedy, needed=True)
    return Check("model", ok=True, detail=f"{path} (SHA-256 is right, the landmarker starts)", needed=True)


def camera(settings: Settings) -> Check:
    """List the cameras that give a picture, and whether the chosen one is among them."""
    from coach.shell.capture.cameras import explanation, list_cameras

    found = list_cameras()
    index = settings.camera.index
    if any(info.index == index for info in found):
        return Check("camera", ok=True, detail=", ".join(map(str, found)))
    what, _, remedy = explanation(index, "gives no picture", found).partition("; ")
    return Check("camera", ok=False, detail=what, remedy=remedy)


def display() -> Check:
    """Ask whether a window can be shown."""
    from coach.shell.window.window import display_problem

    what, _, remedy = (display_problem() or _window_problem()).partition("; ")
    return Check("display", ok=not what, detail=what or "a window can be shown", remedy=remedy)


def _window_problem() -> str:
    """Show a window for a moment, in a process of its own: where it cannot, OpenCV ends the process."""
    code = "import cv2; cv2.namedWindow('smile-coach'); cv2.waitKey(1); cv2.destroyAllWindows()"
    command = [sys.executable, "-P", "-c", code]
    with tempfile.TemporaryDirectory() as scratch:
        try:
            status = subprocess.run(
                command, capture_output=True, timeout=WINDOW_TIMEOUT_S, check=False, cwd=scratch
            ).returncode
        except subprocess.TimeoutExpired:
            return "a window takes too long to come; restart the desktop or use --no-window"
    return f"a window ends the process (status {status}); use --no-window" if status else ""


def voice(settings: Settings, cache_dir: Path) -> Check:
    """Render a sentence in the voice that a session would have, and look for a way to play it."""
    from coach.shell.profile.language_files import language_for, load_phrase_book
    from coach.shell.sound.choice import Speech, choose_speech, describe
    from coach.shell.sound.player import make_player

    book = load_phrase_book(language_for(settings.language))
    request = choose_speech(settings.voice, Speech(book.language, book.pace), cache_dir)[0]
    problem = _rendering_problem(request, book)
    if not problem:
        player = make_player()
        problem = player.problem
        player.close()
    if problem:
        what = problem.removesuffix("; captions only")  # the remedy says it
        return Check("voice", ok=False, detail=what, remedy="captions are shown all the same")
    return Check("voice", ok=True, detail=f"{describe(request)} speaks, and can be played")


def folder(data_dir: Path, people: Sequence[str] = ()) -> Check:
    """Check that the history can be written, and that there is room for it."""
    place = data_dir
    while not place.exists() and place != place.parent:
        place = place.parent
    remedy = "choose another folder with --data-dir or SMILE_COACH_HOME"
    try:
        journal, open_to_others = _trial(place)
        free = shutil.disk_usage(place).free
    except OSError as error:
        detail = f"{data_dir}: cannot be written ({error.strerror or error})"
        return Check("data folder", ok=False, detail=detail, remedy=remedy, needed=True)
    enough = free >= LEAST_FREE
    whose = f"; also of {', '.join(people)}, with --person NAME" if people else ""
    detail = f"{data_dir} ({size_text(free)} free){whose}"
    if journal != "wal":
        detail += "; no shared memory there, so SQLite keeps a rollback journal"
    if open_to_others:
        detail += "; its file system keeps no permissions: others on this machine may read it"
    return Check("data folder", ok=enough, detail=detail, remedy="" if enough else remedy)


def _trial(place: Path) -> tuple[str, bool]:
    """Keep a history there for a moment: how SQLite journals, and whether others could read it.

    Raises
    ------
    OSError
        None can be kept.
    """
    from coach.shell.store.database import NAME, journal_mode
    from coach.shell.system.private_file import readable_by_others

    with tempfile.TemporaryDirectory(prefix=".smile-coach-", dir=place) as scratch:
        journal = journal_mode(Path(scratch))
        return journal, readable_by_others(Path(scratch) / NAME)


def history(data_dir: Path) -> Check:
    """Read the history, if there is one."""
    from coach.shell.store.store import Store

    try:
        with Store.open(data_dir, read_only=True) as store:
            sessions = len(store.history().sessions)
            what, _, remedy = store.notice.partition("; ")
    except CoachError as error:
        what, _, remedy = str(error).partition("; ")
    if what:
        return Check("history", ok=False, detail=what, remedy=remedy)
    return Check("history", ok=True, detail=f"{sessions} {'session' if sessions == 1 else 'sessions'}")


def mend_history(data_dir: Path) -> list[str]:
    """Take unreadable rows out of the history; return a line on each row, and on the copy.

    Raises
    ------
    StoreError
        It cannot be written.
    """
    from coach.shell.store.store import Store
    from coach.shell.store.unreadable_rows import mend

    with Store.open(data_dir) as store:
        return mend(store.connection, store.path, datetime.now().astimezone())


def privacy(data_dir: Path, cache_dir: Path) -> Check:
    """Say where everything stays, and that this MediaPipe is one that sends nothing."""
    installed = _version("mediapipe")
    there = [place.holds for place in PLACES if any(found(place, data_dir, cache_dir))]
    where = f"everything stays in {data_dir} and {cache_dir} ({'; '.join(there) or 'nothing yet'})"
    if installed in QUIET_MEDIAPIPE:
        return Check("privacy", ok=True, detail=f"MediaPipe {installed} opens no connection; {where}")
    detail = f"MediaPipe {installed or 'is missing'} is not known to send nothing"
    return Check("privacy", ok=False, detail=detail, remedy="pip install mediapipe==0.10.31")


def _tried(name: str, part: Callable[[], Check]) -> Check:
    """Run one check; a part that cannot even be loaded is a finding like any other."""
    try:
        return part()
    except (ImportError, OSError, RuntimeError) as error:
        detail = (str(error).strip() or type(error).__name__).splitlines()[0]
        return Check(name, ok=False, detail=detail, remedy="reinstall smile-coach", needed=name == "model")


def _rendering_problem(request: SpeechRequest, book: PhraseBook) -> str:
    """Return why no words can be rendered, or nothing."""
    from coach.shell.sound.speech import render_now

    with tempfile.TemporaryDirectory() as scratch:
        text = book.text("setup", "sound_check")
        return render_now(request, {Path(scratch) / "words.wav": text}, SPEECH_TIMEOUT_S)


def _version(package: str) -> str:
    """Return the installed version, or nothing."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
