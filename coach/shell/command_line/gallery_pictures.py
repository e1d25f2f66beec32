"""The states of the window that the gallery shows: made-up sessions, questions and ends, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from coach.calibration.spec import RANGE_PARTS
from coach.check_in.smile_card import CARD, SmileFinding, card_lines, found
from coach.coaching.phrases import PhraseBook, capital
from coach.coaching.screen import DayMark, EndCard, NextCard, PhotoCard, Screen, ScreenPhase
from coach.errors import Notice
from coach.exercise.view import Bars
from coach.face.framing import Framing
from coach.progress.today import Figure, Today
from coach.progress.words import ProgressWords
from coach.session.ending import Ending, end_card
from coach.shell.profile.exercise_registry import BUILT_IN
from coach.shell.window.display import WindowView
from coach.shell.window.labels import Labels
from coach.shell.window.prompt import QuestionScreen
from coach.types import Bilateral, Image

BAND = (0.6, 1.1)
SILENT = Notice("no sound: {player} does not answer; captions only", player="aplay")
EXERCISES = tuple(BUILT_IN)
FAULTS: tuple[Framing, ...] = (
    "no_face",
    "closer",
    "move_left",
    "move_up",
    "turn_to_me",
    "light_from_front",
)


@dataclass(frozen=True, slots=True)
class GalleryPicture:
    """One picture of the gallery: a screen, and the face in front of it.

    `name`: of its file. `level`: of the person's movement, left and right. `large`: large text. `camera`: it
    gives a picture.
    """

    name: str
    screen: Screen
    level: Bilateral
    view: WindowView = "picture"
    large: bool = False
    camera: bool = True


def _phases(book: PhraseBook, exercise: str) -> Iterator[GalleryPicture]:
    """Yield one exercise at rest, rising, holding, released and after an attempt that did not count."""
    moments: tuple[tuple[ScreenPhase, Bilateral, float, str, int], ...] = (
        ("rest", Bilateral(0.03, 0.05), 0.0, "rest", 2),
        ("go", Bilateral(0.03, 0.05), 0.0, "go", 2),
        ("waiting", Bilateral(0.03, 0.05), 0.0, "another", 2),
        ("rising", Bilateral(0.48, 0.40), 0.0, "go", 2),
        ("hold", Bilateral(0.92, 0.81), 0.62, "hold", 2),
        ("fix", Bilateral(0.52, 0.91), 0.3, "asymmetric", 2),
        ("released", Bilateral(0.55, 0.50), 1.0, "release", 3),
        ("attempt", Bilateral(0.30, 0.62), 0.2, "asymmetric", 2),
    )
    for number, (phase, level, hold, cue, count) in enumerate(moments):
        side = book.text("screen", "left")
        screen = Screen(
            phase=phase,
            title=book.text(exercise, "title"),
            instruction=book.text(exercise, "instruction"),
            exercise=exercise,
            count=count,
            target=10,
            word=book.text("reason", cue) if phase == "fix" else "",
            faulty_side="left" if phase == "fix" else "",
            hold=hold,
            hold_left_s=5 * (1 - hold),
            bars=Bars(level, BAND, single=exercise == "jaw_release"),
            caption=book.text(exercise, cue, n=book.number(count), side=side, seconds=5),
            progress=0.18 + 0.1 * number,
            step=EXERCISES.index(exercise),
            steps=len(EXERCISES),
            done=frozenset(range(EXERCISES.index(exercise))),
            time_left_s=104 - 12 * number,
        )
        yield GalleryPicture(f"{exercise}-{phase}", screen, level)


def pictures(book: PhraseBook, demo: Image) -> Iterator[GalleryPicture]:
    """Yield every state of the window in one language; `demo` is the demonstration's picture."""
    for exercise in EXERCISES:
        yield from _phases(book, exercise)
    moments = {picture.screen.phase: picture for picture in _phases(book, "cheek_raiser")}
    rising, hold, attempt = moments["rising"], moments["hold"], moments["attempt"]
    smiling = tuple(_phases(book, "symmetry_drill"))[2]
    for framing in FAULTS:
        fix = book.text("session", framing)
        faulty = replace(rising.screen, framing=framing, fix=fix, phase="ready", bars=None, caption=fix)
        yield replace(rising, name=f"framing-{framing}", screen=faulty, level=Bilateral(0, 0))
    for view in ("overlay", "outline", "hidden"):
        for picture in (hold, smiling, attempt):
            yield replace(picture, name=f"{view}-{picture.name}", view=view)
        yield replace(hold, name=f"{view}-large", view=view, large=True)
    for picture in (rising, hold):
        yield replace(picture, name=f"large-{picture.name}", large=True)
    paused = replace(hold.screen, paused=book.text("screen", "press_space"), caption="")
    yield replace(hold, name="paused", screen=paused)
    yield replace(hold, name="paused-hidden", screen=paused, view="hidden")
    lost = replace(hold.screen, paused=book.text("session", "camera_lost"), framing="no_face")
    lost = replace(lost, fix=book.text("session", "no_face"), muted=True, caption="")
    yield replace(hold, name="camera-lost", screen=lost, camera=False)
    yield replace(hold, name="no-picture", screen=replace(lost, paused="", muted=False), camera=False)
    shown = replace(rising.screen, demo=demo, notice=book.notice(SILENT))
    yield replace(rising, name="demonstration", screen=shown)
    yield replace(rising, name="demonstration-large", screen=shown, large=True)
    helped = replace(rising.screen, lines=Labels.from_book(book).keys_help())
    yield replace(rising, name="help", screen=helped)
    yield replace(rising, name="help-large", screen=helped, large=True)
    yield GalleryPicture("smile-card", Screen("summary", card=_smile_card(book, demo)), Bilateral(0, 0))
    yield from _cards(book, demo)
    yield from _before(book)
    yield from _questions(book)
    yield from _ranges(book)
    ended = _summary(book)
    yield GalleryPicture("summary", ended, Bilateral(0, 0))
    yield GalleryPicture("summary-large", ended, Bilateral(0, 0), large=True)
    for name, card in _ends(book):
        yield GalleryPicture(f"end-{name}", Screen("summary", end=card), Bilateral(0, 0))
        yield GalleryPicture(f"end-{name}-large", Screen("summary", end=card), Bilateral(0, 0), large=True)


def _cards(book: PhraseBook, demo: Image) -> Iterator[GalleryPicture]:
    """Yield the card before each exercise."""
    for step, exercise in enumerate(EXERCISES):
        dose = "dose_memories" if exercise == "memory_anchor" else "dose_holds"
        title = book.text(exercise, "title")
        card = NextCard(title, book.text(exercise, dose, n=3, length="3"), book.text(exercise, "image"))
        caption = book.text("session", "begin", title=title)
        screen = Screen(
            "rest",
            coming=card,
            demo=demo,
            caption=caption,
            step=step,
            steps=len(EXERCISES),
            done=frozenset(range(step)) - {1},  # the second one was skipped
            time_left_s=64,
        )
        yield GalleryPicture(f"coming-{exercise}", screen, Bilateral(0, 0))
        yield GalleryPicture(f"coming-{exercise}-large", screen, Bilateral(0, 0), large=True)


def _ends(book: PhraseBook) -> Iterator[tuple[str, EndCard]]:
    """Yield the ends of a good session, of one that hurt, of the first one, and of one without anything."""
    day = date(2026, 3, 7)
    figures = (Figure("holds", 12, 11, 0), Figure("evenness", 0.91, 0.84, 1), Figure("eyes", 0.83, 0.8, 0))
    done: tuple[DayMark, ...] = ("counted",) * 4
    good = Today(day, figures, "left", 5, 6, 30, 12, (*done[:2], "forgiven", *done[:4]))
    first = Today(day, (Figure("holds", 7),), "even", 2, 2, 0, 1, (*("missed",) * 6, "counted"))
    yield "warmth", end_card(good, Ending("warmth"), book)
    yield "felt", end_card(good, Ending("felt"), book)
    yield "stays", end_card(good, Ending("card", felt="right"), book, "smile-coach check-in")
    yield "hurt", end_card(good, Ending("card", felt="hurt"), book)
    yield "first", end_card(first, Ending("felt"), book)
    yield "nothing", end_card(Today(day), Ending("card"), book)


def _smile_card(book: PhraseBook, photo: Image) -> PhotoCard:
    """Return a card with every line there may be."""
    numbers = {"smile": 74.0, "mouth_curve": 74.0, "cheek_lift": 46.0, "eye_squint": 41.0, "symmetry": 88.0}
    numbers |= {"eye_engagement": 80.0, "excursion_left_mm": 12.1, "excursion_right_mm": 11.8}
    errors = dict.fromkeys(numbers, 1.2)
    words, today = ProgressWords(book), date(2026, 3, 2)
    finding = SmileFinding(today, numbers, errors, "eyes_engaged", "left", 0.16)
    before = SmileFinding(date(2026, 2, 1), numbers | {"smile": 68.0}, errors)
    return PhotoCard(
        photo, words.say("title", CARD), found(finding, words), card_lines(finding, before, words)
    )


def _before(book: PhraseBook) -> Iterator[GalleryPicture]:
    """Yield getting ready, the first time and later, and jaw circles, which are not held."""
    for name, key, section in (
        ("ready", "neutral", "session"),
        ("ready-first", "safety_note", "screen"),
    ):
        title, text = book.text("screen", "calibrating"), book.text(section, key)
        screen = Screen("ready", title=title, instruction=text, time_left_s=118)
        yield GalleryPicture(name, screen, Bilateral(0, 0))
    circles = Screen(
        "moving",
        title=book.text("jaw_release", "title"),
        instruction=book.text("jaw_release", "circle_cw", n=5),
        exercise="jaw_release",
        count=2,
        target=5,
        hold=0.4,
        caption=book.number(2),
        progress=0.15,
        time_left_s=99,
        steps=len(EXERCISES),
        dot=0.3,
    )
    for key, swell, left_s in (("breathe_in", 0.75, 1.0), ("breathe_out", 0.17, 1.0)):
        said = book.text("jaw_release", key)
        word = book.text("jaw_release", f"{key}_word")
        breath = replace(circles, count=0, target=0, hold=0.0, dot=None, word=word, swell=swell)
        breath = replace(breath, caption=said, instruction=said, hold_left_s=left_s)
        yield GalleryPicture(f"jaw_release-{key}", breath, Bilateral(0, 0))
    yield GalleryPicture("jaw_release-moving", circles, Bilateral(0.2, 0.2))


def _questions(book: PhraseBook) -> Iterator[GalleryPicture]:
    """Yield the questions of the first run."""

    def word(key: str, section: str = "setup") -> str:
        return book.text(section, key)

    languages = (("1", "Deutsch"), ("2", "English"), ("3", "Español"), ("4", "Français"))
    cameras = (("1", "Integrated Camera, 1280 x 720"), ("2", "1920 x 1080"))
    answers = (("1", word("yes")), ("2", word("no")))
    help_ = word("sound_help")
    asked = {
        "language": _question(word("language"), word("language_keys"), lines=languages, default="2"),
        "camera": _question(word("camera"), word("camera_keys"), lines=cameras, default="1"),
        "sound": _question(word("sound"), lines=answers, default="1", caption=word("sound_check")),
        "no-sound": _question(word("no_voice", "screen"), word("press_space", "screen"), note=help_),
        "safety": _question(word("before"), word("any_key"), note=word("safety_note", "screen")),
    }
    for name, screen in asked.items():
        yield GalleryPicture(f"question-{name}", screen, Bilateral(0, 0))
        yield GalleryPicture(f"question-{name}-large", screen, Bilateral(0, 0), large=True)


def _ranges(book: PhraseBook) -> Iterator[GalleryPicture]:
    """Yield the person's own range, measured in the first run and by itself."""
    words = ProgressWords(book)
    found = zip(RANGE_PARTS, (2.6, 11.9, 27.4), strict=True)
    lines = tuple(
        (capital(book.text("setup", f"range_{part}")), f"{words.number(mm)} mm = {words.share(1.0)}")
        for part, mm in found
    )
    then = {"next_in": "first-run", "closes_in": "calibrate"}
    for key, name in then.items():
        says = book.text("setup", key, left=5, what=book.text("setup", "next_memory"))
        title = book.text("setup", "range_done")
        screen = Screen("summary", title=title, instruction=says, progress=1.0, lines=lines)
        yield GalleryPicture(f"range-{name}", screen, Bilateral(0, 0))
        yield GalleryPicture(f"range-{name}-large", screen, Bilateral(0, 0), large=True)


def _question(title: str, hint: str = "", **what: Any) -> QuestionScreen:
    return QuestionScreen("ready", title=title, instruction=hint, progress=0.4, **what)


def _summary(book: PhraseBook) -> Screen:
    def word(key: str) -> str:
        return book.text("screen", key)

    words = ProgressWords(book)
    lines = (
        (book.text("cheek_raiser", "title"), words.count("reps", 10)),
        (book.text("symmetry_drill", "title"), words.count("reps", 6)),
        (book.text("jaw_release", "title"), words.count("reps", 2)),
        (capital(word("circles")), "4"),
        (capital(word("evenness")), words.share(0.84)),
        (capital(word("duration")), "1:57"),
    )
    return Screen(
        phase="summary", title=word("summary"), caption=book.text("session", "finished"), lines=lines
    )
