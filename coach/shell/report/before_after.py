"""The first and the latest kept photo, one over the other with a slider, for the progress page."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from coach.errors import CoachError
from coach.progress.words import PAGE, ProgressWords, bound
from coach.shell.detection.photo_file import FOLDER, read_photo

HEIGHT, QUALITY = 480, 85  # of the JPEG in the page: about 40 kB each
POSES = ("natural", "biggest", "neutral")  # which face is compared, the first that both days have
_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-\d{6}-(\w+)\.png")
SCRIPT = (
    "for(const box of document.querySelectorAll('.compare')){const range=box.querySelector('input');"
    "range.addEventListener('input',()=>box.style.setProperty('--at',range.value+'%'));}"
)
# The page's policy for scripts: this one and no other.
SCRIPT_HASH = "sha256-" + base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
STYLE = """
.compare{max-width:44rem;--at:50%}.compare div{position:relative;overflow:hidden}
.compare img{display:block;width:100%}
.compare .after{position:absolute;inset:0;height:100%;object-fit:cover;clip-path:inset(0 0 0 var(--at))}
.compare div::after{content:"";position:absolute;inset:0 auto 0 var(--at);border-left:2px solid #fff;
box-shadow:0 0 3px #000}
.compare input{width:100%;margin:.6rem 0 0;accent-color:var(--accent)}
@media print{.compare input,.compare div::after{display:none}
.compare div{display:grid;grid-template-columns:1fr 1fr;gap:.5rem}
.compare .after{position:static;clip-path:none}}
"""


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """One photo for the page: the day, which face it is, and a JPEG as in a mirror."""

    day: date
    pose: str
    jpeg: bytes


def first_and_latest(folder: Path) -> tuple[KeptPhoto, KeptPhoto] | None:
    """Return the same face on the first and on the latest day with kept photos.

    Parameters
    ----------
    folder
        The data folder.

    Returns
    -------
    None if fewer than two days have such a photo. A photo that cannot be read is passed over.
    """
    days: dict[str, dict[date, Path]] = {pose: {} for pose in POSES}
    for path in sorted((folder / FOLDER).glob("*.png")):
        if (found := _NAME.fullmatch(path.name)) and found[2] in days:
            with suppress(ValueError):  # a name the person gave, e.g. of the 41st
                days[found[2]][date.fromisoformat(found[1])] = path  # the day's last take
    for pose, paths in days.items():
        first, latest = _readable(pose, paths), _readable(pose, dict(reversed(paths.items())))
        if first is not None and latest is not None and first.day != latest.day:
            return first, latest
    return None


def _readable(pose: str, paths: Mapping[date, Path]) -> KeptPhoto | None:
    """Return the first that can be read."""
    photos = (_photo(day, pose, path) for day, path in paths.items())
    return next((photo for photo in photos if photo is not None), None)


def _photo(day: date, pose: str, path: Path) -> KeptPhoto | None:
    import cv2

    try:
        image = read_photo(path)
    except CoachError:
        return None
    width = max(round(image.shape[1] * HEIGHT / image.shape[0]), 1)
    mirrored = np.ascontiguousarray(image[:, ::-1])
    small = cv2.resize(mirrored, (width, HEIGHT), interpolation=cv2.INTER_AREA)
    jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
    return KeptPhoto(day, pose, jpeg)


def compared(before: KeptPhoto, after: KeptPhoto, words: ProgressWords) -> str:
    """Return both as one figure: the slider uncovers the one or the other; on paper side by side."""
    first, latest = _image(before, "before", words), _image(after, "after", words)
    slider = html.escape(words.say("photo_slider", PAGE))
    caption = words.say("photo_line", PAGE, first=words.day(before.day), latest=words.day(after.day))
    return (
        f'<figure class="compare"><div>{first}{latest}</div>'
        f'<input type="range" min="0" max="100" value="50" aria-label="{slider}">'
        f"<figcaption>{html.escape(bound(caption))}</figcaption></figure>"
        f"<script>{SCRIPT}</script>"
    )


def _image(photo: KeptPhoto, kind: str, words: ProgressWords) -> str:
    data = base64.b64encode(photo.jpeg).decode()
    told = html.escape(words.say(f"photo_{photo.pose}", PAGE, date=words.day(photo.day)))
    return f'<img class="{kind}" alt="{told}" src="data:image/jpeg;base64,{data}">'
