"""One smile: at rest, smiling, at rest again; then a card that says what was in it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from coach.__main__ import run
from coach.check_in.photo_measures import StillPicture, StillView
from coach.check_in.score_lines import range_lines, score_lines
from coach.check_in.scores import Scores
from coach.check_in.smile_card import SmileFinding, card_lines, changed, found
from coach.check_in.smile_flow import SmileFlow
from coach.coaching.screen import PhotoCard, Screen
from coach.events import Smile
from coach.exercise.held_smile import SmileSpec
from coach.face.baseline import OwnRange
from coach.progress.clinical_report import clinical_report
from coach.progress.summary import summary_lines, type_sentence
from coach.progress.words import ProgressWords
from coach.shell.app.check_in import load_check_in, run_check_in
from coach.shell.app.devices import Devices
from coach.shell.app.loop import Loop
from coach.shell.app.smile import SmileFilm
from coach.shell.capture.simulated_person import SimulatedPerson, load_person
from coach.shell.command_line.cli import cli
from coach.shell.detection.landmarker import Landmarker
from coach.shell.detection.stills import Stills
from coach.shell.drawn_face.face import draw, grain
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.neutral_file import FILE, keep_neutral, read_neutral
from coach.shell.profile.range_file import write_own_range
from coach.shell.profile.smiles_file import add_smile, last_smile
from coach.shell.profile.toml_files import load_settings
from coach.shell.recording.film_writer import FilmWriter
from coach.shell.report.progress_page import progress_page
from coach.shell.sound.voice import SilentVoice
from coach.shell.store.store import Store
from coach.shell.window.display import Command, NoDisplay
from coach.shell.window.overlays import card_picture
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral, FaceObservation, Frame

FPS = 20.0
STEPS = 8  # faces from rest to the full smile
TODAY = date(2026, 3, 1)
NUMBERS = {"smile": 62.0, "mouth_curve": 70.0, "eye_engagement": 80.0, "excursion_left_mm": 12.34}
ERRORS = {"smile": 1.4, "mouth_curve": 1.4, "eye_engagement": 7.0, "excursion_left_mm": 0.5}
FINDING = SmileFinding(TODAY, NUMBERS, ERRORS, "eyes_engaged", "left", 0.16)
WORDS = ProgressWords(load_phrase_book("en"))


@pytest.fixture(scope="module")
def rising(model_path: Path) -> list[FaceObservation]:
    """Return a drawn face from rest to its full smile, the left corner half a step ahead."""
    faces = []
    with Landmarker(model_path) as landmarker:
        for step in range(STEPS + 1):
            right = 0.9 * max(step - 2.5, 0) / (STEPS - 2.5)
            smile = Bilateral(0.9 * step / STEPS, right)
            picture = grain(draw(FacePose(smile=smile)), 1)
            for n in range(3):
                seen = landmarker.detect(Frame(step + n * 0.1, picture))
            assert seen is not None
            faces.append(seen)
    return faces


@dataclass
class Filmed:
    """A person who smiles when asked to, and lets go when thanked; every picture turns out well."""

    faces: list[FaceObservation]
    flow: SmileFlow = field(
        default_factory=lambda: SmileFlow(
            load_check_in(), load_phrase_book("en"), load_settings(None), source="test"
        )
    )
    said: list[str] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    t: float = 0.0
    level: int = 0
    frames_a_step: int = 3

    def to_the_end(self) -> Filmed:
        ended, wanted = False, 0
        while not ended:
            assert self.t < 25, "it takes too long"
            if round(self.t * FPS) % self.frames_a_step == 0:
                self.level += int(np.sign(wanted - self.level))
            face = replace(self.faces[self.level], t=self.t)
            output = self.flow.process(self.t, face)
            if output.take:
                self.photos.append(self.flow.state.pose)
                self.flow.taken(face)
            if output.say is not None:
                self.said.append(output.say.key)
                wanted = STEPS if output.say.key == "check_biggest" else 0
            ended = output.ended
            self.t += 1 / FPS
        return self

    def smile(self) -> Smile | None:
        spec = load_exercise("symmetry_drill").spec
        assert isinstance(spec, SmileSpec)
        return self.flow.smile(spec.even)


def test_one_smile_is_asked_for_once_photographed_for_seconds_and_let_go(
    rising: list[FaceObservation],
) -> None:
    """Rest, best smile, rest: within twenty seconds, and nobody has to smile three times for it."""
    filmed = Filmed(rising).to_the_end()
    assert filmed.photos == ["neutral"] * 9 + ["biggest"] * 9
    assert filmed.said == ["check_neutral", "check_biggest", "check_relax"]
    assert filmed.level == 0
    assert filmed.t < 20


def test_a_smile_that_goes_slowly_is_filmed_until_it_has_gone(rising: list[FaceObservation]) -> None:
    """Rest belongs to it: nobody is cut off in the middle of a smile."""
    assert Filmed(rising, frames_a_step=9).to_the_end().level <= 2


def test_the_side_that_rises_first_is_found_in_the_moving_smile(rising: list[FaceObservation]) -> None:
    """Photos cannot tell; the film can."""
    smile = Filmed(rising).to_the_end().smile()
    assert smile is not None
    assert smile.first_side == "left"


def test_no_side_is_named_before_there_was_a_smile(rising: list[FaceObservation]) -> None:
    """Without a smile, which side was first is not known and not guessed."""
    assert Filmed(rising).smile() is None


def test_the_card_says_score_error_type_eyes_sides_and_first_side() -> None:
    """Everything on one card, in plain words; what was not measured is left out."""
    lines = dict(card_lines(FINDING, None, WORDS))
    assert lines == {
        "Smile score": "62 ± 1",
        "Type": "eyes engaged",
        "Mouth curve": "70 ± 1",
        "Your eyes": "joined in fully",
        "Left corner": "12.3 ± 0.5 mm",
        "First side": "left, by 0.16 s",
    }
    assert found(FINDING, WORDS) == "A smile with your eyes in it"


def test_all_four_scores_and_both_sides_are_on_the_card() -> None:
    """Each with its uncertainty."""
    names = ("mouth_curve", "cheek_lift", "eye_squint", "symmetry", "excursion_left_mm", "excursion_right_mm")
    whole = replace(FINDING, numbers=dict.fromkeys(names, 9.0), sem=dict.fromkeys(names, 2.0))
    lines = dict(card_lines(whole, None, WORDS))
    for label in ("Mouth curve", "Cheek lift", "Eye squint", "Symmetry"):
        assert lines[label] == "9 ± 2"
    for label in ("Left corner", "Right corner"):
        assert lines[label] == "9.0 ± 2.0 mm"


def test_the_photo_stands_on_the_card() -> None:
    """As in a mirror: what is at the left of the picture is at the right of the photo's place."""
    photo = np.zeros((480, 640, 3), np.uint8)
    photo[:, :320] = (0, 0, 255)
    card = card_picture(PhotoCard(photo, "Your smile", "A smile", ()))
    red = (card == (0, 0, 255)).all(axis=2).any(axis=0).nonzero()[0]
    assert red.size > 100
    assert card.shape[1] * 0.2 < red.min()
    assert red.max() < card.shape[1] * 0.5


@pytest.mark.parametrize(
    ("smile", "said"),
    [(58.5, "+4, no more than chance"), (50.0, "+12, more than chance"), (70.0, "-8, more than chance")],
)
def test_the_difference_to_last_time_is_named_with_what_chance_explains(smile: float, said: str) -> None:
    """Two values with an error of 1.4 each differ by up to 3.9 by chance."""
    before = replace(FINDING, day=date(2026, 2, 15), numbers={**NUMBERS, "smile": smile})
    lines = dict(card_lines(FINDING, before, WORDS))
    expected = "more than chance" in said and "no more" not in said
    assert changed(FINDING, before, "smile") == (62.0 - smile, expected)
    assert lines["Since 15 February"] == said


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_the_card_is_written_in_the_persons_language(language: str) -> None:
    """No English word is left on it, whatever the type."""
    words = ProgressWords(load_phrase_book(language))
    kinds = ("none", "eyes_engaged", "mouth_only", "closed", "one_sided", None)
    english = {found(replace(FINDING, kind=kind), WORDS) for kind in kinds}
    assert english.isdisjoint(found(replace(FINDING, kind=kind), words) for kind in kinds)
    assert not set(card_lines(FINDING, None, words)) & set(card_lines(FINDING, None, WORDS))


def test_a_smile_is_compared_with_the_same_persons_last(tmp_path: Path) -> None:
    """The simulated person's smiles and one's own are never compared with each other."""
    add_smile(tmp_path, FINDING, "webcam:0")
    add_smile(tmp_path, replace(FINDING, kind="none"), "demo")
    last = last_smile(tmp_path, "webcam:1")
    assert last == FINDING
    (tmp_path / "smiles" / "smiles.json").write_text("{", encoding="utf-8")
    assert last_smile(tmp_path, "webcam:0") is None
    add_smile(tmp_path, FINDING, "webcam:0")
    assert (tmp_path / "smiles" / "smiles.bad.json").read_text(encoding="utf-8") == "{"


def test_the_face_at_rest_is_kept_without_a_picture_and_read_back_exactly(
    tmp_path: Path, rising: list[FaceObservation]
) -> None:
    """Its landmarks are enough to score a photo later; the simulated person's never replace one's own."""
    face = rising[0]
    picture = StillPicture(face, (StillView(face), StillView(face, mirrored=True)))
    keep_neutral(tmp_path, [picture, picture], TODAY, "webcam:0")
    keep_neutral(tmp_path, [picture], date(2026, 3, 9), "demo")
    kept = read_neutral(tmp_path)
    assert kept is not None
    pictures, day = kept
    assert day == TODAY
    assert len(pictures) == 2
    assert [view.mirrored for view in pictures[0].views] == [False, True]
    assert np.array_equal(pictures[1].views[1].observation.landmarks, face.landmarks)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:500])
    assert read_neutral(tmp_path) is None


def test_a_photo_is_held_against_the_own_best() -> None:
    """A mouth curve of 80 is a pull of 0.128: nine tenths of a range that goes to 0.142."""
    scores = Scores(relative=True, mouth_curve=80.0, jaw_openness=0.0, cheek_lift=50.0)
    own = OwnRange(cheek=0.03, smile=0.142, jaw=0.3)
    assert range_lines(scores, own, WORDS) == [
        "of your own best smile: 90%",
        "of your own best cheek raise: 50%",
    ]
    assert range_lines(replace(scores, relative=False), own, WORDS) == []
    assert range_lines(scores, None, WORDS) == []


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_a_photos_scores_are_told_in_the_persons_language(language: str) -> None:
    """Every line but those that are alike in both: numbers, type, millimetres, and what is uncertain."""
    own = OwnRange(cheek=0.03, smile=0.142, jaw=0.3)
    whole = Scores(
        relative=True,
        mouth_curve=80.0,
        jaw_openness=3.0,
        cheek_lift=50.0,
        type="mouth_only",
        excursion_mm=Bilateral(12.3, 11.8),
        excursion_sd_mm=Bilateral(0.5, 0.5),
        mouth_width_mm=52.0,
        eye_opening_mm=Bilateral(9.5, 9.6),
        eyes_closed=True,
        turn_deg=25.0,
    )
    words = ProgressWords(load_phrase_book(language))
    for scores in (whole, replace(whole, relative=False)):
        english = [*score_lines(scores, WORDS), *range_lines(scores, own, WORDS)]
        told = [*score_lines(scores, words), *range_lines(scores, own, words)]
        assert len(told) == len(english) > 14
        assert not set(told) & set(english)
        assert not [line for line in told if "{" in line]


def test_a_photo_alone_on_the_command_line_names_its_type_by_the_kept_face_at_rest(
    tmp_path: Path, model_path: Path, rising: list[FaceObservation]
) -> None:
    """Once a check-in has kept the face at rest, a photo needs no second one; --alone leaves it out."""
    del rising
    with Landmarker(model_path) as landmarker:
        rest = Stills(landmarker).read(draw(FacePose()))
    assert rest is not None
    keep_neutral(tmp_path, [rest], TODAY, "webcam:0")
    photo = tmp_path / "smile.png"
    cv2.imwrite(str(photo), draw(FacePose(smile=Bilateral(0.9, 0.9), cheek=Bilateral(0.8, 0.8))))
    arguments = ["score", str(photo), "--data-dir", str(tmp_path)]
    said = CliRunner().invoke(cli, arguments).output
    assert "type: eyes engaged" in said
    assert "at rest from 1 March 2026" in said
    assert "of your own best smile" not in said
    own = OwnRange(cheek=0.03, smile=0.142, jaw=0.3)
    write_own_range(tmp_path, own, on=TODAY, source="webcam:0", measured=("cheek", "smile", "jaw"))
    assert "of your own best smile: " in CliRunner().invoke(cli, arguments).output
    assert "type:" not in CliRunner().invoke(cli, [*arguments, "--alone"]).output
    assert "Art: Augen dabei" in CliRunner().invoke(cli, [*arguments, "--language", "de"]).output


def test_the_type_stands_in_the_progress_from_the_first_check_in_on(tmp_path: Path) -> None:
    """A check-in whose smile had no eyes in it, and a later one with them."""
    with Store.open(tmp_path) as store:
        for month, kind in ((1, "mouth_only"), (2, "eyes_engaged"), (3, None)):
            at = datetime(2026, month, 1, 8, tzinfo=UTC)
            store.add_check_in(at, {"smile": 50.0}, details={"faces": {"biggest": {"type": kind}}})
        history = store.history()
    assert [one.kind for one in history.types] == ["mouth_only", "eyes_engaged"]
    assert type_sentence(history, WORDS) == "Type of your biggest smile: eyes engaged, at first mouth only"
    assert type_sentence(history, WORDS) in summary_lines(history, TODAY, WORDS)
    assert "eyes engaged, at first mouth only" in progress_page(history, TODAY, WORDS)
    report = clinical_report(history, TODAY, WORDS, version="1", models=[])
    assert type_sentence(history, WORDS) in report.sentences


class SmilesOnly(NoDisplay):
    """Somebody who leaves out the faces of a check-in that `smile` does not ask for."""

    def show(self, frame: object, observation: object, screen: Screen) -> tuple[Command, ...]:
        natural, jaw = 0.25 <= screen.progress < 0.5, 0.75 <= screen.progress < 1.0  # of four faces
        return (Command.NEXT,) if natural or jaw else ()


def test_the_simulated_person_films_a_smile_that_scores_like_a_check_in(
    tmp_path: Path, model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the command to the card: film and card are kept; the scores are a check-in's within 3 points.

    All this on a file system that keeps no permissions.
    """

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chmod", refuse)
    fewer = partial(SimulatedPerson, fps=6.0, size=(480, 360))  # fewer and smaller pictures show the same
    monkeypatch.setattr("coach.shell.capture.simulated_person.SimulatedPerson", fewer)
    shown: list[Screen] = []
    monkeypatch.setattr(Loop, "linger", lambda _, __, screen: shown.append(screen))
    add_smile(tmp_path, FINDING, "demo")
    arguments = ["smile", "--source", "demo", "--no-window", "--no-voice", "--keep", "--language", "en"]
    result = CliRunner().invoke(cli, [*arguments, "--data-dir", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "Type: eyes engaged" in result.output, result.output
    assert "First side: both together" in result.output
    assert "Since 1 March: " in result.output
    [screen] = shown
    assert screen.card is not None
    assert ("Type", "eyes engaged") in screen.card.lines
    kept = last_smile(tmp_path, "demo")
    assert kept is not None
    assert sorted(path.suffix for path in (tmp_path / "smiles").iterdir()) == [".json", ".mp4", ".png"]
    assert (tmp_path / FILE).is_file(), "photos are scored against this face at rest"
    with Landmarker(model_path) as landmarker:
        person = fewer(load_person(), realtime=False)
        devices = Devices(person, landmarker, SmilesOnly(), SilentVoice(), load_phrase_book("en"))
        book, settings, spec = load_phrase_book("en"), load_settings(None), load_check_in()
        checked = run_check_in(devices, settings, book, spec, None, tmp_path, keep_photos=False).numbers
    assert checked.keys() >= {"smile", "excursion_left_mm"}
    assert "jaw_openness" not in checked
    for name in ("mouth_curve", "cheek_lift", "eye_squint", "symmetry", "smile"):
        assert kept.numbers[name] == pytest.approx(checked[name], abs=3.0), name


def test_a_film_that_ends_before_a_smile_leaves_nothing(
    tmp_path: Path, film: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    """Nobody was told of it, and nothing in it was measured."""
    place = ["--data-dir", str(tmp_path / "data")]
    assert run(["smile", "--keep", "--source", str(film()), "--no-window", "--no-voice", *place]) == 1
    said = capfd.readouterr().err
    assert "before a smile was measured, so nothing was kept; give a film of about 15 s" in said
    assert ".mp4: ended after " in said
    assert not list((tmp_path / "data" / "smiles").iterdir())


def test_a_film_that_cannot_be_finished_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would end in the middle of the smile, and take what little room there is."""
    film = SmileFilm(tmp_path / "smile.mp4")
    for n in range(4):
        film.frame(n / 10, Frame(n / 10, draw(FacePose(), (64, 48))), None, Screen("rest"))
    assert film.path.is_file()

    def full(self: FilmWriter) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FilmWriter, "close", full)
    film.close()
    assert "free some space" in film.problem
    assert not list(tmp_path.iterdir())


def test_a_film_that_ends_because_the_disk_fills_up_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part before that shows no whole smile."""
    monkeypatch.setattr("coach.shell.recording.film_writer.CHECK_EVERY", 2)
    film = SmileFilm(tmp_path / "smile.mp4")
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    for n in range(4):
        film.frame(n / 10, Frame(n / 10, draw(FacePose(), (64, 48))), None, Screen("rest"))
    film.close()
    assert film.problem == "film: not kept, since the disk is nearly full; free some space"
    assert not list(tmp_path.iterdir())


def test_the_card_that_stays_in_the_window_leaves_the_film_alone(tmp_path: Path) -> None:
    """The camera goes on under it: a film that was kept is not said to be lost."""
    film = SmileFilm(tmp_path / "smile.mp4")
    pictures = [Frame(n / 10, draw(FacePose(), (64, 48))) for n in range(4)]
    film.frame(0.0, pictures[0], None, Screen("rest"))
    film.close()
    size = film.path.stat().st_size
    for picture in pictures[1:]:
        film.frame(picture.t, picture, None, Screen("summary"))
    assert film.problem == ""
    assert film.path.stat().st_size == size


def test_a_nearly_full_disk_is_named_before_anybody_smiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Only where something is to be kept: a smile alone takes no room worth speaking of."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=3_000_000))
    monkeypatch.setattr("coach.shell.app.smile.open_devices", lambda *_, **__: pytest.fail("camera on"))
    assert run(["smile", "--keep", "--data-dir", str(tmp_path), "--source", "demo", "--no-window"]) == 1
    said = capfd.readouterr().err
    assert "3.0 MB free, 200 MB wanted to film a smile; free some space, or leave out --keep" in said


def test_a_full_disk_ends_the_film_and_not_the_smile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is said once, when the card is."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    film = SmileFilm(tmp_path / "smile.mp4")
    for part in ("put", "close"):
        monkeypatch.setattr(FilmWriter, part, full)
    film.frame(0.0, Frame(0.0, draw(FacePose())), None, Screen("rest"))
    film.close()
    assert film.problem == "film: cannot be written to its end (No space left on device); free some space"
