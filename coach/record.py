"""Records: small immutable things that are made anew for every frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

__all__ = ["record"]

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(*, frozen: bool, slots: bool, eq: bool = True) -> Callable[[type[T]], type[T]]:
        """Return a decorator like `dataclass`, which leaves it to the type checker to keep fields unchanged.

        A dataclass that guards itself against changes takes three times as long to make.
        """
        return dataclass(slots=slots, eq=eq, unsafe_hash=frozen and eq)
