"""What others read is safe: spreadsheets, terminals, browsers, calendars; and nothing read by us unfolds."""

from __future__ import annotations

import csv
import io
import os
import struct
import zlib
from datetime import UTC, datetime

import numpy as np
import pytest
from recorded import MemoryTape, session
from simulated_year import fill

from coach.__main__ import run
from coach.errors import CoachError
from coach.session.memories import Memories, Memory
from coach.shell.archive.export import defused, export_csv, import_json
from coach.shell.detection.photo_file import keep_photo, read_photo
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.memories_file import NAME, load_memories, save_memories
from coach.shell.profile.toml_files import read_toml
from coach.shell.recording.trace_format import HEAD
from coach.shell.recording.trace_reader import read_setup, read_trace
from coach.shell.recording.trace_writer import TraceWriter
from coach.shell.report.before_after import first_and_latest
from coach.shell.report.reminders import Due, calendar
from coach.shell.store.store import Store
from coach.shell.system.terminal import shown

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ESCAPE = "\x1b[2J\u202egone\ud800"


@pytest.mark.parametrize("start", list("=+-@\t\r'"))
def test_no_cell_is_a_formula_and_each_can_be_read_back(tmp_path, start):
    """A spreadsheet would run `=HYPERLINK(...)`; numbers stay numbers."""
    plan = f'{start}HYPERLINK("x"),1'
    with Store.open(tmp_path / "data") as store:
        fill(store, sessions=1, check_ins=0)
        store.connection.execute("UPDATE sessions SET plan = ?", (plan,))
        store.connection.execute("UPDATE repetitions SET start_s = -1.5")
        export_csv(store, tmp_path / "out")
    (row,) = csv.DictReader(
        io.StringIO((tmp_path / "out" / "sessions.csv").read_bytes().decode(), newline="")
    )
    assert row["plan"] == f"'{plan}"
    assert row["plan"].removeprefix("'") == plan
    repetitions = (tmp_path / "out" / "repetitions.csv").read_text()
    assert ",-1.5," in repetitions
    assert defused("daily") == "daily"


def test_nothing_reaches_a_terminal_raw(home, tmp_path, capfd):
    """Escape characters in a plan, a film's name, memories and paths are written out."""
    with Store.open(home) as store:
        fill(store, sessions=1, check_ins=0)
        store.connection.execute("UPDATE sessions SET plan = ?, source = ?", ("\x1b]0;x\x07", "a\nb\u202e"))
    (home / NAME).write_text('[[memory]]\nid = "m1"\nprompt = "tea \\u202e\\u001b[31m"\n')
    for command in (["forget", "session"], ["memories"], ["progress"], ["score", f"no{ESCAPE[:-1]}such.png"]):
        run([*command])
        said = "".join(capfd.readouterr())
        assert said
        assert all(each.isprintable() or each == "\n" for each in said), command
    assert shown(ESCAPE) == "\\x1b[2J\\u202egone\\ud800"
    assert shown("Grüße, 你好\tund\n☺") == "Grüße, 你好\tund\n☺"


def test_a_memorys_dollar_is_no_formula(home, tmp_path):
    """And its angle brackets are no tags."""
    with Store.open(home) as store:
        fill(store, sessions=8, check_ins=0)
    save_memories(home, Memories().add(Memory("m1", "$5 and <b>$6_x$ {}")))
    assert run(["progress", "--html", str(tmp_path / "page.html"), "--words"]) == 0
    assert "<b>$6" not in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert load_memories(home).prompts == ("$5 and <b>$6_x$ {}",)


def test_nothing_is_slipped_into_a_calendar():
    """A name with line ends adds no property; lines are folded at 75 octets."""
    due = Due(
        today_done=False,
        check_in=NOW.date(),
        every_days=14,
        person="Ada;CN=x,y\\\r\nATTACH:file:///etc/passwd\nX" + "ä" * 90,
    )
    text = calendar("18:00", NOW, due, load_phrase_book("en"))
    lines = text.split("\r\n")
    assert not [line for line in lines if line.startswith(("ATTACH", "X"))]
    assert "Ada\\;CN=x\\,y\\\\" in text.replace("\r\n ", "")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not {"\r", "\n"} & set(text.replace("\r\n", ""))


def png(width, height):
    """Return a small file that unfolds to width times height pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def test_a_picture_that_unfolds_to_gigabytes_is_refused_by_its_header(tmp_path):
    """A hundred bytes can claim 40,000 by 40,000 pixels."""
    for width, height in ((40_000, 40_000), (12_000, 11_000)):
        (tmp_path / "bomb.png").write_bytes(png(width, height))
        with pytest.raises(CoachError, match="photo; scale it down"):
            read_photo(tmp_path / "bomb.png")


def test_a_file_too_large_for_a_photo_is_not_read(tmp_path):
    """A film under a photo's name: the line comes before the memory goes."""
    with (tmp_path / "film.jpg").open("wb") as file:
        file.truncate(100_000_001)
    with pytest.raises(CoachError, match="100 MB is too large for a photo; scale it down"):
        read_photo(tmp_path / "film.jpg")


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
def test_pipes_and_devices_are_not_read(tmp_path):
    """One would hang, the other fill the memory."""
    os.mkfifo(tmp_path / "pipe")
    with Store.open(tmp_path / "data") as store:
        for read in (read_photo, read_trace, read_setup, lambda path: import_json(store, path)):
            for path in (tmp_path / "pipe", "/dev/zero"):
                with pytest.raises(CoachError, match="pipe or a device"):
                    read(type(tmp_path)(path))
    with pytest.raises(CoachError, match="is a pipe"):
        read_toml(tmp_path / "pipe")


def test_odd_kept_photos_cost_the_page_nothing(tmp_path):
    """One of two by 4000 pixels, one of the 41st of the 13th month."""
    for day in (1, 20):
        keep_photo(tmp_path, np.full((4000, 2, 3), 90, np.uint8), NOW.replace(day=day), "neutral")
    kept = next((tmp_path / "photos").iterdir())
    (tmp_path / "photos" / "2026-13-41-100000-neutral.png").write_bytes(kept.read_bytes())
    first, latest = first_and_latest(tmp_path)
    assert (first.day.day, latest.day.day) == (1, 20)


def test_a_trace_that_unfolds_to_gigabytes_is_read_no_further(tmp_path):
    """Zeros fold a thousand times, real faces twice."""
    tape, path = MemoryTape(), tmp_path / "trace"
    session(tape)
    TraceWriter(path, tape.setup).close()
    magic, _, folded = path.read_bytes().partition(b"\n")
    setup = zlib.decompressobj().decompress(folded)
    packer = zlib.compressobj(9)
    empty = HEAD.pack(b"N"[0], 1.0, 1_000_000) + bytes(1_000_000)
    pieces = [packer.compress(setup), *(packer.compress(empty) for _ in range(60)), packer.flush()]
    path.write_bytes(magic + b"\n" + b"".join(pieces))
    assert path.stat().st_size < 200_000
    assert "unfolds to more than any session" in read_trace(path).problem
