"""A slip of the command line costs no film, no history and no photo."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from simulated_year import fill

from coach.__main__ import run
from coach.errors import UsageError
from coach.shell.store.store import Store
from coach.shell.system.output_file import (
    CSV,
    EVENTS,
    FILM,
    HISTORY,
    HTML,
    JSON,
    OTHER,
    PHOTO,
    check_output,
    kind_of,
)


@pytest.fixture
def data(home):
    with Store.open(home) as store:
        fill(store, sessions=2, check_ins=2)
    (home / "photos").mkdir()
    (home / "photos" / "one.png").write_bytes(b"\x89PNG one")
    (home / "films" / "x").mkdir(parents=True)
    (home / "films" / "x" / "film.mp4").write_bytes(b"film")
    (home / "memories.toml").write_text("")
    return home


@pytest.mark.parametrize("option", ["--events", "--features", "--plot"])
@pytest.mark.parametrize("linked", [False, True])
def test_analyze_does_not_write_onto_the_film_it_reads(film, tmp_path, ready, home, fails, option, linked):
    """Neither by its name nor by a link's, nor by force."""
    path = (
        film("film.png" if option == "--plot" else "film.avi", codec="MJPG") if option != "--plot" else None
    )
    if path is None:
        path = film("film.avi", codec="MJPG").rename(tmp_path / "film.png")
    target = tmp_path / f"other{path.suffix}"
    if linked:
        target.symlink_to(path)
    else:
        target = path
    before = path.read_bytes()
    command = ["analyze", path, "--exercise", "cheek_raiser", option, target, "--force", *ready]
    status, line = fails(*command)
    assert status == 2
    assert f"{option} {target}: is the file being read" in line
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        ["demo", "--events"],
        ["progress", "--html"],
        ["export", "--format", "json"],
        ["export", "--format", "pdf"],
        ["remind"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("name", ["history.sqlite3", "photos/one.png", "films/x/film.mp4", "memories.toml"])
def test_nothing_is_written_onto_what_is_kept(data, ready, fails, command, name):
    """History, photos, films and memories stay as they are, whatever is forced."""
    if command == ["remind"]:
        (data / "link.ics").symlink_to(data / name)
    target = data / "link.ics" if command == ["remind"] else data / name
    before = (data / name).read_bytes()
    options = ready if command[0] == "demo" else []
    status, line = fails(*command, target, "--force", *options)
    assert status == 2
    assert "is kept there" in line or "ends in" in line
    assert (data / name).read_bytes() == before


@pytest.mark.parametrize("name", ["range.json", "memories.toml", "films", "people/log.jsonl"])
def test_nor_where_something_kept_is_to_come(home, ready, fails, name):
    """A log in the place of memories was taken for them, and no command started any more."""
    status, line = fails("demo", "--events", home / name, *ready)
    assert status == 2
    assert "is kept there" in line
    assert not (home / name).exists()


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_link_that_goes_in_a_circle_gives_way(home, tmp_path):
    """It leads to no file that could be lost."""
    loop = tmp_path / "loop.ics"
    loop.symlink_to(loop)
    assert run(["remind", str(loop)]) == 0
    assert loop.read_text(encoding="utf-8").startswith("BEGIN:VCALENDAR")


def test_nor_onto_the_settings(data, tmp_path, fails, model_path):
    """The file that --config names is one's own as well."""
    own = tmp_path / "own.toml"
    own.write_text("")
    status, line = fails("progress", "--html", own, "--config", own, "--force")
    assert (status, own.read_text()) == (2, "")
    assert "is kept there" in line


def test_a_file_of_another_kind_is_replaced_by_force_only(data, tmp_path, fails):
    """Of the same kind at once, as every day's page is."""
    page, notes = tmp_path / "page.html", tmp_path / "notes.html"
    page.write_text("<!DOCTYPE html><html lang=en>yesterday's")
    assert run(["progress", "--html", str(page)]) == 0
    assert "yesterday's" not in page.read_text(encoding="utf-8")
    notes.write_text("dear diary")
    status, line = fails("progress", "--html", notes)
    assert status == 2
    assert "another file is there, not a page; give another name, or --force to replace it" in line
    assert notes.read_text() == "dear diary"
    assert run(["progress", "--html", str(notes), "--force"]) == 0
    assert notes.read_text(encoding="utf-8").startswith("<!")


def test_one_place_for_two_things_is_refused(film, tmp_path, ready, home, fails):
    """The second would take the first one's place."""
    out = tmp_path / "out"
    command = ["analyze", film(), "--exercise", "cheek_raiser", "--events", out, "--features", out, *ready]
    assert "is where --events is written" in fails(*command)[1]


def test_a_table_is_no_folders_name(data, tmp_path, fails):
    """`export NAME.csv` made a folder of that name."""
    status, line = fails("export", tmp_path / "all.csv")
    assert status == 2
    assert "CSV is one file a table, in a folder" in line
    status, line = fails("export", str(tmp_path / "history.xlsx"))
    assert (status, "writes no .xlsx files" in line) == (2, True)
    assert not list(tmp_path.glob("history.xlsx"))
    assert not (tmp_path / "all.csv").exists()


def test_files_are_told_apart_by_how_they_begin(tmp_path, film, data):
    """Not by their names, which are what the slip is about."""
    sqlite3.connect(tmp_path / "x").close()
    for kind, name in ((FILM, "a.mp4"), (FILM, "a.avi"), (FILM, "a.mkv")):
        assert kind_of(film(name, codec="mp4v" if name == "a.mp4" else "MJPG").read_bytes()[:64]) == kind
    for start, kind in (
        (b"", ""),
        (b"SQLite format 3\0", HISTORY),
        (b"\x89PNG\r\n", PHOTO),
        (b'{"t": 0.0, "type"', EVENTS),
        (b'{\n "format"', JSON),
        (b"<!DOCTYPE html><html", HTML),
        (b"session,exercise,t_s\n1", CSV),
        (b"Hello, world\n", OTHER),
        (b"\xff\x00\x01", OTHER),
    ):
        assert kind_of(start) == kind, start
    shutil.copy(data / "history.sqlite3", tmp_path / "copy")
    with pytest.raises(UsageError, match="a history is there"):
        check_output(tmp_path / "copy", JSON)
    check_output(tmp_path / "copy", JSON, force=True)
    check_output(Path("/dev/null"), JSON)
