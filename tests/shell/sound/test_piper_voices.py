"""A downloaded voice is exactly the one that was published, or it is not there at all."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from coach.errors import CoachError
from coach.shell.sound import piper_voices
from coach.shell.sound.engine import RenderError, SpeechRequest
from coach.shell.sound.piper_engine import PiperEngine
from coach.shell.sound.piper_voices import VOICES, VoiceFile, download, installed, wrong_file

CONTENT = {"x.onnx": b"the model" * 1000, "x.onnx.json": b"{}"}
MODEL, SETTINGS = (
    VoiceFile(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in CONTENT.items()
)
VOICE = replace(VOICES[1], name="de_DE-x-low", model=MODEL, settings=SETTINGS)


def served(address: str, path: Path, progress: bool) -> None:
    path.write_bytes(CONTENT[address.rsplit("/", 1)[1].partition("?")[0]])


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_language_has_a_voice_whose_files_are_pinned():
    """Names, addresses and digests are whole; no two voices share one."""
    assert {voice.language for voice in VOICES} == {"en", "de", "fr", "es"}
    files = [file for voice in VOICES for file in voice.files]
    assert len({file.sha256 for file in files}) == len(files) == 8
    assert all(len(file.sha256) == 64 and set(file.sha256) <= set("0123456789abcdef") for file in files)
    assert VOICES[1].address(VOICES[1].model) == (
        "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/de/de_DE/thorsten/medium/"
        "de_DE-thorsten-medium.onnx?download=true"
    )


def test_a_voice_is_fetched_once_and_checked(tmp_path):
    """Two files, no more; the second time nothing is fetched."""
    asked = []

    def fetch(address: str, path: Path, progress: bool) -> None:
        asked.append(address)
        served(address, path, progress)

    for _ in range(2):
        assert download(VOICE, tmp_path / "voices", progress=False, fetch=fetch) == tmp_path / "voices"
    assert left(tmp_path / "voices") == ["x.onnx", "x.onnx.json"]
    assert len(asked) == 2
    assert installed(VOICE, tmp_path / "voices") == tmp_path / "voices"
    assert wrong_file(VOICE, tmp_path / "voices") == ""


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "0 of 9000 bytes"), (CONTENT["x.onnx"][:-1], "8999 of 9000"), (b"!" * 9000, "SHA")],
)
def test_other_bytes_are_never_kept(tmp_path, data, says):
    """Nothing, a part, or something else of the same size: refused, and nothing is left behind."""

    def fetch(address: str, path: Path, progress: bool) -> None:
        path.write_bytes(data)

    with pytest.raises(CoachError, match=says):
        download(VOICE, tmp_path, progress=False, fetch=fetch)
    assert left(tmp_path) == []


def test_a_file_cut_off_is_fetched_again(tmp_path):
    """A truncated voice counts as not there; --download puts it right."""
    (tmp_path / "x.onnx").write_bytes(CONTENT["x.onnx"][:100])
    (tmp_path / "x.onnx.json").write_bytes(CONTENT["x.onnx.json"])
    assert installed(VOICE, tmp_path) is None
    download(VOICE, tmp_path, progress=False, fetch=served)
    assert installed(VOICE, tmp_path) == tmp_path


def test_a_file_that_was_changed_is_named_with_the_remedy(tmp_path):
    """Same size, other bytes: only the digest tells; the line says what to do."""
    download(VOICE, tmp_path, progress=False, fetch=served)
    (tmp_path / "x.onnx").write_bytes(b"?" * 9000)
    line = wrong_file(VOICE, tmp_path)
    assert "x.onnx: not the voice that was published" in line
    assert "smile-coach voice de_DE-x-low --download fetches it again" in line
    (tmp_path / "x.onnx").unlink()
    assert "cannot be read" in wrong_file(VOICE, tmp_path)


def test_without_a_network_it_says_what_is_missing(tmp_path):
    """The file's name, that there is no connection, and where to put it by hand."""

    def fetch(address: str, path: Path, progress: bool) -> None:
        raise OSError("HTTPSConnectionPool(host='a'): Max retries exceeded with url: /b (and a page more)")

    with pytest.raises(CoachError) as caught:
        download(VOICE, tmp_path, progress=False, fetch=fetch)
    line = str(caught.value)
    assert line.startswith("x.onnx is missing and cannot be fetched (no connection); connect to the network")
    assert f"save it in {tmp_path}" in line
    assert "\n" not in line
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("voice", "free", "says"),
    [
        (VOICE, 5, "5 MB free, de_DE-x-low needs 20; make room"),
        (VOICES[1], 63, "63 MB free, de_DE-thorsten-medium needs 83; make room"),
    ],
)
def test_without_room_nothing_is_begun(tmp_path, monkeypatch, voice, free, says):
    """63 MB are not started on where they cannot end, or where nothing would be left."""
    monkeypatch.setattr(piper_voices.shutil, "disk_usage", lambda _: SimpleNamespace(free=free * 1_000_000))
    with pytest.raises(CoachError, match=says):
        download(voice, tmp_path, progress=False, fetch=lambda *_: pytest.fail("it was begun"))
    assert left(tmp_path) == []


@pytest.mark.parametrize("watched", [True, False])
def test_a_progress_bar_shows_how_far_it_is(tmp_path, monkeypatch, capsys, watched):
    """Drawn by the library that fetches; the network is a fake one."""

    class Answer:
        def __init__(self, url: str) -> None:
            self.content = CONTENT[url.rsplit("/", 1)[1].partition("?")[0]]
            self.headers = {"content-length": str(len(self.content))}

        def raise_for_status(self) -> None:
            pass

        def iter_content(self, chunk_size: int) -> list[bytes]:
            return [self.content]

        def close(self) -> None:
            pass

    monkeypatch.setattr("requests.get", lambda url, **_: Answer(url))
    download(VOICE, tmp_path, progress=watched)
    assert left(tmp_path) == ["x.onnx", "x.onnx.json"]
    assert ("100%" in capsys.readouterr().err) is watched


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    """A file stands where the folder should."""
    (tmp_path / "voices").write_text("mine")
    with pytest.raises(CoachError, match="cannot be written"):
        download(VOICE, tmp_path / "voices", progress=False, fetch=served)
    assert (tmp_path / "voices").read_text() == "mine"
    assert shutil.disk_usage(tmp_path).free > 0


def test_a_voice_that_was_changed_never_speaks(tmp_path, monkeypatch):
    """Its files are as long as they should be and hold something else: nothing of them is loaded."""
    voice = VOICES[1]
    monkeypatch.setattr(piper_voices, "piper_installed", lambda: True)
    for file in voice.files:
        with (tmp_path / file.name).open("wb") as opened:
            opened.truncate(file.size)
    request = SpeechRequest("piper", voice.language, voice.name, 165, 1.0, str(tmp_path))
    with pytest.raises(RenderError, match="not the voice that was published"):
        PiperEngine(request)
