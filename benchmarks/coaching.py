"""How well the coach leads difficult people, in closed loop: it speaks, they answer, it sees the answer.

No picture is drawn and no landmarker runs: the simulated person's face is made of landmarks
(`coach.simulation.landmark_face`), so that sessions pass at many times their speed. Everything else is the
program. `--from-log EVENTS TRUTH` gives the same figures for the event log of a session over a film.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from measuring.coaching_figures import LATE_S, Figures, Movement, figures
from measuring.difficult import KINDS, Difficult
from measuring.table import table

from coach.coaching.cues import Cue, CueKind
from coach.exercise.spec import RepeatedSpec
from coach.face.features import extract
from coach.session.plan import Plan, PlanFile, PlanStep, make_plan
from coach.session.session import Session
from coach.shell.capture.simulated_person import load_person
from coach.shell.profile.exercise_registry import load_exercise
from coach.shell.profile.language_files import load_phrase_book
from coach.shell.profile.toml_files import load_settings

STEPS = (("cheek_raiser", 3), ("symmetry_drill", 2), ("combined", 1))
LONGEST_S = 240.0
ON_TIME = (CueKind.RELEASE, CueKind.HOLD, CueKind.COUNTDOWN)
HELD = ("cheek_raise", "smile", "smile_with_eyes")
WRONG_PULL, WRONG_CHEEK = 0.2, 0.5  # of the person's best: a neutral face this far from the true one is wrong
TRUE_KINDS = frozenset({"cheek_raise", "smile", "combined", "jaw_open_hold"})
UNTOLD = frozenset({"squint_only", "memory_trial"})  # in a film, who did not hear when a memory was cued


@dataclass(frozen=True, slots=True)
class Job:
    """One session."""

    kind: str
    seed: int


def lead(job: Job) -> Figures:
    """Lead one person through a session and return its figures."""
    kind = KINDS[job.kind]
    settings = load_settings(None)
    if kind.rate_wpm is not None:
        settings = settings.model_copy(
            update={"voice": settings.voice.model_copy(update={"rate": kind.rate_wpm})}
        )
    plan = _plan()
    exercises = [load_exercise(step.exercise) for step in plan.steps]
    session = Session(plan, exercises, load_phrase_book("en"), settings, source="simulated")
    person = kind.person(load_person(), job.seed, kind.script)
    events, late, wrong_s = _run(session, person, kind.intervals(person.random))
    made = figures(events, _meant(person, events), float(settings.voice.rate))
    made.late = late
    made.wrong, made.wrong_s = int(wrong_s > 0), wrong_s
    made.told = sum(event.get("text", "").startswith("Slow picture") for event in events)
    made.problems = [f"{job.kind} {job.seed}: {problem}" for problem in made.problems]
    return made


def _run(session: Session, person: Difficult, intervals: Any) -> tuple[list[dict[str, Any]], int, float]:
    t, late, wrong_s, checked_t = 0.0, 0, 0.0, 0.0
    heard: list[Cue] = []
    events: list[dict[str, Any]] = []
    while t < LONGEST_S:
        output = session.process(t, person.seen(t, heard))
        events += [event.to_dict() for event in output.events]
        heard = [] if output.say is None else [output.say]
        late += sum(cue.kind in ON_TIME and t - cue.t > LATE_S for cue in heard)
        if t - checked_t >= 0.5:
            wrong_s += (t - checked_t) * _wrong(session, person)
            checked_t = t
        if output.ended:
            break
        t += next(intervals)
    events += [event.to_dict() for event in session.end(t, "finished")]
    return events, late, wrong_s


def _wrong(session: Session, person: Difficult) -> bool:
    """Whether the neutral face that was learnt is not this person's."""
    known, rest = session.perception.baseline, person.face.observed(0.0, person.rest())
    if known is None or rest is None:
        return False
    now = extract(rest, known, session.perception.own_range)
    pull, cheek = now.lip_corner_pull, now.cheek_raise
    return max(abs(pull.left), abs(pull.right)) > WRONG_PULL or abs(cheek.mean) > WRONG_CHEEK


def _meant(person: Difficult, events: list[dict[str, Any]]) -> list[Movement]:
    """Return the held movements that were done to their end while somebody was looking."""
    breaks = [event["t"] for event in events if event["type"] in ("face_lost", "paused", "other_face")]
    specs = {step: load_exercise(step).spec for step, _ in STEPS}
    hold_s = {step: spec.repetition.hold_s for step, spec in specs.items() if isinstance(spec, RepeatedSpec)}
    last = events[-1]["t"]
    made = []
    for meant in person.person.intended:
        if meant.kind not in HELD or meant.release is None:
            continue
        end, half = meant.release, (meant.start + meant.apex) / 2  # a hold counts from half-way up
        if meant.start > last:
            continue
        valid: bool | None = meant.valid and end - half >= hold_s[meant.exercise] - 0.1
        if any(meant.start - 0.5 < t < end + 1.0 for t in breaks):
            valid = None  # nobody knows how much of it was seen
        made.append(Movement(meant.start, end, valid))
    return made


def _plan() -> Plan:
    steps = [PlanStep(exercise=name, reps=reps, changes={}) for name, reps in STEPS]
    file = PlanFile(budget_s=0.0, steps=steps)
    return make_plan("difficult", file, lambda name, changes: load_exercise(name, dict(changes)).spec)


def figures_of(events: Path, truth: Path) -> Figures:
    """Return the figures of a session over a film with known truth."""
    lines = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines() if line.strip()]
    film = json.loads(truth.read_text(encoding="utf-8"))
    meant = [
        Movement(row["start"], row["end"], row["counts"] if row["type"] in TRUE_KINDS else None)
        for row in film["events"]
        if row["type"] in TRUE_KINDS | UNTOLD
    ]
    begun = next((line["t"] for line in lines if line["type"] == "calibrated"), 0.0)
    ended = lines[-1]["t"]
    return figures(
        lines, [m for m in meant if m.start >= begun and m.end <= ended], load_settings(None).voice.rate
    )


def row(name: str, made: Figures) -> tuple[str, ...]:
    """Return one line of the table."""
    share = 100 * made.counted / made.done if made.done else 100.0
    return (
        name,
        f"{made.counted}/{made.done}",
        f"{share:.1f}",
        str(made.false),
        str(made.unexplained),
        str(made.cut),
        f"{made.silence_s:.1f}",
        str(made.late),
        f"{made.wrong} ({made.wrong_s:.1f})",
        f"{made.told / max(made.sessions, 1):.2f}",
        f"{np.median(made.guided_s):.0f}" if made.guided_s else "-",
    )


HEAD = (
    "person",
    "counted",
    "%",
    "false",
    "no reason",
    "cut off",
    "silence, s",
    "late",
    "wrong neutral (s)",
    "told",
    "guided, s",
)


@click.command()
@click.option("--seeds", default=20, show_default=True, help="Sessions of each kind.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help="Only these.")
@click.option("--jobs", default=0, help="Processes; 0 = one a core.")
@click.option(
    "--from-log", nargs=2, type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None
)
def main(seeds: int, kinds: tuple[str, ...], jobs: int, from_log: tuple[Path, Path] | None) -> None:
    """Lead difficult people through sessions and print how right the coach was."""
    if from_log is not None:
        made = figures_of(*from_log)
        click.echo(table(HEAD, [row(from_log[0].stem, made)]))
        click.echo("\n".join(made.problems))
        return
    names = kinds or tuple(KINDS)
    work = [Job(name, seed) for name in names for seed in range(seeds)]
    totals = {name: Figures() for name in names}
    with ProcessPoolExecutor(jobs or os.cpu_count()) as pool:
        for job, made in zip(work, pool.map(lead, work), strict=True):
            totals[job.kind].add(made)
    click.echo(table(HEAD, [row(name, made) for name, made in totals.items()]))
    for made in totals.values():
        for problem in made.problems:
            click.echo(problem)


if __name__ == "__main__":
    main()
