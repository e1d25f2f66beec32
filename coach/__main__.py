"""The command line's door: runs the command and turns every error into one line and an exit status."""

from __future__ import annotations

import errno
import sys


def main(arguments: list[str] | None = None) -> None:
    """Run `smile-coach` with the arguments (the process's own by default) and exit."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command; return 0 (done), 1 (could not be done), 2 (wrong usage) or 130 (interrupted)."""
    import click

    from coach.errors import INTERRUPTED, CoachError
    from coach.shell.command_line.cli import cli

    try:
        result = cli.main(args=arguments, prog_name="smile-coach", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        return 0
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "smile-coach"
        click.echo(f"{error.format_message().replace(chr(10), ' ')} (see '{command} --help')", err=True)
        return error.exit_code
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        return 1
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except CoachError as error:
        click.echo(str(error), err=True)
        return error.exit_status
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        result = _full(error)
    return result if isinstance(result, int) else 0


def _full(error: OSError) -> int:
    """Say that there is no room for what should be said."""
    import click

    from coach.errors import CoachError
    from coach.shell.store.event_log import silence_standard_output

    silence_standard_output()
    click.echo(f"standard output: {error.strerror}; make room or write it elsewhere", err=True)
    return CoachError.exit_status


if __name__ == "__main__":
    main()
