"""The commands for settings: the settings' file, the exercises and their files, the screens."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coach.errors import CoachError, UsageError
from coach.shell.command_line.options import PLACE, filed
from coach.shell.profile.shared_options import Shared

if TYPE_CHECKING:
    from coach.shell.profile.home import Home

MINUTE_S = 60


@click.command()
@click.argument("file", required=False, type=PLACE)
@click.option("--path", "where", is_flag=True, help="Show where your settings file is.")
@click.option("--init", is_flag=True, help="Write that file, with every setting commented out.")
@filed
def config(options: Shared, file: Path | None, where: bool, init: bool) -> None:
    """Show the current settings; check a FILE of settings."""
    from dataclasses import replace

    from coach.shell.profile.home import Home

    if init:
        click.echo(_begin(_own_path(options)))
    elif where:
        click.echo(_own_path(options))
    elif file is not None:
        _check(Home.find(replace(options, config=file)))
        click.echo(f"{file}: ok")
    else:
        home = Home.find(options)
        _check(home)
        there = "" if home.settings_file.is_file() else " (does not exist; default settings)"
        click.echo(f"# {home.settings_file}{there}")
        click.echo("\n".join(_toml(home.settings.model_dump())))


@click.command()
@click.argument("name", required=False)
@filed
def exercises(options: Shared, name: str | None) -> None:
    """List the exercises and doses; with a NAME, show its values."""
    from coach.shell.profile.exercise_registry import exercise_file, exercise_names

    if name is not None:
        path = exercise_file(name)
        click.echo(f"# {path}")
        click.echo(path.read_text(encoding="utf-8-sig").rstrip())
        return
    from coach.shell.profile.home import Home
    from coach.shell.profile.language_files import language_for, load_phrase_book

    book = load_phrase_book(language_for(Home.find(options).settings.language))
    rows = [(each, dose) for each in exercise_names() if (dose := _dose(each))]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for each, dose in rows:
        line = book.text(each, "instruction")
        click.echo(f"{each:<{widths[0]}}  {dose:<{widths[1]}}  {line}".rstrip())


@click.command(short_help="List, hear, fetch and choose the voice.")
@click.argument("name", required=False)
@click.option("--try", "only_try", is_flag=True, help="Speak a sentence, choose nothing.")
@click.option("--download", is_flag=True, help="Fetch the voice first (63 MB, checked).")
@filed
def voice(options: Shared, name: str | None, only_try: bool, download: bool) -> None:
    """List the voices; with a NAME, speak a sentence with it and keep it.

    NAME is auto (the best there is), system, one of Piper's voices or one of the system's own.
    """
    from coach.shell.app import voices
    from coach.shell.profile.exercise_registry import exercise_names
    from coach.shell.profile.home import Home
    from coach.shell.sound.choice import describe

    home = Home.find(options)
    if name is None:
        if only_try or download:
            raise UsageError("which voice? smile-coach voice lists them; give a NAME")
        for line in voices.list_voices(home):
            click.echo(line)
        return
    if download:
        click.echo(voices.fetch_voice(home, name, exercise_names()))
    request, book = voices.requested(home, name)
    problem = voices.say_sentence(request, book)
    if problem:
        click.echo(problem, err=True)
    if not only_try and not download:
        voices.choose(home, name)
        click.echo(f"{describe(request)} speaks from the next session on")


@click.command(hidden=True)
@click.argument("folder", type=PLACE)
@filed
def gallery(options: Shared, folder: Path) -> None:
    """Draw every screen and state of the window into FOLDER."""
    from coach.shell.command_line.gallery import render_gallery
    from coach.shell.detection.landmarker import Landmarker
    from coach.shell.profile.home import Home

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CoachError(f"{folder}: cannot be made ({error.strerror}); choose another folder") from error
    with Landmarker(Home.find(options).model(progress=True)) as landmarker:
        click.echo(f"{render_gallery(folder, observe=landmarker.detect)} pictures in {folder}")


def _own_path(options: Shared) -> Path:
    """Return where the person's own settings file is or would be; it need not be there, or be right."""
    import platformdirs

    from coach.shell.profile.home import APP, SETTINGS_FILE

    return options.config or Path(platformdirs.user_config_dir(APP, appauthor=False)) / SETTINGS_FILE


def _begin(path: Path) -> Path:
    """Write the default settings file, each setting commented out."""
    from coach.shell.profile.toml_files import config_dir
    from coach.shell.system.private_file import write_private

    _, _, text = (config_dir() / "coach.toml").read_text(encoding="utf-8").partition("\n\n")
    lines = [f"# {line}" if "=" in line and not line.startswith("#") else line for line in text.splitlines()]
    lines = ["# Every setting with its default. Remove the # from a line to change it.", "", *lines]
    if path.exists():
        raise CoachError(f"{path}: already exists; edit it, or move it away first")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, ("\n".join(lines) + "\n").encode())
    except OSError as error:
        raise CoachError(f"{path}: cannot be written ({error.strerror}); give another --config") from error
    return path


def _check(home: Home) -> None:
    """Check the plan that the settings name as well.

    Raises
    ------
    UsageError
        It is not there.
    """
    from coach.shell.profile.plan_files import load_plan

    load_plan(home.settings.plan, data_dir=home.data_dir)


def _toml(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield plain settings as TOML, tables last."""
    for key, value in values.items():
        if not isinstance(value, Mapping):
            yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from ("", f"[{key}]", *_toml(value))


def _dose(name: str) -> str:
    """Return how much a full session asks for, e.g. `10 x 3 s, 0:55`; empty if that cannot be read."""
    from coach.exercise.spec import HeldSpec
    from coach.shell.profile.exercise_registry import BUILT_IN, brought_dose, load_exercise

    if name in BUILT_IN:
        spec = load_exercise(name).spec
        reps, hold_s = spec.dose.reps, spec.repetition.hold_s if isinstance(spec, HeldSpec) else None
        lasting = spec.seconds(reps)
    else:
        found = brought_dose(name)
        if found is None:
            return ""
        reps, hold_s = found.dose.reps, found.repetition.hold_s if found.repetition else None
        lasting = found.seconds
    minutes, seconds = divmod(round(lasting), MINUTE_S)
    return f"{reps} x{'' if hold_s is None else f' {hold_s:g} s'}, {minutes}:{seconds:02d}"


ALL: tuple[click.Command, ...] = (exercises, config, voice, gallery)
