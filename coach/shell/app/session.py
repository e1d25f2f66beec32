"""The commands `session` and `demo`: one guided session on open devices, into history and event log."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from coach.coaching.cues import Cue, CueKind
from coach.coaching.phrases import PhraseBook
from coach.coaching.summary_aloud import aloud
from coach.errors import INTERRUPTED, Notice, SourceError, StoreError
from coach.progress.history import SIMULATED
from coach.progress.summary import CHECK_IN
from coach.progress.words import ProgressWords
from coach.replay.trace import TapedSession
from coach.session.dose import dose_texts
from coach.session.ending import told
from coach.session.plan import JAW, loosens
from coach.session.session import Session
from coach.shell.app.devices import Devices, is_live, open_devices
from coach.shell.app.farewell import Farewell
from coach.shell.app.loop import Loop
from coach.shell.app.program import Program, prepare
from coach.shell.profile.home import Home
from coach.shell.profile.language_files import language_for, load_phrase_book
from coach.shell.profile.own_command import typed
from coach.shell.profile.plan_files import load_plan
from coach.shell.store.recorder import Recorder
from coach.shell.store.store import Store
from coach.shell.system.output_file import STANDARD_OUTPUT
from coach.shell.window.display import TerminalKeys
from coach.shell.window.labels import Labels
from coach.types import Frame

if TYPE_CHECKING:
    from coach.calibration.range_update import RangeWatch
    from coach.face.baseline import OwnRange
    from coach.session.plan import Plan
    from coach.shell.drawn_face.demonstration import Demonstration
    from coach.shell.profile.shared_options import Shared
    from coach.shell.recording.film import Recording, Style

LINGER_S = 20.0  # how long the end stays where nobody can be in front of it: after a film
ANSWER_S = 60.0  # for the answers typed in the terminal
CHECK_IN_COMMAND = "check-in"
DEMO_LINGER_S = 5.0
OFFER, OFFER_S = "offer", 8.0  # the jaw release, before plans that lack it; seconds to answer


def run_session(
    options: Shared,
    plan_name: str | None,
    minutes: float | None,
    *,
    demo: bool = False,
    seed: int = 0,
    record: Style | None = None,
    loosen: bool | None = None,
) -> int:
    """Run one guided session and return its exit status.

    `loosen`: begin with the jaw release where the plan lacks it; None offers it in the window.

    Raises
    ------
    CoachError
        It could not be begun: no camera, no model, wrong settings, a data folder that cannot be written.
    """
    home = Home.find(options)
    book = load_phrase_book(language_for(home.settings.language))
    plan_name = plan_name or home.settings.plan
    # report what is wrong with it before anything is opened
    load_plan(plan_name, minutes, data_dir=home.data_dir)
    origin = options.source or ("demo" if demo else "webcam")
    with Store.open(home.make_data_dir()) as store:
        program = prepare(
            home, store, plan_name, minutes, simulated=origin == SIMULATED, loosen=loosen or False
        )
        spoken = [*(exercise.name for exercise in program.exercises), JAW]
        spoken += [CHECK_IN] if program.occasion.check_in_due else []
        with open_devices(
            options,
            home,
            book,
            origin=origin,
            spoken=spoken,
            memories=program.memories.prompts,
            unseen=dose_texts(program.plan.steps, program.exercises, book),
            seed=seed,
        ) as devices:
            if loosen is None and _wants_jaw_release(program.plan, devices, book):
                program = prepare(home, store, plan_name, minutes, simulated=False, loosen=True)
            if devices.by_ear:
                book = book.for_ears()
            run = SessionRun(home, book, store, devices, program, typed(options, CHECK_IN_COMMAND))
            return run.lead(record, to_error=options.events == STANDARD_OUTPUT)


def _wants_jaw_release(plan: Plan, devices: Devices, book: PhraseBook) -> bool:
    """Offer the jaw release before a plan that lacks it, where somebody sits at the window."""
    if loosens(plan) or not devices.live:
        return False
    from coach.shell.window.prompt import PersonQuit, Question, WindowAsker

    options = (("1", book.text(OFFER, "yes")), ("2", book.text(OFFER, "no")))
    asked = book.fill(Cue(0.0, CueKind.INSTRUCTION, "loosen_first"))
    question = Question(asked.text, options=options, default="2", patience_s=OFFER_S)

    def picture(passed_s: float) -> Frame | None:
        del passed_s
        got = devices.source.read()
        return got if isinstance(got, Frame) else None

    devices.voice.say(asked)  # not everybody looks at the window when something is asked
    try:
        return WindowAsker(devices.display).ask(question, picture) == "1"
    except PersonQuit:
        return False  # the window is closed: the session's own loop ends it
    finally:
        devices.voice.stop()


@dataclass(frozen=True, slots=True)
class SessionRun:
    """One session on open devices. `check_in`: the command for a check-in."""

    home: Home
    book: PhraseBook
    store: Store
    devices: Devices
    program: Program
    check_in: str = CHECK_IN_COMMAND

    def lead(self, record: Style | None, *, to_error: bool) -> int:
        """Lead through the session, keep and say its outcome; return the exit status.

        Parameters
        ----------
        record
            How to film it, None for not at all.
        to_error
            Standard output belongs to the event log.
        """
        session_id = self.store.begin_session(
            self.program.plan.name,
            self.devices.source.name,
            datetime.now().astimezone(),
            settings_json=self.home.settings.model_dump_json(),
        )
        recording = None if record is None else self._recording(record, session_id)
        try:
            session = self._session(recording)
            watch = None if self.program.own_range is None else _range_watch(self.program.own_range)
            farewell = self._farewell(session, session_id)
            loop = self._loop(session, session_id, recording, watch, farewell)
            try:
                reason = loop.lead()
            except SourceError:
                if not session.frames:  # without a single picture, leave no session in the history
                    _take_out(self.store, session_id)
                raise
            names = [step.exercise for step in session.plan.steps]
            lines = session.tally.lines(names, self.book, session.plan_run.active_s)
            if reason == "finished":
                lines += tuple(("", line) for line in told(farewell.card, self.book))
            saved = _say_goodbye(lines, self.store, self.book, to_error=to_error)
            _keep(self.home, watch, recording, self.book, to_error=to_error)
            if reason == "finished":
                self._leave(loop, farewell)
        finally:
            if recording is not None:
                recording.close()
        if loop.interrupted:
            return INTERRUPTED
        return 0 if saved else StoreError.exit_status

    def _leave(self, loop: Loop, farewell: Farewell) -> None:
        """Say what the card would show, if nobody sees it, and ask how it was."""
        devices, rate = self.devices, self.home.settings.voice.rate * self.book.pace
        if devices.by_ear:
            card = told(farewell.card, self.book, alone=True)
            loop.tell(aloud([("", line) for line in card], self.book), rate)
            if is_live(devices.source) and isinstance(devices.display, TerminalKeys):
                loop.leave(ANSWER_S)
                if advice := farewell.card.advice:
                    click.echo(advice)
                    loop.tell([advice], rate)
        elif not devices.windowless:
            simulated = devices.source.name == SIMULATED
            stays = DEMO_LINGER_S if simulated else math.inf if is_live(devices.source) else LINGER_S
            loop.leave(stays)

    def _farewell(self, session: Session, session_id: str) -> Farewell:
        due = self.check_in if self.program.occasion.check_in_due else ""
        stays = not self.devices.windowless
        return Farewell(self.store, session_id, session.tally, self.book, due, stays=stays)

    def _recording(self, style: Style, session_id: str) -> Recording:
        from coach.shell.recording.film import Recording
        from coach.shell.recording.film_folders import new_folder

        folder = new_folder(self.home.data_dir, datetime.now().astimezone())
        return Recording(folder, style, self.book, session=session_id, wait=not self.devices.real)

    def _session(self, recording: Recording | None) -> Session:
        program = self.program
        make: Callable[..., Session] = Session if recording is None else partial(TapedSession, recording)
        return make(
            program.plan,
            program.exercises,
            self.book,
            self.home.settings,
            source=self.devices.source.name,
            own_range=program.own_range,
            memories=program.memories.prompts,
            safety=program.first,
            coaching=program.coaching,
            by_ear=self.devices.by_ear,
            occasion=program.occasion,
        )

    def _loop(
        self,
        session: Session,
        session_id: str,
        recording: Recording | None,
        watch: RangeWatch | None,
        farewell: Farewell,
    ) -> Loop:
        devices, plan = self.devices, self.program.plan
        memory_ids = [memory.id for memory in self.program.memories.items]
        recorder = Recorder(self.store, session_id, devices.log, memory_ids)
        return Loop(
            session,
            devices,
            recorder,
            notices=[notice for notice in [self.store.notice] if notice],
            help_lines=Labels.from_book(self.book).keys_help(),
            demonstration=None if devices.windowless else _demonstration(plan),
            recording=recording,
            range_watch=watch,
            farewell=farewell,
            ahead=devices.live,
        )


def _take_out(store: Store, session_id: str) -> None:
    from coach.shell.archive.forget import take_out

    take_out(store, session_id)


def _range_watch(own_range: OwnRange) -> RangeWatch:
    from coach.calibration.range_update import RangeWatch
    from coach.shell.app.calibrate import load_calibration_spec

    return RangeWatch(own_range, load_calibration_spec())


def _keep(
    home: Home, watch: RangeWatch | None, recording: Recording | None, book: PhraseBook, *, to_error: bool
) -> None:
    """Widen the person's own range by what the session showed, and finish the film."""
    from coach.shell.profile.range_file import widen_own_range

    if watch is not None:
        widen_own_range(home.data_dir, watch, datetime.now().astimezone().date())
    if recording is not None:
        click.echo(book.notice(recording.close()), err=to_error)


def _demonstration(plan: Plan) -> Demonstration:
    from coach.shell.drawn_face.demonstration import Demonstration

    return Demonstration(step.exercise for step in plan.steps)


def _say_goodbye(lines: Sequence[tuple[str, str]], store: Store, book: PhraseBook, *, to_error: bool) -> bool:
    """Say what was done; return whether all of it is on the disk."""
    words = ProgressWords(book)
    for label, value in lines:
        click.echo(words.line(label, value) if label else value, err=to_error)
    saved = not store.waiting or store.retry()
    if not saved:
        unsaved = Notice(
            "{path}: the end of this session could not be saved; {remedy}",
            path=str(store.path),
            remedy=store.remedy,
        )
        click.echo(book.notice(unsaved), err=True)
    return saved
