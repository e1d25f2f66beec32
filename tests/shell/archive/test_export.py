"""Taking the history out, reading it back, and forgetting."""

import csv
import json
import math
import os
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from checkout import ROOT
from simulated_year import FIRST, fill, session

from coach.errors import CoachError, UsageError
from coach.session.memories import Memories
from coach.shell.archive.export import TABLES, as_json, export_csv, export_json, import_json
from coach.shell.archive.forget import (
    forget_everything,
    forget_memory,
    forget_photos,
    forget_session,
    session_list,
)
from coach.shell.profile import memories_file
from coach.shell.profile.memories_file import load_memories, new_memory, save_memories
from coach.shell.store.database import NAME
from coach.shell.store.store import Store


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "data") as opened:
        fill(opened, sessions=6, check_ins=2)
        yield opened


def test_csv_holds_every_row_under_its_columns(store: Store, tmp_path: Path) -> None:
    """One file a table; what a spreadsheet reads is what the history holds."""
    paths = export_csv(store, tmp_path / "out")
    assert [path.stem for path in paths] == list(TABLES)
    with (tmp_path / "out" / "smiles.csv").open(encoding="utf-8", newline="") as file:
        smiles = list(csv.DictReader(file))
    history = store.history()
    assert len(smiles) == len(history.smiles) == 18
    assert float(smiles[0]["excursion_left_mm"]) == history.smiles[0].excursion_mm.left
    assert smiles[0]["session"] == history.sessions[0].id
    header = (tmp_path / "out" / "stages.csv").read_text(encoding="utf-8")
    assert header == "session,exercise,t_s,name,status\n"


def test_every_column_is_documented(store: Store) -> None:
    """The page on the history names each column of each table, with its unit or meaning."""
    text = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
    for table in TABLES:
        section = text.split(f"### `{table}`", 1)[1].split("\n### ", 1)[0]
        for row in store.connection.execute(f"PRAGMA table_info({table})").fetchall():
            if row[1] != "id" or table in {"sessions", "check_ins"}:
                assert f"| `{row[1]}` |" in section, f"{table}.{row[1]}"


def test_an_export_comes_back_whole_and_once(store: Store, tmp_path: Path) -> None:
    """Another folder's history is the same after the import, and after importing again."""
    path = export_json(store, tmp_path / "history.json")
    with Store.open(tmp_path / "other") as other:
        session(other, FIRST + timedelta(days=900), 1.0, np.random.default_rng(1))
        assert import_json(other, path).startswith("added 6 sessions and 2 check-ins")
        assert import_json(other, path).startswith("added 0 sessions and 0 check-ins")
        assert "8 were there already" in import_json(other, path)
        theirs, ours = as_json(other)["tables"], as_json(store)["tables"]
        assert len(theirs["sessions"]) == 7
        ids = {row["id"] for row in ours["sessions"]}
        for table in ("repetitions", "attempts", "smiles", "recalls"):
            assert [row for row in theirs[table] if row["session"] in ids] == ours[table]
        assert theirs["scores"] == ours["scores"]
        assert other.history().scores == store.history().scores


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.update(format="else"), "is not a smile-coach export"),
        (lambda data: data.update(tables_version=99), "version 99"),
        (lambda data: data["tables"].pop("smiles"), "'smiles' is missing"),
        (lambda data: data["tables"]["smiles"][0].update(lag_s="late"), "lag_s = 'late'"),
        (lambda data: data["tables"]["smiles"][0].update({"x) --": 1}), "other columns"),
        (lambda data: data["tables"]["sessions"][0].update(started_at="2025-03-01"), "started_at"),
        (lambda data: data["tables"]["sessions"][0].update(plan=None), "plan = None"),
        (lambda data: data["tables"]["sessions"][0].update(id=None), "id = None"),
        (lambda data: data["tables"]["sessions"][0].update(id=["x"]), "id = "),
        (lambda data: data["tables"]["sessions"][0].update(id=""), "id = ''"),
        (lambda data: data["tables"]["sessions"][0].update(id="a/../b"), "id = 'a/../b'"),
        (lambda data: data["tables"]["sessions"][0].update(id="x" * 65), "id = 'xxx"),
        (lambda data: data["tables"]["sessions"][0].update(settings="x" * 1_000_001), "settings = 'xxx"),
        (lambda data: data["tables"]["sessions"][0].update(started_at="0001-01-01T00:00:00+00:00"), "1970"),
        (lambda data: data["tables"]["sessions"][0].update(started_at="2099-01-01T00:00+00:00"), "future"),
        (lambda data: data["tables"]["sessions"][0].update(source="\ud800"), "source = "),
        (lambda data: data["tables"]["sessions"][0].update(source="x" * 5000), "source = 'x"),
        (lambda data: data["tables"]["repetitions"][0].update(exercise="{0.real}"), "exercise = "),
        (lambda data: data["tables"]["repetitions"][0].update(exercise="a\x1b[2J"), "exercise = "),
        (lambda data: data["tables"]["repetitions"][0].update(hold_s=10**30), "hold_s = 1000"),
        (lambda data: data["tables"]["repetitions"][0].update(hold_s=math.inf), "hold_s = inf"),
        (lambda data: data["tables"]["repetitions"][0].update(hold_s=math.nan), "hold_s = nan"),
        (lambda data: data["tables"]["repetitions"][0].update(hold_s="3.0"), "hold_s = '3.0'"),
        (lambda data: data["tables"]["repetitions"][0].update(hold_s=None), "hold_s = None"),
        (lambda data: data["tables"]["repetitions"][0].update(number=2.5), "number = 2.5"),
        (lambda data: data["tables"]["repetitions"].append(3), "other columns"),
        (lambda data: data["tables"]["sessions"].append(data["tables"]["sessions"][0]), "contradict"),
    ],
)
def test_what_is_not_ones_own_export_changes_nothing(store: Store, tmp_path: Path, change, said: str) -> None:
    """A wrong file is one line that names it, and no row of it is taken."""
    data = as_json(store)
    change(data)
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with Store.open(tmp_path / "other") as other:
        with pytest.raises(CoachError, match=said) as caught:
            import_json(other, path)
        assert "\n" not in str(caught.value)
        assert "wrong.json" in str(caught.value)
        assert other.history().sessions == ()


def test_a_number_too_large_for_any_is_refused_as_infinite(store: Store, tmp_path: Path) -> None:
    """Taken over, 1e999 made every later export fail."""
    path = tmp_path / "history.json"
    text = json.dumps(as_json(store))
    before = json.dumps(as_json(store)["tables"]["repetitions"][0]["hold_s"])
    path.write_text(text.replace(f'"hold_s": {before}', '"hold_s": 1e999'), encoding="utf-8")
    with pytest.raises(CoachError, match="hold_s = inf"):
        import_json(store, path)


def test_a_clock_that_is_up_to_a_day_ahead_is_believed(store: Store, tmp_path: Path) -> None:
    """It is tomorrow already on the other side of the world."""
    data = as_json(store)
    ahead = datetime.now().astimezone() + timedelta(hours=20)
    data["tables"]["sessions"][0]["started_at"] = ahead.isoformat()
    (tmp_path / "history.json").write_text(json.dumps(data), encoding="utf-8")
    with Store.open(tmp_path / "other") as other:
        assert import_json(other, tmp_path / "history.json").startswith("added 6 sessions")


def test_a_file_too_large_to_be_an_export_is_not_read(store: Store, tmp_path: Path) -> None:
    """Half a gigabyte of nothing: the line comes before the memory goes."""
    with (tmp_path / "film.json").open("wb") as file:
        file.truncate(500_000_001)
    with pytest.raises(CoachError, match="500 MB is too large for an export"):
        import_json(store, tmp_path / "film.json")


def test_rows_that_belong_to_nothing_are_left_out_and_said(store: Store, tmp_path: Path) -> None:
    """A repetition whose session is not in the file cannot be placed."""
    data = as_json(store)
    data["tables"]["repetitions"][3]["session"] = "gone"
    data["tables"]["scores"][0]["check_in"] = "gone"
    path = tmp_path / "history.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with Store.open(tmp_path / "other") as other:
        assert "2 rows left out, whose session or check-in is not in the file" in import_json(other, path)


def test_what_never_ends_is_no_export(store: Store, tmp_path: Path) -> None:
    """A pipe would hang, a device fill the memory."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(CoachError, match="is a pipe or a device"):
            import_json(store, path)


@pytest.mark.parametrize(
    "content", [b"", b'{"format": 1e999}', b"\xff\xfe", b"[1]", b'{"format": NaN}', b"[" * 100_000]
)
def test_what_is_not_json_is_one_line(store: Store, tmp_path: Path, content: bytes) -> None:
    """Whatever the file holds, the answer is a sentence."""
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(CoachError, match="made by smile-coach export"):
        import_json(store, tmp_path / "x.json")


def test_an_unwritable_place_is_one_line(store: Store, tmp_path: Path) -> None:
    """A file where a folder should be is told, and nothing is left behind."""
    (tmp_path / "file").write_text("x")
    for write in (
        lambda: export_csv(store, tmp_path / "file"),
        lambda: export_json(store, tmp_path / "data"),
    ):
        with pytest.raises(CoachError, match="cannot be written"):
            write()
    assert list(tmp_path.glob(".*")) == []


def test_a_forgotten_session_is_gone_from_the_disk(store: Store, tmp_path: Path) -> None:
    """The session's rows are deleted, the others stay, and its id is in none of the files any more."""
    first, *rest = store.history().sessions
    said = forget_session(store, first.id[:8])
    assert said.startswith(f"deleted: session {first.id[:8]} of 2025-")
    assert "5 repetitions" not in said
    assert "(10 repetitions" in said
    assert [one.id for one in store.history().sessions] == [one.id for one in rest]
    assert all(row.session != first.id for row in store.history().repetitions)
    for part in (tmp_path / "data").iterdir():
        assert first.id.encode() not in part.read_bytes(), part.name


def test_a_session_is_forgotten_by_one_name_only(store: Store) -> None:
    """An empty or unknown name deletes nothing; `last` is the newest."""
    said = {"": "name is empty", "zzz": "^no session matches 'zzz'; give"}
    for name, words in said.items():
        with pytest.raises(UsageError, match=words):
            forget_session(store, name)
    newest = store.history().sessions[-1]
    assert session_list(store)[0].startswith(newest.id[:8])
    assert newest.id[:8] in forget_session(store, "last")
    assert len(session_list(store)) == 5


def test_a_forgotten_memory_leaves_no_words(store: Store) -> None:
    """Its words go from the file; its recalls stay without a name, the other memory's with theirs."""
    memories = Memories().add(memories_file.Memory("m1", "the dog")).add(new_memory("the lake"))
    save_memories(store.folder, memories)
    said = forget_memory(store, 1)
    assert "6 recalls" in said
    assert load_memories(store.folder).items[0].prompt == "the lake"
    assert {row.memory for row in store.history().recalls} == {"", "m2"}
    assert b"the dog" not in b"".join(path.read_bytes() for path in store.folder.iterdir())


def test_forgotten_photos_leave_the_scores(store: Store) -> None:
    """The pictures are deleted and no check-in refers to one; scores stay."""
    photos = store.folder / "photos"
    photos.mkdir()
    (photos / "2025-03-01.jpg").write_bytes(b"jpeg")
    store.add_check_in(FIRST, {"mouth": 50.0}, photo="photos/2025-03-01.jpg")
    assert forget_photos(store) == "deleted: 1 photo; the scores are kept"
    assert not photos.exists()
    assert store.connection.execute("SELECT count(photo) FROM check_ins").fetchone() == (0,)
    assert len(store.history().scores) == 5


def test_everything_is_everything_of_ours(store: Store, tmp_path: Path) -> None:
    """History, copies, memories and photos go; a stranger's file in the folder stays, and is said."""
    folder = store.folder
    save_memories(folder, Memories().add(new_memory("the dog")))
    for name in ("history.backup-v1.sqlite3", "history.bad-2026-01-01.sqlite3", "range.json", "notes.txt"):
        (folder / name).write_text("x")
    store.close()
    said = forget_everything(folder, tmp_path / "cache")
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    assert NAME in said
    assert "memories.toml" in said
    assert "stays, it holds other files" in said
    (folder / "notes.txt").unlink()
    assert "nothing to delete" in forget_everything(folder, tmp_path / "cache")
    assert not folder.exists()
