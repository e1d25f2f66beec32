"""The command for one smile, and those for plans; the heavy parts are imported when asked for."""

from __future__ import annotations

from dataclasses import replace

import click

from coach.shell.command_line.options import ListingGroup, filed, home_of, shared
from coach.shell.profile.shared_options import Shared


@click.command()
@click.option("--keep", is_flag=True, help="Keep the film and the card with the photo in the data folder.")
@shared
def smile(options: Shared, *, keep: bool) -> int:
    """Film one smile, in 15 seconds, and show its card.

    The card has its scores and its type, compares both sides, and tells the difference to last time.
    """
    from coach.shell.app.smile import run_smile
    from coach.shell.welcome.person_choice import choose_person

    return run_smile(choose_person(options, led=True), keep=keep)


@click.group(cls=ListingGroup)
def plans() -> None:
    """List the plans, or begin one of your own."""


@plans.command("list")
@filed
def list_plans(options: Shared) -> None:
    """List the plans with their length and exercises, your own last."""
    from coach.errors import UsageError
    from coach.shell.profile.plan_files import load_plan, plan_files

    home = home_of(options)
    files = plan_files(home.data_dir)
    width = max(len(path.stem) for path in files)
    for path in files:
        own = path.is_relative_to(home.data_dir)
        try:
            plan, _ = load_plan(path.stem, data_dir=home.data_dir)
        except UsageError as error:
            click.echo(f"{path.stem} is left out: {error}", err=True)
            continue
        steps = ", ".join(f"{step.exercise} x{step.reps}" for step in plan.steps)
        yours = f" ({path})" if own else ""
        click.echo(f"{path.stem:<{width}}  {plan.seconds / 60:4.1f} min  {steps}{yours}")


@plans.command("new")
@click.argument("name")
@filed
def new(options: Shared, name: str) -> None:
    """Write a plan of your own to start from.

    Edit the file, then use it with --plan NAME.
    """
    from coach.shell.profile.own_command import typed
    from coach.shell.profile.plan_files import new_plan

    home = home_of(options)
    home.make_data_dir()
    path = new_plan(home.data_dir, name)
    click.echo(f"{path}: edit it, then {typed(replace(options, person=home.person), '--plan', name)}")


ALL: tuple[click.Command, ...] = (smile, plans)
