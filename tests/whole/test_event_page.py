"""The page about the event log names every event and every field there is."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import get_args

import pytest
from checkout import ROOT

from coach import events
from coach.events import Event, Reason

PAGE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
KINDS = [kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not Event], ids=lambda kind: kind.type)
def test_every_event_is_on_the_page_with_its_fields(kind):
    """In its line of the table; a new field is documented or this fails."""
    line = next(line for line in PAGE.splitlines() if re.match(rf"\|[^|]*`{kind.type}`", line))
    for field in fields(kind):
        if field.name not in ("t", "exercise"):
            assert f"`{field.metadata.get('json', field.name)}`" in line


def test_every_reason_is_on_the_page():
    """Why a try did not count."""
    assert [reason for reason in get_args(Reason) if f"`{reason}`" not in PAGE] == []
