"""The common part of commands: the shared options, and groups that do something without a command."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from coach.shell.profile.shared_options import Shared

if TYPE_CHECKING:
    from coach.shell.profile.home import Home
    from coach.shell.store.store import Store

F = TypeVar("F", bound=Callable[..., Any])


class DefaultGroup(click.Group):
    """A group with a command for when none is named: `smile-coach --plan full` needs no word more."""

    default = "session"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default in front of arguments that begin with no command.

        Raises
        ------
        UsageError
            A command comes after its options.
        """
        own = {name for parameter in self.params for name in parameter.opts}
        own.update(self.get_help_option_names(ctx))
        if not args or (args[0].startswith("-") and args[0] not in own):
            for at in range(2, len(args)):
                if args[at] in self.commands and not args[at - 1].startswith("-"):  # no option's value
                    meant = [*ctx.command_path.split(), args[at], *args[:at], *args[at + 1 :]]
                    raise click.UsageError(f"a command comes before its options: {shlex.join(meant)}", ctx)
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a person meets them."""
        del ctx
        return list(self.commands)


class ListingGroup(DefaultGroup):
    """A group that lists its things unless a command is given."""

    default = "list"


class Place(click.Path):
    """A file or folder by its name; an empty name would silently mean the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if value == "":
            self.fail("it is empty; give a name", param, ctx)
        return super().convert(value, param, ctx)


class Name(click.types.StringParamType):
    """Words that name something; none would silently be taken for what stands without the option."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the words."""
        if value == "":
            self.fail("it is empty; give a name, or leave the option out", param, ctx)
        return super().convert(value, param, ctx)


PLACE = Place(path_type=Path)
NAME = Name()


LIVE = {  # the shared options that not every command has a use for, and what each does in a session
    "--source": "webcam, webcam:N, demo, or a video file.",
    "--no-window": "Lead by voice, sounds and text alone, for eyes shut or a screen reader.",
    "--no-voice": "Run without sound; captions are still shown.",
    "--events": "Write the event log (JSON Lines); - means standard output.",
    "--speed": "Pace of the simulated person and of files; real with a window, max without.",
}
WRITES = {"--force": "Replace a file of another kind where something is written."}
REPLAYS = {
    "--no-window": "List the events instead of showing them.",
    "--events": "Write the event log anew, and say whether it is the same; - means standard output.",
}


def _options(named: Mapping[str, str]) -> Callable[[F], F]:
    """Make the decorator that gives a command the shared options, as one argument `options`.

    `named`: those that the command's help names beside the ones that all commands have a use for, with what
    each does there; all commands take all of them.
    """

    def option(name: str, **how: Any) -> Callable[[F], F]:
        return click.option(name, help=named.get(name), hidden=name not in named, **how)

    def decorate(function: F) -> F:
        @option("--source", type=NAME, metavar="SOURCE")
        @option("--no-window", is_flag=True)
        @option("--no-voice", is_flag=True)
        @option("--events", type=NAME, metavar="PATH")
        @click.option(
            "--data-dir",
            type=PLACE,
            envvar="SMILE_COACH_HOME",
            help="Where history is kept (or SMILE_COACH_HOME).",
        )
        # An empty name is the first person's, who was there before anybody was added.
        @click.option("--person", metavar="NAME", help="Whose history, where several people share a machine.")
        @click.option("--config", type=PLACE, help="Your settings file (TOML).")
        @option("--force", is_flag=True)
        @click.option("--language", metavar="CODE", help="en, de, es, fr or auto.")
        @option("--speed", type=click.Choice(["real", "max"]))
        @functools.wraps(function)
        def command(
            source: str | None,
            no_window: bool,
            no_voice: bool,
            events: str | None,
            data_dir: Path | None,
            person: str | None,
            config: Path | None,
            force: bool,
            language: str | None,
            speed: str | None,
            **rest: Any,
        ) -> Any:
            options = Shared(
                source,
                not no_window,
                not no_voice,
                events,
                data_dir,
                config,
                language,
                speed,
                person,
                force,
            )
            return function(options=options, **rest)

        return command  # type: ignore[return-value]

    return decorate


shared = _options(LIVE | WRITES)
filed = _options({})
writing = _options(WRITES)
analyzing = _options({"--events": LIVE["--events"]} | WRITES)
replaying = _options(REPLAYS | WRITES)


def home_of(options: Shared) -> Home:
    """Return where this person's things are; where several people share the machine, ask whose."""
    from coach.shell.profile.home import Home
    from coach.shell.welcome.person_choice import choose_person

    return Home.find(choose_person(options))


def home_to_read(options: Shared) -> Home:
    """Return the home of a command that only reads; say if the folder that was named does not exist."""
    home = home_of(options)
    if options.data_dir is not None and not home.data_dir.exists():
        click.echo(f"{home.data_dir}: does not exist; perhaps its disk is not plugged in", err=True)
    return home


def reading(home: Home) -> Store:
    """Open the history for reading: nothing is made or changed."""
    from coach.shell.store.store import Store

    store = Store.open(home.data_dir, read_only=True)
    if store.notice:
        click.echo(store.notice, err=True)
    return store
