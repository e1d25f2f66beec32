"""Every place where something of a person's can be; `forget`, `doctor` and the README go by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """One kind of thing that is kept.

    `holds`: what, in a few words. `folder`: where, the data or the cache folder. `patterns`: names in it;
    of a folder all that is in it. `words`: whether a memory's words can be in it.
    """

    holds: str
    folder: Literal["data", "cache"]
    patterns: tuple[str, ...]
    words: bool = False


MEMORIES, RANGE, NEUTRAL = "memories.toml", "range.json", "neutral.npz"
PHOTOS, SMILES = "photos", "smiles"
PAGE = "progress.html"  # where the page is written if no other place is named
REMINDERS = "smile-coach.ics"  # where the first run writes them
# Places of ours though nothing is there yet: a log under such a name would be read as memories or a history.
TO_COME = ("history.sqlite3", MEMORIES, RANGE, NEUTRAL, PHOTOS, SMILES, "films", "plans", "people")
# A file that is written beside and renamed is called `.NAME.xxxx` until then: a kill can leave it behind.
PLACES = (
    OwnPlace("your history, its copies and what SQLite keeps beside them", "data", ("history*.sqlite3*",)),
    OwnPlace("the words of your memories", "data", (f"{MEMORIES}*", f".{MEMORIES}.*"), words=True),
    OwnPlace("your own range", "data", (f"{RANGE}*", f".{RANGE}.*")),
    OwnPlace("photos of check-ins, if you kept them", "data", (PHOTOS,)),
    OwnPlace("your smiles: numbers, and films and cards if you kept them", "data", (SMILES,)),
    OwnPlace("the measures of your face at rest", "data", (f"{NEUTRAL}*", f".{NEUTRAL}.*")),
    OwnPlace("films of sessions, if you recorded them", "data", ("films",), words=True),
    OwnPlace("plans of your own", "data", ("plans",)),
    OwnPlace("the page with charts", "data", (PAGE, f".{PAGE}.*"), words=True),
    OwnPlace("the reminders that the first run wrote", "data", (REMINDERS, f".{REMINDERS}.*")),
    OwnPlace("the sentences of the voice", "cache", ("sounds",), words=True),
)


def found(place: OwnPlace, data_dir: Path, cache_dir: Path) -> Iterator[Path]:
    """Yield the files of one kind."""
    folder = data_dir if place.folder == "data" else cache_dir
    for pattern in place.patterns:
        yield from sorted(folder.glob(pattern))


def with_words(data_dir: Path, cache_dir: Path) -> Iterator[Path]:
    """Yield the files that may hold a memory's words, beside the memories and the films themselves."""
    for place in PLACES:
        if place.words and place.patterns[0] not in {f"{MEMORIES}*", "films"}:
            yield from found(place, data_dir, cache_dir)
    yield from sorted(data_dir.glob(f".{MEMORIES}.*"))
