"""The `analyze` command: counting and timing a recording as fast as the machine can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self, TextIO

import click

from coach import __version__
from coach.errors import CoachError, SourceError, UsageError
from coach.events import EndReason, Event, SessionEnd, SessionStart
from coach.exercise.protocol import AnyExercise, Cued
from coach.face.baseline import OwnRange
from coach.session.analysis import Analysed, Analysis
from coach.session.film_description import EXERCISES, EveryMovement, described
from coach.shell.capture.source import Signal
from coach.shell.capture.video_file import VideoFile
from coach.shell.detection.film_survey import FollowedFace, all_black, survey
from coach.shell.detection.landmarker import MIRROR_EVERY_S, Landmarker
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.profile.toml_files import load_coaching
from coach.shell.report.feature_table import FeatureTable
from coach.shell.store.event_log import EventLog
from coach.shell.system.output_file import STANDARD_OUTPUT
from coach.shell.system.terminal import many, shown


@dataclass(frozen=True, slots=True)
class Request:
    """A request to `analyze`; `neutral` and `cues` in seconds of the video.

    `exercise`: None for a description of every movement. `neutral`: None if it is to be looked for.
    """

    video: Path
    exercise: str | None = None
    neutral: tuple[float, float] | None = None
    cues: tuple[float, ...] = ()
    hold_s: float | None = None
    events: str | None = None
    features: Path | None = None
    plot: Path | None = None
    own_range: OwnRange | None = None


class Counted(NamedTuple):
    """The result: all events, as they were written, and one line for each file that could not be written."""

    events: list[Event]
    problems: list[str]


def analyze(request: Request, model: Path, *, progress: bool) -> Counted:
    """Count one recording.

    Parameters
    ----------
    request
        What to count and what to write.
    model
        The landmarker's model file.
    progress
        Show a progress bar on standard error.

    Raises
    ------
    SourceError
        The video cannot be read, has no pictures or no face.
    UsageError
        The exercise is unknown, or `neutral` lies outside the clip.
    """
    exercise = _exercise(request)
    if request.plot is not None:
        from coach.shell.report.analysis_plot import check_plot

        check_plot(request.plot)
    VideoFile(request.video).close()  # a file that is no film is refused before the model is read
    presence = load_coaching().presence
    analysis = Analysis(exercise, request.neutral, request.cues, request.own_range, presence)
    with ExitStack() as stack:
        landmarker = stack.enter_context(Landmarker(model, MIRROR_EVERY_S))
        film = survey(request.video, landmarker)
        for note in film.notes:
            click.echo(f"{shown(request.video)}: {note}", err=True)
        video = VideoFile(request.video, turn=film.turn)
        stack.callback(video.close)
        keep = stack.enter_context(_Record(request))
        eye = FollowedFace(landmarker) if film.others else landmarker
        keep.events(SessionStart(t=0.0, plan=exercise.name, source=request.video.name, version=__version__))
        count, last = 0, 0.0
        reason: EndReason = "stopped"
        try:
            for count, (t, observation) in enumerate(_faces(video, eye, progress), start=1):  # noqa: B007
                keep.results(analysis.process(t, observation))
                last = t
            _check(request, analysis, count, last)
            keep.results(analysis.finish(last))
            reason = "source_ended"
        finally:  # whatever happened: the log's last line
            keep.events(_end(_names(exercise), analysis, count, last, reason))
    if not analysis.calibrated:
        click.echo(_no_neutral(request, analysis), err=True)
    if video.warning:
        click.echo(f"{shown(request.video)}: {video.warning}", err=True)
    problems = keep.problems
    if request.plot is not None:
        from coach.shell.report.analysis_plot import draw_analysis

        try:
            draw_analysis(request.plot, exercise, keep.frames, keep.kept)
        except CoachError as error:  # print the counts all the same
            problems.append(str(error))
    return Counted(keep.kept, problems)


def _names(exercise: AnyExercise) -> tuple[str, ...]:
    parts = exercise.exercises if isinstance(exercise, EveryMovement) else (exercise,)
    return tuple(part.name for part in parts)


def _no_neutral(request: Request, analysis: Analysis) -> str:
    """Say why nothing could be counted."""
    if request.neutral is None:
        return (
            f"{request.video}: a face in {many(analysis.faces, 'picture')} only, too few to know it at rest: "
            "nothing was counted; film for at least a second"
        )
    begin, end = request.neutral
    return (
        f"{request.video}: no face between {begin:g} and {end:g} s (--neutral), so nothing was counted; "
        "leave --neutral out to have the rest looked for"
    )


def _end(names: Sequence[str], analysis: Analysis, frames: int, last: float, reason: EndReason) -> SessionEnd:
    return SessionEnd(
        t=last,
        reps={name: analysis.reps[name] for name in names},
        attempts={name: analysis.attempts[name] for name in names},
        duration_s=last,
        frames=frames,
        fps=(frames - 1) / last if last > 0 else 0.0,
        reason=reason,
    )


class _Record:
    """Where results go: the event log, the table of features, and memory for the figure."""

    def __init__(self, request: Request) -> None:
        self.kept: list[Event] = []
        self.frames: list[Analysed] = []
        self._plot = request.plot is not None
        self._log = EventLog(request.events) if request.events else None
        self._to_file = request.events not in (None, STANDARD_OUTPUT)
        self._table = FeatureTable(request.features) if request.features else None

    def results(self, results: Iterator[Analysed]) -> None:
        """Keep frames and their events."""
        for result in results:
            self.events(*result.events)
            if self._table is not None:
                self._table.write(result)
            if self._plot:
                self.frames.append(result)

    def events(self, *events: Event) -> None:
        """Keep events."""
        for event in events:
            self.kept.append(event)
            if self._log is not None:
                self._log.write(event)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._log is not None:
            self._log.close()
        if self._table is not None:
            if kind is None:
                self._table.keep()
            self._table.close()

    @property
    def problems(self) -> list[str]:
        """Everything that could not be written, except to a reader that closes standard output early."""
        lost = self._table.problem if self._table is not None else ""
        if self._log is not None and self._to_file and self._log.problem:
            return [self._log.problem, *filter(None, [lost])]
        return [lost] if lost else []


def _exercise(request: Request) -> AnyExercise:
    """Return the analysis to feed the recording to.

    Raises
    ------
    UsageError
        Something was asked for that has no meaning for it.
    """
    if request.exercise is None:
        if request.hold_s is not None:
            raise UsageError("--hold-s: only with --exercise; a description has no hold target")
        if request.cues:
            raise UsageError("--cue-at: only with --exercise memory_anchor")
        return EveryMovement([load_exercise(name, described(name)) for name in EXERCISES])
    exercise = load_exercise(
        request.exercise, {} if request.hold_s is None else {"repetition": {"hold_s": request.hold_s}}
    )
    if isinstance(exercise, Cued) and not request.cues:
        raise UsageError(
            f"--exercise {exercise.name}: needs --cue-at S, the second at which the memory was cued "
            "(repeatable); --cue-at 0 if it was the film's beginning"
        )
    if isinstance(exercise, Cued) and request.hold_s is not None:
        raise UsageError(f"--hold-s: has no meaning for {exercise.name}, in which no hold is timed")
    if request.cues and not isinstance(exercise, Cued):
        raise UsageError(f"--cue-at: has no meaning for {exercise.name}; it belongs to memory_anchor")
    return exercise


def _faces(video: VideoFile, eye: Landmarker | FollowedFace, progress: bool) -> Iterator[tuple[float, Any]]:
    """Yield each frame's time and face."""
    length = round(video.duration_hint_s) if video.duration_hint_s else 0
    with click.progressbar(length=length, label=video.path.name, file=_bar_stream(progress), width=30) as bar:
        shown = 0
        while True:
            frame = video.read()
            if frame is Signal.ENDED:
                break
            if isinstance(frame, Signal):
                continue
            yield frame.t, eye.detect(frame)
            if int(frame.t) > shown:
                bar.update(int(frame.t) - shown)
                shown = int(frame.t)


def _bar_stream(progress: bool) -> TextIO:
    import io
    import sys

    return sys.stderr if progress and sys.stderr.isatty() else io.StringIO()


def _check(request: Request, analysis: Analysis, frames: int, last: float) -> None:
    begin, end = request.neutral or (0.0, 0.0)
    if frames == 0:
        raise SourceError(f"{request.video}: no picture could be read; is the recording complete?")
    late = [cue for cue in request.cues if cue > last]
    if late:
        raise UsageError(f"--cue-at {late[0]:g}: after the end of the film of {last:.1f} s")
    if begin >= last > 0:
        raise UsageError(
            f"--neutral {begin:g}:{end:g}: outside the clip of {last:.1f} s; choose seconds within it"
        )
    pictures = many(frames, "picture")
    if analysis.faces == 0 and all_black(request.video):
        raise SourceError(
            f"{request.video}: nothing but black in {pictures}; uncover the lens and film again"
        )
    if analysis.faces == 0:
        raise SourceError(
            f"{request.video}: no face in {pictures}; film the face from the front, in good light"
        )
