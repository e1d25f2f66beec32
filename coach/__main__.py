"""The command line's door: runs the command and turns every error into one line and an exit status."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from datetime import datetime
from pathlib import Path

LONGEST = 500  # characters of a line that are shown
REMEDY = 200  # of them at its end, where the remedy is


def main(arguments: list[str] | None = None) -> None:
    """Run `smile-coach` with the arguments (the process's own by default) and exit."""
    from coach.shell.system.patient_pipe import outlive_readers

    outlive_readers()
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command; return 0 (done), 1 (could not be done), 2 (wrong usage) or 130 (interrupted)."""
    from coach.errors import INTERRUPTED, CoachError

    try:
        _require_letters(arguments)
        _require_time_zone()
        return _run(arguments)
    except CoachError as error:
        _say(str(error))
        return error.exit_status
    except KeyboardInterrupt:  # while the command was still being loaded
        return INTERRUPTED
    except MemoryError:
        _say("there is not enough memory for this; close other programs, or lift the limit (ulimit -v)")
    except ImportError as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        _say(f"a part cannot be loaded ({reason}); free some memory, or install smile-coach again")
    except OSError as error:
        if error.errno == errno.ENOSPC and error.filename is None:
            return _full(error)
        _say(_told(error))
    return CoachError.exit_status


def _run(arguments: list[str]) -> int:
    import click

    from coach.errors import INTERRUPTED
    from coach.shell.command_line.cli import cli

    os.environ["MPLBACKEND"] = "agg"  # our figures need no window; a notebook's own backend would end us
    # No matrix here is large enough for threads; under a limit on memory (ulimit -v) starting them crashes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        result = cli.main(args=arguments, prog_name="smile-coach", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        return 0
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "smile-coach"
        _say(f"{error.format_message().replace(chr(10), ' ')} (see '{command} --help')")
        return error.exit_code
    except click.ClickException as error:
        _say(error.format_message())
        return 1
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return result if isinstance(result, int) else 0


def _require_letters(arguments: list[str]) -> None:
    """Refuse letters that Python was told not to read: no file could be found or made by such a name.

    Raises
    ------
    UsageError
        One is beyond ASCII, which is all that there is in this environment.
    """
    from coach.errors import UsageError

    if sys.getfilesystemencoding() == "utf-8":
        return
    for argument in arguments:
        if any("\udc80" <= letter <= "\udcff" for letter in argument):
            raise UsageError(
                f"{argument}: letters beyond ASCII cannot be read here; "
                "unset PYTHONUTF8, or set LC_ALL=C.UTF-8"
            )


def _require_time_zone() -> None:
    """Refuse a time zone a day or more from UTC, which no date can be told in.

    Raises
    ------
    UsageError
        It is set to one.
    """
    from coach.errors import UsageError

    try:
        datetime.now().astimezone()
    except ValueError:
        zone = os.environ.get("TZ", "of the system")
        raise UsageError(f"time zone {zone}: lies a day or more from UTC; set TZ, e.g. to UTC") from None


def _told(error: OSError) -> str:
    """Return one line on what the system refused."""
    if error.errno == errno.ENOENT and error.filename is None and _nowhere():
        return "the current folder has been deleted; go to another one and try again"
    where = str(error.filename or "the system")
    return f"{where}: {error.strerror or error}; check the place, its disk and your limits there"


def _nowhere() -> bool:
    """Whether the current folder is there no more."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _say(line: str) -> None:
    """Write a line to standard error, where there still is one: the terminal may have been closed.

    Of a line that repeats a name of thousands of letters the middle is left out.
    """
    import click

    from coach.shell.system.terminal import shown

    if len(line) > LONGEST:
        line = f"{line[: LONGEST - REMEDY]} ... {line[-REMEDY:]}"
    with contextlib.suppress(OSError, ValueError):
        click.echo(shown(line).replace("\n", "\\n"), err=True)  # a name may have line ends


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
