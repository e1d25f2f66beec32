"""The commands for several people on one machine."""

from __future__ import annotations

from dataclasses import replace

import click

from coach.shell.command_line.options import ListingGroup, filed
from coach.shell.profile.shared_options import Shared


@click.group(cls=ListingGroup)
def people() -> None:
    """List and add the people who share this machine.

    Each has a history of their own. A person is removed with smile-coach forget everything --person NAME.
    """


@people.command("list")
@filed
def list_people(options: Shared) -> None:
    """List the people who were added."""
    from coach.shell.profile.home import Home
    from coach.shell.profile.people import people as there

    names = there(Home.base(options))
    for name in names:
        click.echo(name)
    if not names:
        click.echo("Nobody yet: this machine has one history; smile-coach people add NAME starts another")


@people.command("add")
@click.argument("name")
@filed
def add(options: Shared, name: str) -> None:
    """Add a person, who gets a history of their own.

    Their first session begins with the questions of a first run.
    """
    from coach.shell.profile.home import Home
    from coach.shell.profile.own_command import quoted
    from coach.shell.profile.people import add_person
    from coach.shell.welcome.person_choice import candidates

    everybodys = replace(options, person=None)
    home = Home.find(everybodys)
    kept = add_person(home.data_dir, name)
    whose = quoted("--person", kept)
    if len(candidates(home, everybodys)) == 1:
        click.echo(f"{kept}: added; the sessions here are now {kept}'s, until you add another person")
    else:
        click.echo(f"{kept}: added; smile-coach asks at the start whose session it is, or give {whose}")


ALL: tuple[click.Command, ...] = (people,)
