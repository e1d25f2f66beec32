"""Waiting for another thread or process with the patience that a busy machine needs."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

PATIENCE_S = 120.0  # only a broken program takes this long
POLL_S = 0.01


def until(condition: Callable[[], object]) -> None:
    """Wait until the condition holds; fail the test if it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"it did not happen within {PATIENCE_S:.0f} s")
        time.sleep(POLL_S)
