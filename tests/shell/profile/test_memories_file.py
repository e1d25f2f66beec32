"""The memories' file."""

import sys
from pathlib import Path
from threading import Thread

import pytest

from coach.errors import UsageError
from coach.session.memories import Memories, Memory
from coach.shell.profile.memories_file import change_memories, load_memories


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks no folders")
def test_two_that_add_a_memory_at_the_same_instant_lose_none(tmp_path: Path) -> None:
    """The second begins when the first has read the file and not yet written it."""
    second = Thread(target=lambda: change_memories(tmp_path, lambda found: found.add(Memory("2", "lake"))))

    def meanwhile(found: Memories) -> Memories:
        second.start()
        second.join(0.2)  # long enough to write, were it not to wait for the first
        return found.add(Memory("1", "rain"))

    change_memories(tmp_path, meanwhile)
    second.join()
    assert load_memories(tmp_path).prompts == ("rain", "lake")


@pytest.mark.parametrize("words", ["می‌روم", "\U0001f468‍\U0001f469‍\U0001f467 by the lake", "שבת שלום"])
def test_words_of_every_script_are_kept(tmp_path: Path, words: str) -> None:
    """Persian joins its letters, and a family of emoji its people, by a letter that is not seen."""
    change_memories(tmp_path, lambda found: found.add(Memory("1", words)))
    assert load_memories(tmp_path).prompts == (words,)


@pytest.mark.parametrize("words", ["two\nlines", "turned\u202e", "wide\u200b", "\x1b[2J"])
def test_letters_that_do_what_they_do_not_show_are_refused(words: str) -> None:
    with pytest.raises(UsageError, match="unseen characters"):
        Memories().add(Memory("1", words))
