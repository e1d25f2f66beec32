"""Golden traces: what this program measured on a film, as numbers, and what an exercise must say to it.

A trace holds features alone: no picture and no landmark, so nobody can be recognised in it.
`python tests/support/golden.py record FILM NAME EXERCISE` measures a film again (its first three seconds are
the neutral face); `python tests/support/golden.py expect` writes down what the exercises say today.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from synthetic import load

from coach.events import Event
from coach.exercise.protocol import Context
from coach.face.baseline import Noise, OwnRange, neutral_baseline
from coach.face.features import Features, SmileSides, extract
from coach.testing import FeatureTrace, face, play
from coach.types import Bilateral

TRACES = Path(__file__).parents[1] / "traces"
NEUTRAL_S = 3.0
COLUMNS = (
    *("cheek_raise.left", "cheek_raise.right", "lip_corner_pull.left", "lip_corner_pull.right"),
    *("closure.left", "closure.right", "brow_raise.left", "brow_raise.right", "smile.left", "smile.right"),
    *("excursion_mm.left", "excursion_mm.right", "jaw_open", "jaw_side", "lip_gap"),
    *("smile_lift.left", "smile_lift.right", "eye_engagement", "brow_down", "yaw", "pitch", "turn"),
    *("squint.left", "squint.right", "side_light", "unit_px"),
)
MIRRORED = ("lift.left", "lift.right", "smile.left", "smile.right")  # no number where it was not looked at


def names() -> list[str]:
    """Return the traces there are."""
    return sorted(path.stem for path in TRACES.glob("*.npz"))


def about(name: str) -> dict[str, Any]:
    """Return a trace's exercise, cues, noise, truth and expected events."""
    loaded: dict[str, Any] = json.loads((TRACES / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def frames(name: str) -> FeatureTrace:
    """Return a trace's frames; what an exercise does not look at is as on a face at rest."""
    with np.load(TRACES / f"{name}.npz") as stored:
        times, rows = stored["t_ms"].astype(float) / 1000, stored["values"].astype(float)
    seen = zip(times.tolist(), rows, strict=True)
    return [(t, None if np.isnan(row[0]) else _features(t, row)) for t, row in seen]


def say(name: str, exercise: str | None = None) -> list[Event]:
    """Return what an exercise (the trace's own, if none is named) says to a trace."""
    told = about(name)
    cues = told["cues"] if exercise in (None, "memory_anchor") else ()
    context = Context(OwnRange(), Noise(**told["noise"]))
    return play(load(exercise or told["exercise"]), frames(name), context, cues)


def _features(t: float, row: np.ndarray) -> Features:
    value = dict(zip(COLUMNS, row.tolist(), strict=False))
    (*pairs,) = row.tolist()[len(COLUMNS) :]
    mirrored = None if np.isnan(pairs[0]) else SmileSides(Bilateral(*pairs[:2]), Bilateral(*pairs[2:]))

    def pair(feature: str) -> Bilateral:
        return Bilateral(value[f"{feature}.left"], value[f"{feature}.right"])

    seen = face(
        t, cheek=pair("cheek_raise"), smile=pair("lip_corner_pull"), closure=pair("closure"),
        jaw=value["jaw_open"], jaw_side=value["jaw_side"], lip_gap=value["lip_gap"],
        brows=pair("brow_raise"), frown=value["brow_down"], yaw=value["yaw"], pitch=value["pitch"],
    )  # fmt: skip
    return replace(
        seen, smile=pair("smile"), excursion_mm=pair("excursion_mm"),
        turn=value["turn"], smile_lift=pair("smile_lift"), eye_engagement=value["eye_engagement"],
        squint=pair("squint"), side_light=value["side_light"], unit_px=value["unit_px"], mirrored=mirrored,
    )  # fmt: skip


def record(film: Path, name: str, known: dict[str, Any]) -> None:
    """Measure a film and write its trace; `known`: its exercise, its truth and the moments of its cues."""
    from coach.shell.capture.video_file import VideoFile
    from coach.shell.detection.landmarker import MIRROR_EVERY_S, Landmarker
    from coach.shell.model_file import default_cache_dir, find_model
    from coach.types import Frame

    seen = []
    times = []
    source = VideoFile(film)
    with Landmarker(find_model("", default_cache_dir(), progress=False), MIRROR_EVERY_S) as landmarker:
        while isinstance(frame := source.read(), Frame):
            times.append(frame.t)
            seen.append(landmarker.detect(frame))
    source.close()
    baseline = neutral_baseline([face for face in seen if face and face.t <= NEUTRAL_S])
    assert baseline is not None, f"{film}: no neutral face in the first {NEUTRAL_S} s"
    measured = [None if face is None else extract(face, baseline, OwnRange()) for face in seen]
    nothing = [np.nan] * (len(COLUMNS) + len(MIRRORED))
    rows = [nothing if features is None else _row(features) for features in measured]
    kept = np.array(times) >= NEUTRAL_S
    TRACES.mkdir(exist_ok=True)
    np.savez_compressed(
        TRACES / f"{name}.npz",
        t_ms=np.round(np.array(times)[kept] * 1000).astype(np.int32),
        values=np.array(rows)[kept].astype(np.float16),
    )
    noise = {key: round(value, 6) for key, value in asdict(baseline.noise).items()}
    _write(name, known | {"noise": noise, "events": []})


def _row(features: Features) -> list[float]:
    mirrored = features.mirrored
    pairs = [np.nan] * len(MIRRORED) if mirrored is None else [_value(mirrored, name) for name in MIRRORED]
    return [*(_value(features, name) for name in COLUMNS), *pairs]


def _value(of: Features | SmileSides, column: str) -> float:
    feature, _, side = column.partition(".")
    value = getattr(of, feature)
    number: float = getattr(value, side) if side else value
    return number


def expect(name: str) -> None:
    """Write down what the trace's exercise says today."""
    _write(name, about(name) | {"events": [event.to_dict() for event in say(name)]})


def _write(name: str, told: dict[str, Any]) -> None:
    head = {key: value for key, value in told.items() if key != "events"}
    lines = ",\n".join(f"    {json.dumps(event)}" for event in told["events"])
    body = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items())
    (TRACES / f"{name}.json").write_text(f'{{\n{body},\n  "events": [\n{lines}\n  ]\n}}\n', encoding="utf-8")


def main() -> None:
    """Record a film, or write down what is expected of every trace."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("expect")
    recording = what.add_parser("record")
    recording.add_argument("film", type=Path)
    recording.add_argument("name", help="of the trace; what is known of one that exists is kept")
    recording.add_argument("exercise")
    recording.add_argument("--truth", type=json.loads, help='JSON, e.g. {"reps": [8.1, 13.4]}')
    recording.add_argument("--cue-at", type=float, action="append")
    told = parser.parse_args()
    if told.what == "record":
        old = about(told.name) if (TRACES / f"{told.name}.json").exists() else {"truth": {}, "cues": []}
        truth = old["truth"] if told.truth is None else told.truth
        cues = old["cues"] if told.cue_at is None else told.cue_at
        record(told.film, told.name, {"exercise": told.exercise, "cues": cues, "truth": truth})
    for name in [told.name] if told.what == "record" else names():
        expect(name)
        print(f"{name}: {len(about(name)['events'])} events")


if __name__ == "__main__":
    main()
