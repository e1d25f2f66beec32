"""Scores against what a drawn person does: each follows its own movement, and little else moves it."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np
import pytest
from measuring.takes import AGREEING, SMILE, check_in_takes, photo

from coach.check_in.photo_measures import PhotoComparison, StillPicture, compare
from coach.check_in.score_lines import score_lines
from coach.check_in.scores import (
    NUMBERS,
    Scores,
    middle_of,
    score,
    score_alone,
    sem,
    smile_score,
)
from coach.errors import CoachError
from coach.progress.words import ProgressWords
from coach.shell.app.score import score_photo
from coach.shell.detection.landmarker import Landmarker
from coach.shell.detection.photo_file import keep_photo, read_photo
from coach.shell.detection.stills import Stills
from coach.shell.drawn_face.face import draw, grain
from coach.shell.profile.language_files import load_phrase_book
from coach.simulation.face_pose import FacePose
from coach.types import Bilateral

REST = Bilateral(0.0, 0.0)
WORDS = ProgressWords(load_phrase_book("en"))


def even(level: float) -> Bilateral:
    return Bilateral(level, level)


@pytest.fixture(scope="module")
def stills(model_path: Path) -> Iterator[Stills]:
    with Landmarker(model_path) as landmarker:
        yield Stills(landmarker)


@pytest.fixture(scope="module")
def neutral(stills: Stills) -> StillPicture:
    return seen(stills, FacePose())


@pytest.fixture(scope="module")
def smiling(stills: Stills) -> StillPicture:
    return seen(stills, SMILE)


@pytest.fixture(scope="module")
def scored(stills: Stills, neutral: StillPicture, smiling: StillPicture) -> Callable[..., Scores]:
    """Return a scorer of poses against the neutral face, which remembers what it has scored."""
    pictures = {FacePose(): neutral, SMILE: smiling}
    known = {pose: score(compare([neutral], picture)) for pose, picture in pictures.items()}

    def of(pose: FacePose) -> Scores:
        if pose not in known:
            known[pose] = score(compare([neutral], seen(stills, pose)))
        return known[pose]

    return of


def seen(stills: Stills, pose: FacePose) -> StillPicture:
    picture = stills.read(photo(pose))
    assert picture is not None
    return picture


@pytest.mark.parametrize(
    ("move", "name", "flat"),
    [
        ("smile", "mouth_curve", ("cheek_lift", "eye_squint", "jaw_openness")),
        ("cheek", "cheek_lift", ("mouth_curve", "jaw_openness")),
        ("lower_lid", "eye_squint", ("mouth_curve", "jaw_openness")),
        ("jaw_open", "jaw_openness", ("mouth_curve", "cheek_lift", "eye_squint")),
    ],
)
def test_each_score_follows_its_own_movement(
    scored: Callable[..., Scores], move: str, name: str, flat: tuple[str, ...]
) -> None:
    """More of a movement is more of its score, and the other scores hardly notice."""
    levels = [0.0, 0.4, 1.0]
    rising = [scored(FacePose(**{move: v if move == "jaw_open" else even(v)})) for v in levels]
    assert all(getattr(b, name) > getattr(a, name) + 8 for a, b in pairwise(rising))
    for other in flat:
        assert max(getattr(s, other) for s in rising) < 12, other


def test_cheek_lift_does_not_depend_on_where_one_looks(stills: Stills) -> None:
    """Down while at rest and up while smiling, or the other way: the lid follows, the cheek does not."""
    up, down = (0.0, 0.15), (0.0, -0.15)

    def taken(pose: FacePose) -> list[StillPicture]:
        places = [replace(pose, dx=dx) for dx in (-0.004, 0.0, 0.004)]  # what one place is out by
        found = [stills.read(grain(draw(place, (640, 480)), 1)) for place in places]
        return [picture for picture in found if picture is not None]

    takes = {(p, gaze): taken(replace(p, gaze=gaze)) for p in (FacePose(), SMILE) for gaze in (up, down)}

    def lift(rest: tuple[float, float], smiling: tuple[float, float]) -> float:
        scores = [score(compare(takes[FacePose(), rest], take)) for take in takes[SMILE, smiling]]
        return fmean(one.cheek_lift or 0.0 for one in scores)

    assert lift(down, up) == pytest.approx(lift(up, down), abs=4)


def test_the_jaw_takes_nothing_from_the_smile(scored: Callable[..., Scores]) -> None:
    """An open mouth draws the corners down; the smile on it is scored as high as with closed lips."""
    closed, wide = scored(FacePose(smile=even(0.7))), scored(FacePose(smile=even(0.7), jaw_open=0.6))
    assert wide.mouth_curve == pytest.approx(closed.mouth_curve, abs=8)
    assert wide.jaw_openness > closed.jaw_openness + 25


def test_the_type_of_a_smile(scored: Callable[..., Scores]) -> None:
    """Lips together, teeth shown, eyes joining in, one side only, and no smile at all."""
    assert scored(FacePose()).type == "none"
    assert scored(FacePose(smile=even(0.7))).type == "closed"
    assert scored(FacePose(smile=even(0.7), jaw_open=0.6)).type == "mouth_only"
    assert scored(SMILE).type == "eyes_engaged"
    assert scored(FacePose(smile=Bilateral(0.8, 0.2))).type == "one_sided"


def test_closed_eyes_are_not_an_eye_smile(scored: Callable[..., Scores]) -> None:
    """Shut eyes would read as the deepest squint; nothing is said about them instead."""
    shut = scored(FacePose(smile=even(0.8), lids=even(1.0)))
    assert shut.eyes_closed
    assert (shut.eye_squint, shut.cheek_lift, shut.smile, shut.type) == (None, None, None, None)
    assert shut.mouth_curve > 50


def check_in(stills: Stills, rest: FacePose) -> Scores:
    """Return the scores of a check-in with two takes of the neutral face and two of a smile."""
    return middle_of(check_in_takes(stills, rest, takes=2))


def test_check_ins_of_the_same_smile_agree(stills: Stills) -> None:
    """A turned head, farther away, in less light: within 3 points (more: `benchmarks/repeatability.py`)."""
    usual, other = check_in(stills, FacePose()), check_in(stills, FacePose(yaw=8.0, scale=0.75, light=0.6))
    for name in AGREEING:
        assert getattr(other, name) == pytest.approx(getattr(usual, name), abs=3), name
    assert usual.type == other.type == "eyes_engaged"


@pytest.mark.parametrize(
    "change",
    [
        {"yaw": 8.0}, {"roll": -8.0}, {"pitch": -5.0}, {"pitch": 5.0},
        {"scale": 0.75}, {"scale": 1.25}, {"light": 0.6}, {"side_light": 0.4}, {"dx": 0.08},
    ],
)  # fmt: skip
def test_a_single_photo_scores_much_the_same(scored: Callable[..., Scores], change: dict[str, float]) -> None:
    """One photo against a straight neutral one: the mouth holds within 4 points, the eyes within 8."""
    alike, changed = scored(SMILE), scored(replace(SMILE, **change))
    limits = {"mouth_curve": 4, "smile": 4, "jaw_openness": 3, "cheek_lift": 8, "eye_squint": 8}
    for name, limit in limits.items():
        assert getattr(changed, name) == pytest.approx(getattr(alike, name), abs=limit), name
    assert changed.type == alike.type


def test_mirrored_pictures_swap_the_sides(stills: Stills) -> None:
    """Flip every picture, and left becomes right, by the same amounts."""
    pictures = [photo(pose) for pose in (FacePose(), FacePose(smile=Bilateral(0.8, 0.3)))]
    plain, flipped = (
        score(compare([stills.read(a)], stills.read(b)))
        for a, b in (pictures, [np.ascontiguousarray(p[:, ::-1]) for p in pictures])
    )
    assert plain.excursion_mm.left > plain.excursion_mm.right + 2
    assert flipped.excursion_mm.left == pytest.approx(plain.excursion_mm.right, abs=0.4)
    assert flipped.excursion_mm.right == pytest.approx(plain.excursion_mm.left, abs=0.4)
    for name in ("mouth_curve", "symmetry", "smile"):
        assert getattr(flipped, name) == pytest.approx(getattr(plain, name), abs=3)


def test_a_picture_scores_the_same_whatever_came_before(
    stills: Stills, neutral: StillPicture, smiling: StillPicture
) -> None:
    """Another face in between leaves no trace in the numbers."""
    first = score(compare([neutral], smiling))
    seen(stills, FacePose(jaw_open=1.0, yaw=15, scale=0.7, dx=-0.1))
    again = score(compare([neutral], seen(stills, SMILE)))
    for name in NUMBERS:
        assert getattr(again, name) == pytest.approx(getattr(first, name), abs=0.1)


def test_excursion_in_millimetres(scored: Callable[..., Scores]) -> None:
    """The drawn corner goes 1.3 out and 1.1 up of a face whose eye corners are 9 apart (cm)."""
    full = scored(FacePose(smile=even(1.0)))
    assert full.excursion_mm.left == pytest.approx(full.excursion_mm.right, abs=1)
    assert 9 < full.excursion_mm.mean < 17
    assert 0.036 * full.excursion_mm.left < full.excursion_sd_mm.left < 1  # never better than the iris


def compared(**changed: object) -> PhotoComparison:
    resting = PhotoComparison(REST, REST, REST, gap=0.0, chin=0.0, excursion_mm=REST, turn=0.0)
    return replace(resting, **changed)


def test_scores_stay_between_0_and_100() -> None:
    """Beyond what 100 stands for, or below neutral, the scale ends."""
    most = score(compared(pull=even(1.0), lift=even(1.0), narrowing=even(0.5), gap=2.0, chin=2.0))
    least = score(compared(pull=even(-1.0), lift=even(-1.0), narrowing=even(-1.0), gap=-1.0, chin=-1.0))
    assert (most.mouth_curve, most.jaw_openness, most.smile) == (100, 100, 100)
    assert (least.mouth_curve, least.jaw_openness, least.cheek_lift, least.smile) == (0, 0, 0, 0)


def test_teeth_are_not_an_open_jaw() -> None:
    """Lips that part without the chin dropping do not open the jaw."""
    assert score(compared(gap=0.15, chin=0.0)).jaw_openness == 0
    assert score(compared(gap=0.15, chin=0.12)).jaw_openness == pytest.approx(30)


def test_the_whole_smile_needs_a_mouth() -> None:
    """Raised cheeks alone are no smile; on a smile, eyes and evenness add to it."""
    assert smile_score(0.0, 100.0, None) == 0
    assert smile_score(50.0, 0.0, 0.0) == pytest.approx(30)
    assert smile_score(50.0, 100.0, 100.0) == pytest.approx(50)
    assert smile_score(50.0, None, 100.0) is None


def test_the_middle_of_three_takes_counts() -> None:
    """One odd take changes nothing; takes that scatter raise the stated error."""
    takes = [score(compared(pull=even(p), excursion_mm=even(80 * p))) for p in (0.08, 0.081, 0.14)]
    middle = middle_of(takes)
    assert middle.mouth_curve == takes[1].mouth_curve
    assert middle.excursion_mm == takes[1].excursion_mm
    assert middle.excursion_sd_mm.left > takes[1].excursion_sd_mm.left
    steady = sem(takes[:2], "mouth_curve")
    assert 0 < steady < sem(takes, "mouth_curve")
    assert sem([score(compared())], "symmetry") is None


def test_without_a_neutral_only_what_is_honest(smiling: StillPicture, neutral: StillPicture) -> None:
    """A single photo says what needs no comparison, and says what it leaves out."""
    alone, resting = score_alone(smiling), score_alone(neutral)
    assert alone.mouth_curve > resting.mouth_curve + 40
    assert (alone.cheek_lift, alone.eye_squint, alone.symmetry, alone.type) == (None, None, None, None)
    assert 30 < resting.mouth_width_mm < alone.mouth_width_mm < 80
    assert any("--neutral" in line for line in score_lines(alone, WORDS))
    assert not any("--neutral" in line for line in score_lines(score(compare([neutral], neutral)), WORDS))


def written(path: Path, *poses: FacePose) -> Path:
    cv2.imwrite(str(path), np.hstack([draw(pose) for pose in poses]))
    return path


def test_score_photo_files(tmp_path: Path, model_path: Path) -> None:
    """A file against the neutral file, twice: the very same numbers."""
    rest, smile = written(tmp_path / "rest.png", FacePose()), written(tmp_path / "Lächeln.png", SMILE)
    first = score_photo(smile, model_path, rest)
    assert first == score_photo(smile, model_path, rest)
    assert first.relative
    assert first.type == "eyes_engaged"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing.png", "no such file"),
        ("text.png", "not a picture"),
        ("empty.png", "is empty"),
        (".", "is a folder"),
        ("nobody.png", "no face"),
        ("two.png", "more than one face"),
    ],
)
def test_bad_photos_are_one_line(tmp_path: Path, model_path: Path, name: str, says: str) -> None:
    """What is wrong with the file, in one line that names it."""
    (tmp_path / "text.png").write_text("a photo, honestly")
    (tmp_path / "empty.png").touch()
    written(tmp_path / "nobody.png", FacePose(visible=False))
    written(tmp_path / "two.png", FacePose(), FacePose())
    if name == "." and sys.platform == "win32":
        says = "cannot be read"
    with pytest.raises(CoachError, match=says) as error:
        score_photo(tmp_path / name, model_path)
    assert "\n" not in str(error.value)


def test_kept_photos_are_for_their_owner_alone(tmp_path: Path) -> None:
    """The folder and the file are closed to others, and the picture comes back as it was."""
    picture = grain(draw(SMILE), 3)
    kept = keep_photo(tmp_path, picture, datetime(2026, 3, 1, 18, 30, tzinfo=UTC), "neutral")
    assert kept == "photos/2026-03-01-183000-neutral.png"
    assert np.array_equal(read_photo(tmp_path / kept), picture)
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "photos").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / kept).stat().st_mode) == 0o600
