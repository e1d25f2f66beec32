"""A session's setup as JSON: what a trace begins with."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from coach.baseline import OwnRange
from coach.plan import Plan, Step
from coach.settings import Settings
from coach.trace import Setup


def setup_to_json(setup: Setup, extra: dict[str, Any]) -> bytes:
    """Return the setup, without where this person keeps the model, and `extra`, plain values beside it."""
    settings = setup.settings.model_dump(mode="json")
    settings["model"]["path"] = ""
    steps = [
        {"exercise": step.exercise, "reps": step.reps, "seconds": step.seconds, "changes": dict(step.changes)}
        for step in setup.plan.steps
    ]
    data = {
        "version": setup.version,
        "source": setup.source,
        "language": setup.language,
        "plan": {"name": setup.plan.name, "steps": steps},
        "specs": list(setup.specs),
        "best": None if setup.best is None else asdict(setup.best),
        "memories": list(setup.memories),
        "safety": setup.safety,
        "settings": settings,
        "extra": extra,
    }
    return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()


def setup_from_json(text: bytes) -> tuple[Setup, dict[str, Any]]:
    """Undo `setup_to_json`.

    Raises
    ------
    ValueError
        It is no setup; the message says why in one line.
    """
    try:
        data = json.loads(text)
        steps = tuple(
            Step(str(s["exercise"]), int(s["reps"]), float(s["seconds"]), dict(s["changes"]))
            for s in data["plan"]["steps"]
        )
        setup = Setup(
            plan=Plan(str(data["plan"]["name"]), steps),
            specs=tuple(dict(spec) for spec in data["specs"]),
            language=str(data["language"]),
            settings=Settings.model_validate(data["settings"]),
            source=str(data["source"]),
            best=None if data["best"] is None else OwnRange(**data["best"]),
            memories=tuple(str(words) for words in data["memories"]),
            safety=bool(data["safety"]),
            version=str(data["version"]),
        )
        extra = dict(data["extra"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"not a session's setup ({reason})") from error
    if len(setup.specs) != len(setup.plan.steps):
        raise ValueError(f"{len(setup.specs)} exercises for {len(setup.plan.steps)} steps")
    return setup, extra
