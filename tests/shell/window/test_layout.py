"""Everything has its place in the window: nothing clipped, nothing overlapping, all of it legible."""

from __future__ import annotations

from itertools import combinations, pairwise, product

import cv2
import numpy as np
import pytest
from contrast import contrast

from coach.coaching.phrases import SCREEN, capital
from coach.coaching.screen import EndCard, Screen
from coach.shell.command_line.gallery_pictures import EXERCISES, _ends
from coach.shell.drawn_face.face import FacePose, draw
from coach.shell.profile.language_files import languages, load_phrase_book
from coach.shell.profile.toml_files import config_dir, read_toml
from coach.shell.window import buttons, face_overlay, gauge, overlays, theme
from coach.shell.window.end_page import _rows, answer_areas, answer_words, coming_lines, week_room
from coach.shell.window.labels import Labels
from coach.shell.window.layout import MARGIN, Rect, layout
from coach.shell.window.painter import TIMED, Appearance, Painter
from coach.types import Bilateral

WORDS = {path.stem: read_toml(path) for path in (config_dir() / "languages").glob("*.toml")}
PICTURE = (640, 360)
POSES = (
    (0.0, Bilateral(0.0, 0.0)),
    (1.0, Bilateral(1.0, 1.0)),
)  # mouth and eyes: shut and open, open and shut
SIZES = ((1280, 720), (1920, 1080), (800, 600), (640, 480), (720, 960))


INKS = (theme.TEXT, theme.QUIET, theme.SKY, theme.GREEN, theme.ORANGE, theme.YELLOW)
TEXT_PAIRS = (*product(INKS, (theme.BACKGROUND, theme.PANEL)), (theme.TEXT, theme.TRACK))
SHAPE_PAIRS = (
    *product((theme.EDGE,), (theme.PANEL, theme.BACKGROUND)),
    *product((theme.SKY, theme.GREEN, theme.TEXT), (theme.TRACK,)),
)


def test_texts_stand_out_from_their_ground():
    """Every pair of ink and ground has 4.5:1, every shape 3:1 (WCAG 2.2)."""
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert min(contrast(*pair) for pair in TEXT_PAIRS) >= 4.5
    assert min(contrast(*pair) for pair in SHAPE_PAIRS) >= 3


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("large", [False, True])
def test_boxes_lie_inside_the_window_and_never_overlap(size, large):
    """At every size, with large text and without; all but the picture, which lies under all of them."""
    boxes = layout(*size, large=large)
    names = ("status", "dots", "caption", "title", "instruction", "count", "left_bar", "ring", "right_bar")
    names += ("progress",)
    rects = [getattr(boxes, name) for name in names] + [rect for _, rect in boxes.buttons]
    for rect in rects:
        assert min(rect.x, rect.y) >= 0
        assert rect.right <= size[0]
        assert rect.bottom <= size[1]
        assert min(rect.w, rect.h) >= 20
    for one, other in combinations(rects, 2):
        apart = one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
        assert apart, (one, other)


@pytest.mark.parametrize("size", [*SIZES, (1366, 768)])
@pytest.mark.parametrize("large", [False, True])
def test_everything_that_moves_stands_at_the_face(size, large):
    """The ring is in the middle, where the face is; bars stand directly beside it, the count above it."""
    boxes = layout(*size, large=large)
    near, (x, y) = boxes.px(10), boxes.ring.centre
    assert abs(x - size[0] / 2) <= 1
    assert size[1] * 0.35 <= y <= size[1] * 0.65
    assert 0 <= boxes.ring.x - boxes.left_bar.right <= near
    assert 0 <= boxes.right_bar.x - boxes.ring.right <= near
    assert 0 <= boxes.ring.y - boxes.count.bottom <= near
    assert boxes.left_bar.y < y < boxes.left_bar.bottom


@pytest.mark.parametrize("scale", [0.75, 1.0, 1.4])
@pytest.mark.parametrize(
    "size", [(1280, 720), (1366, 768), (1920, 1080), (800, 600), (720, 960), (720, 1280)]
)
def test_count_and_phase_hide_no_mouth(size, scale):
    """Far away or near, shut or wide open: they stand above the eyes, beside nothing that is trained."""
    moved = [draw(FacePose(jaw_open=jaw, scale=scale, lids=eyes), PICTURE) for jaw, eyes in POSES]
    place = face_overlay.place(PICTURE, layout(*size).picture)
    rows = np.nonzero((moved[0] != moved[1]).any(axis=(1, 2)))[0]  # eyes, mouth and chin
    top = place.shown.y + (rows[0] - place.crop.y) * place.shown.h / place.crop.h
    assert layout(*size).count.bottom < top


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("large", [False, True])
def test_count_and_phase_fit_above_the_ring(language, large):
    """The longest word that a phase may have, with a count, stays in their row at every size."""
    book = load_phrase_book(language)
    labels = Labels.from_book(book)
    phases = theme.PHASE_COLOUR.keys() - {"summary"}
    words = {*WORDS[language]["reason"].values(), *(labels.of_phase(phase) for phase in phases)}
    timed = {book.text("jaw_release", key) for key in ("breathe_in_word", "breathe_out_word")}
    timed |= {labels.of_phase(phase) for phase in TIMED}
    longest = [(max(map(capital, words), key=len), 0), (max(map(capital, timed), key=len), 6)]
    for size, (word, seconds) in product((*SIZES, (1366, 768)), longest):
        boxes = layout(*size, large=large)
        canvas = np.zeros((size[1], size[0], 3), np.uint8)
        gauge.draw_badges(canvas, boxes, "hold", (word, labels.seconds), seconds, 10, 10)
        rows, columns = np.nonzero(canvas.any(axis=2))
        row = boxes.count
        assert columns.min() >= row.x - 1, (word, size)
        assert columns.max() <= row.right, (word, size)  # soft edges
        assert row.y - 1 <= rows[0] <= rows[-1] <= row.bottom


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("large", [False, True])
def test_the_bars_names_stand_below_them_in_their_full_size(language, large):
    """Neither is smaller than the other; languages with very long words for the sides shorten them."""
    labels = Labels.from_book(load_phrase_book(language))
    for size, name in product((*SIZES, (1366, 768)), (labels.left_bar, labels.right_bar)):
        boxes = layout(*size, large=large)
        box, wanted = gauge.label_box(boxes, boxes.left_bar), boxes.px(gauge.LABEL)
        assert theme.fitted(capital(name), box.w, box.h, wanted).size >= wanted - 1, (name, size)


def extent(text, size, weight):
    return cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace("sans"), size, weight)[2]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("large", [False, True])
def test_the_longest_texts_fit_their_boxes(language, large):
    """In every language all words stay whole, inside their box, and at least 0.7 of their intended size."""
    book = load_phrase_book(language)
    faults = ("no_face", "closer", "further", "move_up", "turn_to_me", "more_light", "light_from_front")
    for size in ((1280, 720), (1920, 1080), (800, 600)):
        boxes = layout(*size, large=large)
        status = Rect(0, 0, boxes.status.w - boxes.px(58), boxes.status.h)
        caption = boxes.caption.inset(boxes.px(24), boxes.px(2))
        cases = [(boxes.title, book.text(name, "title"), 27, theme.STRONG) for name in EXERCISES]
        cases += [
            (boxes.instruction, book.text(name, "instruction"), 21, theme.REGULAR) for name in EXERCISES
        ]
        cases += [(caption, text, 32, theme.STRONG) for text in book.spoken(EXERCISES)]
        cases += [(status, capital(book.text("session", fault)), 24, theme.STRONG) for fault in faults]
        for box, text, wanted, weight in cases:
            block = theme.fitted(text, box.w, box.h, boxes.px(wanted), weight)
            assert " ".join(block.lines) == " ".join(text.split())
            assert max(extent(line, block.size, weight) for line in block.lines) <= box.w
            assert len(block.lines) * block.size * theme.LEADING <= box.h
            assert block.size >= 0.7 * boxes.px(wanted), text


@pytest.mark.parametrize("language", languages())
def test_no_letter_of_any_language_is_a_question_mark(language):
    """The font has every letter that the words need; what it lacks OpenCV draws as a question mark."""
    book = load_phrase_book(language)
    texts = [*book.spoken(EXERCISES), *(book.text(name, "instruction") for name in EXERCISES)]
    missing = drawn_letter("?")
    for letter in {c for text in texts for c in text if not c.isascii()}:
        assert not np.array_equal(drawn_letter(letter), missing), letter


def drawn_letter(letter):
    canvas = np.zeros((60, 60, 3), np.uint8)
    theme.write(canvas, letter, (10, 45), size=40)
    return canvas


def test_a_text_too_long_for_its_box_ends_in_an_ellipsis():
    """Even the unforeseen is never drawn beyond its box."""
    block = theme.fitted("Donaudampfschifffahrtsgesellschaftskapitän " * 9, 60, 24, 20)
    assert block.lines[0].endswith("…")
    assert extent(block.lines[0], block.size, theme.REGULAR) <= 60


def test_a_long_note_is_as_large_as_a_short_one():
    """Why nothing is heard, in the language that takes most words for it."""
    text = (
        "kein Ton: kein Ausgabegerät oder Abspielprogramm gefunden"
        " (installier pipewire-bin, pulseaudio-utils oder alsa-utils); nur Untertitel"
    )
    for size in ((1120, 630), (1280, 720), (1366, 768), (1920, 1080)):
        boxes = layout(*size)
        assert overlays.note_block(boxes, text).size == boxes.px(18), size


def test_no_line_begins_with_a_dash():
    """Beside a near face a correction has four lines."""
    text = "Halt noch etwas länger - schön gehoben"
    for width in range(150, 500, 10):
        assert not any(line.startswith("-") for line in theme.fitted(text, width, 400, 32).lines), width


def test_no_last_word_stands_alone():
    """Lines are about as long as each other, in as few lines as before and at the same size."""
    text = "Next: once it no longer hurts, and with smaller doses"
    width = theme.text_width("Next: once it no longer hurts, and with smaller", 30)
    block = theme.fitted(text, width, 200, 30)
    assert (block.lines, block.size) == (("Next: once it no longer hurts,", "and with smaller doses"), 30)


def test_no_line_begins_with_a_question_mark():
    """French sets it off with a space, at which no line may be broken."""
    text = "Tu m'as entendu ?"
    width = theme.text_width("Tu m'as entendu", 30)
    assert theme.fitted(text, width, 200, 30).lines == ("Tu m'as", "entendu ?")


def test_buttons_fill_the_row_and_say_their_command():
    """The areas leave no gap, and the middle of each gives its command."""
    boxes = layout(800, 600)
    rects = [rect for _, rect in boxes.buttons]
    assert rects[0].x == 0
    assert rects[-1].right == 800
    assert all(one.right == other.x for one, other in pairwise(rects))
    assert [boxes.command_at(*rect.centre) for rect in rects] == [command for command, _ in boxes.buttons]
    assert boxes.command_at(400, 300) is None


@pytest.mark.parametrize("language", languages())
def test_button_labels_stay_whole(language):
    """No label of the row is shortened, beside its key or below it."""
    labels = Labels.from_book(load_phrase_book(language))
    for size in ((1280, 720), (800, 600)):
        boxes = layout(*size)
        words = labels.by_command()
        if not buttons.labels_beside(boxes, words):
            for command, rect in boxes.buttons:
                block = theme.fitted(words[command], rect.w - 6, boxes.px(24), boxes.px(16))
                assert "…" not in block.lines[0]


def test_labels_come_in_the_persons_language():
    """The window's own words are the language file's, and English where it has none."""
    german, english = load_phrase_book("de"), Labels.from_book(load_phrase_book("en"))
    labels = Labels.from_book(german)
    assert labels.left_bar == german.text(SCREEN, "left_bar") == "links"
    assert labels.good == german.text("session", "good")
    assert english == Labels()
    assert len(labels.keys_help()) >= 9


def test_the_help_has_the_answers_keys_and_says_what_l_shows():
    """As the README has them."""
    helped = dict(Labels().keys_help())
    assert helped["0-9, X"] == "your answer (X = ten)"
    assert "pictures a second" in helped["L"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("large", [False, True])
def test_the_end_keeps_its_margins_and_its_answers_apart(size, large):
    """Whatever is asked, at every size: nothing drawn within the margins, answers beside each other."""
    for name, card in _ends(load_phrase_book("de")):
        boxes = layout(*size, large=large)
        canvas = Painter(large_text=large).paint(None, None, Screen("summary", end=card), Appearance(size))
        drawn = np.abs(canvas.astype(int) - theme.BACKGROUND).max(axis=2) > 0
        edge = boxes.px(MARGIN) - boxes.px(2)  # half a frame stands outside its box
        drawn[edge:-edge, edge:-edge] = False
        assert not drawn.any(), name
        for (_, one), (_, other) in pairwise(answer_areas(boxes, card)):
            assert one.right < other.x


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("large", [False, True])
def test_every_answer_at_the_end_is_whole(language, large):
    """Also the ten behind the last key of a row of eleven, in the smallest window."""
    for size, (_, card) in product(SIZES, _ends(load_phrase_book(language))):
        boxes = layout(*size, large=large)
        for (_, rect), (_, label) in zip(answer_areas(boxes, card), card.answers, strict=True):
            if label:
                words = answer_words(boxes, rect)
                fitted = theme.fitted(capital(label), words.w, words.h, boxes.px(24))
                assert "…" not in fitted.lines[-1], (label, size)


@pytest.mark.parametrize("language", languages())
def test_the_ends_words_are_legible(language):
    """In every language and at each size, large text too: nothing shrinks below two thirds or is cut off."""
    book = load_phrase_book(language)
    sentences = [text for key, text in WORDS[language]["end"].items() if " " in text and key != "check_in"]
    for size, large in product(((1280, 720), (800, 600)), (False, True)):
        boxes = layout(*size, large=large)
        for _, card in _ends(book):
            rows = _rows(boxes, card)
            for text in (sentence.format(n=12, of=12, value="84 %") for sentence in sentences):
                fitted = theme.fitted(text, rows["said"].w, rows["said"].h // 2, boxes.px(28), theme.STRONG)
                assert fitted.size >= 0.66 * boxes.px(28), (text, size)
            if card.advice:
                fitted = theme.fitted(card.advice, rows["ask"].w, rows["ask"].h, boxes.px(30), theme.STRONG)
                assert fitted.size >= 0.66 * boxes.px(30), (card.advice, size)


@pytest.mark.parametrize("language", languages())
def test_a_command_to_type_stays_on_one_line(language):
    """The due check-in's command is never broken, and stays legible, at every size."""
    text = WORDS[language]["end"]["check_in"].format(command="smile-coach check-in")
    for size, large in product((*SIZES, (1366, 768)), (False, True)):
        boxes = layout(*size, large=large)
        room = week_room(boxes, _rows(boxes, EndCard("Done", "", (), (), (), text))["week"], 7).w
        lines = coming_lines(text, room, boxes.px(26))
        assert " ".join(lines) == text
        assert lines[-1].endswith("(smile-coach check-in)")
        for line in lines:
            fitted = theme.fitted(line, room, round(boxes.px(26) * theme.LEADING) + 1, boxes.px(26))
            assert fitted.lines == (line,), size
            assert fitted.size >= 0.5 * boxes.px(26), (line, size)  # large text at 640x480


def test_margins_are_24_pixels_at_1280_by_720():
    """Words and figures keep off the window's edges; the row of keys alone reaches to them."""
    boxes = layout(1280, 720)
    for rect in (boxes.status, boxes.dots, boxes.progress, boxes.title, boxes.instruction, boxes.caption):
        assert min(rect.x, rect.y, 1280 - rect.right) >= 24
