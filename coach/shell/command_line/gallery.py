"""Every screen and state of the window as a folder of pictures, to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import cv2

from coach.shell.command_line.gallery_pictures import GalleryPicture, pictures
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.window.labels import Labels
from coach.shell.window.painter import Appearance, Painter
from coach.shell.window.prompt import QuestionScreen
from coach.shell.window.question_page import QuestionPage
from coach.types import Bilateral, FaceObservation, Frame, Image

SIZES = ((1280, 720), (1920, 1080), (800, 600))
PICTURE = (1280, 720)
Observe: TypeAlias = Callable[[Frame], FaceObservation | None]


def painted(
    picture: GalleryPicture,
    image: Image | None,
    found: FaceObservation | None,
    labels: Labels,
    size: tuple[int, int],
) -> Image:
    """Return a state of the window as it is drawn.

    Parameters
    ----------
    picture
        The state.
    image, found
        The camera's picture, (H, W, 3) uint8 BGR, unmirrored, and the face in it, where there are any.
    labels
        The window's own words.
    size
        Width and height of the canvas, (height, width, 3) uint8 BGR.
    """
    if isinstance(picture.screen, QuestionScreen):
        return QuestionPage(labels, large_text=picture.large).paint(image, picture.screen, size)
    return Painter(labels, large_text=picture.large).paint(
        image, found, picture.screen, Appearance(size, picture.view)
    )


def render_gallery(
    folder: Path,
    *,
    sizes: Sequence[tuple[int, int]] = SIZES,
    languages: Sequence[str] = ("en", "de", "es", "fr"),
    observe: Observe | None = None,
) -> int:
    """Draw every state of the window at every size in every language, as `<language>/<size>/<state>.png`.

    Parameters
    ----------
    folder
        Where the pictures go; made if need be.
    sizes
        Widths and heights in pixels.
    languages
        Two letters each.
    observe
        A landmarker, for the overlay and the outline; without one they show the picture alone.

    Returns
    -------
    int
        How many pictures were written.
    """
    from coach.shell.drawn_face.face import FacePose, draw

    demo = draw(FacePose(smile=Bilateral(0.9, 0.9), cheek=Bilateral(1, 1)), size=(320, 240))
    count = 0
    for language in languages:
        book = load_phrase_book(language)
        labels = Labels.from_book(book)
        for picture in pictures(book, demo):
            smile = Bilateral(0, 0) if picture.screen.exercise == "cheek_raiser" else picture.level
            jaw = picture.level.mean if picture.screen.exercise == "jaw_release" else 0.0
            pose = FacePose(smile=Bilateral(0, 0) if jaw else smile, cheek=picture.level, jaw_open=jaw)
            frame = Frame(float(count + 1), draw(pose, size=PICTURE))
            found = observe(frame) if observe and picture.view != "picture" else None
            image = frame.image if picture.camera else None
            for width, height in sizes:
                canvas = painted(picture, image, found, labels, (width, height))
                target = folder / language / f"{width}x{height}" / f"{picture.name}.png"
                target.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(target), canvas)
                count += 1
    return count
