"""A session with everything joined up: source, landmarker, window, voice, history and event log."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from coach.errors import INTERRUPTED, SourceError
from coach.events import EndReason
from coach.progress.history import SIMULATED, History
from coach.replay.trace import TapedSession
from coach.session.session import Session
from coach.shell.app.devices import live, open_display, open_log, open_source, open_voice, stopping
from coach.shell.app.loop import Loop
from coach.shell.capture.source import Source
from coach.shell.store.recorder import Recorder
from coach.shell.window.display import NoDisplay
from coach.shell.window.labels import Labels

if TYPE_CHECKING:
    from coach.calibration.range_update import RangeWatch
    from coach.coaching.phrases import PhraseBook
    from coach.face.baseline import OwnRange
    from coach.session.plan import Plan
    from coach.shell.drawn_face.demonstration import Demonstration
    from coach.shell.profile.home import Home
    from coach.shell.profile.shared_options import Shared
    from coach.shell.recording.film import Recording, Style
    from coach.shell.store.store import Store

LINGER_S = 20.0  # how long the summary stays when nobody closes the window
DEMO_LINGER_S = 5.0
KNOWN_AFTER = 3  # own sessions, after which the exercises are no longer explained


def run_session(
    options: Shared,
    plan_name: str | None,
    minutes: float | None,
    *,
    demo: bool = False,
    seed: int = 0,
    record: Style | None = None,
) -> int:
    """Run one guided session and return its exit status.

    Raises
    ------
    CoachError
        It could not be begun: no camera, no model, wrong settings, a data folder that cannot be written.
    """
    from coach.shell.detection.landmarker import Landmarker
    from coach.shell.profile.home import Home
    from coach.shell.profile.language_files import language_for, load_phrase_book
    from coach.shell.profile.memories_file import load_memories
    from coach.shell.profile.plan_files import load_plan
    from coach.shell.store.store import Store

    home = Home.find(options)
    book = load_phrase_book(language_for(home.settings.language))
    plan_name = plan_name or home.settings.plan
    load_plan(plan_name, minutes)  # what is wrong with it is said before anything is opened
    origin = options.source or ("demo" if demo else "webcam")
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(home.make_data_dir()))
        model = home.model(progress=True)
        past = store.history() if origin == SIMULATED else _own(store.history())
        plan, exercises = load_plan(
            plan_name,
            minutes,
            history=None if origin == SIMULATED else past,
            explains=origin == SIMULATED or len(past.sessions) < KNOWN_AFTER,
        )
        source: Source  # opened below: how it is paced depends on whether there is a window
        display, problem = open_display(options, home, book, now=lambda: source.now())  # noqa: PLW0108
        stack.callback(display.close)
        real = options.speed == "real" or (options.speed is None and not isinstance(display, NoDisplay))
        source = open_source(origin, home, real=real, seed=seed)
        stack.callback(source.close)
        voice = open_voice(options, home, book, [e.name for e in exercises], real=real)
        stack.callback(voice.close)
        landmarker = stack.enter_context(Landmarker(model))
        memories = load_memories(home.data_dir)
        log = open_log(options, stack)  # before anything is in the history
        session_id = store.begin_session(
            plan.name,
            source.name,
            datetime.now().astimezone(),
            settings_json=home.settings.model_dump_json(),
        )
        recording = None if record is None else _recording(record, home, book, session_id, wait=not real)
        stack.callback(lambda: recording and recording.close())
        own_range = None if origin == SIMULATED else home.own_range()
        make: Callable[..., Session] = Session if recording is None else partial(TapedSession, recording)
        session = make(
            plan,
            exercises,
            book,
            home.settings,
            source=source.name,
            own_range=own_range,
            memories=tuple(memory.prompt for memory in memories.items),
            safety=not past.sessions,
        )
        recorder = Recorder(store, session_id, log, [memory.id for memory in memories.items])
        watch = None if own_range is None else _range_watch(own_range)
        windowless = isinstance(display, NoDisplay)
        loop = Loop(
            session,
            source,
            landmarker,
            display,
            voice,
            recorder,
            captions=windowless and options.events != "-",
            notices=_notices(store.notice, problem, book),
            help_lines=Labels.from_book(book).keys_help(),
            demonstration=None if windowless or not plan.explains else _demonstration(plan),
            recording=recording,
            range_watch=watch,
            ahead=live(source, display),
        )
        with stopping(loop):
            try:
                reason = _run(loop, store, session_id)
            except BaseException:  # a second Ctrl-C, a camera that is gone for good: what was done is kept
                recorder.take(session.end(loop.t, "stopped"))
                raise
        recorder.take(session.end(source.now() if reason != "finished" else loop.t, reason))
        _say_goodbye(session, book, store, to_error=options.events == "-")
        _keep(home, watch, recording, to_error=options.events == "-")
        if reason == "finished":
            with stopping(loop):
                loop.linger(DEMO_LINGER_S if origin == SIMULATED else LINGER_S)
    return INTERRUPTED if loop.interrupted else 0


def _run(loop: Loop, store: Store, session_id: str) -> EndReason:
    """Run the session; one whose source never gave a picture leaves nothing in the history."""
    from coach.shell.archive.forget import forget_session

    try:
        return loop.run()
    except SourceError:
        if not loop.session.frames:
            forget_session(store, session_id)
        raise


def _notices(store_notice: str, display_problem: str, book: PhraseBook) -> list[str]:
    """Return what is missing, one quiet line each."""
    no_display = f"{book.text('screen', 'no_display')} ({display_problem})" if display_problem else ""
    return [notice for notice in (store_notice, no_display) if notice]


def _own(history: History) -> History:
    """Return what the person did, without the simulated person's sessions."""
    return History() if history.simulated else history.own()


def _recording(style: Style, home: Home, book: PhraseBook, session_id: str, *, wait: bool) -> Recording:
    from coach.shell.recording.film import Recording
    from coach.shell.recording.film_folders import new_folder

    folder = new_folder(home.data_dir, datetime.now().astimezone())
    return Recording(folder, style, book, session=session_id, wait=wait)


def _range_watch(own_range: OwnRange) -> RangeWatch:
    from coach.calibration.range_update import RangeWatch
    from coach.shell.app.calibrate import load_calibration_spec

    return RangeWatch(own_range, load_calibration_spec())


def _keep(home: Home, watch: RangeWatch | None, recording: Recording | None, *, to_error: bool) -> None:
    """Store what the session showed of the own range, and finish the film."""
    from coach.shell.profile.range_file import widen_own_range

    if watch is not None:
        widen_own_range(home.data_dir, watch, datetime.now().astimezone().date())
    if recording is not None:
        click.echo(recording.close(), err=to_error)


def _demonstration(plan: Plan) -> Demonstration:
    from coach.shell.drawn_face.demonstration import Demonstration

    return Demonstration(step.exercise for step in plan.steps)


def _say_goodbye(session: Session, book: Any, store: Store, *, to_error: bool) -> None:
    names = [step.exercise for step in session.plan.steps]
    for label, value in session.tally.lines(names, book, session.active_s):
        click.echo(f"{label}: {value}", err=to_error)
    if store.problem:
        click.echo(store.problem, err=True)
