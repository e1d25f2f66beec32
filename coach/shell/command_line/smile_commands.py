"""The command for one smile, and those for plans; the heavy parts are imported when asked for."""

from __future__ import annotations

import click

from coach.shell.command_line.options import shared
from coach.shell.profile.shared_options import Shared


@click.command()
@click.option("--keep", is_flag=True, help="Keep the film and the card with the photo in the data folder.")
@shared
def smile(options: Shared, *, keep: bool) -> int:
    """Film your smile, 15 seconds: scores, type and both sides on one card."""
    from coach.shell.app.smile import run_smile

    return run_smile(options, keep=keep)


ALL: tuple[click.Command, ...] = (smile,)
