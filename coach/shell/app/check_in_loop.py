"""The check-in at the camera: pictures when all is in order, scores from their medians, into the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from coach.check_in import machine as check_in
from coach.check_in.capture_gate import FacePlacement, Fix, GateSample, observe, placement
from coach.check_in.machine import CheckIn, CheckInSpec, PhotoRequest, Pose
from coach.check_in.photo_measures import baseline_of
from coach.check_in.scores import Scores
from coach.coaching.cues import Cue
from coach.coaching.screen import Screen
from coach.errors import StoreError
from coach.face.framing import Framing
from coach.shell.app.check_in_record import (
    Ghost,
    Taken,
    blended,
    details_of,
    numbers,
    outline,
    previous,
    scored,
)
from coach.shell.capture.source import Signal, Source
from coach.shell.detection.landmarker import Landmarker
from coach.shell.detection.photo_file import keep_photo
from coach.shell.detection.stills import Stills
from coach.shell.profile.toml_files import config_dir, read_toml, validated
from coach.shell.store.store import Store
from coach.shell.window.display import Command, Display
from coach.types import FaceObservation, Frame

Words: TypeAlias = Callable[[str, str], str]
"""A section of the language file and a key give the text."""

SECTION = "check_in"
SPOKEN = (
    "check_neutral", "check_natural", "check_biggest", "check_jaw", "check_relax", "check_done",
    "eye_level", "relax",
)  # fmt: skip
FIX_AFTER_S = 1.2  # something is out of order this long before it is said
FIX_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class CheckInResult:
    """What came of a check-in.

    `faces`: the median scores by face, e.g. `biggest`; those left out are missing. `numbers`: what
    went into the history, by name; `sem` beside it. `id`: of the history's row, empty if nothing was
    kept. `photo`: the neutral photo's path inside the data folder, or empty. `finished`: all pictures
    were taken. `problem`: why something was not saved. `interrupted`: Ctrl-C broke it off.
    """

    faces: dict[Pose, Scores]
    numbers: dict[str, float]
    sem: dict[str, float]
    id: str = ""
    photo: str = ""
    finished: bool = False
    problem: str = ""
    interrupted: bool = False
    frames: int = 0


def load_check_in() -> CheckInSpec:
    """Return `config/check_in.toml`.

    Raises
    ------
    UsageError
        The file is unreadable or wrong.
    """
    path = config_dir() / "check_in.toml"
    return validated(CheckInSpec, read_toml(path), str(path))


def run_check_in(
    source: Source,
    landmarker: Landmarker,
    display: Display,
    say: Callable[[str], None] | None,
    store: Store | None,
    data_dir: Path,
    spec: CheckInSpec,
    words: Words,
    *,
    keep_photos: bool,
    clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
) -> CheckInResult:
    """Lead through one check-in.

    Parameters
    ----------
    source
        A source that hears (the simulated person) is told every cue.
    landmarker
        Used for the live picture and for the stills.
    say
        Speaks a text, or None for silence; everything said is shown as well.
    store
        Where the scores are kept, or None.
    data_dir
        Kept photos go into `photos` in it.
    spec
        See `load_check_in`.
    keep_photos
        Whether the person has said yes to keeping the photos.
    clock
        Gives the date.

    Returns
    -------
    CheckInResult
        Also when it was broken off: without scores then, and nothing is kept.
    """
    loop = _Loop(source, landmarker, display, say, spec, words, previous(store, data_dir, source.name))
    try:
        finished = loop.run()
    except KeyboardInterrupt:
        return CheckInResult({}, {}, {}, interrupted=True, frames=loop.frames)
    taken = loop.taken
    faces = scored(taken.pictures) if finished else {}
    values, errors = numbers(faces, taken.pictures)
    result = CheckInResult(faces, values, errors, finished=finished, frames=loop.frames)
    if not values:
        return result
    try:
        if keep_photos:
            paths = [keep_photo(data_dir, image, clock(), name) for name, image in taken.images]
            result = replace(result, photo=paths[0])
        if store is not None:
            details = details_of(taken, faces)
            kept = store.add_check_in(
                clock(), values, sem=errors, details=details, photo=result.photo, source=source.name
            )
            result = replace(result, id=kept)
    except StoreError as error:
        return replace(result, problem=str(error))
    return result


class _Loop:
    """One check-in's frames."""

    def __init__(
        self,
        source: Source,
        landmarker: Landmarker,
        display: Display,
        say: Callable[[str], None] | None,
        spec: CheckInSpec,
        words: Words,
        before: tuple[FacePlacement | None, Ghost | None],
    ) -> None:
        self.taken = Taken()
        self.frames = 0
        self._source, self._landmarker, self._display = source, landmarker, display
        self._say, self._spec, self._words = say, spec, words
        self._like, self._ghost = before
        self._stills = Stills(landmarker)
        self._state = CheckIn(spec.takes)
        self._caption = ""
        self._wrong: tuple[Fix, float] | None = None
        self._fix_said = float("-inf")

    def run(self) -> bool:
        """Go through the frames; return whether all pictures were taken."""
        while self._state.phase != "done":
            frame = self._source.read()
            if frame is Signal.ENDED:
                return False
            if isinstance(frame, Frame):
                commands = self._frame(frame)
            else:
                lost = self._words("session", "camera_lost") if frame is Signal.LOST else ""
                commands = self._display.show(None, None, replace(self._screen(None), paused=lost))
            if Command.QUIT in commands:
                return False
            if Command.NEXT in commands:
                self._state = check_in.skip(self._state, self._source.now())
        return True

    def _frame(self, frame: Frame) -> Sequence[Command]:
        self.frames += 1
        observation = self._landmarker.detect(frame)
        sample = observe(
            observation,
            frame.t,
            self._spec.limits,
            self._spec.face,
            neutral=self.taken.neutral,
            like=self.taken.placed or self._like,
            posing=self._state.phase == "posing",
            jaw=self._state.pose == "jaw",
        )
        self._state, actions = check_in.step(self._state, sample, self._spec)
        for action in actions:
            if isinstance(action, Cue):
                self._tell(action)
            else:
                self._shoot(frame, observation, action)
        self._speak_of(sample)
        return self._display.show(self._blended(frame), observation, self._screen(self._state.fix))

    def _tell(self, cue: Cue) -> None:
        self._caption = self._words(SECTION, cue.key)
        if self._say is not None:
            self._say(self._caption)
        hear = getattr(self._source, "hear", None)
        if hear is not None:
            hear(replace(cue, text=self._caption))

    def _shoot(self, frame: Frame, observation: FaceObservation | None, shot: PhotoRequest) -> None:
        """Keep the picture if the face can be read in it; otherwise the next good frame is tried."""
        picture = self._stills.read(frame.image)
        if picture is None:
            return
        taken = self.taken
        taken.pictures.setdefault(shot.pose, []).append(picture)
        if shot.take == 0:
            taken.images.append((shot.pose, frame.image.copy()))
        if taken.neutral is None and observation is not None:
            taken.neutral = baseline_of(observation)
            taken.placed, taken.outline = placement(observation), outline(observation)
        self._state, cues = check_in.taken(self._state, frame.t)
        for cue in cues:
            if isinstance(cue, Cue):
                self._tell(cue)

    def _speak_of(self, sample: GateSample) -> None:
        """Say what is out of order, if it lasts, and not too often."""
        if sample.fix is None or self._wrong is None or self._wrong[0] != sample.fix:
            self._wrong = None if sample.fix is None else (sample.fix, sample.t)
            return
        if sample.t - self._wrong[1] >= FIX_AFTER_S and sample.t - self._fix_said >= FIX_EVERY_S:
            self._fix_said = sample.t
            self._caption = self._words(SECTION, sample.fix)
            if self._say is not None:
                self._say(self._caption)

    def _blended(self, frame: Frame) -> Frame:
        """Return the frame with the earlier picture faintly in it, to line up with."""
        if self._ghost is None or self._state.phase != "line_up":
            return frame
        return Frame(frame.t, blended(frame.image, self._ghost))

    def _screen(self, fix: Fix | None) -> Screen:
        state = self._state
        own: dict[Fix, Framing] = {"eye_level": "turn_to_me", "relax": "good"}
        framing: Framing = "good" if fix is None else own.get(fix, fix)  # type: ignore[arg-type]
        return Screen(
            phase="rising" if state.phase == "posing" else "ready",
            title=self._words(SECTION, "title"),
            instruction=self._words(SECTION, f"check_{state.pose}"),
            count=state.take,
            target=self._spec.takes,
            framing=framing,
            fix="" if fix is None else self._words(SECTION, fix),
            caption=self._caption,
            progress=state.progress,
        )
