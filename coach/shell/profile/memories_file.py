"""The memories' file: a few lines of TOML in the data folder that only the person can read."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path

from pydantic import Field

from coach.errors import StoreError, UsageError
from coach.session.memories import Memories, Memory
from coach.settings import Strict
from coach.shell.profile.toml_files import read_toml, validated
from coach.shell.system.folder_lock import alone_in
from coach.shell.system.private_file import write_private

NAME = "memories.toml"
_HEAD = "# What makes you smile. Only you can read this file, and it never leaves this machine.\n"


class _Item(Strict):
    id: str = Field(pattern="^[0-9a-z]{1,32}$")
    prompt: str


class _File(Strict):
    memory: list[_Item] = Field(default_factory=list)


def new_memory(prompt: str = "") -> Memory:
    """Return a memory with an id of its own; without words it is only numbered."""
    return Memory(uuid.uuid4().hex[:8], prompt)


def load_memories(folder: Path) -> Memories:
    """Read the memories; an empty list without a file.

    Raises
    ------
    UsageError
        The file was edited by hand and is not right, or cannot be read.
    """
    path = folder / NAME
    if not path.exists():
        return Memories()
    memories = Memories()
    for item in validated(_File, read_toml(path), str(path)).memory:
        try:
            memories = memories.add(Memory(item.id, item.prompt))
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from error
    return memories


def change_memories(folder: Path, change: Callable[[Memories], Memories]) -> Memories:
    """Read, change and write the memories; two that do so at the same instant take turns.

    Raises
    ------
    UsageError, StoreError
        They cannot be read, changed so, or written; nothing was changed.
    """
    with alone_in(folder):
        changed = change(load_memories(folder))
        save_memories(folder, changed)
    return changed


def save_memories(folder: Path, memories: Memories) -> None:
    """Write the memories, whole or not at all, readable by their owner alone.

    Raises
    ------
    StoreError
        The file cannot be written.
    """
    text = _HEAD + "".join(
        # A JSON string of printable characters is a TOML string.
        f"\n[[memory]]\nid = {json.dumps(item.id)}\nprompt = {json.dumps(item.prompt, ensure_ascii=False)}\n"
        for item in memories.items
    )
    path = folder / NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, text.encode())
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror}); "
            "free some space, or choose a folder you can write to with --data-dir"
        ) from error
