"""What is forgotten is nowhere any more: not on a page, not in what a kill left, not behind a link."""

from __future__ import annotations

import base64
import errno
import os
import shutil
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from simulated_year import fill

from coach.__main__ import run
from coach.errors import StoreError
from coach.session.memories import Memories, Memory
from coach.shell.detection.photo_file import keep_photo
from coach.shell.profile.memories_file import save_memories
from coach.shell.profile.places import PLACES
from coach.shell.recording import film_folders as films
from coach.shell.store.store import Store

WORDS = "grandmother's orchard"
ROOT = Path(__file__).parents[3]
posix = pytest.mark.skipif(os.name != "posix", reason="links and pipes with a name")


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return a data folder with a history, a memory, and the page that shows both: drawn once for all."""
    folder = tmp_path_factory.mktemp("shown")
    with Store.open(folder) as store:
        fill(store, sessions=3, check_ins=2)
    save_memories(folder, Memories().add(Memory("m1", WORDS)))
    own = tmp_path_factory.mktemp("settings") / "own.toml"
    own.write_text("")
    assert run(["progress", "--html", "--words", "--data-dir", str(folder), "--config", str(own)]) == 0
    return folder


@pytest.fixture
def folders(shown, home, tmp_path):
    """Fill data and cache folders with everything that may hold a memory's words, a face or a measure."""
    shutil.copytree(shown, home)
    sounds = tmp_path / "user_cache_dir" / "sounds" / "en"
    for path in (
        home / ".memories.toml.k1ll3d",
        home / ".range.json.k1ll3d",
        home / ".progress.html.k1ll3d",
        home / "range.json",
        home / "photos" / "2026-01-01-100000-neutral.png",
        home / "films" / "2026-01-01_100000" / "film.mp4",
        home / "history.rescued-1.sqlite3",
        home / "history.bad-2026-01-01.sqlite3",
        sounds / "0123.wav",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(WORDS)
    settings = tmp_path / "user_config_dir" / "coach.toml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text('language = "en"\n')
    model = tmp_path / "user_cache_dir" / "face_landmarker.task"
    model.write_text("model")
    return tmp_path


def holding(what, *folders):
    """Return the files below the folders that hold words or bytes, also as a page writes them."""
    data = what.encode() if isinstance(what, str) else what
    forms = {data, data.replace(b"'", b"&#x27;"), data.replace(b"'", b"&#39;"), base64.b64encode(data)[:-4]}
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return sorted(path.name for path in files if any(form in path.read_bytes() for form in forms))


def test_a_forgotten_memory_is_in_no_file_of_ours(folders, home):
    """But in the copies that are named: what was kept of a bad history, and films."""
    assert "progress.html" in holding(WORDS, folders)
    assert run(["forget", "memory", "1", "--yes"]) == 0
    left = holding(WORDS, folders)
    assert not {"progress.html", "memories.toml", "0123.wav"} & set(left)
    assert not [name for name in left if name.startswith((".memories", ".progress"))]


def test_forgotten_photos_are_not_on_the_page_either(folders, home, capfd):
    """The page shows two of them."""
    assert run(["forget", "photos", "--yes"]) == 0
    assert not (home / "progress.html").exists()
    assert not (home / "photos").exists()


def test_films_and_cards_of_smiles_are_forgotten_with_the_photos(folders, home, capfd):
    """Both show the face; so does a card that a kill left half-written. The numbers stay."""
    smiles = home / "smiles"
    smiles.mkdir()
    for name in ("2026-01-01-100000.mp4", "2026-01-01-100000.png", ".2026-01-01-100000.png.k1ll3d_x"):
        (smiles / name).write_bytes(b"face")
    (smiles / "smiles.json").write_text("{}")
    assert run(["forget", "photos", "--yes"]) == 0
    assert "1 photo, 3 of smiles (films, cards); the scores are kept" in capfd.readouterr().out
    assert [path.name for path in smiles.iterdir()] == ["smiles.json"]


def test_after_everything_only_settings_and_the_model_are_left(folders, home, capfd):
    """Nothing holds a word, and nothing else of ours is there either."""
    assert run(["forget", "everything", "--yes"]) == 0
    assert "deleted from" in capfd.readouterr().out
    assert holding(WORDS, folders) == []
    left = sorted(path.relative_to(folders).as_posix() for path in folders.rglob("*") if path.is_file())
    assert left == ["user_cache_dir/face_landmarker.task", "user_config_dir/coach.toml"]
    assert not home.exists()


def test_bytes_of_photos_films_and_measures_of_one_person_are_nowhere_afterwards(home, tmp_path, capfd):
    """Every place of theirs holds a mark; the other person keeps all but the sentences of the voice."""
    cache = tmp_path / "user_cache_dir"
    for name in ("Anna", "Bo"):
        assert run(["people", "add", name]) == 0
        for place in PLACES:
            folder = home / "people" / name if place.folder == "data" else cache
            for pattern in place.patterns:
                path = folder / pattern.replace("*", "")
                if not path.suffix and not path.name.startswith("."):
                    path = path / "deep" / "er.bin"
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as file:
                    file.write(f"<{name}>".encode())
    assert len(holding(b"<Anna>", home, cache)) > len(PLACES)
    of_bo = holding(b"<Bo>", home)
    assert run(["forget", "everything", "--person", "Anna", "--yes"]) == 0
    assert "still here: Bo" in capfd.readouterr().out
    assert holding(b"<Anna>", home, cache) == []
    assert not (home / "people" / "Anna").exists()
    assert holding(b"<Bo>", home) == of_bo


def test_forgotten_photos_are_in_no_file(home, tmp_path, capfd):
    """Neither as they were nor as the page has them."""
    faces = [np.random.default_rng(seed).integers(0, 255, (40, 40, 3), np.uint8) for seed in (1, 2)]
    with Store.open(home) as store:
        fill(store, sessions=1, check_ins=2)
    for day, face in enumerate(faces, start=1):
        keep_photo(home, face, datetime(2026, 1, day, 10), "natural")  # noqa: DTZ001
    marks = [path.read_bytes()[100:160] for path in (home / "photos").iterdir()]
    assert run(["progress", "--html"]) == 0
    assert b"data:image" in (home / "progress.html").read_bytes()
    assert run(["forget", "photos", "--yes"]) == 0
    assert [holding(mark, tmp_path) for mark in (*marks, b"data:image")] == [[], [], []]


def test_a_page_that_a_kill_left_half_written_goes_with_the_photos_on_it(home):
    """Whatever its age: it shows the face."""
    home.mkdir()
    (home / ".progress.html.abcd_123").write_bytes(b"face")
    assert run(["forget", "photos", "--yes"]) == 0
    assert holding(b"face", home) == []


def test_a_forgotten_session_has_no_dot_on_the_page_any_more(folders, home, capfd):
    """The page shows each session's values, an older copy of the history holds its rows."""
    (home / "history.backup-v2.sqlite3").write_text(WORDS)
    assert run(["forget", "session", "last", "--yes"]) == 0
    said = capfd.readouterr().out
    assert "older copies that held it: history.backup-v2.sqlite3, progress.html" in said
    assert not [*home.glob("*progress.html*"), *home.glob("*backup*")]


def test_what_was_deleted_without_being_overwritten_is_gone_after_the_next_forgetting(home):
    """An older program, or another one, leaves rows in the free pages of the file."""
    with Store.open(home) as store:
        fill(store, sessions=3, check_ins=0)
        store.connection.execute("PRAGMA secure_delete = OFF")
        store.connection.execute("UPDATE sessions SET settings = ?", (WORDS * 500,))
        store.connection.execute("UPDATE sessions SET settings = '{}'")
    assert holding(WORDS, home) == ["history.sqlite3"]
    assert run(["forget", "session", "last", "--yes"]) == 0
    assert holding(WORDS, home) == []


def test_what_a_kill_left_is_swept_at_the_next_start(home, tmp_path):
    """A file that was being written when the program was killed; one that is being written now stays."""
    home.mkdir()
    for folder in ("photos", "smiles"):
        (home / folder).mkdir()
    names = (
        ".memories.toml",
        ".range.json",
        ".progress.html",
        ".neutral.npz",
        "photos/.a.png",
        "smiles/.b.png",
    )
    left = [home / f"{name}.abcd_123" for name in names]
    left.append(tmp_path / ".out.json.abcd_123")
    for path in left:
        path.write_text(WORDS)
        os.utime(path, (1.0, 1.0))
    now, other = home / ".range.json.abcd_456", tmp_path / ".out.json.keep"
    now.write_text("")
    other.write_text("")
    assert run(["memories", "add", "x"]) == 0
    assert run(["export", str(tmp_path / "out.json")]) == 0
    assert not any(path.exists() for path in left)
    assert now.exists()
    assert other.exists()


def test_a_photo_that_cannot_be_finished_leaves_nothing(home, monkeypatch):
    """Half a picture of a face, which no history knows of, would stay for ever."""

    def full(self, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StoreError, match="the photo cannot be written"):
        keep_photo(home, np.zeros((8, 8, 3), np.uint8), datetime(2026, 1, 1, 10), "neutral")  # noqa: DTZ001
    assert not list((home / "photos").iterdir())


@posix
def test_what_a_link_leads_to_is_forgotten_or_said_to_stay(folders, home, tmp_path, capfd):
    """A file's target goes with the link; of a folder's it says plainly that it stays."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("memories.toml", "history.sqlite3", "photos"):
        (home / name).rename(elsewhere / name)
        (home / name).symlink_to(elsewhere / name)
    assert run(["forget", "everything", "--yes"]) == 0
    said = capfd.readouterr().out
    assert f"photos is a link: the files in {elsewhere / 'photos'} STAY" in said
    assert [path.name for path in elsewhere.iterdir()] == ["photos"]
    assert not home.exists()


def test_a_session_takes_its_film_along_though_its_trace_cannot_be_read(home, capfd):
    """By the id beside the film, or else by the time in the folder's name; bad copies are named."""
    with Store.open(home) as store:
        fill(store, sessions=2, check_ins=0)
        first, last = store.history().sessions
    for session, facts in ((first, f'{{"session": "{first.id}"}}'), (last, "{}")):
        folder = films.new_folder(home, session.started_at)
        (folder / films.FACTS).write_text(facts)
        (folder / films.TRACE).write_bytes(b"damaged")
    other = films.new_folder(home, datetime(2020, 1, 1, 8))  # noqa: DTZ001
    (home / "history.bad-2026-01-01.sqlite3").write_bytes(b"x")
    for session in (first, last):
        assert run(["forget", "session", session.id, "--yes"]) == 0
        said = capfd.readouterr().out
        assert "deleted: 1 film" in said
        assert "history.bad-2026-01-01.sqlite3 may hold it too" in said
    assert [each.folder for each in films.recordings(home)] == [other]


def test_the_readme_names_every_place():
    """The table of what is kept has a row's worth of words for each."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for place in PLACES:
        assert place.holds in text, place.holds
