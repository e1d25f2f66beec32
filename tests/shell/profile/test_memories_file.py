"""The memories' file."""

import sys
from pathlib import Path
from threading import Thread

import pytest

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
