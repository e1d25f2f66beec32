"""How right the coach is about real people: its counts compared with what an observer sees in films.

ANNOTATIONS lists the recordings and what an observer sees in each, FOLDER holds them. They are for measuring
only and belong to nobody here: none is part of the project. See `docs/accuracy.md` for the format.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import click
from accuracy import Job, about, look
from measuring.altered import IN_TIME, changed, mirrored
from measuring.real_films import (
    RealScore,
    Row,
    Seen,
    longer,
    score_cheeks,
    score_jaws,
    score_smiles,
    total,
)
from measuring.table import table
from measuring.variants import PLAIN, VARIANTS

from coach.errors import CoachError
from coach.session.analysis import Analysis
from coach.shell.model_file import default_cache_dir, find_model
from coach.shell.profile.exercise_registry import load_exercise

Films: TypeAlias = dict[str, tuple[Path, list[Row], bool]]
"""By name: the file, what is annotated, and whether the observer leaves open if there is a smile."""
JAW_HOLD_S = 0.8  # nobody in the recordings holds the jaw open for five seconds


def events(
    exercise: str, seen: Seen, neutral: tuple[float, float] | None, hold_s: float | None = None
) -> list[Row]:
    """Return what the program says to one exercise."""
    changes = {} if hold_s is None else {"repetition": {"hold_s": hold_s}}
    analysis = Analysis(load_exercise(exercise, changes), neutral)
    judged = [result for t, face in seen for result in analysis.process(t, face)]
    judged += analysis.finish(seen[-1][0])
    return [event.to_dict() for result in judged for event in result.events]


def count(
    name: str,
    seen: Seen,
    annotated: Sequence[Row],
    neutral: tuple[float, float] | None,
    *,
    open_question: bool = False,
) -> RealScore:
    """Score one film with the three exercises that can be told apart in it."""
    smiles = events("symmetry_drill", seen, neutral)
    return total(
        (
            score_smiles(name, annotated, smiles, open_question=open_question),
            score_cheeks(name, events("cheek_raiser", seen, neutral)),
            score_jaws(name, annotated, events("jaw_release", seen, neutral, JAW_HOLD_S)),
        )
    )


def row(name: str, score: RealScore) -> tuple[str, ...]:
    """Return a film's line of the table."""
    return (
        *(name, f"{score.found}/{score.smiles}", f"{score.called_even}/{score.even}"),
        *(f"{score.side_right}/{score.one_sided}", str(score.side_wrong)),
        *(f"{score.openings_found}/{score.openings}", str(score.false_smiles)),
        *(str(score.false_cheeks), str(score.false_jaws)),
    )


def heading(title: str) -> tuple[str, ...]:
    """Return a table's first line; `row` has the others."""
    return (
        *(title, "smiles found", "even called even", "weaker side right", "wrong"),
        *("openings", "false smiles", "cheeks", "jaws"),
    )


def report(title: str, scores: dict[str, RealScore]) -> str:
    """Return one table: each film, and all of them."""
    rows = [row(name, score) for name, score in scores.items()]
    return table(heading(title), [*rows, row(f"all {len(scores)}", total(scores.values()))])


def altered(films: Films, variant: str, model: Path, cache: Path | None) -> RealScore:
    """Score all films, as they are, altered in one way."""
    scores = []
    for name, (file, annotated, open_question) in films.items():
        seen = look(Job(file, variant if variant in VARIANTS else "real", model, cache))
        rows: list[Row] = [{**each, "number": number} for number, each in enumerate(annotated)]
        if variant in IN_TIME:
            seen, rows = IN_TIME[variant](seen, rows)
        elif VARIANTS.get(variant, PLAIN).swaps:
            rows = mirrored(rows)
        if seen:
            scores.append(count(name, seen, rows, None, open_question=open_question))
    return total(scores)


def report_altered(
    films: Films, plain: RealScore, variants: Sequence[str], model: Path, cache: Path | None
) -> str:
    """Return one table: all films, altered in each way, and how many verdicts that changed."""
    rows = []
    for variant in variants:
        score = altered(films, variant, model, cache)
        rows.append((*row(variant, score), changed(plain, score)))
    return table((*heading("altered"), "changed"), rows)


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("annotations", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write all figures.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Keep what was seen here.")
@click.option(
    "--variants",
    multiple=True,
    type=click.Choice(("all", *IN_TIME, *VARIANTS)),
    help="Also alter the films as they are, in this way. Repeatable.",
)
@click.option("--model", default="", help="The landmarker's model file, if not in the usual place.")
def main(
    annotations: Path,
    folder: Path,
    out: Path | None,
    cache: Path | None,
    variants: tuple[str, ...],
    model: str,
) -> None:
    """Measure and print."""
    path = find_model(model, default_cache_dir(), progress=True)
    as_they_are: dict[str, RealScore] = {}
    made_longer: dict[str, RealScore] = {}
    films: Films = {}
    for film in json.loads(annotations.read_text(encoding="utf-8"))["clips"]:
        name, file = film["id"], folder / film["file"]
        if not file.is_file():
            click.echo(f"{name}: {file.name} is not there", err=True)
            continue
        try:
            seen = look(Job(file, "real", path, cache))
        except CoachError as error:
            click.echo(f"{name}: {error}", err=True)
            continue
        open_question = film.get("counts", {}).get("smiles") == "uncertain"
        films[name] = file, film["events"], open_question
        as_they_are[name] = count(name, seen, film["events"], None, open_question=open_question)
        both_ways = longer(seen, film["events"])
        if both_ways is not None:
            made_longer[name] = count(name, *both_ways, open_question=open_question)
    print(", ".join(f"{name} {text}" for name, text in about().items()), end="\n\n")
    print(report("as they are", as_they_are), end="\n\n")
    print(report("made longer", made_longer), end="\n\n")
    if variants:
        wanted = (*IN_TIME, *VARIANTS) if "all" in variants else variants
        print(report_altered(films, total(as_they_are.values()), wanted, path, cache), end="\n\n")
    for title, scores in (("as they are", as_they_are), ("made longer", made_longer)):
        for problem in total(scores.values()).problems:
            print(f"- {title}: {problem}")
    if out is not None:
        figures: dict[str, Any] = {
            "about": about(),
            "as_they_are": {name: asdict(score) for name, score in as_they_are.items()},
            "made_longer": {name: asdict(score) for name, score in made_longer.items()},
        }
        out.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
