"""Three memories that bring a smile, in the person's words or only numbered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from coach.errors import UsageError

MOST = 3
LONGEST = 120  # characters: a prompt is read in a glance
JOINERS = str.maketrans("", "", "\u200c\u200d")  # unseen letters that Persian, Hindi and emoji families need


@dataclass(frozen=True, slots=True)
class Memory:
    """One memory. `id`: stays with it through every edit; `prompt`: own words, empty = only numbered."""

    id: str
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Memories:
    """Up to three memories; numbers are places in the list, from 1."""

    items: tuple[Memory, ...] = ()

    @property
    def prompts(self) -> tuple[str, ...]:
        """Their words, in order; empty if one is only numbered."""
        return tuple(item.prompt for item in self.items)

    def labels(self, numbered: Callable[[int], str]) -> dict[str, str]:
        """Return the name of each, by id: its words, else `numbered` of its number."""
        return {item.id: item.prompt or numbered(number) for number, item in enumerate(self.items, start=1)}

    def add(self, memory: Memory) -> Memories:
        """Return the memories with one more at the end.

        Raises
        ------
        UsageError
            There are three already, its id is taken, or the prompt is not one short line.
        """
        if len(self.items) >= MOST:
            raise UsageError(f"there are {MOST} memories already; edit or remove one first")
        if memory.id in {item.id for item in self.items}:
            raise UsageError(f"id '{memory.id}' is there twice; give each memory its own")
        return Memories((*self.items, _checked(memory)))

    def edit(self, number: int, prompt: str) -> Memories:
        """Return the memories with other words for one of them; its statistics stay.

        Raises
        ------
        UsageError
            There is no such memory, or the prompt is not one short line.
        """
        edited = _checked(replace(self._at(number), prompt=prompt))
        return Memories(tuple(edited if item.id == edited.id else item for item in self.items))

    def remove(self, number: int) -> Memories:
        """Return the memories without one of them.

        Raises
        ------
        UsageError
            There is no such memory.
        """
        gone = self._at(number)
        return Memories(tuple(item for item in self.items if item.id != gone.id))

    def _at(self, number: int) -> Memory:
        if not 1 <= number <= len(self.items):
            known = "smile-coach memories lists them" if self.items else "there are none yet: add one first"
            raise UsageError(f"there is no memory {number}; {known}")
        return self.items[number - 1]


def _checked(memory: Memory) -> Memory:
    prompt = memory.prompt.strip()
    if len(prompt) > LONGEST:
        raise UsageError(
            f"the memory has {len(prompt)} characters; use {LONGEST} at most, a few words will do"
        )
    if not prompt.translate(JOINERS).isprintable():
        raise UsageError(
            "the memory must be one line of plain text; leave line breaks, tabs and unseen characters out"
        )
    return replace(memory, prompt=prompt)
