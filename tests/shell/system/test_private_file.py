"""A file is written whole or not at all; while it is written it has no name, where the system can do that."""

from __future__ import annotations

import contextlib
import errno
import os

import pytest

from coach.errors import CoachError
from coach.shell.system import private_file as subject
from coach.shell.system.private_file import FileBeside, hand_over, write_private

linux = pytest.mark.skipif(not subject.NAMELESS, reason="Linux alone has files without a name")


def refuses(*_, **__):
    raise OSError(95, "Operation not supported")


@linux
def test_a_kill_in_the_middle_leaves_nothing(tmp_path):
    """Until it is whole the new file is in no folder; the older one stays."""
    path = tmp_path / "out.json"
    path.write_text("older")
    with contextlib.closing(FileBeside(path)) as beside:
        beside.file.write(b"a person's words" * 10_000)
        beside.file.flush()
        assert [each.name for each in tmp_path.iterdir()] == ["out.json"]
        assert path.read_text() == "older"
        beside.keep()
    assert path.read_bytes() == b"a person's words" * 10_000
    assert [each.name for each in tmp_path.iterdir()] == ["out.json"]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("missing", ["files without a name", "/proc", "a name for them"])
def test_where_the_system_cannot_the_file_is_whole_all_the_same(tmp_path, monkeypatch, missing):
    """Other systems, a container without /proc, a network drive that can name no such file."""
    if missing == "a name for them":
        monkeypatch.setattr(os, "link", refuses)
    elif missing == "/proc":
        monkeypatch.setattr(subject, "OPEN_FILES", str(tmp_path / "nothing"))
    else:
        monkeypatch.setattr(subject, "NAMELESS", 0)
    path = tmp_path / "out.json"
    path.write_text("older")
    write_private(path, b"new" * 10_000)
    assert path.read_bytes() == b"new" * 10_000
    assert [each.name for each in tmp_path.iterdir()] == ["out.json"]


def test_a_disk_that_fills_up_at_the_end_leaves_the_older_file(tmp_path, monkeypatch):
    """Nothing half-written stays beside it."""
    path = tmp_path / "out.json"
    path.write_text("older")
    monkeypatch.setattr(os, "link", refuses)
    monkeypatch.setattr(subject.shutil, "copyfileobj", refuses)
    monkeypatch.setattr(os, "fsync", refuses)
    with pytest.raises(OSError, match="Operation not supported"):
        write_private(path, b"new")
    assert path.read_text() == "older"
    assert [each.name for each in tmp_path.iterdir()] == ["out.json"]


@pytest.mark.parametrize(("number", "full"), [(errno.ENOSPC, True), (errno.ENOTDIR, False)])
def test_room_is_asked_for_only_where_there_is_none(tmp_path, monkeypatch, number, full):
    """A full disk wants room; a file where a folder should be wants another place."""

    def refused(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(subject, "write_private", refused)
    with pytest.raises(CoachError, match="choose a folder you can write to") as caught:
        hand_over(tmp_path / "page.html", b"")
    assert ("make room" in str(caught.value)) == full
