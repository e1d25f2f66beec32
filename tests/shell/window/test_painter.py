"""What the window draws: legible, nothing clipped, told by shape as well as colour, sides as in a mirror."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np
import pytest

from coach.coaching.screen import EndCard, NextCard, PhotoCard, Screen
from coach.exercise.view import Bars
from coach.face.landmarks import RIGID
from coach.shell.command_line.gallery import render_gallery
from coach.shell.command_line.gallery_pictures import pictures
from coach.shell.detection.landmarker import Landmarker
from coach.shell.drawn_face.face import FacePose, draw
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.window import face_overlay, gauge, theme, widgets
from coach.shell.window.display import VIEWS, Command
from coach.shell.window.layout import MARGIN, Rect, layout
from coach.shell.window.painter import Appearance, Painter
from coach.types import Bilateral, FaceObservation, Frame

HD = Appearance((1280, 720))
HOLD = Screen(
    phase="hold",
    title="Cheek raiser",
    instruction="Lift your cheeks.",
    exercise="cheek_raiser",
    count=3,
    target=10,
    hold=0.4,
    hold_left_s=3.0,
    bars=Bars(Bilateral(0.9, 0.3), (0.6, 1.1)),
    caption="Hold",
    progress=0.3,
    time_left_s=80,
)


def grey_picture(width=640, height=480, level=90):
    return np.full((height, width, 3), level, np.uint8)


def face(size=(640, 480)):
    """Return landmarks around two middles, each side's in its own half (the person's left at the right)."""
    landmarks = np.full((478, 3), 0.5)
    landmarks[:, 2] = 0.0
    for muscles in face_overlay.MUSCLES.values():
        for muscle in muscles:
            for side, x in (("left", 0.65), ("right", 0.35)):
                turn = np.linspace(0, 2 * np.pi, len(muscle[side]), endpoint=False)
                landmarks[list(muscle[side]), :2] = np.stack(
                    (x + 0.06 * np.cos(turn), 0.5 + 0.08 * np.sin(turn)), 1
                )
    landmarks[263, :2], landmarks[33, :2] = (0.62, 0.4), (0.38, 0.4)
    return FaceObservation(0.0, landmarks, np.zeros(52), size)


def test_the_picture_is_a_mirror():
    """What is on the left of the camera's picture is on the right of the window's."""
    picture = grey_picture(level=0)
    picture[:, :320] = 255
    canvas = Painter().paint(picture, None, HOLD, HD)
    free = slice(100, 600)  # rows in which nothing stands at the window's sides
    assert canvas[free, : MARGIN - 2].max() == 0
    assert canvas[free, 2 - MARGIN :].min() == 255


def coloured(area, colour):
    return int((np.abs(area.astype(int) - colour).max(axis=2) < 12).sum())


def test_the_left_bar_is_on_the_left_and_shows_the_left_side():
    """The person's strong left side fills the bar on the left of the window to its band."""
    boxes = layout(1280, 720)
    canvas = Painter().paint(grey_picture(), None, HOLD, HD)
    assert boxes.left_bar.right <= boxes.ring.x < boxes.ring.right <= boxes.right_bar.x
    assert coloured(boxes.left_bar.of(canvas), theme.GREEN) > 3000
    assert coloured(boxes.right_bar.of(canvas), theme.GREEN) == 0
    assert 0 < coloured(boxes.right_bar.of(canvas), theme.SKY) < 5000


@pytest.mark.parametrize("phase", ["rest", "go", "waiting", "attempt"])
def test_a_face_that_is_up_when_it_should_rest_is_not_shown_as_a_good_one(phase):
    """Green means that it counts."""
    canvas = Painter().paint(grey_picture(), None, replace(HOLD, phase=phase, hold=0.0), HD)
    assert coloured(layout(1280, 720).left_bar.of(canvas), theme.GREEN) == 0


def test_the_bar_of_the_faulty_side_is_amber():
    """The other one stays as it is."""
    boxes = layout(1280, 720)
    canvas = Painter().paint(grey_picture(), None, replace(HOLD, phase="fix", faulty_side="right"), HD)
    assert coloured(boxes.right_bar.of(canvas), theme.ORANGE) > 1000
    assert coloured(boxes.left_bar.of(canvas), theme.ORANGE) == 0
    assert coloured(boxes.left_bar.of(canvas), theme.GREEN) > 3000


@pytest.mark.parametrize("size", [(1120, 636), (1206, 680), (1280, 720), (1536, 864), (1920, 1080)])
def test_the_demonstration_leaves_the_jaws_wide_bar_free(size):
    """The bar that a wide-open mouth fills is seen whole beside the face that shows it."""
    jaw, look = replace(HOLD, bars=Bars(Bilateral(0.3, 0.3), (0.6, 1.1), single=True)), Appearance(size)
    shown = replace(jaw, demo=grey_picture())
    bar = layout(*size).single_bar
    alone, beside = (bar.of(Painter().paint(grey_picture(), None, one, look)) for one in (jaw, shown))
    assert np.array_equal(alone, beside)


def test_the_jaw_has_one_wide_bar():
    """A jaw has no sides: nothing at the left of the face, and at its right a bar half as wide again."""
    boxes = layout(1280, 720)
    both = replace(HOLD, bars=Bars(Bilateral(0.9, 0.9), (0.6, 1.1)))
    one = replace(HOLD, bars=Bars(Bilateral(0.9, 0.9), (0.6, 1.1), single=True))
    left, right = boxes.left_bar, replace(boxes.right_bar, w=2 * boxes.right_bar.w)

    def columns(screen: Screen, box: Rect) -> int:
        canvas = Painter().paint(grey_picture(), None, screen, HD)
        return int((box.of(canvas) == theme.GREEN).all(axis=2).any(axis=0).sum())

    assert columns(one, left) == 0 < columns(both, left)
    assert columns(one, right) > 1.4 * columns(both, right)


def test_the_ring_fills_with_the_hold_alone():
    """No hold, no green; twice the hold, twice the green; the bars' level changes nothing."""
    boxes = layout(1280, 720)

    def green(**changes):
        canvas = Painter().paint(grey_picture(), None, replace(HOLD, **changes), HD)
        (x, y), radius, stroke = gauge.ring_circle(boxes)
        around = Rect(x - radius - stroke, y - radius - stroke, 2 * (radius + stroke), 2 * radius + stroke)
        return coloured(around.of(canvas), theme.GREEN)

    assert green(hold=0.0) == 0
    assert green(hold=0.8) == pytest.approx(2 * green(hold=0.4), rel=0.05)
    assert green(hold=0.4, bars=Bars(Bilateral(1.0, 1.0), (0.6, 1.1))) == green(hold=0.4)


def shape(rect, canvas):
    """Return a box with its colours taken away: what is ground and what is not."""
    area = rect.of(canvas).astype(int)
    return np.abs(area - area[0, 0]).max(axis=2) > 40


def test_every_state_has_a_shape_of_its_own():
    """Without any colour the phases differ, and so do seen, unseen, paused and muted."""
    boxes = layout(1280, 720)
    looks = {}
    for phase in ("ready", "rest", "rising", "hold", "released", "attempt"):
        canvas = np.zeros((720, 1280, 3), np.uint8)
        gauge.draw_ring(canvas, boxes, phase, hold=0.0, covers_face=False)
        looks[phase] = shape(boxes.ring, canvas)
    lights = {}
    for framing in ("good", "closer", "move_left", "move_right", "move_up", "move_down"):
        canvas = np.zeros((720, 1280, 3), np.uint8)
        widgets.draw_status(canvas, boxes, framing, "")
        lights[framing] = shape(boxes.status, canvas)
    for shapes in (looks, lights):
        for one, other in combinations(shapes, 2):
            assert (shapes[one] != shapes[other]).sum() > 40, (one, other)


def test_the_seconds_are_large_where_no_picture_is_shown():
    """Of a hold and of a breath; from a distance they are all there is to follow."""
    ring = layout(1280, 720).ring
    middle = Rect(ring.centre[0] - 80, ring.centre[1] - 80, 160, 160)
    breath, look = replace(HOLD, phase="moving", bars=None, swell=0.5), replace(HD, view="hidden")
    for screen in (HOLD, breath):
        shown = [
            Painter().paint(grey_picture(), None, replace(screen, hold_left_s=left), look)
            for left in (3.0, 2.9, 2.0)
        ]
        three, still_three, two = (middle.of(canvas) for canvas in shown)
        assert np.array_equal(three, still_three)
        assert (three != two).any(axis=2).sum() > 500
        seen = Painter().paint(grey_picture(), None, screen, HD)
        assert (middle.of(seen) == 90).all()  # nothing of the kind on a face


def test_a_near_ring_fills_the_other_way_round_from_its_other_end():
    """Open below: circles clockwise begin at its lower left end, the others at its lower right one."""
    boxes = layout(1280, 720)
    for dot, left in ((0.5, True), (-0.5, False)):
        canvas = np.zeros((720, 1280, 3), np.uint8)
        gauge.draw_ring(canvas, boxes, "moving", hold=0.3, covers_face=True, dot=dot, open_below=True)
        cv2.circle(canvas, (boxes.ring.centre[0], boxes.ring.bottom - 8), 30, (0, 0, 0), -1)  # the dot
        columns = np.nonzero((canvas == theme.SKY).all(axis=2))[1]
        assert (columns.mean() < boxes.ring.centre[0]) == left
        assert (columns < boxes.ring.centre[0]).all() == left


def test_a_good_level_is_green_in_a_memory_too():
    """A smile that comes by itself is not held: its bars do not turn blue again on the way."""
    remembering = replace(HOLD, phase="moving", bars=Bars(Bilateral(0.9, 0.9), (0.6, 1.1)))
    canvas = Painter().paint(grey_picture(), None, remembering, HD)
    assert coloured(layout(1280, 720).left_bar.of(canvas), theme.GREEN) > 1000


def test_being_in_the_band_shows_without_colour():
    """A bar in its band has a frame that a bar just below the band has not."""
    boxes = layout(1280, 720)
    bright = []
    for level in (0.58, 0.62):
        canvas = np.zeros((720, 1280, 3), np.uint8)
        gauge.draw_bar(canvas, boxes, boxes.left_bar, level=level, band=(0.6, 1.1), label="")
        bright.append(coloured(boxes.left_bar.of(canvas), theme.TEXT))
    assert bright[1] > bright[0] + 500


SEQUENCE = (
    (HOLD, "picture", None),
    (replace(HOLD, hold=0.7, hold_left_s=2.9), "picture", None),
    (replace(HOLD, hold=0.1), "picture", Command.HELP),
    (replace(HOLD, paused="Pause", muted=True), "picture", None),
    (replace(HOLD, phase="attempt", hold=0.0, caption="Again", bars=None), "picture", None),
    (replace(HOLD, lines=(("N", "next"),), notice="no sound"), "hidden", None),
    (replace(HOLD, hold=0.5), "hidden", None),
    (replace(HOLD, hold=0.6, bars=Bars(Bilateral(0.2, 0.7), (0.6, 1.1))), "hidden", None),
    (replace(HOLD, demo=grey_picture(160, 120, 200)), "overlay", None),
    (replace(HOLD, framing="closer", fix="Come closer"), "outline", None),
    (replace(HOLD, phase="summary", title="Done", lines=(("Reps", "10"),)), "picture", None),
    (replace(HOLD, phase="rest", hold=0.0, count=4), "picture", None),
)


@pytest.mark.parametrize("size", [(1280, 720), (800, 600)])
def test_one_screen_leaves_nothing_behind_in_the_next(size):
    """After any sequence of screens the window looks as if the last one were the first."""
    used, picture, seen = Painter(), grey_picture(1280, 720), face((1280, 720))
    first = used.paint(picture, seen, HOLD, Appearance(size))
    before = first.copy()
    for screen, view, hover in SEQUENCE:
        appearance = Appearance(size, view, hover)
        drawn = used.paint(picture, seen, screen, appearance)
        assert np.array_equal(drawn, Painter().paint(picture, seen, screen, appearance)), screen
    assert np.array_equal(first, before)


def test_the_outline_of_a_face_fits_into_the_ring(model_path):
    """All of it at rest, brows and lips of a mouth wide open, however near: the ring hides and cuts none."""
    with Landmarker(model_path) as landmarker:
        for n, (jaw, scale) in enumerate(((0.0, 1.0), (1.0, 1.0), (1.0, 1.3))):
            seen = landmarker.detect(Frame(float(n), draw(FacePose(jaw_open=jaw, scale=scale))))
            for size in ((1280, 720), (720, 960)):
                boxes = layout(*size)
                drawn = face_overlay.centred(seen.landmarks, seen.size, boxes.ring)
                middle, radius, stroke = gauge.ring_circle(boxes)
                chin = () if jaw else face_overlay.OVAL
                parts = (
                    *chin,
                    *face_overlay.LIPS_OUTER,
                    *face_overlay.BROW["left"],
                    *face_overlay.EYE["right"],
                )
                away = np.linalg.norm(drawn[list(parts)] - middle, axis=1)
                assert away.max() < radius - stroke / 2, (jaw, scale, size)


def sized(spread: float):
    """Return a face whose upper part is so wide, as a share of the height of a picture of 1280x720."""
    seen = face((1280, 720))
    turn = np.linspace(0, 2 * np.pi, len(RIGID), endpoint=False)
    around = np.stack((0.5 + spread * 9 / 16 * np.cos(turn), 0.35 + spread * np.sin(turn)), 1)
    seen.landmarks[list(RIGID), :2] = around
    return seen


def plate_of(painter: Painter, screen: Screen, seen: FaceObservation, look: Appearance = HD):
    """Return the box of what a caption adds to the window."""
    picture = grey_picture(1280, 720)
    said, silent = (
        painter.paint(picture, seen, replace(screen, caption=caption), look).copy()
        for caption in ("Now close slowly", "")
    )
    return Rect(*cv2.boundingRect((said != silent).any(axis=2).astype(np.uint8)))


NEAR, USUAL = 0.3, 0.2


@pytest.mark.parametrize("spread", [NEAR, USUAL])
def test_the_caption_sinks_while_the_row_of_keys_is_gone(spread):
    """To the margin, below the chin; it comes up again with the keys, and never lies under them."""
    boxes, seen = layout(1280, 720), sized(spread)
    high, low = (plate_of(Painter(), HOLD, seen, replace(HD, keys=keys)) for keys in (1.0, 0.0))
    assert high.bottom <= boxes.buttons[0][1].y
    assert low.bottom == pytest.approx(720 - boxes.px(MARGIN), abs=1)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_the_caption_stands_beside_a_face_that_is_near(size):
    """Where a wide-open mouth would lie under it; there it is on no bar and within the margins."""
    look, boxes = Appearance(size, keys=0.0), layout(*size)
    near, usual = (plate_of(Painter(), HOLD, sized(spread), look) for spread in (NEAR, USUAL))
    assert near.x >= boxes.single_bar.right
    assert near.right <= size[0] - boxes.px(MARGIN)
    assert abs(usual.centre[0] - size[0] // 2) < 3


def test_a_swaying_face_does_not_make_the_caption_jump():
    """Not at the very limit, nor for a moment's error; where the person has moved back, it does come back."""
    painter, look = Painter(), replace(HD, keys=0.0)

    def aside(spread: float, t: float) -> bool:
        return plate_of(painter, HOLD, replace(sized(spread), t=t), look).x > 900

    assert not aside(USUAL, 0.0)
    assert not aside(NEAR, 0.1)  # an error in one picture
    assert not aside(USUAL, 0.2)
    assert not any(aside(NEAR, t) for t in (0.3, 0.6))
    assert aside(NEAR, 0.9)
    limit = next(
        s / 1000 for s in range(200, 300) if plate_of(Painter(), HOLD, sized(s / 1000), look).x > 900
    )
    assert all(aside(limit - 0.005, 1.0 + n / 5) for n in range(10))
    assert [aside(USUAL, t) for t in (3.0, 3.6)] == [True, False]


def test_the_ring_leaves_a_near_mouth_open():
    """Nothing of it is drawn below, where it would cross the lips."""
    boxes, look = layout(1280, 720), replace(HD, keys=0.0)
    below = Rect(boxes.ring.centre[0] - 20, boxes.ring.bottom - 30, 40, 30)
    silent, picture = replace(HOLD, caption=""), grey_picture(1280, 720)
    drawn = [Painter().paint(picture, sized(spread), silent, look) for spread in (NEAR, USUAL)]
    near, usual = (coloured(below.of(canvas), theme.TRACK) for canvas in drawn)
    assert near == 0
    assert usual > 100


def test_the_drawn_faces_mouth_is_not_covered_wide_open(model_path):
    """At its usual distance, and nearer: what is said hides nothing of the lips once the keys have faded."""
    with Landmarker(model_path) as landmarker:
        for n, scale in enumerate((0.8, 1.0, 1.15, 1.3)):
            picture = draw(FacePose(jaw_open=1.0, scale=scale))
            seen = landmarker.detect(Frame(float(n), picture))
            placed = face_overlay.place((640, 480), layout(1280, 720).picture)
            lips = placed.points(seen.landmarks)[list(face_overlay.LIPS_OUTER)]
            said, silent = (
                Painter().paint(picture, seen, replace(HOLD, caption=caption), replace(HD, keys=0.0))
                for caption in ("Now close slowly", "")
            )
            plate = Rect(*cv2.boundingRect((said != silent).any(axis=2).astype(np.uint8)))
            assert not any(plate.contains(x, y) for x, y in lips), scale


@pytest.mark.parametrize("view", ["overlay", "outline"])
def test_the_left_cheek_lights_up_on_the_left(view):
    """The person's active left side lights up in the left half of the mirrored window, not in the right."""
    picture, seen, look = grey_picture(), face(), replace(HD, view=view)
    still, active = (
        Painter().paint(picture, seen, replace(HOLD, bars=Bars(level, (0.6, 1.1))), look).copy()
        for level in (Bilateral(0.0, 0.0), Bilateral(1.0, 0.0))
    )
    box = layout(1280, 720).picture
    change = np.abs(box.of(active).astype(int) - box.of(still)).max(axis=2) > 20
    assert change[:, : box.w // 2].sum() > 1000
    assert change[:, box.w // 2 :].sum() == 0


@pytest.mark.parametrize(
    ("phase", "side", "tint"),
    [("hold", "", (1, 0)), ("rest", "", (0, 1)), ("fix", "left", (2, 0))],
    ids=["green where it counts", "blue at rest", "amber where it is wrong"],
)
def test_muscles_have_the_colour_of_their_bar(phase, side, tint):
    """The fully active left side, in what is stronger and what weaker of blue, green and red."""
    up = replace(HOLD, phase=phase, faulty_side=side, bars=Bars(Bilateral(1.0, 0.0), (0.6, 1.1)))
    still = replace(up, bars=Bars(Bilateral(0.0, 0.0), (0.6, 1.1)), phase="rest", faulty_side="")
    look = replace(HD, view="overlay")
    lit, dark = (Painter().paint(grey_picture(), face(), screen, look).astype(int) for screen in (up, still))
    boxes = layout(1280, 720)
    inner = slice(boxes.ring.y + 40, boxes.ring.bottom - 40), slice(boxes.ring.x + 40, boxes.ring.centre[0])
    change = (lit - dark)[inner].reshape(-1, 3).sum(axis=0)
    assert change[tint[0]] > change[tint[1]] + 10_000


@pytest.mark.parametrize(
    "picture",
    [
        np.full((480, 640), 90, np.uint8),
        np.full((480, 640, 4), 90, np.uint8),
        np.zeros((0, 0, 3), np.uint8),
        np.full((1, 1, 3), 90, np.uint8),
        np.full((1920, 1080, 3), 90, np.uint8),
        np.full((100, 3000, 3), 90, np.uint8),
        None,
    ],
    ids=["grey", "alpha", "empty", "dot", "portrait", "strip", "none"],
)
def test_any_picture_is_drawn_or_waited_for(picture):
    """Grey, four channels, no pixels, tall or wide: the window stays whole."""
    for size in ((1280, 720), (800, 600)):
        for view in VIEWS:
            canvas = Painter().paint(picture, face(), HOLD, Appearance(size, view))
            assert canvas.shape == (size[1], size[0], 3)


def test_a_face_beyond_the_border_is_no_accident():
    """Of landmarks outside the picture nothing is drawn."""
    seen = face()
    far = replace(seen, landmarks=seen.landmarks + (3.0, -2.0, 0.0))
    look = replace(HD, view="overlay")
    canvas, empty = (Painter().paint(grey_picture(), seen, HOLD, look) for seen in (far, None))
    assert np.array_equal(canvas, empty)


def test_landmarks_fall_on_the_mirrored_picture():
    """A dot drawn into the picture is found where the landmark's place says."""
    picture = grey_picture(level=0)
    cv2.circle(picture, (448, 120), 6, (255, 255, 255), cv2.FILLED)
    canvas, box = np.zeros((720, 1280, 3), np.uint8), layout(1280, 720).picture
    face_overlay.draw_picture(canvas, picture, face_overlay.place((640, 480), box))
    rows, columns = np.nonzero(box.of(canvas)[..., 0] > 128)
    expected = face_overlay.place((640, 480), box).points(np.array([[448.5 / 640, 120.5 / 480, 0.0]]))[0]
    found = (columns.mean() + box.x + 0.5, rows.mean() + box.y + 0.5)
    assert found == pytest.approx(tuple(expected), abs=1.0)


def test_the_gallery_shows_every_state(tmp_path):
    """Each state is written once per size and language, at that size."""
    names = {picture.name for picture in pictures(load_phrase_book("en"), grey_picture())}
    count = render_gallery(tmp_path, sizes=((640, 480),), languages=("de",))
    files = sorted(tmp_path.rglob("*.png"))
    assert {file.stem for file in files} == names
    assert count == len(files) == len(names)
    assert cv2.imread(str(files[0])).shape == (480, 640, 3)


def test_the_smile_card_offers_only_keys_that_still_act():
    """A finished smile cannot be paused, skipped or begun again: no key below its card says so."""
    card = PhotoCard(grey_picture(), "Smile", "", ())
    for screen in (Screen("summary", card=card), Screen("summary", lines=(("Smile", "74"),))):
        canvas = Painter().paint(None, None, screen, HD)
        offered = {command for command, rect in layout(1280, 720).buttons if np.ptp(rect.of(canvas)) > 40}
        assert offered == {Command.FULLSCREEN, Command.QUIT}


@pytest.mark.parametrize("part", ["title", "dose", "image"])
def test_the_card_between_two_exercises_has_its_words(part):
    """The name, how much of it, and one image in words: each of them is drawn."""
    card = NextCard("Even smile", "2 holds of 3 seconds", "As if a friend came round the corner")
    whole, less = (
        Painter().paint(grey_picture(), None, replace(HOLD, coming=each), HD)
        for each in (card, replace(card, **{part: ""}))
    )
    assert not np.array_equal(whole, less)


def test_one_exercise_alone_has_no_dots():
    """A single dot would tell nothing."""
    boxes = layout(1280, 720)
    drawn = [
        boxes.dots.of(Painter().paint(grey_picture(), None, replace(HOLD, steps=steps), HD))
        for steps in (0, 1, 2)
    ]
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


def test_until_the_first_picture_it_goes_on_saying_one_moment():
    """No sign of a fault while the camera is only being opened, and nobody is said to be seen."""
    opening = Screen("ready", title="A check-in", framing="good")
    canvas = Painter().paint(None, None, opening, HD)
    middle = Rect(400, 300, 480, 120)
    assert np.array_equal(middle.of(canvas), middle.of(Painter().wait(HD.size)))
    assert not coloured(canvas, theme.GREEN)
    lost = Painter().paint(None, None, replace(opening, paused="The camera is gone"), HD)
    assert coloured(lost, theme.YELLOW)


def test_a_skipped_exercise_looks_neither_done_nor_still_to_come():
    """Four looks for the four things an exercise's dot can mean; one gone back from still looks done."""
    boxes, screen = layout(1280, 720), replace(HOLD, step=2, steps=4)
    middle = boxes.dots.centre
    pitch = boxes.px(30)

    def dots(**changes: object) -> list[bytes]:
        canvas = Painter().paint(grey_picture(), None, replace(screen, **changes), HD)
        y, lefts = middle[1], [middle[0] + round((n - 1.5) * pitch) - pitch // 2 for n in range(4)]
        return [canvas[y - 12 : y + 13, x : x + pitch].tobytes() for x in lefts]

    done, skipped, on, coming = dots(done=frozenset({0}))
    assert len({done, skipped, on, coming}) == 4
    assert dots(step=1, done=frozenset({0, 3}))[3] == done


ENDED = EndCard(
    title="Well done",
    streak="3 days in a row",
    figures=(("holds", "12", "usually 11"), ("evenness", "91 %", ""), ("eyes", "50 %", "")),
    said=("More holds than usual",),
    week=(("M", "missed"),) * 7,
    coming="See you tomorrow",
)


def test_the_reason_for_a_pause_is_written_once_and_help_stands_alone():
    """Large in the middle, and not in the caption as well; no other words lie under the help."""
    why = replace(HOLD, paused="Paused - Space to go on", caption="Paused - Space to go on")
    twice, once = (
        Painter().paint(grey_picture(), None, screen, HD).copy() for screen in (why, replace(why, caption=""))
    )
    assert np.array_equal(twice, once)
    helps = replace(HOLD, lines=(("Space", "pause"), ("Q", "quit")), caption="")
    under, alone = (
        Painter().paint(grey_picture(), None, screen, HD).copy()
        for screen in (helps, replace(helps, title="", instruction=""))
    )
    assert np.array_equal(under, alone)


def test_the_last_words_are_read_on_the_card():
    """What was left out, and goodbye; a question that is open has their room."""
    ended = Screen("summary", caption="No time for Memory anchor today", end=ENDED)
    said, silent = (
        Painter().paint(None, None, screen, HD).copy() for screen in (ended, replace(ended, caption=""))
    )
    plate = Rect(*cv2.boundingRect((said != silent).any(axis=2).astype(np.uint8)))
    assert plate.w > 300
    asking = replace(ended, end=replace(ENDED, ask="How did it feel?", answers=(("1", "easy"),)))
    said, silent = (
        Painter().paint(None, None, screen, HD) for screen in (asking, replace(asking, caption=""))
    )
    assert np.array_equal(said, silent)


@pytest.mark.parametrize(
    "less",
    [
        {"streak": ""},
        {"figures": (("holds", "13", "usually 11"), *ENDED.figures[1:])},
        {"said": ("As usual",)},
        {"week": (*ENDED.week[:6], ("M", "counted"))},
        {"coming": "See you soon"},
    ],
)
def test_the_end_shows_all_that_its_card_has(less):
    """Streak, figures, sentence, week, and what is next: a card with another one looks different."""
    whole, other = (
        Painter().paint(None, None, Screen("summary", end=card), HD)
        for card in (ENDED, replace(ENDED, **less))
    )
    assert not np.array_equal(whole, other)


def test_the_end_has_a_check_where_something_counted():
    """The only green there is, while the week is empty."""
    done, nothing = (
        coloured(Painter().paint(None, None, Screen("summary", end=card), HD), theme.GREEN)
        for card in (ENDED, replace(ENDED, streak=""))
    )
    assert done > 500
    assert nothing == 0


def test_what_leads_has_the_one_accent_colour():
    """The exercise that is on, the dot to follow and the next dose: sky blue, like a bar on its way."""
    boxes, still = layout(1280, 720), replace(HOLD, phase="moving", bars=None, hold=0.0)
    card = NextCard("Even smile", "2 holds of 3 seconds", "As if a friend came round the corner")

    def accent(screen: Screen, box: Rect) -> int:
        return coloured(box.of(Painter().paint(grey_picture(), None, screen, HD)), theme.SKY)

    assert accent(replace(still, step=1, steps=3), boxes.dots) > 200
    assert accent(replace(still, dot=0.25), boxes.ring) > accent(still, boxes.ring)
    assert accent(replace(still, coming=card), boxes.picture) > 200


def test_the_dot_to_follow_goes_clockwise_as_it_is_seen():
    """A quarter turn is at the right of the window, not where the camera has the right."""
    ring = layout(1280, 720).ring
    still = replace(HOLD, phase="moving", hold=0.0, target=0, bars=None)
    without = Painter().paint(grey_picture(), None, still, HD)
    for dot, x in ((0.25, ring.right), (0.75, ring.x)):
        canvas = Painter().paint(grey_picture(), None, replace(still, dot=dot), HD)
        rows, columns = np.nonzero((canvas != without).any(axis=2))
        assert (columns.mean(), rows.mean()) == pytest.approx((x, ring.centre[1]), abs=12)


def test_the_ring_fills_the_way_the_dot_goes():
    """A fifth of the circles is done: to the right of the top, and to the left of it the other way round."""
    boxes = layout(1280, 720)
    still = replace(HOLD, phase="moving", hold=0.0, target=5, bars=None)
    for dot, side in ((0.55, 1), (-0.45, -1)):
        empty, fifth = (
            Painter().paint(grey_picture(), None, replace(still, dot=dot, hold=hold), HD) for hold in (0, 0.2)
        )
        _, columns = np.nonzero((empty != fifth).any(axis=2))
        assert (columns.mean() - boxes.ring.centre[0]) * side > 0


def test_a_zero_has_no_stroke_through_it():
    """Its middle is as empty as the letter's: the font's own zero looks crossed out."""
    canvas = np.zeros((80, 80, 3), np.uint8)
    theme.write(canvas, "0", (10, 65), size=60, weight=theme.STRONG)
    rows, columns = np.nonzero(canvas.max(axis=2))
    assert not canvas[round(rows.mean()) - 3 : round(rows.mean()) + 3, round(columns.mean())].any()


def test_the_window_says_one_moment_until_the_first_picture():
    """Neither black nor white: the ground of every screen, and words in its middle."""
    canvas = Painter().wait((800, 600))
    assert tuple(canvas[5, 5]) == theme.BACKGROUND
    middle = canvas[280:320, 200:600]
    assert coloured(middle, theme.QUIET) > 100


def test_the_row_of_keys_can_fade():
    """Faded, the picture is seen there; shown, the keys."""
    picture = grey_picture(level=90)
    silent = replace(HOLD, caption="")
    shown, faded = (Painter().paint(picture, None, silent, replace(HD, keys=keys)) for keys in (1.0, 0.0))
    row = Rect(0, 680, 1280, 40)
    assert (row.of(faded) == 90).all()
    assert not (row.of(shown) == 90).all()


def test_words_stay_where_they_are_when_the_picture_changes():
    """What is laid over a frame from the last time is what a new painter draws."""
    first = Painter().paint(grey_picture(level=10), None, HOLD, HD)
    again = Painter().paint(grey_picture(level=10), None, HOLD, HD)
    assert np.array_equal(first, again)
    other = Painter().paint(grey_picture(level=10), None, replace(HOLD, caption="Something else"), HD)
    caption = layout(1280, 720).caption
    assert not np.array_equal(caption.of(first), caption.of(other))


def test_what_to_do_begins_with_a_capital_letter():
    """Also a correction that begins with the name of a side, which the words write small."""
    small, capital = (
        Painter().paint(None, None, Screen("fix", title="A", instruction=text), Appearance((1280, 720)))
        for text in ("rechts noch ein wenig mehr", "Rechts noch ein wenig mehr")
    )
    assert np.array_equal(small, capital)


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768), (1920, 1080), (800, 600), (720, 960)])
def test_the_ring_crosses_no_wide_open_mouth(size, model_path):
    """Near the camera a jaw that hangs open reaches down to the ring, which is open there."""
    boxes, lips_and_chin = layout(*size), (0, 13, 14, 17, 37, 267, 61, 291, 84, 314, 152)
    drawn = {}
    for below in (False, True):
        drawn[below] = np.zeros((size[1], size[0], 3), np.uint8)
        gauge.draw_ring(drawn[below], boxes, "hold", hold=1.0, covers_face=True, open_below=below)
    crossed = {False: 0, True: 0}
    with Landmarker(model_path) as landmarker:
        for number, scale in enumerate((0.8, 1.0, 1.1, 1.2, 1.3, 1.4)):
            picture = draw(FacePose(jaw_open=1.0, scale=scale), (640, 480))
            seen = landmarker.detect(Frame(float(number), picture))
            assert seen is not None
            points = face_overlay.place((640, 480), boxes.picture).points(seen.landmarks)
            for x, y in np.round(points[list(lips_and_chin), :2]).astype(int):
                for below, canvas in drawn.items():
                    crossed[below] += bool(canvas[max(y - 4, 0) : y + 5, max(x - 4, 0) : x + 5].any())
    assert crossed[True] == 0
    assert crossed[False] > 0


def test_the_ring_opens_for_a_picture_of_a_wide_open_mouth():
    """A check-in has no bars that would tell: its screen says so."""
    boxes, screen = layout(1280, 720), Screen("rising", count=1, target=3)
    centre, radius, _ = gauge.ring_circle(boxes)
    at = centre[1] + radius, centre[0]
    whole, wide = (
        Painter().paint(grey_picture(), None, one, HD)[at].tolist()
        for one in (screen, replace(screen, wide_open=True))
    )
    assert whole == list(theme.TRACK)
    assert wide != whole


def test_the_ring_is_whole_where_a_dot_leads_round_it():
    """Only the wide opening needs the room below; circles are followed all the way round."""
    bars = Bars(Bilateral(0.5, 0.5), (0.4, 1.0), single=True)
    wide, boxes = Screen("hold", bars=bars, hold=1.0), layout(1280, 720)
    x, y = boxes.ring.centre[0], boxes.ring.bottom - boxes.px(7)
    for screen, whole in ((wide, False), (replace(wide, dot=0.2), True), (replace(wide, swell=1.0), True)):
        canvas = Painter().paint(grey_picture(1280, 720), None, screen, Appearance((1280, 720)))
        assert (canvas[y, x].tolist() != [90, 90, 90]) == whole


def test_the_ring_swells_as_one_breathes_in_and_sinks_as_one_breathes_out():
    """From breathed out to breathed in it grows by a tenth at least, to where it stands otherwise."""
    boxes = layout(1280, 720)
    radii = [gauge.ring_circle(boxes, swell)[1] for swell in (0.0, 0.5, 1.0)]
    assert radii == sorted(set(radii))
    assert radii[-1] == gauge.ring_circle(boxes)[1] > 1.1 * radii[0]
